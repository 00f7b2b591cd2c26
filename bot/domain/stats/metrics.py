"""The figures that people compare: one table feeds boards, records, awards, baselines, charts, help and docs.

A metric is a sum of one column (`top`), or a ratio of two sums (`top` over `per`): sums first, the division last.
Both are expressions over the columns of a player's line, in the words that the store understands.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from bot.domain.game.file import columns
from bot.domain.stats.minimums import MINIMUMS, NO_MINIMUM, Minimum, Needed

_WORD = re.compile(r"\w+")


class FigureUnit(Enum):
    """How a figure is read."""

    COUNT = ""
    RATIO = "ratio"
    PERCENT = "%"
    PER_MINUTE = "a minute"
    SECONDS = "seconds"


class Metric(NamedTuple):
    """One figure.

    `name`: what is typed; `meaning`: one line; `top`, `per`: sums (of lines on which `top` is known); `scale`:
    multiplies the ratio; `floor`: the smallest divisor; `peak`: the largest single value instead of the sum;
    `rare`: asked for too seldom for a place in the menu of a board, which holds 25.
    """

    name: str
    title: str
    unit: FigureUnit
    meaning: str
    top: str
    per: str = ""
    scale: int = 1
    floor: int = 0
    peak: bool = False
    higher_is_better: bool = True
    rare: bool = False

    @property
    def since(self) -> int:
        """Tab fields of the first writer that knows it, by its columns; the oldest's, where it may do without one."""
        if "coalesce" in self.top:
            return columns.FEWEST
        named = [
            columns.COLUMNS[columns.POSITION[word]] for word in _WORD.findall(self.top) if word in columns.POSITION
        ]
        return max((column.since for column in named if column.weapon is None), default=columns.FEWEST)

    @property
    def short(self) -> str:
        """Its title in as few letters as a column's head has: ten at most."""
        return SHORT.get(self.name, self.title)

    @property
    def digits(self) -> int:
        """Decimals worth showing."""
        match self.unit:
            case FigureUnit.RATIO:
                return 2
            case FigureUnit.PERCENT:
                return 1
            case FigureUnit.COUNT | FigureUnit.PER_MINUTE | FigureUnit.SECONDS:
                return 0

    @property
    def minimum(self) -> Minimum:
        """What it takes to be compared by it."""
        return MINIMUMS.get(self.name, NO_MINIMUM)

    @property
    def of_matches(self) -> bool:
        """It is about matches played to their end: of each, one line a player knows the result."""
        return "result" in self.top

    @property
    def most_first(self) -> bool:
        """A list begins with the largest: of a sum always, since the fewest deaths has who played least."""
        return self.higher_is_better or not self.per

    def value(self, top: float | None, per: float | None) -> float | None:
        """The figure of these sums; None where it is unknown, or nothing was counted that could be divided by."""
        if top is None:
            return None
        if not self.per:
            return top
        divisor = max(per or 0, self.floor)
        return self.scale * top / divisor if divisor > 0 else None

    def better(self, one: float, other: float) -> bool:
        """The first figure is the better one."""
        return one > other if self.higher_is_better else one < other


