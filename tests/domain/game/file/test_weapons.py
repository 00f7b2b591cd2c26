"""The weapons of the mask (FORMAT, "Weapons")."""

from __future__ import annotations

import pytest

from bot.domain.game.file.weapons import HEADSHOT_CAPABLE, LIGHT, SYRINGE, WEAPONS, weapon_name


@pytest.mark.parametrize(
    ("bit", "name"),
    [(0, "Knife"), (4, "MP 40"), (5, "Thompson"), (11, "Grenade"), (23, "Kar 98"), (26, "MP 34"), (27, "Syringe")],
)
def test_the_bits_have_the_games_weapons(bit: int, name: str) -> None:
    assert weapon_name(bit) == name


def test_there_are_28_and_a_newer_one_keeps_its_number() -> None:
    assert len(set(WEAPONS)) == 28
    assert weapon_name(28) == "weapon 28"


def test_accuracy_is_about_pistols_and_sub_machine_guns() -> None:
    assert {weapon_name(bit) for bit in LIGHT} == {"Luger", "Colt", "MP 40", "Thompson", "Sten", "MP 34"}
    assert LIGHT < HEADSHOT_CAPABLE
    assert {weapon_name(bit) for bit in HEADSHOT_CAPABLE - LIGHT} == {"FG 42", "Carbine", "Kar 98", "Garand", "K 43"}
    assert SYRINGE not in HEADSHOT_CAPABLE
