"""The stopwatch result of a pair (FORMAT, "Match result")."""

from __future__ import annotations

import pytest

from bot.domain.game.matches import MatchResult, Winner, half, result
from bot.domain.game.model import ALLIES, AXIS
from rigs.builders import an_r1, an_r2, derived, swapped, two_teams


def _played(first_winner: int, second_winner: int, *, defender: int = AXIS, minutes: float = 6.0) -> MatchResult:
    first = an_r1(winner=first_winner, defender=defender)
    alone = swapped(two_teams(minutes=minutes))
    first_half, second_half = map(half, derived(first, an_r2(first, players=alone, winner=second_winner)))
    return result(first_half, second_half)


@pytest.mark.parametrize("first_winner", [AXIS, ALLIES, 0])
def test_the_line_up_that_finishes_in_round_2_wins_whatever_round_1_was(first_winner: int) -> None:
    played = _played(first_winner, ALLIES)
    assert played.winner is Winner.FIRST_DEFENDERS
    assert played.side_in_second == ALLIES
    assert played.second_time == 360


def test_the_first_attackers_win_when_only_they_finish() -> None:
    assert _played(ALLIES, AXIS, minutes=8.0) == MatchResult(Winner.FIRST_ATTACKERS, AXIS, 480, None)


def test_two_full_holds_are_a_draw() -> None:
    assert _played(AXIS, AXIS, minutes=12.0) == MatchResult(Winner.DRAW, 0, 720, None)


def test_no_winner_at_all_in_round_2_is_a_hold() -> None:
    assert _played(ALLIES, 0).winner is Winner.FIRST_ATTACKERS
    assert _played(AXIS, 0).winner is Winner.DRAW


def test_where_the_allies_defend_the_sides_are_the_other_way_round() -> None:
    assert _played(AXIS, AXIS, defender=ALLIES).winner is Winner.FIRST_DEFENDERS
    assert _played(AXIS, AXIS, defender=ALLIES).side_in_second == AXIS
    assert _played(AXIS, ALLIES, defender=ALLIES) == MatchResult(Winner.FIRST_ATTACKERS, ALLIES, 480, None)
