"""Somebody's last rounds as a card, and in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.game.map_names import map_title
from bot.domain.stats.answers import Figures
from bot.domain.stats.days import MONTHS
from bot.domain.stats.people.baselines import Baseline
from bot.domain.stats.people.careers import Form
from bot.present.card import Card
from bot.present.words.people.baselines import baseline_text
from bot.present.words.text import UNKNOWN, cell, counted, covered, number, safe_name, table

_SHOWN = (("kills", "K"), ("deaths", "D"), ("accuracy", "Acc"))
_ALIKE = 5
"""Per cent by which the last rounds must differ from all of them to be told apart."""


def form_card(form: Form, *, latest: Sequence[Baseline] = (), me: str | None = None) -> Card:
    """The last rounds, newest first, each beside the player's own mean; `latest`: of the newest one."""
    mean, rounds = means(form.figures), form.rounds
    rows = [("Round", "DPM", "±", *(head for _, head in _SHOWN))]
    for played in rounds:
        values = played.figures.values
        dpm = values.get("dpm")
        name = f"{cell(map_title(played.map), 10).rstrip()} R{played.number}"
        rows.append((name, number(dpm), _signed(dpm, mean["dpm"]), *(number(values.get(name)) for name, _ in _SHOWN)))
    usual = [f"{head} {number(mean[name], 1)}" for name, head in (("dpm", "DPM"), *_SHOWN)]
    whose = "Your" if form.guid == me else "The"
    return Card(
        title=f"Form of {safe_name(form.name)}",
        lines=(
            trend(form) or "Nothing can be said of the form yet.",
            table(rows, limit=3000),
            f"{whose} mean over {counted(form.figures.rounds, 'round')}: {', '.join(usual)}",
            *_latest(latest, whose=whose.lower()),
            *_by_month(form),
            covered(form.coverage, own=form.figures.rounds),
        ),
        footer="Newest round first · ±: DPM against the player's own mean",
    )


def _by_month(form: Form) -> list[str]:
    """How the months compare, the newest first; nothing where there is only one."""
    months = [(month.name, month.figures.rounds, month.figures.values) for month in form.months]
    if len(months) < 2:
        return []
    rows = [("Month", "DPM", "K/D", "Acc", "Rounds")]
    rows += [
        (name, number(values.get("dpm")), number(values.get("kd"), 2), number(values.get("accuracy")), str(rounds))
        for name, rounds, values in reversed(months)
    ]
    (before, _, then), (name, _, now) = months[-2:]
    progress = _progress(_called(name), now.get("dpm"), _called(before), then.get("dpm"))
    return [f"**By month**: {progress}", table(rows, limit=600)]


def _progress(name: str, now: float | None, before: str, then: float | None) -> str:
    """`November is 9% above October, by DPM.`"""
    if now is None or not then:
        return "damage is not known of both of the last two."
    share = 100 * (now / then - 1)
    if abs(share) < _ALIKE:
        return f"{name} is like {before}, by DPM."
    return f"{name} is **{abs(share):.0f}% {'above' if share > 0 else 'below'}** {before}, by DPM."


def _called(month: str) -> str:
    return MONTHS[int(month[5:]) - 1]


def _latest(baselines: Sequence[Baseline], *, whose: str) -> list[str]:
    told = [
        baseline_text(baseline, whose=whose)
        for baseline in baselines
        if baseline.metric.name in ("kills", "dpm", "accuracy")
    ]
    return [f"The newest round: {'; '.join(told)}"] if told else []


def means(figures: Figures) -> Mapping[str, float | None]:
    """Per round for what is counted, and the ratios as they are."""
    values = figures.values
    kills, deaths = values.get("kills"), values.get("deaths")
    return {
        "kills": None if kills is None else kills / figures.rounds,
        "deaths": None if deaths is None else deaths / figures.rounds,
        "dpm": values.get("dpm"),
        "accuracy": values.get("accuracy"),
    }


def _signed(value: float | None, mean: float | None) -> str:
    return UNKNOWN if value is None or mean is None else f"{round(value - mean):+d}"


def trend(form: Form) -> str | None:
    """One sentence: how the last rounds compare with all of them, if there are more; None where that is not known."""
    mean = means(form.figures)["dpm"]
    known = [value for played in form.rounds if (value := played.figures.values.get("dpm")) is not None]
    if not known or not mean:
        return None
    if form.figures.rounds == len(form.rounds):
        every = "The only round" if len(form.rounds) == 1 else f"All {len(form.rounds)} rounds"
        return f"{every} so far: {number(mean)} DPM."
    share = 100 * (sum(known) / len(known) / mean - 1)
    last = "last round is" if len(known) == 1 else f"last {len(known)} rounds are"
    if abs(share) < _ALIKE:
        return f"The {last} like all the others."
    way = "above" if share > 0 else "below"
    return f"The {last} **{abs(share):.0f}% {way}** the usual {number(mean)} DPM."
