from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.file.report import Tally
from bot.domain.stats.answers import Figures
from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.people.awards import AWARDS, TIE, TOGETHER, Appearance, Nemesis, awards, nemesis, of_pairs
from bot.domain.stats.people.records import FEATS, Level
from bot.domain.stats.rounds.maps import Attacks, MapMatches, together


def figures(**values: float | None) -> Figures:
    """One player's figures of twelve rounds, in which each of them is known."""
    return Figures(rounds=12, values=values, known=dict.fromkeys(values, 12), amounts=dict.fromkeys(values, 12 * 20))


def won(found: dict[str, Figures], rounds: int = 12) -> dict[str, tuple[str, ...]]:
    return {award.kind.metric: award.winners for award in awards(found, rounds=rounds)}


def everybody(found: dict[str, dict[str, float | None]]) -> dict[str, Figures]:
    nothing: dict[str, float | None] = {kind.metric: None for kind in AWARDS}
    return {guid: figures(**{**nothing, **values}) for guid, values in found.items()}


def test_who_has_most_gets_the_award_with_the_number_and_the_next_one_s() -> None:
    found = everybody({"A": {"kills": 9}, "B": {"kills": 12}, "C": {"kills": 9}})
    (award,) = awards(found, rounds=12)
    assert (award.winners, award.value, award.second) == (("B",), 12, 9)


def test_those_who_are_level_share_it_and_a_crowd_gets_nothing() -> None:
    assert TIE == 3
    for level, winners in (("ABC", {"kills": ("A", "B", "C")}), ("ABCD", {})):
        found = everybody({**{guid: {"kills": 5} for guid in level}, "F": {"kills": 1}})
        assert won(found) == winners


@pytest.mark.parametrize("value", [0, -3, None])
def test_there_is_no_award_without_a_number_above_nothing(value: float | None) -> None:
    assert won(everybody({"A": {"kills": value}, "B": {"kills": None}})) == {}


def test_a_ratio_of_few_rounds_is_not_compared() -> None:
    short = Figures(rounds=2, values={"kd": 9.0}, known={"kd": 2}, amounts={"kd": 99})
    nothing = everybody({"A": {"kd": 1.5}, "B": {"kd": 1.0}})
    rest = everybody({"C": {}})["C"]
    late = replace(rest, values={**rest.values, **short.values}, known={**rest.known, **short.known})
    assert won({**nothing, "C": late}) == {"kd": ("A",)}


def test_a_ratio_of_next_to_nothing_is_not_compared() -> None:
    found = everybody({"A": {"accuracy": 30.0}, "B": {"accuracy": 20.0}, "C": {"accuracy": 100.0}})
    assert won(found) == {"accuracy": ("C",)}
    few = replace(found["C"], amounts={**found["C"].amounts, "accuracy": 79})
    assert won({**found, "C": few}) == {"accuracy": ("A",)}, "12 rounds ask for 4, and these for 80 shots"


def test_one_player_alone_may_earn_what_he_did() -> None:
    assert won(everybody({"A": {"kills": 3}})) == {"kills": ("A",)}


@given(st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(-3, 6), max_size=8), st.integers(1, 40))
def test_nobody_did_better_than_a_winner(kills: dict[str, int], rounds: int) -> None:
    found = everybody({guid: {"kills": number} for guid, number in kills.items()})
    for award in awards(found, rounds=rounds):
        assert award.value == max(kills.values()) > 0
        assert {guid for guid, number in kills.items() if number == award.value} == {*award.winners}
        assert award.second is None or award.second < award.value


def match(number: int, first: str, second: str, result: int) -> list[Appearance]:
    """A match of two line-ups; `result`: 1 where the first won, 0 a draw, -1."""
    return [Appearance(number, guid, True, result) for guid in first] + [
        Appearance(number, guid, False, -result) for guid in second
    ]


