"""Boards: who is ahead of whom by a figure, and how far it is to the next place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.stats.answers import Board, Figures, Standing
from bot.domain.stats.metrics import METRICS, Metric
from bot.domain.stats.minimums import Needed

PAGE = 10
"""Places on one page."""
MENU = 25
"""Choices that a menu of Discord holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPlayer:
    """Somebody's place without his name."""

    place: int
    guid: str
    value: float
    rounds: int
    """Matches, of a metric of matches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPlace:
    """One's own place: `rival` is the next one ahead, or whoever follows the leader; None where all are level.

    `gap`: how far apart the two are, in the metric's unit.
    """

    standing: Standing
    rival: Standing | None
    gap: float


def ranked(figures_by_guid: Mapping[str, Figures], metric: Metric, *, needed: Needed) -> list[RankedPlayer]:
    """Everybody whom the metric can compare, the first one first; ties share a place, in the order of the GUIDs."""
    compared = [
        (value, guid, figures.known[metric.name] if metric.of_matches else figures.rounds)
        for guid, figures in figures_by_guid.items()
        if (value := figures.values[metric.name]) is not None and figures.reach(metric, needed)
    ]
    compared.sort(key=lambda candidate: (-candidate[0] if metric.most_first else candidate[0], candidate[1]))
    places: list[RankedPlayer] = []
    for value, guid, rounds in compared:
        tied = bool(places) and places[-1].value == value
        place = places[-1].place if tied else len(places) + 1
        places.append(RankedPlayer(place=place, guid=guid, value=value, rounds=rounds))
    return places


def unknown(figures_by_guid: Mapping[str, Figures], metric: Metric) -> int:
    """Lines whose writer did not know the metric; a match without a result is no such thing."""
    return (
        0
        if metric.of_matches
        else sum(figures.rounds - figures.known[metric.name] for figures in figures_by_guid.values())
    )


def own(board: Board, guid: str | None) -> OwnPlace | None:
    """A player's place on a board, None where he has none."""
    mine = next((standing for standing in board.places if standing.guid == guid), None)
    if mine is None:
        return None
    ahead = [standing for standing in board.places if standing.place < mine.place]
    behind = [standing for standing in board.places if standing.place > mine.place]
    rival = ahead[-1] if ahead else behind[0] if behind else None
    return OwnPlace(standing=mine, rival=rival, gap=abs(rival.value - mine.value) if rival else 0)


def pages(board: Board) -> int:
    """How many pages the board has; an empty one has one."""
    return max(1, -(-len(board.places) // PAGE))


def page_of(board: Board, guid: str | None) -> int:
    """The page, from 0 on, that a player is on; the first where he is on none."""
    return next((at // PAGE for at, standing in enumerate(board.places) if standing.guid == guid), 0)


def offered(chosen: Metric) -> list[Metric]:
    """The figures of a menu that goes from one board to another, with the one that is shown."""
    usual = [metric for metric in METRICS if not metric.rare and metric is not chosen][: MENU - 1]
    return [metric for metric in METRICS if metric is chosen or metric in usual]
