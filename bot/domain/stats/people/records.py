"""Records: the best single round, match and session by the figures that are worth one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from bot.domain.stats.answers import Coverage
from bot.domain.stats.metrics import BY_NAME, Metric


class Level(StrEnum):
    """What a record was set in."""

    ROUND = "round"
    MATCH = "match"
    SESSION = "session"


class Feat(NamedTuple):
    """A figure that holds records; what its divisor must reach is told by `minimums`."""

    name: str

    @property
    def metric(self) -> Metric:
        """The figure itself."""
        return BY_NAME[self.name]

    def least(self, level: Level) -> int:
        """The least divisor at this level."""
        return self.metric.minimum.records[[*Level].index(level)]


FEATS = (
    Feat("kills"),
    Feat("damage"),
    Feat("dpm"),
    Feat("accuracy"),
    Feat("headshot_kills"),
    Feat("spree"),
    Feat("useful"),
    Feat("gibs"),
    Feat("revives"),
    Feat("assists"),
)


class Post(NamedTuple):
    """Where a message is: ids of Discord."""

    channel: int
    message: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The best figure there is, and who set it; of equal ones, the earliest.

    `ended_at`: when his last round of it ended, UTC seconds; `map`: None for a session; `session`: its start, UTC
    seconds; `post`: where the bot told of it.
    """

    metric: Metric
    level: Level
    value: float
    guid: str
    name: str
    map: str | None
    ended_at: int
    round_id: int
    session: int
    post: Post | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The records of one level in a scope, in the order of `FEATS`; a figure that nobody reached has none."""

    level: Level
    records: tuple[Record, ...]
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRecord:
    """A record that was just set, and the one that had stood until then."""

    record: Record
    before: Record
