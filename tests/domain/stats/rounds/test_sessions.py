"""Sessions: evenings, across midnight."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.stats.rounds.sessions import SessionRound, runs, sessions

HOUR = 3600


def a_session_round(ended_at: int, *, match: int | None = None, is_idle: bool = False) -> SessionRound:
    return SessionRound(ended_at, ended_at, ended_at if match is None else match, is_idle)


def _ends(rounds: list[SessionRound], *, gap: int = HOUR) -> list[list[int]]:
    return [[round.ended_at for round in session] for session in sessions(rounds, gap=gap)]


def _runs(instants: list[int]) -> list[list[int]]:
    return _ends([a_session_round(instant) for instant in instants])


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


def test_no_pause_tears_a_match_nor_what_was_played_in_between() -> None:
    first, second = a_session_round(0), a_session_round(3500, match=0)
    assert _ends([first, a_session_round(1850), second], gap=1800) == [[0, 1850, 3500]]
    assert _ends([first, a_session_round(1850), a_session_round(3700)], gap=1800) == [[0], [1850], [3700]]


def test_who_idles_alone_makes_no_one_session_of_two() -> None:
    first, last = a_session_round(0), a_session_round(6000)
    idle = a_session_round(3000, is_idle=True)
    assert _ends([first, a_session_round(3000), last]) == [[0, 3000, 6000]]
    assert _ends([first, idle, last]) == [[0, 3000], [6000]]


def test_an_idle_round_belongs_to_what_is_near_and_else_to_itself() -> None:
    played = a_session_round(2 * HOUR)
    idle = [a_session_round(at, is_idle=True) for at in (0, 60, HOUR, 3 * HOUR, 3 * HOUR + 1)]
    assert _ends([*idle, played]) == [[0, 60], [HOUR, 2 * HOUR, 3 * HOUR], [3 * HOUR + 1]]


@st.composite
def some_sessions(draw: st.DrawFn) -> list[SessionRound]:
    """Rounds at gaps around the limit; some idle, some a match with one before."""
    rounds: list[SessionRound] = []
    at = 0
    for _ in range(draw(st.integers(1, 12))):
        at += draw(st.sampled_from([1, 600, 1799, 1800, 1801, 3500, 3601, 9000]))
        alone = [one for one in rounds if at - one.ended_at <= HOUR and one.match == one.id and not one.is_idle]
        first = draw(st.sampled_from([None, *alone]))
        rounds.append(a_session_round(at, match=first and first.id, is_idle=first is None and draw(st.booleans())))
    order = st.permutations(rounds)
    return draw(order)


@given(some_sessions(), st.sampled_from([1800, HOUR, 2 * HOUR]))
def test_sessions_are_parted_by_pauses_alone_and_only_by_those_that_nothing_bridges(
    rounds: list[SessionRound], gap: int
) -> None:
    found = sessions(rounds, gap=gap)
    assert [round for session in found for round in session] == sorted(rounds, key=lambda one: one.ended_at)
    of = {round.id: at for at, session in enumerate(found) for round in session}
    playing = sorted((round for round in rounds if not round.is_idle), key=lambda one: one.ended_at)
    for earlier, later in itertools.pairwise(playing):
        spanned = any(
            one.match == other.match and one.ended_at <= earlier.ended_at and later.ended_at <= other.ended_at
            for one in playing
            for other in playing
        )
        assert (of[earlier.id] == of[later.id]) == (later.ended_at - earlier.ended_at <= gap or spanned)
    without = sessions(playing, gap=gap)
    assert [[r for r in s if not r.is_idle] for s in found if not all(r.is_idle for r in s)] == without


@given(st.lists(st.integers(0, 9 * HOUR), max_size=12))
def test_runs_are_parted_wherever_neighbours_are_too_far_apart(instants: list[int]) -> None:
    found = runs(instants, ended_at=int, gap=HOUR)
    assert [instant for run in found for instant in run] == sorted(instants)
    assert all(later - earlier <= HOUR for run in found for earlier, later in itertools.pairwise(run))
    assert all(after[0] - run[-1] > HOUR for run, after in itertools.pairwise(found))
