"""Who plays together: the teams of an evening, recognised by their players, and the score between them.

Sides change after every round, and line-ups change now and then: a substitute comes, somebody is late. A team is the
people who keep playing together. When most of them are mixed anew, a new pair of teams begins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

SAME = Fraction(2, 3)
"""The share of known players who must stand with their own for the teams to be the same."""


class MatchLineUps(NamedTuple):
    """One match: its id, who attacked first, who defended first, and which of these line-ups won.

    `won`: 1 or 2, 0 for a draw, None where it has no result. The players are GUIDs, or any other identity.
    """

    id: int
    first: frozenset[str]
    second: frozenset[str]
    won: int | None


class TeamMatch(NamedTuple):
    """A match of a pair of teams: `first` is the team (0 or 1) that attacked first; `won` the team, None: nobody."""

    id: int
    first: int
    won: int | None
    is_decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivals:
    """A pair of teams and their matches, in order. `teams`: players, those of most matches first."""

    teams: tuple[tuple[str, ...], tuple[str, ...]]
    matches: tuple[TeamMatch, ...]

    @property
    def wins(self) -> tuple[int, int]:
        """Maps won by each team."""
        return (sum(m.won == 0 for m in self.matches), sum(m.won == 1 for m in self.matches))

    @property
    def draws(self) -> int:
        """Matches that were played to the end and won by nobody."""
        return sum(m.is_decided and m.won is None for m in self.matches)

    def points(self, win: int) -> tuple[int, int]:
        """`win` points for a map won; where that is two, a draw gives each one."""
        shared = self.draws if win == 2 else 0
        return (win * self.wins[0] + shared, win * self.wins[1] + shared)


def rivals(matches: Iterable[MatchLineUps]) -> list[Rivals]:
    """The pairs of teams of a session, in the order in which they came; `matches` in the order of their ends."""
    found: list[Rivals] = []
    pair: list[tuple[MatchLineUps, int]] = []
    teams: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for match in matches:
        straight, crossed = _agree(teams, match.first, match.second), _agree(teams, match.second, match.first)
        known = sum(1 for player in match.first | match.second if teams[0][player] != teams[1][player])
        if pair and known and max(straight, crossed) < SAME * known:
            found.append(_closed(pair, teams))
            pair, teams = [], (Counter(), Counter())
            straight = crossed = 0
        first = 1 if crossed > straight else 0
        pair.append((match, first))
        teams[first].update(match.first)
        teams[1 - first].update(match.second)
    return [*found, _closed(pair, teams)] if pair else found


def _agree(teams: tuple[Counter[str], Counter[str]], one: frozenset[str], other: frozenset[str]) -> int:
    """Players who would stand with those they mostly played with, if `one` were the first team."""
    return sum(teams[0][p] > teams[1][p] for p in one) + sum(teams[1][p] > teams[0][p] for p in other)


def _closed(pair: Sequence[tuple[MatchLineUps, int]], teams: tuple[Counter[str], Counter[str]]) -> Rivals:
    rosters = (_roster(teams[0], teams[1], ties=True), _roster(teams[1], teams[0], ties=False))
    placed = tuple(
        TeamMatch(
            match.id, first, first if match.won == 1 else 1 - first if match.won == 2 else None, match.won is not None
        )
        for match, first in pair
    )
    return Rivals(teams=rosters, matches=placed)


def _roster(mine: Counter[str], other: Counter[str], *, ties: bool) -> tuple[str, ...]:
    """Who played mostly here, those of most matches first; `ties`: also who played as often for both."""
    members = [player for player in mine if mine[player] > other[player] or (ties and mine[player] == other[player])]
    return tuple(sorted(members, key=lambda player: (-mine[player], player)))
