"""The weapons of a round as a card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.domain.game.file.weapons import HEADSHOT_CAPABLE, SYRINGE, weapon_name
from bot.domain.stats.answers import RoundAnswer, WeaponLine
from bot.present.card import Card
from bot.present.words.text import UNKNOWN, map_name, number, safe_name, table

_FIELD = 1024
_SHOWN = 3
"""Weapons that are named for each player."""


def weapons_card(
    answer: RoundAnswer, lines: Sequence[WeaponLine], *, both: bool = False, match: int | None = None
) -> Card:
    """All weapons added up, then what each player killed with; `both`: the lines are those of both rounds.

    `match`: the number of the round's match, which is the one that people type.
    """
    return Card(
        title=f"{map_name(answer.map)}, {'both rounds' if both else f'round {answer.number}'}: weapons",
        lines=(weapons_table(lines), *_players(lines)),
        footer=f"#{answer.id if match is None else match} · D: deaths by that weapon · HS: head hits",
        at=answer.ended_at,
    )


def weapons_table(lines: Sequence[WeaponLine]) -> str:
    """All weapons that killed anybody, added up: kills, deaths, accuracy, head hits."""
    rows = [("Weapon", "K", "D", "Acc%", "HS"), *(_sums(weapon, lines) for weapon in _by_kills(lines))]
    return table(rows, limit=_FIELD)


def _by_kills(lines: Sequence[WeaponLine]) -> list[int]:
    kills: dict[int, int] = {}
    for line in lines:
        if line.weapon != SYRINGE and (line.kills or line.deaths):
            kills[line.weapon] = kills.get(line.weapon, 0) + line.kills
    return sorted(kills, key=lambda weapon: (-kills[weapon], weapon))


def _sums(weapon: int, lines: Sequence[WeaponLine]) -> tuple[str, ...]:
    of_weapon = [line for line in lines if line.weapon == weapon]
    hits, shots = sum(line.hits for line in of_weapon), sum(line.shots for line in of_weapon)
    accuracy = 100 * hits / shots if weapon in HEADSHOT_CAPABLE and shots > 0 else None
    heads = str(sum(line.headshots for line in of_weapon)) if weapon in HEADSHOT_CAPABLE else UNKNOWN
    kills, deaths = sum(line.kills for line in of_weapon), sum(line.deaths for line in of_weapon)
    return weapon_name(weapon), str(kills), str(deaths), number(accuracy), heads


def _players(lines: Sequence[WeaponLine]) -> list[str]:
    """`anna: MP 40 12, Grenade 3`: those who killed anybody."""
    kills: dict[str, Counter[int]] = {}
    for line in lines:
        if line.kills > 0:
            kills.setdefault(line.name, Counter())[line.weapon] += line.kills
    return [
        f"**{safe_name(name, limit=24)}**: "
        + ", ".join(f"{weapon_name(weapon)} {times}" for weapon, times in arms.most_common(_SHOWN))
        for name, arms in kills.items()
    ][:32]
