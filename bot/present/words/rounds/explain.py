"""Explanations: the rounds behind a number, as a card and as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal

from bot.domain.game.map_names import map_title
from bot.domain.stats.metrics import Metric
from bot.domain.stats.rounds.explanations import (
    ALIVE,
    FIGURES,
    Explanation,
    FileTime,
    OmittedRound,
    Overview,
    Part,
    Reckoning,
    RoundStory,
    Step,
    Sum,
    hints,
    involved,
)
from bot.present.card import Card, SelectMenu
from bot.present.words.reasons import note_text, reason_text, reckoning_text
from bot.present.words.text import (
    FILE_HEADER,
    UNKNOWN,
    counted,
    covered,
    figure_text,
    number,
    plain,
    safe_name,
    table,
    whole_matches,
)

_TABLE, _FILES, _HOW, _NOTES, _OUT, _HEADER = 800, 1000, 450, 700, 500, 400
"""Characters of each part: together they stay below what one message holds."""
_HEAD = ("file", "R1", "counts")
_LEFT_OUT = 5
_LEGEND = "file: what the file says · R1: what round 1's file says · counts: what is in the sum"
_WORDS = {
    "light_hits": "hits", "light_shots": "shots", "light_headshots": "head hits", "headshots": "head hits",
    "time_seconds": "s on a team", "alive_seconds": "s alive", "1": "rounds", "result > 0": "won",
    "kills + deaths": "kills and deaths",
}  # fmt: skip
"""How a formula calls its sums, where a column's name would not do."""
_STORY = {
    "kills": "Kills", "deaths": "Deaths", "damage_given": "Damage given",
    "time_seconds": "Seconds on a team (the files say minutes)",
}  # fmt: skip
_HEADINGS = {
    "time_seconds": _STORY["time_seconds"],
    "alive_seconds": "Seconds alive (the files say a share of the minutes on a team)",
}
"""Of columns that a file has in another unit."""


def overview_card(overview: Overview, *, menu: SelectMenu | None = None) -> Card:
    """What people ask about first, each with the sums behind it; `menu`: one figure in detail."""
    lines = [
        f"**{total.figure.title} {figure_text(total.figure, total.value)}**: {formula(total, overview.rounds)}"
        for total in overview.sums
    ]
    lines += [f"-# {total.figure.title}: {_unknown(total)}" for total in overview.sums if total.unknown]
    titles = {hint: total.figure.title for total in reversed(overview.sums) for hint in reversed(hints(total.figure))}
    lines += [f"-# {title}: {hint[0].lower()}{hint[1:]}" for hint, title in reversed(titles.items())]
    lines.append(covered(overview.coverage))
    return Card(
        title=f"Why: the stats of {safe_name(overview.name)}"[:256],
        lines=tuple(lines),
        fields=tuple(_left_out(overview.left_out)),
        footer="Pick a stat for the rounds behind it, and what their files say",
        menus=() if menu is None else (menu,),
    )


def explanation_card(
    explanation: Explanation, *, buttons: Sequence[tuple[str, str]] = (), menu: SelectMenu | None = None
) -> Card:
    """The figure, its formula, a page of the rounds behind it, and what is not in it."""
    figure = explanation.sum.figure
    lines = [
        f"**{figure_text(figure, explanation.sum.value)}**: {formula(explanation.sum, explanation.rounds)}",
        f"-# {figure.meaning}",
    ]
    lines += [f"-# {hint}" for hint in hints(figure)]
    lines += [f"In {_unknown(explanation.sum)}."] if explanation.sum.unknown else []
    lines += whole_matches(explanation.coverage) if figure.of_matches else []
    lines.append(covered(explanation.coverage))
    fields = [(name, _table(column, explanation.steps)) for column, name in columns(explanation)]
    fields += _files(explanation.steps)
    fields += [("The times, exactly", times)] if (times := _times(explanation.steps)) else []
    fields += [("How", ways)] if (ways := _how(explanation.steps)) else []
    fields += [("Notes on these rounds", notes)] if (notes := _notes(explanation.steps)) else []
    fields += _left_out(explanation.left_out)
    return Card(
        title=f"Why: {figure.title} of {safe_name(explanation.name)}"[:256],
        lines=tuple(lines),
        fields=tuple(fields),
        footer=f"Page {explanation.page + 1} of {explanation.pages} · {_LEGEND}",
        buttons=tuple(buttons),
        menus=() if menu is None else (menu,),
    )


