"""An evening as cards: teams that are people, a score that follows them, and everything within Discord's limits."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answers import Figures
from bot.domain.awards import AWARDS, Award, Awards, PairAward
from bot.domain.evenings import SessionAnswer, SessionMatch, SessionTable
from bot.domain.matches import Half
from bot.domain.metrics import BY_NAME
from bot.domain.teams import rivals
from bot.present.card import Card
from bot.present.coverage import covered
from bot.present.evenings import map_lines, result_text, score_text, team_lines, team_names
from bot.present.sessions import (
    METRICS,
    VIEWS,
    awards_view,
    figures_card,
    maps_card,
    overview_card,
    session_menu,
    sessions_card,
    text_card,
)
from bot.present.text import MINE, UNKNOWN
from tests.present.checks import check, prose, tables
from tests.present.discord_markup import live
from tests.present.strategies import INSTANT, MAPS, NAMES
from tests.present.test_boards import VALUE, a_coverage, coverages

START = 1_772_406_000
FINISHED, BEATEN = Half(1, 2, 720, 462), Half(1, 2, 462, 384)
HELD, NOT_BEATEN = Half(1, 1, 720, 720), Half(1, 1, 462, 462)
OWN = re.compile(r"<t:\d+:\w>|^-# |^`#\d+` ")
ANY_HALF = (None, FINISHED, BEATEN, HELD, NOT_BEATEN, Half(0, 3, 0, None))
TABLES = tuple(name for name, view in VIEWS.items() if view.columns)


def a_match(
    number: int, teams: str = "ab xy", *, first: Half | None = FINISHED, second: Half | None = NOT_BEATEN
) -> SessionMatch:
    """A match of one-letter players: the first team attacks first, and wins unless told otherwise."""
    attackers, defenders = map(frozenset, teams.split())
    ended_at = START + 1200 * number
    return SessionMatch(
        id=2 * number - 1,
        map=f"map_{number}",
        ended_at=ended_at,
        first=first,
        second=second,
        attackers=attackers,
        defenders=defenders,
    )


def some_figures(**values: float | None) -> Figures:
    """Figures of a player over two rounds; what is not named is 1."""
    found = {metric.name: values.get(metric.name, 1.0) for metric in METRICS}
    return Figures(rounds=2, values=found, known=dict.fromkeys(found, 2))


def a_table(*matches: SessionMatch, **kills: int) -> SessionTable:
    """An evening of these matches; everybody's name is his letter, in capitals."""
    everybody = sorted({player for match in matches for player in match.attackers | match.defenders})
    session = SessionAnswer(
        start=START,
        name="2026-03-01",
        ended_at=matches[-1].ended_at if matches else START,
        rounds=2 * len(matches),
        matches=matches,
        rivals=tuple(rivals(match.played for match in matches)),
        names={player: player.upper() for player in everybody},
    )
    figures = {player: some_figures(kills=kills.get(player, 1)) for player in everybody}
    return SessionTable(session=session, figures=figures, coverage=a_coverage())


def no_awards() -> Awards:
    return Awards(awards=(), names={}, coverage=a_coverage(), pairs=())


def the_mvp(*winners: str, second: float | None = 180.0) -> Awards:
    award = Award(AWARDS[0], BY_NAME["dpm"], winners, 213.4, second)
    return Awards(awards=(award,), names={one: one.upper() for one in winners}, coverage=a_coverage(), pairs=())


GUIDS = tuple(f"{place:08X}" for place in range(64))
AMOUNTS = (None, 0.0, -9.0, 1.0, 213.456, 10.0**6, 10.0**12)


@st.composite
def session_tables(draw: st.DrawFn) -> SessionTable:
    """Any evening: up to 64 people with any names, mixed anew as often as they like; who stands where is a seed's."""
    dice = random.Random(draw(st.integers(0, 1 << 32)))
    people = GUIDS[: draw(st.integers(0, len(GUIDS)))]
    names, maps = draw(st.lists(NAMES, min_size=1, max_size=3)), draw(st.lists(MAPS | NAMES, min_size=1, max_size=2))
    found = tuple(
        a_mixed_match(place, people, dice, map=maps[place % len(maps)]) for place in range(draw(st.integers(0, 30)))
    )
    session = SessionAnswer(
        start=draw(INSTANT),
        name="2026-03-01b",
        ended_at=draw(INSTANT),
        rounds=2 * len(found),
        matches=found,
        rivals=tuple(rivals(match.played for match in found)),
        names={guid: names[place % len(names)] for place, guid in enumerate(people)},
    )
    figures = {guid: some_figures(**{m.name: dice.choice(AMOUNTS) for m in METRICS}) for guid in people}
    return SessionTable(session=session, figures=figures, coverage=draw(coverages))


def a_mixed_match(place: int, people: Sequence[str], dice: random.Random, *, map: str) -> SessionMatch:
    sides = {guid: dice.randrange(3) for guid in people}
    return SessionMatch(
        id=2 * place + 1,
        map=map,
        ended_at=START + place,
        first=dice.choice(ANY_HALF),
        second=dice.choice(ANY_HALF),
        attackers=frozenset(guid for guid, side in sides.items() if side == 1),
        defenders=frozenset(guid for guid, side in sides.items() if side == 2),
    )


