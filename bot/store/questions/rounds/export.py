"""Everything the database knows of files and rounds, in an order that no arrival changes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Any

from bot.domain.game.file.files import iso_utc
from bot.domain.game.model import STORED, Aside, Note, is_person, shown_guid
from bot.domain.stats.rounds.sessions import SessionAnswer
from bot.domain.stats.scope import Scope
from bot.store import codes
from bot.store.file.database import Reader, Row
from bot.store.questions.lines import ONE
from bot.store.questions.rounds.sessions import session_answer, starts
from bot.store.questions.scopes import ChosenRounds

_FILES = """
    SELECT servers.name AS server, filename AS file, coalesce(rounds.state, processed_files.state) AS state,
           CASE WHEN rounds.id IS NULL THEN processed_files.reason END AS file_reason, reason_parameters,
           rounds.reason, rounds.reason_words
      FROM processed_files JOIN servers ON servers.id = processed_files.server_id
      LEFT JOIN rounds USING (server_id, filename)
     UNION
    SELECT servers.name, filename, rounds.state, NULL, NULL, rounds.reason, rounds.reason_words
      FROM rounds JOIN servers ON servers.id = rounds.server_id
     ORDER BY server, file"""
_ROUNDS = """
    SELECT rounds.id, servers.name AS server, rounds.filename AS file, rounds.map, rounds.number AS round,
           rounds.state, rounds.reason, rounds.reason_words, r1.filename AS first_round, rounds.ended_at,
           rounds.duration, rounds.defender, rounds.winner, rounds.time_limit, rounds.config, rounds.knows_kills
      FROM rounds JOIN servers ON servers.id = rounds.server_id
      LEFT JOIN rounds AS r1 ON r1.id = rounds.first_round_id
     ORDER BY servers.name, rounds.filename"""
_PLAYERS = "SELECT * FROM player_rounds ORDER BY round_id, guid, line"
_TALLIES = "SELECT round_id, killer, victim, times FROM tallies ORDER BY round_id, killer, victim"
_NOTES = "SELECT round_id, code, guid, parameters FROM round_notes ORDER BY round_id, position"


def _file(row: Row) -> dict[str, Any]:
    of_file = codes.file_reason_of(row["file_reason"], row["reason_parameters"])
    reason = codes.reason_of(row["reason"], row["reason_words"]) or of_file
    return {"server": row["server"], "file": row["file"], "state": row["state"], "reason": reason}


async def files(db: Reader, *, state: Sequence[str] = ()) -> list[dict[str, Any]]:
    """`{"server", "file", "state", "reason"}` of every file ever seen: its round's state where it has a round.

    `reason`: a `Reason` of a round that does not count, a `FileReason` of a file without a round, else None.
    `state`: only files in one of these.
    """
    known = [_file(row) for row in await db.all(_FILES)]
    return [file for file in known if file["state"] in state] if state else known


async def rounds(db: Reader) -> list[dict[str, Any]]:
    """Every round with its players, `reason` and `notes`: what `tools.export` writes once they are in words.

    `who_killed_whom`: only in rounds whose file tells it; a null is somebody without a GUID.
    """
    players: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in await db.all(_PLAYERS):
        players[row["round_id"]].append({name: row[name] for name in STORED} | {"guid": shown_guid(row["guid"])})
    notes: dict[int, list[Note]] = defaultdict(list)
    for row in await db.all(_NOTES):
        notes[row["round_id"]].append(codes.note_of(row))
    tallies: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in await db.all(_TALLIES):
        killer, victim = shown_guid(row["killer"]), shown_guid(row["victim"])
        tallies[row["round_id"]].append({"killer": killer, "victim": victim, "times": row["times"]})
    exported = []
    for row in await db.all(_ROUNDS):
        round = codes.typed(row)
        round_id, knows_kills = round.pop("id"), round.pop("knows_kills")
        round |= {"ended_at": iso_utc(round["ended_at"]), "notes": notes[round_id], "players": players[round_id]}
        if knows_kills:
            round["who_killed_whom"] = tallies[round_id]
        exported.append(round)
    return exported


EVERY = -1
"""SQLite's word for no limit."""


async def sessions(db: Reader, *, zone: tzinfo) -> list[dict[str, Any]]:
    """Every session in which a round counts, its pairs of teams and their scores, in the order of play."""
    begun = await starts(db, limit=EVERY)
    return [_session(await session_answer(db, start, zone=zone)) for start in reversed(begun)]


def _session(session: SessionAnswer) -> dict[str, Any]:
    files = {match.id: match.file for match in session.matches}
    return {
        "session": session.name,
        "started_at": iso_utc(session.start),
        "ended_at": iso_utc(session.ended_at),
        "pairs": [
            {
                "teams": [
                    {"name": name, "guids": [who for who in team if is_person(who)]}
                    for name, team in zip(pair.names, pair.teams, strict=True)
                ],
                "score": [*pair.wins],
                "draws": pair.draws,
                "matches": [files[match.id] for match in pair.matches],
            }
            for pair in session.pairs
        ],
    }


