"""`tools.backup` and `tools.restore`: there and back, asking first, and never over what somebody may still want."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.store.file import handover
from bot.store.file.database import beside
from rigs.builders import an_r1, an_r2
from rigs.process import ROOT
from tests.store.file.test_backups import an_old_database, damage
from tests.test_lock import HOLD
from tests.tools.conftest import Tools

A_LINK = "INSERT INTO links (member_id, guid, linked_by, linked_at) VALUES (7, 'ABCDEF12', 'an admin', 1)"
R1 = an_r1()
R2 = an_r2(R1)


def backups_of(tools: Tools) -> list[Path]:
    return sorted((tools.home / "backups").glob("stats-*.db"))


@contextmanager
def somebody_writes(path: Path) -> Iterator[None]:
    """As the running bot: a row that is only in the log."""
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        con.execute("PRAGMA wal_autocheckpoint = 0").fetchall()
        con.execute("INSERT INTO facts (key, value) VALUES ('in the log', 'x')")
        yield


def test_there_and_back_while_somebody_writes(tools: Tools) -> None:
    tools.fill(R1, R2)
    with somebody_writes(tools.home / "stats.db"):
        assert beside(tools.home / "stats.db", "-wal").exists()
        done = tools("backup")
    assert (done.exit_code, "checked" in done.stdout) == (0, True), done.stderr
    rounds = tools.export()
    (backup,) = backups_of(tools)
    damage(tools.home / "stats.db")
    done = tools("restore", "--yes")
    assert done.exit_code == 0, done.stderr
    assert f"the backup  {backup}: 2 rounds" in done.stderr
    assert "stats-replaced-" in done.stderr
    assert "is restored: 2 rounds" in done.stdout
    assert "Start the bot" in done.stdout
    assert tools.export() == rounds
    assert tools("diagnose_file_sync", "--folder", tools.serve(R1, R2)).exit_code == 0


def test_a_restore_asks_and_a_no_changes_nothing(tools: Tools) -> None:
    tools.fill(R1)
    tools("backup")
    before = tools.trace()
    done = tools("restore")  # nobody answers
    assert done.exit_code == 3
    assert "replaces" in done.stderr
    assert {name: data for name, (data, _) in tools.trace().items()} == {
        name: data for name, (data, _) in before.items()
    }


def test_a_restore_beside_the_running_bot_is_refused(tools: Tools) -> None:
    tools.fill(R1)
    tools("backup")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, tools.home / "stats.db"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as bot:  # fmt: skip
        assert bot.stdout is not None
        assert bot.stdout.readline() == "held\n"
        done = tools("restore", "--yes")
        bot.kill()
    assert done.exit_code == 3
    assert "in use by the bot" in done.stderr


def test_a_restore_without_a_database_makes_one(tools: Tools) -> None:
    tools.fill(R1)
    tools("backup")
    (tools.home / "stats.db").unlink()
    done = tools("restore", "--yes")
    assert done.exit_code == 0, done.stderr
    assert f"becomes     {tools.home / 'stats.db'}, which is not there now\nnothing is replaced" in done.stderr
    assert "kept" not in done.stderr
    assert len(tools.export()["rounds"]) == 1


def test_the_newest_good_one_is_taken_and_a_bad_one_refused_by_name(tools: Tools) -> None:
    tools.fill(R1)
    tools("backup")
    (good,) = backups_of(tools)
    bad = good.with_name("stats-29990101-000000.db")
    bad.write_bytes(good.read_bytes())
    damage(bad)
    done = tools("backup", "--list")
    assert done.exit_code == 1
    assert "good" in done.stdout.splitlines()[1]
    assert f"the backup  {good}" in tools("restore", "--yes").stderr
    done = tools("restore", "--yes", bad)
    assert done.exit_code == 3
    assert "is no good backup" in done.stderr


def test_a_database_is_no_backup_of_itself(tools: Tools) -> None:
    tools.fill(R1)
    done = tools("restore", "--yes", tools.home / "stats.db")
    assert done.exit_code == 3
    assert "is the database itself" in done.stderr


def test_without_any_backup_restore_says_where_it_looked(tools: Tools) -> None:
    done = tools("restore", "--yes")
    assert done.exit_code == 3
    assert "there is no good backup in" in done.stderr


def test_without_a_database_there_is_nothing_to_back_up(tools: Tools) -> None:
    done = tools("backup")
    assert (done.exit_code, "there is no database" in done.stderr) == (3, True)


def test_a_migration_makes_a_checked_backup_first(tools: Tools) -> None:
    an_old_database(tools.home / "stats.db", schema=5)
    with closing(sqlite3.connect(tools.home / "stats.db")) as con, con:
        con.execute(A_LINK)
    assert tools("sync_stats", "--folder", tools.server).exit_code == 0
    (backup,) = backups_of(tools)
    assert backup.name.endswith("-schema-5.db")
    kept = handover.read(backup.with_suffix(".json"))
    assert [link["guid"] for link in kept.tables["links"]] == ["ABCDEF12"], "what was decided before"
    assert tools("restore", "--yes", backup).exit_code == 0


def test_a_copy_of_an_older_schema_is_a_backup_too(tools: Tools) -> None:
    an_old_database(tools.home / "stats.db", schema=5)
    done = tools("backup")
    assert done.exit_code == 0, done.stderr
    assert len(backups_of(tools)) == 1


def test_a_migration_without_room_for_its_backup_does_not_happen(tools: Tools) -> None:
    an_old_database(tools.home / "stats.db", schema=5)
    (tools.home / "backups").touch()
    before = (tools.home / "stats.db").read_bytes()
    done = tools("sync_stats", "--folder", tools.server)
    assert done.exit_code == 3
    assert "no backup was made in" in done.stderr
    assert (tools.home / "stats.db").read_bytes() == before


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        con.execute("PRAGMA user_version = 9999")


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as con:
        con.execute("CREATE TABLE theirs (a)")


def _text(path: Path) -> None:
    path.write_text("no database\n" * 1000)


def _damaged(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100:4096] = bytes(3996)
    path.write_bytes(data)


@pytest.mark.parametrize("make", [_newer, _foreign, _text, _damaged])
def test_a_database_that_is_refused_names_the_way_back_and_stays_as_it_is(tools: Tools, make: object) -> None:
    tools.fill(R1)
    tools("backup")
    (backup,) = backups_of(tools)
    make(tools.home / "stats.db")  # type: ignore[operator]
    before = (tools.home / "stats.db").read_bytes()
    done = tools("sync_stats", "--folder", tools.server)
    assert done.exit_code in (2, 3)
    assert f"python -m tools.restore {backup}" in done.stderr
    assert (tools.home / "stats.db").read_bytes() == before
    assert tools("restore", "--yes").exit_code == 0
    assert len(tools.export()["rounds"]) == 1


def test_a_backup_of_a_database_that_was_begun_anew_takes_no_fuller_one_away(tools: Tools) -> None:
    tools.fill(R1, R2)
    tools("backup")
    (full,) = backups_of(tools)
    (tools.home / "stats.db").unlink()
    for file in (tools.home / "local_stats").iterdir():
        file.unlink()
    tools.fill()
    for _ in range(2):  # the second one takes the place of the first
        assert tools("backup").exit_code == 0
    assert len(backups_of(tools)) == 2
    assert full in backups_of(tools)
    done = tools("restore", "--yes")
    assert f"an older backup holds more, 2 rounds: python -m tools.restore {full}" in done.stderr
    assert tools("restore", "--yes", full).exit_code == 0
    assert len(tools.export()["rounds"]) == 2
    tools("backup")
    assert full not in backups_of(tools), "since a newer one holds as many"


@pytest.mark.parametrize(
    "words",
    [("backup",), ("backup", "--list"), ("restore", "--yes"), ("sync_stats", "--folder", "."), ("rebuild",),
     ("export", "rounds"), ("why", "all"), ("explain", "anna"), ("diagnose_file_sync", "--folder", ".")],
    ids=" ".join,
)  # fmt: skip
def test_a_database_with_two_names_is_refused_by_every_tool_as_by_the_bot(tools: Tools, words: tuple[str, ...]) -> None:
    tools.fill(R1)
    tools("backup")
    (tools.home / "second.db").hardlink_to(tools.home / "stats.db")
    before = (tools.home / "stats.db").read_bytes(), backups_of(tools)
    done = tools(*words)
    said = done.stderr + done.stdout
    assert "has 2 names (hard links): leave it one" in said, said
    assert done.exit_code == 2
    assert ((tools.home / "stats.db").read_bytes(), backups_of(tools)) == before
