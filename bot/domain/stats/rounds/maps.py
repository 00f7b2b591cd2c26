"""Maps as answers: how long attacks take, how often they fail, who is best there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.stats.answers import Board, Coverage
from bot.domain.stats.people.records import Records

EARLY = 15
"""Seconds by which a round that was held ended before its limit: somebody gave up (FORMAT, "Length of a round")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attacks:
    """The attacks of some rounds; times in seconds.

    `won`: attacks that reached the goal; `held`: that failed although they went on until the limit (another failed one
    was given up); `timed`: of those won, how many have a known time, and `seconds` their sum; `fastest`: the shortest.
    """

    rounds: int
    won: int
    held: int
    timed: int
    seconds: int
    fastest: int | None

    @property
    def mean(self) -> float | None:
        """The mean time of an attack that succeeded."""
        return self.seconds / self.timed if self.timed else None

    @property
    def success(self) -> float | None:
        """Per cent of the attacks that succeeded; the rest were won by the defence."""
        return 100 * self.won / self.rounds if self.rounds else None

    @property
    def hold_rate(self) -> float | None:
        """Per cent of the attacks that were held until the limit."""
        return 100 * self.held / self.rounds if self.rounds else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fastest:
    """The fastest attack: `seconds` it took, the round, and when that ended, UTC seconds."""

    seconds: int
    round_id: int
    ended_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MapSummary:
    """A map in a list, all its versions together, by their files' names; `last_played`: UTC seconds."""

    maps: tuple[str, ...]
    attacks: Attacks
    last_played: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MapMatches:
    """The matches of a map that were played to their end: won by who attacked first, by who defended first, draws."""

    attackers: int
    defenders: int
    draws: int

    @property
    def played(self) -> int:
        """All of them."""
        return self.attackers + self.defenders + self.draws


@dataclass(frozen=True, slots=True, kw_only=True)
class MapAnswer:
    """Everything about one map in a scope.

    `title`: what it is called; `by_round`: attacks of round 1 and of round 2, all together in `attacks`.
    """

    title: str
    attacks: Attacks
    by_round: tuple[tuple[int, Attacks], ...]
    fastest: Fastest | None
    matches: MapMatches
    records: Records
    best: tuple[Board, ...]
    coverage: Coverage


def together(parts: Iterable[Attacks]) -> Attacks:
    """The attacks of several groups of rounds."""
    those = [*parts]
    return Attacks(
        rounds=sum(attacks.rounds for attacks in those),
        won=sum(attacks.won for attacks in those),
        held=sum(attacks.held for attacks in those),
        timed=sum(attacks.timed for attacks in those),
        seconds=sum(attacks.seconds for attacks in those),
        fastest=min((attacks.fastest for attacks in those if attacks.fastest is not None), default=None),
    )
