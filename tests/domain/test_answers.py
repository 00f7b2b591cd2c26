"""Figures that are ratios: shown only where there is something to divide by."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

import pytest

from bot.domain.answers import Career, PlayerLine

T = TypeVar("T", PlayerLine, Career)


def _with(kind: type[T], **figures: Any) -> T:
    names = [one.name for one in dataclasses.fields(kind)]
    return kind(**{**dict.fromkeys(names, 0), **figures})


@pytest.mark.parametrize(("seconds", "dpm"), [(120, 50.0), (0, None)])
def test_damage_per_minute_needs_time_on_a_team(seconds: int, dpm: float | None) -> None:
    assert _with(PlayerLine, damage_given=100, time_seconds=seconds).dpm == dpm


@pytest.mark.parametrize(("deaths", "kd"), [(2, 3.0), (0, 6.0)])
def test_without_a_death_the_ratio_is_the_kills(deaths: int, kd: float) -> None:
    assert _with(PlayerLine, kills=6, deaths=deaths).kd == kd


@pytest.mark.parametrize(("shots", "hits", "shown"), [(10, 5, (50.0, 20.0)), (0, 0, (None, None))])
def test_accuracy_needs_shots_and_head_hits_need_hits(shots: int, hits: int, shown: tuple[float | None, ...]) -> None:
    one = _with(Career, bullet_shots=shots, bullet_hits=hits, bullet_headshots=1)
    assert (one.accuracy, one.headshot_share) == shown
