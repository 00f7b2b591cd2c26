"""Weapons by their names, and what can be said of a weapon's sums; a duel's arithmetic."""

from __future__ import annotations

import pytest

from bot.domain.stats.people.arms import ArmLine, weapon_of, weapons_like
from bot.domain.stats.people.careers import Duel


@pytest.mark.parametrize(
    ("typed", "weapon"),
    [("MP 40", 4), ("mp40", 4), ("thomp", 5), ("grenade", 11), ("rifle", 18), ("mortar", 12), ("", None), ("m", None)],
)
def test_a_weapon_is_found_however_it_is_spaced(typed: str, weapon: int | None) -> None:
    assert weapon_of(typed) == weapon


def test_a_menu_offers_what_fits() -> None:
    assert weapons_like("mp 4") == [4]
    assert weapons_like("nothing") == []


def test_accuracy_is_for_bullets_that_were_fired() -> None:
    assert ArmLine(4, 5, 10, 1, 1, 1).accuracy == 50
    assert ArmLine(4, 5, 10, 1, 1, 1).head_share == 20
    assert ArmLine(4, 0, 0, 0, 1, 0).accuracy is None
    assert ArmLine(4, 0, 0, 0, 1, 0).head_share is None
    assert ArmLine(11, 5, 10, 1, 1, 0).accuracy is None
    assert ArmLine(11, 5, 10, 1, 1, 0).head_share is None


def test_what_nobody_won_is_drawn() -> None:
    duel = Duel(together=1, won_together=1, drawn_together=0, against=5, first_won=2, second_won=1)
    assert duel.drawn == 2
