"""What stands above and below a picture's tables: the outcome, the place, the attacks, warnings and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.present.pictures.canvas import ROOM, Block, Canvas, drawn, paragraph, space, wrapped
from bot.present.pictures.glyphs import Span, runs, seen, width
from bot.present.pictures.theme import (
    DENSITY,
    GOLD,
    MARGIN,
    MUTED,
    PANEL,
    SHADE,
    SMALL,
    SOFT,
    TEXT,
    WIDTH,
    Style,
    Team,
)
from bot.present.words.text import ELLIPSIS, counted, plain

_NOTES = 3
_SIGN, _GAP = 20, 16
"""The width of a team's sign before its words, and what stands between two attacks."""
_LARGEST, _SMALLEST, _LINE = 26, Style(19, bold=True), 23
"""Of a title: its sizes, and the height of a second line."""
_MAP_ROOM = 220


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One attack: by whom, what became of it, and its length in seconds out of `limit`."""

    team: Team
    words: str
    seconds: int | None
    limit: int
    finished: bool


def heading(title: str, *, place: str) -> list[Block]:
    """The outcome in large letters, as large as it fits into one line, else in two; on the right where it was."""
    words, where = seen(title), (Span(seen(plain(place, limit=80)), SOFT),)
    beside = min(width(runs(where), drawn(SMALL)) / DENSITY, _MAP_ROOM)
    room = ROOM - beside - 12 if beside else ROOM
    style = _fitting(words, room)
    lines = [words] if style else wrapped(words, _SMALLEST, room=int(room), lines=2)

    def draw(canvas: Canvas, top: int) -> None:
        canvas.ending(where, SMALL, right=WIDTH - MARGIN, baseline=top + 26, room=_MAP_ROOM)
        for row, line in enumerate(lines):
            baseline = top + 27 + _LINE * row
            canvas.text(line, style or _SMALLEST, TEXT, left=MARGIN, baseline=baseline, room=room)

    return [space(4), Block(38 + _LINE * (len(lines) - 1), draw)]


def _fitting(text: str, room: float) -> Style | None:
    """The largest letters in which it is one line, if any."""
    made = runs((Span(text, TEXT),))
    styles = (Style(size, bold=True) for size in range(_LARGEST, _SMALLEST.size - 1, -1))
    return next((style for style in styles if width(made, drawn(style)) <= room * DENSITY), None)


def attacks(shown: Sequence[Attack]) -> list[Block]:
    """All attacks in one line, each above its bar on one scale: solid if it succeeded, hollow if not."""
    scale = max((attack.limit for attack in shown), default=0)
    if not shown:
        return []
    room = (ROOM - _GAP * (len(shown) - 1)) / len(shown)

    def draw(canvas: Canvas, top: int) -> None:
        for place, attack in enumerate(shown):
            left = MARGIN + place * (room + _GAP)
            spans = (Span(attack.team.sign, attack.team.colour),)
            canvas.text(spans, SMALL, left=left, baseline=top + 17)
            words = seen(attack.words)
            canvas.text(words, SMALL, TEXT, left=left + _SIGN, baseline=top + 17, room=room - _SIGN)
            if attack.seconds is not None and scale > 0:
                _bar(canvas, attack, left=left, room=room, top=top + 22, scale=scale)

    return [Block(36, draw)]


def _bar(canvas: Canvas, attack: Attack, *, left: float, room: float, top: int, scale: int) -> None:
    limit, end = (_part(seconds, scale) * room for seconds in (attack.limit, attack.seconds))
    canvas.box(left, top, left + limit, top + 7, fill=PANEL, radius=3)
    fill = attack.team.colour if attack.finished else SHADE
    canvas.box(left, top, left + max(end, 8), top + 7, radius=3, fill=fill, edge=attack.team.colour)


def _part(seconds: int | None, scale: int) -> float:
    return min(1.0, max(0.0, (seconds or 0) / scale))


def warning(words: str) -> list[Block]:
    """What makes the figures not count, on a band."""
    if not words:
        return []
    lines = paragraph(words, SMALL, GOLD, left=MARGIN + _SIGN, room=ROOM - _SIGN)
    height = sum(block.height for block in lines) + 4

    def band(canvas: Canvas, top: int) -> None:
        canvas.box(0, top, WIDTH, top + height, fill=PANEL)
        canvas.text((Span("⚠", GOLD),), SMALL, left=MARGIN, baseline=top + 2 + SMALL.size)
        for place, block in enumerate(lines):
            block.draw(canvas, top + 2 + place * block.height)

    return [Block(height, band), space(2)]


def footing(notes: Sequence[str], *, legend: str) -> list[Block]:
    """The first notes, how many more there are, and how to read the picture."""
    blocks = [space(8)]
    for note in notes[:_NOTES]:
        blocks += paragraph(f"• {plain(note, limit=200)}", SMALL, SOFT)
    if len(notes) > _NOTES:
        blocks += paragraph(f"{ELLIPSIS} and {counted(len(notes) - _NOTES, 'more note')}", SMALL, SOFT)
    return [*blocks, *paragraph(legend, SMALL, MUTED), space(8)]
