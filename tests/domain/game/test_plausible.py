"""Figures that cannot be true are noted, and what real rounds have is not (FORMAT, "Figures that cannot be true")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.file import columns
from bot.domain.game.file.report import Cells, PlayerReport
from bot.domain.game.model import Aside, Note, NoteCode, Round, State
from bot.domain.game.plausible import BOUNDS, OF_HIS_KILLS
from rigs.builders import RoundFile, a_player, a_round, an_r1, an_r2, derived, figures, swapped, two_teams, with_fields

FORMAT = Path(__file__).parents[3] / "docs" / "dev" / "FORMAT.md"
UNTRUE = {NoteCode.IMPOSSIBLE, NoteCode.IMPOSSIBLE_HEADER, NoteCode.NO_ENEMIES}


def untrue(one: Round) -> list[Note]:
    return [note for note in one.notes if note.code in UNTRUE]


def a_line(
    changed: dict[str, float] | None = None, weapons: dict[int, tuple[int, ...]] | None = None, **line: Any
) -> list[PlayerReport]:
    """Two teams, of which one line is otherwise."""
    first, *others = two_teams(3)
    if weapons is not None:
        line["weapons"] = {bit: Cells._make(cells) for bit, cells in weapons.items()}
    return [with_fields(replace(first, **line), changed or {}), *others]


def headed(**changed: Any) -> RoundFile:
    file = an_r1(players=two_teams(3))
    return replace(file, report=replace(file.report, **changed))


def test_what_is_documented_is_what_is_asked() -> None:
    told: dict[str, tuple[int, int]] = {}
    for names, least, most in re.findall(
        r"^\| ([\w, ]+) \| (-?\d+) \| (\d+) \| \d+ \|$", FORMAT.read_text(), re.MULTILINE
    ):
        told |= dict.fromkeys(names.split(", "), (int(least), int(most)))
    every_other = told.pop("every other counter")
    assert {name: told.get(name, every_other) for name in BOUNDS} == {name: tuple(b) for name, b in BOUNDS.items()}
    assert BOUNDS.keys() == {*columns.COUNTERS, "kills", "deaths", "hits", "shots", "headshots"}


@pytest.mark.parametrize("name", columns.COUNTERS)
@pytest.mark.parametrize("beyond", [False, True])
def test_each_counter_is_asked_at_both_of_its_bounds(name: str, beyond: bool) -> None:
    if name in ("objectives_stolen", "objectives_returned"):  # no writer of today fills them
        return
    for value in (BOUNDS[name].least - beyond, BOUNDS[name].most + beyond):
        if not beyond and value > 0 and name in MOST_OF_ONE:
            continue  # goes by what else the line says
        found = untrue(a_round(an_r1(players=a_line({name: value}))))
        wanted = Note(NoteCode.IMPOSSIBLE, two_teams(3)[0].guid, "axis0", figure=name, value=value)
        assert found == ([wanted] if beyond else [])


MOST_OF_ONE = {
    **dict.fromkeys(OF_HIS_KILLS, 5 + 40),
    "gibs": 5 + 40,
    "denied_playtime": (5 + 40) * 60,
    "damage_given": (480 + 60) * 100,
}
"""Of somebody with 5 kills, the only ones of the round, in 8 minutes."""


@pytest.mark.parametrize("name", MOST_OF_ONE)
def test_what_a_player_did_goes_with_his_kills_and_his_time(name: str) -> None:
    for value in (MOST_OF_ONE[name], MOST_OF_ONE[name] + 1):
        players = a_line({name: value}, weapons={4: (20, 30, 5, 0, 0)})
        players = [players[0], *(replace(player, weapons={}) for player in players[1:])]
        (first, *_), others = a_round(an_r1(players=players)).players, value - MOST_OF_ONE[name]
        found = untrue(a_round(an_r1(players=players)))
        assert found == [Note(NoteCode.IMPOSSIBLE, first.guid, "axis0", figure=name, value=value)] * others


@pytest.mark.parametrize(("percent", "is_told"), [(100.0, True), (75.0, False), (25.0, False), (0.0, True)])
def test_in_round_2_nobody_is_alive_for_less_than_nothing_or_longer_than_it_lasted(
    percent: float, is_told: bool
) -> None:
    half = [with_fields(player, {"time_played_pct": 50.0}) for player in two_teams(2)]
    first = an_r1(players=half)
    second = an_r2(first, players=swapped(half))
    line, *others = second.report.players
    fields = list(line.fields)
    fields[columns.ALIVE_SHARE] = round(percent * 10)
    second = replace(second, report=replace(second.report, players=(replace(line, fields=tuple(fields)), *others)))
    told = [note for one in derived(first, second) for note in untrue(one)]
    assert [(note.name, note.figure, note.value) for note in told] == (
        [(line.name, "time_played_pct", round(percent * 10))] if is_told else []
    )


IMPOSSIBLE = [
    ("kills", 1001, a_line(weapons={4: (2000, 3000, 1001, 0, 0)})),
    ("deaths", -1, a_line(weapons={4: (20, 30, 1, -1, 0)})),
    ("kills", -5, a_line(weapons={4: (20, 30, -5, 1, 0)})),
    ("headshots", 21, a_line(weapons={4: (20, 30, 1, 1, 21)})),
    ("hits", 31, a_line(weapons={4: (31, 30, 1, 1, 0)})),
    ("shots", -1001, a_line(weapons={0: (0, -1001, 1, 1, 0)})),
    ("time_played_pct", 1001, a_line({"time_played_pct": 100.1})),
    ("time_played_pct", -1, a_line({"time_played_pct": -0.1})),
    ("team", 7, a_line(team=7)),
    ("rounds", 201, a_line(rounds=201)),
]
HONEST = [
    a_line(weapons={4: (2000, 3000, 1000, 1, 1000), 11: (90, 40, 0, 0, 0), 0: (5, -6, 0, 0, 0)}),
    a_line({"time_played_pct": 100.0}),
    a_line(team=3),
    a_line(rounds=200),
    [a_player(f"p{n}", team=1) for n in range(3)],
    [a_player("anna", kills=1, damage_given=50), a_player("ben", team=3, deaths=1)],
    [a_player(f"p{n}", team=1 + n % 2, minutes=0.0) for n in range(4)],
    a_line({"time_min": 0.0}),
]


@pytest.mark.parametrize(("figure", "value", "players"), IMPOSSIBLE)
def test_a_line_that_cannot_be_true_is_noted_by_name_and_figure(
    figure: str, value: int, players: Sequence[PlayerReport]
) -> None:
    found = a_round(an_r1(players=players))
    assert untrue(found) == [Note(NoteCode.IMPOSSIBLE, players[0].guid, "axis0", figure=figure, value=value)]
    assert found.state is State.COUNTED


@pytest.mark.parametrize("players", HONEST)
def test_what_may_be_odd_and_can_be_true_is_not_noted(players: Sequence[PlayerReport]) -> None:
    assert untrue(a_round(an_r1(players=players))) == []


@pytest.mark.parametrize(
    ("figure", "changed"),
    [
        ("limit", {"time_limit": 0}),
        ("limit", {"time_limit": -720, "next_time_limit": -720}),
        ("next limit", {"next_time_limit": 721}),
        ("next limit", {"next_time_limit": -1}),
        ("defender", {"defender": 3}),
        ("winner", {"winner": 3}),
        ("winner", {"winner": -1}),
    ],
)
def test_a_header_that_cannot_be_true_is_noted(figure: str, changed: dict[str, int]) -> None:
    found = untrue(a_round(headed(**changed)))
    assert (found[0].code, found[0].figure) == (NoteCode.IMPOSSIBLE_HEADER, figure)


def test_the_next_limit_of_a_round_2_is_garbage_now_and_then() -> None:
    first = an_r1()
    second = an_r2(first, next_limit="73:01")
    assert untrue(a_round(first, second)) == []


@pytest.mark.parametrize("number", [1, 2])
def test_so_is_that_of_a_round_that_was_broken_off_or_covers_more(number: int) -> None:
    broken = an_r1(number=number, players=two_teams(minutes=1.2), next_limit="71:05", playtime=-72_000)
    assert untrue(a_round(broken)) == []
    second = an_r2(an_r1(), next_limit="71:05", number=1)
    assert untrue(a_round(an_r1(), second)) == []


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({"winner": 1, "next_limit": "8:00"}, {}, [("next limit", 480)]),
        ({"winner": 0, "next_limit": "11:58"}, {}, [("next limit", 718)]),
        ({"winner": 1, "next_limit": "11:59"}, {}, []),  # rounding
        ({"winner": 1, "next_limit": "0:00"}, {}, []),  # the engine had reset it
        ({"winner": 1, "next_limit": "8:00", "playtime": -5}, {}, []),
        ({}, {"defender": 2}, [("defender", 2)]),
        ({}, {"next_time_limit": 200, "winner": 1}, []),  # of a round 2 the script may work it out
        ({}, {}, []),
    ],
)
def test_a_header_that_contradicts_who_defended_or_won_is_noted(
    first: dict[str, Any], second: dict[str, int], told: list[tuple[str, int]]
) -> None:
    before = an_r1(**first)
    total = an_r2(before)
    rounds = derived(before, replace(total, report=replace(total.report, **second)))  # type: ignore[arg-type]
    found = [note for one in rounds for note in one.notes if note.code is NoteCode.HEADER_DIFFERS]
    assert [(note.figure, note.value) for note in found] == told


def test_nobody_kills_enemies_that_there_are_not() -> None:
    alone = [replace(player, team=1) for player in two_teams(3)]
    assert [note.code for note in untrue(a_round(an_r1(players=alone)))] == [NoteCode.NO_ENEMIES]


def test_nobody_kills_in_no_time() -> None:
    found = untrue(a_round(an_r1(players=two_teams(2, minutes=0.0), next_limit="8:00")))
    assert {(note.figure, note.value) for note in found} == {("time_min", 0)}


@given(st.sampled_from([-30.0, -5.0, -0.1]), st.booleans())
def test_a_time_of_less_than_nothing_is_never_counted(minutes: float, in_second: bool) -> None:
    first = an_r1(players=two_teams(2), next_limit="8:00")
    second = an_r2(first)
    wrong = second if in_second else first
    lines = (with_fields(wrong.report.players[0], {"time_min": minutes}), *wrong.report.players[1:])
    files = [replace(f, report=replace(f.report, players=lines)) if f is wrong else f for f in (first, second)]
    last = a_round(*files)
    assert last.reason is not None
    assert last.reason.code is Aside.NEGATIVE_TIME
    assert all((one.duration or 0) >= 0 for one in (last, a_round(files[0])))
    everywhere = a_round(an_r1(players=two_teams(2, minutes=minutes), next_limit="8:00"))
    assert (everywhere.state, everywhere.duration) == (State.SET_ASIDE, None)


def test_a_bots_time_is_in_no_sum_whatever_it_is() -> None:
    bot = a_player("bot", guid="OMNIBOT0", minutes=-5.0)
    assert a_round(an_r1(players=[*two_teams(2), bot])).state is State.COUNTED


def test_of_a_round_2_the_figures_of_it_alone_are_asked() -> None:
    """Each file may be true by itself, and what lies between them is not."""
    first = an_r1(players=a_line(weapons={4: (10, 20, 1, 1, 0)}))
    alone = swapped(a_line(weapons={4: (3, 9, 1, 1, 5)}))
    second = a_round(first, an_r2(first, players=alone))
    assert figures(second, "headshots")["axis0"] == 5
    assert [(note.name, note.figure) for note in untrue(second)] == [("axis0", "headshots")]
