"""Questions about players: who wears which names, and what they did in the rounds that count."""

from __future__ import annotations

from bot.domain.answers import Career, PlayerChoice, PlayerLine
from bot.domain.weapons import LIGHT
from bot.store.database import Reader
from bot.store.results import FIGURES

# every alias of every human, with the last time it was worn and all the player's rounds; the name is his newest
_CHOICES = """
    SELECT guid, name AS alias, sum(count(*)) OVER (PARTITION BY guid) AS rounds, max(ended_at) AS last_seen
      FROM player_rounds
     WHERE guid NOT LIKE 'OMNIBOT%' GROUP BY guid, name ORDER BY max(ended_at) DESC, guid, name"""
_SUMS = f"""
    SELECT guid, count(*) AS rounds, min(rounds.ended_at) AS first_seen, max(rounds.ended_at) AS last_seen,
           {", ".join(f"sum({figure}) AS {figure}" for figure in FIGURES)}
      FROM player_rounds JOIN rounds ON rounds.id = round_id
     WHERE guid = :guid AND state = 'counted' GROUP BY guid"""  # noqa: S608
_BULLETS = f"""
    SELECT coalesce(sum(w.hits), 0) AS hits, coalesce(sum(w.shots), 0) AS shots,
           coalesce(sum(w.headshots), 0) AS headshots
      FROM player_rounds AS p JOIN rounds ON rounds.id = p.round_id
      JOIN weapon_rounds AS w ON w.round_id = p.round_id AND w.line = p.line
     WHERE p.guid = :guid AND state = 'counted' AND weapon IN ({", ".join(map(str, sorted(LIGHT)))})"""  # noqa: S608
_NAMES = """
    SELECT name FROM player_rounds
     WHERE guid = :guid GROUP BY name ORDER BY max(ended_at) DESC, name"""
_LEFT_OUT = """
    SELECT count(*) FROM player_rounds JOIN rounds ON rounds.id = round_id
     WHERE guid = :guid AND state = 'set_aside'"""


async def choices(db: Reader) -> list[PlayerChoice]:
    """Every alias ever worn, most recent first."""
    rows = await db.all(_CHOICES)
    newest: dict[str, str] = {}
    for row in rows:
        newest.setdefault(row["guid"], row["alias"])
    return [PlayerChoice(**dict(row), name=newest[row["guid"]]) for row in rows]


async def career(db: Reader, guid: str) -> Career | None:
    """What one player did in all rounds that count; None where he played none."""
    row = await db.one(_SUMS, guid=guid)
    if row is None:
        return None
    bullets = await db.one(_BULLETS, guid=guid)
    assert bullets is not None  # an aggregate always has a row
    names = [name["name"] for name in await db.all(_NAMES, guid=guid)]
    return Career(
        line=PlayerLine(guid=guid, name=names[0], team=0, **{figure: row[figure] for figure in FIGURES}),
        rounds=row["rounds"],
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        aliases=tuple(names[1:]),
        bullet_hits=bullets["hits"],
        bullet_shots=bullets["shots"],
        bullet_headshots=bullets["headshots"],
        left_out=int(await db.value(_LEFT_OUT, guid=guid)),
    )
