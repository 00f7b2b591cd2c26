"""What a disk may do to the database, many times over: `python -m rigs.storage [--copies 200]` prints the table.

Bytes flipped in copies of a database, a write-ahead log cut at any length or deleted. What is true of each copy is
asked of SQLite itself, not of the bot's own checks.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import random
import sqlite3
import sys
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from typer.testing import CliRunner

from bot.domain.audit.audit import AuditVerdict
from bot.errors import StatsBotError
from bot.ingest import derivation
from bot.store.file import backups
from rigs.builders import an_archive
from rigs.river import FilePublisher
from rigs.world import World, a_world

FILES = an_archive(36)


class Original(NamedTuple):
    """A database of many rounds, at rest, and a good backup of it."""

    world: World
    database: Path
    backup: Path


async def an_original(folder: Path) -> Original:
    """Made once; each copy is damaged on its own."""
    folder.mkdir()
    async with a_world(folder) as world:
        world.put_all(FILES)
        await world.poll(times=3)
    database = folder / "stats.db"
    made = backups.make(database, folder / "backups", now=int(world.clock.now()), reached=lambda _step: None)
    return Original(world, database, made.path)


def truth(path: Path) -> bool:
    """SQLite itself finds the copy whole."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as con:
            return [row[0] for row in con.execute("PRAGMA integrity_check")] == ["ok"]
    except (sqlite3.Error, UnicodeDecodeError):
        return False


def a_home(original: Original, home: Path) -> Path:
    """A folder of its own with a copy of the database and of its backup."""
    (home / "backups").mkdir(parents=True)
    (home / "backups" / original.backup.name).write_bytes(original.backup.read_bytes())
    (home / "stats.db").write_bytes(original.database.read_bytes())
    return home / "stats.db"


def flip(path: Path, rng: random.Random, *, flips: int) -> None:
    """Make so many bytes other ones."""
    data = bytearray(path.read_bytes())
    for at in rng.sample(range(len(data)), flips):
        data[at] ^= rng.randrange(1, 256)
    path.write_bytes(data)


def diagnosis(database: Path) -> tuple[str, str]:
    """(verdict, all that it said) of `tools.diagnose_file_sync`; `refused` where it answers with one line instead."""
    from tools.diagnose_file_sync import cli

    home = database.parent
    environment = {"DATABASE_PATH": str(database), "LOCAL_STATS_DIR": str(home / "local_stats")}
    umask = os.umask(0o077)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    done = CliRunner().invoke(cli, ["--offline"], env=environment)
    os.umask(umask)
    root.handlers[:], root.level = handlers, level
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    verdict = done.stdout.split(":")[0].lower() if done.exit_code in (0, 1) else "refused"
    return verdict, done.stdout + done.stderr


async def the_bots_look(original: Original, database: Path) -> tuple[str, str]:
    """(verdict, all that it said) of the bot on this database: its start, a poll, its audit and its status."""
    try:
        told = FilePublisher(
            database.with_name("told.jsonl"), lambda _step: None
        )  # the admins, where the database can hold no alert
        async with a_world(database.parent, before=original.world, publisher=told) as world:
            with contextlib.suppress(StatsBotError):
                await world.poll()
            audit = await world.live.selfaudit.audit(deep=False)
            health = await world.app.health()
            if audit.verdict is AuditVerdict.CRITICAL and not health.damage and health.unreadable is None:
                return "status is not red", ""
            return audit.verdict.value, str(audit.findings)
    except StatsBotError as error:
        return "refused", str(error)


