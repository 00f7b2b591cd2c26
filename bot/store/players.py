"""Questions about players: who wears which names, what they did, how they are doing."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bot.domain.answers import PlayerChoice
from bot.domain.careers import Alias, Career, FormRound, MapLine
from bot.domain.metrics import BY_NAME, METRICS
from bot.store import standings
from bot.store.database import Reader
from bot.store.scopes import Chosen

# every alias of every human by one pass of the index of names, with all the player's rounds; the name is his newest
_CHOICES = """
    SELECT guid, name AS alias, sum(count(*)) OVER (PARTITION BY guid) AS rounds, max(ended_at) AS last_seen
      FROM player_rounds INDEXED BY player_rounds_by_name
     WHERE guid NOT LIKE 'OMNIBOT%' GROUP BY guid, name ORDER BY max(ended_at) DESC, guid, name"""
_ALIASES = """
    SELECT guid, name, min(ended_at) AS first_seen, max(ended_at) AS last_seen, count(*) AS rounds
      FROM player_rounds INDEXED BY player_rounds_by_name
     WHERE guid IN (SELECT value FROM json_each(:guids)) GROUP BY guid, name ORDER BY max(ended_at) DESC, name"""
_SET_ASIDE = "SELECT count(*) FROM player_rounds WHERE guid = :guid AND counted = 0"
MAPS = tuple(BY_NAME[name] for name in ("kd", "dpm", "win_rate"))
FORM = tuple(BY_NAME[name] for name in ("kills", "deaths", "kd", "dpm", "accuracy", "survival"))
LAST = 10


async def choices(db: Reader) -> list[PlayerChoice]:
    """Every alias ever worn, most recent first."""
    rows = await db.all(_CHOICES)
    newest: dict[str, str] = {}
    for row in rows:
        newest.setdefault(row["guid"], row["alias"])
    return [PlayerChoice(**dict(row), name=newest[row["guid"]]) for row in rows]


async def aliases(db: Reader, guids: Iterable[str]) -> dict[str, list[Alias]]:
    """GUID → his names, the newest first."""
    found: dict[str, list[Alias]] = {}
    for row in await db.all(_ALIASES, guids=json.dumps(list(guids))):
        one = Alias(row["name"], row["first_seen"], row["last_seen"], row["rounds"])
        found.setdefault(row["guid"], []).append(one)
    return found


async def career(db: Reader, chosen: Chosen, guid: str) -> Career | None:
    """What a player did over a scope; None where nobody has this GUID. `figures` is None where he played none of it."""
    names = (await aliases(db, [guid])).get(guid)
    if not names:
        return None
    figures = (await standings.by_player(db, chosen, METRICS, guid=guid)).get(guid)
    return Career(
        guid=guid,
        name=names[0].name,
        figures=figures,
        first_seen=min(one.first_seen for one in names),
        last_seen=names[0].last_seen,
        aliases=tuple(names),
        set_aside=int(await db.value(_SET_ASIDE, guid=guid)),
        maps=tuple(await _maps(db, chosen, guid)) if figures is not None else (),
        coverage=chosen.coverage,
    )


async def _maps(db: Reader, chosen: Chosen, guid: str) -> list[MapLine]:
    """The maps that he played most."""
    lines = chosen.of_player.replace(" WHERE", " JOIN rounds AS r ON r.id = p.round_id WHERE", 1)
    sql = (
        f"{chosen.cte} SELECT r.map, count(*) AS rounds, {standings.columns(MAPS)} {lines}"
        " GROUP BY r.map ORDER BY count(*) DESC, r.map LIMIT 5"
    )
    rows = await db.all(sql, **chosen.parameters, guid=guid)
    return [MapLine(row["map"], standings.figures(row, MAPS)) for row in rows]


async def form(db: Reader, chosen: Chosen, guid: str) -> list[FormRound]:
    """His last rounds of the scope, newest first, each with its figures."""
    sql = (
        f"{chosen.cte} SELECT p.round_id, 1 AS rounds, {standings.columns(FORM)} {chosen.of_player}"
        " GROUP BY p.round_id ORDER BY max(p.ended_at) DESC, p.round_id DESC LIMIT :most"
    )
    rows = await db.all(sql, **chosen.parameters, guid=guid, most=LAST)
    facts = {
        row["id"]: row
        for row in await db.all(
            "SELECT id, map, number, ended_at FROM rounds WHERE id IN (SELECT value FROM json_each(:rounds))",
            rounds=json.dumps([row["round_id"] for row in rows]),
        )
    }
    return [
        FormRound(
            round_id=row["round_id"],
            map=facts[row["round_id"]]["map"],
            number=facts[row["round_id"]]["number"],
            ended_at=facts[row["round_id"]]["ended_at"],
            figures=standings.figures(row, FORM),
        )
        for row in rows
    ]
