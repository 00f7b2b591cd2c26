"""What many tests need."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from rigs.world import World, a_world

# a change is judged by what it changed, not by what was drawn this time
settings.register_profile("as ever", derandomize=True)
settings.register_profile("anew")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "as ever"))


@pytest.fixture(autouse=True)
def started_as_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands in messages begin with `python -m`, whatever runs these tests."""
    monkeypatch.setattr(sys, "orig_argv", ["python", *sys.orig_argv[1:]])


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A world whose first run is over: what comes now is news."""
    async with a_world(tmp_path) as opened:
        await opened.poll()
        opened.remote.calls.clear()
        yield opened


@pytest.fixture
async def new_world(tmp_path: Path) -> AsyncIterator[World]:
    """A world that has never polled."""
    async with a_world(tmp_path) as opened:
        yield opened
