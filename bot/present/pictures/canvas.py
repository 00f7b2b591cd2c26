"""A picture as a stack of blocks, each of which draws itself with the theme's palette.

A pixel is one byte, the place of its colour in one palette for all pictures: half the time and a third of the size of
RGB. Every colour of text is there in `LEVELS` steps from the background, which is what smooth edges need.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageDraw

from bot.present.card import Picture as Picture
from bot.present.pictures.glyphs import Run, Span, face_of, fitted, runs, seen, width
from bot.present.pictures.theme import BACKGROUND, BACKGROUNDS, DENSITY, INKS, MARGIN, SHADE, TEXT, WIDTH, Colour, Style

ROOM = WIDTH - 2 * MARGIN
HEAVIEST = 200 * 1024
"""Bytes of a picture: a phone on the way home should not wait for it."""
LEVELS = 6
_SOLID = {colour: place for place, colour in enumerate(BACKGROUNDS)} | {
    colour: len(BACKGROUNDS) + LEVELS * (place + 1) - 1 for place, colour in enumerate(INKS)
}
"""The place of each colour in the palette."""


class Stamp(NamedTuple):
    """A run as pixels: where it has ink, and of which place in the palette; `advance`: where the next one begins."""

    ink: Image.Image
    shape: Image.Image
    offset: tuple[int, int]
    advance: float


@lru_cache(maxsize=2048)
def stamp(run: Run, style: Style) -> Stamp:
    """The run drawn once: figures and names come again and again."""
    font = face_of(run, style)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(run.text, anchor="ls"))
    grey = Image.new("L", (max(right - left, 1), max(bottom - top, 1)))
    ImageDraw.Draw(grey).text((-left, -top), run.text, 255, font, anchor="ls")
    steps = [round(part * LEVELS / 255) for part in range(256)]
    ink = grey.point([max(_SOLID[run.colour] - LEVELS + step, 0) for step in steps])
    shape = grey.point([255 if step else 0 for step in steps])
    # some emoji are wider than the space that their font gives them
    return Stamp(ink, shape, (left, top), max(font.getlength(run.text), right))


def _palette() -> list[int]:
    """All colours one after the other, three bytes each."""
    made = [part for colour in BACKGROUNDS for part in colour]
    for colour in INKS:
        for step in range(1, LEVELS + 1):
            pairs = zip(SHADE, colour, strict=True)
            made += [round(behind + (part - behind) * step / LEVELS) for behind, part in pairs]
    return made


class Canvas:
    """Draws in logical pixels; text stands on `baseline`."""

    def __init__(self, height: int) -> None:
        self.image = Image.new("L", (WIDTH * DENSITY, height * DENSITY), _SOLID[BACKGROUND])
        self._draw = ImageDraw.Draw(self.image)

    def figure(self, text: str, style: Style, colour: Colour, *, right: float, baseline: float) -> float:
        """A short text without surprises that ends at `right`; where it begins."""
        made = stamp(Run(text, colour, 0), drawn(style))
        left = right * DENSITY - made.advance
        self._press(made, left, baseline)
        return left / DENSITY

    def text(
        self, spans: str | tuple[Span, ...], style: Style, colour: Colour = TEXT, *, left: float, baseline: float,
        room: float = ROOM,
    ) -> float:  # fmt: skip
        """Any text, cut where it would be wider than `room`; where it ends."""
        pieces = (Span(seen(spans), colour),) if isinstance(spans, str) else spans
        return self.runs(fitted(pieces, drawn(style), room=room * DENSITY), style, left=left, baseline=baseline)

    def ending(self, spans: tuple[Span, ...], style: Style, *, right: float, baseline: float, room: float) -> float:
        """Any text that ends at `right`, cut where it would be wider than `room`; where it begins."""
        made = fitted(spans, drawn(style), room=room * DENSITY)
        left = right - width(made, drawn(style)) / DENSITY
        self.runs(made, style, left=left, baseline=baseline)
        return left

    def runs(self, made: Sequence[Run], style: Style, *, left: float, baseline: float) -> float:
        """Text that fits for sure; where it ends."""
        at = left * DENSITY
        for run in made:
            made_of = stamp(run, drawn(style))
            self._press(made_of, at, baseline)
            at += made_of.advance
        return at / DENSITY

    def _press(self, made: Stamp, left: float, baseline: float) -> None:
        x, y = made.offset
        self.image.paste(made.ink, (round(left) + x, round(baseline * DENSITY) + y), made.shape)

    def box(
        self, left: float, top: float, right: float, bottom: float, *, fill: Colour,
        edge: Colour | None = None, radius: int = 0,
    ) -> None:  # fmt: skip
        """A filled or hollow rectangle."""
        if right - left < 0.5 or bottom - top < 0.5:
            return
        corners = (left * DENSITY, top * DENSITY, right * DENSITY - 1, bottom * DENSITY - 1)
        outline = None if edge is None else _SOLID[edge]
        if radius and right - left > 2 * radius:
            self._draw.rounded_rectangle(corners, radius * DENSITY, _SOLID[fill], outline, DENSITY)
        else:
            self._draw.rectangle(corners, _SOLID[fill], outline, DENSITY)

    def tint(self, left: float, top: float, right: float, bottom: float, *, colour: Colour, step: int) -> None:
        """A rectangle in one of the `LEVELS` steps of a colour, the last of which is the colour itself."""
        corners = (left * DENSITY, top * DENSITY, right * DENSITY - 1, bottom * DENSITY - 1)
        self._draw.rectangle(corners, _SOLID[colour] - LEVELS + step)

    def measure(self, spans: tuple[Span, ...], style: Style) -> float:
        """How wide it is."""
        return width(runs(spans), drawn(style)) / DENSITY


class Block(NamedTuple):
    """A part of a picture: how high it is, and how it is drawn with its top at a given height."""

    height: int
    draw: Callable[[Canvas, int], None]


def drawn(style: Style) -> Style:
    """The style in pixels of the picture."""
    return style._replace(size=style.size * DENSITY)


def paragraph(
    text: str, style: Style, colour: Colour, *, left: int = MARGIN, room: int = ROOM, lines: int = 3, between: str = " "
) -> list[Block]:
    """A text over as many lines as it needs, at most `lines`; a line ends where there is a `between`."""
    height = style.size + 5

    def line(words: str) -> Block:
        return Block(
            height,
            lambda canvas, top: void(
                canvas.text(words, style, colour, left=left, baseline=top + style.size, room=room)
            ),
        )

    return [line(words) for words in wrapped(text, style, room=room, lines=lines, between=between)]


def void(_: object) -> None:
    """Where a result is not wanted."""


def wrapped(text: str, style: Style, *, room: int, lines: int, between: str = " ") -> list[str]:
    """Words put into lines; what does not fit into the last one is cut when it is drawn."""
    made = [""]
    for word in filter(None, seen(text).strip().split(between)):
        longer = f"{made[-1]}{between}{word}" if made[-1] else word
        if made[-1] and len(made) < lines and _width(longer, style) > room * DENSITY:
            made.append(word)
        else:
            made[-1] = longer
    return [line for line in made if line]


def _width(text: str, style: Style) -> float:
    return width(runs((Span(text, TEXT),)), drawn(style))


def space(height: int) -> Block:
    """Nothing."""
    return Block(height, lambda canvas, top: None)


def painted(blocks: Sequence[Block]) -> Image.Image:
    """The blocks below each other."""
    canvas = Canvas(sum(block.height for block in blocks))
    top = 0
    for block in blocks:
        block.draw(canvas, top)
        top += block.height
    return canvas.image


def png(image: Image.Image) -> bytes:
    """The picture as a file; one heavier than `HEAVIEST` gets harder edges, which takes a third off."""
    data = _encoded(image)
    return data if len(data) <= HEAVIEST else _encoded(image.point(_harder()))


def _encoded(image: Image.Image) -> bytes:
    coloured = image.copy()
    coloured.putpalette(_palette())
    out = BytesIO()
    coloured.save(out, "PNG", compress_level=4)  # 6 saves a tenth and takes twice as long
    return out.getvalue()


def _harder() -> list[int]:
    """For each place in the palette another: of the steps to a colour the middle one and the last remain."""
    kept = list(range(256))
    for solid in range(len(BACKGROUNDS) + LEVELS - 1, 256, LEVELS):
        for step in range(LEVELS):
            kept[solid - step] = solid if step < LEVELS // 2 else solid - LEVELS // 2
    return kept
