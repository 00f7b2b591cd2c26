"""Head to head, reckoned a second time from the rounds themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations

import pytest

from bot.domain.stats.people.careers import Comparison, Duel
from bot.domain.stats.scope import Scope
from bot.store.questions.people import duels
from bot.store.questions.scopes import ChosenRounds, choose
from rigs.builders import RoundFile, a_guid, a_player, an_archive, an_r1, an_r2, of_our_script
from rigs.world import NIGHT, World, a_rules

NONE = Duel(together=0, won_together=0, drawn_together=0, against=0, first_won=0, second_won=0)


async def chosen(world: World, scope: Scope | None = None) -> ChosenRounds:
    return await choose(world.app.db, scope or Scope(), now=NIGHT, rules=a_rules())


async def compared(world: World, first: str, second: str, scope: Scope | None = None) -> Comparison:
    return await duels.compare(world.app.db, await chosen(world, scope), a_guid(first), a_guid(second))


def a_game(*teams: tuple[str, ...], at: str = "2026-03-01-210000") -> RoundFile:
    """Round 1 of these line-ups; the first one defends."""
    players = [a_player(name, team=team, kills=1) for team, names in enumerate(teams, 1) for name in names]
    return an_r1(at=at, players=players)


async def test_mates_win_and_lose_together_and_opponents_against_each_other(world: World) -> None:
    first = a_game(("anna", "bob"), ("cleo", "dan"))
    await world.add(first, an_r2(first))  # whoever attacks second has beaten the time
    assert (await compared(world, "anna", "bob")).duel == Duel(
        together=1, won_together=1, drawn_together=0, against=0, first_won=0, second_won=0
    )
    assert (await compared(world, "cleo", "dan")).duel == Duel(
        together=1, won_together=0, drawn_together=0, against=0, first_won=0, second_won=0
    )
    assert (await compared(world, "anna", "dan")).duel == Duel(
        together=0, won_together=0, drawn_together=0, against=1, first_won=1, second_won=0
    )


async def test_nobody_wins_a_draw(world: World) -> None:
    first = an_r1(winner=1, players=[a_player("anna", kills=1), a_player("bob", kills=1), a_player("cleo", team=2)])
    await world.add(first, an_r2(first, winner=1))
    together = (await compared(world, "anna", "bob")).duel
    against = (await compared(world, "anna", "cleo")).duel
    assert (together.together, together.won_together, together.drawn_together) == (1, 0, 1)
    assert (against.against, against.first_won, against.second_won, against.drawn) == (1, 0, 0, 1)


async def test_who_left_after_round_1_played_the_match_on_his_line_up(world: World) -> None:
    first = a_game(("anna", "bob"), ("cleo", "dan"))
    stayed = [a_player("anna", team=2), a_player("cleo", team=1), a_player("dan", team=1)]
    await world.add(first, an_r2(first, players=stayed))
    assert (await compared(world, "anna", "bob")).duel.together == 1
    assert (await compared(world, "bob", "cleo")).duel.against == 1


async def test_who_changed_teams_counts_where_he_ended(world: World) -> None:
    first = a_game(("anna", "bob"), ("cleo", "dan"))
    changed = [a_player("anna", team=2), a_player("bob", team=1), a_player("cleo", team=1), a_player("dan", team=1)]
    await world.add(first, an_r2(first, players=changed))
    assert (await compared(world, "anna", "bob")).duel.against == 1
    assert (await compared(world, "bob", "cleo")).duel.together == 1


async def test_a_round_without_its_other_half_is_no_match(world: World) -> None:
    await world.add(a_game(("anna",), ("bob",)))
    found = await compared(world, "anna", "bob")
    assert found.duel == NONE
    assert [one.rounds for one in found.figures if one is not None] == [1, 1]


async def test_a_scope_of_a_half_tells_of_whole_matches(world: World) -> None:
    first = a_game(("anna",), ("bob",))
    await world.add(first, an_r2(first))
    found = await compared(world, "anna", "bob", Scope(number=1))
    assert found.duel.against == 1
    assert [one.rounds for one in found.figures if one is not None] == [1, 1]
    assert found.coverage.rounds == 1


async def test_strangers_have_no_duel_and_no_figures(world: World) -> None:
    found = await compared(world, "nobody", "nobody else")
    assert (found.duel, found.figures, found.names) == (NONE, (None, None), ("", ""))


@pytest.mark.parametrize("scope", [Scope(), Scope(maps=("supply",)), Scope(period="2025-01-01")])
async def test_every_pair_of_an_archive_is_a_reckoning_over_its_matches(world: World, scope: Scope) -> None:
    await world.add(*an_archive(60))
    sides = await reckoned(world, scope)
    guids = sorted({guid for match in sides for guid in match})
    over = await chosen(world, scope)
    for one, other in list(combinations(guids, 2))[:40]:
        both = [(match[one], match[other]) for match in sides if one in match and other in match]
        mates = [mine for mine, his in both if mine[0] == his[0]]
        rivals = [(mine[1], his[1]) for mine, his in both if mine[0] != his[0]]
        assert (await duels.compare(world.app.db, over, one, other)).duel == Duel(
            together=len(mates),
            won_together=sum(result > 0 for _, result in mates),
            drawn_together=sum(result == 0 for _, result in mates),
            against=len(rivals),
            first_won=sum(mine > 0 for mine, _ in rivals),
            second_won=sum(his > 0 for _, his in rivals),
        )


def session_of(ended_at: int) -> str:
    """The date of an evening that goes on past midnight."""
    return datetime.fromtimestamp(ended_at - 43_200, UTC).date().isoformat()


async def reckoned(world: World, scope: Scope) -> list[dict[str, tuple[int, int]]]:
    """For each match GUID → (side in round 2, result), by FORMAT, "Match result", from the headers alone."""
    rounds = await world.rows("SELECT * FROM rounds WHERE state = 'counted'")
    by_id = {row["id"]: row for row in rounds}
    day = scope.period if scope.period != "all" else None
    found = []
    for second in rounds:
        first = by_id.get(second["first_round_id"])
        if first is None or (scope.maps and second["map"] not in scope.maps):
            continue
        if day and session_of(first["ended_at"]) != day:
            continue
        if second["winner"] != second["defender"]:
            side = 3 - second["defender"]
        else:
            side = second["defender"] if first["winner"] != first["defender"] else 0
        its: dict[str, tuple[int, int]] = {}
        for row, flip in ((first, True), (second, False)):
            for line in await world.rows(f"SELECT guid, team FROM player_rounds WHERE round_id = {row['id']}"):
                if line["team"] in (1, 2):
                    team = 3 - line["team"] if flip else line["team"]
                    its[line["guid"]] = (team, 0 if side == 0 else 1 if team == side else -1)
        found.append(its)
    return found


KILLS = {("anna", "bob"): 4, ("bob", "anna"): 2, ("anna", "dan"): 9}


async def test_who_killed_whom_is_added_up_over_the_rounds_that_tell_it(world: World) -> None:
    first = a_game(("anna",), ("bob",))
    today = a_game(("anna",), ("bob",), at="2026-03-01-213000")
    reloaded = a_game(("anna",), ("bob",), at="2026-03-01-220000")
    without_bob = a_game(("anna",), ("cleo",), at="2026-03-01-223000")
    await world.add(of_our_script(first, KILLS), of_our_script(an_r2(first), KILLS))
    await world.add(today, an_r2(today), of_our_script(reloaded), of_our_script(without_bob, KILLS))
    there, back = await compared(world, "anna", "bob"), await compared(world, "bob", "anna")
    assert (there.duel.kills, there.duel.told) == ((8, 4), 2)
    assert (back.duel.kills, back.duel.told) == ((4, 8), 2)
    on_a_map = await compared(world, "anna", "bob", Scope(maps=("radar",)))
    assert (on_a_map.duel.kills, on_a_map.duel.told) == ((0, 0), 0)


async def test_a_round_that_does_not_count_tells_nobody_whom_he_killed(world: World) -> None:
    await world.add(of_our_script(an_r1(players=[a_player("anna"), a_player("bob", team=2)], playtime=-5), KILLS))
    assert (await compared(world, "anna", "bob")).duel == NONE
