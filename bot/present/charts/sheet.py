"""The paper that charts are drawn on: title, legend, one pair of axes, in the theme and the fonts of all pictures.

Imports matplotlib, its object interface alone (no pyplot: that keeps every figure). All sizes are logical pixels.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from io import BytesIO
from typing import NamedTuple

from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from PIL import Image

from bot.present.pictures.glyphs import BOLD, FONTS, NOBODY_HAS_IT, REGULAR, Span, font_of, runs, seen, width
from bot.present.pictures.theme import (
    BACKGROUND,
    DENSITY,
    GOLD,
    MARGIN,
    MUTED,
    PANEL,
    SERIES,
    SMALL,
    SOFT,
    TEXT,
    VERDICT,
    WIDTH,
    Colour,
    Style,
)  # fmt: skip
from bot.present.words.text import ELLIPSIS, UNKNOWN, plain

_DPI, _POINT = 100, 72
_TOP, _LEGEND_ROW, _SWATCH = 44, 26, 30
_SHADES = 128
_Dash = str | tuple[float, tuple[float, ...]]
_LEVEL: _Dash = (0, (2, 2))


class _Pattern(NamedTuple):
    """How a series is told from the others without its colour."""

    hatch: str
    marker: str
    dash: _Dash


_PATTERNS = (
    _Pattern("", "o", "-"),
    _Pattern("///", "D", "--"),
    _Pattern("...", "^", "-."),
    _Pattern("xxx", "s", ":"),
    _Pattern("---", "v", (0, (5, 1))),
    _Pattern("ooo", "P", (0, (3, 1, 1, 1))),
)


class Sheet:
    """A chart in the making; `solid`: its series are areas and no lines."""

    def __init__(
        self, title: str, names: Sequence[str], *, unit: str, plot: int, left: float, bottom: int, solid: bool,
        level: str = "",
    ) -> None:  # fmt: skip
        rows = _legend_rows([*names, level] if level else names)
        self._names = len(names)
        self._height = _TOP + _LEGEND_ROW * len(rows) + plot + bottom
        self._solid = solid
        self.room = WIDTH - left - MARGIN
        self.figure = Figure(
            figsize=(WIDTH / _DPI, self._height / _DPI), dpi=_DPI * DENSITY, facecolor=_rgb(BACKGROUND)
        )
        self._canvas = FigureCanvasAgg(self.figure)
        self._title(title, unit)
        for place, row in enumerate(rows):
            for series, at, name in row:
                self._key(series, name, left=at, baseline=_TOP + 16 + _LEGEND_ROW * place)
        frame = (left / WIDTH, bottom / self._height, self.room / WIDTH, plot / self._height)
        self.axes = self.figure.add_axes(frame, facecolor=_rgb(BACKGROUND))
        self.axes.spines[:].set_visible(False)
        self.axes.tick_params(length=0)

    def _title(self, title: str, unit: str) -> None:
        shown, more = drawable(title, limit=60), f", {drawable(unit, limit=30)}" if unit else ""
        style = VERDICT
        while style.size > SMALL.size and length(shown, style) + length(more) > WIDTH - 2 * MARGIN:
            style = style._replace(size=style.size - 1)
        shown = cut(shown, style, room=WIDTH - 2 * MARGIN - length(more))
        self._write(shown, style, TEXT, left=MARGIN, baseline=30)
        self._write(more, SMALL, SOFT, left=MARGIN + length(shown, style), baseline=30)

    def _write(self, text: str, style: Style, colour: Colour, *, left: float, baseline: float) -> None:
        x, y = self._place(left, baseline)
        self.figure.text(x, y, text, color=_rgb(colour), font=_font(style), parse_math=False)

    def _key(self, series: int, name: str, *, left: float, baseline: float) -> None:
        """One entry of the legend."""
        is_level = series == self._names
        look = _Pattern("", "", _LEVEL) if is_level else _PATTERNS[series]
        colour = _rgb(GOLD if is_level else SERIES[series])
        x, y = self._place(left, baseline)
        if self._solid:
            self.figure.add_artist(
                Rectangle((x, y - 1 / self._height), 20 / WIDTH, 14 / self._height, facecolor=colour, hatch=look.hatch,
                          edgecolor=_rgb(BACKGROUND), lw=0)
            )  # fmt: skip
        else:
            y += 6 / self._height
            end = x + 24 / WIDTH
            self.figure.add_artist(Line2D([x, end], [y, y], color=colour, ls=look.dash, lw=1.6))
            self.figure.add_artist(Line2D([(x + end) / 2], [y], color=colour, marker=look.marker, ms=6))
        self._write(name, SMALL, SOFT, left=left + _SWATCH, baseline=baseline)

    def _place(self, left: float, baseline: float) -> tuple[float, float]:
        return left / WIDTH, 1 - baseline / self._height

    def bar(self, series: int, value: float, *, y: float, height: float) -> None:
        """A bar that lies."""
        hatch, colour = _PATTERNS[series].hatch, _rgb(SERIES[series])
        self.axes.barh(y, value, height, color=colour, hatch=hatch, edgecolor=_rgb(BACKGROUND), lw=0)

    def line(self, series: int, values: Sequence[float]) -> None:
        """A line over the labels; NaN is a gap."""
        look, colour = _PATTERNS[series], _rgb(SERIES[series])
        self.axes.plot(range(len(values)), values, color=colour, marker=look.marker, ls=look.dash, lw=1.6, ms=6)

    def level(self, value: float) -> None:
        """A line right across; the legend names it."""
        self.axes.axhline(value, color=_rgb(GOLD), lw=1.4, ls=_LEVEL)

    def note(self, text: str, *, at: tuple[float, float], colour: Colour) -> None:
        """A text behind a point."""
        self.axes.annotate(
            drawable(text, limit=20), at, xytext=(4, 0), textcoords="offset points", va="center_baseline",
            color=_rgb(colour), font=_font(SMALL), parse_math=False,
        )  # fmt: skip

    def labels_on_y(self, places: Sequence[float], labels: Sequence[str]) -> None:
        """What stands before the bars."""
        self.axes.set_yticks(places, labels, color=_rgb(TEXT), font=_font(SMALL), parse_math=False)
        self.axes.axvline(0, color=_rgb(MUTED), lw=0.8)

    def labels_on_x(self, labels: Sequence[str], *, slanted: bool) -> None:
        """What stands below the lines."""
        self.axes.set_xticks(range(len(labels)), labels, color=_rgb(TEXT), font=_font(SMALL), parse_math=False)
        for text in self.axes.get_xticklabels() if slanted else ():
            text.set(rotation=40, ha="right", rotation_mode="anchor")

    def scale_on_y(self) -> None:
        """A few round values and faint lines across."""
        self.axes.locator_params(axis="y", nbins=5)
        self.axes.grid(axis="y", color=_rgb(PANEL), lw=0.8)
        self.axes.set_axisbelow(True)
        for text in self.axes.get_yticklabels():
            text.set(color=_rgb(SOFT), font=_font(SMALL))

    def png(self) -> bytes:
        """The chart as a file."""
        self._canvas.draw()  # type: ignore[no-untyped-call]
        image = Image.frombuffer("RGBA", self._canvas.get_width_height(), bytes(self._canvas.buffer_rgba()))  # type: ignore[no-untyped-call]
        out = BytesIO()
        image.convert("RGB").quantize(_SHADES, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
        return out.getvalue()


def drawable(text: str, *, limit: int) -> str:
    """The text in characters that the fonts have."""
    kept = (
        c if font_of(c) is not None else "" if unicodedata.category(c) in ("Mn", "Me") else NOBODY_HAS_IT
        for c in seen(plain(text, limit=limit))
    )  # fmt: skip
    return "".join(kept).strip() or UNKNOWN


def cut(text: str, style: Style, *, room: float) -> str:
    """As much of a text as fits."""
    kept = text
    while kept and length(kept + ELLIPSIS if kept != text else kept, style) > room:
        kept = kept[:-1].rstrip()
    return text if kept == text else kept + ELLIPSIS


def length(text: str, style: Style = SMALL) -> float:
    """How wide a text will be."""
    return width(runs((Span(text, TEXT),)), style._replace(size=style.size * DENSITY)) / DENSITY


def _legend_rows(names: Iterable[str]) -> list[list[tuple[int, float, str]]]:
    """The entries of a legend, as many in a row as fit: (series, left edge, name); one series needs none."""
    rows: list[list[tuple[int, float, str]]] = [[]]
    at = float(MARGIN)
    for series, name in enumerate(names):
        needed = _SWATCH + length(name) + 18
        if rows[-1] and at + needed > WIDTH:
            rows.append([])
            at = MARGIN
        rows[-1].append((series, at, name))
        at += needed
    return rows if sum(map(len, rows)) > 1 else []


def _rgb(colour: Colour) -> tuple[float, float, float]:
    red, green, blue = colour
    return red / 255, green / 255, blue / 255


@cache
def _families() -> tuple[str, ...]:
    """The shipped fonts in the order in which they are asked for a character, known to matplotlib from now on."""
    # fonts for other scripts have no bold face, as meant
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    for name in {*REGULAR, *BOLD}:
        font_manager.fontManager.addfont(FONTS / name)
    return tuple(FontProperties(fname=FONTS / name).get_name() for name in REGULAR)


@cache
def _font(style: Style) -> FontProperties:
    return FontProperties(
        family=list(_families()), stretch="condensed", weight="bold" if style.bold else "normal",
        size=style.size * _POINT / _DPI,
    )  # fmt: skip
