from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.game.model import Aside
from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.scope import Scope
from bot.store.questions import scopes
from bot.store.questions.people import standings
from bot.store.questions.scopes import ChosenRounds, choose, names_on, session_name, session_named
from rigs.builders import a_player, a_session, an_r1, an_r2, two_teams
from rigs.world import World, a_rules

NOW = int(datetime(2026, 3, 10, 12, tzinfo=UTC).timestamp())
GAP = 3600


async def chosen(world: World, *, now: float = NOW, **scope: Any) -> ChosenRounds:
    seasons = {"spring": (date(2026, 3, 1), date(2026, 3, 2))}
    asked = Scope(**scope)
    return await choose(world.app.db, asked, now=now, rules=a_rules(session_gap=GAP, seasons=seasons))


async def a_week(world: World) -> None:
    """Three evenings: two maps, a public round, a round of one human."""
    first = an_r1(at="2026-03-01-210000")
    held = an_r1(at="2026-03-05-210000", map="braundorf", players=two_teams(3))
    public = an_r1(at="2026-03-05-213000", map="supply", config="defaultpublic")
    alone = an_r1(at="2026-03-09-210000", players=[a_player("anna", kills=1)])
    await world.add(first, an_r2(first), held, an_r2(held), public, alone)


async def rounds(world: World, **scope: Any) -> int:
    return (await chosen(world, **scope)).coverage.rounds


@pytest.mark.parametrize(
    ("scope", "count"),
    [
        ({}, 5),
        ({"maps": ("supply",)}, 3),
        ({"number": 2}, 2),
        ({"size": 3}, 2),
        ({"size": 4}, 0),
        ({"official": True}, 4),
        ({"period": "7d"}, 3),
        ({"period": "session"}, 3),
        ({"period": "1-sessions"}, 3),
        ({"period": "2-sessions"}, 5),
        ({"period": "2026-03"}, 5),
        ({"period": "last-month"}, 0),
        ({"period": "now"}, 0),
        ({"period": "2026-03-01"}, 2),
        ({"period": "2026-03-02"}, 0),
        ({"period": "2026-03-01..2026-03-04"}, 2),
        ({"period": "quarter"}, 5),
        ({"period": "spring"}, 2),
        ({"role": "attack"}, 5),
        ({"period": "7d", "maps": ("braundorf",), "number": 1, "size": 3, "official": True}, 1),
    ],
)
async def test_a_scope_is_the_rounds_that_are_meant(world: World, scope: dict[str, Any], count: int) -> None:
    await a_week(world)
    assert await rounds(world, **scope) == count


async def test_this_session_lasts_until_the_gap_is_over(world: World) -> None:
    await a_week(world)
    end = int(datetime(2026, 3, 5, 21, 30, tzinfo=UTC).timestamp())
    assert (await chosen(world, now=end + GAP, period="now")).coverage.rounds == 3
    assert (await chosen(world, now=end + GAP + 1, period="now")).coverage.rounds == 0


async def test_what_was_left_out_is_told_by_reason_within_the_scope(world: World) -> None:
    await a_week(world)
    first = an_r1(at="2026-03-08-210000", map="goldrush")
    await world.add(an_r2(first))
    everything = (await chosen(world)).coverage
    assert everything.left_out == ((Aside.FEW_HUMANS, 1), (Aside.UNPAIRED, 1))
    assert everything.newest == int(datetime(2026, 3, 9, 21, tzinfo=UTC).timestamp())
    assert (await chosen(world, maps=("goldrush",))).coverage.left_out == ((Aside.UNPAIRED, 1),)
    assert (await chosen(world, maps=("braundorf",))).coverage.left_out == ()


async def test_what_an_admin_took_out_is_told_as_his_doing(world: World) -> None:
    await a_week(world)
    sql = "UPDATE rounds SET state = 'set_aside', reason = 'ignored' WHERE map = 'braundorf' AND number = 2"
    await world.app.db.write(lambda tx: tx.execute(sql))
    assert (Aside.IGNORED, 1) in (await chosen(world)).coverage.left_out


async def test_nothing_at_all_is_an_empty_scope(world: World) -> None:
    for period in ("all", "session", "now", "2026-03-01", "7d", "2026-99-99"[:4] + "-01-01b"):
        found = await chosen(world, period=period)
        assert (found.coverage.rounds, found.coverage.newest) == (0, None)


async def test_sessions_are_named_by_their_local_day(world: World) -> None:
    await world.add(
        an_r1(at="2026-03-01-100000"), an_r1(at="2026-03-01-210000"), an_r1(at="2026-03-02-000500", map="braundorf")
    )
    db = world.app.db
    morning = int(datetime(2026, 3, 1, 10, tzinfo=UTC).timestamp())
    session = int(datetime(2026, 3, 1, 21, tzinfo=UTC).timestamp())
    assert await session_named(db, "2026-03-01", zone=UTC) == morning
    assert await session_named(db, "2026-03-01b", zone=UTC) == session
    assert await session_name(db, session, zone=UTC) == "2026-03-01b"
    assert await session_named(db, "2026-03-01c", zone=UTC) is None
    assert await session_named(db, "whenever", zone=UTC) is None
    assert len(await names_on(db, session, zone=UTC)) == 2
    assert await session_name(db, 0, zone=UTC) == "1970-01-01"


@pytest.mark.parametrize(
    "scope",
    [
        {}, {"number": 1}, {"number": 2, "role": "attack"}, {"maps": ("supply",)}, {"size": 2}, {"official": True},
        {"period": "2026-03-01"}, {"period": "2026-03-02..2026-03-31"},
    ],
)  # fmt: skip
async def test_every_way_to_the_lines_finds_the_same(
    world: World, scope: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.add(*a_session(4))
    await a_week(world)
    metrics = [BY_NAME[name] for name in ("kills", "kd", "dpm", "spree", "wins", "rounds")]
    narrow = await chosen(world, **scope)
    by_round = await standings.by_player(world.app.db, narrow, metrics)
    alone = {guid: await standings.by_player(world.app.db, narrow, metrics, guid=guid) for guid in by_round}
    assert {guid: found[guid] for guid, found in alone.items()} == by_round
    monkeypatch.setattr(scopes, "WIDE", 0)
    assert await standings.by_player(world.app.db, narrow, metrics) == by_round


async def test_most_of_the_rounds_are_told_by_what_is_not_among_them(world: World) -> None:
    await a_week(world)
    assert "NOT IN" in str((await chosen(world, official=True)).lines_of())
    assert "NOT IN" not in str((await chosen(world, number=2)).lines_of())
    assert "IN (SELECT" not in str((await chosen(world)).lines_of())
    assert (await chosen(world, size=2)).scope_is_everything
