from __future__ import annotations

from datetime import UTC

from bot.domain.stats.awards import Awards
from bot.domain.stats.scope import Scope
from bot.store.questions import awards, sessions
from bot.store.questions.scopes import choose
from rigs.builders import RoundFile, a_guid, a_player, an_evening, an_r1, an_r2
from rigs.world import NIGHT, World, a_rules


async def of(world: World, scope: Scope) -> Awards:
    chosen = await choose(world.app.db, scope, now=NIGHT, rules=a_rules())
    return await awards.of_session(world.app.db, chosen)


def matches(count: int, *, at: str = "2026-03-01-21") -> list[RoundFile]:
    """Matches that anna and ben win over cid and dan, who attack first and do not finish."""
    found = []
    for number in range(count):
        sides = (("anna", 1), ("ben", 1), ("cid", 2), ("dan", 2))
        held = an_r1(
            at=f"{at}{10 * number:02}00",
            map=f"map{number}",
            winner=1,
            players=[a_player(name, team=team, kills=3 if team == 1 else 1, minutes=2) for name, team in sides],
        )
        won = an_r2(held, winner=2, players=[
            a_player(name, team=3 - team, kills=3 if team == 1 else 1, minutes=2) for name, team in sides
        ])  # fmt: skip
        found += [held, won]
    return found


async def test_a_session_s_awards_are_its_own_alone(world: World) -> None:
    strong = [a_player("zoe", kills=90), a_player("ben", team=2)]
    await world.add(*matches(3), an_r1(at="2026-02-01-210000", players=strong))
    found = await of(world, Scope(period="session"))
    assert found.coverage.rounds == 6
    assert a_guid("zoe") not in found.names
    (kills,) = [award for award in found.awards if award.kind.metric == "kills"]
    assert ({found.names[guid] for guid in kills.winners}, kills.value) == ({"anna", "ben"}, 18)


async def test_who_won_most_together_is_told_by_line_up_not_by_side(world: World) -> None:
    await world.add(*matches(4))
    found = await of(world, Scope(period="session"))
    dream = found.pairs[0]
    assert (dream.title, dream.won, dream.matches) == ("Dream team", 4, 4)
    assert {found.names[guid] for guid in dream.pairs[0]} == {"anna", "ben"}
    assert [one.title for one in found.pairs] == ["Dream team"]  # four who beat each other are a crowd


async def test_a_longer_period_has_no_pairs(world: World) -> None:
    await world.add(*matches(4))
    found = await of(world, Scope())
    assert found.awards
    assert found.pairs == ()


async def test_an_evening_has_a_dozen_awards_each_with_a_number(world: World) -> None:
    await world.add(*an_evening(8))
    start = await sessions.resolve(world.app.db, "", zone=UTC)
    assert start is not None
    found = await of(world, Scope(period="session"))
    assert len(found.awards) >= 12
    assert all(award.value > 0 and award.winners for award in found.awards)
    assert {guid for award in found.awards for guid in award.winners} <= {*found.names}
