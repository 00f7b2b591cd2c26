"""Players as answers: a career over a scope, the form of the last rounds, two players side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.stats.answers import Coverage, Figures

COMPARED = (
    "kd", "dpm", "kpr", "damage_ratio", "accuracy", "headshots", "survival", "useful_share", "denied_rate", "win_rate",
    "kills", "revives", "gibs", "objectives", "spree", "rounds",
)  # fmt: skip
"""Metrics by which two players are compared."""
FORM = ("kills", "deaths", "dpm", "accuracy")
"""Metrics of a single round that tell somebody's form."""


class Alias(NamedTuple):
    """A name that was worn: instants in UTC seconds, and the rounds it was worn in."""

    name: str
    first_seen: int
    last_seen: int
    rounds: int


class MapFigures(NamedTuple):
    """A player's figures on one map."""

    map: str
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Career:
    """One player over a scope.

    `name`: his newest; `figures`: None where he played nothing of the scope; `aliases`: newest first, his current
    name among them; `set_aside`: his rounds of the scope that do not count; instants in UTC seconds, of all time.
    """

    guid: str
    name: str
    figures: Figures | None
    first_seen: int
    last_seen: int
    aliases: tuple[Alias, ...]
    set_aside: int
    maps: tuple[MapFigures, ...]
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRound:
    """One of a player's last rounds; `ended_at` in UTC seconds."""

    round_id: int
    map: str
    number: int
    ended_at: int
    figures: Figures


class MonthBounds(NamedTuple):
    """A calendar month such as `2025-10`, from this instant until before that one (UTC epoch seconds)."""

    name: str
    since: int
    until: int


class MonthFigures(NamedTuple):
    """A player's figures of a calendar month such as `2025-10`."""

    name: str
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A player's last rounds, newest first, beside his figures over the whole scope.

    `months`: those of the last ones in which there were any, the newest last.
    """

    guid: str
    name: str
    figures: Figures
    rounds: tuple[FormRound, ...]
    coverage: Coverage
    months: tuple[MonthFigures, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Duel:
    """Two players: matches that they played together and against each other, and who won those.

    `won_together`, `drawn_together`; `first_won`, `second_won`, `drawn`: of the matches against each other. `kills`:
    how often the first one killed the second, and the other way round, in the rounds of both whose files tell it:
    so many are `told`, and where none is, it is unknown.
    """

    together: int
    won_together: int
    drawn_together: int
    against: int
    first_won: int
    second_won: int
    kills: tuple[int, int] = (0, 0)
    told: int = 0

    @property
    def drawn(self) -> int:
        """Matches against each other that nobody won."""
        return self.against - self.first_won - self.second_won


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two players side by side over a scope; None where one played nothing of it."""

    guids: tuple[str, str]
    names: tuple[str, str]
    figures: tuple[Figures | None, Figures | None]
    duel: Duel
    coverage: Coverage