def columns(explanation: Explanation) -> list[tuple[str, str]]:
    """(column, its name) of those that are shown, two at most: what is divided, and by what."""
    return [
        (name, _HEADINGS.get(name) or _WORDS.get(name, name.replace("_", " ")).capitalize())
        for name in _shown(explanation)
    ]


def _shown(explanation: Explanation) -> tuple[str, ...]:
    return involved(explanation.sum.figure)[:2] if explanation.steps else ()


def formula(total: Sum, rounds: int) -> str:
    """`120 kills / 80 deaths, over 12 rounds`: sums first, the division last."""
    over = f"over {counted(rounds, 'round')}"
    figure = total.figure
    if not figure.per:
        return f"{'the largest value' if figure.peak else 'the sum'} {over}"
    scale = f"{figure.scale} × " if figure.scale != 1 else ""
    least = f" (taken as {figure.floor})" if total.per is not None and total.per < figure.floor else ""
    per = "matches" if figure.of_matches else _word(figure.per)
    return f"{scale}{_amount(total.top)} {_word(figure.top)} / {_amount(total.per)} {per}{least}, {over}"


def _amount(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:,.0f}"


def _word(expression: str) -> str:
    return _WORDS.get(expression, expression.replace("_", " "))


def _unknown(total: Sum) -> str:
    return f"{counted(total.unknown, 'round')} the stats script did not know this yet: unknown, not 0"


def _table(column: str, steps: Sequence[Step]) -> str:
    rows = [("Round", *_HEAD)]
    rows += [
        (f"R{step.number} #{step.round_id} {map_title(step.map)}", *_values(_of(step.parts, column))) for step in steps
    ]
    return table(rows, limit=_TABLE)


def _values(part: Part) -> tuple[str, str, str]:
    return _cell(part, part.in_file, part.written), _cell(part, part.in_first, part.before), number(part.counted)


def _cell(part: Part, time: FileTime | None, value: float | Decimal | None) -> str:
    """What a file has there: of a time, `14.8m` or `83.1%`."""
    if value is None or time is None:
        return number(_float(value))
    return f"{_tenths(time.percent)}%" if part.column == ALIVE else f"{_tenths(time.minutes)}m"


def _tenths(value: int) -> str:
    return f"{Decimal(value).scaleb(-1):.1f}"


def _times(steps: Sequence[Step]) -> str:
    """The arithmetic of the times, a line a round: of those alive, where these are asked for."""
    lines = []
    for step in steps:
        of_times = [part for part in step.parts if part.in_file is not None and part.exact is not None]
        lines += [f"#{step.round_id}: {arithmetic(part)}" for part in of_times[:1]]
    return _within(lines, _HOW)


def arithmetic(part: Part) -> str:
    """`83.1% of 14.8 min − 79.0% of 7.2 min = 396.648 s`: from what the files say to what counts."""
    assert part.in_file is not None
    exact = part.exact or 0
    is_alive = part.column == ALIVE
    if part.how is Reckoning.ROUND_LENGTH:
        reckoning = f"{_tenths(part.in_file.percent)}% of {part.time} s" if is_alive else f"this round's {part.time} s"
    else:
        times = [part.in_file]
        if part.how is Reckoning.MINUS_FIRST and part.in_first is not None:
            times.append(part.in_first)
        reckoning = " − ".join(_alive(time) if is_alive else f"{_tenths(time.minutes)} min" for time in times)
    kept = f", kept within the {part.time} s on a team" if part.counted != round(exact) else ""
    return f"{reckoning} = {exact:f} s{kept}" if isinstance(exact, Decimal) else f"{reckoning} = {exact} s{kept}"


