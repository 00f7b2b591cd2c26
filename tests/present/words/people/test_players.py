"""Cards of players: within the limits whatever the names and figures are, and nothing unknown is shown as 0."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.game.file.weapons import WEAPONS
from bot.domain.game.model import Aside
from bot.domain.stats.answers import Board, Figures, PlayerChoice
from bot.domain.stats.metrics import BY_NAME, METRICS
from bot.domain.stats.people.arms import ArmLine, Armoury, Arms, Shooter
from bot.domain.stats.people.careers import (
    COMPARED,
    Alias,
    Career,
    Comparison,
    Duel,
    Form,
    FormRound,
    MapFigures,
    MonthFigures,
)
from bot.present.card import Card
from bot.present.words.people.careers import all_figures_card, career_card
from bot.present.words.people.form import form_card
from bot.present.words.people.players import (
    armoury_card,
    armoury_pages,
    arms_card,
    comparison_card,
    found_card,
    link_card,
)
from tests.present.checks import check, prose, tables
from tests.present.discord_markup import live
from tests.present.strategies import INSTANT, MAPS, NAMES
from tests.present.words.people.test_boards import GUID, VALUE, a_coverage, boards, coverages

OWNER = 2**63


@st.composite
def figures(draw: st.DrawFn) -> Figures:
    """Any metrics, some of them unknown on some lines or on all."""
    rounds = draw(st.integers(1, 10**5))
    some = cycle(draw(st.lists(st.none() | VALUE, min_size=1, max_size=4)))
    share = cycle(draw(st.lists(st.sampled_from([0, rounds // 2, rounds]), min_size=1, max_size=2)))
    values = {one.name: next(some) for one in METRICS}
    known = {one.name: next(share) for one in METRICS}
    return Figures(rounds=rounds, values=values, known=known, amounts={})


guids = st.one_of(GUID, st.from_regex(r"[!-\[\]-~]{1,8}", fullmatch=True))
aliases = st.builds(Alias, NAMES, INSTANT, INSTANT, st.integers(1, 10**6))
careers = st.builds(
    Career,
    guid=guids,
    name=NAMES,
    figures=st.none() | figures(),
    first_seen=INSTANT,
    last_seen=INSTANT,
    aliases=st.lists(aliases, min_size=1, max_size=12).map(tuple),
    set_aside=st.integers(0, 10**4),
    maps=st.lists(st.builds(MapFigures, st.one_of(MAPS, NAMES), figures()), max_size=5).map(tuple),
    coverage=coverages,
)
form_rounds = st.builds(
    FormRound,
    round_id=st.integers(1, 10**9),
    map=st.one_of(MAPS, NAMES),
    number=st.integers(1, 2),
    ended_at=INSTANT,
    figures=figures(),
)
forms = st.builds(
    Form,
    guid=guids,
    name=NAMES,
    figures=figures(),
    rounds=st.lists(form_rounds, max_size=10).map(tuple),
    coverage=coverages,
)
duels = st.builds(
    Duel,
    together=st.integers(0, 10**5),
    won_together=st.integers(0, 10**5),
    drawn_together=st.integers(0, 10**5),
    against=st.integers(0, 10**5),
    first_won=st.integers(0, 10**5),
    second_won=st.integers(0, 10**5),
)
comparisons = st.builds(
    Comparison,
    guids=st.tuples(guids, guids),
    names=st.tuples(NAMES, NAMES),
    figures=st.tuples(st.none() | figures(), st.none() | figures()),
    duel=duels,
    coverage=coverages,
)
AMOUNT = st.integers(0, 10**7)
arm_lines = st.builds(ArmLine, st.integers(0, len(WEAPONS) - 1), AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT)
arms = st.builds(Arms, guid=guids, name=NAMES, lines=st.lists(arm_lines, max_size=28).map(tuple), coverage=coverages)
armouries = st.builds(
    Armoury,
    weapon=st.integers(0, len(WEAPONS) - 1),
    shooters=st.lists(st.builds(Shooter, guids, NAMES, arm_lines), max_size=20).map(tuple),
    coverage=coverages,
)
choices = st.builds(PlayerChoice, guid=guids, name=NAMES, alias=NAMES, rounds=AMOUNT, last_seen=INSTANT)


def kept(card: Card) -> None:
    """Within the limits, and nothing in a name has come alive."""
    check(card)
    for line in prose(card):
        own = re.sub(r"^(?:» )?\*\*\d+\.\*\* ", "", line)
        bare = re.sub(r"<t:\d+:\w>|(?<!\\)`[^`]*`", "", own).replace("**", "")
        assert live(bare.removeprefix("-# ").removeprefix("## ")) == [], line


@settings(max_examples=40)
@given(careers)
def test_every_career_keeps_the_limits(career: Career) -> None:
    buttons = [("Explain", f"explain:{OWNER}:{career.guid}:all")]
    kept(career_card(career, me=None, buttons=buttons))
    kept(all_figures_card(career, me=career.guid, buttons=buttons))


@settings(max_examples=25)
@given(careers, st.none() | forms, st.lists(boards(), max_size=2))
def test_every_private_card_keeps_the_limits(career: Career, form: Form | None, places: list[Board]) -> None:
    kept(career_card(career, me=career.guid, form=form, boards=places, buttons=[("Share", f"share:{OWNER}")]))


@settings(max_examples=40)
@given(forms)
def test_every_form_keeps_the_limits(form: Form) -> None:
    card = form_card(form)
    kept(card)
    (rows,) = tables(card)
    assert len(rows) == 1 + len(form.rounds)


@settings(max_examples=40)
@given(comparisons, st.booleans())
def test_every_comparison_keeps_the_limits(one: Comparison, is_mine: bool) -> None:
    kept(comparison_card(one, me=one.guids[0] if is_mine else None))


@settings(max_examples=30)
@given(arms, armouries, st.integers(0, 5))
def test_every_weapon_card_keeps_the_limits(its: Arms, board: Armoury, page: int) -> None:
    kept(arms_card(its, me=its.guid))
    page = min(page, armoury_pages(board) - 1)
    me = board.shooters[0].guid if board.shooters else None
    card = armoury_card(board, me=me, page=page, buttons=[("Next", "w:1")])
    kept(card)
    assert card.footer == f"Page {page + 1} of {armoury_pages(board)}"


@settings(max_examples=30)
@given(NAMES, st.lists(choices, max_size=8), st.lists(aliases, max_size=9), careers)
def test_every_list_of_found_players_and_every_question_keeps_the_limits(
    typed: str, found: list[PlayerChoice], names: list[Alias], career: Career
) -> None:
    kept(found_card(typed, found, {one.guid: names for one in found}))
    kept(link_card(typed, career))


def some(value: float | None, *, known: int = 12) -> Figures:
    """Everything is this."""
    names = [one.name for one in METRICS]
    return Figures(rounds=12, values=dict.fromkeys(names, value), known=dict.fromkeys(names, known), amounts={})


def a_career(its: Figures | None) -> Career:
    alias = Alias("anna", 1, 2, 12)
    return Career(
        guid="0A0A0A0A", name="anna", figures=its, first_seen=1, last_seen=2, aliases=(alias,), set_aside=0, maps=(),
        coverage=a_coverage(),
    )  # fmt: skip


def test_what_is_unknown_is_a_dash_and_never_a_nought() -> None:
    shown = "\n".join(value for _, value in all_figures_card(a_career(some(None)), me=None).fields)
    assert "K/D –" in career_card(a_career(some(None)), me=None).lines[0]
    assert "–" in shown
    assert not re.search(r" 0(?:\.0+)?%?$", shown, re.MULTILINE)


def test_a_figure_that_only_some_rounds_know_says_on_how_many() -> None:
    for card in (career_card, all_figures_card):
        lines = "\n".join(card(a_career(some(5, known=7)), me=None).lines)
        assert "known from fewer rounds: " in lines
        assert "Revives from 7" in lines
        assert "known from fewer rounds" not in "\n".join(card(a_career(some(5)), me=None).lines)


@pytest.mark.parametrize(("known", "is_told"), [(95, True), (96, False), (100, False), (0, False)])
def test_a_caveat_is_told_from_one_round_in_twenty_on(known: int, is_told: bool) -> None:
    career = a_career(replace(some(5, known=known), rounds=100))
    assert ("known from fewer rounds" in career_card(career, me=None).lines[-1]) is is_told
    left = replace(a_coverage(), rounds=known, left_out=((Aside.ABORTED, 100 - known),))
    said = career_card(replace(a_career(some(5)), coverage=left), me=None).lines[-1]
    assert ("left out" in said) is (0 <= known <= 95)


def test_a_half_in_the_scope_does_not_apply_to_matches_and_the_card_says_so() -> None:
    half = replace(a_coverage(), not_of_matches="round 1")
    said = "-# Matches, wins and win rate are of whole matches: round 1 does not apply to them."
    duel = Duel(together=0, won_together=0, drawn_together=0, against=0, first_won=0, second_won=0)
    two = Comparison(guids=("a", "b"), names=("a", "b"), figures=(some(1), some(2)), duel=duel, coverage=half)
    assert said in career_card(replace(a_career(some(5)), coverage=half), me=None).lines
    assert said in comparison_card(two, me=None).lines
    assert said not in career_card(a_career(some(5)), me=None).lines


def test_who_played_nothing_of_the_scope_has_no_tables() -> None:
    for card in (career_card, all_figures_card):
        assert card(a_career(None), me=None).fields == ()
        assert "**anna has played no round of this scope that counts.**" in card(a_career(None), me=None).lines
        assert "**You have played no round of this scope that counts.**" in card(a_career(None), me="0A0A0A0A").lines


def test_a_card_begins_with_what_is_asked_first() -> None:
    values = {**some(5).values, "kd": 1.159, "dpm": 306.4, "win_rate": 51.2, "time": 82_000}
    maps = (MapFigures("te_escape2", some(2)), MapFigures("supply", some(0.5)))
    career = replace(a_career(replace(some(5), values=values, rounds=222)), maps=maps)
    card = career_card(career, me=None)
    assert card.title == "anna · all time"
    assert card.lines[:4] == (
        "## K/D 1.16 · 306 DPM · 51% won · 222 rounds, 23 h",
        "Kills **5** · Deaths **5** · Accuracy **5.0%** · HS% **5.0%**",
        "Revives **5** · Dmg ratio **5.00** · Useful **5** · Alive **5.0%**",
        "Best map: **Escape 2**, K/D 2.00 in 12 rounds · worst: **Supply**, 0.50 in 12",
    )


@pytest.mark.parametrize(
    ("rounds", "said"), [(1, "The only round so far: 100 DPM."), (2, "All 2 rounds so far: 100 DPM.")]
)
def test_rounds_that_are_all_there_are_are_compared_with_nothing(rounds: int, said: str) -> None:
    played = [FormRound(round_id=at, map="supply", number=1, ended_at=at, figures=some(100)) for at in range(rounds)]
    figures = replace(some(100), rounds=rounds)
    form = Form(guid="A", name="anna", figures=figures, rounds=tuple(played), coverage=a_coverage())
    assert form_card(form).lines[0] == said


def test_a_comparison_says_who_is_ahead_by_what_does_not_grow_with_the_rounds() -> None:
    duel = Duel(together=0, won_together=0, drawn_together=0, against=0, first_won=0, second_won=0)
    rates = {name: 1.0 for name in COMPARED if BY_NAME[name].per}
    sums = {name: 1.0 for name in COMPARED if not BY_NAME[name].per}
    few = replace(some(1), values={**dict.fromkeys(rates, 2.0), **dict.fromkeys(sums, 1.0)}, rounds=10)
    many = replace(some(1), values={**dict.fromkeys(rates, 1.0), **dict.fromkeys(sums, 9.0)}, rounds=20)
    two = Comparison(guids=("a", "b"), names=("anna", "ben"), figures=(few, many), duel=duel, coverage=a_coverage())
    verdict, figures, *_ = comparison_card(two, me=None).lines
    ahead = len([name for name in rates if BY_NAME[name].higher_is_better])
    assert verdict.startswith(f"**anna is ahead in {ahead} of {len(rates)}**")
    assert figures.count("◂") == len(rates)
    assert not [
        line for line in figures.splitlines() if line.startswith(("Kills ", "Gibs ", "Revives ")) and "◂" in line
    ]


@pytest.mark.parametrize(
    ("dpm", "said"),
    [
        (150.0, "The last round is **50% above** the usual 100 DPM."),
        (50.0, "is **50% below** the usual"),
        (103.0, "like all the others"),
        (None, "Nothing can be said of the form yet."),
    ],
)
def test_the_trend_is_one_sentence(dpm: float | None, said: str) -> None:
    one = FormRound(round_id=1, map="supply", number=1, ended_at=1, figures=some(dpm))
    form = Form(guid="A", name="anna", figures=some(100), rounds=(one,), coverage=a_coverage())
    assert said in form_card(form).lines[0]


@pytest.mark.parametrize(
    ("dpm", "said"),
    [
        (120.0, "**By month**: January is **20% above** December, by DPM."),
        (80.0, "**By month**: January is **20% below** December, by DPM."),
        (103.0, "**By month**: January is like December, by DPM."),
        (None, "**By month**: damage is not known of both of the last two."),
    ],
)
def test_the_last_two_months_are_compared_in_a_sentence_and_all_of_them_in_a_table(
    dpm: float | None, said: str
) -> None:
    one = FormRound(round_id=1, map="supply", number=1, ended_at=1, figures=some(100))
    months = (MonthFigures("2025-12", some(100)), MonthFigures("2026-01", some(dpm)))
    form = Form(guid="A", name="anna", figures=some(100), rounds=(one,), coverage=a_coverage(), months=months)
    card = form_card(form)
    check(card)
    assert said in card.lines
    assert [line[:7] for line in card.lines[card.lines.index(said) + 1].split("\n")[1:-1]] == [
        "Month  ", "2026-01", "2025-12",
    ]  # fmt: skip
    assert "By month" not in "\n".join(form_card(replace(form, months=months[:1])).lines)


def test_the_better_figure_is_marked_and_of_deaths_the_lower_one() -> None:
    one = Comparison(
        guids=("A", "B"), names=("anna", "ben"), figures=(some(2), some(1)), coverage=a_coverage(),
        duel=Duel(together=2, won_together=1, drawn_together=0, against=0, first_won=0, second_won=0),
    )  # fmt: skip
    text = "\n".join(comparison_card(one, me="B").lines)
    assert re.search(r"^K/D +2\.00 ◂ +1\.00$", text, re.MULTILINE)
    assert re.search(r"anna +You$", text, re.MULTILINE)
    assert "**Together**: 2 matches, 1 won (50%)" in text


@pytest.mark.parametrize(
    ("kills", "told", "against", "said"),
    [
        ((12, 9), 8, 3, "**Killed each other**: anna 12 : 9 ben, in 8 rounds that tell it"),
        ((0, 0), 1, 3, "**Killed each other**: anna 0 : 0 ben, in 1 round that tell it"),
        ((1, 0), 1, 0, "**Killed each other**: anna 1 : 0 ben, in 1 round that tell it"),
        ((0, 0), 5, 0, None),  # always in one team
        ((0, 0), 0, 3, None),  # unknown
    ],
)
def test_who_killed_whom_is_told_where_it_is_known(
    kills: tuple[int, int], told: int, against: int, said: str | None
) -> None:
    duel = Duel(
        together=2, won_together=1, drawn_together=0, against=against, first_won=0, second_won=0, kills=kills, told=told
    )
    one = Comparison(
        guids=("A", "B"), names=("anna", "ben"), figures=(some(2), some(1)), coverage=a_coverage(), duel=duel
    )
    lines = [line for line in comparison_card(one, me=None).lines if "Killed" in line]
    assert lines == ([] if said is None else [said])
