"""Weapons: of a player, of everybody, and of one round or session."""

from __future__ import annotations

from bot.domain.game.file.weapons import WEAPONS
from bot.domain.stats.answers import WeaponLine
from bot.domain.stats.people.arms import ArmLine, Armoury, Arms, Shooter
from bot.store.file.database import Reader, Row, people
from bot.store.questions.people import standings
from bot.store.questions.scopes import ChosenRounds

_SUMS = ", ".join(f"sum(w.{name}) AS {name}" for name in ArmLine._fields if name != "weapon")
_EVERY = ", ".join(str(bit) for bit in range(len(WEAPONS)))
_OF_LINE = (
    "CROSS JOIN weapon_rounds AS w INDEXED BY weapon_figures"
    " ON w.weapon = :weapon AND w.guid = p.guid AND w.counted = 1 AND w.round_id = p.round_id"
)
MANY = 4
"""From this share of all rounds on, one pass of the weapon's index is faster than looking up each round's weapons."""


async def arms(db: Reader, chosen: ChosenRounds, guid: str) -> Arms:
    """A player's weapons over a scope."""
    if chosen.scope_is_everything and chosen.scope.role is None:
        source = (
            "weapon_rounds AS w INDEXED BY weapon_figures"
            f" WHERE w.weapon IN ({_EVERY}) AND w.guid = :guid AND w.counted = 1"
        )
    else:
        source = "own CROSS JOIN weapon_rounds AS w ON w.round_id = own.round_id AND w.line = own.line"
    rows = await db.all(
        f"{chosen.cte}, own AS MATERIALIZED (SELECT p.round_id, p.line {chosen.lines_of()})"
        f" SELECT w.weapon, {_SUMS} FROM {source}"
        " GROUP BY w.weapon ORDER BY sum(w.kills) DESC, sum(w.hits) DESC, w.weapon",
        **chosen.parameters, guid=guid,
    )  # fmt: skip
    names = await standings.current_names(db, [guid])
    lines = tuple(_line(row) for row in rows)
    return Arms(guid=guid, name=names[guid], lines=lines, coverage=chosen.coverage)


def _line(row: Row) -> ArmLine:
    return ArmLine(**{name: row[name] for name in ArmLine._fields})


async def armoury(db: Reader, chosen: ChosenRounds, weapon: int) -> Armoury:
    """Everybody who killed with this weapon over a scope."""
    whose = "w.guid" if chosen.scope.role is None else "p.guid"  # in the order of the index that leads: no sorting
    sql = (
        f"{chosen.cte} SELECT {whose} AS guid, w.weapon, {_SUMS} {_all_with(chosen)} GROUP BY {whose}"
        f" HAVING sum(w.kills) > 0 AND {people(whose)} ORDER BY sum(w.kills) DESC, {whose}"
    )
    rows = await db.all(sql, **chosen.parameters, weapon=weapon)
    names = await standings.current_names(db, [row["guid"] for row in rows])
    shooters = tuple(Shooter(row["guid"], names[row["guid"]], _line(row)) for row in rows)
    return Armoury(weapon=weapon, shooters=shooters, coverage=chosen.coverage)


def _all_with(chosen: ChosenRounds) -> str:
    """`FROM … WHERE …`: everybody's figures `w` with `:weapon`, by the way that is faster.

    The side of a player is his line's, not his weapon's: where a scope has one, it begins with the lines.
    """
    if chosen.scope.role is not None:
        return str(chosen.lines.joined(_OF_LINE))
    if not chosen.scope_is_everything and MANY * chosen.coverage.rounds <= chosen.counted:
        return "FROM scope CROSS JOIN weapon_rounds AS w ON w.round_id = scope.id WHERE +w.weapon = :weapon"
    within = "" if chosen.scope_is_everything else " AND w.round_id IN (SELECT id FROM scope)"
    return f"FROM weapon_rounds AS w INDEXED BY weapon_figures WHERE w.weapon = :weapon AND w.counted = 1{within}"


_WEAPONS = """
    SELECT name, team, weapon, w.hits, w.shots, w.kills, w.deaths, w.headshots
      FROM player_rounds AS p JOIN weapon_rounds AS w ON w.round_id = p.round_id AND w.line = p.line
     WHERE p.round_id = :round ORDER BY p.team, p.kills DESC, p.damage_given DESC, p.guid, w.kills DESC, weapon"""

_SUMS_HERE = f"""
    SELECT '' AS name, 0 AS team, weapon, sum(hits) AS hits, sum(shots) AS shots, sum(kills) AS kills,
           sum(deaths) AS deaths, sum(headshots) AS headshots
      FROM scope CROSS JOIN weapon_rounds AS w ON w.round_id = scope.id
     WHERE {people("guid")} GROUP BY weapon"""


async def of_scope(db: Reader, chosen: ChosenRounds) -> list[WeaponLine]:
    """Every human's weapons added up over a scope; the lines have no name and no side."""
    sql = f"{chosen.cte} {_SUMS_HERE}"
    return [WeaponLine(**dict(row)) for row in await db.all(sql, **chosen.parameters)]


async def weapons(db: Reader, round_id: int) -> list[WeaponLine]:
    """Every player's weapons in a round, the best player of each side first, his deadliest weapon first."""
    return [WeaponLine(**dict(row)) for row in await db.all(_WEAPONS, round=round_id)]
