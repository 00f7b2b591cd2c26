"""The table of a team: two lines for each player, the best of every column marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.stats.answers import PlayerLine
from bot.present.pictures.canvas import ROOM, Block, Canvas, void
from bot.present.pictures.glyphs import Span, coloured, seen
from bot.present.pictures.theme import (
    BEST,
    FIGURE,
    GOLD,
    MARGIN,
    MUTED,
    NAME,
    PANEL,
    SHADE,
    SMALL,
    SMALL_BEST,
    SOFT,
    TEXT,
    WIDTH,
    Style,
    Team,
)
from bot.present.words.text import ELLIPSIS, UNKNOWN, number

GRID = 8
"""Figures on a second line; those of the first stand above its last ones."""
ROW, HEAD = 48, 50
_FIRST_LINE, _SECOND_LINE = 21, 41
_NAME_ROOM = ROOM * (GRID - 4) / GRID - 6
_WIDEST = 5
"""Characters of a figure; what no game can produce is not worth the table."""


class FigureColumn(NamedTuple):
    """One figure of a player; `fewest`: less is better; `rate`: does not grow with the time played."""

    head: str
    figure: Callable[[PlayerLine], float | None]
    digits: int = 0
    unit: str = ""
    fewest: bool = False
    rate: bool = False

    def shown(self, player: PlayerLine) -> str:
        """The figure as text."""
        value = self.figure(player)
        text = UNKNOWN if value is None else number(value, self.digits) + self.unit
        return text if len(text) <= _WIDEST else ELLIPSIS


def share(part: int, whole: int) -> float | None:
    """Per cent; None where nothing was counted."""
    return 100 * part / whole if whole > 0 else None


FIRST_LINE = (
    FigureColumn("K", lambda player: player.kills),
    FigureColumn("D", lambda player: player.deaths, fewest=True),
    FigureColumn("K/D", lambda player: player.kd, digits=1, rate=True),
    FigureColumn("DPM", lambda player: player.dpm, rate=True),
)
SECOND_LINE = (
    FigureColumn("Given", lambda player: player.damage_given),
    FigureColumn("Taken", lambda player: player.damage_received, fewest=True),
    FigureColumn("Acc", lambda player: share(player.hits, player.shots), unit="%", rate=True),
    FigureColumn("HS", lambda player: player.headshots),
    FigureColumn("Rev", lambda player: player.revives_given),
    FigureColumn("Gibs", lambda player: player.gibs),
    FigureColumn("Useful", lambda player: player.useful_kills),
    FigureColumn("Alive", lambda player: share(player.alive_seconds, player.time_seconds), unit="%", rate=True),
)
COLUMNS = (*FIRST_LINE, *SECOND_LINE)
Bests = Mapping[FigureColumn, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One team in the table: its name, what became of it, its players in the order of their rows."""

    team: Team
    name: str
    fate: str
    players: tuple[PlayerLine, ...]


def bests(players: Sequence[PlayerLine]) -> Bests:
    """The best figure of each column; a rate or a fewest counts for those who played at least half of the time."""
    longest = max((player.time_seconds for player in players), default=0)
    regulars = [player for player in players if 2 * player.time_seconds >= longest]
    found: dict[FigureColumn, float] = {}
    for column in COLUMNS:
        compared = regulars if column.rate or column.fewest else players
        values = {value for player in compared if (value := column.figure(player)) is not None}
        if len(values) > 1:
            found[column] = min(values) if column.fewest else max(values)
    return found


def table(sections: Sequence[Section], best: Bests, *, most: int) -> Iterator[Block]:
    """The sections below each other, with at most so many players; the others are counted."""
    left = most
    for section in sections:
        yield _head(section)
        for place, player in enumerate(section.players[:left]):
            yield _row(player, best, shaded=place % 2 == 1)
        hidden = len(section.players) - left
        left = max(0, left - len(section.players))
        if hidden > 0:
            yield _more(hidden)


def _right(place: int) -> float:
    return MARGIN + ROOM * (place + 1) / GRID


def _head(section: Section) -> Block:
    def draw(canvas: Canvas, top: int) -> None:
        canvas.box(0, top, WIDTH, top + HEAD, fill=PANEL)
        canvas.box(0, top, 4, top + HEAD, fill=section.team.colour)
        spans = (Span(f"{section.team.sign} ", section.team.colour), Span(seen(section.name), section.team.colour))
        fate = (Span(f"  {section.fate}", SOFT),) if section.fate else ()
        room = _NAME_ROOM + ROOM / GRID - 20  # the K below stands far right in its column
        after = canvas.text(spans, NAME, left=MARGIN, baseline=top + 21, room=room)
        canvas.text(fate, SMALL, left=after, baseline=top + 21, room=max(0, MARGIN + room - after))
        for place, column in enumerate(FIRST_LINE, start=GRID - len(FIRST_LINE)):
            canvas.figure(column.head, SMALL, SOFT, right=_right(place), baseline=top + 21)
        for place, column in enumerate(SECOND_LINE):
            canvas.figure(column.head, SMALL, MUTED, right=_right(place), baseline=top + 42)

    return Block(HEAD, draw)


def _row(player: PlayerLine, best: Bests, *, shaded: bool) -> Block:
    def draw(canvas: Canvas, top: int) -> None:
        if shaded:
            canvas.box(0, top, WIDTH, top + ROW, fill=SHADE)
        name = coloured(player.raw_name or player.name, otherwise=player.name)
        canvas.text(name, NAME, left=MARGIN, baseline=top + _FIRST_LINE, room=_NAME_ROOM)
        for place, column in enumerate(FIRST_LINE, start=GRID - len(FIRST_LINE)):
            _cell(canvas, column, player, best, place=place, baseline=top + _FIRST_LINE, styles=(FIGURE, BEST))
        for place, column in enumerate(SECOND_LINE):
            _cell(canvas, column, player, best, place=place, baseline=top + _SECOND_LINE, styles=(SMALL, SMALL_BEST))

    return Block(ROW, draw)


def _cell(
    canvas: Canvas, column: FigureColumn, player: PlayerLine, best: Bests, *, place: int, baseline: int,
    styles: tuple[Style, Style],
) -> None:  # fmt: skip
    usual, bold = styles
    value = column.figure(player)
    if value is not None and value == best.get(column):
        left = canvas.figure(column.shown(player), bold, TEXT, right=_right(place), baseline=baseline)
        canvas.box(left, baseline + 2, _right(place), baseline + 4, fill=GOLD)
    else:
        colour = MUTED if value is None else TEXT if usual is FIGURE else SOFT
        canvas.figure(column.shown(player), usual, colour, right=_right(place), baseline=baseline)


def _more(hidden: int) -> Block:
    words = f"{ELLIPSIS} and {hidden} more"
    return Block(28, lambda canvas, top: void(canvas.text(words, SMALL, MUTED, left=MARGIN, baseline=top + 20)))
