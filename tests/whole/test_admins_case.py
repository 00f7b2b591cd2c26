"""The admin's own case: 3,253 files on the server, 46 old ones gone from disk, everything imported."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.domain.game.model import State
from rigs.builders import a_name
from rigs.world import time_of
from tests.tools.conftest import Tools, tools
from tools.demo.session import SampleFile, session_files
from tools.sync_stats import cli

__all__ = ["tools"]
EVERY, OLD, FIRST, LAST = 3253, 46, "2024-03-24", "2024-09-17"


def _files() -> list[SampleFile]:
    """46 files of 2024, from 24 March to 17 September, and 3,207 of the time until yesterday, newest last."""
    days = {"2024-03-24": 11, "2024-07-02": 2, "2024-09-17": 10}
    old = [file for day, maps in days.items() for file in session_files(datetime.fromisoformat(day), maps=maps, seed=1)]
    yesterday = datetime.fromtimestamp(time.time() - 2 * 86400, UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    sessions = [session_files(yesterday - timedelta(days=2 * day), maps=10, seed=1) for day in range(161)]
    rest = [file for day in reversed(sessions) for file in day]
    return [*old[:OLD], *rest[OLD - EVERY - 1 : -1]]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`home/` and `server/` after the import of every file, made once."""
    root = tmp_path_factory.mktemp("admin")
    with pytest.MonkeyPatch.context() as patch:
        home, server = root / "home", root / "server"
        home.mkdir()
        (home / "local_stats").mkdir()
        server.mkdir()
        patch.chdir(home)
        patch.setenv("DATABASE_PATH", str(home / "stats.db"))
        patch.setenv("LOCAL_STATS_DIR", str(home / "local_stats"))
        files = _files()
        for file in files:
            for folder in (server, home / "local_stats"):
                (folder / file.name).write_bytes(file.data)
                os.utime(folder / file.name, (time_of(file.name),) * 2)
        done = CliRunner().invoke(cli, ["--folder", str(server)])
        assert done.exit_code == 0, done.stderr
    return root


@pytest.fixture
def case(imported: Path, tools: Tools) -> Tools:
    """A copy of that world for one test."""
    shutil.copytree(imported / "home", tools.home, dirs_exist_ok=True)
    tools.server = imported / "server"
    return tools


def _names(case: Tools) -> list[str]:
    return sorted(path.name for path in case.server.iterdir())


def _clean(case: Tools, names: list[str]) -> None:
    for name in names:
        (case.home / "local_stats" / name).unlink()


def _diagnose(case: Tools, *more: str | Path) -> tuple[int, dict[str, Any]]:
    done = case("diagnose_file_sync", "--json", "--folder", case.server, *more)
    assert done.exit_code in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return done.exit_code, found


def _worst(found: dict[str, Any]) -> tuple[str, str, int]:
    first = found["findings"][0]
    return first["code"], first["severity"], first["count"]


def test_forty_six_old_files_gone_from_disk_are_healthy_and_come_back(case: Tools) -> None:
    old = _names(case)[:OLD]
    assert (a_name(old[0]).stamp[:10], a_name(old[-1]).stamp[:10]) == (FIRST, LAST)
    _clean(case, old)

    code, found = _diagnose(case)
    assert (code, found["verdict"]) == (0, "healthy")
    assert found["counts"] == {"server": EVERY, "local": EVERY - OLD, "processed": EVERY, "rounds": EVERY}
    assert found["classes"] == {"complete": EVERY - OLD, "archive_gap": OLD}
    assert _worst(found) == ("archive_gap", "notice", OLD)
    assert found["findings"][0]["files"] == old
    shown = case("diagnose_file_sync", "--folder", case.server)
    assert f"({FIRST} … {LAST}): healthy" in " ".join(shown.stdout.split())
    assert "… and 36 more" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80

    before = case.export()
    assert case("sync_stats", "--folder", case.server).stdout == "nothing new\n"
    assert case.export() == before
    assert not [name for name in old if (case.home / "local_stats" / name).exists()], "a poll downloads none of them"
    why = case("why", old[0]).stdout
    assert "processed_files" in why
    assert "imported" in why

    done = case("sync_stats", "--restore-missing", "--yes", "--folder", case.server)
    assert (done.exit_code, done.stdout) == (0, f"{OLD} files restored\n")
    assert sorted(path.name for path in (case.home / "local_stats").iterdir()) == _names(case)
    for name in old:
        assert (case.home / "local_stats" / name).read_bytes() == (case.server / name).read_bytes()
    code, found = _diagnose(case, "--deep")
    assert (code, found["verdict"], found["classes"]) == (0, "healthy", {"complete": EVERY})
    assert found["findings"] == []
    assert case.export() == before


