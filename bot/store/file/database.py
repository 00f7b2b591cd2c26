"""The SQLite file: one connection that writes, on a thread of its own, and others that only read."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from bot.domain.game.file.report import BOT
from bot.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseNotOurs,
    StoreError,
    TwoNames,
)
from bot.invocation import command, where_env_was_looked_for
from bot.store.file.migrate import check_ours, migrate, newest
from bot.store.file.place import Place
from bot.store.file.translation import closed, of_file, real, translated, way_back
from bot.store.file.writable import is_seen, refusal

Tx = sqlite3.Connection
"""The writing connection inside an open transaction: what the functions of this package get."""
Row = sqlite3.Row
T = TypeVar("T")

BUSY_SECONDS = 5.0
"""How long a connection that is opened, and a question, wait for another program's lock."""
WRITE_SECONDS = 2.0
"""How long a write waits for it, its turn included: Discord takes no answer after three seconds."""
PART = 200
"""Rows that are in memory at once where a whole table is handed over, and for which everything else waits."""
OTHERS = 0o077
"""The bits of a mode that are not its owner's: the umask of the bot and of every tool."""
_FEWEST_WAL_SAFE = (3, 51, 3)
_STATISTICS = "PRAGMA optimize = 0x10002"
"""SQLite's own advice for a connection that stays open (its page on `PRAGMA optimize`): newer ones look at all tables.

Without a limit of the rows that are counted: with one, it takes a server for one that has 400 of 100,000 rounds.
"""


def people(guid: str) -> str:
    """The condition that a column of identities names a person: a GUID's eight characters.

    Bots and whoever has no GUID stand under longer words (`OMNIBOT:…`, `UNKNOWN:…`).
    """
    return f"length({guid}) = 8"


def humans(guid: str) -> str:
    """The condition that a column of identities names no bot; whoever has no GUID is a human all the same."""
    return f"substr({guid}, 1, {len(BOT)}) <> '{BOT}'"


def escaped_like(text: str) -> str:
    """Text that LIKE takes literally, with `!` as its escape."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


class Damage:
    """What is known to be wrong in the database, for all who have it: a damaged one may not remember it itself."""

    def __init__(self) -> None:
        self.faults: tuple[str, ...] = ()

    def told(self, error: sqlite3.Error | UnicodeDecodeError) -> StoreError:
        """The error as it is raised, remembered where it tells of damage."""
        told = translated(error)
        if isinstance(told, DatabaseDamaged):
            self.faults = self.faults or (str(error),)
        return told


class Reader:
    """Questions to the database; every answer is a consistent snapshot of one statement."""

    def __init__(self, connection: aiosqlite.Connection, damage: Damage) -> None:
        self._connection = connection
        self.damage = damage

    async def all(self, sql: str, /, **parameters: Any) -> list[Row]:
        """Every row of a SELECT."""
        try:
            return list(await self._connection.execute_fetchall(sql, parameters))
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self.damage.told(error) from error

    async def each(self, take: Callable[[Row], object], sql: str, /, **parameters: Any) -> None:
        """Hand over every row of a SELECT: for a whole table, whose rows are never in memory all at once.

        One statement still, so one snapshot; between two parts others get their turn.
        """
        try:
            async with self._connection.execute(sql, parameters) as cursor:
                while part := await cursor.fetchmany(PART):
                    for row in part:
                        take(row)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self.damage.told(error) from error

    async def one(self, sql: str, /, **parameters: Any) -> Row | None:
        """The first row, if there is one."""
        rows = await self.all(sql, **parameters)
        return rows[0] if rows else None

    async def value(self, sql: str, /, **parameters: Any) -> Any:
        """The first column of the first row."""
        row = await self.one(sql, **parameters)
        return None if row is None else row[0]


class _Writing:
    """The one connection that writes, and the line that stands before it."""

    def __init__(self, writer: Tx, thread: ThreadPoolExecutor, damage: Damage) -> None:
        self.damage = damage
        self._writer = writer
        self._thread = thread
        self._lock = asyncio.Lock()
        self._locked_out = 0

    async def write(self, work: Callable[[Tx], T]) -> T:
        """See `Database.write`."""
        before = self._locked_out
        async with self._lock:
            # who stood in line while another one waited in vain has waited enough
            patience = WRITE_SECONDS if self._locked_out == before else 0.0
            loop = asyncio.get_running_loop()
            done = loop.run_in_executor(self._thread, self._transaction, work, patience)
            try:
                return await asyncio.shield(done)
            except DatabaseBusy:
                self._locked_out += 1
                raise
            except asyncio.CancelledError:
                await asyncio.wait([done])
                raise

    def _transaction(self, work: Callable[[Tx], T], patience: float) -> T:
        con = self._writer
        try:
            con.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
            con.execute("BEGIN IMMEDIATE")
            result = work(con)
            con.execute("COMMIT")
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self.damage.told(error) from error
        finally:
            if con.in_transaction:  # not after SQLITE_FULL, which rolls back by itself
                con.execute("ROLLBACK")
        return result


class Database(Reader):
    """The whole store; see `opened`."""

    def __init__(self, path: Path, reader: aiosqlite.Connection, writing: _Writing, place: Place) -> None:
        super().__init__(reader, writing.damage)
        self.path = path
        self.place = place
        self._writing = writing

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Run `work` as one transaction on the writer's thread: all of it is stored, or nothing.

        A caller that is cancelled does not stop it half-way. Raises `DatabaseBusy` or another `StoreError`; the
        errors of `work` itself pass. Another program's lock is waited for `WRITE_SECONDS`, however many stand in line.
        """
        return await self._writing.write(work)

    async def refresh_statistics(self) -> None:
        """Let SQLite count its tables anew where they have grown to another size, so that it plans its ways by that.

        One write: 1.2 s of processor time at 100,000 rounds, and little until a table has grown many times over.
        Raises as `write` does.
        """
        await self.write(_count_anew)

    @asynccontextmanager
    async def apart(self) -> AsyncIterator[Database]:
        """The same store with a reader of its own: it waits for no question that others ask."""
        if self.place.astray() is not None:  # nobody can open this file any more
            yield self
            return
        async with _connected(self.path, uri_of(self.path, alone=False)) as reader:
            yield Database(self.path, reader, self._writing, self.place)


