"""Teams are people who play together, whatever side they are on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.matches import Half
from bot.domain.stats.rounds.sessions import SessionMatch
from bot.domain.stats.teams import LineUp, MatchLineUps, Member, team_names, team_pairs

A, B = frozenset("abc"), frozenset("xyz")


def line_up(players: Iterable[str]) -> dict[str, Member]:
    return {player: Member(player.upper(), 1) for player in players}


def session(*matches: tuple[Iterable[str], Iterable[str], int | None]) -> list[MatchLineUps]:
    return [MatchLineUps(n, line_up(one), line_up(two), won) for n, (one, two, won) in enumerate(matches)]


def test_the_score_follows_the_people_not_the_side() -> None:
    (pair,) = team_pairs(session(("abc", "xyz", 1), ("xyz", "abc", 2), ("xyz", "abc", 1)))
    assert [set(team) for team in pair.teams] == [A, B]
    assert pair.wins == (2, 1)
    assert [placed.first for placed in pair.matches] == [0, 1, 1]
    assert [placed.won for placed in pair.matches] == [0, 0, 1]


def test_draws_and_unfinished_matches_are_nobody_s() -> None:
    (pair,) = team_pairs(session(("abc", "xyz", 0), ("abc", "xyz", None), ("abc", "xyz", 2)))
    assert pair.wins == (0, 1)
    assert pair.draws == 1
    assert pair.points(1) == (0, 1)
    assert pair.points(2) == (1, 3)


def test_of_a_pair_the_winner_can_be_told_first() -> None:
    (pair,) = team_pairs(session(("abc", "xyz", 2), ("xyz", "abc", 1), ("abc", "xyz", 1), ("abc", "xyz", 0)))
    told = pair.winner_first
    assert (pair.wins, told.wins) == ((1, 2), (2, 1))
    assert set(told.teams[0]) == B
    assert told.names == pair.names[::-1]
    assert [told.teams[match.first] for match in told.matches] == [pair.teams[match.first] for match in pair.matches]
    assert told.winner_first == told
    assert told.draws == pair.draws == 1


def test_a_substitute_and_a_late_joiner_do_not_break_a_team() -> None:
    (pair,) = team_pairs(session(("ab", "xyz", 1), ("abc", "xyz", 1), ("xyq", "abc", 2)))
    assert pair.wins == (3, 0)
    assert set(pair.teams[0]) == {"a", "b", "c"}
    assert set(pair.teams[1]) == {"x", "y", "z", "q"}
    assert pair.teams[1][-1] == "q"


def test_who_lends_himself_for_a_match_stays_with_his_own() -> None:
    both = ("abcd", "wxyz", 1)
    (pair,) = team_pairs(session(both, both, ("abcz", "wxyd", 1), both))
    assert [set(team) for team in pair.teams] == [set("abcd"), set("wxyz")]
    assert pair.wins == (4, 0)


def test_teams_that_are_mixed_anew_are_a_new_pair() -> None:
    first, second = team_pairs(session(("abcd", "wxyz", 1), ("abwx", "cdyz", 1)))
    assert first.wins == (1, 0)
    assert second.wins == (1, 0)


EXAMPLES = [
    # one, two, and the line-ups of the next match: whether it joins the pair
    ("a x", "x a", True),
    ("a x", "a y", False),
    ("ab xy", "ab xz", True),
    ("ab xy", "ac xz", False),
    ("ab xy", "ax by", False),
    ("abc xyz", "xyz abc", True),
    ("abc xyz", "abd xyz", True),
    ("abc xyz", "abd xyw", False),
    ("abc xyz", "abx cyz", False),
    ("abc xyz", "ade xyz", False),
    ("abc xyz", "ghi abc", False),
    ("abcd wxyz", "abcw dxyz", True),
    ("abcd wxyz", "abce wxyv", True),
    ("abcd wxyz", "abwx cdyz", False),
    ("abcd wxyz", "abce wxuv", False),
    ("abcde vwxyz", "abcdv ewxyz", True),
    ("abcde vwxyz", "abcvw dexyz", False),
    ("abcde vwxyz", "abcfg vwxyz", True),
    ("abcde vwxyz", "abfgh vwxyz", False),
    ("abcdef uvwxyz", "abcdeg uvwxst", True),
    ("abcdef uvwxyz", "abcdgh uvwxst", False),
    ("abcdef uvwxyz", "abcghi uvwxyz", True),
]


@pytest.mark.parametrize(("before", "after", "joins"), EXAMPLES)
def test_the_rule_by_examples(before: str, after: str, joins: bool) -> None:
    pairs = team_pairs(session((*before.split(), 1), (*after.split(), 1)))  # type: ignore[arg-type]
    assert len(pairs) == (1 if joins else 2)


def test_the_examples_are_the_documents() -> None:
    said = (Path(__file__).parents[3] / "docs" / "TEAMS.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z ]+)` \| `([a-z ]+)` \| (joins|new pair) \|", said, re.MULTILINE)
    assert [(one, two, word == "joins") for one, two, word in rows] == EXAMPLES


def test_clans_that_follow_each_other_are_pairs_of_their_own() -> None:
    first, second = team_pairs(session(*[("abc", "def", 1)] * 3, *[("ghi", "abc", 1)] * 3))
    assert (first.wins, second.wins) == ((3, 0), (3, 0))
    assert [set(team) for team in second.teams] == [set("ghi"), set("abc")]


def test_who_played_as_often_for_both_is_in_neither_team() -> None:
    (pair,) = team_pairs(session(("abcd", "xyzw", 1), ("abcw", "xyzd", 1)))
    assert [set(team) for team in pair.teams] == [set("abc"), set("xyz")]


def test_a_session_without_matches_has_no_teams() -> None:
    assert team_pairs([]) == []


people = st.frozensets(st.sampled_from("abcdefgh"), min_size=1, max_size=4)
sessions = st.lists(
    st.tuples(people, people, st.sampled_from([0, 1, 2, None])).map(lambda m: (m[0], m[1] - m[0], m[2])), max_size=8
).map(lambda matches: session(*matches))


@given(sessions)
def test_every_match_is_told_once_and_every_decision_counted(played: list[MatchLineUps]) -> None:
    pairs = team_pairs(played)
    assert [match.id for pair in pairs for match in pair.matches] == [match.id for match in played]
    decided = [match for match in played if match.won is not None]
    assert sum(sum(pair.wins) + pair.draws for pair in pairs) == len(decided)


@given(sessions)
def test_who_a_player_is_does_not_matter(played: list[MatchLineUps]) -> None:
    def renamed(line_up: LineUp) -> LineUp:
        return {f"{ord(player)}": member for player, member in line_up.items()}

    others = [match._replace(first=renamed(match.first), second=renamed(match.second)) for match in played]
    assert [pair.wins for pair in team_pairs(played)] == [pair.wins for pair in team_pairs(others)]


def mirrored(match: MatchLineUps) -> MatchLineUps:
    """The same match, with the line-ups called by each other's numbers."""
    return MatchLineUps(match.id, match.second, match.first, {1: 2, 2: 1}.get(match.won or 0, match.won))


