"""A figure beside the player's own mean, in words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.stats.metrics import FigureUnit
from bot.domain.stats.people.baselines import Baseline
from bot.present.words.text import MINE, apart_text, figure_text, map_name, noun


def beside_usual(baselines: Sequence[Baseline], *, most: int = 3) -> list[str]:
    """One line on the asker's own figures, none where nothing can be compared yet."""
    sentences = [baseline_text(baseline) for baseline in baselines[:most]]
    return [f"{MINE}You: {'; '.join(sentences)}"] if sentences else []


def baseline_text(baseline: Baseline, *, whose: str = "your") -> str:
    """`23 kills, 6 above your usual on Supply`; `whose`: `your`, or `the`."""
    value = figure_text(baseline.metric, baseline.value)
    what = (
        f"{value} {noun(baseline.metric)}"
        if baseline.metric.unit is FigureUnit.COUNT
        else f"{baseline.metric.title} {value}"
    )
    return f"{what}, {baseline_note(baseline, whose=whose)}"


def baseline_note(baseline: Baseline, *, whose: str = "your") -> str:
    """`6 above your usual on Supply`; `as your usual` where both read the same."""
    where = f" on {map_name(baseline.map)}" if baseline.map is not None else ""
    if figure_text(baseline.metric, baseline.value) == figure_text(baseline.metric, baseline.usual):
        return f"as {whose} usual{where}"
    apart = apart_text(baseline.metric, baseline.difference)
    return f"{apart} {'above' if baseline.difference > 0 else 'below'} {whose} usual{where}"
