"""The database as files: who may read them, what leads to them, and that nothing but SQLite ever opens them."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import DatabaseBusy, DatabaseNotOurs
from bot.store import facts
from bot.store.file.database import Database, opened, reading
from rigs.process import ROOT

OPENS = """
import asyncio, sys
from pathlib import Path

seen = []
def hook(event, arguments):
    if event == "open" and Path(str(arguments[0])).name.startswith("stats.db"):
        seen.append(str(arguments[0]))
sys.addaudithook(hook)

from tests.store.file.test_files import a_day
asyncio.run(a_day(Path(sys.argv[1])))
print("opened:", sorted({Path(name).name for name in seen}))
"""


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """As the bot and every tool set it."""
    before = os.umask(0o077)
    yield
    os.umask(before)


async def put(db: Database, key: str) -> None:
    await db.write(lambda tx: facts.put(tx, key, "x"))


async def a_day(folder: Path) -> None:
    """Everything that the bot does with its database in a day."""
    from bot.domain.audit.checks import audit
    from rigs.builders import an_r1
    from rigs.world import a_world

    async with a_world(folder) as world:
        world.put_all([an_r1()])
        await world.poll(times=3)
        await world.live.selfaudit.audit(deep=True)
        audit(await world.app.survey(deep=True))
        async with reading(folder / "stats.db") as reader:
            assert await reader.value("SELECT count(*) FROM rounds") == 1
    async with reading(folder / "stats.db") as reader:
        assert await reader.value("SELECT count(*) FROM rounds") == 1


def test_nothing_but_sqlite_opens_the_database(tmp_path: Path) -> None:
    """A second descriptor of the same process, closed, would drop SQLite's own locks."""
    done = subprocess.run(
        [sys.executable, "-c", OPENS, tmp_path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "opened: ['stats.db.holder', 'stats.db.lock']\n"


@pytest.mark.parametrize("way", [opened, reading])
async def test_a_database_with_a_second_hard_link_is_refused_under_either_name(tmp_path: Path, way: object) -> None:
    async with opened(tmp_path / "stats.db") as db:
        await put(db, "a")
    (tmp_path / "second.db").hardlink_to(tmp_path / "stats.db")
    before = (tmp_path / "stats.db").read_bytes()
    for name in ("stats.db", "second.db"):
        with pytest.raises(DatabaseNotOurs, match=r"has 2 names \(hard links\)"):
            async with way(tmp_path / name):  # type: ignore[operator]
                pass
    assert (tmp_path / "stats.db").read_bytes() == before
    (tmp_path / "second.db").unlink()
    async with reading(tmp_path / "stats.db") as reader:
        assert await facts.get(reader, "a") == "x"


async def test_a_reader_that_comes_by_a_symbolic_link_sees_what_is_still_in_the_log(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.db"
    link.symlink_to(tmp_path / "stats.db")
    async with opened(tmp_path / "stats.db") as db:
        await put(db, "a")
        async with reading(link) as reader:
            assert await facts.get(reader, "a") == "x"
            await put(db, "b")
            assert await facts.get(reader, "b") == "x"
    async with opened(link) as db:
        await put(db, "c")
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["link.db"]


@pytest.mark.skipif(os.name != "posix", reason="modes")
async def test_a_database_and_its_log_are_for_its_owner_alone_also_one_of_before(tmp_path: Path) -> None:
    path = tmp_path / "stats.db"

    def modes() -> dict[str, int]:
        return {entry.name: entry.stat().st_mode & 0o777 for entry in tmp_path.iterdir()}

    async with opened(path) as db:
        await put(db, "a")
        assert modes() == dict.fromkeys(("stats.db", "stats.db-wal", "stats.db-shm"), 0o600)
    path.chmod(0o664)
    async with opened(path) as db:
        await put(db, "b")
        assert modes() == dict.fromkeys(("stats.db", "stats.db-wal", "stats.db-shm"), 0o600)


@pytest.mark.skipif(os.name != "posix", reason="modes")
async def test_a_folder_in_place_of_a_database_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "stats.db").mkdir(mode=0o755)
    (tmp_path / "stats.db").chmod(0o755)
    with pytest.raises(Exception, match=r"stats\.db"):
        async with opened(tmp_path / "stats.db"):
            pass
    assert (tmp_path / "stats.db").stat().st_mode & 0o777 == 0o755


async def test_under_a_foreign_lock_every_write_of_a_queue_answers_within_three_seconds(tmp_path: Path) -> None:
    async with opened(tmp_path / "stats.db") as db:
        other = sqlite3.connect(db.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        outcomes = await asyncio.gather(*(put(db, str(number)) for number in range(10)), return_exceptions=True)
        assert time.monotonic() - began < 3  # all of them: one after the other that would be twenty
        assert [type(outcome) for outcome in outcomes] == [DatabaseBusy] * 10
        other.execute("ROLLBACK")
        other.close()
        await put(db, "again")


async def test_writes_of_our_own_wait_for_each_other_however_long_they_take(tmp_path: Path) -> None:
    async with opened(tmp_path / "stats.db") as db:
        slow = [db.write(lambda _tx: time.sleep(0.6)) for _ in range(5)]
        await asyncio.gather(*slow, put(db, "last"))
        assert await facts.get(db, "last") == "x"
