"""Baselines: a figure beside the player's own mean of other rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.stats.metrics import BY_NAME, Metric

LEAST = 10
"""Other rounds that a mean needs."""
USUAL: Sequence[Metric] = tuple(
    BY_NAME[name]
    for name in (
        "kills", "deaths", "kd", "dpm", "damage", "accuracy", "headshots", "headshot_kills", "revives", "gibs",
        "useful", "assists", "denied", "survival", "xp",
    )
)  # fmt: skip
"""The figures that have baselines; a longest spree has no mean worth telling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What a metric divides, and the lines on which it is known."""

    top: float | None
    per: float | None
    known: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A figure and what is usual: of a count the mean of a round, of a ratio the ratio of all sums.

    `value`: of the round, or of the mean round of the session; `rounds`: how many the mean is of; `map`: where, None
    for everywhere.
    """

    metric: Metric
    value: float
    usual: float
    rounds: int
    map: str | None

    @property
    def difference(self) -> float:
        """Above the mean, or below it where negative."""
        return self.value - self.usual


def mean(metric: Metric, sums: Sums) -> float | None:
    """A ratio of sums, or a count for each round on which it is known; None where it is unknown."""
    if sums.top is None or not sums.known:
        return None
    return metric.value(sums.top, sums.per) if metric.per else sums.top / sums.known


def beside(metric: Metric, now: Sums, *, here: Sums, everywhere: Sums, map: str | None) -> Baseline | None:
    """The figure with its baseline: of the same map if he played it often enough, else of all; None without one.

    `here`, `everywhere`: his other rounds, on the `map` and all of them.
    """
    where, base = (map, here) if map is not None and here.known >= LEAST else (None, everywhere)
    value, usual = mean(metric, now), mean(metric, base)
    if value is None or usual is None or base.known < LEAST:
        return None
    return Baseline(metric=metric, value=value, usual=usual, rounds=base.known, map=where)
