"""The weapons of the mask, in bit order (FORMAT, "Weapons")."""

from __future__ import annotations

WEAPONS = (
    "Knife", "Ka-Bar", "Luger", "Colt", "MP 40", "Thompson", "Sten", "FG 42", "Panzerfaust", "Bazooka",
    "Flamethrower", "Grenade", "Mortar", "Granatwerfer", "Dynamite", "Airstrike", "Artillery", "Satchel",
    "Rifle grenade", "Landmine", "MG 42", "Browning", "Carbine", "Kar 98", "Garand", "K 43", "MP 34", "Syringe",
)  # fmt: skip

SYRINGE = 27
LIGHT = frozenset({2, 3, 4, 5, 6, 26})
"""The endstats script's "light weapons": pistols and sub-machine guns, the base of accuracy."""
HEADSHOT_CAPABLE = frozenset({2, 3, 4, 5, 6, 7, 22, 23, 24, 25, 26})
"""Bullet weapons that ever score a head hit."""


def weapon_name(index: int) -> str:
    """The usual name of a mask bit; a bit newer than this table keeps its number."""
    return WEAPONS[index] if index < len(WEAPONS) else f"weapon {index}"
