"""Questions about rounds: one of them, the latest, the ones a menu offers."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from bot.domain.game.matches import Half
from bot.domain.game.weapons import LIGHT
from bot.domain.stats.answers import PlayerLine, RoundAnswer, RoundChoice
from bot.store.database import Reader, Row, escaped_like

FIGURES = (
    "kills", "deaths", "damage_given", "damage_received", "headshots", "hits", "shots", "time_seconds",
    "alive_seconds", "gibs", "selfkills", "teamkills", "revives_given", "useful_kills",
)  # fmt: skip
_ROUND = """
    SELECT id, filename AS file, map, number, ended_at, state, reason, defender, winner, time_limit, duration,
           first_round_id
      FROM rounds WHERE id = :round"""
_LATEST = "SELECT id FROM rounds ORDER BY ended_at DESC, id DESC LIMIT 1"
_NEWEST_MATCH = """
    SELECT id FROM rounds WHERE first_round_id IS NOT NULL AND state = 'counted'
     ORDER BY ended_at DESC, id DESC LIMIT 1"""
# hits and shots are those of accuracy (FORMAT §6), not of all weapons
_PLAYERS = f"""
    SELECT guid, name, raw_name, team, {", ".join(f for f in FIGURES if f not in ("hits", "shots"))},
           coalesce(light.hits, 0) AS hits, coalesce(light.shots, 0) AS shots
      FROM player_rounds AS p
      LEFT JOIN (SELECT line, sum(hits) AS hits, sum(shots) AS shots FROM weapon_rounds
                  WHERE round_id = :round AND weapon IN ({", ".join(map(str, sorted(LIGHT)))}) GROUP BY line) AS light
             ON light.line = p.line
     WHERE round_id = :round ORDER BY team, kills DESC, damage_given DESC, guid"""
_NOTES = "SELECT text FROM round_notes WHERE round_id = :round ORDER BY position"
_CHOICES = """
    SELECT id, map, number, ended_at, state FROM rounds
     WHERE map LIKE :like ESCAPE '!' OR CAST(id AS TEXT) LIKE :start ESCAPE '!'
     ORDER BY ended_at DESC, id DESC LIMIT :limit"""


async def round_answer(db: Reader, round_id: int) -> RoundAnswer | None:
    """One round with its players, best first within each side."""
    row = await db.one(_ROUND, round=round_id)
    if row is None:
        return None
    players = await db.all(_PLAYERS, round=round_id)
    notes = await db.all(_NOTES, round=round_id)
    return RoundAnswer(
        id=row["id"],
        file=row["file"],
        map=row["map"],
        number=row["number"],
        ended_at=row["ended_at"],
        half=_half(row),
        state=row["state"],
        reason=row["reason"],
        players=tuple(PlayerLine(**dict(player)) for player in players),
        notes=tuple(note["text"] for note in notes),
    )


async def first_half(db: Reader, round_id: int) -> Half | None:
    """Round 1 of the match whose round 2 this is, None where it has none."""
    row = await db.one(
        "SELECT r1.* FROM rounds AS r1 JOIN rounds AS r2 ON r2.first_round_id = r1.id WHERE r2.id = :round",
        round=round_id,
    )
    return None if row is None else _half(row)


async def second_of(db: Reader, round_id: int) -> int | None:
    """The id of the round 2 that belongs to this round 1."""
    value = await db.value("SELECT id FROM rounds WHERE first_round_id = :round", round=round_id)
    return None if value is None else int(value)


async def latest(db: Reader) -> int | None:
    """The id of the round that ended last."""
    value = await db.value(_LATEST)
    return None if value is None else int(value)


async def newest_match(db: Reader) -> int | None:
    """The id of the round 2 that ended last, of those that have a round 1."""
    value = await db.value(_NEWEST_MATCH)
    return None if value is None else int(value)


async def resolve(db: Reader, text: str) -> int | None:
    """The round meant by free text: an id, a menu's label, or any part of a map's name, its newest round."""
    named = re.fullmatch(r"#?(\d{1,12})|#(\d{1,12})\b.*", text.strip(), re.DOTALL)
    if named:
        return int(named[1] or named[2])
    found = await choices(db, text, limit=1) if text.strip() else []
    return found[0].id if found else None


async def choices(db: Reader, text: str, *, limit: int = 25) -> list[RoundChoice]:
    """Rounds for a menu, newest first: by id, or by any part of the map's name."""
    like = escaped_like(text.strip())
    rows = await db.all(_CHOICES, like=f"%{like}%", start=f"{like.removeprefix('#')}%", limit=limit)
    return [RoundChoice(**dict(row)) for row in rows]


def _half(row: Row) -> Half:
    return Half(row["defender"], row["winner"], row["time_limit"], row["duration"])


def label(one: RoundChoice, zone: tzinfo) -> str:
    """`#12 supply R2 · 2025-10-02 21:42`, in the server's zone."""
    at = datetime.fromtimestamp(one.ended_at, zone).strftime("%Y-%m-%d %H:%M")
    aside = " · set aside" if one.state == "set_aside" else ""
    return f"#{one.id} {one.map} R{one.number} · {at}{aside}"