@pytest.mark.parametrize(
    ("gone", "says"),
    [(slice(-46, None), "of the last 7 days"), (slice(0, 101), "more than 100"), (slice(0, 51), "watch")],
    ids=["recent", "many", "in between"],
)
def test_recent_or_many_missing_files_are_a_warning_and_come_back(case: Tools, gone: slice, says: str) -> None:
    names = _names(case)[gone]
    _clean(case, names)
    code, found = _diagnose(case)
    assert (code, found["verdict"], _worst(found)) == (1, "attention", ("archive_gap", "warning", len(names)))
    assert says in found["findings"][0]["title"]
    assert case("sync_stats", "--restore-missing", "--yes", "--folder", case.server).exit_code == 0
    assert _diagnose(case)[1]["verdict"] == "healthy"


def test_a_ledger_row_whose_round_is_gone_is_critical_and_the_round_comes_back(case: Tools) -> None:
    name = _names(case)[1000]
    before = case.export()
    with closing(sqlite3.connect(case.home / "stats.db")) as con:
        con.execute("PRAGMA foreign_keys = OFF")  # our own constraints forbid this world
        for table, column in (
            ("weapon_rounds", "round_id"),
            ("player_rounds", "round_id"),
            ("round_notes", "round_id"),
        ):
            con.execute(f"DELETE FROM {table} WHERE {column} = (SELECT id FROM rounds WHERE filename = ?)", (name,))
        con.execute("DELETE FROM rounds WHERE filename = ?", (name,))
        con.commit()
    code, found = _diagnose(case)
    assert (code, found["verdict"], _worst(found)) == (1, "critical", ("lost_round", "critical", 1))
    assert found["findings"][0]["repair"] == f"python -m tools.sync_stats --reimport {name}"
    assert case("sync_stats", "--reimport", "--yes", name, "--folder", case.server).exit_code == 0
    assert _diagnose(case)[1]["verdict"] == "healthy"
    after = case.export()
    assert [r for r in after["rounds"] if r["state"] == State.COUNTED] == [
        r for r in before["rounds"] if r["state"] == State.COUNTED
    ]


def test_4607_rows_from_3253_files_in_the_older_design_are_named(case: Tools, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    names = _names(case)
    rows = [(found.stamp[:10], found.map, found.number) for found in map(a_name, names)]
    with closing(sqlite3.connect(old)) as con:
        con.execute("CREATE TABLE processed_files (id INTEGER PRIMARY KEY, filename TEXT, success INTEGER)")
        con.execute("CREATE TABLE sessions (id INTEGER PRIMARY KEY, session_date, map_name, round_number)")
        con.executemany("INSERT INTO processed_files (filename, success) VALUES (?, 1)", [(name,) for name in names])
        con.executemany(
            "INSERT INTO sessions (session_date, map_name, round_number) VALUES (?, ?, ?)", rows + rows[: 4607 - EVERY]
        )
        con.commit()
    before = old.read_bytes()
    code, found = _diagnose(case, "--database", old)
    assert (code, found["verdict"]) == (1, "critical")
    assert (found["counts"]["processed"], found["counts"]["rounds"]) == (EVERY, 4607)
    first = found["findings"][0]
    assert (first["code"], first["title"]) == (
        "duplicate_round",
        "imported more than once, 1354 rounds more than files",
    )
    assert "DATABASE_PATH" in first["repair"]
    assert "set DATABASE_PATH in .env to a new file" in first["repair"]
    assert old.read_bytes() == before
    assert sorted(path.name for path in tmp_path.glob("old.db*")) == ["old.db"]
