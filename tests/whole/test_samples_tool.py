"""Whole archives as their owner compares them: through the tools, into scratch databases, in whatever order."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.whole.archive import FIGURES, Archive, Expected, made

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT.parent / "shared" / "gamestats" / "check_samples.py"
Json = dict[str, Any]


class Home:
    """A scratch database and its `local_stats/`, for tools that run as programs."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._environment = {
            **os.environ,
            "DATABASE_PATH": str(folder / "stats.db"),
            "LOCAL_STATS_DIR": str(folder / "local_stats"),
        }

    def sync(self, server: Path) -> None:
        self._run("tools.sync_stats", "--folder", str(server))

    def export(self) -> str:
        return self._run("tools.export", "rounds", "--format", "json")

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode in (0, 1), done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout


def serve(server: Path, archive: Archive, names: Iterable[str]) -> None:
    server.mkdir(exist_ok=True)
    for name in names:
        (server / name).write_bytes(archive.files[name])


def test_the_program_agrees_with_what_the_files_say_in_whatever_order_they_come(tmp_path: Path) -> None:
    archive = made()
    names = sorted(archive.files)
    serve(tmp_path / "server", archive, names)
    home = Home(tmp_path / "home")
    home.sync(tmp_path / "server")
    exported = home.export()
    home.sync(tmp_path / "server")
    assert home.export() == exported, "what was imported is imported again"

    random.Random(7).shuffle(names)
    other = Home(tmp_path / "other")
    for half in (names[: len(names) // 2], names[len(names) // 2 :]):
        serve(tmp_path / "half", archive, half)
        other.sync(tmp_path / "half")
    assert json.loads(other.export())["rounds"] == json.loads(exported)["rounds"]
    compare(json.loads(exported), archive)


def compare(exported: Json, archive: Archive) -> None:
    """Every file and round is exported once, and is what the archive says."""
    files = {file["file"]: file for file in exported["files"]}
    rounds = {round["file"]: round for round in exported["rounds"]}
    assert (len(files), len(rounds)) == (len(exported["files"]), len(exported["rounds"]))
    assert files.keys() == archive.expected.keys()
    have = {name: _told(files[name], rounds.get(name)) for name in files}
    assert have == dict(archive.expected)


def _told(file: Json, round: Json | None) -> Expected:
    state = file["state"]
    if state != "counted":
        assert file["reason"]
    if round is None:
        return Expected(state)
    assert round["state"] == state
    players = (
        {player["guid"]: {name: player[name] for name in FIGURES} for player in round["players"] or ()}
        if state == "counted"
        else {}
    )
    return Expected(state, round["map"], round["round"], round["first_round"], players)


@pytest.mark.skipif(not SCRIPT.is_file(), reason="the real files are not beside the project")
def test_the_program_agrees_with_the_reference_figures() -> None:
    check = [sys.executable, str(SCRIPT), "--strict"]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
