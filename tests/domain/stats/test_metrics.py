from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.file import columns
from bot.domain.stats.answers import Board, Coverage, Figures, Standing
from bot.domain.stats.metrics import BY_NAME, METRICS, FigureUnit, Metric, enough, find
from bot.domain.stats.minimums import MINIMUMS, Needed
from bot.domain.stats.people.boards import MENU, PAGE, offered, own, page_of, pages, ranked, unknown

MARKS = {"result", "light_hits", "light_shots", "light_headshots", "alive_seconds", "time_seconds", "kills", "deaths"}
FIELDS = {column.name for column in columns.COLUMNS}
WORDS = {"CASE", "WHEN", "IS", "NOT", "NULL", "THEN", "END", "coalesce"}


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_is_a_sum_or_a_ratio_of_columns_that_are_there(metric: Metric) -> None:
    assert re.fullmatch(r"[a-z_]{1,14}", metric.name)
    assert metric.title
    assert metric.meaning
    assert not metric.meaning.endswith(".")
    assert {*re.findall(r"[A-Za-z_]\w*", f"{metric.top} {metric.per}")} <= MARKS | FIELDS | WORDS
    assert bool(metric.per) == (metric.minimum.rounds > 1)
    assert bool(metric.minimum.each) == bool(metric.minimum.denominator) == any(metric.minimum.noun)
    assert metric.unit not in (FigureUnit.RATIO, FigureUnit.PERCENT, FigureUnit.PER_MINUTE) or metric.per


def test_a_figure_is_known_since_its_newest_column_is_or_something_tells_the_same() -> None:
    assert {name: BY_NAME[name].since for name in ("kd", "objectives", "multikills", "revives", "win_rate")} == {
        "kd": 33, "objectives": 37, "multikills": 33, "revives": 33, "win_rate": 33,
    }  # fmt: skip


def test_a_board_s_menu_has_a_place_for_every_figure_that_is_not_rare() -> None:
    assert sum(not metric.rare for metric in METRICS) < MENU, "mark one that is asked for less: rare=True"


def test_every_minimum_is_a_figure_s() -> None:
    assert {*MINIMUMS} == {metric.name for metric in METRICS if metric.per}


def test_names_and_titles_are_unique() -> None:
    assert len(BY_NAME) == len(METRICS) == len({metric.title for metric in METRICS}) >= 20


@given(st.integers(-9, 9000), st.integers(-9, 9000))
def test_ratios_are_divided_last_and_only_by_something(top: int, per: int) -> None:
    for metric in METRICS:
        value = metric.value(top, per)
        if not metric.per:
            assert value == top
        elif max(per, metric.floor) <= 0:
            assert value is None
        else:
            assert value == metric.scale * top / max(per, metric.floor)
        assert metric.value(None, per) is None


def test_kills_without_a_death_are_the_ratio() -> None:
    assert BY_NAME["kd"].value(7, 0) == 7
    assert BY_NAME["dpm"].value(700, None) is None


def test_better_is_what_the_metric_says() -> None:
    assert BY_NAME["kd"].better(2, 1)
    assert BY_NAME["deaths"].better(1, 2)
    assert BY_NAME["dpr"].better(0.5, 0.7)


def test_a_list_of_sums_begins_with_the_most_even_of_deaths() -> None:
    assert BY_NAME["deaths"].most_first
    assert BY_NAME["kd"].most_first
    assert not BY_NAME["dpr"].most_first


@pytest.mark.parametrize(
    ("name", "rounds", "needed"),
    [("kd", 100, (10, 30)), ("kd", 12, (4, 12)), ("kd", 1, (1, 3)), ("kd", 0, (1, 3)), ("kills", 100, (1, 0)),
     ("win_rate", 100, (5, 0)), ("win_rate", 12, (2, 0)), ("win_rate", 1, (1, 0)), ("accuracy", 100, (10, 200)),
     ("headshots", 7, (3, 24)), ("useful_share", 60, (10, 10)), ("dpm", 60, (10, 0))],
)  # fmt: skip
def test_a_ratio_needs_a_third_of_the_scope_and_no_more_than_its_minimum(
    name: str, rounds: int, needed: tuple[int, int]
) -> None:
    assert enough(BY_NAME[name], rounds) == needed


@pytest.mark.parametrize(
    ("typed", "first"),
    [("kd", "kd"), ("K/D", "kd"), ("rev", "revives"), ("headshot %", "headshots"), ("denied", "denied"),
     ("medic", "revives"), ("win rate", "win_rate"), ("acuracy", "accuracy"), ("kils", "kills"), ("", "kills")],
)  # fmt: skip
def test_a_figure_is_found_by_name_title_meaning_or_close_spelling(typed: str, first: str) -> None:
    assert find(typed)[0].name == first