@st.composite
def awards_of(draw: st.DrawFn) -> Awards:
    """Any awards, each shared by three."""
    names = dict(zip(GUIDS[:4], draw(st.lists(NAMES, min_size=4, max_size=4)), strict=True))
    made = tuple(
        Award(kind, BY_NAME[kind.metric], GUIDS[:3], draw(VALUE), draw(st.none() | VALUE))
        for kind in AWARDS[: draw(st.integers(0, len(AWARDS)))]
    )
    pairs = tuple(
        PairAward(title, "most matches", ((GUIDS[0], GUIDS[1]), (GUIDS[2], GUIDS[3])), 3, 4, title == "Nemesis")
        for title in ("Dream team", "Nemesis")
    )
    return Awards(awards=made, names=names, coverage=a_coverage(), pairs=pairs)


def whole(card: Card, table: SessionTable) -> None:
    """Within the limits, nothing alive in it, and the last line says what it rests on."""
    check(card)
    assert card.lines[-1] == covered(table.coverage)
    harmless(card)


def harmless(card: Card) -> None:
    """Apart from bold, small lines, numbers of matches and timestamps, which are the bot's own, nothing is alive."""
    for line in prose(card):
        bare = OWN.sub("", line)
        assert set(live(bare)) <= {"*"}, line


@given(session_tables(), awards_of(), st.sampled_from([None, *GUIDS[:3]]), st.sampled_from([1, 2]))
def test_every_view_of_any_evening_is_whole(table: SessionTable, awards: Awards, me: str | None, points: int) -> None:
    whole(overview_card(table, awards, win_points=points, me=me), table)
    whole(maps_card(table), table)
    whole(awards_view(table, awards, me=me), table)
    for view in TABLES:
        whole(figures_card(table, view, me=me), table)


@given(st.lists(session_tables(), max_size=2), st.integers(1, 4))
def test_a_page_of_any_evenings_keeps_the_limits(evenings: list[SessionTable], times: int) -> None:
    buttons = (("Newer", "sessions:1:0"), ("Older", "sessions:1:2"))
    card = sessions_card([table.session for table in evenings] * times, page=1, pages=3, buttons=buttons)
    check(card)
    harmless(card)


def test_the_overview_tells_the_score_of_the_teams_and_who_played() -> None:
    table = a_table(a_match(1), a_match(2, "xy ab"), a_match(3, "ac xy", second=BEATEN), b=9, y=5)
    card = overview_card(table, the_mvp("b"), win_points=1, me=None)
    assert card.title == "Session 2026-03-01"
    assert card.lines == (
        f"<t:{START}:f> to <t:{START + 3600}:t> · 3 matches · 5 players",
        "**B's team 1 : 2 Y's team**",
        "-# B's team: A, B, C",
        "-# Y's team: X, Y",
        "**Most valuable player**: B, DPM 213, ahead of 180\n-# most damage for each minute on a team",
        covered(table.coverage),
    )


@pytest.mark.parametrize(("points", "said"), [(1, "**A's team 1 : 0 X's team**"), (2, "**A's team 2 : 0 X's team**")])
def test_where_a_win_is_two_points_the_score_is_points(points: int, said: str) -> None:
    table = a_table(a_match(1), a=2, x=2)
    assert overview_card(table, no_awards(), win_points=points, me=None).lines[1] == said


def test_a_draw_is_told_and_shared_where_a_win_is_two_points() -> None:
    [pair] = a_table(a_match(1), a_match(2, first=HELD, second=HELD)).session.rivals
    assert [score_text(pair, win_points=points) for points in (1, 2)] == ["1 : 0, 1 draw", "3 : 1, 1 draw"]


def test_teams_that_are_mixed_anew_have_a_score_each_and_that_is_said() -> None:
    table = a_table(a_match(1, "abcd wxyz"), a_match(2, "abwx cdyz"))
    lines = team_lines(table.session, table.figures, win_points=1)
    assert [line for line in lines if line.startswith("**")] == [
        "**D's team 1 : 0 Z's team**",
        "**X's team 1 : 0 Z's team**",
    ]
    assert lines[-1] == "-# The teams were mixed anew in between, so each pair has its own score."


def test_a_team_is_called_by_its_best_player_and_who_plays_alone_by_his_name() -> None:
    table = a_table(a_match(1, "abc x"), b=9)
    assert team_names(table.session.rivals[0], table.session.names, table.figures) == ("B's team", "X")
    [bots_alone] = a_table(replace(a_match(1), attackers=frozenset())).session.rivals
    assert team_names(bots_alone, {}, {})[0] == "nobody"


def test_the_asker_stands_out_in_a_roster_and_in_every_table() -> None:
    table = a_table(a_match(1))
    overview = overview_card(table, no_awards(), win_points=1, me="a")
    assert "-# B's team: **A**, B" in overview.lines
    for view in TABLES:
        [rows] = tables(figures_card(table, view, me="a"))
        assert [row[: len(MINE) + 1] for row in rows if row.startswith(MINE)] == [f"{MINE}A"]