def _count_anew(tx: Tx) -> None:
    tx.execute(_STATISTICS).fetchall()
    # other connections read what was counted only with the schema, and that only when it changes
    tx.execute("CREATE TABLE counted_anew (empty INTEGER)")
    tx.execute("DROP TABLE counted_anew")


@contextmanager
def taken_apart() -> Iterator[None]:
    """Around making values of what a row has: where a word or a number means nothing, somebody else wrote it."""
    try:
        yield
    except (TypeError, ValueError, KeyError) as error:
        raise DatabaseDamaged(
            f"the database is damaged (a value in it means nothing: {type(error).__name__}: {error})", way_back()
        ) from error


def is_there(path: Path) -> bool:
    """Something was ever written to this file; raises `StoreError` where this user may not even see that."""
    try:
        return path.exists() and path.stat().st_size > 0
    except OSError as error:  # in a folder that this user may not enter
        if refused := refusal(path):
            raise closed(refused) from error
        raise StoreError(f"{path} cannot be reached ({error.strerror or error})", "see its folder's rights") from error


def wal_bug() -> str | None:
    """What to know about this SQLite's "WAL-reset" bug; None where it is fixed (3.51.3, 3.50.7)."""
    version = sqlite3.sqlite_version_info
    if version >= _FEWEST_WAL_SAFE or (version[:2] == (3, 50) and version >= (3, 50, 7)):
        return None
    return f"SQLite {sqlite3.sqlite_version} is older than 3.51.3: only this bot may write its database"


def _nothing(_version: int) -> None:
    """Before a migration of a database that nobody would miss."""


@asynccontextmanager
async def opened(path: Path, *, before_migrating: Callable[[int], None] = _nothing) -> AsyncIterator[Database]:
    """The database at `path`, created or brought up to date; raises `DatabaseNotOurs` and writes nothing then.

    `before_migrating` is called with the version that it has, if that is not the newest one; what it raises stops it.
    """
    have = check_file(path)
    if 0 < have < newest():
        await asyncio.to_thread(before_migrating, have)
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, thread_name_prefix="writer") as thread:
        writer = await loop.run_in_executor(thread, _writer, path)
        try:
            async with _connected(path, uri_of(path, alone=False)) as reader:
                yield Database(path, reader, _Writing(writer, thread, Damage()), Place(path))
        finally:
            await loop.run_in_executor(thread, _let_go, writer)


