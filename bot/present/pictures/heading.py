"""What stands above and below a picture's tables: the place, the outcome, the attacks, warnings and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.present.pictures.canvas import ROOM, Block, Canvas, paragraph, space
from bot.present.pictures.glyphs import Span
from bot.present.pictures.theme import (
    GOLD,
    MARGIN,
    MUTED,
    PANEL,
    SHADE,
    SMALL,
    SOFT,
    TEXT,
    TITLE,
    VERDICT,
    WIDTH,
    Colour,
    Style,
    Team,
)
from bot.present.words.text import ELLIPSIS, counted, plain

_NOTES, _TAG = 3, Style(19)
_SIGN = 24
"""The width of a team's sign before a text of several lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One attack: by whom, what became of it, and its length in seconds out of `limit`."""

    team: Team
    words: str
    seconds: int | None
    limit: int
    finished: bool


def heading(title: str, *, tag: str, verdict: str, team: Team) -> list[Block]:
    """The map or session in large letters, what it is on the right, and below it the outcome."""
    return [
        space(8),
        Block(42, lambda canvas, top: _title(canvas, top, title=title, tag=tag)),
        *signed(verdict, VERDICT, team.colour, team=team, lines=2),
        space(8),
    ]


def _title(canvas: Canvas, top: int, *, title: str, tag: str) -> None:
    left = canvas.figure(tag, _TAG, SOFT, right=WIDTH - MARGIN, baseline=top + 32)
    canvas.text(plain(title, limit=64), TITLE, left=MARGIN, baseline=top + 32, room=left - MARGIN - 12)


def signed(words: str, style: Style, colour: Colour, *, team: Team, lines: int = 3) -> list[Block]:
    """A text behind a team's sign."""
    made = paragraph(words, style, colour, left=MARGIN + _SIGN, room=ROOM - _SIGN, lines=lines)

    def first(canvas: Canvas, top: int) -> None:
        canvas.text((Span(team.sign, team.colour),), style, left=MARGIN, baseline=top + style.size)
        made[0].draw(canvas, top)

    return [Block(made[0].height, first), *made[1:]] if made else []


def attack(one: Attack, *, scale: int) -> list[Block]:
    """Its words, and a bar on a scale of so many seconds: solid if it succeeded, hollow if not."""

    def bar(canvas: Canvas, top: int) -> None:
        left, full = MARGIN + _SIGN, ROOM - _SIGN
        limit = _part(one.limit, scale) * full
        end = _part(one.seconds, scale) * full
        canvas.box(left, top + 2, left + limit, top + 12, fill=PANEL, radius=3)
        canvas.box(
            left, top + 2, left + max(end, 6), top + 12, radius=3,
            fill=one.team.colour if one.finished else SHADE, edge=one.team.colour,
        )  # fmt: skip

    known = one.seconds is not None and scale > 0
    return [*signed(one.words, SMALL, TEXT, team=one.team), Block(20, bar) if known else space(4)]


def _part(seconds: int | None, scale: int) -> float:
    return min(1.0, max(0.0, (seconds or 0) / scale))


def warning(words: str) -> list[Block]:
    """What makes the figures not count, on a band."""
    if not words:
        return []
    lines = paragraph(words, SMALL, GOLD, left=MARGIN + _SIGN, room=ROOM - _SIGN)
    height = sum(block.height for block in lines) + 12

    def band(canvas: Canvas, top: int) -> None:
        canvas.box(0, top, WIDTH, top + height, fill=PANEL)
        canvas.text((Span("⚠", GOLD),), SMALL, left=MARGIN, baseline=top + 6 + SMALL.size)
        for place, block in enumerate(lines):
            block.draw(canvas, top + 6 + place * block.height)

    return [Block(height, band), space(8)]


def footing(notes: Sequence[str], *, legend: str) -> list[Block]:
    """The first notes, how many more there are, and how to read the picture."""
    blocks = [space(8)]
    for note in notes[:_NOTES]:
        blocks += paragraph(f"• {plain(note, limit=200)}", SMALL, SOFT)
    if len(notes) > _NOTES:
        blocks += paragraph(f"{ELLIPSIS} and {counted(len(notes) - _NOTES, 'more note')}", SMALL, SOFT)
    return [*blocks, *paragraph(legend, SMALL, MUTED), space(8)]
