"""Awards in words: where they were earned, who is level, and who won together."""

from __future__ import annotations

import pytest

from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.people.awards import AWARDS, Award, Awards, BestRound, PairAward
from bot.present.words.people.awards import award_line, award_lines, pair_line
from tests.present.words.people.test_boards import a_coverage

NAMES = {"A": "anna", "B": "ben", "C": "cleo", "D": "dan"}
MEDIC = next(kind for kind in AWARDS if kind.metric == "revives")
DUELLIST = next(kind for kind in AWARDS if kind.metric == "kd")


def test_an_award_names_the_winner_s_best_round() -> None:
    award = Award(MEDIC, BY_NAME["revives"], ("A",), 31, 28)
    best = {("A", "revives"): BestRound("te_escape2", 2, 9)}
    assert award_line(award, NAMES, rounds=best) == (
        "**Field medic**: anna, revives 31, the next has 28\n"
        "-# most team mates brought back · best round: Escape 2 R2 with 9"
    )


def test_where_two_are_level_each_has_a_round_and_nobody_is_ahead() -> None:
    award = Award(MEDIC, BY_NAME["revives"], ("A", "B"), 31, 28)
    best = {("A", "revives"): BestRound("supply", 1, 9), ("B", "revives"): BestRound("radar", 2, 12)}
    assert award_line(award, NAMES, rounds=best, me="B") == (
        "**Field medic**: anna and **ben**, revives 31\n"
        "-# most team mates brought back · best round: anna Supply R1 with 9, ben Radar R2 with 12"
    )


def test_a_runner_up_who_reads_the_same_is_none() -> None:
    award = Award(DUELLIST, BY_NAME["kd"], ("A",), 1.504, 1.501)
    assert "next" not in award_line(award, NAMES)
    assert "the next has 1.49" in award_line(award._replace(second=1.49), NAMES)


def test_a_list_of_awards_has_a_line_for_each_with_where_it_was_earned() -> None:
    medic, duellist = Award(MEDIC, BY_NAME["revives"], ("A",), 31, 28), Award(DUELLIST, BY_NAME["kd"], ("A", "B"), 2, 1)
    team = PairAward("Dream team", "most matches won together", (("A", "B"),), 5, 10, against=False)
    rounds = {
        ("A", "revives"): BestRound("te_escape2", 2, 9), ("A", "kd"): BestRound("supply", 1, 3),
        ("B", "kd"): BestRound("radar", 2, 4),
    }  # fmt: skip
    awards = Awards((medic, duellist), NAMES, a_coverage(), (team,), rounds=rounds)
    assert award_lines(awards, me="B") == [
        "**Field medic**: anna, revives 31 · Escape 2 R2",
        "**Duellist**: anna and **ben**, K/D 2.00 · anna Supply R1, ben Radar R2",
        "**Dream team**: anna and **ben** won 5 of 10 matches",
        "-# behind each figure the winner's best round by it",
    ]


@pytest.mark.parametrize(
    ("pairs", "against", "said"),
    [
        ((("A", "B"),), False, "anna and ben won 5 of 10 matches"),
        ((("B", "C"), ("A", "B"), ("A", "C")), False, "ben, cleo and anna won 5 of 10 matches"),
        ((("A", "B"), ("C", "D")), False, "anna and ben; cleo and dan: each won 5 of 10 matches"),
        ((("A", "B"),), True, "anna beat ben in 5 of 10 matches"),
        ((("A", "B"), ("C", "A")), True, "anna beat ben and cleo beat anna in 5 of 10 matches"),
    ],
)
def test_who_won_together_is_told_as_one_team(pairs: tuple[tuple[str, str], ...], against: bool, said: str) -> None:
    award = PairAward("Dream team", "most matches won together", pairs, 5, 10, against)
    assert pair_line(award, NAMES) == f"**Dream team**: {said}\n-# most matches won together"
