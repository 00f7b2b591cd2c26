"""Sessions: how rounds become one, and the answers about it: matches, teams, players."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from bot.domain.game.matches import Half, MatchResult, Winner, result
from bot.domain.stats.answers import Coverage, Figures
from bot.domain.stats.teams import LineUp, MatchLineUps, TeamPair

Item = TypeVar("Item")


class SessionRound(NamedTuple):
    """What a session knows of a round: its end in UTC seconds, and the id of its match, which is that of its round 1.

    `is_idle`: it does not count, and nobody stood against anybody in it.
    """

    id: int
    ended_at: int
    match: int
    is_idle: bool


def sessions(rounds: Iterable[SessionRound], *, gap: int) -> list[list[SessionRound]]:
    """Runs of rounds in which no two neighbours end more than `gap` seconds apart, oldest first.

    A match is never torn, however long the pause between its rounds. Who idles alone on the server connects nothing:
    his round belongs to the session that ended at most a gap before it, else to the one that begins so soon after it.
    """
    ordered = sorted(rounds, key=_by_end)
    played = [round for round in ordered if not round.is_idle]
    match_ends = {round.match: round.ended_at for round in played}
    sessions: list[list[SessionRound]] = []
    lasts_until = 0
    for round in played:
        if not sessions or round.ended_at > lasts_until:
            sessions.append([])
        sessions[-1].append(round)
        lasts_until = max(lasts_until, round.ended_at + gap, match_ends[round.match])
    spans = [(session[0].ended_at - gap, session[-1].ended_at + gap) for session in sessions]
    alone = []
    for round in ordered:
        if not round.is_idle:
            continue
        place = bisect_left(spans, round.ended_at, key=lambda span: span[1])
        if place < len(spans) and spans[place][0] <= round.ended_at:
            sessions[place].append(round)
        else:
            alone.append(round)
    every = [*sessions, *runs(alone, ended_at=lambda round: round.ended_at, gap=gap)]
    return sorted((sorted(session, key=_by_end) for session in every), key=lambda session: _by_end(session[0]))


def _by_end(round: SessionRound) -> tuple[int, int]:
    return round.ended_at, round.id


def runs(items: Iterable[Item], *, ended_at: Callable[[Item], int], gap: int) -> list[list[Item]]:
    """Runs of what ended at most `gap` seconds after its neighbour, oldest first."""
    runs_so_far: list[list[Item]] = []
    for item in sorted(items, key=ended_at):
        if runs_so_far and ended_at(item) - ended_at(runs_so_far[-1][-1]) <= gap:
            runs_so_far[-1].append(item)
        else:
            runs_so_far.append([item])
    return runs_so_far


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
        result = self.result
        return MatchLineUps(self.id, self.attackers, self.defenders, None if result is None else won[result.winner])


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAnswer:
    """One session: `start` is the end of its first round, `name` its public name; instants in UTC seconds.

    `zone`: the short name of the time zone that its day is of, such as `CET`.
    `pairs`: of teams, in order; `names`: identity → current name of everybody who played.
    """

    start: int
    name: str
    zone: str
    ended_at: int
    rounds: int
    matches: tuple[SessionMatch, ...]
    pairs: tuple[TeamPair, ...]
    names: Mapping[str, str]

    @property
    def scores(self) -> tuple[TeamPair, ...]:
        """The pairs as they are told: of each the winner first."""
        return tuple(pair.winner_first for pair in self.pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTable:
    """Everybody's figures over a session."""

    session: SessionAnswer
    figures: Mapping[str, Figures]
    coverage: Coverage
