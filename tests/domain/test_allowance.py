"""One person's questions in a hurry cost nobody else anything."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.allowance import Allowance


def test_some_at_once_then_one_every_few_seconds() -> None:
    allowance = Allowance(burst=3, every=2.0)
    assert [allowance.take(1, 100.0) for _ in range(5)] == [0, 0, 0, 2.0, 2.0]
    assert allowance.take(1, 101.5) == 0.5
    assert [allowance.take(1, 102.0) for _ in range(2)] == [0, 2.0]
    assert [allowance.take(1, 200.0) for _ in range(4)] == [0, 0, 0, 2.0]


@given(st.lists(st.tuples(st.integers(1, 3), st.floats(0, 5)), max_size=60))
def test_each_has_his_own_and_nobody_gets_more_than_the_rate(asked: list[tuple[int, float]]) -> None:
    allowance, now = Allowance(burst=3, every=2.0), 0.0
    granted: dict[int, list[float]] = {}
    for person, pause in asked:
        now += pause
        alone = Allowance(burst=3, every=2.0)
        for at in granted.get(person, []):
            assert alone.take(person, at) == 0
        wait = allowance.take(person, now)
        assert wait == alone.take(person, now), "what others ask changes nothing"
        if not wait:
            granted.setdefault(person, []).append(now)
    for times in granted.values():
        for first in times:
            assert sum(first <= at < first + 10 for at in times) <= 3 + 5


def test_those_whose_time_is_over_are_forgotten() -> None:
    allowance = Allowance(burst=1, every=2.0)
    for person in range(1005):
        assert allowance.take(person, 100.0) == 0.0
    assert allowance.take(9999, 200.0) == 0.0
    assert allowance.take(9999, 200.0) > 0
    assert allowance.take(5, 200.0) == 0.0
