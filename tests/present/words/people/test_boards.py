from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.model import Aside
from bot.domain.stats.answers import Board, Coverage, Figures, Standing
from bot.domain.stats.metrics import BY_NAME, METRICS
from bot.domain.stats.people.awards import AWARDS, Award, Awards, Nemesis, PairAward
from bot.domain.stats.people.baselines import USUAL, Baseline
from bot.domain.stats.people.boards import MENU, pages
from bot.domain.stats.people.records import FEATS, BrokenRecord, Level, Post, Record, Records
from bot.domain.stats.rounds.maps import Attacks, Fastest, MapAnswer, MapMatches, MapSummary
from bot.present.words.people.awards import awards_card, nemesis_line
from bot.present.words.people.baselines import baseline_note, baseline_text
from bot.present.words.people.boards import board_card, own_text
from bot.present.words.people.records import broken_line, records_card
from bot.present.words.rounds.maps import map_card, maps_card
from tests.present.checks import check, prose
from tests.present.discord_markup import live
from tests.present.strategies import INSTANT, MAPS, NAMES

VALUE = st.one_of(st.integers(-9, 10**6), st.floats(-1e6, 1e9, allow_nan=False))
GUID = st.text("0123456789ABCDEF", min_size=8, max_size=8)
LINK = "https://discord.com/channels/1/2/3"

coverages = st.builds(
    Coverage,
    label=NAMES,
    rounds=st.integers(1, 10**6),
    left_out=st.lists(st.tuples(st.sampled_from(Aside), st.integers(1, 999)), max_size=4).map(tuple),
    newest=st.none() | INSTANT,
)


def a_coverage() -> Coverage:
    return Coverage(label="all time", rounds=12, left_out=(), newest=1_772_406_000)


@st.composite
def boards(draw: st.DrawFn) -> Board:
    """Any board, the places in order."""
    metric = draw(st.sampled_from(METRICS))
    values = sorted(draw(st.lists(VALUE, max_size=45)), reverse=metric.most_first)
    places = tuple(
        Standing(place=values.index(value) + 1, guid=f"{at:08X}", name=draw(NAMES), value=value, rounds=at)
        for at, value in enumerate(values)
    )
    needed, unknown = metric.minimum.of_scope(draw(st.integers(1, 99))), draw(st.integers(0, 10**6))
    return Board(metric=metric, needed=needed, places=places, unknown=unknown, coverage=draw(coverages))


@st.composite
def records(draw: st.DrawFn) -> Records:
    """Any records, of every level."""
    level = draw(st.sampled_from(Level))
    made = tuple(
        Record(
            metric=feat.metric,
            level=level,
            value=draw(VALUE),
            guid=draw(GUID),
            name=draw(NAMES),
            map=None if level is Level.SESSION else draw(st.one_of(MAPS, NAMES)),
            ended_at=draw(INSTANT),
            round_id=draw(st.integers(1, 10**9)),
            session=draw(INSTANT),
            post=draw(st.none() | st.just(Post(1, 2))),
        )
        for feat in draw(st.permutations(FEATS))[: draw(st.integers(0, len(FEATS)))]
    )
    return Records(level=level, records=made, coverage=draw(coverages))


@given(boards(), st.integers(-1, 9), st.integers(0, 50), st.text(max_size=100))
def test_every_board_keeps_the_limits_and_its_menu_holds_the_figure_shown(
    board: Board, page: int, me: int, scope: str
) -> None:
    figures = Figures(rounds=3, values={board.metric.name: None}, known={board.metric.name: me}, amounts={})
    card = board_card(board, page=page, menu=f"lbm:{2**63}:{scope}", me=f"{me:08X}", mine=figures)
    check(card)
    (menu,) = card.menus
    assert len(menu.options) <= MENU
    assert menu.chosen in {value for _, value in menu.options}
    assert f"of {pages(board)}" in "\n".join(card.lines) or not board.places


@given(records(), st.booleans())
def test_every_record_keeps_the_limits(found: Records, linked: bool) -> None:
    links = {one.round_id: LINK for one in found.records} if linked else {}
    card = records_card(found, links=links, tabs={level: f"rec:1:{level}:all" for level in Level}, me=None)
    check(card)
    for line in prose(card):
        bare = re.sub(r"<t:\d+:\w>", "", line.replace(f"[post]({LINK})", "").replace("**", ""))
        assert live(bare.removeprefix("-# ")) == []


