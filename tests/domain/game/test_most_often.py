"""Whom somebody killed most often, and by whom he was."""

from __future__ import annotations

from bot.domain.game.file.report import Tally
from bot.domain.game.tallies import most_often


def test_the_most_frequent_is_told_and_of_equals_the_first_by_identity() -> None:
    tallies = [Tally("A", "C", 2), Tally("A", "B", 2), Tally("B", "A", 1), Tally("C", "A", 3)]
    assert most_often(tallies, "A") == (Tally("A", "B", 2), Tally("C", "A", 3))
    assert most_often(tallies, "D") == (None, None)