def test_the_best_come_first_by_the_views_first_figure_and_unknown_is_a_dash() -> None:
    table = a_table(a_match(1))
    revives = {"a": 3.0, "b": None, "x": 11.0, "y": 0.0}
    figures = {guid: some_figures(revives=value, objectives=None) for guid, value in revives.items()}
    [[head, *rows]] = tables(figures_card(replace(table, figures=figures), "support", me=None))
    assert head.split() == ["Player", "Rev", "Ast", "Obj", "Gib"]
    assert [row.split() for row in rows] == [
        ["X", "11", "1", UNKNOWN, "1"],
        ["A", "3", "1", UNKNOWN, "1"],
        ["B", UNKNOWN, "1", UNKNOWN, "1"],
        ["Y", "0", "1", UNKNOWN, "1"],
    ]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (FINISHED, NOT_BEATEN, "7:42 not beaten"),
        (FINISHED, BEATEN, "6:24, 7:42 to beat"),
        (HELD, Half(1, 2, 720, 400), "6:40, 12:00 to beat"),
        (HELD, HELD, "nobody finished"),
        (FINISHED, None, "round 1 alone"),
        (None, NOT_BEATEN, "round 2 alone"),
    ],
)
def test_a_match_is_told_by_its_times(first: Half | None, second: Half | None, said: str) -> None:
    assert result_text(a_match(1, first=first, second=second)) == said


def test_each_map_has_its_number_its_winner_and_its_times() -> None:
    table = a_table(a_match(1), a_match(2, "xy ab"), a_match(3, first=HELD, second=HELD), a_match(4, second=None), a=2)
    assert map_lines(table.session, table.figures) == [
        "`#1` map\\_1: **A's team** 7:42 not beaten",
        "`#3` map\\_2: **Y's team** 7:42 not beaten",
        "`#5` map\\_3: draw, nobody finished",
        "`#7` map\\_4: round 1 alone",
    ]


def test_an_evening_without_a_match_is_told_too() -> None:
    table = a_table()
    assert maps_card(table).lines[0] == "No match was finished."
    assert awards_view(table, no_awards(), me=None).lines[0] == "Nobody earned an award."
    assert overview_card(table, no_awards(), win_points=1, me=None).lines[-1] == covered(table.coverage)
    for view in TABLES:
        whole(figures_card(table, view, me=None), table)


def test_who_is_level_shares_the_award() -> None:
    card = overview_card(a_table(a_match(1)), the_mvp("a", "x", second=None), win_points=1, me="x")
    assert "**Most valuable player**: A and **X**, DPM 213\n" in "\n".join(card.lines)


def test_lines_that_do_not_fit_are_counted() -> None:
    table = a_table(a_match(1))
    card = text_card(table, "weapons", ["x" * 100] * 100)
    whole(card, table)
    assert card.lines[-2] == "… and 65 more"
    assert card.title == "Session 2026-03-01: weapons"


def test_forty_people_with_the_longest_names_who_are_mixed_anew_for_every_map_leave_room_for_the_last_line() -> None:
    people = GUIDS[:40]
    found = tuple(a_mixed_match(place, people, random.Random(place), map="m" * 64) for place in range(12))
    session = replace(
        a_table(*found).session, names=dict.fromkeys(people, "[*_~|`@<>/]" * 9)
    )  # each letter needs a backslash
    table = replace(a_table(*found), session=session, figures={guid: some_figures() for guid in people})
    whole(overview_card(table, the_mvp(), win_points=1, me=None), table)


def test_the_menu_offers_every_view_and_shows_the_one_that_is_open() -> None:
    menu = session_menu("sess:1:2", chosen="support")
    assert [value for _, value in menu.options] == list(VIEWS)
    assert (menu.custom_id, menu.chosen) == ("sess:1:2", "support")
    card = replace(text_card(a_table(a_match(1)), "support", []), menus=(session_menu("sess:1:2", chosen="support"),))
    check(card)


def test_a_list_of_evenings_has_a_line_for_each_and_the_scores_of_three_pairs_at_most() -> None:
    pairs = ("abcd wxyz", "abwx cdyz", "abyz cdwx", "acwy bdxz")
    mixed = a_table(*(a_match(place, teams) for place, teams in enumerate(pairs, 1)))
    assert len(mixed.session.rivals) == 4
    card = sessions_card([a_table(a_match(1)).session, mixed.session], page=0, pages=1, buttons=())
    assert card.lines[0] == f"**2026-03-01** <t:{START}:t> · 1 match · 4 players"
    assert [line.startswith("-# ") for line in card.lines] == [False, True, False, True, True, True]
    assert card.footer == "Page 1 of 1 · /session with a name shows one"


def test_no_evening_at_all_is_a_sentence() -> None:
    card = sessions_card([], page=0, pages=1, buttons=())
    assert card.lines == ("No session yet.",)
    check(card)
