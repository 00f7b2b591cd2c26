"""Sessions: evenings, across midnight."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.stats.sessions import sessions

HOUR = 3600


def _runs(instants: list[int]) -> list[list[int]]:
    return sessions(instants, ended_at=lambda instant: instant, gap=HOUR)


def test_a_gap_of_exactly_an_hour_is_the_same_session() -> None:
    assert _runs([0, HOUR]) == [[0, HOUR]]


def test_one_second_more_begins_the_next_session() -> None:
    assert _runs([0, HOUR + 1]) == [[0], [HOUR + 1]]


def test_the_gap_is_measured_to_the_round_before_and_not_to_the_first() -> None:
    assert _runs([0, 3000, 6000, 9000]) == [[0, 3000, 6000, 9000]]


def test_no_rounds_make_no_sessions() -> None:
    assert _runs([]) == []


def test_a_late_import_joins_two_sessions() -> None:
    assert len(_runs([0, 6000])) == 2
    assert len(_runs([0, 6000, 3000])) == 1


@given(st.permutations([0, 10, HOUR, 3 * HOUR, 3 * HOUR + 5, 9 * HOUR]))
def test_the_order_of_arrival_changes_nothing(instants: list[int]) -> None:
    assert _runs(instants) == [[0, 10, HOUR], [3 * HOUR, 3 * HOUR + 5], [9 * HOUR]]
