from __future__ import annotations

from bot.domain.stats.people.records import Level
from bot.domain.stats.rounds.maps import MapAnswer, MapSummary
from bot.domain.stats.scope import Scope
from bot.store.questions.people import records
from bot.store.questions.rounds import maps
from bot.store.questions.scopes import ChosenRounds, choose
from rigs.builders import a_player, an_archive, an_r1, an_r2, two_teams
from rigs.world import NIGHT, World, a_rules


async def chosen(world: World, scope: Scope) -> ChosenRounds:
    return await choose(world.app.db, scope, now=NIGHT, rules=a_rules())


async def the_map(world: World, name: str) -> MapAnswer:
    found = await chosen(world, Scope(maps=(name,)))
    return await maps.map_answer(world.app.db, found, await records.best(world.app.db, found, Level.ROUND))


async def listed(world: World, scope: Scope | None = None) -> dict[str, MapSummary]:
    return {one.maps[0]: one for one in await maps.listing(world.app.db, await chosen(world, scope or Scope()))}


async def test_attacks_are_told_apart_that_succeeded_that_were_held_and_that_were_given_up(world: World) -> None:
    won = an_r1(at="2026-03-01-200000", players=two_teams(minutes=8))
    held = an_r1(at="2026-03-01-210000", winner=1, players=two_teams(minutes=12))
    given_up = an_r1(at="2026-03-01-220000", winner=1, players=two_teams(minutes=4))
    await world.add(won, held, given_up)
    attacks = (await listed(world))["supply"].attacks
    assert (attacks.rounds, attacks.won, attacks.held) == (3, 1, 1)
    assert (attacks.mean, attacks.fastest) == (480, 480)


async def test_the_fastest_attack_is_the_earliest_of_equals(world: World) -> None:
    await world.add(*[an_r1(at=f"2026-03-0{day}-210000", players=two_teams(minutes=7)) for day in (3, 1, 2)])
    fastest = (await the_map(world, "supply")).fastest
    assert fastest is not None
    first = await world.app.db.value("SELECT id FROM rounds ORDER BY ended_at LIMIT 1")
    assert (fastest.seconds, fastest.round_id) == (420, first)


async def test_matches_are_won_by_the_stopwatch_rules(world: World) -> None:
    beaten = an_r1(at="2026-03-01-200000")
    kept = an_r1(at="2026-03-01-210000")
    draw = an_r1(at="2026-03-01-220000", winner=1)
    alone = an_r1(at="2026-03-01-233000")
    await world.add(beaten, an_r2(beaten), kept, an_r2(kept, winner=1), draw, an_r2(draw, winner=1), alone)
    found = (await the_map(world, "supply")).matches
    assert (found.defenders, found.attackers, found.draws, found.played) == (1, 1, 1, 3)


async def test_the_list_is_a_reckoning_over_all_rounds(world: World) -> None:
    await world.add(*an_archive(60))
    rows = await world.rows("SELECT * FROM rounds WHERE state = 'counted'")
    found = await listed(world)
    assert {*found} == {row["map"] for row in rows}
    for name, line in found.items():
        its = [row for row in rows if row["map"] == name]
        times = [row["duration"] for row in its if row["winner"] not in (0, row["defender"])]
        assert (line.attacks.rounds, line.attacks.won) == (len(its), len(times))
        assert line.attacks.mean == (sum(times) / len(times) if times else None)
        assert line.last_played == max(row["ended_at"] for row in its)
        answer = await the_map(world, name)
        assert answer.attacks == line.attacks
        assert [board.metric.name for board in answer.best] == ["kd", "dpm", "win_rate"]
        assert all(len(board.places) <= 3 for board in answer.best)


async def test_a_map_that_nobody_played_is_empty(world: World) -> None:
    await world.add(an_r1(players=[a_player("anna"), a_player("ben", team=2)]))
    answer = await the_map(world, "braundorf")
    assert (answer.attacks.rounds, answer.fastest, answer.matches.played, answer.records.records) == (0, None, 0, ())
    assert await listed(world, Scope(maps=("braundorf",))) == {}
