"""Explanations fit into one message, whatever players and files are called."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.model import Aside, State
from bot.domain.stats.answers import Coverage
from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.rounds.explanations import (
    FIGURES,
    USUAL,
    Explanation,
    FileTime,
    OmittedRound,
    Overview,
    Part,
    Reckoning,
    RoundStory,
    Step,
    Sum,
    figure,
    involved,
)
from bot.present.words.rounds.explain import (
    arithmetic,
    explanation_card,
    explanation_lines,
    figures_menu,
    formula,
    overview_card,
    overview_lines,
    story_card,
    story_lines,
)
from tests.present.checks import check, prose
from tests.present.discord_markup import LINK, MENTION
from tests.present.strategies import FIGURE, INSTANT, MAPS, NAMES, NOTES, REASONS

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""What would talk to a terminal; no line holds a line's end."""
HOWS = st.sampled_from(Reckoning)
FILES = st.builds("2026-03-01-21{:02}00-{}-round-{}.txt".format, st.integers(0, 59), MAPS, st.integers(1, 2))
IDS = st.integers(1, 10**8)
coverages = st.builds(
    Coverage,
    label=NAMES,
    rounds=st.integers(0, 10**6),
    left_out=st.lists(st.tuples(st.sampled_from(Aside), st.integers(1, 999)), max_size=3).map(tuple),
    newest=st.none() | INSTANT,
)
file_times = st.builds(FileTime, minutes=st.integers(0, 10**7), percent=st.integers(-(10**7), 10**7))
left_out = st.lists(st.builds(OmittedRound, file=FILES, reason=REASONS), max_size=30).map(tuple)


def parts(columns: tuple[str, ...]) -> st.SearchStrategy[tuple[Part, ...]]:
    return st.tuples(*map(a_part, columns))


@st.composite
def a_part(draw: st.DrawFn, column: str) -> Part:
    values, how = st.none() | FIGURE, draw(HOWS)
    if column not in ("time_seconds", "alive_seconds"):
        return Part(column=column, written=draw(values), before=draw(values), counted=draw(values), how=how)
    in_file, in_first = draw(st.none() | file_times), draw(st.none() | file_times)
    is_alive = column == "alive_seconds"
    written, before = (
        None if time is None else time.alive if is_alive else time.seconds for time in (in_file, in_first)
    )
    return Part(
        column=column, written=written, before=before, counted=draw(values), how=how, in_file=in_file,
        in_first=in_first, time=draw(values),
    )  # fmt: skip


def sums(name: str) -> st.SearchStrategy[Sum]:
    asked = figure(name)
    amount = st.none() | st.integers(0, 10**9)
    return st.builds(
        Sum,
        figure=st.just(asked),
        value=st.none() | st.floats(0, 10**9),
        top=amount,
        per=amount,
        unknown=st.integers(0, 10**6),
    )


@st.composite
def explanations(draw: st.DrawFn) -> Explanation:
    asked = draw(st.sampled_from(FIGURES))
    step = st.builds(
        Step,
        round_id=IDS,
        file=FILES,
        first=st.none() | FILES,
        map=MAPS,
        number=st.integers(1, 2),
        ended_at=INSTANT,
        parts=parts(involved(asked)),
        notes=st.lists(NOTES, max_size=8).map(tuple),
    )
    return draw(
        st.builds(
            Explanation,
            guid=NAMES,
            name=NAMES,
            sum=sums(asked.name),
            rounds=st.integers(0, 10**6),
            page=st.integers(0, 999),
            pages=st.integers(1, 999),
            steps=st.lists(step, max_size=6).map(tuple),
            left_out=left_out,
            coverage=coverages,
        )
    )


overviews = st.builds(
    Overview,
    guid=NAMES,
    name=NAMES,
    sums=st.tuples(*(sums(name) for name in USUAL)),
    rounds=st.integers(0, 10**6),
    left_out=left_out,
    coverage=coverages,
)
stories = st.builds(
    RoundStory,
    round_id=IDS,
    file=FILES,
    first=st.none() | FILES,
    state=st.sampled_from(State),
    reason=st.none() | REASONS,
    header=st.lists(st.tuples(st.sampled_from(["map", "configuration"]), NAMES), max_size=9).map(tuple),
    notes=st.lists(NOTES, max_size=20).map(tuple),
    players=st.lists(st.tuples(NAMES, parts(("kills", "deaths", "damage_given", "time_seconds"))), max_size=64).map(
        tuple
    ),
)


