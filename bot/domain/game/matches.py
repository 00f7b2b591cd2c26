"""The stopwatch result of a match (FORMAT, "Match result"): teams are line-ups, and line-ups change sides."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from bot.domain.game.model import Round, other_side


class Winner(StrEnum):
    """Who won a match: the line-up that attacked first, the other one, or nobody."""

    FIRST_ATTACKERS = "the attackers of round 1"
    FIRST_DEFENDERS = "the defenders of round 1"
    DRAW = "draw"


class Half(NamedTuple):
    """What decides a match, of one of its rounds: sides 1 Axis, 2 Allies, 0 nobody; times in seconds."""

    defender: int
    winner: int
    time_limit: int
    duration: int | None

    @property
    def attackers_won(self) -> bool:
        """The side that did not defend won; no winner at all is a round that was held."""
        return self.winner in (1, 2) and self.winner != self.defender


class MatchResult(NamedTuple):
    """`side_in_second`: the winner's side in round 2, 1 Axis, 2 Allies, 0 for a draw; times in seconds.

    `target`: the time to beat; `second_time`: how long the attack of round 2 took, None where it failed.
    """

    winner: Winner
    side_in_second: int
    target: int
    second_time: int | None


def half(round: Round) -> Half:
    """A round as a half of its match."""
    report = round.filed.report
    return Half(report.defender, report.winner, report.time_limit, round.duration)


def result(first: Half, second: Half) -> MatchResult:
    """The attackers of round 2 win by finishing within round 1's time; else those of round 1, if they finished."""
    attackers = other_side(second.defender)
    target = second.time_limit
    if second.attackers_won:
        return MatchResult(Winner.FIRST_DEFENDERS, attackers, target, second.duration)
    if first.attackers_won:
        return MatchResult(Winner.FIRST_ATTACKERS, second.defender, target, None)
    return MatchResult(Winner.DRAW, 0, target, None)
