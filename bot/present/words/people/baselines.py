"""A figure beside the player's own mean, in words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.stats.metrics import FigureUnit
from bot.domain.stats.people.baselines import Baseline
from bot.present.words.text import MINE, figure_text, map_name, noun


def beside_usual(found: Sequence[Baseline], *, most: int = 3) -> list[str]:
    """One line on the asker's own figures, none where nothing can be compared yet."""
    said = [baseline_text(one) for one in found[:most]]
    return [f"{MINE}You: {'; '.join(said)}"] if said else []


def baseline_text(one: Baseline, *, whose: str = "your") -> str:
    """`23 kills, 6 above your usual on Supply`; `whose`: `your`, or `the`."""
    value = figure_text(one.metric, one.value)
    what = f"{value} {noun(one.metric)}" if one.metric.unit is FigureUnit.COUNT else f"{one.metric.title} {value}"
    return f"{what}, {baseline_note(one, whose=whose)}"


def baseline_note(one: Baseline, *, whose: str = "your") -> str:
    """`6 above your usual on Supply`; `as your usual` where both read the same."""
    where = f" on {map_name(one.map)}" if one.map is not None else ""
    if figure_text(one.metric, one.value) == figure_text(one.metric, one.usual):
        return f"as {whose} usual{where}"
    apart = figure_text(one.metric, abs(one.difference))
    return f"{apart} {'above' if one.difference > 0 else 'below'} {whose} usual{where}"
