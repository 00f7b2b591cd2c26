"""Questions' results: what commands, posts and tools show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.game.file.files import RoundKey
from bot.domain.game.file.report import Tally
from bot.domain.game.matches import Half, MatchResult, result
from bot.domain.game.model import Aside, Note, Reason, State
from bot.domain.game.tallies import added_up
from bot.domain.stats.metrics import Metric
from bot.domain.stats.minimums import Needed
from bot.domain.stats.teams import Member, Names, team_names


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerLine:
    """One player's figures, summed over the rounds in question; times in seconds, None is unknown.

    `hits`, `shots`: of accuracy (FORMAT, "Weapons"), with pistols and sub-machine guns; `headshots`: head hits with
    every weapon that scores them; `raw_name`: with the game's colour codes.
    """

    guid: str
    name: str
    team: int
    kills: int
    deaths: int
    damage_given: int
    damage_received: int
    headshots: int
    hits: int
    shots: int
    time_seconds: int
    alive_seconds: int
    gibs: int
    selfkills: int
    teamkills: int
    revives_given: int | None
    useful_kills: int | None
    raw_name: str = ""

    @property
    def dpm(self) -> float | None:
        """Damage given per minute on a team."""
        return 60 * self.damage_given / self.time_seconds if self.time_seconds else None

    @property
    def kd(self) -> float:
        """Kills per death; without a death, the kills."""
        return self.kills / max(self.deaths, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundAnswer:
    """One round; `ended_at` in UTC epoch seconds; `tallies`: who killed whom, None where the file does not tell it."""

    id: int
    key: RoundKey
    file: str
    map: str
    number: int
    ended_at: int
    half: Half
    state: State
    reason: Reason | None
    players: tuple[PlayerLine, ...]
    notes: tuple[Note, ...]
    tallies: tuple[Tally, ...] | None = None

    @property
    def has_result(self) -> bool:
        """Who won it, and in what time, is known."""
        return self.reason is None or self.reason.code.has_result


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What an answer rests on: its scope in words, the rounds in it that count, and those left out, by reason.

    `newest`: when the last of all rounds ended, whatever the scope; None: no round was ever imported;
    `not_of_matches`: the half and the side that the scope names, which do not apply to figures of whole matches.
    """

    label: str
    rounds: int
    left_out: tuple[tuple[Aside, int], ...]
    newest: int | None
    not_of_matches: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One player's metrics over a scope, by their names; `known`: lines on which each is known, None is unknown.

    `amounts`: sums of what a ratio divides by, of those that need enough of it (see `minimums`).
    """

    rounds: int
    values: Mapping[str, float | None]
    known: Mapping[str, int]
    amounts: Mapping[str, int]

    def reach(self, metric: Metric, needed: Needed) -> bool:
        """There is enough of it to be compared."""
        return self.known[metric.name] >= needed.rounds and self.amounts.get(metric.name, 0) >= needed.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One place of a board; those who are level share it. `rounds`: matches, of a metric of matches."""

    place: int
    guid: str
    name: str
    value: float
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everybody whom a metric compares, the best first.

    `needed`: from which on somebody is compared; `unknown`: lines of writers that did not know the metric.
    """

    metric: Metric
    needed: Needed
    places: tuple[Standing, ...]
    unknown: int
    coverage: Coverage


def names_of(players: Iterable[PlayerLine], one: int, two: int) -> Names:
    """What two teams of these players, by their numbers, are called: by these figures alone."""
    members = [(player.team, player.guid, Member(player.name, player.kills)) for player in players]
    first, second = ({guid: member for team, guid, member in members if team == wanted} for wanted in (one, two))
    return team_names(first, second)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchAnswer:
    """A match: both rounds of a map, or the one that is known.

    `players`: both rounds added up, best first within each line-up; their `team` is the line-up: 1 attacked in
    round 1, 2 defended in it. Either round's id leads to the match; its own is that of round 1. `pair`: what the teams
    are called in its session, line-up 1 first; None where it is in no pair of teams.
    """

    first: RoundAnswer | None
    second: RoundAnswer | None
    players: tuple[PlayerLine, ...]
    pair: Names | None = None

    @property
    def names(self) -> Names:
        """What line-ups 1 and 2 are called: as in their session, else by this match alone."""
        return names_of(self.players, 1, 2) if self.pair is None else self.pair

    @property
    def id(self) -> int:
        """The number that people type."""
        return self._known.id

    @property
    def key(self) -> RoundKey:
        """By which its buttons name it: that of the round whose id it has."""
        return self._known.key

    @property
    def map(self) -> str:
        """What was played."""
        return self._known.map

    @property
    def ended_at(self) -> int:
        """When its last known round ended, UTC epoch seconds."""
        return (self.second or self._known).ended_at

    @property
    def tallies(self) -> tuple[Tally, ...] | None:
        """Who killed whom in both rounds; None where one of them does not tell it, or is not here."""
        halves = (self.first, self.second)
        return added_up(None if half is None else half.tallies for half in halves)

    @property
    def result(self) -> MatchResult | None:
        """Who won; None as long as a round is missing, or does not count."""
        first, second = self.first, self.second
        if first is None or second is None or {first.state, second.state} != {State.COUNTED}:
            return None
        return result(first.half, second.half)

    @property
    def _known(self) -> RoundAnswer:
        known = self.first or self.second
        assert known is not None
        return known


@dataclass(frozen=True, slots=True, kw_only=True)
class WeaponLine:
    """What a player did, and suffered, with one weapon (a bit of the mask) in one round."""

    name: str
    team: int
    weapon: int
    hits: int
    shots: int
    kills: int
    deaths: int
    headshots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundChoice:
    """A round as a menu names it."""

    id: int
    map: str
    number: int
    ended_at: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchChoice:
    """A finished match as a menu names it: the ids of its rounds, and when the second one ended."""

    id: int
    first_id: int
    map: str
    ended_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerChoice:
    """A player as a menu names him: his current name, the alias that was looked for, and how often he played."""

    guid: str
    name: str
    alias: str
    rounds: int
    last_seen: int