@given(sessions)
def test_it_does_not_matter_which_line_up_is_called_the_first(played: list[MatchLineUps]) -> None:
    pairs, others = team_pairs(played), team_pairs(map(mirrored, played))
    assert [(pair.wins, pair.draws) for pair in pairs] == [(pair.wins[::-1], pair.draws) for pair in others]
    assert [pair.names for pair in pairs] == [pair.names[::-1] for pair in others]
    assert [pair.points(2) for pair in pairs] == [pair.points(2)[::-1] for pair in others]


@given(sessions)
def test_matches_without_a_common_player_never_follow_each_other_in_a_pair(played: list[MatchLineUps]) -> None:
    by_id = {match.id: match.first.keys() | match.second.keys() for match in played}
    for pair in team_pairs(played):
        met: set[str] = set()
        for match in pair.matches:
            assert not met or by_id[match.id] & met
            met |= by_id[match.id]


@given(sessions)
def test_nobody_is_on_a_roster_who_stood_for_the_other_team_as_often(played: list[MatchLineUps]) -> None:
    by_id = {match.id: match for match in played}
    for pair in team_pairs(played):
        stood: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        for placed in pair.matches:
            match = by_id[placed.id]
            stood[placed.first].update(match.first.keys())
            stood[1 - placed.first].update(match.second.keys())
        for team, mine, other in zip(pair.teams, stood, stood[::-1], strict=True):
            assert set(team) == {player for player in mine if mine[player] > other[player]}


@given(st.sets(st.sampled_from("abcdefghijkl"), min_size=2), st.data(), st.lists(st.booleans(), min_size=1))
def test_where_nobody_changed_or_came_new_rosters_are_the_line_ups(
    everybody: set[str], data: st.DataObject, swaps: list[bool]
) -> None:
    first = data.draw(st.sets(st.sampled_from(sorted(everybody)), min_size=1, max_size=len(everybody) - 1))
    teams = (first, everybody - first)
    [pair] = team_pairs(session(*((*(teams[::-1] if swap else teams), 1) for swap in [False, *swaps])))
    assert tuple(map(set, pair.teams)) == teams
    assert [match.first for match in pair.matches] == [0, *map(int, swaps)]