_MARKS = ("attack", "result", "light_hits", "light_shots", "light_headshots")
COLUMNS = (
    "file", "round_id", "match_id", "session", "server", "map", "round", "first_round", "ended_at", "duration",
    "time_limit", "defender", "winner", "config", "state", "reason", *STORED, *_MARKS,
)  # fmt: skip
"""What a row has, see docs/STATISTICS.md."""
_LINE = ["{result} AS result" if name == "result" else f"p.{name}" for name in (*STORED, *_MARKS)]
_ROWS = f"""
    SELECT r.filename AS file, r.id AS round_id, p.match_id, r.session, servers.name AS server, r.map,
           r.number AS round, r1.filename AS first_round, r.ended_at, r.duration, r.time_limit, r.defender, r.winner,
           r.config, r.state, r.reason, r.reason_words, {", ".join(_LINE)}
      FROM rounds AS r JOIN servers ON servers.id = r.server_id LEFT JOIN rounds AS r1 ON r1.id = r.first_round_id
      JOIN player_rounds AS p ON p.round_id = r.id
     WHERE r.id IN (SELECT value FROM json_each(:rounds)){{conditions}}
     ORDER BY r.ended_at, r.id, p.line"""
_FIRST = "SELECT coalesce(first_round_id, id) FROM rounds WHERE id = :round"
_OF_MATCH = "SELECT id, map FROM rounds WHERE id = :match OR first_round_id = :match ORDER BY ended_at, id"
AT_ONCE = 200
"""Rounds that are read in one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is to be written out: the lines of these rounds, oldest first, that meet all conditions.

    `name`: of a file; `label`: in words; `left_out`: rounds of it that do not count, by reason; `result`: the sum-able
    result of a match on a line, as an expression.
    """

    name: str
    label: str
    rounds: tuple[int, ...]
    conditions: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    left_out: tuple[tuple[Aside, int], ...] = ()
    result: str = "p.result"


# matches are whole: where a half or a side leaves the line out that has the result, it is told on the one that is left
_OF_MATCH_WITH_RESULT = """
    (SELECT o.result FROM player_rounds AS o INDEXED BY player_figures
      WHERE o.guid = p.guid AND o.counted = 1 AND o.session = p.session AND o.match_id = p.match_id
        AND o.result IS NOT NULL{and_left_out})"""
_LEFT_OUT = " AND (o.round_id = p.round_id OR o.attack IS NOT p.attack)"


def _result(scope: Scope) -> str:
    if not scope.half_and_side:
        return "p.result"
    return _OF_MATCH_WITH_RESULT.format(and_left_out="" if scope.number else _LEFT_OUT)


async def of_scope(db: Reader, chosen: ChosenRounds) -> Selection:
    """Every human's lines in the rounds of a scope."""
    rows = await db.all(f"SELECT id FROM rounds WHERE {chosen.where} ORDER BY ended_at, id", **chosen.parameters)
    return Selection(
        name="-".join(chosen.scope.text.split()),
        label=chosen.coverage.label + ("; results of whole matches" if chosen.scope.half_and_side else ""),
        rounds=tuple(row["id"] for row in rows),
        conditions=chosen.of_line,
        left_out=chosen.coverage.left_out,
        result=_result(chosen.scope),
    )


async def of_player(db: Reader, chosen: ChosenRounds, *, guid: str, name: str) -> Selection:
    """One player's lines in the rounds of a scope."""
    sql = f"{chosen.cte} SELECT DISTINCT p.round_id {chosen.lines_of()} ORDER BY p.ended_at, p.round_id"
    rows = await db.all(sql, **chosen.parameters, guid=guid)
    return replace(
        await of_scope(db, chosen),
        name=f"player-{guid}",
        label=f"{name}, {chosen.coverage.label}",
        rounds=tuple(row["round_id"] for row in rows),
        conditions=(ONE, *chosen.of_line),
        parameters={"guid": guid},
    )


async def of_match(db: Reader, round_id: int) -> Selection | None:
    """All lines of the match that a round belongs to, counted or not; None where there is no such round."""
    match = await db.value(_FIRST, round=round_id)
    if match is None:
        return None
    rows = await db.all(_OF_MATCH, match=match)
    return Selection(
        name=f"match-{match}", label=f"match #{match} on {rows[0]['map']}", rounds=tuple(row["id"] for row in rows)
    )


async def rows(db: Reader, selection: Selection) -> AsyncIterator[list[dict[str, Any]]]:
    """A row per player and round, `COLUMNS` → value, some rounds at a time; times as ISO 8601 in UTC.

    `reason`: a `Reason`, None where the round counts.
    """
    conditions = "".join(f" AND {condition}" for condition in selection.conditions)
    sql = _ROWS.format(conditions=conditions, result=selection.result)
    for begin in range(0, len(selection.rounds), AT_ONCE):
        now = json.dumps(selection.rounds[begin : begin + AT_ONCE])
        lines = await db.all(sql, **selection.parameters, rounds=now)
        yield [
            codes.typed(row)
            | {name: iso_utc(row[name]) for name in ("ended_at", "session")}
            | {"guid": shown_guid(row["guid"])}
            for row in lines
        ]
