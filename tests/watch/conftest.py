"""A machine on which nothing is set, and what others may do on it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import invocation
from bot.settings import Settings


@pytest.fixture
def nothing_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting of this machine is heard; logging and umask are as before in the end."""
    for name in (*Settings.model_fields, invocation.FOLDER):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    umask = os.umask(0o022)
    yield
    os.umask(umask)
    root.handlers[:], root.level = before
    invocation.choose(None)
