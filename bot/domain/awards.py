"""The awards of an evening: a dozen figures, each with its winner, its number and its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bot.domain.answers import Coverage, Figures
from bot.domain.metrics import BY_NAME, Metric, enough

TIE = 3
"""Winners of one award, at most: what more people share is nobody's."""


class Kind(NamedTuple):
    """An award: its title, the metric that decides it (the most wins), and why it is given."""

    title: str
    metric: str
    reason: str


AWARDS = (
    Kind("Most valuable player", "dpm", "most damage for each minute on a team"),
    Kind("Executioner", "kills", "most kills"),
    Kind("Duellist", "kd", "most kills for each death"),
    Kind("Sharpshooter", "accuracy", "most shots that hit, with pistols and sub-machine guns"),
    Kind("Headhunter", "headshot_kills", "most kills by a final hit to the head"),
    Kind("Field medic", "revives", "most team mates brought back"),
    Kind("Survivor", "survival", "largest share of the time alive"),
    Kind("Engineer", "objectives", "most dynamites, defusals and repairs"),
    Kind("Undertaker", "gibs", "most enemies gibbed, so that nobody revived them"),
    Kind("Time thief", "denied", "most waiting for respawns caused"),
    Kind("Useful", "useful", "most kills that cost the enemy at least half a respawn"),
    Kind("On a roll", "spree", "longest run of kills without dying"),
    Kind("Two at once", "multikills", "most kills within three seconds of each other"),
    Kind("Helping hand", "assists", "most enemies hurt just before a mate killed them"),
)


class Award(NamedTuple):
    """One award and who won it: GUIDs, more than one where they are level; `second`: the next best figure."""

    kind: Kind
    metric: Metric
    winners: tuple[str, ...]
    value: float
    second: float | None


class Awards(NamedTuple):
    """The awards of a scope, with the names of those who won them."""

    awards: tuple[Award, ...]
    names: Mapping[str, str]
    coverage: Coverage


def awards(figures: Mapping[str, Figures], *, rounds: int) -> list[Award]:
    """The awards of an evening of so many rounds; one that nobody earned is left out.

    A ratio needs rounds (see `metrics.enough`), a number has to be more than 0, and of two players at least one must
    have done worse.
    """
    return [award for kind in AWARDS if (award := _award(kind, figures, rounds)) is not None]


def _award(kind: Kind, figures: Mapping[str, Figures], rounds: int) -> Award | None:
    metric = BY_NAME[kind.metric]
    needed = enough(metric, rounds)
    values = {
        guid: value
        for guid, its in figures.items()
        if (value := its.values.get(metric.name)) is not None and its.known[metric.name] >= needed
    }
    best = max(values.values(), default=0.0)
    winners = tuple(sorted(guid for guid, value in values.items() if value == best))
    if best <= 0 or len(winners) > TIE or len(winners) == len(values) > 1:
        return None
    second = max((value for value in values.values() if value < best), default=None)
    return Award(kind, metric, winners, best, second)
