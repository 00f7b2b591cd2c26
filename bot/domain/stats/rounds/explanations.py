"""Why a number is what it is: what the files say, what was subtracted and why, what was left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.domain.game.differential import TENTH, tells_alive
from bot.domain.game.file import columns
from bot.domain.game.file.columns import Counting
from bot.domain.game.file.report import NO_CELLS, Cells, PlayerReport, RoundReport
from bot.domain.game.file.weapons import LIGHT
from bot.domain.game.judgement import twice
from bot.domain.game.lines import lines_of, runs_on
from bot.domain.game.model import Note, Reason, State
from bot.domain.stats.answers import Coverage
from bot.domain.stats.metrics import BY_NAME, METRICS, FigureUnit, Metric

RAW = (
    Metric("shots", "Shots", FigureUnit.COUNT, "shots with every weapon, as the files count them", "shots"),
    Metric("hits", "Hits", FigureUnit.COUNT, "hits with every weapon", "hits"),
    Metric("head_hits", "Head hits", FigureUnit.COUNT, "hits to the head, with every weapon", "headshots"),
    Metric("bullets", "Bullets", FigureUnit.COUNT, "shots with pistols and sub-machine guns", "light_shots"),
)
"""Figures that are not compared, but asked about."""
FIGURES = (*RAW, *METRICS)
USUAL = ("shots", "accuracy", "kills", "kd", "dpm", "revives")
"""What people ask about first."""
_LIGHT = {f"light_{name}": name for name in ("hits", "shots", "headshots")}
RESULT = "result"
"""1 won, 0 draw, -1 lost: of a match, on each player's last line of it. No file says it."""
ON_TEAM, ALIVE = "time_seconds", "alive_seconds"
_TIMES = (ON_TEAM, ALIVE)
_FIELDS = {column.name: column for column in columns.COLUMNS}
_SHOTS = (
    "The game takes a shot back when a knife or bullet hits a corpse, so a file's shots can be lower than you think."
)
_LIGHT_ONLY = "Only pistols and sub-machine guns count here: no rifles, grenades, artillery, knives or syringes."
_HINTS: Mapping[str, tuple[str, ...]] = {
    "shots": (_SHOTS, "Syringes and grenades are shots here too; accuracy leaves them out."),
    "bullets": (_LIGHT_ONLY, _SHOTS),
    "accuracy": (_LIGHT_ONLY, _SHOTS),
    "headshots": (_LIGHT_ONLY, "Head hits are counted, not kills: see headshot_kills for those."),
    "deaths": ("Only deaths by enemies: self kills and team kills are in nobody's deaths.",),
    "kd": ("Only deaths by enemies: self kills and team kills are in nobody's deaths.",),
    "kills": ("Team kills and kills by falling, crushing or shoving belong to no weapon, and are not in here.",),
    "revives": ("Where a stats script has no field for them, they are the syringe's hits: the same count.",),
    "survival": ("Time alive is the game's own; the time spent waiting for a respawn is the rest.",),
}


class Reckoning(StrEnum):
    """How a counted value came of what the files say; the sentences are in `bot.present.words.reasons`."""

    AS_WRITTEN = "as_written"
    COUNTED_ANEW = "counted_anew"
    NO_FIRST = "no_first"
    NOT_SPLIT = "not_split"
    JOINED = "joined"
    RESET = "reset"
    NOTHING_BEFORE = "nothing_before"
    MINUS_FIRST = "minus_first"
    SYRINGE = "syringe"
    SYRINGE_MINUS_FIRST = "syringe_minus_first"
    ROUND_LENGTH = "round_length"
    STOPWATCH = "stopwatch"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTime:
    """A player's time as his line says it, both in tenths: minutes on a team, and per cent of them alive."""

    minutes: int
    percent: int

    @property
    def seconds(self) -> int:
        """On a team."""
        return TENTH * self.minutes

    @property
    def alive(self) -> Decimal:
        """Seconds alive, exactly."""
        return share_of(self.percent, self.seconds)