substitutes = st.tuples(st.sampled_from("abcdwxyz"), st.booleans(), st.sampled_from([0, 1, 2, None]))


@given(st.lists(substitutes, min_size=1, max_size=12))
def test_one_substitute_a_match_and_changes_of_sides_never_break_teams(
    given_: list[tuple[str, bool, int | None]],
) -> None:
    """One of eight is away in each match but the first, and somebody whom nobody has seen before plays for him."""
    played, expected = [], [0, 0]
    for number, (away, is_swapped, won) in enumerate(given_):
        swapped = is_swapped and number > 0
        teams = [[f"new{number}" if number and one == away else one for one in team] for team in ("abcd", "wxyz")]
        first, second = map(line_up, teams[::-1] if swapped else teams)
        played.append(MatchLineUps(number, first, second, won))
        if won:
            expected[(won == 2) != swapped] += 1
    [pair] = team_pairs(played)
    assert pair.wins == tuple(expected)
    assert set("abcd") <= set(pair.teams[0])
    assert set("wxyz") <= set(pair.teams[1])


def named(*names: str, kills: int = 0) -> LineUp:
    return {f"{place}": Member(name, kills + place) for place, name in enumerate(names)}


@pytest.mark.parametrize(
    ("names", "team"),
    [
        ([".xy.anna", ".XY.ben", ".xy.cleo"], ".xy."),
        (["///Q.marder", "///q.kim", "dan"], "///Q."),
        (["anna|abc", "ben|ABC", "abc|cleo"], "|abc"),
        (["abc anna", "abc ben", "abc"], "abc"),
        (["ab anna", "ab ben"], "ab ben's team"),  # two characters are no tag
        (["---anna", "---ben"], "---ben's team"),  # without a letter or a digit neither
        (["anna", "ben", "cleo"], "cleo's team"),
        (["xyz.a", "xyz.b", "c", "d"], "d's team"),  # a half is less than two thirds
        ([".xy.anna", ".xy.alan", "zed"], ".xy."),  # what their own names share is none of it
        (["anna.xy.", "hanna.XY."], ".xy."),
        ([".xy.", ".xy."], ".xy."),
        (["mr.big", "mr.big"], "mr.big"),
        (["dannya", "dannyb"], "danny"),
        (["a-anna", "a-anno"], "a-ann"),  # no tag would be left
        (["anna"], "anna"),
        ([], "nobody"),
    ],
)
def test_a_team_is_called_by_its_tag_else_by_its_best_player(names: list[str], team: str) -> None:
    assert team_names(named(*names), named("opponent"))[0] == team


def test_a_tag_that_both_teams_wear_tells_nothing() -> None:
    assert team_names(named("xyz.a", "xyz.b"), named("XYZ.c", "xyz.d")) == ("xyz.b's team", "xyz.d's team")


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        (["zoe"], ["^1ZOE"], ("zoe", "^1ZOE")),
        (["zoe"], ["Zoe"], ("zoe", "Zoe (2)")),
        (["kim", "zoe"], ["dan", "Zoe"], ("zoe's team", "dan's team")),
        (["zoe", "zoe"], ["zoe", "zoe"], ("zoe's team", "zoe's team (2)")),
        (["abc", "abc", "kim"], ["abcd", "abcd", "dan"], ("abc", "abcd")),
    ],
)
def test_two_teams_are_never_called_the_same(first: list[str], second: list[str], names: tuple[str, str]) -> None:
    assert team_names(named(*first), named(*second)) == names


def test_a_pair_keeps_the_names_of_its_first_match() -> None:
    opening = MatchLineUps(0, named("anna", "ben"), {"7": Member("kim", 1), "8": Member("dan", 9)}, 1)
    later = MatchLineUps(1, {"7": Member("tag.kim", 99), "8": Member("tag.dan", 1)}, named("x", "y"), 1)
    [pair] = team_pairs([opening, later])
    assert pair.names == ("ben's team", "dan's team")


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
    match = SessionMatch(
        id=1, file="", map="supply", ended_at=0, first=first, second=second, attackers=line_up(A), defenders=line_up(B)
    )
    assert match.played == MatchLineUps(1, line_up(A), line_up(B), won)
