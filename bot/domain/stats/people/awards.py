"""The awards of a session: a dozen figures, each with its winner, its number and its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import NamedTuple

from bot.domain.game.file.report import Tally
from bot.domain.stats.answers import Coverage, Figures
from bot.domain.stats.metrics import BY_NAME, Metric, enough

TIE = 3
"""Winners of one award, at most: what more people share is nobody's."""
TOGETHER = 3
"""Matches that two must have played with or against each other."""


class AwardRule(NamedTuple):
    """An award: its title, the metric that decides it (the most wins), and why it is given."""

    title: str
    metric: str
    reason: str


AWARDS = (
    AwardRule("Most damage a minute", "dpm", "damage given for each minute on a team"),
    AwardRule("Executioner", "kills", "most kills"),
    AwardRule("Duellist", "kd", "most kills for each death"),
    AwardRule("Sharpshooter", "accuracy", "most shots that hit, with pistols and sub-machine guns"),
    AwardRule("Headhunter", "headshot_kills", "most kills by a final hit to the head"),
    AwardRule("Field medic", "revives", "most team mates brought back"),
    AwardRule("Survivor", "survival", "largest share of the time alive"),
    AwardRule("Engineer", "objectives", "most dynamites, defusals and repairs"),
    AwardRule("Undertaker", "gibs", "most enemies gibbed, so that nobody revived them"),
    AwardRule("Time thief", "denied", "most time that killed enemies were out, until a respawn or a revive"),
    AwardRule("Useful", "useful", "most kills that cost the enemy at least half a respawn"),
    AwardRule("On a roll", "spree", "longest run of kills without dying"),
    AwardRule("Two at once", "multikills", "most chains of kills, each within three seconds of the one before"),
    AwardRule("Helping hand", "assists", "most enemies hurt just before a mate killed them"),
)


class Award(NamedTuple):
    """One award and who won it: GUIDs, more than one where they are level; `second`: the next best figure."""

    kind: AwardRule
    metric: Metric
    winners: tuple[str, ...]
    value: float
    second: float | None


class Appearance(NamedTuple):
    """A player in a match that has a result; `first`: his line-up attacked in round 1; `won`: 1, 0 a draw, -1."""

    match: int
    guid: str
    first: bool
    won: int


class PairAward(NamedTuple):
    """An award for two who won `won` of `matches` together, or, `against`, of which the first won so many."""

    title: str
    reason: str
    pairs: tuple[tuple[str, str], ...]
    won: int
    matches: int
    against: bool


class Nemesis(NamedTuple):
    """Who killed one and the same opponent most often: killer, victim, and how often it was the other way round.

    `times`: how often; `told`: rounds whose files tell who killed whom.
    """

    rivals: tuple[tuple[str, str, int], ...]
    times: int
    told: int


class BestRound(NamedTuple):
    """A winner's best round by the figure of the award: its map, 1 or 2, and the figure there."""

    map: str
    number: int
    value: float


class Awards(NamedTuple):
    """The awards of a scope, with the names of those who won them; `rounds`: (GUID, metric) → the best one."""

    awards: tuple[Award, ...]
    names: Mapping[str, str]
    coverage: Coverage
    pairs: tuple[PairAward, ...] = ()
    nemesis: Nemesis | None = None
    rounds: Mapping[tuple[str, str], BestRound] = {}


def awards(figures: Mapping[str, Figures], *, rounds: int) -> list[Award]:
    """The awards of a session of so many rounds; one that nobody earned is left out.

    A ratio needs what a board of so many rounds does (see `metrics.enough`), a number has to be more than 0, and of two
    players at least one must have done worse.
    """
    return [award for kind in AWARDS if (award := _award(kind, figures, rounds)) is not None]


def _award(kind: AwardRule, figures: Mapping[str, Figures], rounds: int) -> Award | None:
    metric = BY_NAME[kind.metric]
    needed = enough(metric, rounds)
    values = {
        guid: value
        for guid, player_figures in figures.items()
        if (value := player_figures.values.get(metric.name)) is not None and player_figures.reach(metric, needed)
    }
    best = max(values.values(), default=0.0)
    winners = tuple(sorted(guid for guid, value in values.items() if value == best))
    if best <= 0 or len(winners) > TIE or len(winners) == len(values) > 1:
        return None
    second = max((value for value in values.values() if value < best), default=None)
    return Award(kind, metric, winners, best, second)


def of_pairs(appearances: Iterable[Appearance]) -> list[PairAward]:
    """Who won most matches together, and who beat whom most often."""
    together: dict[tuple[str, str], list[int]] = {}
    against: dict[tuple[str, str], list[int]] = {}
    by_match: dict[int, list[Appearance]] = {}
    for appearance in appearances:
        by_match.setdefault(appearance.match, []).append(appearance)
    for players in by_match.values():
        for appearance, other in combinations(sorted(players, key=lambda player: player.guid), 2):
            if appearance.first == other.first:
                together.setdefault((appearance.guid, other.guid), []).append(appearance.won)
            else:
                against.setdefault((appearance.guid, other.guid), []).append(appearance.won)
                against.setdefault((other.guid, appearance.guid), []).append(other.won)
    made = (
        _pair("Dream team", "most matches won together", together, against=False),
        _pair("Upper hand", "most matches won against one and the same opponent", against, against=True),
    )
    return [award for award in made if award is not None]


def _pair(title: str, reason: str, played: Mapping[tuple[str, str], list[int]], *, against: bool) -> PairAward | None:
    """The pairs with most wins, of fewest matches, among those who won more than they lost."""
    rates = {
        pair: (results.count(1), -len(results))
        for pair, results in played.items()
        if len(results) >= TOGETHER and sum(results) > 0
    }
    best = max(rates.values(), default=(0, 0))
    pairs = tuple(sorted(pair for pair, rate in rates.items() if rate == best))
    if not 0 < len(pairs) <= TIE:
        return None
    return PairAward(title, reason, pairs, best[0], -best[1], against)


def nemesis(tallies: Iterable[Tally], *, told: int) -> Nemesis | None:
    """Of everybody's tallies in so many rounds that tell them, the largest; what too many share is nobody's."""
    times = {(tally.killer, tally.victim): tally.times for tally in tallies}
    best = max(times.values(), default=0)
    rivals = sorted(rivals for rivals, number in times.items() if number == best)
    if not 0 < len(rivals) <= TIE:
        return None
    return Nemesis(tuple((by, whom, times.get((whom, by), 0)) for by, whom in rivals), best, told)