_COUNT, _RATIO, _PERCENT, _MINUTE, _SECONDS = (
    FigureUnit.COUNT,
    FigureUnit.RATIO,
    FigureUnit.PERCENT,
    FigureUnit.PER_MINUTE,
    FigureUnit.SECONDS,
)
_MULTI = "multikills_2 + multikills_3 + multikills_4 + multikills_5 + coalesce(multikills_6, 0)"
_BUILT = "dynamites_planted + dynamites_defused + repairs"
METRICS = (
    Metric("kills", "Kills", _COUNT, "enemies killed", "kills"),
    Metric("deaths", "Deaths", _COUNT, "times killed by an enemy", "deaths", higher_is_better=False),
    Metric("kd", "K/D", _RATIO, "kills for each death by an enemy", "kills", "deaths", floor=1),
    Metric("efficiency", "Efficiency", _PERCENT, "kills among all kills and deaths by an enemy, as the game's own Eff", "kills", "kills + deaths", 100),
    Metric("kpr", "Kills per round", _RATIO, "kills for each round played", "kills", "1", rare=True),
    Metric("dpr", "Deaths per round", _RATIO, "deaths by an enemy for each round played", "deaths", "1", higher_is_better=False, rare=True),
    Metric("dpm", "DPM", _MINUTE, "damage given for each minute on a team", "damage_given", "time_seconds", 60),
    Metric("damage", "Damage given", _COUNT, "damage to enemies", "damage_given"),
    Metric("received", "Damage received", _COUNT, "damage from enemies", "damage_received", higher_is_better=False, rare=True),
    Metric("damage_ratio", "Damage ratio", _RATIO, "damage given for each point received", "damage_given", "damage_received", rare=True),
    Metric("accuracy", "Accuracy", _PERCENT, "shots that hit, with pistols and sub-machine guns", "light_hits", "light_shots", 100),
    Metric("headshots", "HS%", _PERCENT, "hits that were head hits, with pistols and sub-machine guns", "light_headshots", "light_hits", 100),
    Metric("headshot_kills", "Headshot kills", _COUNT, "kills by a final hit to the head", "headshot_kills"),
    Metric("revives", "Revives", _COUNT, "team mates revived", "revives_given"),
    Metric("revived", "Times revived", _COUNT, "times brought back by a medic", "times_revived", rare=True),
    Metric("gibs", "Gibs", _COUNT, "fallen enemies gibbed, so that nobody revives them", "gibs"),
    Metric("useful", "Useful kills", _COUNT, "kills that cost the enemy at least half a respawn", "useful_kills"),
    Metric("useful_share", "Useful kill %", _PERCENT, "kills that cost the enemy at least half a respawn", "useful_kills", "kills", 100, rare=True),
    Metric("denied", "Denied time", _SECONDS, "time that killed enemies were out, until they respawned or were revived", "denied_playtime"),
    Metric("denied_rate", "Denied per minute", _MINUTE, "seconds that killed enemies were out, for each minute played", "denied_playtime", "time_seconds", 60, rare=True),
    Metric("objectives", "Dynamites and repairs", _COUNT, "dynamites planted and defused, constructions and repairs", _BUILT),
    Metric("dynamites", "Dynamites planted", _COUNT, "dynamites planted", "dynamites_planted", rare=True),
    Metric("defused", "Dynamites defused", _COUNT, "dynamites defused", "dynamites_defused", rare=True),
    Metric("assists", "Assists", _COUNT, "enemies hurt just before a team mate killed them", "kill_assists"),
    Metric("spree", "Longest spree", _COUNT, "kills in a row without dying, from 3 on", "killing_spree", peak=True),
    Metric("multikills", "Multikills", _COUNT, "chains of two or more kills, each within three seconds of the one before", _MULTI),
    Metric("survival", "Time alive", _PERCENT, "share of the time on a team spent alive", "alive_seconds", "time_seconds", 100),
    Metric("xp", "XP", _COUNT, "the game's own score", "xp"),
    Metric("selfkills", "Self kills", _COUNT, "own deaths without an enemy, /kill included", "selfkills", higher_is_better=False),
    Metric("teamkills", "Team kills", _COUNT, "team mates killed", "teamkills", higher_is_better=False),
    Metric("team_damage", "Team damage", _COUNT, "damage to team mates", "team_damage_given", higher_is_better=False, rare=True),
    Metric("rounds", "Rounds", _COUNT, "rounds played", "1"),
    Metric("time", "Time played", _SECONDS, "time on a team", "time_seconds", rare=True),
    Metric("matches", "Matches", _COUNT, "matches played to their end", "CASE WHEN result IS NOT NULL THEN 1 END", rare=True),
    Metric("wins", "Matches won", _COUNT, "matches won by the stopwatch rules", "result > 0"),
    Metric("win_rate", "Win rate", _PERCENT, "matches won of those played to their end", "result > 0", "1", 100),
)  # fmt: skip

