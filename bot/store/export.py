"""Everything the database knows of files and rounds, in an order that no arrival changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from bot.domain.files import iso_utc
from bot.domain.model import PlayerRound
from bot.store.database import Reader, Row
from bot.store.scopes import Chosen

_FILES = """
    SELECT servers.name AS server, filename AS file, coalesce(rounds.state, processed_files.state) AS state,
           CASE WHEN rounds.id IS NULL THEN processed_files.reason ELSE rounds.reason END AS reason
      FROM processed_files JOIN servers ON servers.id = processed_files.server_id
      LEFT JOIN rounds USING (server_id, filename)
     UNION
    SELECT servers.name, filename, rounds.state, rounds.reason
      FROM rounds JOIN servers ON servers.id = rounds.server_id
     ORDER BY server, file"""
_WAITING = {"seen": "waits to be downloaded", "downloaded": "waits to be imported", "imported": "its round is missing"}
_ROUNDS = """
    SELECT rounds.id, servers.name AS server, rounds.filename AS file, rounds.map, rounds.number AS round,
           rounds.state, rounds.reason, r1.filename AS first_round, rounds.ended_at, rounds.duration,
           rounds.defender, rounds.winner, rounds.time_limit, rounds.config
      FROM rounds JOIN servers ON servers.id = rounds.server_id
      LEFT JOIN rounds AS r1 ON r1.id = rounds.first_round_id
     ORDER BY servers.name, rounds.filename"""
_PLAYERS = "SELECT * FROM player_rounds ORDER BY round_id, guid, line"
_LINES = f"""
    SELECT rounds.filename AS file, rounds.id AS round_id, p.match_id, rounds.map, rounds.number AS round,
           rounds.ended_at, rounds.duration, rounds.time_limit, rounds.defender, rounds.winner,
           {", ".join(f"p.{name}" for name in PlayerRound._fields)},
           p.light_hits, p.light_shots, p.light_headshots, p.attack, p.result
      FROM rounds JOIN player_rounds AS p ON p.round_id = rounds.id"""
_ORDER = "ORDER BY rounds.ended_at, rounds.id, p.line LIMIT :most"
_NOTES = "SELECT round_id, text FROM round_notes ORDER BY round_id, position"


def _file(row: Row) -> dict[str, Any]:
    found = dict(row)
    if found["reason"] is None and found["state"] in _WAITING:
        found["reason"] = _WAITING[found["state"]]
    return found


async def files(db: Reader, *, state: Sequence[str] = ()) -> list[dict[str, Any]]:
    """`{"server", "file", "state", "reason"}` of every file ever seen: its round's state where it has a round.

    `state`: only files in one of these.
    """
    found = [_file(row) for row in await db.all(_FILES)]
    return [one for one in found if one["state"] in state] if state else found


async def of_scope(db: Reader, chosen: Chosen, *, guid: str | None = None, most: int) -> list[dict[str, Any]]:
    """A row per player and round of a scope, oldest first, of one player or of all; see docs/STATISTICS.md."""
    who = " AND p.guid = :guid" if guid is not None else ""
    within = f"WHERE rounds.id IN (SELECT id FROM scope){who} AND {chosen.lines}"
    rows = await db.all(f"{chosen.cte} {_LINES} {within} {_ORDER}", **chosen.parameters, guid=guid, most=most)
    return [_line(row) for row in rows]


async def of_match(db: Reader, round_id: int) -> list[dict[str, Any]]:
    """A row per player and round of the match that this round belongs to, counted or not."""
    within = "WHERE p.match_id = (SELECT coalesce(first_round_id, id) FROM rounds WHERE id = :round)"
    return [_line(row) for row in await db.all(f"{_LINES} {within} {_ORDER}", round=round_id, most=1000)]


def _line(row: Row) -> dict[str, Any]:
    return {**dict(row), "ended_at": iso_utc(row["ended_at"])}


async def rounds(db: Reader) -> list[dict[str, Any]]:
    """Every round with its players and notes, as `tools.export` documents it."""
    players: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in await db.all(_PLAYERS):
        players[row["round_id"]].append({name: row[name] for name in PlayerRound._fields})
    notes: dict[int, list[str]] = defaultdict(list)
    for row in await db.all(_NOTES):
        notes[row["round_id"]].append(row["text"])
    found = []
    for row in await db.all(_ROUNDS):
        one = dict(row)
        number = one.pop("id")
        one |= {"ended_at": iso_utc(one["ended_at"]), "notes": notes[number], "players": players[number]}
        found.append(one)
    return found
