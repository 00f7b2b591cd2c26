"""Mistakes of a set-up, and what is said of them: by the doctor, and by a start that ends at once for them."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot import process
from bot.watch.doctor.check import Check, CheckState
from tools import doctor

NOBODY = 65534

GOOD = {
    "STATS_CHANNEL_ID": "1", "ADMIN_CHANNEL_ID": "2", "SSH_HOST": "127.0.0.1", "SSH_PORT": "1", "SSH_USER": "user",
    "SSH_KEY_PATH": "key", "REMOTE_STATS_PATH": "/stats",
}  # fmt: skip
"""Without a token: Discord is not asked."""


def write_env(**changed: str) -> None:
    lines = [f"{name}={value}\n" for name, value in {**GOOD, **changed}.items()]
    Path(".env").write_text("".join(lines), encoding="utf-8")
    Path(".env").chmod(0o600)
    Path("key").touch(mode=0o600)


def the_doctor() -> list[Check]:
    """What `--json` prints, which is always of this form."""
    done = CliRunner().invoke(doctor.cli, ["--json"])
    assert done.exit_code in (0, 1), done.output
    told: dict[str, Any] = json.loads(done.stdout)
    checks = [Check(c["name"], CheckState(c["state"]), c["text"], c["fix"]) for c in told["checks"]]
    assert all((check.fix == "") == (check.state is CheckState.OK) for check in checks)
    assert done.exit_code == any(check.state is not CheckState.OK for check in checks)
    return checks


def named(checks: list[Check]) -> str:
    """What is not well."""
    return "\n".join(check.sentence for check in checks if check.state is not CheckState.OK)


def the_start(capsys: pytest.CaptureFixture[str]) -> str:
    """What a start says that ends at once for its settings."""
    assert process.main() == process.CONFIGURATION
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said


def open_up(folder: Path) -> None:
    """Let others in, as they are let into the folders of a machine."""
    above = [place for place in folder.parents if place.is_relative_to(tempfile.gettempdir())]
    for place in (folder, *above):
        if place.stat().st_uid == os.geteuid() and not place.stat().st_mode & 0o001:
            place.chmod(place.stat().st_mode | 0o055)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