def _alive(time: FileTime) -> str:
    return f"{_tenths(time.percent)}% of {_tenths(time.minutes)} min"


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
    text = _within(lines, _OUT, more=max(0, len(rounds) - _LEFT_OUT))
    return [("Not in it", text)] if text else []


def _within(lines: Sequence[str], limit: int, *, more: int = 0) -> str:
    """As many lines as fit, and how many more there are."""
    fits = list(lines)
    while len("\n".join(fits)) > limit - 20:
        fits.pop()
    rest = len(lines) - len(fits) + more
    return "\n".join([*fits, *([f"… and {rest} more"] if rest else [])])


def figures_menu(custom_id: str, chosen: Metric | None = None) -> SelectMenu:
    """A figure of the same player and scope."""
    options = tuple((figure.title, figure.name) for figure in FIGURES[:25])
    now = None if chosen is None else chosen.name
    return SelectMenu(custom_id=custom_id, placeholder="Explain a stat", options=options, chosen=now)


def _story_title(story: RoundStory, half: tuple[int, int] | None) -> str:
    what = f"round #{story.round_id}" if half is None else f"round {half[1]} of match #{half[0]}"
    return f"Why {what} is what it is"


def story_in_short(story: RoundStory, *, half: tuple[int, int] | None = None) -> Card:
    """How the figures came about, whether the round counts, what was noted; `half`: its match's number, and its own."""
    notes = _within([f"- {safe_name(note_text(note), limit=150)}" for note in story.notes], _NOTES)
    counts = (
        "The round counts."
        if story.reason is None
        else f"The round does not count: {safe_name(reason_text(story.reason), limit=200)}."
    )
    beginning = [_sentence(story), counts] if story.reason is None else [counts, _sentence(story)]
    return Card(
        title=_story_title(story, half),
        lines=(*beginning, *([notes] if notes else [])),
        footer="Every player's stats and the files are behind Details",
    )


def _sentence(story: RoundStory) -> str:
    """`Round 2's file holds both rounds. anna: 17 kills in it − 10 in round 1 = 7.`"""
    kills = [(name, part) for name, parts in story.players for part in parts if part.column == "kills"]
    split = [(name, part) for name, part in kills if part.how is Reckoning.MINUS_FIRST and part.before is not None]
    if split:
        name, part = max(split, key=lambda pair: pair[1].counted or 0)
        who = safe_name(name, limit=24)
        sums = f"{number(_float(part.written))} kills in it − {number(_float(part.before))} in round 1"
        return f"Round 2's file holds both rounds. {who}: {sums} = {number(part.counted)}."
    if not kills:
        return "Its file names no player."
    name, part = max(kills, key=lambda pair: pair[1].counted or 0)
    who, written = safe_name(name, limit=24), number(_float(part.written))
    return f"{who}: {written} kills in the file = {number(part.counted)} in this round: {reckoning_text(part.how)}."


def _float(value: float | Decimal | None) -> float | None:
    return None if value is None else float(value)


