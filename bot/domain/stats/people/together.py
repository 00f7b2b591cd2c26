"""Who plays when, with whom, and what came of it: a player's record with a team, an archive's hours, best moments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import NamedTuple

from bot.domain.game.map_names import letters, map_title
from bot.domain.stats.answers import Coverage
from bot.domain.stats.metrics import Metric

FEWEST = 3
"""Matches with or against somebody that are worth telling."""


class PlayedMatch(NamedTuple):
    """A match of a player that has a result: `result` 1 won, 0 draw, -1 lost; GUIDs of mates and opponents."""

    map: str
    result: int
    mates: frozenset[str]
    opponents: frozenset[str]


class Score(NamedTuple):
    """Matches won, drawn, lost."""

    won: int = 0
    drawn: int = 0
    lost: int = 0

    @property
    def played(self) -> int:
        """All of them."""
        return self.won + self.drawn + self.lost

    def plus(self, result: int) -> Score:
        """With one more match."""
        return Score(self.won + (result > 0), self.drawn + (result == 0), self.lost + (result < 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRecord:
    """A player's matches; `maps` by a map's name, `mates` and `opponents` by GUID, best first (see `team_record`)."""

    guid: str
    name: str
    score: Score
    maps: tuple[tuple[str, Score], ...]
    mates: tuple[tuple[str, Score], ...]
    opponents: tuple[tuple[str, Score], ...]
    names: Mapping[str, str]
    coverage: Coverage


Scores = tuple[tuple[str, Score], ...]


def team_record(matches: Iterable[PlayedMatch]) -> tuple[Score, Scores, Scores, Scores]:
    """(all, by map, by mate, by opponent): maps those played most first, people those with most wins first.

    Versions of a map are one; people are told from `FEWEST` matches on.
    """
    total, maps, mates, opponents = Score(), dict[str, Score](), dict[str, Score](), dict[str, Score]()
    titles: dict[str, str] = {}
    for match in matches:
        total = total.plus(match.result)
        name = titles.setdefault(letters(map_title(match.map)), match.map)
        maps[name] = maps.get(name, Score()).plus(match.result)
        for people, guids in ((mates, match.mates), (opponents, match.opponents)):
            for guid in guids:
                people[guid] = people.get(guid, Score()).plus(match.result)
    by_map = sorted(maps.items(), key=lambda pair: (-pair[1].played, pair[0]))
    return total, tuple(by_map), _people(mates), _people(opponents)


def _people(scores: Mapping[str, Score]) -> Scores:
    told = [(guid, score) for guid, score in scores.items() if score.played >= FEWEST]
    return tuple(sorted(told, key=lambda pair: (-pair[1].won, pair[1].played, pair[0])))


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """When rounds end, and who is there: `hours` by (weekday, hour), Monday 0, in the server's zone.

    `regulars`: name and the evenings that each took part in, most first; `evenings`: all of the scope.
    """

    hours: Mapping[tuple[int, int], int]
    regulars: tuple[tuple[str, str, int], ...]
    sessions: int
    coverage: Coverage


def by_hour(quarters: Iterable[tuple[int, int]], *, zone: tzinfo) -> dict[tuple[int, int], int]:
    """Rounds by (weekday, hour) of the zone; `quarters`: (instant, rounds), UTC seconds."""
    rounds_by_hour: Counter[tuple[int, int]] = Counter()
    for instant, rounds in quarters:
        at = datetime.fromtimestamp(instant, zone)
        rounds_by_hour[at.weekday(), at.hour] += rounds
    return dict(rounds_by_hour)


class Moment(NamedTuple):
    """A player's best round by a figure; of equal ones the first. `ended_at`: UTC seconds."""

    metric: Metric
    value: float
    map: str
    number: int
    round_id: int
    ended_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """A player's best rounds over a scope, in the order of the figures."""

    guid: str
    name: str
    moments: tuple[Moment, ...]
    coverage: Coverage
