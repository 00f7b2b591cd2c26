"""Importing an archive, beside one bare sqlite3 transaction that writes the same rows."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.kit.figure import Cost, Pair, Row, compared
from bench.kit.samples import written_at
from bench.kit.workshop import Workshop
from bot.clock import SystemClock
from bot.domain.audit.states import FileState, LedgerRow
from bot.domain.game.file.files import RoundName, end_of, round_name
from bot.domain.game.file.parser import parse
from bot.domain.game.model import FiledReport
from bot.domain.game.rounds import derive
from bot.ingest.importer import BATCH, Importer
from bot.ingest.outcomes import Arrival, Imported
from bot.invocation import loaded
from bot.store import facts, ledger, rounds
from bot.store.file.database import Database, Tx, opened
from bot.store.file.migrate import migrate
from rigs.builders import a_name
from rigs.world import a_rules
from tools.demo.session import SampleFile

TABLES = ("servers", "evidence", "rounds", "player_rounds", "weapon_rounds", "round_notes", "processed_files")
UTC = ZoneInfo("UTC")


def rows(shop: Workshop) -> Iterator[Row]:
    """The importer as a whole, and its writing alone."""
    files = shop.files
    placed = _placed(files)
    model = shop.fresh() / "model.db"
    asyncio.run(imported(model, files))
    content = _content(model)
    loaded()  # as in the bot; nor shall it look through what is only here to be compared with
    whole, alone = [], []
    for _ in range(shop.size.runs):
        gc.collect()
        raw = _raw(shop.fresh() / "raw.db", content)
        whole.append(Pair(asyncio.run(imported(shop.fresh() / "stats.db", files)), raw))
        alone.append(Pair(asyncio.run(_store(shop.fresh() / "stats.db", placed)), raw))
    number, total = len(files), sum(len(rows) for _, rows in content)
    anchor = f"one raw sqlite3 transaction of the same {total} rows"
    yield compared(f"storing {number} parsed files, {BATCH} a transaction", anchor, alone, most=2)
    yield compared(f"importing {number} files as a whole: check, parse, pair, split, compress, store", anchor, whole,
                   most=None)  # fmt: skip


async def imported(path: Path, files: Sequence[SampleFile]) -> Cost:
    """`Importer.add` with all files, whose bytes are in memory, into an empty database."""
    arrivals = [Arrival(a_name(file.name), file.data, written_at(file.name)) for file in files]
    async with opened(path) as db:
        server = await _server(db)
        importer = Importer(
            db, server=server, server_name="main", rules=a_rules(), clock=SystemClock(), reached=lambda _step: None
        )
        wall, cpu = time.perf_counter(), time.process_time()
        outcomes = await importer.add(arrivals)
        cost = Cost(time.perf_counter() - wall, time.process_time() - cpu)
    assert all(isinstance(outcome, Imported) for outcome in outcomes)
    return cost


async def _store(path: Path, placed: Sequence[rounds.DerivedRound]) -> Cost:
    """The importer's writing alone: rounds with all that is below them, and their ledger rows."""
    async with opened(path) as db:
        server = await _server(db)

        def write(tx: Tx, part: Sequence[rounds.DerivedRound]) -> None:
            ids = rounds.put(tx, server, part, now=0, gap=3600)
            ledger.record(
                tx, server, [_ledger_row(derived, ids[derived.round.filed.name.text]) for derived in part], now=0
            )

        wall, cpu = time.perf_counter(), time.process_time()
        for start in range(0, len(placed), BATCH):
            part = placed[start : start + BATCH]
            await db.write(lambda tx, part=part: write(tx, part))  # type: ignore[misc]
        return Cost(time.perf_counter() - wall, time.process_time() - cpu)


async def _server(db: Database) -> int:
    server, _ = await db.write(lambda tx: facts.server(tx, "main", "UTC"))
    return server


def _ledger_row(derived: rounds.DerivedRound, round_id: int) -> LedgerRow:
    filed = derived.round.filed
    return LedgerRow(
        filed.name.text,
        FileState.IMPORTED,
        size=derived.size,
        mtime=derived.mtime,
        sha256=filed.sha256,
        round_id=round_id,
    )


def _placed(files: Sequence[SampleFile]) -> list[rounds.DerivedRound]:
    """Every round as it is written, in the order of the files."""
    by_map: dict[str, list[FiledReport]] = {}
    data = {}
    for sample in files:
        name = round_name(sample.name)
        assert isinstance(name, RoundName)
        sha256 = hashlib.sha256(sample.data).hexdigest()
        ended = end_of(name.stamp, zone=UTC, mtime=None, now=None).at
        filed = FiledReport(server="main", name=name, ended_at=ended, sha256=sha256, report=parse(sample.data, name))
        by_map.setdefault(name.map, []).append(filed)
        data[sample.name] = sample.data
    derived = []
    for one_map in by_map.values():
        for made in derive(one_map):
            file, content = made.filed.name.text, data[made.filed.name.text]
            packed, size = rounds.packed(content), len(content)
            derived.append(rounds.DerivedRound(made, rounds.digest(made), written_at(file), packed, size, again=False))
    return sorted(derived, key=lambda placed: placed.round.filed.name.text)


Content = list[tuple[str, list[tuple[object, ...]]]]


def _content(path: Path) -> Content:
    """For every table: the INSERT that fills it, and all of its rows."""
    content: Content = []
    with closing(sqlite3.connect(path)) as con:
        for table in TABLES:
            columns = [row[1] for row in con.execute(f"PRAGMA table_info({table})")]  # generated ones are left out
            insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
            content.append((insert, con.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()))
    return content


def _raw(path: Path, content: Content) -> Cost:
    """One transaction, the same schema, indexes and pragmas, nothing but executemany."""
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        con.execute("PRAGMA journal_mode = WAL")
        con.execute("PRAGMA synchronous = FULL")
        con.execute("PRAGMA foreign_keys = ON")
        migrate(con, path)
        wall, cpu = time.perf_counter(), time.process_time()
        con.execute("BEGIN IMMEDIATE")
        for insert, rows in content:
            con.executemany(insert, rows)
        con.execute("COMMIT")
        return Cost(time.perf_counter() - wall, time.process_time() - cpu)