SHORT: Mapping[str, str] = {
    "kpr": "Kills/rnd", "dpr": "Deaths/rnd", "damage": "Damage", "received": "Taken", "damage_ratio": "Dmg ratio",
    "headshot_kills": "HS kills", "revived": "Revived", "useful": "Useful", "useful_share": "Useful%",
    "denied": "Denied", "denied_rate": "Denied/min", "objectives": "Dyn+repair", "dynamites": "Dynamites",
    "defused": "Defused", "spree": "Spree", "survival": "Alive", "team_damage": "Team dmg", "time": "Time",
    "wins": "Won", "win_rate": "Won%",
}  # fmt: skip
"""Of those whose title is too long for a head."""
BY_NAME: Mapping[str, Metric] = {metric.name: metric for metric in METRICS}


def enough(metric: Metric, rounds: int) -> Needed:
    """What somebody needs to be compared, where the scope has so many rounds."""
    return metric.minimum.of_scope(rounds // 2 if metric.of_matches else rounds)


ALIASES: Mapping[str, str] = {
    "medic": "revives", "medics": "revives", "heal": "revives", "heals": "revives", "healer": "revives",
    "rev": "revives", "revs": "revives", "reviver": "revives", "frag": "kills", "frags": "kills", "kill": "kills",
    "dmg": "damage", "damage": "damage", "dmg/min": "dpm", "hs": "headshots", "hs%": "headshots",
    "headshot": "headshots", "headshot %": "headshots", "hsk": "headshot_kills", "acc": "accuracy",
    "acc%": "accuracy", "aim": "accuracy", "obj": "objectives", "objs": "objectives", "objective": "objectives",
    "eng": "objectives", "engi": "objectives", "engineer": "objectives", "dyna": "dynamites", "dynas": "dynamites",
    "dyno": "dynamites", "defuse": "defused", "winrate": "win_rate", "wins%": "win_rate", "win%": "win_rate",
    "won%": "win_rate", "wr": "win_rate", "win": "wins", "won": "wins", "kdr": "kd", "k/d ratio": "kd", "ratio": "kd",
    "k/r": "kpr", "eff": "efficiency", "gib": "gibs", "playtime": "time", "hours": "time", "played": "time",
    "streak": "spree", "streaks": "spree", "tk": "teamkills", "tks": "teamkills", "suicides": "selfkills",
    "sk": "selfkills", "points": "xp", "score": "xp", "assist": "assists", "alive": "survival", "taken": "received",
    "damage taken": "received", "dmg taken": "received", "taken damage": "received", "dmg received": "received",
    "damage got": "received", "damage done": "damage", "dmg given": "damage", "damage dealt": "damage",
    "multikill": "multikills", "multi": "multikills", "death": "deaths",
}  # fmt: skip
"""What people type, in small letters, for a figure by another name."""


def called(text: str) -> Metric | None:
    """The metric of this name, title or alias."""
    wanted = text.strip().casefold()
    return next(
        (metric for metric in METRICS if wanted in (metric.name, metric.title.casefold(), metric.short.casefold())),
        BY_NAME.get(ALIASES.get(wanted, "")),
    )


def find(text: str, *, limit: int = 25) -> list[Metric]:
    """Metrics for a menu: by name, title or alias, then by meaning, then by close spelling."""
    wanted = text.strip().casefold()
    ranked = [
        (rank, place, metric)
        for place, metric in enumerate(METRICS)
        if (rank := _rank(metric, wanted)) is not None
    ]  # fmt: skip
    if not ranked and wanted:
        close = difflib.get_close_matches(wanted, [m.name for m in METRICS] + [m.title.casefold() for m in METRICS])
        return [m for m in METRICS if m.name in close or m.title.casefold() in close][:limit]
    return [metric for _, _, metric in sorted(ranked)][:limit]


def _rank(metric: Metric, wanted: str) -> int | None:
    names = (metric.name, metric.title.casefold(), metric.name.replace("_", " "))
    aliases = [alias for alias, name in ALIASES.items() if name == metric.name]
    if wanted in names or wanted in aliases:
        return 0
    if any(name.startswith(wanted) for name in (*names, *aliases)):
        return 1
    if any(wanted in name for name in names):
        return 2
    return 3 if wanted in metric.meaning else None
