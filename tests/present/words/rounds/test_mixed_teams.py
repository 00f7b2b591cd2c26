"""Who played with whom, in few enough words for a message, however often the teams are mixed."""

from __future__ import annotations

import random

import pytest

from bot.domain.game.matches import Half
from bot.domain.stats.rounds.sessions import SessionAnswer, SessionMatch
from bot.domain.stats.teams import Member, team_pairs
from bot.present.words.rounds.sessions import team_lines
from bot.present.words.text import within

FINISHED, NOT_BEATEN = Half(1, 2, 720, 462), Half(1, 1, 462, 462)


def a_session(people: int, *, maps: int, mixed: bool, name: str = "anna") -> SessionAnswer:
    """So many people in two teams, who are mixed anew for every map or never; everybody has this name and a number."""
    dice, order = random.Random(1), [f"{place:08X}" for place in range(people)]
    names = {guid: f"{name}{place}" for place, guid in enumerate(sorted(order))}
    matches = []
    for place in range(maps):
        if mixed:
            dice.shuffle(order)
        teams = [
            {guid: Member(names[guid], 1) for guid in line_up}
            for line_up in (order[: people // 2], order[people // 2 :])
        ]
        match = SessionMatch(
            id=place + 1, file="", map="supply", ended_at=place, first=FINISHED, second=NOT_BEATEN,
            attackers=teams[0], defenders=teams[1],
        )  # fmt: skip
        matches.append(match)
    return SessionAnswer(
        start=0,
        name="2026-03-01",
        zone="UTC",
        ended_at=maps,
        rounds=2 * maps,
        matches=tuple(matches),
        pairs=tuple(team_pairs(match.played for match in matches)),
        names=names,
    )


def test_a_pair_of_teams_is_told_with_everybody_in_it() -> None:
    lines = team_lines(a_session(4, maps=3, mixed=False), win_points=1)
    assert lines == [
        "**anna1's team 3 : 0 anna3's team**",
        "-# anna1's team: anna0, anna1",
        "-# anna3's team: anna2, anna3",
    ]


def test_where_a_win_is_two_points_the_points_are_told() -> None:
    assert team_lines(a_session(4, maps=3, mixed=False), win_points=2)[0] == "**anna1's team 6 : 0 anna3's team**"


def test_the_asker_is_marked_in_his_team() -> None:
    lines = team_lines(a_session(4, maps=1, mixed=False), win_points=1, me="00000002")
    assert lines[2] == "-# anna3's team: **anna2**, anna3"


def test_a_crowd_is_counted_where_it_does_not_fit() -> None:
    lines = team_lines(a_session(100, maps=1, mixed=False, name="*" * 20), win_points=1)
    assert len(lines) == 3
    for line in lines[1:]:
        shown, _, rest = line.rpartition(" and ")
        assert rest.endswith(" more")
        assert shown.count(", ") + 1 + int(rest.split()[0]) == 50


@pytest.mark.parametrize(("people", "maps"), [(12, 12), (40, 10), (64, 24), (100, 60)])
@pytest.mark.parametrize("name", ["anna", "漢" * 32, "*" * 36])
def test_however_often_the_teams_are_mixed_there_is_room_for_the_rest(people: int, maps: int, name: str) -> None:
    session = a_session(people, maps=maps, mixed=True, name=name)
    lines = team_lines(session, win_points=1)
    assert len("\n".join(lines)) < 2200
    assert lines[-1] == "-# The teams were mixed anew in between, so each pair has its own score."
    scores = [line for line in lines if line.startswith("**")]
    hidden = [int(line.split()[2]) for line in lines if line.startswith("… and ")]
    assert len(scores) + sum(hidden) == len(session.pairs), "every pair of teams is told or counted"


def test_lines_that_fit_stay_as_they_are() -> None:
    assert within(["one", "two"], 7) == ["one", "two"]
    assert within(["one", "two"], 6) == ["one", "… and 1 more"]
    assert within([], 0) == []
