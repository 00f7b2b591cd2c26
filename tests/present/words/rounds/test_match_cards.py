"""A match in words: who won, how both attacks went, and which rounds it rests on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.matches import Half
from bot.domain.stats.answers import MatchAnswer, PlayerLine, RoundAnswer
from bot.present.words.rounds.matches import match_card
from tests.present.checks import check, prose, tables
from tests.present.discord_markup import LINK, MENTION
from tests.present.strategies import players, rounds
from tests.present.words.rounds.test_results import ALLIES, AXIS, BEATEN, FINISHED, HELD, NOT_BEATEN, a_line, an_answer

FIRST, SECOND = 1, 2
"""Line-ups: who attacked in round 1, and who defended in it."""


def a_match(first: Half = FINISHED, second: Half = NOT_BEATEN, **lines: int) -> MatchAnswer:
    """anna and ben attacked first, cleo and dan defended; `lines`: kills, of the whole match."""
    teams = {"anna": FIRST, "ben": FIRST, "cleo": SECOND, "dan": SECOND}
    people = tuple(
        a_line(name, team, kills=lines.get(name, 6 if name in ("anna", "cleo") else 5)) for name, team in teams.items()
    )
    best_first = sorted(people, key=lambda player: (player.team, -player.kills))
    return MatchAnswer(
        first=replace(an_answer(first), id=6),
        second=replace(an_answer(second, number=2), id=7),
        players=tuple(best_first),
    )


@pytest.mark.parametrize(
    ("first", "second", "title"),
    [
        (FINISHED, NOT_BEATEN, "anna's team beat cleo's team on Supply: 7:42 held"),
        (FINISHED, BEATEN, "cleo's team beat anna's team on Supply in 6:24"),
        (HELD, BEATEN, "cleo's team beat anna's team on Supply in 6:24"),
        (HELD, HELD, "anna's team and cleo's team drew on Supply: nobody finished"),
    ],
)
def test_the_title_names_the_line_up_that_won(first: Half, second: Half, title: str) -> None:
    assert match_card(a_match(first, second)).title == title


def test_a_team_keeps_its_name_from_one_round_to_the_other_though_its_side_changes() -> None:
    card = match_card(a_match(FINISHED, BEATEN))
    assert card.lines[:2] == (
        "▲ anna's team set **7:42**",
        "■ cleo's team beat 7:42 in **6:24**",
    )


def test_a_team_is_called_by_its_best_player_of_the_whole_match() -> None:
    assert match_card(a_match(FINISHED, BEATEN, dan=40)).title == "dan's team beat anna's team on Supply in 6:24"


@pytest.mark.parametrize("defender", [AXIS, ALLIES])
def test_who_defends_first_does_not_matter(defender: int) -> None:
    attacker = AXIS + ALLIES - defender
    match = a_match(Half(defender, attacker, 720, 462), Half(defender, defender, 462, 462))
    assert match_card(match).title == "anna's team beat cleo's team on Supply: 7:42 held"


def test_the_last_line_says_of_what_the_figures_are_and_how_fresh() -> None:
    match = a_match()
    assert match_card(match).lines[-1] == f"-# both rounds added up · played <t:{match.ended_at}:R>"


def test_the_tables_of_a_match_are_those_of_both_rounds_as_its_picture_is() -> None:
    card = match_card(a_match(FINISHED, NOT_BEATEN, anna=31))
    assert [name for name, _ in card.fields] == ["▲ anna's team, won", "■ cleo's team"]
    assert tables(card)[0][1].split()[:2] == ["anna", "31"]
    assert [name for name, _ in match_card(a_match(HELD, HELD)).fields] == ["▲ anna's team", "■ cleo's team"]


def a_whole_match(first: RoundAnswer, second: RoundAnswer, people: list[PlayerLine]) -> MatchAnswer:
    return MatchAnswer(first=first, second=second, players=tuple(people))


@given(st.builds(a_whole_match, rounds, rounds, st.lists(players, max_size=40)))
def test_whatever_a_match_holds_it_can_be_shown(match: MatchAnswer) -> None:
    card = match_card(match)
    check(card)
    for line in prose(replace(card, lines=card.lines[:-1])):  # the last one has the bot's own timestamp
        assert not MENTION.search(line), line
        assert not LINK.search(line), line
