"""Players as charts: the form of the last rounds, two side by side."""

from __future__ import annotations

from bot.domain.game.map_names import map_title
from bot.domain.stats.answers import Figures
from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.people.careers import Comparison, Form
from bot.present.charts.charts import Chart, Series
from bot.present.words.people.form import means, trend
from bot.present.words.text import figure_text, plain

SHOWN = ("kd", "dpm", "accuracy", "headshots", "survival", "win_rate")
"""So many as can still be read where Discord shows the picture smallest."""


def form_chart(form: Form) -> Chart:
    """Damage a minute in each of his last rounds, oldest first, and his own mean right across."""
    rounds = form.rounds[::-1]
    mean = means(form.figures)["dpm"]
    return Chart(
        title=f"Form of {plain(form.name, limit=24)}",
        labels=tuple(f"{plain(map_title(round.map), limit=12)} R{round.number}" for round in rounds),
        series=(Series(name="damage a minute", values=tuple(round.figures.values.get("dpm") for round in rounds)),),
        level=None if mean is None else ("mean", mean),
        verdict=(trend(form) or "").replace("**", ""),
    )


def comparison_chart(comparison: Comparison) -> Chart:
    """Each metric's better figure is a full bar; what is written are the figures themselves."""
    first, second = comparison.figures
    assert first is not None
    assert second is not None
    shown = [name for name in SHOWN if _best(first, second, name) > 0]
    both = [name for name in shown if None not in (first.values.get(name), second.values.get(name))]
    better = [_better(first, second, name) for name in both]
    first_name, second_name = (plain(name, limit=20) for name in comparison.names)
    return Chart(
        verdict=f"By these figures {first_name} is ahead in {better.count(0)} of {len(both)}, "
        f"{second_name} in {better.count(1)}.",
        title=f"{first_name} and {second_name}",
        labels=tuple(BY_NAME[name].title for name in shown),
        series=tuple(
            Series(
                name=plain(name, limit=24),
                values=tuple(_share(figures, other, metric) for metric in shown),
                shown=tuple(figure_text(BY_NAME[metric], figures.values.get(metric)) for metric in shown),
            )
            for name, figures, other in ((comparison.names[0], first, second), (comparison.names[1], second, first))
        ),
    )


def _better(first: Figures, second: Figures, metric: str) -> int | None:
    """Whose figure is the greater one: 0 or 1; None where they read the same."""
    of_first, of_second = (figures.values.get(metric) or 0 for figures in (first, second))
    if figure_text(BY_NAME[metric], of_first) == figure_text(BY_NAME[metric], of_second):
        return None
    return 0 if of_first > of_second else 1


def _best(first: Figures, second: Figures, metric: str) -> float:
    return max(first.values.get(metric) or 0, second.values.get(metric) or 0)


def _share(figures: Figures, other: Figures, metric: str) -> float | None:
    value = figures.values.get(metric)
    return None if value is None else 100 * value / _best(figures, other, metric)
