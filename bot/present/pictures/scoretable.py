"""The table of a team: one line for each player, the best damage a minute first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.stats.answers import PlayerLine
from bot.present.pictures.canvas import Block, Canvas, void
from bot.present.pictures.glyphs import Span, coloured, seen
from bot.present.pictures.theme import (
    BEST,
    FIGURE,
    GOLD,
    HEAD,
    HEAD_NAME,
    MARGIN,
    MUTED,
    NAME,
    PANEL,
    SHADE,
    SMALL,
    SOFT,
    TEXT,
    WIDTH,
    Team,
)
from bot.present.words.text import ELLIPSIS, UNKNOWN, number

ROW, TEAM, MORE = 24, 25, 24
"""Heights of a player's row, of a team's head, of the line that counts those who are not shown."""
_BASELINE, _BAR = 18, 3
_WIDEST = 5
"""Characters of a figure; what no game can produce is not worth the table."""
_STAR, _SIGN = 24, 20
"""The room of a mark before what it marks."""


class FigureColumn(NamedTuple):
    """One figure of a player, so wide; `fewest`: less is better; `rate`: does not grow with the time played."""

    head: str
    room: int
    figure: Callable[[PlayerLine], float | None]
    text: Callable[[float], str] = number
    fewest: bool = False
    rate: bool = False

    def shown(self, player: PlayerLine) -> str:
        """The figure as text."""
        value = self.figure(player)
        text = UNKNOWN if value is None else self.text(value)
        return text if len(text) <= _WIDEST else ELLIPSIS


def _signed(value: float) -> str:
    return f"+{value:.0f}" if value > 0 else f"−{-value:.0f}" if value < 0 else "0"


def _thousands(value: float) -> str:
    """`940`, `6.6k`, `12k`."""
    if abs(value) < 1000:
        return f"{value:.0f}"
    return f"{value / 1000:.0f}k" if abs(value) >= 9950 else f"{value / 1000:.1f}k"


DPM = FigureColumn("DPM", 82, lambda player: player.dpm, rate=True)
COLUMNS = (
    FigureColumn("K", 36, lambda player: player.kills),
    FigureColumn("D", 36, lambda player: player.deaths, fewest=True),
    FigureColumn("±", 44, lambda player: player.kills - player.deaths, text=_signed),
    DPM,
    FigureColumn("Dmg", 52, lambda player: player.damage_given, text=_thousands),
    FigureColumn("Rev", 38, lambda player: player.revives_given),
)
Bests = Mapping[FigureColumn, float]
_RIGHT = {
    column: WIDTH - MARGIN - sum(later.room for later in COLUMNS[place + 1 :]) for place, column in enumerate(COLUMNS)
}
_NAME_ROOM = WIDTH - 2 * MARGIN - sum(column.room for column in COLUMNS) + 8
_HUNDREDS = 14
"""What a name loses to a K of three digits: only a session has such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One team in the table: its name, what became of it, its players in the order of their rows."""

    team: Team
    name: str
    fate: str
    players: tuple[PlayerLine, ...]


def by_dpm(players: Sequence[PlayerLine]) -> tuple[PlayerLine, ...]:
    """The most damage a minute first."""
    return tuple(sorted(players, key=lambda player: (-(player.dpm or 0), -player.kills, player.name, player.guid)))


def bests(players: Sequence[PlayerLine]) -> Bests:
    """The best figure of each column; a rate or a fewest counts for those who played at least half of the time."""
    longest = max((player.time_seconds for player in players), default=0)
    regulars = [player for player in players if 2 * player.time_seconds >= longest]
    bests: dict[FigureColumn, float] = {}
    for column in COLUMNS:
        compared = regulars if column.rate or column.fewest else players
        values = {value for player in compared if (value := column.figure(player)) is not None}
        if len(values) > 1:
            bests[column] = min(values) if column.fewest else max(values)
    return bests


def table(sections: Sequence[Section], best: Bests, *, most: int) -> Iterator[Block]:
    """The sections below each other, each with at most so many players; the others are counted."""
    players = [player for section in sections for player in section.players]
    room = _NAME_ROOM - (_HUNDREDS if any(player.kills > 99 for player in players) else 0)
    highest = max((player.dpm or 0 for player in players), default=0)
    for section in sections:
        yield _head(section)
        for place, player in enumerate(section.players[:most]):
            yield _row(player, best, section.team, highest=highest, room=room, shaded=place % 2 == 1)
        yield from more(len(section.players) - most)


def _head(section: Section) -> Block:
    def draw(canvas: Canvas, top: int) -> None:
        canvas.box(0, top, WIDTH, top + TEAM, fill=PANEL)
        canvas.box(0, top, 4, top + TEAM, fill=section.team.colour)
        baseline, left, right = top + _BASELINE, MARGIN, MARGIN + _NAME_ROOM + 12
        if section.team.sign:
            canvas.text((Span(section.team.sign, section.team.colour),), HEAD_NAME, left=left, baseline=baseline)
            left += _SIGN
        name, fate = (Span(seen(section.name), section.team.colour),), (Span(section.fate, SOFT),)
        beside = canvas.measure(fate, SMALL) + 8 if section.fate else 0  # a name that is too long is cut before it
        after = canvas.text(name, HEAD_NAME, left=left, baseline=baseline, room=right - left - beside) + 8
        if section.fate:
            canvas.text(fate, SMALL, left=after, baseline=baseline)
        for column in COLUMNS:
            canvas.figure(column.head, HEAD, SOFT, right=_RIGHT[column], baseline=top + _BASELINE)

    return Block(TEAM, draw)


def _row(player: PlayerLine, best: Bests, team: Team, *, highest: float, room: float, shaded: bool) -> Block:
    def draw(canvas: Canvas, top: int) -> None:
        if shaded:
            canvas.box(0, top, WIDTH, top + ROW, fill=SHADE)
        baseline = top + _BASELINE
        name = coloured(player.raw_name or player.name, otherwise=player.name)
        canvas.text(name, NAME, left=MARGIN, baseline=baseline, room=room)
        for column in COLUMNS:
            _cell(canvas, column, player, best, baseline=baseline)
        full = DPM.room - 14
        length = full * min(1.0, (player.dpm or 0) / highest) if highest > 0 else 0
        left, bottom = _RIGHT[DPM] - full, top + ROW - 1
        canvas.box(left, bottom - _BAR, left + full, bottom, fill=PANEL)
        canvas.box(left, bottom - _BAR, left + length, bottom, fill=team.colour)

    return Block(ROW, draw)


def _cell(canvas: Canvas, column: FigureColumn, player: PlayerLine, best: Bests, *, baseline: int) -> None:
    value = column.figure(player)
    is_best = value is not None and value == best.get(column)
    style = BEST if is_best or column is DPM else FIGURE
    colour = MUTED if value is None else TEXT if is_best or column is DPM else SOFT
    left = canvas.figure(column.shown(player), style, colour, right=_RIGHT[column], baseline=baseline)
    if is_best and column is DPM:
        canvas.ending((Span("★", GOLD),), SMALL, right=left - 2, baseline=baseline, room=_STAR)


def more(hidden: int) -> list[Block]:
    """How many rows are not shown, if any."""
    words = f"+{hidden} more"
    draw = Block(MORE, lambda canvas, top: void(canvas.text(words, SMALL, MUTED, left=MARGIN, baseline=top + 18)))
    return [draw] if hidden > 0 else []