def test_two_who_won_most_together_are_a_pair() -> None:
    played = match(1, "AB", "CD", 1) + match(2, "CD", "AB", -1) + match(3, "AB", "CD", 1) + match(4, "AC", "BD", -1)
    dream, upper = of_pairs(played)
    assert (dream.title, dream.pairs, dream.won, dream.matches) == ("Dream team", (("A", "B"),), 3, 3)
    # A lost to B once, with C; B never lost to C or D
    assert (upper.title, upper.pairs, upper.won, upper.matches) == ("Upper hand", (("B", "C"),), 4, 4)
    assert upper.against
    assert not dream.against


def test_the_nemesis_killed_one_and_the_same_opponent_most_often() -> None:
    played = [Tally("A", "B", 7), Tally("B", "A", 3), Tally("A", "C", 6), Tally("C", "D", 7)]
    assert nemesis(played, told=4) == Nemesis((("A", "B", 3), ("C", "D", 0)), 7, 4)
    assert nemesis(reversed(played), told=4) == nemesis(played, told=4)
    assert nemesis([], told=4) is None


def test_what_too_many_share_makes_nobody_a_nemesis() -> None:
    three = [Tally("A", other, 2) for other in "BCD"]
    assert nemesis(three, told=1) == Nemesis((("A", "B", 0), ("A", "C", 0), ("A", "D", 0)), 2, 1)
    assert nemesis([*three, Tally("B", "A", 2)], told=1) is None


def test_two_need_enough_matches_and_more_wins_than_losses() -> None:
    once = match(1, "AB", "CD", 1)
    assert of_pairs(once * 1) == []
    draws = [one for number in range(TOGETHER + 1) for one in match(number, "AB", "CD", 0)]
    assert of_pairs(draws) == []


def test_too_many_pairs_are_no_pair() -> None:
    played = [one for number in range(TOGETHER) for one in match(number, "ABCDE", "FGHIJ", 1)]
    assert of_pairs(played) == []


@given(st.lists(st.tuples(st.permutations("ABCDEF"), st.integers(-1, 1)), max_size=12), st.randoms())
def test_the_order_of_appearances_says_nothing(played: list[tuple[list[str], int]], chance: object) -> None:
    found = [
        one
        for number, (players, result) in enumerate(played)
        for one in match(number, "".join(players[:3]), "".join(players[3:]), result)
    ]
    assert of_pairs(found) == of_pairs([*reversed(found)])
    for award in of_pairs(found):
        assert 0 < len(award.pairs) <= TIE
        assert award.matches >= TOGETHER
        assert 0 < award.won <= award.matches


def test_every_award_and_every_feat_has_its_metric() -> None:
    assert all(kind.metric in BY_NAME for kind in AWARDS)
    assert len({kind.title for kind in AWARDS}) == len(AWARDS) >= 12
    assert [feat.metric.name for feat in FEATS] == [feat.name for feat in FEATS]
    dpm = next(feat for feat in FEATS if feat.name == "dpm")
    assert [dpm.least(level) for level in Level] == [300, 600, 1800]


def attacks(*, rounds: int = 4, timed: int = 2, seconds: int = 600, fastest: int | None = 250) -> Attacks:
    return Attacks(rounds=rounds, won=timed, held=1, timed=timed, seconds=seconds, fastest=fastest)


def test_attacks_are_added_up_before_they_are_divided() -> None:
    one, other = attacks(), attacks(rounds=1, timed=1, seconds=120, fastest=120)
    for parts in permutations([one, other]):
        both = together(parts)
        assert (both.rounds, both.won, both.mean, both.fastest) == (5, 3, 240, 120)
        assert (both.success, both.hold_rate) == (60, 40)


def test_nothing_attacked_is_unknown() -> None:
    none = together([])
    assert (none.mean, none.success, none.hold_rate, none.fastest) == (None, None, None, None)


def test_matches_are_all_of_them() -> None:
    assert MapMatches(attackers=1, defenders=2, draws=3).played == 6