@given(explanations())
def test_an_explanation_fits_into_a_message_and_into_a_terminal(one: Explanation) -> None:
    card = explanation_card(
        one, buttons=[("Older", "ex:1:A:shots:1:all")], menu=figures_menu("exf:1:A:all", one.sum.figure)
    )
    check(card)
    assert_harmless(prose(card))
    assert not CONTROL.search("".join(explanation_lines(one, zone=UTC)))


@given(overviews)
def test_an_overview_fits(one: Overview) -> None:
    card = overview_card(one, menu=figures_menu("exf:1:A:all"))
    check(card)
    assert_harmless(prose(card))
    assert not CONTROL.search("".join(overview_lines(one)))


@given(stories)
def test_a_round_s_story_fits(one: RoundStory) -> None:
    card = story_card(one)
    check(card)
    assert_harmless(prose(card))
    assert not CONTROL.search("".join(story_lines(one)))


def assert_harmless(lines: list[str]) -> None:
    for line in lines:
        bare = line.replace(":R>", "")  # our own timestamp
        assert not MENTION.search(bare), line
        assert not LINK.search(bare), line


def a_sum(name: str, top: float | None, per: float | None) -> Sum:
    asked = figure(name)
    assert asked is not None
    return Sum(figure=asked, value=asked.value(top, per), top=top, per=per, unknown=0)


def test_formulas_are_read_aloud() -> None:
    assert formula(a_sum("kills", 12345, 9), 9) == "the sum over 9 rounds"
    assert formula(a_sum("spree", 7, 9), 1) == "the largest value over 1 round"
    assert formula(a_sum("kd", 1200, 80), 12) == "1,200 kills / 80 deaths, over 12 rounds"
    assert formula(a_sum("kd", 3, 0), 1) == "3 kills / 0 deaths (taken as 1), over 1 round"
    assert formula(a_sum("accuracy", 40, 120), 2) == "100 × 40 hits / 120 shots, over 2 rounds"
    assert formula(a_sum("win_rate", 3, 5), 12) == "100 × 3 won / 5 matches, over 12 rounds"
    assert formula(a_sum("accuracy", None, None), 2) == "100 × – hits / – shots, over 2 rounds"


def test_times_are_shown_as_the_files_have_them_with_the_arithmetic_that_gives_what_counts() -> None:
    now, first = FileTime(minutes=148, percent=831), FileTime(minutes=72, percent=790)
    alive = Part(
        column="alive_seconds", written=now.alive, before=first.alive, counted=397, how=Reckoning.MINUS_FIRST,
        in_file=now, in_first=first, time=456,
    )  # fmt: skip
    on_team = replace(alive, column="time_seconds", written=now.seconds, before=first.seconds, counted=456)
    assert arithmetic(alive) == "83.1% of 14.8 min − 79.0% of 7.2 min = 396.648 s"
    assert arithmetic(on_team) == "14.8 min − 7.2 min = 456 s"
    joined = replace(alive, how=Reckoning.ROUND_LENGTH, counted=379)
    assert arithmetic(joined) == "83.1% of 456 s = 378.936 s"
    assert arithmetic(replace(on_team, how=Reckoning.ROUND_LENGTH)) == "this round's 456 s = 456 s"
    assert arithmetic(replace(alive, how=Reckoning.AS_WRITTEN)).endswith("= 737.928 s, kept within the 456 s on a team")
    total = Sum(figure=BY_NAME["survival"], value=87.1, top=397, per=456, unknown=0)
    step = Step(
        round_id=7, file="b.txt", first="a.txt", map="supply", number=2, ended_at=0, parts=(alive, on_team), notes=()
    )
    told = Explanation(
        guid="A", name="anna", sum=total, rounds=1, page=0, pages=1, steps=(step,), left_out=(),
        coverage=Coverage(label="all time", rounds=1, left_out=(), newest=None),
    )  # fmt: skip
    fields = dict(explanation_card(told).fields)
    assert fields["The times, exactly"] == "#7: 83.1% of 14.8 min − 79.0% of 7.2 min = 396.648 s"
    shown = "\n".join(fields.values())
    assert re.search(r"R2 #7 Supply +83.1% 79.0% +397", shown)
    assert re.search(r"R2 #7 Supply +14.8m +7.2m +456", shown)
    plainly = "\n".join(explanation_lines(told, zone=UTC))
    assert "alive_seconds: file 83.1% of 14.8 min, round 1 says 79.0% of 7.2 min, counts 397: minus round 1" in plainly
    assert "737" not in shown + plainly