@asynccontextmanager
async def reading(path: Path) -> AsyncIterator[Reader]:
    """The database at `path`, read-only and without a trace beside it; works beside the running bot.

    Raises `DatabaseNotOurs`, `StoreError`.
    """
    if not is_there(path):
        nowhere = f" ({missing})" if (missing := where_env_was_looked_for()) else ""
        raise StoreError(f"there is no database at {path}{nowhere}: run `{command('sync_stats')}`, or start the bot")
    check_file(path)
    unwritten = alone(path)
    before = path.stat()
    async with _connected(path, uri_of(path, alone=unwritten)) as con:
        yield Reader(con, Damage())
    after = path.stat()
    if unwritten and (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise StoreError(f"{path} was written meanwhile, so what was read may be mixed: run this again")


@asynccontextmanager
async def _connected(path: Path, uri: str) -> AsyncIterator[aiosqlite.Connection]:
    try:
        async with aiosqlite.connect(uri, uri=True, isolation_level=None) as con:
            con.row_factory = sqlite3.Row
            await con.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
            await con.execute("PRAGMA query_only = ON")
            yield con
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise of_file(path, error) from error


def alone(path: Path) -> bool:
    """Nobody has the database open, and nothing waits in its write-ahead log."""
    return not is_seen(beside(path, "-wal"))


def beside(path: Path, suffix: str) -> Path:
    """A file that SQLite keeps beside the database: where the file itself is, not a link to it."""
    there = real(path)
    return there.with_name(there.name + suffix)


def uri_of(path: Path, *, alone: bool) -> str:
    """Where SQLite reads `path`, and writes nothing to it."""
    # even a reader makes `-wal` and `-shm` beside a WAL database, and leaves them; not if it may take it as immutable
    return f"{real(path).as_uri()}?mode=ro" + ("&immutable=1" if alone else "")


@contextmanager
def looked_at(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection of its own that only reads, for work on a thread; beside the bot, and without a trace.

    Raises `StoreError`, also where somebody began to write meanwhile.
    """
    unwritten = alone(path)
    try:
        before = path.stat()
        with closing(sqlite3.connect(uri_of(path, alone=unwritten), uri=True, timeout=BUSY_SECONDS)) as con:
            yield con
        after = path.stat()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise of_file(path, error) from error
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror or error}") from error
    if unwritten and (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise StoreError(f"{path} was written meanwhile, so what was read may be mixed: run this again")


def check_names(path: Path) -> None:
    """Raises `DatabaseNotOurs` where the file has more than one: each would have a log of its own.

    So there would be two writers that do not see each other.
    """
    if is_seen(path) and path.is_file() and (names := path.stat().st_nlink) > 1:
        raise TwoNames(
            f"{path} has {names} names (hard links)",
            "leave it one, since what is in the log of one of them is not in the other's; nothing was changed",
        )


def check_file(path: Path) -> int:
    """The schema's version, 0 where nothing is there; raises `DatabaseNotOurs` or another `StoreError`."""
    if not is_there(path):
        return 0
    check_names(path)
    try:
        with closing(sqlite3.connect(uri_of(path, alone=alone(path)), uri=True, timeout=BUSY_SECONDS)) as con:
            return check_ours(con, path)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise of_file(path, error) from error


def _make_private(path: Path) -> None:
    """Take away what others may do with a database of before; SQLite gives its log the same mode."""
    for file in (path, beside(path, "-wal"), beside(path, "-shm")):
        with contextlib.suppress(OSError):  # not there, or not this user's
            mode = file.stat().st_mode
            if stat.S_ISREG(mode) and mode & OTHERS:
                file.chmod(stat.S_IMODE(mode) & ~OTHERS)


def _writer(path: Path) -> Tx:
    if os.name == "posix":
        _make_private(path)
    try:
        con = sqlite3.connect(real(path), timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    except sqlite3.OperationalError as error:
        if refused := refusal(path):
            raise closed(refused) from error
        fix = "is its folder there, and may this user write it? (DATABASE_PATH)"
        raise StoreError(f"{path} cannot be opened ({error})", fix) from error
    con.row_factory = sqlite3.Row
    try:
        con.execute("PRAGMA journal_mode = WAL")
        con.execute("PRAGMA synchronous = FULL")
        con.execute("PRAGMA foreign_keys = ON")
        migrate(con, path)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        con.close()
        raise of_file(path, error) from error
    except DatabaseNotOurs:
        con.close()
        raise
    return con


def _let_go(con: Tx) -> None:
    try:
        con.execute("PRAGMA optimize")
        con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        pass  # somebody reads, or it is damaged: the next opening does it, or says so
    finally:
        con.close()
