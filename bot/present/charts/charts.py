"""Charts of a session or a player: bars and lines, readable on a phone and without colours.

matplotlib is imported by the first chart: a bot that draws none does without it. All figures are drawn on one thread of
their own: fonts and caches are not made for several, and each would keep its own.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import inf, nan
from statistics import fmean
from typing import TYPE_CHECKING

from bot.present.pictures.canvas import Picture
from bot.present.pictures.theme import MUTED, TEXT, WIDTH
from bot.present.words.text import UNKNOWN, alt_text, counted, number, plain

if TYPE_CHECKING:
    from bot.present.charts.sheet import Sheet

MOST_SERIES, MOST_LABELS = 6, 32
_NAME, _LABEL = 24, 16
"""Characters of a series' name, and of a label."""
_SPOKEN_WHOLE, _SPOKEN = 6, 3
"""So many figures are told in words; of more, those of so many."""
_BAR, _GAP, _PLOT = 24, 12, 250
_DRAWER = ThreadPoolExecutor(1, thread_name_prefix="charts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One kind of bar, or one line; None is unknown: a gap. `shown`: what is written instead of the values."""

    name: str
    values: tuple[float | None, ...]
    shown: tuple[str, ...] = ()

    def at(self, place: int) -> float | None:
        """The value of a label."""
        return self.values[place] if place < len(self.values) else None

    def text(self, place: int, *, digits: int) -> str:
        """The value of a label as it is written."""
        return self.shown[place] if place < len(self.shown) else number(self.at(place), digits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A value of each series for each label; `level`: name and value of a line right across a chart of lines.

    `verdict`: what it comes to, in a sentence: whoever does not see the chart hears that first.
    """

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    digits: int = 0
    level: tuple[str, float] | None = None
    verdict: str = ""


def bars(chart: Chart) -> Picture:
    """Bars that lie, those of a label together, each with its value."""
    return _picture(chart, _bars)


def lines(chart: Chart) -> Picture:
    """A line for each series over the labels; a gap where a value is unknown."""
    return _picture(chart, _lines)


def _picture(chart: Chart, draw: Callable[[Chart], Sheet]) -> Picture:
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", chart.title).strip("-").lower()[:60] or "chart"
    return Picture(name=f"{name}.png", data=_DRAWER.submit(_drawn, chart, draw).result(), alt=_alt(chart, draw))


def _drawn(chart: Chart, draw: Callable[[Chart], Sheet]) -> bytes:
    try:
        return draw(_within_limits(chart)).png()
    finally:
        gc.collect(1)  # a figure is full of circles, and its megabytes would wait for the next great collection


def _within_limits(chart: Chart) -> Chart:
    """As much as can be told apart, in characters that the fonts have; the title says what was left out."""
    from bot.present.charts.sheet import drawable

    hidden = [counted(len(chart.series) - MOST_SERIES, "line")] if len(chart.series) > MOST_SERIES else []
    hidden += [counted(len(chart.labels) - MOST_LABELS, "row")] if len(chart.labels) > MOST_LABELS else []
    return replace(
        chart,
        title=chart.title + (f" (without {' and '.join(hidden)})" if hidden else ""),
        labels=tuple(drawable(label, limit=_LABEL) for label in chart.labels[:MOST_LABELS]),
        series=tuple(replace(series, name=drawable(series.name, limit=_NAME)) for series in chart.series[:MOST_SERIES]),
    )


def _span(chart: Chart) -> tuple[float, float]:
    """From the least value, or 0, to the greatest."""
    known = [
        value
        for series in chart.series
        for place in range(len(chart.labels))
        if (value := series.at(place)) is not None
    ]
    known += [chart.level[1]] if chart.level else []
    low, high = min([0.0, *known]), max([0.0, *known])
    return low, high if high > low else low + 1


def _bars(chart: Chart) -> Sheet:
    from bot.present.charts.sheet import Sheet, length

    step = _BAR * len(chart.series) + _GAP
    places = range(len(chart.labels))
    sheet = Sheet(
        chart.title, [series.name for series in chart.series], unit=chart.unit,
        plot=max(step * len(chart.labels), _BAR),
        left=max(map(length, chart.labels), default=0) + 24, bottom=8, solid=True,
    )  # fmt: skip
    widest = max(
        (length(series.text(place, digits=chart.digits)) for series in chart.series for place in places), default=0
    )
    low, high = _span(chart)
    sheet.axes.set_xlim(low, low + (high - low) * sheet.room / max(sheet.room - widest - 8, 40))
    sheet.axes.set_ylim(max(step * len(chart.labels), 1), 0)
    for row, series in enumerate(chart.series):
        for place in places:
            y = step * place + _GAP / 2 + _BAR * (row + 0.5)
            value = series.at(place)
            sheet.bar(row, value or 0, y=y, height=_BAR - 3)
            sheet.note(
                series.text(place, digits=chart.digits),
                at=(max(value or 0, 0), y),
                colour=MUTED if value is None else TEXT,
            )
    sheet.labels_on_y([step * (place + 0.5) for place in places], chart.labels)
    sheet.axes.set_xticks([])
    return sheet


def _lines(chart: Chart) -> Sheet:
    from bot.present.charts.sheet import Sheet, drawable, length

    widest = max(map(length, chart.labels), default=0)
    slanted = widest + 6 > (WIDTH - 70) / max(len(chart.labels), 1)
    level = drawable(f"{chart.level[0]} {number(chart.level[1], chart.digits)}", limit=40) if chart.level else ""
    sheet = Sheet(
        chart.title, [series.name for series in chart.series], unit=chart.unit, plot=_PLOT, left=54,
        bottom=int(0.68 * widest) + 26 if slanted else 34, solid=False, level=level,
    )  # fmt: skip
    low, high = _span(chart)
    sheet.axes.set_xlim(-0.4, max(len(chart.labels) - 0.6, 0.4))
    sheet.axes.set_ylim(low, low + (high - low) * 1.12)
    for row, series in enumerate(chart.series):
        values = [series.at(place) for place in range(len(chart.labels))]
        sheet.line(row, [nan if value is None else value for value in values])
    sheet.scale_on_y()
    sheet.labels_on_x(chart.labels, slanted=slanted)
    if chart.level:
        sheet.level(chart.level[1])
    return sheet


def _alt(chart: Chart, draw: Callable[[Chart], Sheet]) -> str:
    """What it comes to, what it shows, and where it shows many the three highest, or the first three that compare."""
    unit = f", {plain(chart.unit, limit=_NAME)}" if chart.unit else ""
    level = [f"{plain(chart.level[0], limit=_NAME)}: {number(chart.level[1], chart.digits)}."] if chart.level else []
    many = len(chart.labels) * len(chart.series) > _SPOKEN_WHOLE
    if draw is _lines and len(chart.series) > 1:
        rows = _highest_means(chart)
    else:
        places = [*range(len(chart.labels))]
        is_one = len(chart.series) < 2
        if many and is_one:
            places.sort(key=lambda place: -_height(chart, place))
        rows = ["Highest:"] * (many and is_one) + [
            _row(chart, place) for place in (places[:_SPOKEN] if many else places)
        ]
    verdict = [plain(chart.verdict, limit=200)] if chart.verdict else []
    return alt_text([f"{plain(chart.title, limit=100)}{unit}.", *verdict, *level, *rows])


def _height(chart: Chart, place: int) -> float:
    value = chart.series[0].at(place) if chart.series else None
    return -inf if value is None else value


def _highest_means(chart: Chart) -> list[str]:
    means = {
        row: fmean(known)
        for row, series in enumerate(chart.series)
        if (known := [value for place in range(len(chart.labels)) if (value := series.at(place)) is not None])
    }
    best = sorted(means, key=lambda row: -means[row])[:_SPOKEN]
    means_in_words = [
        f"{plain(chart.series[row].name, limit=_NAME)} {number(means[row], chart.digits)}" for row in best
    ]
    return [f"Highest on average: {', '.join(means_in_words)}."] if means_in_words else []


def _row(chart: Chart, place: int) -> str:
    """What a label's values are; one series needs no name."""
    values = [
        (f"{plain(series.name, limit=_NAME)} " if len(chart.series) > 1 else "")
        + plain(series.text(place, digits=chart.digits), limit=_NAME)
        for series in chart.series
    ]
    return f"{plain(chart.labels[place], limit=_NAME)}: {', '.join(values) or UNKNOWN}."
