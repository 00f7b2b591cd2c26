"""A match is both rounds of a map, added up by who plays together."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from bot.domain.game.file.report import PlayerReport
from bot.domain.game.matches import Winner
from bot.domain.game.model import Aside, Reason, State
from bot.domain.stats.answers import MatchAnswer, PlayerLine
from bot.store.questions.rounds import matches
from bot.store.questions.rounds.matches import FIGURES
from rigs.builders import SYRINGE, RoundFile, a_player, a_session, an_r1, an_r2, swapped, two_teams
from rigs.world import World


def six(attackers: str = "abc", defenders: str = "xyz") -> list[PlayerReport]:
    """One-letter players of a round 1 that the Axis defends."""
    return [a_player(name, team=2) for name in attackers] + [a_player(name) for name in defenders]


async def ids(world: World) -> dict[str, int]:
    return {row["filename"]: row["id"] for row in await world.rows("SELECT filename, id FROM rounds")}


async def the_match(world: World, *files: RoundFile) -> MatchAnswer:
    await world.add(*files)
    found = await matches.match_answer(world.app.db, (await ids(world))[files[-1].name])
    assert found is not None
    return found


def by_name(match: MatchAnswer) -> dict[str, PlayerLine]:
    return {player.name: player for player in match.players}


def line_ups(match: MatchAnswer) -> dict[int, str]:
    found: dict[int, str] = {}
    for player in match.players:
        found[player.team] = "".join(sorted(found.get(player.team, "") + player.name))
    return found


async def test_either_round_leads_to_the_match_and_its_number_is_that_of_round_1(world: World) -> None:
    first = an_r1()
    await world.add(second := an_r2(first), first)
    known = await ids(world)
    one, other = [await matches.match_answer(world.app.db, known[file.name]) for file in (first, second)]
    assert one is not None
    assert one == other
    assert one.id == known[first.name]
    assert one.ended_at == second.filed().ended_at


@pytest.mark.parametrize("number", [0, -1, 999, 1 << 62])
async def test_a_number_that_no_round_has_is_no_match(world: World, number: int) -> None:
    await world.add(an_r1())
    assert await matches.match_answer(world.app.db, number) is None


async def test_a_round_1_alone_is_a_match_without_a_result(world: World) -> None:
    found = await the_match(world, an_r1(players=six()))
    assert found.second is None
    assert found.result is None
    assert line_ups(found) == {1: "abc", 2: "xyz"}


async def test_a_round_2_alone_is_shown_by_itself_until_its_round_1_comes(world: World) -> None:
    first = an_r1(players=six())
    second = an_r2(first)
    alone = await the_match(world, second)
    assert alone.first is None
    assert alone.second is not None
    assert (alone.second.state, alone.result) == (State.SET_ASIDE, None)
    assert line_ups(alone) == {1: "abc", 2: "xyz"}, "who attacked first defends now"
    await world.add(first)
    whole = await matches.match_answer(world.app.db, alone.id)
    assert whole is not None
    assert whole.result is not None
    assert (whole.second or whole).id == alone.id


async def test_the_figures_of_a_match_are_the_sums_of_its_rounds(world: World) -> None:
    await world.add(*a_session(4, seed=5, players=10))
    for number in (await ids(world)).values():
        found = await matches.match_answer(world.app.db, number)
        assert found is not None
        assert found.first is not None
        assert found.second is not None
        sums: Counter[tuple[str, str]] = Counter()
        for player in (*found.first.players, *found.second.players):
            sums.update({(player.guid, figure): getattr(player, figure) for figure in FIGURES})
        assert {(p.guid, figure): getattr(p, figure) for p in found.players for figure in FIGURES} == dict(sums)
        assert len({player.guid for player in found.players}) == len(found.players)


async def test_who_joins_late_has_round_2_alone_and_who_leaves_has_round_1_alone(world: World) -> None:
    first = an_r1(players=[*six("ab"), a_player("gone", team=2, kills=4, damage_given=400, minutes=8.0)])
    late = a_player("late", team=2, kills=7, damage_given=700, minutes=5.0)
    second = an_r2(first, players=[*swapped(six("ab")), late])
    players = by_name(await the_match(world, first, second))
    assert (players["gone"].team, players["gone"].kills, players["gone"].time_seconds) == (1, 4, 480)
    assert (players["late"].team, players["late"].kills, players["late"].time_seconds) == (2, 7, 300)


async def test_who_changes_teams_stands_where_he_was_last_with_both_rounds(world: World) -> None:
    first = an_r1(players=[*six("ab"), a_player("turncoat", team=2, kills=4)])
    second = an_r2(first, players=[*swapped(six("ab")), a_player("turncoat", team=2, kills=3)])
    players = by_name(await the_match(world, first, second))
    assert (players["turncoat"].team, players["turncoat"].kills) == (2, 7)


async def test_who_goes_to_watch_stays_in_his_line_up_with_what_he_did(world: World) -> None:
    first = an_r1(players=[*six("ab"), a_player("tired", team=2, kills=4)])
    sits = a_player("tired", team=3, minutes=0.0, alive=0.0, weapons={})
    found = await the_match(world, first, an_r2(first, players=[*swapped(six("ab")), sits]))
    assert found.second is not None
    assert "tired" not in {player.name for player in found.second.players}
    tired = by_name(found)["tired"]
    assert (tired.team, tired.kills, tired.time_seconds) == (1, 4, 480)


async def test_who_watched_first_stands_where_he_came_to_play(world: World) -> None:
    first = an_r1(players=[*six("ab"), a_player("idle", team=3)])
    second = an_r2(first, players=[*swapped(six("ab")), a_player("idle", team=1, kills=2)])
    assert by_name(await the_match(world, first, second))["idle"].team == 1


async def test_who_only_watched_is_last_and_in_no_line_up(world: World) -> None:
    found = await the_match(world, an_r1(players=[*six(), a_player("idle", team=3, kills=50)]))
    assert [(player.name, player.team) for player in found.players][-1] == ("idle", 0)
    assert sorted(player.team for player in found.players) == [0, 1, 1, 1, 2, 2, 2]


async def test_the_best_come_first_and_bots_last_within_each_line_up(world: World) -> None:
    bots = [a_player("[BOT]one", guid="OMNIBOT0", kills=90), a_player("[BOT]two", guid="OMNIBOT0", team=2, kills=90)]
    kills = {"a": 3, "b": 9, "c": 9, "x": 1, "y": 2}
    people = [
        a_player(name, team=2 if name in "abc" else 1, kills=count, damage_given=500 if name == "c" else 100)
        for name, count in kills.items()
    ]
    first = an_r1(players=[*bots, *people])
    found = await the_match(world, first, an_r2(first))
    assert [player.name for player in found.players] == ["c", "b", "a", "[BOT]two", "y", "x", "[BOT]one"]
    assert [player.team for player in found.players] == [1, 1, 1, 1, 2, 2, 2]


def of_writer(file: RoundFile, tab_fields: int) -> RoundFile:
    """The same round as an older writer tells it."""
    players = tuple(replace(player, fields=player.fields[:tab_fields]) for player in file.report.players)
    return replace(file, report=replace(file.report, tab_fields=tab_fields, players=players))


@pytest.mark.parametrize(("in_first", "in_second"), [(38, 38), (37, 38), (38, 37), (33, 33)])
async def test_revives_are_summed_whatever_the_writers_knew(world: World, in_first: int, in_second: int) -> None:
    medic = a_player("medic", team=2, revives_given=5, useful_kills=1, weapons={SYRINGE: (5, 6, 0, 0, 0)})
    first = an_r1(players=[*six("ab"), medic])
    again = a_player("medic", team=1, revives_given=3, useful_kills=1, weapons={SYRINGE: (3, 3, 0, 0, 0)})
    second = an_r2(first, players=[*swapped(six("ab")), again])
    players = by_name(await the_match(world, of_writer(first, in_first), of_writer(second, in_second)))
    assert (players["medic"].revives_given, players["medic"].useful_kills) == (8, 2)


@pytest.mark.parametrize("defender", [1, 2])
@pytest.mark.parametrize(
    ("first_finished", "second_finished", "winner"),
    [
        (True, True, Winner.FIRST_DEFENDERS),
        (False, True, Winner.FIRST_DEFENDERS),
        (True, False, Winner.FIRST_ATTACKERS),
        (False, False, Winner.DRAW),
    ],
)
async def test_the_winner_is_a_line_up_whatever_side_defends(
    world: World, defender: int, first_finished: bool, second_finished: bool, winner: Winner
) -> None:
    attacker = 3 - defender
    first = an_r1(defender=defender, winner=attacker if first_finished else defender)
    found = await the_match(world, first, an_r2(first, winner=attacker if second_finished else defender))
    assert found.result is not None
    assert found.result.winner is winner
    won = {
        player.name[:-1] for player in found.players if player.team == (1 if winner is Winner.FIRST_ATTACKERS else 2)
    }
    assert won == {("axis", "allies")[(attacker if winner is Winner.FIRST_ATTACKERS else defender) - 1]}


async def test_a_match_of_which_a_round_is_taken_out_has_no_result(world: World) -> None:
    first = an_r1()
    whole = await the_match(world, first, second := an_r2(first))
    assert whole.result is not None
    await world.app.repairs.ignore([second.name], reason="a test", by="a test")
    found = await matches.match_answer(world.app.db, whole.id)
    assert found is not None
    assert found.result is None
    assert found.second is not None
    assert found.second.reason == Reason(Aside.IGNORED, "a test")


async def test_forty_players_are_all_there(world: World) -> None:
    first = an_r1(players=two_teams(20))
    found = await the_match(world, first, an_r2(first))
    assert [sum(player.team == team for player in found.players) for team in (0, 1, 2)] == [0, 20, 20]


async def test_a_menu_names_finished_matches_by_number_or_part_of_the_map_newest_first(world: World) -> None:
    pairs = [(one, an_r2(one)) for one in (
        an_r1(map="supply", at="2026-03-01-200000"), an_r1(map="te_escape2", at="2026-03-01-203000"),
        an_r1(map="supply", at="2026-03-01-210000"),
    )]  # fmt: skip
    await world.add(*(file for pair in pairs for file in pair), an_r1(map="supply_lone", at="2026-03-01-220000"))
    known = await ids(world)
    old, escape, new = (known[first.name] for first, _ in pairs)
    offered = {
        text: [one.first_id for one in await matches.match_choices(world.app.db, text)]
        for text in ("", " SUPP ", "e_e", f"#{escape}", "lone", "%", "_", "!", "'", "\x00", "漢")
    }
    assert offered[""] == [new, escape, old]
    assert offered[" SUPP "] == [new, old]
    assert offered["e_e"] == offered["_"] == [escape], "an underscore is itself"
    assert escape in offered[f"#{escape}"]
    assert offered["lone"] == offered["%"] == offered["!"] == offered["'"] == offered["漢"] == []
    assert len(await matches.match_choices(world.app.db, "", limit=2)) == 2


async def test_a_menu_finds_a_match_by_a_round_s_number_or_the_beginning_of_its_own_as_it_is_written(
    world: World,
) -> None:
    pairs = [(one, an_r2(one)) for one in (an_r1(at=f"2026-03-{day:02}-200000") for day in range(1, 13))]
    await world.add(*(file for pair in pairs for file in pair))
    known = await ids(world)
    numbers = [known[first.name] for first, _ in reversed(pairs)]
    for typed in (*map(str, range(26)), "01", "00", "#1", "²", "999999999999", "9" * 40):
        begins = typed.removeprefix("#")
        of_round = [number for number in numbers if begins in (str(number), str(number + 1))]
        others = [number for number in numbers if str(number).startswith(begins) and number not in of_round]
        wanted = [*of_round, *others]
        assert [one.first_id for one in await matches.match_choices(world.app.db, typed)] == wanted, typed
