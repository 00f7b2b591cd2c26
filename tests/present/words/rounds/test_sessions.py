"""An evening as cards: teams that are people, a score that follows them, and everything within Discord's limits."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.matches import Half
from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.people.awards import Awards
from bot.domain.stats.people.baselines import Baseline
from bot.domain.stats.rounds.sessions import SessionTable
from bot.present.card import Card
from bot.present.pictures.session_picture import session_picture
from bot.present.recap import heat_table, score_picture
from bot.present.words.rounds.sessions import (
    VIEWS,
    awards_view,
    figures_card,
    map_lines,
    maps_card,
    overview_card,
    own_line,
    result_text,
    score_text,
    session_menu,
    session_title,
    sessions_card,
    team_lines,
    text_card,
)
from bot.present.words.text import MINE, UNKNOWN, covered
from tests.present.checks import check, prose, tables
from tests.present.discord_markup import live
from tests.present.session_tables import (
    BEATEN,
    FINISHED,
    GUIDS,
    HELD,
    NOT_BEATEN,
    START,
    a_match,
    a_mixed_match,
    a_table,
    awards_of,
    no_awards,
    session_tables,
    some_figures,
    the_mvp,
)

OWN = re.compile(r"<t:\d+:\w>|^-# |^`#\d+` |`\d{4}-\d\d-\d\d[b-z]?`|`/session`")
TABLES = tuple(name for name, view in VIEWS.items() if view.columns)


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
def test_every_view_of_any_session_is_whole(table: SessionTable, awards: Awards, me: str | None, points: int) -> None:
    whole(overview_card(table, awards, win_points=points, me=me), table)
    whole(maps_card(table, win_points=1), table)
    whole(awards_view(table, awards, me=me), table)
    for view in TABLES:
        whole(figures_card(table, view, me=me), table)


@given(st.lists(session_tables(), max_size=2), st.integers(1, 4))
def test_a_page_of_any_sessions_keeps_the_limits(some_sessions: list[SessionTable], times: int) -> None:
    buttons = (("Newer", "sessions:1:0"), ("Older", "sessions:1:2"))
    card = sessions_card([table.session for table in some_sessions] * times, page=1, pages=3, buttons=buttons)
    check(card)
    harmless(card)


def test_the_overview_tells_the_score_of_the_teams_and_who_played() -> None:
    table = a_table(a_match(1, b=9, y=5), a_match(2, "xy ab"), a_match(3, "ac xy", second=BEATEN))
    card = overview_card(table, the_mvp("b"), win_points=1, me=None)
    assert card.title == "Y's team won the evening 2–1"
    assert card.lines == (
        f"Sunday 1 March (UTC), <t:{START}:t> to <t:{START + 3600}:t> · 3 matches · 5 players",
        "-# Y's team: X, Y",
        "-# B's team: A, B, C",
        "```\nPlayer DPM K D  K/D\n" + "".join(f"{name}        1 1 1 1.00\n" for name in "ABCXY") + "```",
        "**Most damage a minute**: B, DPM 213, the next has 180\n-# damage given for each minute on a team",
        covered(table.coverage),
    )


@pytest.mark.parametrize(("points", "said"), [(1, "**A's team 1 : 0 X's team**"), (2, "**A's team 2 : 0 X's team**")])
def test_where_a_win_is_two_points_the_score_is_points(points: int, said: str) -> None:
    table = a_table(a_match(1, a=2, x=2))
    assert team_lines(table.session, win_points=points)[0] == said
    assert said not in overview_card(table, no_awards(), win_points=points, me=None).lines, "its title says it"


def test_a_draw_is_told_and_shared_where_a_win_is_two_points() -> None:
    [pair] = a_table(a_match(1), a_match(2, first=HELD, second=HELD)).session.pairs
    assert [score_text(pair, win_points=points) for points in (1, 2)] == ["1 : 0", "3 : 1"]


def test_the_title_is_the_result_the_winner_first() -> None:
    won, drawn, lost = a_match(1, a=2, x=2), a_match(2, first=HELD, second=HELD), a_match(3, "xy ab")
    titles = [
        session_title(a_table(*matches).session, win_points=1)
        for matches in ((won,), (won, drawn), (won, lost), (won, lost, a_match(5, "xy ab")), (drawn,), ())
    ]
    assert titles == [
        "A's team won the evening 1–0",
        "A's team won the evening 1–0 (1 draw)",
        "A's team and X's team drew the evening 1–1",
        "X's team won the evening 2–1",
        "B's team and Y's team drew the evening 0–0 (1 draw)",
        "Sunday 1 March",
    ]
    mixed = a_table(a_match(1, "abcd wxyz"), a_match(2, "abwx cdyz")).session
    assert session_title(mixed, win_points=1) == "Sunday 1 March: the teams were mixed anew"
    assert session_title(replace(a_table().session, name="2026-03-01c"), win_points=1) == "Sunday 1 March, 3rd session"


def test_one_s_own_session_is_told_beside_the_usual() -> None:
    mine = some_figures(kills=166.0, deaths=132.0)
    kills = Baseline(metric=BY_NAME["kills"], value=8.3, usual=9.74, rounds=40, map=None)
    assert own_line(replace(mine, rounds=20), [kills]) == (
        "» You: 166 kills, 132 deaths in 20 rounds; 8.3 a round, usually 9.7"
    )
    assert own_line(replace(mine, rounds=1), []) == "» You: 166 kills, 132 deaths in 1 round"


def test_teams_that_are_mixed_anew_have_a_score_each_and_that_is_said() -> None:
    table = a_table(a_match(1, "abcd wxyz"), a_match(2, "abwx cdyz"))
    lines = team_lines(table.session, win_points=1)
    assert [line for line in lines if line.startswith("**")] == [
        "**D's team 1 : 0 Z's team**",
        "**X's team 1 : 0 Z's team**",
    ]
    assert lines[-1] == "-# The teams were mixed anew in between, so each pair has its own score."


def test_a_team_is_called_by_its_best_player_and_who_plays_alone_by_his_name() -> None:
    assert a_table(a_match(1, "abc x", b=9)).session.pairs[0].names == ("B's team", "X")
    [bots_alone] = a_table(replace(a_match(1), attackers={})).session.pairs
    assert bots_alone.names[0] == "nobody"


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
    assert head.split() == ["Player", "Rev", "Ast", "D+R", "Gib"]
    assert [row.split() for row in rows] == [
        ["X", "11", "1", UNKNOWN, "1"],
        ["A", "3", "1", UNKNOWN, "1"],
        ["B", UNKNOWN, "1", UNKNOWN, "1"],
        ["Y", "0", "1", UNKNOWN, "1"],
    ]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (FINISHED, NOT_BEATEN, "7:42 held"),
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
    table = a_table(a_match(1, a=2), a_match(2, "xy ab"), a_match(3, first=HELD, second=HELD), a_match(4, second=None))
    assert map_lines(table.session, win_points=1) == [
        "`#1` Map 1: **A's team** 7:42 held",
        "`#3` Map 2: **Y's team** 7:42 held",
        "`#5` Map 3: draw, nobody finished",
        "`#7` Map 4: round 1 alone",
    ]


def test_the_winner_is_first_in_the_picture_its_words_and_the_list_of_sessions() -> None:
    session = a_table(a_match(1), a_match(2, "xy ab"), a_match(3, "xy ab")).session
    picture = score_picture(session, win_points=1)
    [pair] = picture.pairs
    assert (pair.teams, pair.score) == (("Y's team", "B's team"), (2, 1))
    assert [row.winner for row in pair.maps] == [2, 1, 1]
    assert (picture.title, picture.subtitle) == ("Sunday 1 March (UTC)", "3 matches, 6 rounds, 4 players")
    alt = session_picture(picture).alt
    assert alt.startswith("Y's team won the evening 2–1. Y's team 2, B's team 1. Sunday 1 March (UTC). 3 matches")
    assert score_picture(session, win_points=1, awards=no_awards()).title == picture.title, (
        "a recap's words have it too"
    )
    assert "-# Y's team 2 : 1 B's team" in sessions_card([session], page=0, pages=1, buttons=()).lines


def test_the_heat_table_of_a_session_names_the_zone_of_its_day() -> None:
    assert heat_table(a_table(a_match(1), a_match(2)), {}).place == "Sunday 1 March (UTC)"


def test_several_pairs_of_teams_have_a_score_each_with_its_maps() -> None:
    table = a_table(a_match(1, "ab xy"), a_match(2, "xy ab"), a_match(3, "cd ab"))
    assert [line.removeprefix("-# ") for line in team_lines(table.session, win_points=1)] == [
        "**B's team 1 : 1 Y's team**", "B's team: A, B", "Y's team: X, Y", "on Map 1, Map 2",
        "**D's team 1 : 0 B's team**", "D's team: C, D", "B's team: A, B", "on Map 3",
        "The teams were mixed anew in between, so each pair has its own score.",
    ]  # fmt: skip
    assert [line for line in map_lines(table.session, win_points=1) if not line.startswith("`#")] == [
        "**B's team 1 : 1 Y's team**",
        "**D's team 1 : 0 B's team**",
    ]
    picture = score_picture(table.session, win_points=1)
    assert [(pair.teams, pair.score, len(pair.maps)) for pair in picture.pairs] == [
        (("B's team", "Y's team"), (1, 1), 2),
        (("D's team", "B's team"), (1, 0), 1),
    ]


def test_a_session_without_a_match_is_told_too() -> None:
    table = a_table()
    assert maps_card(table, win_points=1).lines[0] == "No match was finished."
    assert awards_view(table, no_awards(), me=None).lines[0] == "Nobody earned an award."
    assert overview_card(table, no_awards(), win_points=1, me=None).lines[-1] == covered(table.coverage)
    for view in TABLES:
        whole(figures_card(table, view, me=None), table)


def test_who_is_level_shares_the_award() -> None:
    card = overview_card(a_table(a_match(1)), the_mvp("a", "x", second=None), win_points=1, me="x")
    assert "**Most damage a minute**: A and **X**, DPM 213\n" in "\n".join(card.lines)


def test_lines_that_do_not_fit_are_counted() -> None:
    table = a_table(a_match(1))
    card = text_card(table, "weapons", ["x" * 100] * 100)
    whole(card, table)
    assert card.lines[-2] == "… and 65 more"
    assert card.title == "Sunday 1 March: weapons"


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


def test_a_list_of_sessions_has_a_line_for_each_and_the_scores_of_three_pairs_at_most() -> None:
    pairs = ("abcd wxyz", "abwx cdyz", "abyz cdwx", "acwy bdxz")
    mixed = a_table(*(a_match(place, teams) for place, teams in enumerate(pairs, 1)))
    assert len(mixed.session.pairs) == 4
    card = sessions_card([a_table(a_match(1)).session, mixed.session], page=0, pages=1, buttons=())
    assert card.lines[0] == f"**Sunday 1 March** `2026-03-01` <t:{START}:t> · 1 match · 4 players"
    assert [line.startswith("-# ") for line in card.lines] == [False, True, False, *[True] * 5]
    assert card.lines[-2:] == ("-# … and 1 more pair of teams", "-# `/session` with a name shows one")
    assert card.footer == "Page 1 of 1 · days of UTC"


def test_no_session_at_all_is_a_sentence() -> None:
    card = sessions_card([], page=0, pages=1, buttons=())
    assert card.lines == ("No session yet.",)
    check(card)