@given(st.text(max_size=30), st.integers(1, 25))
def test_the_menu_of_figures_never_holds_too_many(typed: str, limit: int) -> None:
    found = find(typed, limit=limit)
    assert len(found) <= limit
    assert len({metric.name for metric in found}) == len(found)


def test_nothing_like_it_is_nothing() -> None:
    assert find("qqqqqqqq") == []


def test_every_figure_leads_to_every_other_that_is_asked_for() -> None:
    for metric in METRICS:
        menu = offered(metric)
        assert metric in menu
        assert len(menu) <= MENU
        assert {"kd", "dpm", "revives", "win_rate", "accuracy"} <= {one.name for one in menu}


def figures(value: float | None, *, known: int = 12, metric: str = "kd", amount: int = 30) -> Figures:
    return Figures(rounds=12, values={metric: value}, known={metric: known}, amounts={metric: amount})


def test_ties_share_a_place_and_the_next_one_is_skipped() -> None:
    found = {"C": figures(2.0), "A": figures(2.0), "B": figures(3.0), "D": figures(1.0), "E": figures(None)}
    places = ranked(found, BY_NAME["kd"], needed=Needed(10, 30))
    assert [(one.place, one.guid) for one in places] == [(1, "B"), (2, "A"), (2, "C"), (4, "D")]


def test_who_played_too_little_has_no_place() -> None:
    found = {"A": figures(2.0, known=9), "B": figures(1.0, known=10)}
    assert [one.guid for one in ranked(found, BY_NAME["kd"], needed=Needed(10, 30))] == ["B"]


def test_who_did_too_little_of_what_is_divided_by_has_no_place() -> None:
    found = {"A": figures(9.0, amount=29), "B": figures(1.0)}
    assert [one.guid for one in ranked(found, BY_NAME["kd"], needed=Needed(10, 30))] == ["B"]


def test_where_less_is_better_the_least_is_first() -> None:
    found = {"A": figures(2.0, metric="dpr"), "B": figures(1.0, metric="dpr")}
    assert [one.guid for one in ranked(found, BY_NAME["dpr"], needed=Needed(1))] == ["B", "A"]


def test_lines_that_did_not_know_are_counted_but_no_unfinished_match_is_one() -> None:
    assert unknown({"A": figures(1.0, known=7), "B": figures(1.0)}, BY_NAME["kd"]) == 5
    assert unknown({"A": figures(50.0, known=3, metric="win_rate")}, BY_NAME["win_rate"]) == 0


def test_a_place_by_matches_tells_how_many_matches_they_were() -> None:
    of_matches = {"A": figures(50.0, known=7, metric="win_rate")}
    assert [placed.rounds for placed in ranked(of_matches, BY_NAME["win_rate"], needed=Needed(5))] == [7]
    assert [placed.rounds for placed in ranked({"A": figures(1.0, known=7)}, BY_NAME["kd"], needed=Needed(5))] == [12]


@st.composite
def some_board(draw: st.DrawFn) -> Board:
    values = draw(st.lists(st.integers(0, 9), max_size=35))
    found = {f"{at:02}": figures(value, metric="kills") for at, value in enumerate(values)}
    places = [
        Standing(place=one.place, guid=one.guid, name="", value=one.value, rounds=one.rounds)
        for one in ranked(found, BY_NAME["kills"], needed=Needed(1))
    ]
    coverage = Coverage(label="", rounds=1, left_out=(), newest=None)
    return Board(metric=BY_NAME["kills"], needed=Needed(1), places=tuple(places), unknown=0, coverage=coverage)


@given(some_board())
def test_everybody_is_on_one_page_and_the_next_place_is_the_nearest(board: Board) -> None:
    assert pages(board) == max(1, -(-len(board.places) // PAGE))
    for at, standing in enumerate(board.places):
        assert standing in board.places[page_of(board, standing.guid) * PAGE :][:PAGE]
        mine = own(board, standing.guid)
        assert mine is not None
        assert mine.standing == standing
        ahead = [one.value - standing.value for one in board.places[:at] if one.value != standing.value]
        behind = [standing.value - one.value for one in board.places[at:] if one.value != standing.value]
        assert mine.gap == min(ahead or behind, default=0)
        assert (mine.rival is None) == (not ahead and not behind)
    assert own(board, None) is own(board, "nobody") is None
    assert page_of(board, "nobody") == 0


def test_a_count_has_no_decimals_a_ratio_two_and_a_share_one() -> None:
    assert [BY_NAME[name].digits for name in ("kills", "denied", "dpm", "kd", "accuracy")] == [0, 0, 0, 2, 1]
