"""The stopwatch result of a match (FORMAT §2): teams are line-ups, and line-ups change sides."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from bot.domain.model import Round, other_side


class Winner(StrEnum):
    """Who won a match: the line-up that attacked first, the other one, or nobody."""

    FIRST_ATTACKERS = "the attackers of round 1"
    FIRST_DEFENDERS = "the defenders of round 1"
    DRAW = "draw"


class MatchResult(NamedTuple):
    """`side_in_second`: the winner's side in round 2, 1 Axis, 2 Allies, 0 for a draw; times in seconds.

    `target`: the time to beat; `second_time`: how long the attack of round 2 took, None where it failed.
    """

    winner: Winner
    side_in_second: int
    target: int
    second_time: int | None


def result(first: Round, second: Round) -> MatchResult:
    """The attackers of round 2 win by finishing within round 1's time; else those of round 1, if they finished."""
    attackers = other_side(second.filed.report.defender)
    target = second.filed.report.time_limit
    if second.filed.report.attackers_won:
        return MatchResult(Winner.FIRST_DEFENDERS, attackers, target, second.duration)
    if first.filed.report.attackers_won:
        return MatchResult(Winner.FIRST_ATTACKERS, other_side(attackers), target, None)
    return MatchResult(Winner.DRAW, 0, target, None)