@given(st.lists(NAMES, min_size=45, max_size=45), coverages)
def test_awards_of_the_longest_names_fit_and_the_reasons_stay(names: list[str], coverage: Coverage) -> None:
    by_guid = dict(enumerate(names))
    awards = tuple(
        Award(kind, BY_NAME[kind.metric], (str(at), str(at + 1), str(at + 2)), 10.0**at, None)
        for at, kind in enumerate(AWARDS)
    )
    pairs = tuple(
        PairAward("Dream team", "won", (("0", "1"), ("2", "3"), ("4", "5")), 3, 4, at) for at in (True, False)
    )
    card = awards_card(
        Awards(awards, {str(key): name for key, name in by_guid.items()}, coverage, pairs), title="Session", me="0"
    )
    check(card)


@pytest.mark.parametrize(
    ("told", "known"),
    [(10, ""), (6, " (known from 6 of 10 rounds)")],
)
def test_the_nemesis_has_his_score_and_what_it_rests_on(told: int, known: str) -> None:
    names = {"A": "anna", "B": "ben", "C": "cleo"}
    one = nemesis_line(Nemesis((("A", "B", 9),), 23, told), names, rounds=10, me="B")
    assert one == f"**Nemesis**: anna over **ben**, 23 : 9 kills\n-# most kills of one and the same opponent{known}"
    two = nemesis_line(Nemesis((("A", "B", 9), ("C", "A", 0)), 23, told), names, rounds=10)
    assert two.startswith("**Nemesis**: anna over ben, 23 : 9 kills and cleo over anna, 23 : 0 kills\n")


def test_nobody_with_an_award_is_said() -> None:
    card = awards_card(Awards((), {}, a_coverage()), title="Session", me=None)
    assert card.lines[0] == "Nobody has earned an award."


ATTACKS = st.builds(
    Attacks,
    rounds=st.integers(1, 10**6),
    won=st.integers(0, 10**6),
    held=st.integers(0, 10**6),
    timed=st.integers(0, 10**6),
    seconds=st.integers(0, 10**9),
    fastest=st.none() | st.integers(0, 10**5),
)


@given(
    st.builds(
        MapAnswer,
        title=st.one_of(MAPS, NAMES),
        attacks=ATTACKS,
        by_round=st.lists(st.tuples(st.integers(1, 2), ATTACKS), max_size=2).map(tuple),
        fastest=st.none() | st.builds(Fastest, seconds=st.integers(0, 10**5), round_id=st.just(7), ended_at=INSTANT),
        matches=st.builds(
            MapMatches, attackers=st.integers(0, 99), defenders=st.integers(0, 99), draws=st.integers(0, 99)
        ),
        records=records(),
        best=st.lists(boards(), max_size=3).map(tuple),
        coverage=coverages,
    )
)
def test_every_map_keeps_the_limits(answer: MapAnswer) -> None:
    check(map_card(answer, links={7: LINK}, me="00000001"))


@given(
    st.lists(st.builds(MapSummary, maps=st.tuples(MAPS), attacks=ATTACKS, last_played=INSTANT), max_size=130),
    coverages,
)
def test_any_number_of_maps_fits(found: list[MapSummary], coverage: Coverage) -> None:
    distinct = [*{line.maps: line for line in found}.values()]
    check(maps_card(distinct, coverage, menu="map:1:all"))


def a_board(*values: float, metric: str = "kd") -> Board:
    places = tuple(
        Standing(place=values.index(value) + 1, guid=str(at), name=f"p{at}", value=value, rounds=20)
        for at, value in enumerate(values)
    )
    return Board(
        metric=BY_NAME[metric],
        needed=BY_NAME[metric].minimum.of_scope(30),
        places=places,
        unknown=0,
        coverage=a_coverage(),
    )


def test_a_board_of_matches_counts_matches_and_one_of_rounds_rounds() -> None:
    matches = board_card(a_board(50.0, metric="win_rate"), page=0, menu="m", me=None, mine=None)
    assert "**1.** p0 **50.0%** · 20 matches" in matches.lines
    rounds = board_card(a_board(1.5), page=0, menu="m", me=None, mine=None)
    assert "**1.** p0 **1.50** · 20 rounds" in rounds.lines


def test_one_s_own_place_is_told_with_the_distance() -> None:
    board = a_board(1.45, 1.43, 1.43, 1.4299)
    assert own_text(board, "0") == "1st of 4 with **1.45**, 0.02 ahead of p1"
    assert own_text(board, "2") == "2nd of 4 with **1.43**, 0.02 behind p0"
    assert own_text(board, "3") == "4th of 4 with **1.43**, a hair behind p2"
    assert own_text(board, "9") is None
    assert own_text(a_board(1.0, 1.0), "1") == "1st of 2 with **1.00**"


