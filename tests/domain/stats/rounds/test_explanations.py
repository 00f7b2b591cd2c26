"""Why a number is what it is, by what the files say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.differential import Differential, as_written, player_round, second_round
from bot.domain.game.file import columns
from bot.domain.game.file.report import PlayerReport, RoundReport
from bot.domain.game.file.weapons import LIGHT
from bot.domain.game.model import STORED, PlayerRound
from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.rounds.explanations import (
    FIGURES,
    RESULT,
    FileTime,
    Reckoning,
    contribution,
    figure,
    hints,
    involved,
    part,
    written,
)
from rigs.builders import SYRINGE, WIDTHS, RoundFile, a_guid, a_player, a_round, an_r1, an_r2

FIRST = an_r1(players=[a_player("anna", kills=5, xp=30), a_player("ben", team=2, deaths=5)])
SECOND = an_r2(FIRST, players=[a_player("anna", team=2, kills=2, xp=11), a_player("ben", deaths=2), a_player("late")])


def told(
    column: str, name: str = "anna", *, files: tuple[RoundFile, ...] = (FIRST, SECOND)
) -> tuple[int | Decimal | None, int | Decimal | None, int | None, str]:
    one = a_round(*files)
    player = next(p for p in one.players if p.name == name)
    counted = player.by_name.get(column)
    if column.startswith("light_"):
        counted = 8
    first = files[0].report if len(files) > 1 else None
    report = files[-1].report
    its = part(column, counted, time=player.time_seconds, key=a_guid(name), report=report, first=first)
    return its.written, its.before, its.counted, its.how


def test_a_running_figure_is_what_round_1_left() -> None:
    assert told("kills") == (7, 5, 2, Reckoning.MINUS_FIRST)
    assert told("time_seconds")[3] is Reckoning.MINUS_FIRST
    assert told("alive_seconds")[3] is Reckoning.MINUS_FIRST
    assert told("damage_given") == (0, 0, 0, Reckoning.NOTHING_BEFORE)


def test_a_figure_of_one_round_is_taken_as_written() -> None:
    assert told("xp") == (11, None, 11, Reckoning.COUNTED_ANEW)
    assert told("kills", files=(FIRST,)) == (5, None, 5, Reckoning.AS_WRITTEN)


def test_who_came_late_has_nothing_to_subtract() -> None:
    assert told("kills", "late")[3] is Reckoning.JOINED


def test_who_reconnected_keeps_his_line() -> None:
    again = an_r2(FIRST, players=[a_player("anna", team=2, kills=2), a_player("ben", deaths=2)], fresh=["anna"])
    assert told("kills", files=(FIRST, again)) == (2, 5, 2, Reckoning.RESET)


def test_who_idled_through_round_1_played_this_round_s_length() -> None:
    late = an_r2(
        FIRST, players=[*SECOND.report.players[:2], a_player("late", kills=1, minutes=16.0)], fresh=["anna", "ben"]
    )
    assert told("time_seconds", "late", files=(FIRST, late))[3] is Reckoning.ROUND_LENGTH
    assert told("alive_seconds", "late", files=(FIRST, late))[3] is Reckoning.ROUND_LENGTH


def test_without_its_round_1_a_round_2_is_as_its_file_says() -> None:
    its = part("kills", 7, time=480, key=a_guid("anna"), report=SECOND.report, first=None)
    assert (its.written, its.before, its.how) == (7, None, Reckoning.NO_FIRST)


def test_with_one_guid_twice_nothing_is_taken_off() -> None:
    twins = an_r2(FIRST, players=[*SECOND.report.players, a_player("twin", guid=a_guid("late"))], fresh=["anna", "ben"])
    its = part("kills", 9, time=480, key=a_guid("anna"), report=twins.report, first=FIRST.report)
    assert its.how is Reckoning.NOT_SPLIT
    its = part("kills", 0, time=480, key=a_guid("late"), report=twins.report, first=FIRST.report)
    assert (its.written, its.how) == (None, Reckoning.AMBIGUOUS)


@pytest.mark.parametrize(
    ("name", "added"), [("matches", [1, 1, 1, None]), ("wins", [1, 0, 0, None]), ("win_rate", [1, 0, 0, None])]
)
def test_what_a_result_adds_to_a_figure(name: str, added: list[int | None]) -> None:
    asked = figure(name)
    assert asked is not None
    assert [contribution(asked, RESULT, result) for result in (1, 0, -1, None)] == added
    assert contribution(asked, "kills", -1) == -1


def test_a_match_s_result_is_in_no_file() -> None:
    its = part("result", 1, time=480, key=a_guid("anna"), report=SECOND.report, first=FIRST.report)
    assert (its.written, its.before, its.counted) == (None, None, 1)
    assert its.how is Reckoning.STOPWATCH


def test_what_the_script_did_not_know_is_unknown() -> None:
    old = an_r1(tab_fields=33)
    its = part("repairs", None, time=480, key=a_guid("axis0"), report=old.report, first=None)
    assert (its.written, its.how) == (None, Reckoning.UNKNOWN)


def test_revives_that_a_script_has_no_field_for_are_the_syringe_s_hits() -> None:
    medic = a_player("medic", weapons={SYRINGE: (3, 4, 0, 0, 0)})
    first = an_r1(players=[medic, a_player("ben", team=2)], tab_fields=37)
    again = a_player("medic", team=2, weapons={SYRINGE: (2, 2, 0, 0, 0)})
    second = an_r2(first, players=[again, a_player("ben")])
    told = part("revives_given", 2, time=480, key=a_guid("medic"), report=second.report, first=first.report)
    assert (told.written, told.before, told.how) == (5, 3, Reckoning.SYRINGE_MINUS_FIRST)
    told = part("revives_given", 3, time=480, key=a_guid("medic"), report=first.report, first=None)
    assert (told.written, told.how) == (3, Reckoning.SYRINGE)


def test_a_time_is_told_as_the_file_has_it_and_exactly() -> None:
    first = an_r1(players=[a_player("anna", minutes=7.2, alive=79.0), a_player("ben", team=2)])
    total = [a_player("anna", team=2, rounds=1, minutes=14.8, alive=83.1), a_player("ben", team=1, rounds=1)]
    second = an_r2(first, players=total, fresh=["anna", "ben"])
    anna = next(player for player in a_round(first, second).players if player.name == "anna")
    its = part(
        "alive_seconds", anna.alive_seconds, time=anna.time_seconds, key=anna.guid, report=second.report,
        first=first.report,
    )  # fmt: skip
    assert (its.in_file, its.in_first) == (FileTime(minutes=148, percent=831), FileTime(minutes=72, percent=790))
    assert (its.written, its.before, its.exact) == (Decimal("737.928"), Decimal("341.280"), Decimal("396.648"))
    assert (its.counted, its.time) == (397, 456)


small = st.integers(0, 9)
cells = st.builds(lambda *of: of, st.integers(0, 30), st.integers(-2, 90), small, small, small)


@st.composite
def lines(draw: st.DrawFn, name: str, team: int) -> PlayerReport:
    """A player of one round alone, with arms of every kind, and times in tenths of anything."""
    weapons = draw(st.dictionaries(st.sampled_from([0, 3, 4, 11, 26, SYRINGE]), cells, max_size=4))
    counters: dict[str, Any] = {
        column.name: draw(small) for column in columns.COLUMNS if column.unit is columns.FieldUnit.WHOLE
    }
    minutes, alive = draw(st.integers(0, 120)) / 10, draw(st.integers(0, 1000)) / 10
    return a_player(name, team=team, weapons=weapons, minutes=minutes, alive=alive, **counters)


@st.composite
def matches(draw: st.DrawFn) -> tuple[RoundFile, RoundFile]:
    """A round 1 and its round 2: some run on, some reconnect, somebody joins, with an idle round 1 or without."""
    names = ["anna", "ben", "cleo", "dan"]
    first = an_r1(
        players=[draw(lines(name, 1 + place % 2)) for place, name in enumerate(names)],
        tab_fields=draw(st.sampled_from(WIDTHS)),
        limit="15:00",
    )
    again = [draw(lines(name, 2 - place % 2)) for place, name in enumerate(names)]
    late = replace(draw(lines("late", 1)), rounds=1)
    return first, an_r2(first, players=[*again, late], fresh=draw(st.sets(st.sampled_from(names), max_size=1)))


@given(matches())
def test_the_parts_that_are_shown_give_the_counted_value_exactly(files: tuple[RoundFile, RoundFile]) -> None:
    first, second = files
    played = second_round(first.report, second.report)
    every = {column for asked in FIGURES for column in involved(asked)} - {RESULT}
    rounds: list[tuple[PlayerRound, RoundReport, RoundReport | None]] = [
        (player_round(share, second.report), second.report, first.report) for share in played.shares
    ]
    rounds += [(player_round(s, first.report), first.report, None) for s in as_written(first.report).shares]
    for player, report, before in rounds:
        for column in every:
            light = column.removeprefix("light_")
            counted = player.by_name.get(column) if light == column else _light_sum(played, player.guid, light)
            if light != column and before is None:
                continue
            its = part(column, counted, time=player.time_seconds, key=player.guid, report=report, first=before)
            if counted is None:
                assert its.how is Reckoning.UNKNOWN
                continue
            assert its.exact is not None
            if column == "alive_seconds":
                assert counted == min(max(round(its.exact), 0), player.time_seconds)
            else:
                assert counted == its.exact, column


def _light_sum(played: Differential, guid: str, name: str) -> int:
    share = next(share for share in played.shares if share.key == guid)
    return sum(getattr(cells, name) for weapon, cells in share.cells.items() if weapon in LIGHT)


def test_light_weapons_are_counted_apart() -> None:
    shot = a_player("anna", weapons={4: (3, 10, 1, 0, 2), 11: (5, 6, 1, 0, 0)})
    assert written("light_shots", shot, tab_fields=columns.MOST) == 10
    assert written("shots", shot, tab_fields=columns.MOST) == 16
    assert written("light_headshots", shot, tab_fields=columns.MOST) == 2


def test_nobody_has_written_nothing() -> None:
    assert written("kills", None, tab_fields=columns.MOST) is None


@pytest.mark.parametrize("asked", FIGURES, ids=lambda one: one.name)
def test_every_figure_is_made_of_columns_that_can_be_shown(asked) -> None:  # type: ignore[no-untyped-def]
    made_of = involved(asked)
    known = {*STORED, "light_hits", "light_shots", "light_headshots", RESULT}
    assert set(made_of) <= known
    for column in made_of:
        assert (written(column, a_player("anna"), tab_fields=columns.MOST) is None) == (column == RESULT)


def test_figures_are_found_by_their_names() -> None:
    assert figure("shots") is not None
    assert figure("kd") is BY_NAME["kd"]
    assert figure("nonsense") is None
    assert hints(BY_NAME["accuracy"])
    assert hints(BY_NAME["rounds"]) == ()
