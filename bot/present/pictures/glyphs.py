"""Text as runs that one font can draw each: names in the game's colours, and every script that the fonts have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from PIL import ImageFont, features

from bot.domain.game.file.colours import COLOUR_CODE
from bot.present.pictures.cmap import Characters, characters
from bot.present.pictures.theme import MUTED, TEXT, Colour, Style, name_colour
from bot.present.words.text import ELLIPSIS, UNKNOWN

FONTS = Path(__file__).parent / "fonts"
REGULAR = (
    "RobotoCondensed-Regular.ttf",
    "DejaVuSansCondensed.ttf",
    "DroidSansFallback.ttf",
    "NotoSansThai-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "Symbola.ttf",
)
"""In the order in which they are asked for a character."""
BOLD = ("RobotoCondensed-Bold.ttf", *REGULAR[1:])
_LATIN, _WIDE, _SHAPED = 0, 1, (3, 4)
NOBODY_HAS_IT = "?"
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# letters without ink (fillers of Hangul, the empty Braille cell), and every kind of space
_BLANK = re.compile(r"[\u115f\u1160\u2800\u3164\uffa0\s]+")
_RIGHT_TO_LEFT = ("R", "AL")
_MARKS = 2
"""Accents drawn on one letter: more would climb into the rows above."""
# Pillow shapes scripts with Raqm where FriBiDi is installed; without it letters are placed one after the other
SHAPING = features.check_feature("raqm")


class Span(NamedTuple):
    """A piece of text in one colour."""

    text: str
    colour: Colour


class Run(NamedTuple):
    """A piece of text in one colour that one font has all characters of."""

    text: str
    colour: Colour
    font: int
    backwards: bool = False


def coloured(raw: str, *, otherwise: str = "") -> tuple[Span, ...]:
    """A name in the colours in which the game shows it; `otherwise`, or a dash, where there is nothing to see."""
    spans: list[Span] = []
    colour, at = TEXT, 0
    for code in [*COLOUR_CODE.finditer(raw), None]:
        piece = seen(raw[at : code.start() if code else len(raw)])
        if not spans or spans[-1].text.endswith(" "):
            piece = piece.lstrip()
        if piece:
            spans.append(Span(piece, colour))
        if code:
            colour, at = name_colour(code[0][1]), code.end()
    while spans and not spans[-1].text.strip():
        spans.pop()
    return tuple(spans) or (Span(seen(otherwise).strip() or UNKNOWN, MUTED),)


def seen(text: str) -> str:
    """What of a text leaves ink, composed; runs of anything blank are one space."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text
    text = "".join(c for c in text if c in "\t\n" or unicodedata.category(c) not in _INVISIBLE)
    return _BLANK.sub(" ", unicodedata.normalize("NFC", text))


@lru_cache(maxsize=4096)
def runs(spans: tuple[Span, ...]) -> tuple[Run, ...]:
    """The runs in the order in which they are drawn, from left to right."""
    made: list[Run] = []
    for span in spans:
        made += [Run(span.text, span.colour, _LATIN)] if span.text.isascii() else _by_font(span)
    return tuple(_in_sight(made)) if any(run.backwards for run in made) else tuple(made)


def _by_font(span: Span) -> Iterator[Run]:
    text, font, marks = "", _LATIN, 0
    backwards = _backwards(span.text)
    kind = False
    for character, reverse in zip(span.text, backwards, strict=True):
        mark = unicodedata.category(character) in ("Mn", "Me")
        marks = marks + 1 if mark else 0
        if marks > _MARKS:
            continue
        wanted = _WIDE if reverse and has(_WIDE, character) else font_of(character)
        if mark and (wanted is None or not text):
            continue  # nothing to put it on, or nobody has it
        if mark and has(font, character):
            wanted = font
        character, wanted = (NOBODY_HAS_IT, _LATIN) if wanted is None else (character, wanted)
        if text and (wanted, reverse) != (font, kind):
            yield Run(text, span.colour, font, kind)
            text = ""
        text, font, kind = text + character, wanted, reverse
    if text:
        yield Run(text, span.colour, font, kind)


def _backwards(text: str) -> list[bool]:
    """For each character whether it stands in a stretch that is read from right to left."""
    kinds = [unicodedata.bidirectional(character) for character in text]
    marked = [False] * len(text)
    start: int | None = None
    for place, kind in enumerate(kinds):
        if kind in _RIGHT_TO_LEFT:
            start = place if start is None else start
            marked[start : place + 1] = [True] * (place + 1 - start)
            start = place
        elif kind in ("L", "EN"):
            start = None
        elif kind == "NSM" and place and marked[place - 1]:
            marked[place] = True
    return marked


def _in_sight(made: Sequence[Run]) -> Iterator[Run]:
    """Runs from right to left that follow each other change places."""
    waiting: list[Run] = []
    for run in made:
        if not run.backwards:
            yield from reversed(waiting)
            waiting = []
            yield run
        else:
            waiting.append(run if SHAPING else run._replace(text=run.text[::-1]))
    yield from reversed(waiting)


@lru_cache(maxsize=8192)
def font_of(character: str) -> int | None:
    """The first font that has this character; None where none has."""
    return next((font for font in range(len(REGULAR)) if has(font, character)), None)


def has(font: int, character: str) -> bool:
    """The font of that place has a glyph for this character."""
    return _characters(font).has(ord(character))


@cache
def _characters(font: int) -> Characters:
    return characters(FONTS / REGULAR[font])


@lru_cache(maxsize=128)
def face(font: int, style: Style, *, shaped: bool = False) -> ImageFont.FreeTypeFont:
    """A font file at a size in pixels of the picture."""
    name = (BOLD if style.bold else REGULAR)[font]
    engine = ImageFont.Layout.RAQM if shaped and SHAPING else ImageFont.Layout.BASIC
    return ImageFont.truetype(FONTS / name, style.size, layout_engine=engine)


def face_of(run: Run, style: Style) -> ImageFont.FreeTypeFont:
    """The font that draws this run."""
    return face(run.font, style, shaped=run.backwards or run.font in _SHAPED)


def width(made: Iterable[Run], style: Style) -> float:
    """How wide the runs are, in pixels of the picture."""
    return sum(face_of(run, style).getlength(run.text) for run in made)


def fitted(spans: tuple[Span, ...], style: Style, *, room: float) -> tuple[Run, ...]:
    """The runs, cut where they would be wider than `room`; what is cut says so."""
    whole = runs(spans)
    if width(whole, style) <= room:
        return whole
    low, high = 0, sum(len(span.text) for span in spans)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(runs(_cut(spans, middle)), style) <= room else (low, middle - 1)
    return runs(_cut(spans, low))


def _cut(spans: tuple[Span, ...], length: int) -> tuple[Span, ...]:
    kept: list[Span] = []
    for text, colour in spans:
        kept.append(Span(text[:length], colour))
        length -= len(text)
        if length <= 0:
            break
    return (*kept[:-1], kept[-1]._replace(text=kept[-1].text.rstrip() + ELLIPSIS))
