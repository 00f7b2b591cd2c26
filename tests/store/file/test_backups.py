"""A backup is whole, checked before it counts, and takes none of those before it away unless it is good."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import BackupFailed, DatabaseNotOurs, StoreError
from bot.store import facts
from bot.store.file import backups
from bot.store.file.database import opened, reading
from bot.store.file.migrate import scripts, teach

NOW = int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp())
DAY = 86400


def quiet(_step: str) -> None:
    """Nobody kills here."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """A closed database in which the fact `a` is."""
    async with opened(tmp_path / "stats.db") as db:
        await db.write(lambda tx: facts.put(tx, "a", "x"))
    return tmp_path / "stats.db"


def damage(path: Path) -> None:
    """Make a page of an index or table one that SQLite did not write."""
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 3 + 200] = bytes(range(200))
    path.write_bytes(data)


def _names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


async def test_a_backup_beside_the_writer_has_what_is_only_in_the_log_and_needs_no_other_file(tmp_path: Path) -> None:
    async with opened(tmp_path / "stats.db") as db:
        await db.write(lambda tx: facts.put(tx, "a", "x"))
        made = backups.make(db.path, tmp_path / "backups", now=NOW, reached=quiet)
        await db.write(lambda tx: facts.put(tx, "b", "x"))
    assert made.path.name == "stats-20260301-120000.db"
    assert _names(tmp_path / "backups") == {made.path.name, made.path.stem + ".json"}
    async with reading(made.path) as copy:
        assert (await facts.get(copy, "a"), await facts.get(copy, "b")) == ("x", None)
    assert _names(tmp_path / "backups") == {made.path.name, made.path.stem + ".json"}


@pytest.mark.skipif(os.name != "posix", reason="modes")
async def test_backups_are_for_their_owner_alone_whatever_the_umask_is(database: Path, folder: Path) -> None:
    before = os.umask(0o022)
    made = backups.make(database, folder, now=NOW, reached=quiet)
    os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert made.path.stat().st_mode & 0o777 == 0o600


async def test_a_damaged_database_makes_no_backup_and_no_older_one_goes(database: Path, folder: Path) -> None:
    good = backups.make(database, folder, now=NOW - DAY, reached=quiet)
    damage(database)
    with pytest.raises(BackupFailed, match="damaged"):
        backups.make(database, folder, now=NOW, reached=quiet)
    assert _names(folder) == {good.path.name, good.path.stem + ".json"}
    assert backups.last_good(database, folder) == good


async def test_a_backup_that_went_bad_is_passed_over(database: Path, folder: Path) -> None:
    good, bad = (backups.make(database, folder, now=at, reached=quiet) for at in (NOW - DAY, NOW))
    damage(bad.path)
    assert backups.listed(database, folder) == [bad, good]
    assert backups.last_good(database, folder) == good


async def test_where_there_is_no_room_nothing_is_left_behind(
    database: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BackupFailed, match="No space left"):
        backups.make(database, folder, now=NOW, reached=quiet)
    assert list(folder.iterdir()) == []


async def test_a_folder_that_cannot_be_made_is_named(database: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BackupFailed, match="file"):
        backups.make(database, tmp_path / "file" / "backups", now=NOW, reached=quiet)


async def test_what_a_killed_backup_left_is_no_backup_and_goes_with_the_next_one(database: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / "stats-20260301-120000.db.part").write_bytes(b"half")
    assert backups.listed(database, folder) == []
    (folder / "stats-20260228-120000.db.part").write_bytes(b"half, of another day")
    (folder / "stats-20260228-120000.json").write_text("a handover without its backup")
    (folder / "stats-20260301-115900.db.part").write_bytes(b"being written by a tool")
    made = backups.make(database, folder, now=NOW, reached=quiet)
    backups.thin_out(database, folder)
    young = {"stats-20260301-115900.db.part", "stats-20260301-120000.db.part"}  # perhaps of somebody who writes it now
    assert _names(folder) == {made.path.name, made.path.stem + ".json", *young}


async def test_backups_that_begin_in_the_same_second_do_not_touch_each_other(database: Path, folder: Path) -> None:
    def a_backup(_: int) -> backups.Backup:
        return backups.make(database, folder, now=NOW, reached=quiet)

    with ThreadPoolExecutor(4) as threads:
        made = [*threads.map(a_backup, range(4))]
    assert sorted(backup.at for backup in made) == [NOW, NOW + 1, NOW + 2, NOW + 3]
    assert _names(folder) == {name for backup in made for name in (backup.path.name, backup.path.stem + ".json")}


def test_seven_days_four_weeks_and_two_of_migrations_are_kept_and_other_files_never_touched(tmp_path: Path) -> None:
    database, folder = tmp_path / "stats.db", tmp_path / "backups"
    folder.mkdir()
    strangers = {"other-20260101-120000.db", "stats-20260101.db", "stats-99999999-999999.db", "notes.txt"}
    for name in strangers:
        (folder / name).touch()
    for hour in range(24 * 60):  # sixty days, hourly
        at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hour)
        (folder / f"stats-{at:%Y%m%d-%H%M%S}.db").touch()
        if hour % 200 == 0:
            (folder / f"stats-{at:%Y%m%d-%H%M%S}-schema-{hour // 200 + 1}.db").touch()
    backups.thin_out(database, folder)
    kept = backups.listed(database, folder)
    daily = [f"202604{day}-230000" for day in (29, 28, 27, 26, 25, 24, 23)]
    weekly = ["20260419-230000", "20260412-230000"]  # with the 29th and the 26th: the last one of four weeks
    names = [backup.path.stem.removeprefix("stats-") for backup in kept if backup.schema is None]
    assert names == [*daily, *weekly]
    assert [backup.schema for backup in kept if backup.schema is not None] == [8, 7]
    assert strangers < {entry.name for entry in folder.iterdir()}


async def test_putting_back_keeps_what_was_there_with_its_log(database: Path, folder: Path) -> None:
    made = backups.make(database, folder, now=NOW, reached=quiet)
    database.with_name("stats.db-wal").write_bytes(b"a log")
    before = database.read_bytes()
    kept = backups.put_back(made.path, database, now=NOW)
    assert kept == database.with_name("stats-replaced-20260301-120000.db")
    assert kept.read_bytes() == before
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"a log"
    assert made.path.exists()
    async with opened(database) as db:
        assert await facts.get(db, "a") == "x"


async def test_a_bad_backup_is_never_put_back(database: Path, folder: Path) -> None:
    made = backups.make(database, folder, now=NOW, reached=quiet)
    damage(made.path)
    before = database.read_bytes()
    with pytest.raises(StoreError, match="no good backup"):
        backups.put_back(made.path, database, now=NOW)
    assert {entry.name for entry in database.parent.iterdir()} == {"stats.db", "backups"}
    assert database.read_bytes() == before


def _empty(path: Path) -> None:
    path.touch()


def _foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as con:
        con.execute("CREATE TABLE theirs (a)")


def _text(path: Path) -> None:
    path.write_text("no database\n" * 1000)


@pytest.mark.parametrize("make", [_empty, _foreign, _text])
def test_what_is_no_database_of_ours_is_no_good_backup(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "stats.db")
    assert backups.fault(tmp_path / "stats.db")


def an_old_database(path: Path, *, schema: int) -> None:
    """As an older version left it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        teach(con)
        for number, script in scripts():
            if number <= schema:
                con.executescript(script)


async def test_before_a_migration_there_is_a_chance_to_copy_and_what_fails_there_stops_it(tmp_path: Path) -> None:
    path, seen = tmp_path / "stats.db", []
    an_old_database(path, schema=3)

    def refuse(schema: int) -> None:
        seen.append(schema)
        raise BackupFailed("no room")

    with pytest.raises(BackupFailed, match="no room"):
        async with opened(path, before_migrating=refuse):
            pass
    async with opened(path, before_migrating=seen.append):
        pass
    async with opened(path, before_migrating=refuse):
        pass  # nothing to migrate
    assert seen == [3, 3]


async def test_a_newer_database_is_no_good_backup(database: Path, folder: Path) -> None:
    made = backups.make(database, folder, now=NOW, reached=quiet)
    with closing(sqlite3.connect(made.path, isolation_level=None)) as con:
        con.execute("PRAGMA user_version = 9999")
    assert "newer version" in str(backups.fault(made.path))
    with pytest.raises(StoreError, match="newer version"):
        backups.put_back(made.path, database, now=NOW)
    with pytest.raises(DatabaseNotOurs):
        async with reading(made.path):
            pass
