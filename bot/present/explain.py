"""Explanations as cards, and as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from bot.domain.explanations import FIGURES, Explanation, Part, Step, Story, hints, involved
from bot.domain.metrics import Metric
from bot.present.card import Card, Menu
from bot.present.coverage import covered
from bot.present.figures import figure_text
from bot.present.text import UNKNOWN, counted, number, plain, safe_name, table

_FIELD, _DESCRIPTION = 1000, 3600
_WIDTHS = (17, 7, 6, 7)
_OUT = 5


def explanation_card(
    one: Explanation, *, zone: tzinfo, buttons: Sequence[tuple[str, str]] = (), menu: Menu | None = None
) -> Card:
    """The figure, its formula, a page of the rounds behind it, and what is not in it."""
    lines = [f"**{figure_text(one.figure, one.value)}**: {formula(one)}", f"-# {one.figure.meaning}"]
    lines += [f"-# {hint}" for hint in hints(one.figure)]
    if one.unknown:
        lines.append(f"In {counted(one.unknown, 'round')} the stats script did not know this yet: unknown, not 0.")
    fields = [(f"{safe_name(column)}, newest rounds first", _table(column, one.steps, zone)) for column in columns(one)]
    fields += [("How", said)] if (said := _how(one.steps)) else []
    fields += [("Notes on these rounds", notes)] if (notes := _notes(one.steps)) else []
    fields += [("Not in it", out)] if (out := _left_out(one)) else []
    lines.append(covered(one.coverage))
    return Card(
        title=f"Why: {one.figure.title} of {safe_name(one.name)}"[:256],
        lines=tuple(lines),
        fields=tuple(fields),
        footer=f"Page {one.page + 1} of {one.pages} · file: what the file says · R1: what round 1's file says",
        buttons=tuple(buttons),
        menus=() if menu is None else (menu,),
    )


def columns(one: Explanation) -> tuple[str, ...]:
    """The columns that are shown, two at most: what is divided, and by what."""
    return involved(one.figure)[:2] if one.steps else ()


def formula(one: Explanation) -> str:
    """`120 kills / 80 deaths, over 12 rounds`: sums first, the division last."""
    over = f"over {counted(one.rounds, 'round')}"
    if not one.figure.per:
        how = "the largest value" if one.figure.peak else "the sum"
        return f"{how} {over}"
    scale = f"{one.figure.scale} × " if one.figure.scale != 1 else ""
    return f"{scale}{number(one.top)} / {number(one.per)}, {over}"


def _table(column: str, steps: Sequence[Step], zone: tzinfo) -> str:
    rows = [("Round", "file", "R1", "counts")]
    for step in steps:
        its = _of(step, column)
        at = datetime.fromtimestamp(step.ended_at, zone).strftime("%m-%d")
        name = f"{at} {step.map[:8]} R{step.number}"
        rows.append((name, number(its.written), number(its.before), number(its.counted)))
    return table(rows, _WIDTHS, limit=_FIELD)


def _of(step: Step, column: str) -> Part:
    return next(part for part in step.parts if part.column == column)


def _how(steps: Sequence[Step]) -> str:
    """Each way a value was taken, with the rounds it was taken so in."""
    ways: dict[str, list[str]] = {}
    for step in steps:
        for part in step.parts:
            ways.setdefault(part.how, []).append(f"#{step.round_id}")
    lines = [f"{how}: {', '.join(dict.fromkeys(rounds))}" for how, rounds in ways.items()]
    return "\n".join(lines)[:_FIELD]


def _notes(steps: Sequence[Step]) -> str:
    lines = [f"#{step.round_id} {safe_name(note, limit=150)}" for step in steps for note in step.notes]
    return _within(lines, _FIELD)


def _left_out(one: Explanation) -> str:
    lines = [f"`{plain(out.file, limit=80)}`: {safe_name(out.reason, limit=100)}" for out in one.left_out[:_OUT]]
    more = len(one.left_out) - _OUT
    return _within([*lines, *([f"… and {counted(more, 'more round')}"] if more > 0 else [])], _FIELD)


def _within(lines: Sequence[str], limit: int) -> str:
    """As many lines as fit, and how many more there are."""
    fits = list(lines)
    while len("\n".join(fits)) > limit - 20:
        fits.pop()
    rest = len(lines) - len(fits)
    return "\n".join([*fits, *([f"… and {rest} more"] if rest else [])])


def figures_menu(custom_id: str, chosen: Metric) -> Menu:
    """Another figure of the same player and scope."""
    options = tuple((one.title, one.name) for one in FIGURES[:25])
    return Menu(custom_id=custom_id, placeholder="Explain another figure", options=options, chosen=chosen.name)


def story_card(story: Story) -> Card:
    """What a round's file says, and how each player's figures came of it."""
    header = ", ".join(f"{name} {plain(value, limit=70)}" for name, value in story.header)
    state = "It counts." if story.reason is None else f"It does not count: {safe_name(story.reason, limit=200)}."
    lines = [f"`{plain(story.file, limit=100)}`", state]
    lines.append(f"Its round 1: `{plain(story.first, limit=100)}`" if story.first else "It is paired with no round 1.")
    lines += [f"-# The file's header: {safe_name(header, limit=600)}" if header else "-# Its file is lost."]
    lines += [f"- {safe_name(note, limit=200)}" for note in story.notes[:10]]
    fields = [
        (f"{name} (file, R1, counts)", table(_story_rows(story, column), (16, 7, 6, 7), limit=_FIELD))
        for name, column in (("Kills", "kills"), ("Damage given", "damage_given"), ("Seconds played", "time_seconds"))
        if story.players
    ]
    hows = dict.fromkeys(part.how for _, parts in story.players for part in parts)
    return Card(
        title=f"Why round #{story.round_id} is what it is",
        lines=tuple(lines),
        fields=tuple([*fields, ("How", "\n".join(hows)[:_FIELD])] if hows else fields),
        footer="file: what the file says · R1: what round 1's file says · counts: what happened in this round",
    )


def _story_rows(story: Story, column: str) -> list[tuple[str, ...]]:
    return [
        (name, number(its.written), number(its.before), number(its.counted))
        for name, parts in story.players
        for its in parts
        if its.column == column
    ]


def as_lines(one: Explanation, *, zone: tzinfo) -> list[str]:
    """The same for a terminal."""
    lines = [f"{one.figure.title} of {plain(one.name, limit=60)} ({one.guid}), {one.coverage.label}"]
    lines.append(f"  {figure_text(one.figure, one.value)} = {formula(one)}")
    lines += [f"  {hint}" for hint in (one.figure.meaning, *hints(one.figure))]
    if one.unknown:
        lines.append(f"  unknown to the stats script in {counted(one.unknown, 'round')}")
    for step in one.steps:
        at = datetime.fromtimestamp(step.ended_at, zone).strftime("%Y-%m-%d %H:%M")
        lines.append(f"\n#{step.round_id} {at} {step.file}" + (f"  (round 1: {step.first})" if step.first else ""))
        for its in step.parts:
            less = "" if its.before is None else f", round 1 says {its.before}"
            lines.append(f"    {its.column}: file {_shown(its.written)}{less}, counts {_shown(its.counted)}: {its.how}")
        lines += [f"    note: {plain(note, limit=200)}" for note in step.notes]
    lines += [f"\nnot in it: {out.file}: {out.reason}" for out in one.left_out]
    lines.append(f"\npage {one.page + 1} of {one.pages}; {counted(one.coverage.rounds, 'round')} in the scope")
    return lines


def story_lines(story: Story) -> list[str]:
    """A round's story for a terminal."""
    lines = [f"#{story.round_id} {story.file}", f"  {story.state}" + (f": {story.reason}" if story.reason else "")]
    lines.append(f"  round 1: {story.first or 'none'}")
    lines += [f"  {name}: {plain(value, limit=100)}" for name, value in story.header]
    lines += [f"  note: {plain(note, limit=200)}" for note in story.notes]
    for name, parts in story.players:
        lines.append(f"\n{plain(name, limit=60)}")
        for its in parts:
            less = "" if its.before is None else f", round 1 says {its.before}"
            lines.append(f"    {its.column}: file {_shown(its.written)}{less}, counts {_shown(its.counted)}: {its.how}")
    return lines


def _shown(value: int | None) -> str:
    return UNKNOWN if value is None else str(value)
