from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.people.baselines import LEAST, USUAL, Sums, beside, mean

KILLS, KD, DEATHS, REVIVES = (BY_NAME[name] for name in ("kills", "kd", "deaths", "revives"))
NOTHING = Sums(top=None, per=None, known=0)


def of(top: float, known: int = LEAST, per: float | None = None) -> Sums:
    return Sums(top=top, per=known if per is None else per, known=known)


def test_a_count_stands_beside_the_mean_of_the_other_rounds_of_the_map() -> None:
    found = beside(KILLS, of(23, 1), here=of(170), everywhere=of(900, 90), map="supply")
    assert found is not None
    assert (found.value, found.usual, found.difference, found.rounds, found.map) == (23, 17, 6, 10, "supply")


def test_few_rounds_of_the_map_give_way_to_all_of_them() -> None:
    found = beside(KILLS, of(23, 1), here=of(170, LEAST - 1), everywhere=of(900, 90), map="supply")
    assert found is not None
    assert (found.usual, found.rounds, found.map) == (10, 90, None)


def test_a_session_is_told_by_its_mean_round() -> None:
    found = beside(KILLS, of(60, 4), here=of(0, 0), everywhere=of(120), map=None)
    assert found is not None
    assert (found.value, found.usual) == (15, 12)


def test_a_ratio_is_that_of_all_sums() -> None:
    found = beside(KD, of(10, 1, per=5), here=NOTHING, everywhere=of(100, per=80), map=None)
    assert found is not None
    assert (found.value, found.usual) == (2, 1.25)


def test_below_the_mean_the_difference_is_negative() -> None:
    found = beside(DEATHS, of(3, 1), here=NOTHING, everywhere=of(100), map=None)
    assert found is not None
    assert found.difference == -7


@pytest.mark.parametrize(
    ("now", "everywhere"),
    [(NOTHING, of(100)), (of(3, 1), NOTHING), (of(3, 1), of(90, LEAST - 1)), (of(3, 0), of(100))],
)
def test_what_is_unknown_or_rests_on_little_has_no_baseline(now: Sums, everywhere: Sums) -> None:
    assert beside(REVIVES, now, here=everywhere, everywhere=everywhere, map="supply") is None


def test_a_ratio_of_nothing_has_no_baseline() -> None:
    dpm = BY_NAME["dpm"]
    assert beside(dpm, of(0, 1, per=0), here=NOTHING, everywhere=of(100, per=60), map=None) is None


@given(st.sampled_from(USUAL), st.lists(st.tuples(st.integers(0, 99), st.integers(1, 99)), min_size=1))
def test_a_mean_lies_between_the_least_and_the_most(metric: object, rounds: list[tuple[int, int]]) -> None:
    assert isinstance(metric, type(KILLS))
    tops, pers = [top for top, _ in rounds], [per for _, per in rounds]
    found = mean(metric, Sums(top=sum(tops), per=sum(pers), known=len(rounds)))
    each = [mean(metric, Sums(top=top, per=per, known=1)) or 0 for top, per in rounds]
    assert found is not None
    assert min(each) - 1e-9 <= found <= max(each) + 1e-9
