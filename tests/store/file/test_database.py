"""One connection writes whole transactions, another one reads what is committed, and no foreign file is touched."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import DatabaseBusy, DatabaseDown, DatabaseNotOurs, StoreError
from bot.store.file.database import BUSY_SECONDS, Database, Tx, opened, reading, wal_bug
from bot.store.file.migrate import APPLICATION_ID


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(tmp_path / "stats.db") as database:
        yield database


def put(key: str, value: str = "x") -> str:
    return f"INSERT INTO facts (key, value) VALUES ('{key}', '{value}')"


async def keys(db: Database) -> list[str]:
    return [row["key"] for row in await db.all("SELECT key FROM facts ORDER BY key")]


async def test_the_writer_is_durable_and_checks_foreign_keys(db: Database) -> None:
    def pragmas(tx: Tx) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return {name: tx.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    durable = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert await db.write(pragmas) == durable
    async with opened(db.path) as again:  # no migration has anything to do, and none says it for us
        assert await again.write(pragmas) == durable


async def test_no_round_is_without_its_parent_in_a_database_that_was_there(tmp_path: Path) -> None:
    async with opened(tmp_path / "stats.db"):
        pass
    orphan = "INSERT INTO outbox (kind, round_id, state, not_before, created_at) VALUES ('round', 7, 'waiting', 0, 0)"
    async with opened(tmp_path / "stats.db") as db:
        with pytest.raises(StoreError, match="FOREIGN KEY"):
            await db.write(lambda tx: tx.execute(orphan))


async def test_the_reader_cannot_write(db: Database) -> None:
    with pytest.raises(StoreError):
        await db.all(put("a"))


async def test_a_transaction_is_stored_whole(db: Database) -> None:
    def two(tx: Tx) -> str:
        tx.execute(put("a"))
        tx.execute(put("b"))
        return "done"

    assert await db.write(two) == "done"
    assert await keys(db) == ["a", "b"]


@pytest.mark.parametrize("error", [ValueError("a bug"), KeyboardInterrupt()])
async def test_a_transaction_that_fails_is_not_stored_at_all(db: Database, error: BaseException) -> None:
    def half(tx: Tx) -> None:
        tx.execute(put("a"))
        raise error

    with pytest.raises(type(error)):
        await db.write(half)
    assert await keys(db) == []
    await db.write(lambda tx: tx.execute(put("b")))
    assert await keys(db) == ["b"]


async def test_a_broken_constraint_is_a_store_error_and_stores_nothing(db: Database) -> None:
    def twice(tx: Tx) -> None:
        tx.execute(put("a"))
        tx.execute(put("a"))

    with pytest.raises(StoreError, match="UNIQUE"):
        await db.write(twice)
    assert await keys(db) == []


async def test_a_caller_that_is_cancelled_leaves_a_whole_transaction(db: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(tx: Tx) -> None:
        tx.execute(put("a"))
        begun.set()
        go_on.wait(10)
        tx.execute(put("b"))

    writing = asyncio.create_task(db.write(slow))
    await asyncio.to_thread(begun.wait, 10)
    writing.cancel()
    next_one = asyncio.create_task(db.write(lambda tx: tx.execute(put("c"))))
    await asyncio.sleep(0.05)
    assert not writing.done(), "who cancels it has to know that it is over"
    assert await keys(db) == [], "the reader sees only what is committed"
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await next_one
    assert await keys(db) == ["a", "b", "c"]


async def test_writers_take_turns(db: Database) -> None:
    await db.write(lambda tx: tx.execute(put("n", "0")))

    def add_one(tx: Tx) -> None:
        (value,) = tx.execute("SELECT value FROM facts").fetchone()
        tx.execute("UPDATE facts SET value = ?", (str(int(value) + 1),))

    await asyncio.gather(*(db.write(add_one) for _ in range(50)))
    assert await db.value("SELECT value FROM facts") == "50"


async def test_a_locked_database_is_busy_and_well_again_afterwards(db: Database) -> None:
    await db.write(lambda tx: tx.execute("PRAGMA busy_timeout = 50").fetchall())
    other = sqlite3.connect(db.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy):
        await db.write(lambda tx: tx.execute(put("a")))
    assert await keys(db) == [], "a reader is not held up"
    other.execute("ROLLBACK")
    other.close()
    await db.write(lambda tx: tx.execute(put("a")))


async def test_a_database_that_is_locked_for_a_moment_is_waited_for(db: Database) -> None:
    other = sqlite3.connect(db.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.3, other.execute, ["ROLLBACK"])
    release.start()
    await db.write(lambda tx: tx.execute(put("a")))
    release.join()
    other.close()
    assert await keys(db) == ["a"]
    assert await db.value("PRAGMA busy_timeout") == 1000 * BUSY_SECONDS, "the reader waits as long"


async def test_nobody_else_writes_between_what_a_transaction_reads_and_what_it_writes(db: Database) -> None:
    other = sqlite3.connect(db.path, isolation_level=None, timeout=0, check_same_thread=False)

    def look_then_write(tx: Tx) -> None:
        assert tx.execute("SELECT count(*) FROM facts").fetchone()[0] == 0
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute(put("theirs"))
        tx.execute(put("ours"))

    await db.write(look_then_write)
    other.close()
    assert await keys(db) == ["ours"]


async def test_a_full_disk_rolls_back_and_the_database_goes_on_when_there_is_room(db: Database) -> None:
    pages = await db.value("PRAGMA page_count")
    await db.write(lambda tx: tx.execute(f"PRAGMA max_page_count = {pages}").fetchall())
    with pytest.raises(DatabaseDown, match="disk"):
        await db.write(lambda tx: tx.execute(put("big", "x" * 100_000)))
    await db.write(lambda tx: tx.execute("PRAGMA max_page_count = 1000000").fetchall())
    await db.write(lambda tx: tx.execute(put("big", "x" * 100_000)))
    assert await keys(db) == ["big"]


async def test_a_new_database_is_made_where_there_is_none_or_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    for name in ("new.db", "empty.db"):
        async with opened(tmp_path / name) as db:
            assert await db.value("PRAGMA application_id") == APPLICATION_ID


async def test_nothing_is_left_beside_a_database_that_was_closed(tmp_path: Path) -> None:
    async with opened(tmp_path / "stats.db") as db:
        await db.write(lambda tx: tx.execute(put("a")))
    assert [path.name for path in tmp_path.iterdir()] == ["stats.db"]


def a_foreign_database(path: Path, *, wal: bool = False) -> None:
    con = sqlite3.connect(path)
    con.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}")
    con.execute("CREATE TABLE theirs (a)")
    con.commit()
    con.close()


def a_newer_database(path: Path) -> None:
    con = sqlite3.connect(path)
    con.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    con.execute("PRAGMA user_version = 9999")
    con.execute("CREATE TABLE ours (a)")
    con.commit()
    con.close()


@pytest.mark.parametrize(
    "make",
    [
        a_foreign_database,
        lambda path: a_foreign_database(path, wal=True),
        a_newer_database,
        lambda path: path.write_bytes(b"a text, and no database at all\n" * 100),
    ],
    ids=["foreign", "foreign with WAL", "newer", "no database"],
)
@pytest.mark.parametrize("way", [opened, reading])
async def test_what_is_not_ours_is_refused_and_nothing_is_written(tmp_path: Path, make: object, way: object) -> None:
    path = tmp_path / "stats.db"
    make(path)  # type: ignore[operator]
    before = path.read_bytes()
    with pytest.raises(DatabaseNotOurs, match=r"stats\.db"):
        async with way(path):  # type: ignore[operator]
            pass
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["stats.db"]


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        async with opened(tmp_path / "nowhere" / "stats.db"):
            pass


async def test_reading_what_is_not_there_says_how_to_make_it(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    for name in ("none.db", "empty.db"):
        with pytest.raises(StoreError, match="there is no database"):
            async with reading(tmp_path / name):
                pass


async def test_reading_leaves_no_trace(tmp_path: Path) -> None:
    async with opened(tmp_path / "stats.db") as db:
        await db.write(lambda tx: tx.execute(put("a")))
    before = (tmp_path / "stats.db").read_bytes()
    async with reading(tmp_path / "stats.db") as reader:
        assert await reader.value("SELECT count(*) FROM facts") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["stats.db"]
    assert (tmp_path / "stats.db").read_bytes() == before


async def test_reading_works_beside_the_writer_and_sees_its_commits(db: Database) -> None:
    await db.write(lambda tx: tx.execute(put("a")))
    async with reading(db.path) as reader:
        assert await reader.value("SELECT count(*) FROM facts") == 1
        await db.write(lambda tx: tx.execute(put("b")))
        assert await reader.value("SELECT count(*) FROM facts") == 2


async def test_reading_while_somebody_begins_to_write_is_an_error_and_not_a_mixture(tmp_path: Path) -> None:
    path = tmp_path / "stats.db"
    async with opened(path):
        pass

    async def read_while_somebody_writes() -> None:
        async with reading(path) as reader:
            await reader.all("SELECT * FROM facts")
            async with opened(path) as db:
                await db.write(lambda tx: tx.execute(put("a")))

    with pytest.raises(StoreError, match="run this again"):
        await read_while_somebody_writes()


async def test_what_a_killed_writer_committed_is_read_from_its_log(tmp_path: Path) -> None:
    async with opened(tmp_path / "stats.db") as db:
        await db.write(lambda tx: tx.execute(put("a")))
        for name in ("stats.db", "stats.db-wal"):
            (tmp_path / f"copy-{name}").write_bytes((tmp_path / name).read_bytes())
    async with reading(tmp_path / "copy-stats.db") as reader:
        assert await reader.value("SELECT count(*) FROM facts") == 1


async def test_a_damaged_database_is_a_store_error(tmp_path: Path) -> None:
    path = tmp_path / "stats.db"
    async with opened(path) as db:
        await db.write(lambda tx: tx.execute(put("a", "x" * 50_000)))
    data = bytearray(path.read_bytes())
    data[100:4096] = bytes(3996)
    path.write_bytes(bytes(data))
    with pytest.raises(DatabaseDown, match=r"stats\.db: the database is damaged"):
        async with opened(path):
            pass
    assert path.read_bytes() == bytes(data)


async def test_no_damage_ends_in_anything_but_an_answer_or_an_error_of_ours(tmp_path: Path) -> None:
    path, rng = tmp_path / "stats.db", random.Random(20260301)
    async with opened(path) as db:
        await db.write(lambda tx: [tx.execute(put(f"fact {number}", "x" * 900)) for number in range(50)])
    whole = path.read_bytes()
    for number in range(40):
        damaged = bytearray(whole)
        for _ in range(64):
            damaged[rng.randrange(len(whole))] = rng.randrange(256)
        copy = tmp_path / f"{number}.db"
        copy.write_bytes(damaged)
        for way in (reading, opened):
            with contextlib.suppress(StoreError):
                async with way(copy) as reader:
                    await reader.all("SELECT * FROM facts")


def test_an_sqlite_with_the_wal_bug_is_named() -> None:
    said = wal_bug()
    assert said is None or sqlite3.sqlite_version in said
