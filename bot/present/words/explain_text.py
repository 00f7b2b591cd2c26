"""Explanations for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from bot.domain.stats.explanations import Explanation, OmittedRound, Overview, Part, RoundStory, Step, Sum, hints
from bot.present.words.explain import formula
from bot.present.words.figures import figure_text
from bot.present.words.text import counted, number, plain


def overview_lines(one: Overview) -> list[str]:
    """What people ask about first, each with the sums behind it."""
    lines = [_title(one)]
    for its in one.sums:
        lines += ["", *_sum_lines(its, one.rounds)]
    return [*lines, *_left_out(one.left_out)]


def explanation_lines(one: Explanation, *, zone: tzinfo) -> list[str]:
    """The figure, its formula, and a page of the rounds behind it."""
    lines = [_title(one), *_sum_lines(one.sum, one.rounds)]
    for step in one.steps:
        lines += ["", *_step_lines(step, zone)]
    lines += _left_out(one.left_out)
    return [*lines, "", f"page {one.page + 1} of {one.pages}; {counted(one.coverage.rounds, 'round')} in the scope"]


def story_lines(story: RoundStory) -> list[str]:
    """A round's story."""
    lines = [
        f"#{story.round_id} {story.file}",
        f"  {story.state}" + (f": {plain(story.reason, limit=200)}" if story.reason else ""),
    ]
    lines.append(f"  round 1: {story.first or 'none'}")
    lines += [f"  {name}: {plain(value, limit=100)}" for name, value in story.header]
    lines += [f"  note: {plain(note, limit=200)}" for note in story.notes]
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
    yield from (f"    note: {plain(note, limit=200)}" for note in step.notes)


def _part_line(its: Part) -> str:
    less = "" if its.before is None else f", round 1 says {its.before}"
    return f"    {its.column}: file {number(its.written)}{less}, counts {number(its.counted)}: {its.how}"


def _left_out(rounds: Sequence[OmittedRound]) -> list[str]:
    return [""] * bool(rounds) + [f"not in it: {out.file}: {plain(out.reason, limit=200)}" for out in rounds]
