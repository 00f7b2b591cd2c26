from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC

from bot.domain.game.file.report import Tally
from bot.domain.stats.people.awards import Awards, Nemesis
from bot.domain.stats.scope import Scope
from bot.store.file.database import Row
from bot.store.questions.people import awards
from bot.store.questions.rounds import sessions
from bot.store.questions.scopes import choose
from rigs.builders import RoundFile, a_guid, a_player, a_session, an_r1, an_r2, of_our_script
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


async def test_a_session_has_a_dozen_awards_each_with_a_number(world: World) -> None:
    await world.add(*a_session(8))
    start = await sessions.resolve(world.app.db, "", zone=UTC, now=NIGHT)
    assert start is not None
    found = await of(world, Scope(period="session"))
    assert len(found.awards) >= 12
    assert all(award.value > 0 and award.winners for award in found.awards)
    assert {guid for award in found.awards for guid in award.winners} <= {*found.names}


async def test_the_nemesis_is_of_the_rounds_that_tell_who_killed_whom(world: World) -> None:
    today, ours = matches(2)[:2], matches(2)[2:]
    kills = {("anna", "cid"): 3, ("ben", "cid"): 1, ("ben", "dan"): 2, ("cid", "anna"): 1, ("dan", "ben"): 1}
    await world.add(*today, *(of_our_script(file, kills) for file in ours))
    found = await of(world, Scope(period="session"))
    anna, cid = a_guid("anna"), a_guid("cid")
    assert found.nemesis == Nemesis(((anna, cid, 2),), 6, 2)
    assert found.coverage.rounds == 4
    assert (found.names[anna], found.names[cid]) == ("anna", "cid")
    first_half = await of(world, Scope(period="session", number=1))
    assert first_half.nemesis == Nemesis(((anna, cid, 1),), 3, 1)


async def test_without_such_a_round_there_is_no_nemesis_and_a_longer_period_has_none(world: World) -> None:
    await world.add(*matches(2))
    assert (await of(world, Scope(period="session"))).nemesis is None
    await world.add(of_our_script(an_r1(at="2026-03-01-220000", map="radar"), {("axis0", "allies0"): 1}))
    assert (await of(world, Scope(period="session"))).nemesis is not None
    assert (await of(world, Scope())).nemesis is None


async def test_bots_and_whoever_has_no_guid_are_nobodys_nemesis(world: World) -> None:
    players = [a_player("anna"), a_player("joe", guid="OMNIBOT0"), a_player("ben", team=2), a_player("gus", guid="")]
    file = of_our_script(an_r1(players=players), {("anna", "ben"): 1})
    anna = a_guid("anna")
    others = (Tally("OMNIBOT0", anna, 9), Tally(anna, "OMNIBOT0", 8), Tally("", anna, 7), Tally(anna, "", 6))
    tallies = (*(file.report.tallies or ()), *others)
    await world.add(replace(file, report=replace(file.report, tallies=tallies)))
    assert (await of(world, Scope(period="session"))).nemesis == Nemesis(((anna, a_guid("ben"), 0),), 1, 1)


async def test_each_award_s_best_round_is_a_reckoning_over_the_lines(world: World) -> None:
    await world.add(*a_session(6, seed=3))
    earned = await of(world, Scope())
    lines = await world.rows(
        "SELECT p.*, r.map AS on_map, r.number AS half FROM player_rounds AS p JOIN rounds AS r ON r.id = p.round_id"
        " WHERE r.state = 'counted' ORDER BY r.ended_at, r.id"
    )
    told = {"kills", "revives", "gibs", "headshot_kills", "dpm"}
    seen = 0
    for award in earned.awards:
        for guid in award.winners:
            if award.metric.name in told:
                own = [line for line in lines if line["guid"] == guid]
                reckon: Callable[[Row], float] = {
                    "kills": lambda line: line["kills"],
                    "revives": lambda line: line["revives_given"],
                    "gibs": lambda line: line["gibs"],
                    "headshot_kills": lambda line: line["headshot_kills"],
                    "dpm": lambda line: 60 * line["damage_given"] / line["time_seconds"],
                }[award.metric.name]
                best = max(own, key=reckon)
                found = earned.rounds[guid, award.metric.name]
                assert (found.map, found.number, found.value) == (best["on_map"], best["half"], reckon(best))
                seen += 1
    assert seen >= 3
