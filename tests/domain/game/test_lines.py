"""Whose line is whose goes by what the lines say, and not by their order (FORMAT, "Whose line runs on")."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.file.report import PlayerReport
from bot.domain.game.lines import MOST_NAMESAKES, assigned, keyed, lines_of
from bot.domain.game.model import NoteCode, Round, other_side
from bot.domain.stats.rounds.explanations import Reckoning, part
from rigs.builders import RoundFile, a_player, a_round, an_r1, an_r2, notes, swapped, two_teams
from tools.demo.battle import running_total


def with_lines(file: RoundFile, lines: Sequence[PlayerReport]) -> RoundFile:
    return replace(file, report=replace(file.report, players=tuple(lines)))


def a_pair(
    first: Sequence[PlayerReport], alone: Sequence[PlayerReport], *, guids: tuple[str, str] | None = None
) -> tuple[RoundFile, RoundFile]:
    """Round 1 of these people, and their running totals, each in the order of `first`.

    `guids`: of the first of them, in round 1 and in round 2.
    """
    total = [running_total(was, now) for was, now in zip(first, alone, strict=True)]
    opened = an_r1(players=[*first, *two_teams(2)])
    closed = an_r2(opened)
    both = [with_lines(opened, [*first, *opened.report.players[-4:]]),
            with_lines(closed, [*total, *closed.report.players[-4:]])]  # fmt: skip
    if guids is not None:
        both = [
            with_lines(file, [replace(file.report.players[0], guid=guid), *file.report.players[1:]])
            for file, guid in zip(both, guids, strict=True)
        ]
    return both[0], both[1]


def nobody(kills: int, deaths: int, *, team: int = 1, rounds: int = 0, **fields: Any) -> PlayerReport:
    return a_player("UnnamedPlayer", guid="", team=team, rounds=rounds, kills=kills, deaths=deaths, **fields)


def told(one: Round) -> Counter[tuple[object, ...]]:
    """Who did what in a round, in no order."""
    return Counter(
        (player.guid, player.team, player.kills, player.deaths, player.time_seconds, player.by_name["damage_given"])
        for player in one.players
    )


People = list[tuple[PlayerReport, PlayerReport]]
NOBODIES = st.builds(
    nobody, st.integers(0, 9), st.integers(0, 9), team=st.sampled_from([1, 2]), damage_given=st.integers(0, 900)
)


@given(st.lists(st.tuples(NOBODIES, NOBODIES), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(people: People, dice: random.Random) -> None:
    first, second = a_pair([was for was, _ in people], swapped([now for _, now in people]))
    wanted = [told(a_round(first)), told(a_round(first, second))]
    for _ in range(3):
        shuffled = [
            with_lines(file, dice.sample(file.report.players, len(file.report.players))) for file in (first, second)
        ]
        assert [told(a_round(shuffled[0])), told(a_round(*shuffled))] == wanted


@given(st.lists(st.tuples(NOBODIES, NOBODIES), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_whoever_can_run_on_does_and_both_rounds_add_up_to_the_file(people: People, dice: random.Random) -> None:
    first, second = a_pair([was for was, _ in people], swapped([now for _, now in people]))
    lines = dice.sample(second.report.players, len(second.report.players))
    rounds = [a_round(first), a_round(first, with_lines(second, lines))]
    assert not {NoteCode.JOINED, NoteCode.RESET, NoteCode.RECONNECTED} & {*notes(rounds[1])}
    written = sum(cells.kills for player in second.report.players for cells in player.weapons.values())
    assert sum(player.kills for one in rounds for player in one.players) == written
    assert {player.guid for player in rounds[1].players} == {player.guid for player in rounds[0].players}


def test_two_namesakes_on_two_sides_are_told_apart_by_their_counters_and_sides() -> None:
    first = [nobody(8, 1, team=1), nobody(1, 8, team=2)]
    first_file, second_file = a_pair(first, swapped([nobody(2, 3, team=1), nobody(4, 5, team=2)]))
    for turned in (False, True):
        lines = second_file.report.players
        file = with_lines(second_file, (lines[1], lines[0], *lines[2:]) if turned else lines)
        found = a_round(first_file, file)
        assert {(p.team, p.kills, p.deaths) for p in found.players if p.guid.startswith("UNKNOWN:")} == {
            (2, 2, 3), (1, 4, 5),
        }  # fmt: skip


def test_of_what_may_be_either_the_sides_that_changed_tell() -> None:
    first = [nobody(3, 3, team=1), nobody(3, 3, team=2)]
    opened, closed = a_pair(first, [nobody(5, 0, team=2), nobody(0, 5, team=1)])
    kept = [(line.before.team, line.now.team) for line in lines_of(opened.report, closed.report) if line.before]
    assert all(now == other_side(was) for was, now in kept)


@pytest.mark.parametrize("nothing", ["", "UNKNOWN", "NO_GUID"])
@pytest.mark.parametrize("is_lost", [False, True])
def test_a_line_whose_guid_is_in_one_file_alone_runs_on_by_its_name(nothing: str, is_lost: bool) -> None:
    guids = ("0A1B2C3D", nothing) if is_lost else (nothing, "0A1B2C3D")
    was, now = a_player("^1an^7na", kills=8, deaths=2), a_player("anna", team=2, kills=3, deaths=1)
    first, second = a_pair([was], [now], guids=guids)
    found = a_round(first, second)
    (anna,) = [player for player in found.players if player.name == "anna"]
    assert (anna.kills, anna.deaths, anna.time_seconds) == (3, 1, 480)
    assert anna.guid == (guids[1] if guids[1] == "0A1B2C3D" else "UNKNOWN:anna")
    assert not {NoteCode.JOINED, NoteCode.TIME} & {*notes(found)}
    told_how = part("kills", 3, time=480, key=anna.guid, report=second.report, first=first.report)
    assert (told_how.how, told_how.before) == (Reckoning.MINUS_FIRST, 8)


@pytest.mark.parametrize(
    "changed", [{"name": "bob"}, {"rounds": 0}, {"rounds": 2}, {"kills": 7}, {"guid": "OMNIBOT0"}], ids=str
)
def test_what_does_not_run_on_under_that_name_is_another_ones(changed: dict[str, Any]) -> None:
    was = a_player("anna", guid="", kills=8, deaths=2)
    line: dict[str, Any] = {"guid": "0A1B2C3D", "team": 2, "rounds": 1, "kills": 9, "deaths": 3, "minutes": 16.0}
    now = a_player(**{"name": "anna", **line, **changed})
    opened = an_r1(players=[was, *two_teams(2)])
    closed = an_r2(opened)
    second = with_lines(closed, [now, *closed.report.players[1:]])
    (found,) = [line for line in lines_of(opened.report, second.report) if line.now is now]
    assert found.before is None


def test_somebody_with_a_guid_in_both_files_is_nobody_elses_line() -> None:
    known = a_player("anna", kills=1)
    opened, closed = a_pair([nobody(8, 2), known], [nobody(1, 1), replace(known, team=2)])
    nameless = [replace(line, name="anna") if line.name == "UnnamedPlayer" else line for line in opened.report.players]
    lines = {line.key: line.before for line in lines_of(replace(opened.report, players=tuple(nameless)), closed.report)}
    assert lines[known.guid] is known
    assert lines["UNKNOWN:UnnamedPlayer"] is None


def test_whoever_began_anew_keeps_his_name_and_a_newcomer_gets_a_number_of_his_own() -> None:
    opened = an_r1(players=[nobody(8, 2), nobody(3, 2, team=2), *two_teams(2)])
    closed = an_r2(opened, players=swapped(two_teams(2)))
    late = [nobody(1, 1, team=team, minutes=2.0) for team in (1, 2, 2)]
    found = lines_of(opened.report, replace(closed.report, players=(*late, *closed.report.players)))
    keys = sorted(line.key for line in found if line.key.startswith("UNKNOWN"))
    assert keys == ["UNKNOWN:UnnamedPlayer", "UNKNOWN:UnnamedPlayer (2)", "UNKNOWN:UnnamedPlayer (3)"]
    assert sum(line.before is not None for line in found if line.key in keys) == 2
    assert len({key for key, _ in keyed(replace(opened.report, players=(*late, *opened.report.players)))}) == 9


@given(st.integers(0, 5), st.integers(0, 5), st.randoms(use_true_random=False))
def test_as_many_lines_as_can_be_belong_together_and_the_best_of_them(
    before: int, now: int, dice: random.Random
) -> None:
    fits = {(at, to): dice.choice([None, (1, 0), (1, 1)]) for at in range(before) for to in range(now)}
    found = assigned(before, now, lambda at, to: fits[at, to])
    assert len({*found.values()}) == len(found)

    def value(pairs: dict[int, int]) -> tuple[int, int]:
        chosen = [fits[pair] or (0, 0) for pair in pairs.items()]
        return sum(one for one, _ in chosen), sum(side for _, side in chosen)

    def every(at: int, free: frozenset[int]) -> list[dict[int, int]]:
        if at == before:
            return [{}]
        rest = every(at + 1, free)
        for to in free:
            if fits[at, to]:
                rest = [*rest, *({at: to} | others for others in every(at + 1, free - {to}))]
        return rest

    assert value(found) == max(map(value, every(0, frozenset(range(now)))))


def test_of_very_many_namesakes_each_takes_what_fits_it() -> None:
    people = [nobody(n, 30 - n, team=1 + n % 2, damage_given=100 * n) for n in range(MOST_NAMESAKES + 2)]
    opened, closed = a_pair(people, swapped([nobody(1, 1, team=person.team, damage_given=5) for person in people]))
    gone, fresh = nobody(99, 99, damage_given=9000), nobody(0, 0, rounds=5, team=2)
    first = replace(opened.report, players=(gone, *opened.report.players))
    found = lines_of(first, replace(closed.report, players=(*closed.report.players, fresh)))
    damage = [(line.now.counts[0], line.before and line.before.counts[0]) for line in found if not line.now.guid]
    assert all(now == (was or 0) + 5 for now, was in damage[:-1])
    assert damage[-1] == (0, 9000)  # what is left of a name began anew
