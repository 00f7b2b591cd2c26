"""Figures that are ratios: shown only where there is something to divide by."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bot.domain.game.file.files import RoundKey
from bot.domain.game.matches import Half, Winner
from bot.domain.game.model import Aside, Reason, State
from bot.domain.stats.answers import MatchAnswer, PlayerLine, RoundAnswer


def _with(**figures: Any) -> PlayerLine:
    names = [one.name for one in dataclasses.fields(PlayerLine)]
    return PlayerLine(**{**dict.fromkeys(names, 0), **figures})


def _round(number: int, state: State = State.COUNTED, *, winner: int = 2) -> RoundAnswer:
    return RoundAnswer(
        id=number, key=RoundKey(f"{number:016x}"), file="f", map="supply", number=number,
        ended_at=100 * number, half=Half(1, winner, 720, 400),
        state=state, reason=None if state is State.COUNTED else Reason(Aside.UNPAIRED), players=(), notes=(),
    )  # fmt: skip


@pytest.mark.parametrize(("seconds", "dpm"), [(120, 50.0), (0, None)])
def test_damage_per_minute_needs_time_on_a_team(seconds: int, dpm: float | None) -> None:
    assert _with(damage_given=100, time_seconds=seconds).dpm == dpm


@pytest.mark.parametrize(("deaths", "kd"), [(2, 3.0), (0, 6.0)])
def test_without_a_death_the_ratio_is_the_kills(deaths: int, kd: float) -> None:
    assert _with(kills=6, deaths=deaths).kd == kd


def test_a_match_is_known_by_its_rounds() -> None:
    match = MatchAnswer(first=_round(1), second=_round(2), players=())
    assert (match.id, match.map, match.ended_at) == (1, "supply", 200)
    assert match.result is not None
    assert match.result.winner is Winner.FIRST_DEFENDERS


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (_round(1), None),
        (None, _round(2)),
        (_round(1), _round(2, State.SET_ASIDE)),
        (_round(1, State.SET_ASIDE), _round(2)),
    ],
)
def test_a_match_without_two_rounds_that_count_has_no_result(
    first: RoundAnswer | None, second: RoundAnswer | None
) -> None:
    match = MatchAnswer(first=first, second=second, players=())
    assert match.result is None
    assert match.id == (first or second or _round(1)).id
