"""The tab fields of a player line (FORMAT, "Tab fields"): one table for parser, differential, store and documents. What
a writer's next field needs: CONTRIBUTING.md, "Add a column".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from bot.domain.game.file.weapons import SYRINGE


class Counting(Enum):
    """How a field behaves in a round 2 file."""

    RUNNING = "runs on from round 1"
    ROUND = "this round alone"
    PEAK = "this round alone, a maximum"
    DERIVED = "a ratio or garbage: recomputed, never stored"


class FieldUnit(Enum):
    """How a field is written."""

    WHOLE = "an integer"
    TENTHS = "a number with one decimal, kept as integer tenths"


class Column(NamedTuple):
    """One tab field.

    `since`: the number of tab fields of the first writer that has it; `until`: of the last one that fills it right;
    `weapon`: the bit of the weapon whose hits are the same count, for writers that lack the field.
    """

    position: int
    name: str
    counting: Counting
    unit: FieldUnit = FieldUnit.WHOLE
    since: int = 33
    until: int | None = None
    weapon: int | None = None


_RUNNING, _ROUND, _PEAK, _DERIVED, _TENTHS = (
    Counting.RUNNING,
    Counting.ROUND,
    Counting.PEAK,
    Counting.DERIVED,
    FieldUnit.TENTHS,
)

COLUMNS = (
    Column(0, "damage_given", _RUNNING),
    Column(1, "damage_received", _RUNNING),
    Column(2, "team_damage_given", _RUNNING),
    Column(3, "team_damage_received", _RUNNING),
    Column(4, "gibs", _RUNNING),
    Column(5, "selfkills", _RUNNING),
    Column(6, "teamkills", _RUNNING),
    Column(7, "teamgibs", _RUNNING),
    Column(8, "time_played_pct", _DERIVED, _TENTHS),
    Column(9, "xp", _ROUND),
    Column(10, "killing_spree", _PEAK),
    Column(11, "death_spree", _PEAK),
    Column(12, "kill_assists", _ROUND),
    Column(13, "kill_steals", _ROUND),
    Column(14, "headshot_kills", _ROUND),
    Column(15, "objectives_stolen", _ROUND, until=33),  # the log line it counts is gone from later scripts
    Column(16, "objectives_returned", _ROUND, until=33),
    Column(17, "dynamites_planted", _ROUND),
    Column(18, "dynamites_defused", _ROUND),
    Column(19, "times_revived", _ROUND),
    Column(20, "bullets_fired", _DERIVED),  # an accumulator that old scripts never reset
    Column(21, "dpm", _DERIVED, _TENTHS),
    Column(22, "time_min", _RUNNING, _TENTHS),
    Column(23, "tank", _DERIVED, _TENTHS),
    Column(24, "time_dead_ratio", _DERIVED, _TENTHS),
    Column(25, "time_dead_min", _DERIVED, _TENTHS),  # right only where the header has nine fields
    Column(26, "kd", _DERIVED, _TENTHS),
    Column(27, "useful_kills", _ROUND),
    Column(28, "denied_playtime", _ROUND),  # seconds
    Column(29, "multikills_2", _ROUND),
    Column(30, "multikills_3", _ROUND),
    Column(31, "multikills_4", _ROUND),
    Column(32, "multikills_5", _ROUND),
    Column(33, "multikills_6", _ROUND, since=34),
    Column(34, "useless_kills", _ROUND, since=36),
    Column(35, "full_selfkills", _ROUND, since=36),
    Column(36, "repairs", _ROUND, since=37),
    Column(37, "revives_given", _ROUND, since=38, weapon=SYRINGE),  # its hits are revives in every version
)

FEWEST = 33
"""The oldest writer's number of tab fields."""
MOST = len(COLUMNS)
"""Later fields are counted, and otherwise ignored."""

POSITION = {column.name: column.position for column in COLUMNS}
ALIVE_SHARE = POSITION["time_played_pct"]
TIME = POSITION["time_min"]
TIME_DEAD = POSITION["time_dead_min"]
KD = POSITION["kd"]

RUNNING = tuple(c for c in COLUMNS if c.counting is _RUNNING and c.position != TIME)
PER_ROUND = tuple(c for c in COLUMNS if c.counting in (_ROUND, _PEAK))
WEAPON = {c.name: c.weapon for c in COLUMNS if c.weapon is not None}
COUNTERS = tuple(c.name for c in (*RUNNING, *PER_ROUND))
"""What is stored of a line under the column's own name."""
TENTHS = tuple(c.position for c in COLUMNS if c.unit is _TENTHS)

GARBAGE_DENIED = 36
"""Writers with just this many fields fill denied_playtime with garbage: more than the round lasted."""


def known(column: Column, tab_fields: int) -> bool:
    """Whether a writer with so many tab fields fills this column with the truth."""
    if column.name == "denied_playtime" and tab_fields == GARBAGE_DENIED:
        return False
    return column.since <= tab_fields and (column.until is None or tab_fields <= column.until)


@lru_cache(maxsize=64)
def places(tab_fields: int) -> Mapping[str, int | None]:
    """Where a writer with so many tab fields puts each counter; None: nowhere, or not the truth."""
    return {c.name: c.position if known(c, tab_fields) else None for c in (*RUNNING, *PER_ROUND)}


@lru_cache(maxsize=64)
def counts(tab_fields: int) -> Callable[[Sequence[int]], tuple[int, ...]]:
    """What takes the running counters out of a line with so many tab fields."""
    return itemgetter(*running(tab_fields))


@lru_cache(maxsize=64)
def running(tab_fields: int) -> tuple[int, ...]:
    """The positions of the running counters in a line with so many tab fields."""
    return tuple(c.position for c in RUNNING if c.position < tab_fields)
