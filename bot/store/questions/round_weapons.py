"""Which weapons a round was played with."""

from __future__ import annotations

from bot.domain.stats.answers import WeaponLine
from bot.store.database import Reader
from bot.store.questions.scopes import ChosenRounds

_WEAPONS = """
    SELECT name, team, weapon, w.hits, w.shots, w.kills, w.deaths, w.headshots
      FROM player_rounds AS p JOIN weapon_rounds AS w ON w.round_id = p.round_id AND w.line = p.line
     WHERE p.round_id = :round ORDER BY p.team, p.kills DESC, p.damage_given DESC, p.guid, w.kills DESC, weapon"""

_SUMS = """
    SELECT '' AS name, 0 AS team, weapon, sum(hits) AS hits, sum(shots) AS shots, sum(kills) AS kills,
           sum(deaths) AS deaths, sum(headshots) AS headshots
      FROM scope CROSS JOIN weapon_rounds AS w ON w.round_id = scope.id
     WHERE guid NOT LIKE 'OMNIBOT%' GROUP BY weapon"""


async def of_scope(db: Reader, chosen: ChosenRounds) -> list[WeaponLine]:
    """Every human's weapons added up over a scope; the lines have no name and no side."""
    sql = f"{chosen.cte} {_SUMS}"
    return [WeaponLine(**dict(row)) for row in await db.all(sql, **chosen.parameters)]


async def weapons(db: Reader, round_id: int) -> list[WeaponLine]:
    """Every player's weapons in a round, the best player of each side first, his deadliest weapon first."""
    return [WeaponLine(**dict(row)) for row in await db.all(_WEAPONS, round=round_id)]
