"""Which weapons a round was played with."""

from __future__ import annotations

from bot.domain.answers import WeaponLine
from bot.store.database import Reader

_WEAPONS = """
    SELECT name, team, weapon, w.hits, w.shots, w.kills, w.deaths, w.headshots
      FROM player_rounds AS p JOIN weapon_rounds AS w ON w.round_id = p.round_id AND w.line = p.line
     WHERE p.round_id = :round ORDER BY p.team, p.kills DESC, p.damage_given DESC, p.guid, w.kills DESC, weapon"""


async def weapons(db: Reader, round_id: int) -> list[WeaponLine]:
    """Every player's weapons in a round, the best player of each side first, his deadliest weapon first."""
    return [WeaponLine(**dict(row)) for row in await db.all(_WEAPONS, round=round_id)]
