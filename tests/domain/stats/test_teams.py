"""Teams are people who play together, whatever side they are on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.matches import Half
from bot.domain.stats.sessions import SessionMatch
from bot.domain.stats.teams import MatchLineUps, rivals

A, B = frozenset("abc"), frozenset("xyz")


def evening(*matches: tuple[str, str, int | None]) -> list[MatchLineUps]:
    return [MatchLineUps(n, frozenset(one), frozenset(two), won) for n, (one, two, won) in enumerate(matches)]


def test_the_score_follows_the_people_not_the_side() -> None:
    (pair,) = rivals(evening(("abc", "xyz", 1), ("xyz", "abc", 2), ("xyz", "abc", 1)))
    assert [set(team) for team in pair.teams] == [A, B]
    assert pair.wins == (2, 1)
    assert [placed.first for placed in pair.matches] == [0, 1, 1]
    assert [placed.won for placed in pair.matches] == [0, 0, 1]


def test_draws_and_unfinished_matches_are_nobody_s() -> None:
    (pair,) = rivals(evening(("abc", "xyz", 0), ("abc", "xyz", None), ("abc", "xyz", 2)))
    assert pair.wins == (0, 1)
    assert pair.draws == 1
    assert pair.points(1) == (0, 1)
    assert pair.points(2) == (1, 3)


def test_a_substitute_and_a_late_joiner_do_not_break_a_team() -> None:
    (pair,) = rivals(evening(("ab", "xyz", 1), ("abc", "xyq", 1), ("xyz", "abc", 2)))
    assert pair.wins == (3, 0)
    assert set(pair.teams[0]) == {"a", "b", "c"}
    assert set(pair.teams[1]) == {"x", "y", "z", "q"}
    assert pair.teams[1][-1] == "q"


def test_who_lends_himself_for_a_match_stays_with_his_own() -> None:
    (pair,) = rivals(evening(("abc", "xyz", 1), ("abc", "xyz", 1), ("abz", "xyc", 1), ("abc", "xyz", 1)))
    assert [set(team) for team in pair.teams] == [A, B]
    assert pair.wins == (4, 0)


def test_teams_that_are_mixed_anew_are_a_new_pair() -> None:
    first, second = rivals(evening(("abcd", "wxyz", 1), ("abwx", "cdyz", 1)))
    assert first.wins == (1, 0)
    assert second.wins == (1, 0)


def test_new_people_are_no_reason_for_a_new_pair() -> None:
    (pair,) = rivals(evening(("abc", "xyz", 1), ("def", "uvw", 1)))
    assert len(pair.matches) == 2


def test_who_played_as_often_for_both_is_in_one_team_alone() -> None:
    (pair,) = rivals(evening(("abcd", "xyzw", 1), ("abcw", "xyzd", 1)))
    assert sorted([*pair.teams[0], *pair.teams[1]]) == sorted("abcdwxyz")


def test_an_evening_without_matches_has_no_teams() -> None:
    assert rivals([]) == []


players = st.frozensets(st.sampled_from("abcdefgh"), min_size=1, max_size=4)
matches = st.lists(st.tuples(players, players, st.sampled_from([0, 1, 2, None])), max_size=8)


@given(matches)
def test_every_match_is_told_once_and_every_decision_counted(
    given_: list[tuple[frozenset[str], frozenset[str], int | None]],
) -> None:
    played = [MatchLineUps(n, one, two - one, won) for n, (one, two, won) in enumerate(given_)]
    found = rivals(played)
    assert [placed.id for pair in found for placed in pair.matches] == [match.id for match in played]
    decided = [match for match in played if match.won is not None]
    assert sum(sum(pair.wins) + pair.draws for pair in found) == len(decided)


@given(matches)
def test_names_do_not_matter(given_: list[tuple[frozenset[str], frozenset[str], int | None]]) -> None:
    played = [MatchLineUps(n, one, two - one, won) for n, (one, two, won) in enumerate(given_)]
    renamed = [
        MatchLineUps(m.id, frozenset(ord(p) for p in m.first), frozenset(ord(p) for p in m.second), m.won)  # type: ignore[misc]
        for m in played
    ]
    assert [pair.wins for pair in rivals(played)] == [pair.wins for pair in rivals(renamed)]


def mirrored(match: MatchLineUps) -> MatchLineUps:
    """The same match, with the line-ups called by each other's numbers."""
    return MatchLineUps(match.id, match.second, match.first, {1: 2, 2: 1}.get(match.won or 0, match.won))


@given(matches)
def test_it_does_not_matter_which_line_up_is_called_the_first(
    given_: list[tuple[frozenset[str], frozenset[str], int | None]],
) -> None:
    played = [MatchLineUps(n, one, two - one, won) for n, (one, two, won) in enumerate(given_)]
    found, other = rivals(played), rivals(map(mirrored, played))
    assert [(pair.wins, pair.draws) for pair in found] == [(pair.wins[::-1], pair.draws) for pair in other]
    assert [pair.points(2) for pair in found] == [pair.points(2)[::-1] for pair in other]


absences = st.tuples(st.none() | st.sampled_from("abcd"), st.none() | st.sampled_from("wxyz"))
evenings = st.lists(st.tuples(absences, st.booleans(), st.sampled_from([0, 1, 2, None])), min_size=1, max_size=12)


@given(evenings, st.sampled_from(["abcd", "wxyz"]))
def test_substitutes_and_changes_of_sides_never_break_teams(
    given_: list[tuple[tuple[str | None, str | None], bool, int | None]], whole: str
) -> None:
    """One of each four is away now and then, and somebody whom nobody has seen before plays for him."""
    played, expected = [], [0, 0]
    for number, ((one_away, two_away), is_swapped, won) in enumerate(given_):
        substitutes = {one_away: f"first{number}", two_away: f"second{number}"} if number else {}
        teams = [frozenset(substitutes.get(one, one) for one in team) for team in ("abcd", "wxyz")]
        first, second = teams[::-1] if is_swapped and number else teams
        played.append(MatchLineUps(number, first, second, won))
        if won:
            expected[(won == 2) != (is_swapped and number > 0)] += 1
    [pair] = rivals(played)
    assert pair.wins == tuple(expected)
    assert set(whole) <= set(pair.teams[0 if whole == "abcd" else 1])
    assert all(name[:5] != "secon" for name in pair.teams[0])


@pytest.mark.parametrize(
    ("first", "second", "won"),
    [
        (Half(1, 2, 720, 400), Half(1, 2, 400, 300), 2),
        (Half(1, 2, 720, 400), Half(1, 1, 400, 400), 1),
        (Half(1, 1, 720, 720), Half(1, 1, 720, 720), 0),
        (Half(1, 2, 720, 400), None, None),
        (None, Half(1, 2, 720, 400), None),
    ],
)
def test_a_match_of_a_session_has_the_stopwatch_s_result(
    first: Half | None, second: Half | None, won: int | None
) -> None:
    match = SessionMatch(id=1, map="supply", ended_at=0, first=first, second=second, attackers=A, defenders=B)
    assert match.played == MatchLineUps(1, A, B, won)
