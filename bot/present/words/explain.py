"""Explanations: the rounds behind a number, as a card and as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from bot.domain.stats.explanations import (
    FIGURES,
    Explanation,
    OmittedRound,
    Overview,
    Part,
    RoundStory,
    Step,
    Sum,
    hints,
    involved,
)
from bot.domain.stats.metrics import Metric
from bot.present.card import Card, SelectMenu
from bot.present.words.reasons import note_text, reason_text, reckoning_text
from bot.present.words.text import UNKNOWN, counted, covered, figure_text, number, plain, safe_name, table

_TABLE, _FILES, _HOW, _NOTES, _OUT, _HEADER = 800, 1000, 450, 700, 500, 400
"""Characters of each part: together they stay below what one message holds."""
_WIDTHS = (17, 7, 6, 7)
_HEAD = ("file", "R1", "counts")
_LEFT_OUT = 5
_LEGEND = "file: what the file says · R1: what round 1's file says · counts: what is in the sum"
_WORDS = {
    "light_hits": "hits", "light_shots": "shots", "light_headshots": "head hits", "headshots": "head hits",
    "time_seconds": "s on a team", "alive_seconds": "s alive", "1": "rounds", "result > 0": "won",
}  # fmt: skip
"""How a formula calls its sums, where a column's name would not do."""
_STORY = {"kills": "Kills", "deaths": "Deaths", "damage_given": "Damage given", "time_seconds": "Seconds on a team"}


def overview_card(one: Overview, *, menu: SelectMenu | None = None) -> Card:
    """What people ask about first, each with the sums behind it; `menu`: one figure in detail."""
    lines = [
        f"**{its.figure.title} {figure_text(its.figure, its.value)}**: {formula(its, one.rounds)}" for its in one.sums
    ]
    lines += [f"-# {its.figure.title}: {_unknown(its)}" for its in one.sums if its.unknown]
    told = {hint: its.figure.title for its in reversed(one.sums) for hint in reversed(hints(its.figure))}
    lines += [f"-# {title}: {hint[0].lower()}{hint[1:]}" for hint, title in reversed(told.items())]
    lines.append(covered(one.coverage))
    return Card(
        title=f"Why: the figures of {safe_name(one.name)}"[:256],
        lines=tuple(lines),
        fields=tuple(_left_out(one.left_out)),
        footer="Pick a figure for the rounds behind it, and what their files say",
        menus=() if menu is None else (menu,),
    )


def explanation_card(
    one: Explanation, *, buttons: Sequence[tuple[str, str]] = (), menu: SelectMenu | None = None
) -> Card:
    """The figure, its formula, a page of the rounds behind it, and what is not in it."""
    asked = one.sum.figure
    lines = [f"**{figure_text(asked, one.sum.value)}**: {formula(one.sum, one.rounds)}", f"-# {asked.meaning}"]
    lines += [f"-# {hint}" for hint in hints(asked)]
    lines += [f"In {_unknown(one.sum)}."] if one.sum.unknown else []
    lines.append(covered(one.coverage))
    fields = [(name, _table(column, one.steps)) for column, name in columns(one)]
    fields += _files(one.steps)
    fields += [("How", said)] if (said := _how(one.steps)) else []
    fields += [("Notes on these rounds", notes)] if (notes := _notes(one.steps)) else []
    fields += _left_out(one.left_out)
    return Card(
        title=f"Why: {asked.title} of {safe_name(one.name)}"[:256],
        lines=tuple(lines),
        fields=tuple(fields),
        footer=f"Page {one.page + 1} of {one.pages} · {_LEGEND}",
        buttons=tuple(buttons),
        menus=() if menu is None else (menu,),
    )


def columns(one: Explanation) -> list[tuple[str, str]]:
    """(column, its name) of those that are shown, two at most: what is divided, and by what."""
    return [(name, _WORDS.get(name, name.replace("_", " ")).capitalize()) for name in _shown(one)]


def _shown(one: Explanation) -> tuple[str, ...]:
    return involved(one.sum.figure)[:2] if one.steps else ()