def story_card(story: RoundStory, *, half: tuple[int, int] | None = None) -> Card:
    """What a round's file says, and how each player's figures came of it; `half`: as `story_in_short` has it."""
    header = ", ".join(f"{name} {plain(value, limit=70)}" for name, value in story.header)
    state = (
        "It counts."
        if story.reason is None
        else f"It does not count: {safe_name(reason_text(story.reason), limit=200)}."
    )
    lines = [f"`{plain(story.file, limit=120)}`", state]
    lines.append(f"Its round 1: `{plain(story.first, limit=120)}`" if story.first else "It is paired with no round 1.")
    lines.append(f"{FILE_HEADER}{safe_name(header, limit=_HEADER)}" if header else "-# Its file is lost.")
    notes = _within([f"- {safe_name(note_text(note), limit=150)}" for note in story.notes], _NOTES)
    fields = [(name, table(_rows(story, column), limit=_TABLE)) for column, name in _STORY.items()]
    hows = list(dict.fromkeys(reckoning_text(part.how) for _, parts in story.players for part in parts))
    return Card(
        title=_story_title(story, half),
        lines=(*lines, *([notes] if notes else [])),
        fields=tuple([*fields, ("How", _within(hows, _HOW))] if hows else ()),
        footer=_LEGEND.replace("is in the sum", "happened in this round"),
    )


def _rows(story: RoundStory, column: str) -> list[tuple[str, ...]]:
    return [("Player", *_HEAD), *((name, *_values(_of(parts, column))) for name, parts in story.players)]


def overview_lines(overview: Overview) -> list[str]:
    """What people ask about first, each with the sums behind it."""
    lines = [_title(overview)]
    for total in overview.sums:
        lines += ["", *_sum_lines(total, overview.rounds)]
    return [*lines, *_left_out_plainly(overview.left_out)]


def explanation_lines(explanation: Explanation, *, zone: tzinfo) -> list[str]:
    """The figure, its formula, and a page of the rounds behind it."""
    lines = [_title(explanation), *_sum_lines(explanation.sum, explanation.rounds)]
    if explanation.sum.figure.of_matches:
        lines += [f"  {line.removeprefix('-# ')}" for line in whole_matches(explanation.coverage)]
    for step in explanation.steps:
        lines += ["", *_step_lines(step, zone)]
    lines += _left_out_plainly(explanation.left_out)
    page = f"page {explanation.page + 1} of {explanation.pages}"
    return [*lines, "", f"{page}; {counted(explanation.coverage.rounds, 'round')} in the scope"]


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


def _title(answer: Explanation | Overview) -> str:
    return f"{plain(answer.name, limit=60)} ({plain(answer.guid, limit=60)}), {plain(answer.coverage.label, limit=200)}"


def _sum_lines(total: Sum, rounds: int) -> Iterator[str]:
    yield f"  {total.figure.title} {figure_text(total.figure, total.value)} = {formula(total, rounds)}"
    yield from (f"  {hint}" for hint in (total.figure.meaning, *hints(total.figure)))
    if total.unknown:
        yield f"  unknown to the stats script in {counted(total.unknown, 'round')}"


def _step_lines(step: Step, zone: tzinfo) -> Iterator[str]:
    at = datetime.fromtimestamp(step.ended_at, zone).strftime("%Y-%m-%d %H:%M")
    yield f"#{step.round_id} {at} {step.file}" + (f"  (round 1: {step.first})" if step.first else "")
    yield from (_part_line(part) for part in step.parts)
    yield from (f"    note: {plain(note_text(note), limit=200)}" for note in step.notes)


def _part_line(part: Part) -> str:
    how = reckoning_text(part.how)
    less = "" if part.before is None else f", round 1 says {_plainly(part, part.in_first, part.before)}"
    sums = f" ({arithmetic(part)})" if part.in_file is not None and part.exact is not None else ""
    file = _plainly(part, part.in_file, part.written)
    return f"    {part.column}: file {file}{less}, counts {number(part.counted)}: {how}{sums}"


def _plainly(part: Part, time: FileTime | None, value: float | Decimal | None) -> str:
    """What a file says, with its unit where that is another than the column's."""
    if value is None or time is None:
        return number(_float(value))
    return _alive(time) if part.column == ALIVE else f"{_tenths(time.minutes)} min"


def _left_out_plainly(rounds: Sequence[OmittedRound]) -> list[str]:
    return [""] * bool(rounds) + [
        f"not in it: {out.file}: {plain(reason_text(out.reason), limit=200)}" for out in rounds
    ]