async def damaged_copies(folder: Path, *, copies: int, flips: int, seed: int) -> Counter[str]:
    """What became of each copy; raises `AssertionError` where one that SQLite finds faults in was called healthy."""
    folder.mkdir(exist_ok=True)
    original, rng, became = await an_original(folder / "original"), random.Random(seed), Counter[str]()
    for number in range(copies):
        database = a_home(original, folder / str(number))
        flip(database, rng, flips=flips)
        damaged, file = database.read_bytes(), database.stat().st_ino
        whole = truth(database)
        verdict, said = await asyncio.to_thread(diagnosis, database)
        assert database.read_bytes() == damaged, "the diagnosis reads only"
        bots, bot_said = await the_bots_look(original, database)
        assert database.stat().st_ino == file, "never replaced"
        if not whole:
            for who, answer, text in (("tool", verdict, said), ("bot", bots, bot_said)):
                assert answer in ("critical", "refused"), (seed, number, who, answer, text)
                assert original.backup.name in text.replace("\n", "").replace(" ", ""), (seed, number, who, text)
            became[f"SQLite finds faults: tool {verdict}, bot {bots}"] += 1
            continue
        became[f"SQLite finds none: {await _compared(original, database, damaged)}"] += 1
    return became


async def _compared(original: Original, database: Path, damaged: bytes) -> str:
    database.write_bytes(damaged)  # as it was before the bot looked
    for left in ("stats.db-wal", "stats.db-shm"):
        database.with_name(left).unlink(missing_ok=True)
    same = _contents(database) == _contents(original.database)
    try:
        async with a_world(database.parent, before=original.world) as world:
            differing = await derivation.compare(world.app.db, world.app.server, world.app.importer, only=None)
    except StatsBotError:
        return "refused by the bot"
    if differing:
        return "rounds differ from their bytes"
    if same:
        return "no value of any table is another one"
    return "a value that no file says is another one, and nothing sees it"


def _contents(path: Path) -> dict[str, list[tuple[object, ...]]] | None:
    """Every row of every table; None where it cannot be read."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as con:
            con.text_factory = bytes
            tables = [row[0].decode() for row in con.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            return {table: con.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables}
    except (sqlite3.Error, UnicodeDecodeError):
        return None


async def cut_logs(folder: Path, *, cuts: int, seed: int) -> Counter[str]:
    """A killed bot's write-ahead log, cut at random lengths, and once deleted: an earlier state, healed by a poll."""
    folder.mkdir(exist_ok=True)
    rng, became = random.Random(seed), Counter[str]()
    async with a_world(folder / "original") as world:
        for start in range(0, len(FILES), 4):  # a transaction after the other
            world.put_all(FILES[start : start + 4])
            await world.poll(times=2)
        whole = await world.export()
        database, log = ((folder / "original" / name).read_bytes() for name in ("stats.db", "stats.db-wal"))
    for number in range(cuts + 1):
        home = folder / str(number)
        home.mkdir()
        (home / "stats.db").write_bytes(database)
        length = 0 if number == cuts else rng.randrange(len(log))
        if number < cuts:
            (home / "stats.db-wal").write_bytes(log[:length])
        async with a_world(home, before=world) as again:
            before = await again.count("rounds")
            await again.poll(times=4)
            assert await again.export() == whole, (seed, number, length)
            assert (await again.live.selfaudit.audit(deep=False)).verdict is AuditVerdict.HEALTHY
        assert truth(home / "stats.db")
        became[f"an earlier state{' (an empty one)' if before == 0 else ''}, healed by the next polls"] += 1
    return became


def main() -> int:
    """Print what became of how many."""
    options = argparse.ArgumentParser(prog="python -m rigs.storage", description=__doc__)
    options.add_argument("--copies", type=int, default=200, help="damaged copies, and cuts of the log")
    options.add_argument("--seed", type=int, default=20260301)
    wanted = options.parse_args()
    logging.getLogger("bot").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        results = {
            f"{flips} bytes flipped": asyncio.run(
                damaged_copies(Path(folder) / str(flips), copies=wanted.copies, flips=flips, seed=wanted.seed)
            )
            for flips in (64, 1)
        }
        results["log cut"] = asyncio.run(cut_logs(Path(folder) / "logs", cuts=wanted.copies, seed=wanted.seed))
    for name, became in results.items():
        for what, number in sorted(became.items()):
            sys.stdout.write(f"{name}: {number:4} × {what}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