def formula(its: Sum, rounds: int) -> str:
    """`120 kills / 80 deaths, over 12 rounds`: sums first, the division last."""
    over = f"over {counted(rounds, 'round')}"
    asked = its.figure
    if not asked.per:
        return f"{'the largest value' if asked.peak else 'the sum'} {over}"
    scale = f"{asked.scale} × " if asked.scale != 1 else ""
    least = f" (taken as {asked.floor})" if its.per is not None and its.per < asked.floor else ""
    per = "matches" if asked.of_matches else _word(asked.per)
    return f"{scale}{_amount(its.top)} {_word(asked.top)} / {_amount(its.per)} {per}{least}, {over}"


def _amount(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:,.0f}"


def _word(expression: str) -> str:
    return _WORDS.get(expression, expression.replace("_", " "))


def _unknown(its: Sum) -> str:
    return f"{counted(its.unknown, 'round')} the stats script did not know this yet: unknown, not 0"


def _table(column: str, steps: Sequence[Step]) -> str:
    rows = [("Round", *_HEAD)]
    rows += [(f"R{step.number} #{step.round_id} {step.map}", *_values(_of(step.parts, column))) for step in steps]
    return table(rows, _WIDTHS, limit=_TABLE)


def _values(its: Part) -> tuple[str, str, str]:
    return number(its.written), number(its.before), number(its.counted)


def _of(parts: Sequence[Part], column: str) -> Part:
    return next(part for part in parts if part.column == column)


def _files(steps: Sequence[Step]) -> Iterator[tuple[str, str]]:
    """The file of each round, and that of its round 1; as many fields as they need."""
    lines = [
        f"**#{step.round_id}** `{plain(step.file, limit=120)}`"
        + (f", round 1: `{plain(step.first, limit=120)}`" if step.first else "")
        for step in steps
    ]
    name = "Files, newest first"
    while lines:
        fits = len(lines)
        while fits > 1 and len("\n".join(lines[:fits])) > _FILES:
            fits -= 1
        yield name, "\n".join(lines[:fits])
        name, lines = "Files, continued", lines[fits:]


def _how(steps: Sequence[Step]) -> str:
    """Each way a value was taken, with the rounds it was taken so in."""
    ways: dict[str, list[str]] = {}
    for step in steps:
        for part in step.parts:
            ways.setdefault(reckoning_text(part.how), []).append(f"#{step.round_id}")
    return _within([f"{how}: {', '.join(dict.fromkeys(rounds))}" for how, rounds in ways.items()], _HOW)


def _notes(steps: Sequence[Step]) -> str:
    return _within(
        [f"#{step.round_id} {safe_name(note_text(note), limit=150)}" for step in steps for note in step.notes], _NOTES
    )


def _left_out(rounds: Sequence[OmittedRound]) -> list[tuple[str, str]]:
    """The rounds in which he stands and that do not count."""
    lines = [
        f"`{plain(out.file, limit=120)}`: {safe_name(reason_text(out.reason), limit=100)}" for out in rounds[:_LEFT_OUT]
    ]
    said = _within(lines, _OUT, more=max(0, len(rounds) - _LEFT_OUT))
    return [("Not in it", said)] if said else []


def _within(lines: Sequence[str], limit: int, *, more: int = 0) -> str:
    """As many lines as fit, and how many more there are."""
    fits = list(lines)
    while len("\n".join(fits)) > limit - 20:
        fits.pop()
    rest = len(lines) - len(fits) + more
    return "\n".join([*fits, *([f"… and {rest} more"] if rest else [])])


def figures_menu(custom_id: str, chosen: Metric | None = None) -> SelectMenu:
    """A figure of the same player and scope."""
    options = tuple((one.title, one.name) for one in FIGURES[:25])
    return SelectMenu(
        custom_id=custom_id,
        placeholder="Explain a figure",
        options=options,
        chosen=None if chosen is None else chosen.name,
    )


