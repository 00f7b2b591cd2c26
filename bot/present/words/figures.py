"""A metric's value as people read it."""

from __future__ import annotations

from bot.domain.stats.metrics import FigureUnit, Metric
from bot.present.words.text import UNKNOWN

MINUTE, HOUR = 60, 3600


def figure_text(metric: Metric, value: float | None) -> str:
    """`1,234`, `1.43`, `34.5 %`, `3 h 12 min`; a dash where it is unknown."""
    if value is None:
        return UNKNOWN
    if metric.unit is FigureUnit.SECONDS:
        return duration(value)
    sign = " %" if metric.unit is FigureUnit.PERCENT else ""
    return f"{value:,.{metric.digits}f}{sign}"


def duration(seconds: float) -> str:
    """`42 s`, `12 min`, `3 h 12 min`."""
    if abs(seconds) < 2 * MINUTE:
        return f"{seconds:.0f} s"
    if abs(seconds) < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    minutes = round(seconds / MINUTE)
    return f"{minutes // 60:,} h {minutes % 60} min"
