"""Tools run in this process, each in a folder of its own with no settings but those of the test."""

from __future__ import annotations

import importlib
import json
import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.settings import Settings
from rigs.builders import RoundFile
from rigs.world import time_of
from tools.demo.session import SampleFile


class Tools:
    """Runs `python -m tools.<name>` at home, where `stats.db` and `local_stats/` are."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.server = home.parent / "server"
        self.server.mkdir()

    def __call__(self, name: str, *arguments: str | Path) -> Result:
        cli = importlib.import_module(f"tools.{name}").cli
        return CliRunner().invoke(cli, [str(argument) for argument in arguments])

    def serve(self, *files: SampleFile | RoundFile) -> Path:
        """The server's folder, with these files in it."""
        _write(self.server, files)
        return self.server

    def fill(self, *files: SampleFile | RoundFile) -> None:
        """A database that has these files, from `local_stats/`: nothing waits for a second look."""
        (self.home / "local_stats").mkdir(exist_ok=True)
        _write(self.home / "local_stats", files)
        self("sync_stats", "--folder", self.server)

    def export(self) -> dict[str, Any]:
        """What `tools.export rounds` prints."""
        done = self("export", "rounds")
        assert done.exit_code == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def trace(self) -> dict[str, tuple[bytes, int]]:
        """Every file at home with its bytes and time: what writes nothing leaves it as it is."""
        return {
            str(path.relative_to(self.home)): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns)
            for path in self._below(self.home)
        }

    @staticmethod
    def _below(folder: Path) -> Iterable[Path]:
        return [folder, *folder.rglob("*")]


def _write(folder: Path, files: Iterable[SampleFile | RoundFile]) -> None:
    for file in files:
        (folder / file.name).write_bytes(file.data)
        os.utime(folder / file.name, (time_of(file.name), time_of(file.name)))


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tools]:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    monkeypatch.setenv("DATABASE_PATH", str(home / "stats.db"))
    monkeypatch.setenv("LOCAL_STATS_DIR", str(home / "local_stats"))
    root = logging.getLogger()
    before = root.handlers[:], root.level
    umask = os.umask(0o022)
    yield Tools(home)
    os.umask(umask)
    root.handlers[:], root.level = before