def story_card(story: RoundStory) -> Card:
    """What a round's file says, and how each player's figures came of it."""
    header = ", ".join(f"{name} {plain(value, limit=70)}" for name, value in story.header)
    state = (
        "It counts."
        if story.reason is None
        else f"It does not count: {safe_name(reason_text(story.reason), limit=200)}."
    )
    lines = [f"`{plain(story.file, limit=120)}`", state]
    lines.append(f"Its round 1: `{plain(story.first, limit=120)}`" if story.first else "It is paired with no round 1.")
    lines.append(f"-# The file's header: {safe_name(header, limit=_HEADER)}" if header else "-# Its file is lost.")
    notes = _within([f"- {safe_name(note_text(note), limit=150)}" for note in story.notes], _NOTES)
    fields = [(name, table(_rows(story, column), _WIDTHS, limit=_TABLE)) for column, name in _STORY.items()]
    hows = list(dict.fromkeys(reckoning_text(part.how) for _, parts in story.players for part in parts))
    return Card(
        title=f"Why round #{story.round_id} is what it is",
        lines=(*lines, *([notes] if notes else [])),
        fields=tuple([*fields, ("How", _within(hows, _HOW))] if hows else ()),
        footer=_LEGEND.replace("is in the sum", "happened in this round"),
    )


def _rows(story: RoundStory, column: str) -> list[tuple[str, ...]]:
    return [("Player", *_HEAD), *((name, *_values(_of(parts, column))) for name, parts in story.players)]


def overview_lines(one: Overview) -> list[str]:
    """What people ask about first, each with the sums behind it."""
    lines = [_title(one)]
    for its in one.sums:
        lines += ["", *_sum_lines(its, one.rounds)]
    return [*lines, *_left_out_plainly(one.left_out)]


def explanation_lines(one: Explanation, *, zone: tzinfo) -> list[str]:
    """The figure, its formula, and a page of the rounds behind it."""
    lines = [_title(one), *_sum_lines(one.sum, one.rounds)]
    for step in one.steps:
        lines += ["", *_step_lines(step, zone)]
    lines += _left_out_plainly(one.left_out)
    return [*lines, "", f"page {one.page + 1} of {one.pages}; {counted(one.coverage.rounds, 'round')} in the scope"]


def story_lines(story: RoundStory) -> list[str]:
    """A round's story."""
    lines = [
        f"#{story.round_id} {story.file}",
        f"  {story.state}" + (f": {plain(reason_text(story.reason), limit=200)}" if story.reason else ""),
    ]
    lines.append(f"  round 1: {story.first or 'none'}")
    lines += [f"  {name}: {plain(value, limit=100)}" for name, value in story.header]
    lines += [f"  note: {plain(note_text(note), limit=200)}" for note in story.notes]
    for name, parts in story.players:
        lines += ["", plain(name, limit=60), *(_part_line(part) for part in parts)]
    return lines


def _title(one: Explanation | Overview) -> str:
    return f"{plain(one.name, limit=60)} ({plain(one.guid, limit=60)}), {plain(one.coverage.label, limit=200)}"


def _sum_lines(its: Sum, rounds: int) -> Iterator[str]:
    yield f"  {its.figure.title} {figure_text(its.figure, its.value)} = {formula(its, rounds)}"
    yield from (f"  {hint}" for hint in (its.figure.meaning, *hints(its.figure)))
    if its.unknown:
        yield f"  unknown to the stats script in {counted(its.unknown, 'round')}"


def _step_lines(step: Step, zone: tzinfo) -> Iterator[str]:
    at = datetime.fromtimestamp(step.ended_at, zone).strftime("%Y-%m-%d %H:%M")
    yield f"#{step.round_id} {at} {step.file}" + (f"  (round 1: {step.first})" if step.first else "")
    yield from (_part_line(part) for part in step.parts)
    yield from (f"    note: {plain(note_text(note), limit=200)}" for note in step.notes)


def _part_line(its: Part) -> str:
    less = "" if its.before is None else f", round 1 says {its.before}"
    return (
        f"    {its.column}: file {number(its.written)}{less}, counts {number(its.counted)}: {reckoning_text(its.how)}"
    )


def _left_out_plainly(rounds: Sequence[OmittedRound]) -> list[str]:
    return [""] * bool(rounds) + [
        f"not in it: {out.file}: {plain(reason_text(out.reason), limit=200)}" for out in rounds
    ]
