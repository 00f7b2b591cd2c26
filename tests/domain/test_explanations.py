"""Why a number is what it is, by what the files say."""

from __future__ import annotations

import pytest

from bot.domain import columns
from bot.domain.explanations import FIGURES, figure, hints, involved, part, written
from bot.domain.metrics import BY_NAME
from bot.domain.model import PlayerRound
from tests.builders import RoundFile, a_guid, a_player, a_round, an_r1, an_r2

FIRST = an_r1(players=[a_player("anna", kills=5, xp=30), a_player("ben", team=2, deaths=5)])
SECOND = an_r2(FIRST, players=[a_player("anna", team=2, kills=2, xp=11), a_player("ben", deaths=2), a_player("late")])


def told(
    column: str, name: str = "anna", *, files: tuple[RoundFile, ...] = (FIRST, SECOND)
) -> tuple[int | None, int | None, int | None, str]:
    one = a_round(*files)
    player = next(p for p in one.players if p.name == name)
    counted = player._asdict().get(column)
    if column.startswith("light_"):
        counted = 8
    first = files[0].report if len(files) > 1 else None
    its = part(column, counted, key=a_guid(name), report=files[-1].report, first=first)
    return its.written, its.before, its.counted, its.how


def test_a_running_figure_is_what_round_1_left() -> None:
    assert told("kills") == (7, 5, 2, "minus round 1: the file holds the sum of both rounds")
    assert told("time_seconds")[3].startswith("minus round 1")
    assert told("alive_seconds")[3].startswith("minus round 1")
    assert told("damage_given") == (0, 0, 0, "as written: nothing in round 1")


def test_a_figure_of_one_round_is_taken_as_written() -> None:
    assert told("xp") == (11, None, 11, "as written: the game counts this anew in each round")
    assert told("kills", files=(FIRST,)) == (5, None, 5, "as written")


def test_who_came_late_has_nothing_to_subtract() -> None:
    assert told("kills", "late")[3] == "as written: he has no line in round 1"


def test_who_reconnected_keeps_his_line() -> None:
    again = an_r2(FIRST, players=[a_player("anna", team=2, kills=2), a_player("ben", deaths=2)], fresh=["anna"])
    assert told("kills", files=(FIRST, again)) == (2, 5, 2, "as written")


def test_what_the_script_did_not_know_is_unknown() -> None:
    old = an_r1(tab_fields=33)
    its = part("revives_given", None, key=a_guid("axis0"), report=old.report, first=None)
    assert (its.written, its.how) == (None, "unknown to this version of the stats script")


def test_light_weapons_are_counted_apart() -> None:
    shot = a_player("anna", weapons={4: (3, 10, 1, 0, 2), 11: (5, 6, 1, 0, 0)})
    assert written("light_shots", shot, tab_fields=38) == 10
    assert written("shots", shot, tab_fields=38) == 16
    assert written("light_headshots", shot, tab_fields=38) == 2


def test_nobody_has_written_nothing() -> None:
    assert written("kills", None, tab_fields=38) is None


@pytest.mark.parametrize("asked", FIGURES, ids=lambda one: one.name)
def test_every_figure_is_made_of_columns_that_can_be_shown(asked) -> None:  # type: ignore[no-untyped-def]
    made_of = involved(asked)
    known = {*PlayerRound._fields, "light_hits", "light_shots", "light_headshots"}
    assert set(made_of) <= known
    for column in made_of:
        assert written(column, a_player("anna"), tab_fields=columns.MOST) is not None


def test_figures_are_found_by_their_names() -> None:
    assert figure("shots") is not None
    assert figure("kd") is BY_NAME["kd"]
    assert figure("nonsense") is None
    assert hints(BY_NAME["accuracy"])
    assert hints(BY_NAME["rounds"]) == ()
