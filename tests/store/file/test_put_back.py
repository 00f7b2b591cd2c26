"""A restore that is killed at any of its steps leaves the database of before or the restored one, whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store import facts
from bot.store.file import backups
from bot.store.file.database import opened
from tests.store.file.test_backups import NOW, damage, quiet

DONE, KILLED = 0, 9
BEFORE, RESTORED = "only in the log", "of the backup"


async def a_home(home: Path) -> Path:
    """A folder as a killed bot left it: what it wrote last is only in the log; and a backup of before."""
    live = home.with_name("live")
    live.mkdir()
    async with opened(live / "stats.db") as db:
        await db.write(lambda tx: facts.put(tx, "a", RESTORED))
        made = backups.make(db.path, live / "backups", now=NOW, reached=quiet)
        await db.write(lambda tx: facts.put(tx, "a", BEFORE))
        shutil.copytree(live, home)
    return home / "backups" / made.path.name


def value_in(path: Path) -> str:
    """What the database says, which passes its checks."""
    with closing(sqlite3.connect(path)) as con:
        assert con.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return str(con.execute("SELECT value FROM facts WHERE key = 'a'").fetchone()[0])


def killed_at(event: int, home: Path, backup: Path) -> bool:
    """A child puts the backup back and dies before so manieth touch of a file; True where it came to its end."""
    child = os.fork()
    if child == 0:
        left = event

        def touch(name: str, _values: object) -> None:
            nonlocal left
            if name in ("open", "os.rename", "os.remove", "os.chmod", "os.utime", "shutil.copyfile", "sqlite3.connect"):
                left -= 1
                if left < 0:
                    os._exit(KILLED)

        sys.addaudithook(touch)
        backups.put_back(backup, home / "stats.db", now=NOW)
        os._exit(DONE)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in (DONE, KILLED)
    return os.waitstatus_to_exitcode(status) == DONE


@pytest.mark.skipif(os.name != "posix", reason="no fork")
async def test_a_kill_at_any_step_leaves_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    backup = await a_home(tmp_path / "template")
    seen = []
    for event in range(200):
        home = tmp_path / f"home-{event}"
        shutil.copytree(tmp_path / "template", home)
        is_over = killed_at(event, home, home / "backups" / backup.name)
        assert (home / "stats.db").exists(), f"no database after {event} touches"
        assert (home / "stats.db").stat().st_nlink == 1
        seen.append(value_in(home / "stats.db"))
        if is_over:
            break
        backups.put_back(home / "backups" / backup.name, home / "stats.db", now=NOW + 1)
        assert value_in(home / "stats.db") == RESTORED
        assert [path.name for path in home.iterdir() if path.name.endswith(".part")] == []
        shutil.rmtree(home)
    assert seen[-1] == RESTORED
    assert len(seen) > 10
    assert seen == sorted(seen, key=[BEFORE, RESTORED].index)
    kept = home / "stats-replaced-20260301-120000.db"
    assert value_in(kept) == BEFORE, "with its log"


async def test_the_log_of_a_database_that_cannot_be_read_is_kept_with_it(tmp_path: Path) -> None:
    backup = await a_home(tmp_path / "home")
    path = tmp_path / "home" / "stats.db"
    path.write_bytes(b"no database\n" * 1000)
    log = path.with_name("stats.db-wal").read_bytes()
    assert log
    kept = backups.put_back(backup, path, now=NOW)
    assert kept is not None
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == log
    assert value_in(path) == RESTORED


async def test_a_database_that_somebody_reads_is_not_replaced_under_him(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "BUSY_SECONDS", 0.1)
    backup = await a_home(tmp_path / "home")
    path = tmp_path / "home" / "stats.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        con.execute("BEGIN")
        con.execute("SELECT * FROM facts").fetchone()
        with pytest.raises(StoreError, match="somebody else reads"):
            backups.put_back(backup, path, now=NOW)
    assert value_in(path) == BEFORE


async def test_a_damaged_backup_changes_nothing(tmp_path: Path) -> None:
    backup = await a_home(tmp_path / "home")
    damage(backup)
    before = {item: item.read_bytes() for item in (tmp_path / "home").iterdir() if item.is_file()}
    with pytest.raises(StoreError, match="no good backup"):
        backups.put_back(backup, tmp_path / "home" / "stats.db", now=NOW)
    assert {item: item.read_bytes() for item in (tmp_path / "home").iterdir() if item.is_file()} == before
