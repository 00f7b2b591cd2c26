"""Sessions: how rounds become one, and the answers about it: matches, teams, players."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.game.matches import Half, MatchResult, Winner, result
from bot.domain.stats.answers import Coverage, Figures
from bot.domain.stats.teams import LineUp, MatchLineUps, TeamPair

Item = TypeVar("Item")


def sessions(rounds: Iterable[Item], *, ended_at: Callable[[Item], int], gap: int) -> list[list[Item]]:
    """Runs of rounds in which no two neighbours end more than `gap` seconds apart, oldest first."""
    runs: list[list[Item]] = []
    for one in sorted(rounds, key=ended_at):
        if runs and ended_at(one) - ended_at(runs[-1][-1]) <= gap:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMatch:
    """A match of a session; one of its halves may be missing. Line-ups: who attacked, who defended first.

    `file`: of its round 1, as `id` is its number.
    """

    id: int
    file: str
    map: str
    ended_at: int
    first: Half | None
    second: Half | None
    attackers: LineUp
    defenders: LineUp

    @property
    def result(self) -> MatchResult | None:
        """Who won; None where a half is missing."""
        return None if self.first is None or self.second is None else result(self.first, self.second)

    @property
    def played(self) -> MatchLineUps:
        """The match as the teams see it."""
        won = {Winner.FIRST_ATTACKERS: 1, Winner.FIRST_DEFENDERS: 2, Winner.DRAW: 0}
        found = self.result
        return MatchLineUps(self.id, self.attackers, self.defenders, None if found is None else won[found.winner])


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAnswer:
    """One session: `start` is the end of its first round, `name` its public name; instants in UTC seconds.

    `pairs`: of teams, in order; `names`: GUID → current name of everybody who played.
    """

    start: int
    name: str
    ended_at: int
    rounds: int
    matches: tuple[SessionMatch, ...]
    pairs: tuple[TeamPair, ...]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTable:
    """Everybody's figures over a session."""

    session: SessionAnswer
    figures: Mapping[str, Figures]
    coverage: Coverage