def share_of(percent: int, seconds: int) -> Decimal:
    """Tenths of a per cent of seconds, exactly."""
    return Decimal(percent * seconds).scaleb(-3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One column of one round: what its file says of it, what round 1's file says, and what was counted.

    None is unknown to that writer, or that there is no such line; `how`: which of them was taken, and why. Of a time,
    `written` and `before` are seconds, exactly, and `in_file` and `in_first` what the two files have in their place;
    `time`: the seconds on a team that were counted.
    """

    column: str
    written: int | Decimal | None
    before: int | Decimal | None
    counted: int | None
    how: Reckoning
    in_file: FileTime | None = None
    in_first: FileTime | None = None
    time: int | None = None

    @property
    def exact(self) -> int | Decimal | None:
        """What the arithmetic of `how` gives; time alive is then rounded to seconds, and lies within the time."""
        if self.written is None:
            return None
        match self.how:
            case Reckoning.MINUS_FIRST | Reckoning.SYRINGE_MINUS_FIRST:
                return self.written - (self.before or 0)
            case Reckoning.ROUND_LENGTH:
                if self.column == ALIVE and self.in_file is not None and self.time is not None:
                    return share_of(self.in_file.percent, self.time)
                return self.time
            case Reckoning.STOPWATCH | Reckoning.AMBIGUOUS | Reckoning.UNKNOWN | Reckoning.LOST:
                return None
            case Reckoning.AS_WRITTEN | Reckoning.COUNTED_ANEW | Reckoning.NO_FIRST | Reckoning.NOT_SPLIT:
                return self.written
            case Reckoning.JOINED | Reckoning.RESET | Reckoning.NOTHING_BEFORE | Reckoning.SYRINGE:
                return self.written


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One round of the sum: `ended_at` in UTC seconds, `first` the file of its round 1."""

    round_id: int
    file: str
    first: str | None
    map: str
    number: int
    ended_at: int
    parts: tuple[Part, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OmittedRound:
    """A round in which the player stands, and which is not in the sum."""

    file: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A figure, and the sums that were divided; `unknown`: rounds whose writer did not know it."""

    figure: Metric
    value: float | None
    top: float | None
    per: float | None
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What people ask about first, of one player over a scope; `rounds`: those he played in."""

    guid: str
    name: str
    sums: tuple[Sum, ...]
    rounds: int
    left_out: tuple[OmittedRound, ...]
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A player's figure over a scope, and one page of the rounds that make it up, newest first."""

    guid: str
    name: str
    sum: Sum
    rounds: int
    page: int
    pages: int
    steps: tuple[Step, ...]
    left_out: tuple[OmittedRound, ...]
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStory:
    """One round: what its file says, and what became of each player's figures."""

    round_id: int
    file: str
    first: str | None
    state: State
    reason: Reason | None
    header: tuple[tuple[str, str], ...]
    notes: tuple[Note, ...]
    players: tuple[tuple[str, tuple[Part, ...]], ...]


def figure(name: str) -> Metric | None:
    """The figure of this name: a metric, or a column that one can ask about."""
    return {metric.name: metric for metric in RAW}.get(name) or BY_NAME.get(name)


def hints(asked: Metric) -> tuple[str, ...]:
    """What people get wrong about this figure."""
    return _HINTS.get(asked.name, ())


def involved(asked: Metric) -> tuple[str, ...]:
    """The columns of a line that the figure is made of, in the order of its formula."""
    known = {*_FIELDS, *Cells._fields, *_LIGHT, *_TIMES, RESULT}
    words = re.findall(r"[a-z_0-9]+", f"{asked.top} {asked.per}")
    return tuple(dict.fromkeys(word for word in words if word in known))


def contribution(asked: Metric, column: str, value: int | None) -> int | None:
    """What a line adds to a figure: of a match's result, told as 1, 0 or -1, one match, or one that was won."""
    if column != RESULT or value is None:
        return value
    return int(value > 0 or asked.name == "matches")


def written(column: str, player: PlayerReport | None, *, tab_fields: int) -> int | Decimal | None:
    """What a line says of a column, in the column's unit; None where it says nothing."""
    if player is None or column == RESULT:
        return None
    if column in Cells._fields:
        return _summed(column, player.weapons.values())
    if column in _LIGHT:
        return _summed(_LIGHT[column], (player.weapons[bit] for bit in LIGHT & player.weapons.keys()))
    if column in _TIMES:
        time = file_time(player)
        return time.seconds if column == ON_TEAM else time.alive
    field = _FIELDS[column]
    if columns.known(field, tab_fields):
        return player.fields[field.position]
    return None if field.weapon is None else player.weapons.get(field.weapon, NO_CELLS).hits


def file_time(player: PlayerReport) -> FileTime:
    """What a line says of its player's time."""
    return FileTime(minutes=player.time, percent=player.fields[columns.ALIVE_SHARE])


def _summed(figure: str, weapons: Iterable[Cells]) -> int:
    place = Cells._fields.index(figure)
    return sum(cells[place] for cells in weapons)


def is_running(column: str, *, tab_fields: int) -> bool:
    """A round 2 file of this writer holds both rounds' sum of it."""
    field = _FIELDS.get(column)
    return field is None or field.counting is Counting.RUNNING or is_told_by_a_weapon(column, tab_fields=tab_fields)


def is_told_by_a_weapon(column: str, *, tab_fields: int) -> bool:
    """This writer lacks the field, and a weapon's hits are the same count."""
    field = _FIELDS.get(column)
    return field is not None and field.weapon is not None and not columns.known(field, tab_fields)


def part(
    column: str,
    counted: int | None,
    *,
    time: int | None,
    key: str,
    report: RoundReport,
    first: RoundReport | None,
) -> Part:
    """How the counted value of a player came about.

    `time`: the seconds on a team that were counted; `key`: his identity; `first`: the report of the paired round 1.
    """
    line, before_line = _line_of(report, first, key)
    now = written(column, line, tab_fields=report.tab_fields)
    before = None
    if first is not None and is_running(column, tab_fields=report.tab_fields):
        # of a script that was updated between the rounds, the same count in both files
        before = written(column, before_line, tab_fields=min(first.tab_fields, report.tab_fields))
    if column == RESULT:
        how = Reckoning.STOPWATCH
    elif line is None:
        how = Reckoning.AMBIGUOUS
    elif now is None or counted is None or (column == ALIVE and not tells_alive(line, before_line)):
        how = Reckoning.UNKNOWN
    elif report.number == 1:
        how = Reckoning.AS_WRITTEN
    elif not is_running(column, tab_fields=report.tab_fields):
        how = Reckoning.COUNTED_ANEW
    else:
        how = _subtracted(report, first, line=line, before=before_line, is_zero=not before)
        if column in _TIMES and how is Reckoning.JOINED and time != file_time(line).seconds:
            how = Reckoning.ROUND_LENGTH
    if is_told_by_a_weapon(column, tab_fields=report.tab_fields):
        how = {
            Reckoning.AS_WRITTEN: Reckoning.SYRINGE,
            Reckoning.NOTHING_BEFORE: Reckoning.SYRINGE,
            Reckoning.MINUS_FIRST: Reckoning.SYRINGE_MINUS_FIRST,
        }.get(how, how)
    is_time = column in _TIMES
    return Part(
        column=column,
        written=now,
        before=before,
        counted=counted,
        how=how,
        in_file=file_time(line) if is_time and line is not None else None,
        in_first=file_time(before_line) if is_time and before_line is not None else None,
        time=time if is_time else None,
    )


def _subtracted(
    report: RoundReport, first: RoundReport | None, *, line: PlayerReport, before: PlayerReport | None, is_zero: bool
) -> Reckoning:
    """Whether round 1 was taken off a running figure, and why (FORMAT, "Whose line runs on")."""
    if first is None:
        return Reckoning.NO_FIRST
    if twice(report) | twice(first):
        return Reckoning.NOT_SPLIT
    if before is None:
        return Reckoning.JOINED
    if not runs_on(before, line):
        return Reckoning.RESET
    return Reckoning.NOTHING_BEFORE if is_zero else Reckoning.MINUS_FIRST


def _line_of(
    report: RoundReport, first: RoundReport | None, key: str
) -> tuple[PlayerReport | None, PlayerReport | None]:
    """A player's line and his line in round 1; None where he has none, or more than one."""
    lines = [line for line in lines_of(first, report) if line.key == key]
    return (lines[0].now, lines[0].before) if len(lines) == 1 else (None, None)
