"""A player over a scope: what is asked first on one card, everything on another."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.game.map_names import titles_apart
from bot.domain.stats.answers import Board, Figures
from bot.domain.stats.metrics import BY_NAME, Metric
from bot.domain.stats.people.careers import Career, Form, MapFigures
from bot.present.card import Card
from bot.present.words.people.boards import own_text
from bot.present.words.people.form import trend
from bot.present.words.reasons import left_out_words
from bot.present.words.text import (
    HOUR,
    counted,
    covered,
    duration,
    figure_text,
    map_name,
    number,
    plain,
    safe_name,
    table,
    when,
    whole_matches,
    within,
)

Buttons = Sequence[tuple[str, str]]
_FIELD, _ALIASES, _TITLE = 1000, 5, 18
_FIRST = ("kills", "deaths", "accuracy", "headshots", "revives", "damage_ratio", "useful", "survival")
"""The figures under the headline."""
_SHOWN = (
    ("Fights", ("kills", "deaths", "kd", "kpr", "dpm", "damage", "received", "damage_ratio")),
    ("Aim", ("accuracy", "headshots", "headshot_kills", "spree", "multikills")),
    ("Team", ("revives", "revived", "assists", "useful", "denied", "gibs", "objectives", "survival", "xp")),
    ("Matches", ("rounds", "time", "matches", "wins", "win_rate", "selfkills", "teamkills")),
)
_FEW = 4
"""Rounds that a best or worst map takes: two matches."""
_WORTH_TELLING = 20
"""A caveat is told where it concerns one round in so many, or more."""


def career_card(
    career: Career, *, me: str | None, form: Form | None = None, boards: Sequence[Board] = (), buttons: Buttons = ()
) -> Card:
    """What people ask first about a player over a scope; `boards`: those whose places are told."""
    figures = career.figures
    if figures is None:
        lines = [f"**{_who(career, me)} played no round of this scope that counts.**", *_names(career)]
    else:
        lines = [f"## {_headline(figures)}"]
        lines += (
            [f"Form: {sentence[0].lower()}{sentence[1:]}"]
            if form is not None and (sentence := trend(form)) is not None
            else []
        )
        lines += [" · ".join(_figure(name, figures) for name in some) for some in (_FIRST[:4], _FIRST[4:])]
        lines += _best_and_worst(career.maps)
        lines += whole_matches(career.coverage)
    places = [f"{board.metric.title}: {text}" for board in boards if (text := own_text(board, career.guid)) is not None]
    return Card(
        title=_title(career),
        lines=(*lines, _small_print(career)),
        fields=(("Places in the last 30 days", "\n".join(within(places, _FIELD))),) if places else (),
        buttons=tuple(buttons),
    )


def _title(career: Career, more: str = "") -> str:
    return f"{safe_name(career.name, limit=36)} · {safe_name(career.coverage.label, limit=70)}{more}"


def _who(career: Career, me: str | None) -> str:
    return "You have" if career.guid == me else f"{safe_name(career.name)} has"


def _headline(figures: Figures) -> str:
    """`K/D 1.16 · 306 DPM · 51% won · 222 rounds, 23 h`."""
    values = figures.values
    seconds = values.get("time") or 0
    played = duration(seconds) if seconds < HOUR else f"{seconds / HOUR:,.0f} h"
    won = values.get("win_rate")
    return " · ".join((
        f"K/D {number(values.get('kd'), 2)}",
        f"{number(values.get('dpm'))} DPM",
        *(() if won is None else (f"{number(won)}% won",)),
        f"{counted(figures.rounds, 'round')}, {played}",
    ))  # fmt: skip


def _figure(name: str, figures: Figures) -> str:
    metric = BY_NAME[name]
    return f"{metric.short} **{figure_text(metric, figures.values.get(name))}**"


def _best_and_worst(maps: Sequence[MapFigures]) -> list[str]:
    """Of the maps that were played most, by K/D."""
    known = [
        (kd, line) for line in maps
        if line.figures.rounds >= _FEW and (kd := line.figures.values.get("kd")) is not None
    ]  # fmt: skip
    if len(known) < 2:
        return []
    ordered = sorted(known, key=lambda pair: -pair[0])
    (best, there), (worst, here) = ordered[0], ordered[-1]
    if number(best, 2) == number(worst, 2):
        return []
    return [
        f"Best map: **{map_name(there.map, limit=32)}**, K/D {number(best, 2)} in {there.figures.rounds} rounds · "
        f"worst: **{map_name(here.map, limit=32)}**, {number(worst, 2)} in {here.figures.rounds}"
    ]


def _small_print(career: Career) -> str:
    """What it rests on, and what does not hold for all of it, where that is worth telling."""
    coverage, figures = career.coverage, career.figures
    own = 0 if figures is None else figures.rounds
    parts = [f"{own} of {counted(coverage.rounds, 'round')}"]
    if coverage.newest is not None:
        parts.append(f"newest round {when(coverage.newest, 'R')}")
    left = sum(rounds for _, rounds in coverage.left_out)
    if _is_worth_telling(left, coverage.rounds + left):
        reasons = (f"{rounds} {safe_name(why)}" for why, rounds in left_out_words(coverage.left_out))
        parts.append(f"left out: {', '.join(reasons)}")
    if _is_worth_telling(career.set_aside, own + career.set_aside):
        parts.append(f"{counted(career.set_aside, 'round')} not counted, see Explain")
    if figures is not None:
        parts += _partly(figures, _FIRST)
    return f"-# {' · '.join(parts)}"


def _is_worth_telling(rounds: int, of: int) -> bool:
    return rounds > 0 and _WORTH_TELLING * rounds >= of


def _partly(figures: Figures, names: Sequence[str]) -> list[str]:
    """Figures that many of the rounds' writers did not know."""
    known = {name: figures.known[name] for name in names if "result" not in BY_NAME[name].top}
    partly = {
        name: rounds for name, rounds in known.items()
        if rounds and _is_worth_telling(figures.rounds - rounds, figures.rounds)
    }  # fmt: skip
    if not partly:
        return []
    since = ", ".join(f"{BY_NAME[name].title} from {rounds}" for name, rounds in partly.items())
    return [f"known from fewer rounds: {since}"]


