"""Which way SQLite takes, where it has no statistics of the tables yet: a first import of many years has none."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.store.file.database import Database
from bot.store.questions import survey
from rigs.builders import an_r1, an_r2
from rigs.world import World, a_world

_LARGE = "(rounds|r|r1|r2|player_rounds|weapon_rounds|evidence|processed_files)"
_EVERY_ROUND = re.compile(rf"SCAN {_LARGE}\b|SEARCH {_LARGE}\b.*\(server_id=\?\)$")
_STATEMENT = re.compile(r"\s*(SELECT|WITH|UPDATE|INSERT|DELETE)\b")


async def _heard(db: Database) -> set[str]:
    """Every statement of the writer and of this reader from now on, with its values."""
    statements: set[str] = set()
    db._writing._writer.set_trace_callback(statements.add)
    await db._connection.set_trace_callback(statements.add)
    return statements


def _ways(path: Path, statements: set[str]) -> dict[str, list[str]]:
    """Each statement's steps."""
    with closing(sqlite3.connect(path)) as con:
        assert not con.execute("SELECT * FROM sqlite_stat1").fetchall()  # nothing is counted yet
        return {
            statement: [row[3] for row in con.execute(f"EXPLAIN QUERY PLAN {statement}")]
            for statement in statements
            if _STATEMENT.match(statement)
        }


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as world:
        yield world


async def test_an_import_looks_at_the_rounds_near_it_alone(world: World) -> None:
    first = an_r1(at="2025-01-02-200000")
    await world.add(first)
    statements = await _heard(world.app.work)
    await world.add(an_r2(first, at="2025-01-02-201000"))
    ways = _ways(world.app.settings.database_path, statements)
    assert any("rounds_by_map" in step for steps in ways.values() for step in steps)
    assert [(statement, step) for statement, steps in ways.items() for step in steps if _EVERY_ROUND.search(step)] == []


async def test_an_audit_asks_for_a_rounds_people_by_the_round(world: World) -> None:
    statements = await _heard(world.app.work)
    await survey.rounds(world.app.work, world.app.server)
    steps = [step for steps in _ways(world.app.settings.database_path, statements).values() for step in steps]
    of_lines = [step for step in steps if re.search(r"\bplayer_rounds\b", step)]
    assert of_lines
    assert all("(round_id=?" in step for step in of_lines), of_lines
