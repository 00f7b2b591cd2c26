"""The SQL of lines is built from parts, and whatever a metric sums stands in the covering index."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.domain.stats.metrics import METRICS, Metric
from bot.domain.stats.people.records import FEATS
from bot.domain.stats.scope import Scope
from bot.store.questions.lines import BY_FIGURES, ONE, PERSON, SOME, Lines
from bot.store.questions.people import standings
from bot.store.questions.scopes import choose
from rigs.builders import a_session
from rigs.world import NIGHT, World, a_rules

STORE = Path(standings.__file__).parents[2]
LINES = Lines("player_rounds AS p", (PERSON,))


def test_lines_are_told_by_their_tables_and_all_their_conditions() -> None:
    assert str(LINES) == "FROM player_rounds AS p WHERE length(p.guid) = 8"
    his = LINES.that("p.kills > 1", "p.guid = c.guid").joined("JOIN rounds AS r ON r.id = p.round_id").after("c")
    assert str(his) == (
        "FROM c CROSS JOIN player_rounds AS p JOIN rounds AS r ON r.id = p.round_id "
        "WHERE length(p.guid) = 8 AND p.kills > 1 AND p.guid = c.guid"
    )
    assert str(LINES) == "FROM player_rounds AS p WHERE length(p.guid) = 8", "what is built upon stays"


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
async def test_no_metric_needs_anything_but_the_index(world: World, metric: Metric) -> None:
    await world.add(*a_session(2))
    every = await choose(world.app.db, Scope(), now=NIGHT, rules=a_rules())
    for lines in (every.lines, every.lines_of(), every.lines_of(SOME), Lines(BY_FIGURES, (ONE,))):
        sql = f"EXPLAIN QUERY PLAN SELECT p.guid, {standings.columns([metric])} {lines} GROUP BY p.guid"
        plan = [row["detail"] for row in await world.app.db.all(sql, guid="", guids="[]")]
        assert any("USING COVERING INDEX player_figures" in step for step in plan), plan


def test_no_sql_of_the_store_is_patched() -> None:
    patched = [
        f"{path.relative_to(STORE)}: {ast.unparse(call)}"
        for path in STORE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "replace"
        if len(call.args) == 2  # a file's has one, a date's none
        if ast.unparse(call.func) != "telling.replace"  # a post's
    ]
    typed = "file/database.py: text.replace("  # escaped
    assert all(call.startswith(typed) for call in patched), patched


async def test_the_index_has_every_column_that_a_metric_names(world: World) -> None:
    indexed = {row["name"] for row in await world.rows("SELECT name FROM pragma_index_info('player_figures')")}
    table = {row["name"] for row in await world.rows("SELECT name FROM pragma_table_info('player_rounds')")}
    summed = {word for metric in METRICS for word in re.findall(r"[a-z_0-9]+", f"{metric.top} {metric.per}")} & table
    assert summed
    assert summed <= indexed


async def test_what_records_sum_stands_first_in_the_index(world: World) -> None:
    indexed = [row["name"] for row in await world.rows("SELECT name FROM pragma_index_info('player_figures')")]
    summed = {word for feat in FEATS for word in (feat.metric.top, feat.metric.per) if word}
    assert set(indexed[: 5 + len(summed)]) == {"guid", "counted", "session", "match_id", "ended_at"} | summed


@pytest.mark.parametrize("text", ["", "role", "map", "role map"])
async def test_the_lines_of_a_scope_may_be_joined_to_whatever_has_the_same_columns(world: World, text: str) -> None:
    await world.add(*a_session(3))
    scope = Scope(maps=("supply",) if "map" in text else (), role="attack" if "role" in text else None)
    chosen = await choose(world.app.db, scope, now=NIGHT, rules=a_rules())
    joined = (
        "JOIN rounds AS r ON r.id = p.round_id "
        "JOIN weapon_rounds AS w ON w.round_id = p.round_id AND w.line = p.line "
        "JOIN player_rounds AS other ON other.round_id = p.round_id AND other.line = p.line"
    )
    guid = await world.app.db.value("SELECT guid FROM player_rounds LIMIT 1")
    for lines in (chosen.lines, chosen.lines_of()):
        sql = f"{chosen.cte} SELECT count(DISTINCT p.round_id || ' ' || p.line)"
        alone = await world.app.db.value(f"{sql} {lines}", **chosen.parameters, guid=guid)
        assert await world.app.db.value(f"{sql} {lines.joined(joined)}", **chosen.parameters, guid=guid) == alone