def shown(board: Board, *, me: str | None, mine: Figures | None = None) -> str:
    return "\n".join(board_card(board, page=0, menu="lbm:1:all", me=me, mine=mine).lines)


def test_who_has_no_place_is_told_why() -> None:
    board = a_board(1.45)
    played = Figures(rounds=9, values={"kd": 1.0}, known={"kd": 4}, amounts={"kd": 30})
    assert "`/link`" in shown(board, me=None)
    assert "You have played no round in this scope." in shown(board, me="9")
    assert "no place yet: 4 rounds of the 10 that it takes." in shown(board, me="9", mine=played)
    idle = Figures(rounds=12, values={"kd": 1.0}, known={"kd": 12}, amounts={"kd": 1})
    assert "no place yet: 1 kill or death of the 30 that it takes." in shown(board, me="9", mine=idle)
    neither = Figures(rounds=1, values={"accuracy": 100.0}, known={"accuracy": 1}, amounts={"accuracy": 12})
    both = "no place yet: 1 round of the 10 that it takes, 12 shots of the 200 that it takes."
    assert both in shown(a_board(30.0, metric="accuracy"), me="9", mine=neither)
    enough = Figures(rounds=19, values={"kd": None}, known={"kd": 19}, amounts={"kd": 99})
    assert "nothing was counted of yours" in shown(board, me="9", mine=enough)


@pytest.mark.parametrize(
    ("metric", "takes"),
    [
        ("kd", "10 rounds and 30 kills and deaths"), ("accuracy", "10 rounds and 200 shots"), ("dpm", "10 rounds"),
        ("headshots", "10 rounds and 80 hits"), ("useful_share", "10 rounds and 10 kills"), ("win_rate", "5 matches"),
        ("efficiency", "10 rounds and 30 kills and deaths"),
    ],
)  # fmt: skip
def test_what_a_place_takes_stands_under_the_board(metric: str, takes: str) -> None:
    assert f"-# from {takes} on" in shown(a_board(1, metric=metric), me=None)


def test_a_board_of_matches_says_that_a_half_does_not_apply() -> None:
    half = replace(a_coverage(), not_of_matches="round 1, attacking")
    said = "-# Matches, wins and win rate are of whole matches: round 1, attacking does not apply to them."
    assert said in shown(replace(a_board(1, metric="wins"), coverage=half), me=None)
    assert "whole matches" not in shown(replace(a_board(1, metric="kills"), coverage=half), me=None)
    assert "whole matches" not in shown(a_board(1, metric="wins"), me=None)


def test_what_is_better_less_often_says_how_it_is_listed() -> None:
    assert ", the most first" in shown(a_board(1, metric="deaths"), me=None)
    assert ", the least first" in shown(a_board(1, metric="dpr"), me=None)
    assert "from 5 matches on" in shown(a_board(1, metric="win_rate"), me=None)


def test_a_figure_stands_beside_what_is_usual() -> None:
    kills = Baseline(metric=BY_NAME["kills"], value=23, usual=17, rounds=12, map="supply")
    assert baseline_text(kills) == "23 kills, 6 above your usual on Supply"
    dpm = Baseline(metric=BY_NAME["dpm"], value=300, usual=320, rounds=12, map=None)
    assert baseline_text(dpm, whose="anna's") == "DPM 300, 20 below anna's usual"
    xp = Baseline(metric=BY_NAME["xp"], value=30, usual=30.2, rounds=12, map=None)
    assert baseline_text(xp) == "30 XP, as your usual"


@given(st.sampled_from(USUAL), VALUE, VALUE, st.none() | NAMES)
def test_a_baseline_of_anything_is_harmless(metric: object, value: float, usual: float, where: str | None) -> None:
    assert isinstance(metric, type(METRICS[0]))
    one = Baseline(metric=metric, value=value, usual=usual, rounds=12, map=where)
    assert live(baseline_note(one)) == []


def test_a_new_record_is_told_beside_the_old_one() -> None:
    def record(name: str, value: float) -> Record:
        return Record(
            metric=BY_NAME["kills"], level=Level.ROUND, value=value, guid="A", name=name, map="supply", ended_at=1,
            round_id=1, session=1, post=None,
        )  # fmt: skip

    text = broken_line(BrokenRecord(record=record("anna", 35), before=record("ben", 33)))
    assert text == "New record of a round, kills: **anna 35** on Supply, before: ben 33"