def all_figures_card(career: Career, *, me: str | None, buttons: Buttons = ()) -> Card:
    """Every figure, name and map of a player over a scope."""
    lines = [f"First seen {when(career.first_seen, 'd')}, last seen {when(career.last_seen, 'R')}", *_names(career)]
    fields: list[tuple[str, str]] = []
    figures = career.figures
    if figures is None:
        lines.append(f"**{_who(career, me)} played no round of this scope that counts.**")
    else:
        fields = [(title, _block(names, figures)) for title, names in _SHOWN]
        if len(career.maps) > 1:
            titles = titles_apart(line.map for line in career.maps)
            rows = [("Map", "Rnds", "K/D", "DPM", "Won%")]
            rows += [(titles[line.map], str(line.figures.rounds), *_three(line.figures)) for line in career.maps]
            fields.append(("Maps", table(rows, limit=_FIELD)))
        lines += [f"-# {sentence}" for sentence in _partly(figures, [name for _, names in _SHOWN for name in names])]
        lines += whole_matches(career.coverage)
    if career.set_aside:
        lines.append(f"-# {counted(career.set_aside, 'round')} of this scope not counted: see Explain")
    lines.append(covered(career.coverage, own=None if figures is None else figures.rounds))
    return Card(
        title=_title(career, ": all stats"),
        lines=tuple(lines),
        fields=tuple(fields),
        footer=f"GUID {plain(career.guid, limit=60)}",
        buttons=tuple(buttons),
    )


def _names(career: Career) -> list[str]:
    others = career.aliases[1:]
    if not others:
        return []
    more = len(others) - _ALIASES
    names = ", ".join(f"{safe_name(alias.name)} (until {when(alias.last_seen, 'd')})" for alias in others[:_ALIASES])
    return [f"Also seen as {names}" + (f" and {more} more" if more > 0 else "")]


def _block(names: Sequence[str], figures: Figures) -> str:
    rows = [(_head(BY_NAME[name]), figure_text(BY_NAME[name], figures.values.get(name))) for name in names]
    return table(rows, (_TITLE, 12), limit=_FIELD)


def _head(metric: Metric) -> str:
    return metric.title if len(metric.title) <= _TITLE else metric.short


def _three(figures: Figures) -> tuple[str, str, str]:
    kd, dpm, won = (figures.values.get(name) for name in ("kd", "dpm", "win_rate"))
    return number(kd, 2), number(dpm), number(won)
