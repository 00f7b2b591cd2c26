"""Weapons as answers: a player's arms over a scope, and who is best with one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.game.file.weapons import HEADSHOT_CAPABLE, WEAPONS
from bot.domain.stats.answers import Coverage


class ArmLine(NamedTuple):
    """Sums with one weapon (a bit of the mask); `deaths`: by it."""

    weapon: int
    hits: int
    shots: int
    kills: int
    deaths: int
    headshots: int

    @property
    def accuracy(self) -> float | None:
        """Per cent of shots that hit; None for what is no bullet weapon, or was not fired."""
        return 100 * self.hits / self.shots if self.weapon in HEADSHOT_CAPABLE and self.shots > 0 else None

    @property
    def head_share(self) -> float | None:
        """Per cent of hits that were head hits."""
        return 100 * self.headshots / self.hits if self.weapon in HEADSHOT_CAPABLE and self.hits > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """A player's weapons, the deadliest first."""

    guid: str
    name: str
    lines: tuple[ArmLine, ...]
    coverage: Coverage


class Shooter(NamedTuple):
    """One place of a weapon's board."""

    guid: str
    name: str
    line: ArmLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Armoury:
    """Everybody who killed with a weapon, most kills first."""

    weapon: int
    shooters: tuple[Shooter, ...]
    coverage: Coverage


ALIASES: Mapping[str, str] = {
    "nade": "grenade", "nades": "grenade", "pf": "panzerfaust", "panzer": "panzerfaust",
    "tommy": "thompson", "arty": "artillery", "art": "artillery", "rnade": "riflegrenade",
    "riflenade": "riflegrenade", "noobtube": "riflegrenade", "mine": "landmine", "mines": "landmine",
    "dyna": "dynamite", "air": "airstrike", "flame": "flamethrower", "k98": "kar98", "mg": "mg42", "fg": "fg42",
}  # fmt: skip
"""What people call weapons, in bare letters."""


def weapon_of(text: str) -> int | None:
    """The weapon of this name, or the only one whose name holds it, however it is spaced."""
    wanted = _bare(text)
    wanted = ALIASES.get(wanted, wanted)
    names = {bit: _bare(name) for bit, name in enumerate(WEAPONS)}
    exact = [bit for bit, name in names.items() if name == wanted]
    holding = [bit for bit, name in names.items() if wanted and wanted in name]
    return exact[0] if exact else holding[0] if len(holding) == 1 else None


def weapons_like(text: str) -> list[int]:
    """Weapons for a menu."""
    wanted = ALIASES.get(_bare(text), _bare(text))
    return [bit for bit, name in enumerate(WEAPONS) if wanted in _bare(name)]


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
