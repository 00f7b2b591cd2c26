"""A table whose cells are the brighter the more they hold: who did how much on which map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.present.pictures.canvas import LEVELS, Block, Canvas, Picture, painted, paragraph, png, space
from bot.present.pictures.glyphs import Span, seen
from bot.present.pictures.heading import heading
from bot.present.pictures.scoretable import more
from bot.present.pictures.theme import ALLIES, MARGIN, MUTED, NAME, SMALL, SOFT, TEXT, WIDTH, Style
from bot.present.words.text import UNKNOWN, alt_text, number, plain

MOST_ROWS, MOST_COLUMNS = 12, 12
_ROW, _NAMES, _WIDEST = 27, 140, 64
_CELL, _NARROW = Style(17, bold=True), Style(15, bold=True)
_BRIGHTEST = LEVELS // 2
"""Of the steps of a colour: white on more of it could not be read."""
_SPOKEN = 3
_BETWEEN = " · "
"""What stands between the names of two columns: a number stays with its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatTable:
    """A row for each (name, value for each column), the best first; None: he was not there."""

    title: str
    place: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]


def heat_picture(table: HeatTable, *, name: str) -> Picture:
    """The latest columns and the first rows, as many as can be read; columns are numbered, and named below."""
    first = max(0, len(table.columns) - MOST_COLUMNS)
    columns = table.columns[first:]
    rows = [(who, values[first:]) for who, values in table.rows[:MOST_ROWS]]
    known = [value for _, values in rows for value in values if value is not None]
    least, most = min(known, default=0), max(known, default=0)
    keys = _BETWEEN.join(f"{place} {plain(column, limit=24)}" for place, column in enumerate(columns, start=first + 1))
    blocks = [
        *heading(table.title, place=table.place),
        _head(range(first + 1, len(table.columns) + 1)),
        *(_row(who, values, least=least, most=most) for who, values in rows),
        *more(len(table.rows) - len(rows)),
        space(6),
        *paragraph(keys, SMALL, SOFT, between=_BETWEEN),
        space(6),
    ]
    return Picture(name=name, data=png(painted(blocks)), alt=_alt(table))


def _width(columns: int) -> float:
    return min(_WIDEST, (WIDTH - 2 * MARGIN - _NAMES) / max(columns, 1))


def _head(numbers: Sequence[int]) -> Block:
    def draw(canvas: Canvas, top: int) -> None:
        width = _width(len(numbers))
        for place, column in enumerate(numbers):
            _centred(canvas, str(column), SMALL, left=MARGIN + _NAMES + place * width, width=width, baseline=top + 18)

    return Block(24, draw)


def _row(who: str, values: Sequence[float | None], *, least: float, most: float) -> Block:
    def draw(canvas: Canvas, top: int) -> None:
        name = seen(plain(who, limit=40)).strip() or UNKNOWN
        canvas.text(name, NAME, left=MARGIN, baseline=top + 20, room=_NAMES - 8)
        width = _width(len(values))
        style = _CELL if width >= 34 else _NARROW
        for place, value in enumerate(values):
            left = MARGIN + _NAMES + place * width
            if value is None:
                _centred(canvas, UNKNOWN, style, left=left, width=width, baseline=top + 20)
                continue
            step = 1 + round((_BRIGHTEST - 1) * (value - least) / (most - least)) if most > least else 1
            canvas.tint(left + 1, top + 1, left + width - 1, top + _ROW - 1, colour=ALLIES.colour, step=step)
            _centred(canvas, number(value), style, left=left, width=width, baseline=top + 20)

    return Block(_ROW, draw)


def _centred(canvas: Canvas, text: str, style: Style, *, left: float, width: float, baseline: int) -> None:
    colour = MUTED if text == UNKNOWN else TEXT
    half = canvas.measure((Span(text, colour),), style) / 2
    canvas.text((Span(text, colour),), style, left=left + width / 2 - half, baseline=baseline, room=width)


def _alt(table: HeatTable) -> str:
    sentences = []
    for who, values in table.rows[:_SPOKEN]:
        known = [(value, column) for value, column in zip(values, table.columns, strict=False) if value is not None]
        if known:
            best, column = max(known)
            sentences.append(f"{plain(who, limit=24)}: most on {plain(column, limit=24)}, {number(best)}.")
    return alt_text([f"{plain(table.title, limit=100)}, {plain(table.place, limit=60)}.", *sentences])
