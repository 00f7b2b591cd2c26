"""Rounds and matches, whole: their halves, their players, and the menus that find them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from bot.domain.game.file.report import Tally
from bot.domain.game.file.weapons import LIGHT
from bot.domain.game.map_names import map_title
from bot.domain.game.matches import Half
from bot.domain.game.model import State, is_bot, other_side
from bot.domain.stats.answers import MatchAnswer, MatchChoice, PlayerLine, RoundAnswer, RoundChoice
from bot.domain.stats.teams import Names, names_by_match, team_pairs
from bot.store import codes, played
from bot.store.file.database import Reader, Row, escaped_like

FIGURES = (
    "kills", "deaths", "damage_given", "damage_received", "headshots", "hits", "shots", "time_seconds",
    "alive_seconds", "gibs", "selfkills", "teamkills", "revives_given", "useful_kills",
)  # fmt: skip
_ROUND = """
    SELECT id, key, filename AS file, map, number, ended_at, state, reason, reason_words, defender, winner, time_limit,
           duration, first_round_id, knows_kills
      FROM rounds WHERE id = :round"""
_LATEST = "SELECT id FROM rounds ORDER BY ended_at DESC, id DESC LIMIT 1"
_NEWEST_MATCH = """
    SELECT id FROM rounds WHERE first_round_id IS NOT NULL AND state = 'counted'
     ORDER BY ended_at DESC, id DESC LIMIT 1"""
# hits and shots are those of accuracy (FORMAT, "Weapons"), not of all weapons
_PLAYERS = f"""
    SELECT guid, name, raw_name, team, {", ".join(f for f in FIGURES if f not in ("hits", "shots"))},
           coalesce(light.hits, 0) AS hits, coalesce(light.shots, 0) AS shots
      FROM player_rounds AS p
      LEFT JOIN (SELECT line, sum(hits) AS hits, sum(shots) AS shots FROM weapon_rounds
                  WHERE round_id = :round AND weapon IN ({", ".join(map(str, sorted(LIGHT)))}) GROUP BY line) AS light
             ON light.line = p.line
     WHERE round_id = :round ORDER BY team, kills DESC, damage_given DESC, guid"""
_NOTES = "SELECT code, guid, parameters FROM round_notes WHERE round_id = :round ORDER BY position"
_TALLIES = "SELECT killer, victim, times FROM tallies WHERE round_id = :round ORDER BY killer, victim"
_ROUND_CHOICES = """
    SELECT id, map, number, ended_at, state FROM rounds
     WHERE map LIKE :like ESCAPE '!' OR map IN (SELECT value FROM json_each(:maps))
        OR CAST(id AS TEXT) LIKE :start ESCAPE '!'
     ORDER BY ended_at DESC, id DESC LIMIT :limit"""


async def round_answer(db: Reader, round_id: int) -> RoundAnswer | None:
    """One round with its players, best first within each side."""
    row = await db.one(_ROUND, round=round_id)
    if row is None:
        return None
    players = await db.all(_PLAYERS, round=round_id)
    notes = await db.all(_NOTES, round=round_id)
    tallies = await db.all(_TALLIES, round=round_id) if row["knows_kills"] else None
    return RoundAnswer(
        id=row["id"],
        key=row["key"],
        file=row["file"],
        map=row["map"],
        number=row["number"],
        ended_at=row["ended_at"],
        half=_half(row),
        state=State(row["state"]),
        reason=codes.reason_of(row["reason"], row["reason_words"]),
        players=tuple(PlayerLine(**dict(player)) for player in players),
        notes=tuple(map(codes.note_of, notes)),
        tallies=None if tallies is None else tuple(Tally(*tally) for tally in tallies),
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


async def resolve(db: Reader, text: str, *, maps: Sequence[str] = ()) -> int | None:
    """The round meant by free text: an id, a menu's label, or any part of a map's name, its newest round.

    `maps`: those whose titles fit the text, as everywhere below.
    """
    named = re.fullmatch(r"#?(\d{1,12})|#(\d{1,12})\b.*", text.strip(), re.DOTALL)
    if named:
        return int(named[1] or named[2])
    choices = await round_choices(db, text, maps=maps, limit=1) if text.strip() else []
    return choices[0].id if choices else None


async def round_choices(db: Reader, text: str, *, maps: Sequence[str] = (), limit: int = 25) -> list[RoundChoice]:
    """Rounds for a menu, newest first: by id, or by any part of the map's name."""
    like = escaped_like(text.strip())
    start = f"{like.removeprefix('#')}%"
    rows = await db.all(_ROUND_CHOICES, like=f"%{like}%", start=start, maps=json.dumps(maps), limit=limit)
    return [RoundChoice(**dict(row)) for row in rows]


def _half(row: Row) -> Half:
    return Half(row["defender"], row["winner"], row["time_limit"], row["duration"])


def label(choice: RoundChoice, zone: tzinfo) -> str:
    """`#12 Supply R2 · 2025-10-02 21:42 CEST`, in the server's zone, which it names."""
    at = datetime.fromtimestamp(choice.ended_at, zone).strftime("%Y-%m-%d %H:%M %Z")
    aside = " · set aside" if choice.state == "set_aside" else ""
    return f"#{choice.id} {map_title(choice.map)} R{choice.number} · {at}{aside}"


_ROUNDS = "SELECT coalesce(first_round_id, id) AS first, number, session FROM rounds WHERE id = :round"
_SECOND = "SELECT id FROM rounds WHERE first_round_id = :round"
# a map's name is in the index by end; a number's beginning is a few ranges of the unique index
_MATCH_CHOICES = """
    WITH RECURSIVE begun (low, size) AS (
        SELECT :number, 1 WHERE :number > 0
         UNION ALL SELECT 10 * low, 10 * size FROM begun WHERE 10 * low <= (SELECT max(id) FROM rounds)),
    by_map AS (
        SELECT id FROM rounds INDEXED BY rounds_by_end
         WHERE (map LIKE :like ESCAPE '!' OR map IN (SELECT value FROM json_each(:maps))) AND first_round_id IS NOT NULL
         ORDER BY ended_at DESC, id DESC LIMIT :limit),
    by_number AS (SELECT id FROM begun CROSS JOIN rounds ON first_round_id BETWEEN low AND low + size - 1),
    of_round AS (
        SELECT id FROM rounds
         WHERE id = :number AND id NOT IN (SELECT first_round_id FROM rounds WHERE first_round_id = :number))
    SELECT id, coalesce(first_round_id, id) AS first_id, map, ended_at FROM rounds
     WHERE id IN (SELECT id FROM by_map UNION SELECT id FROM by_number UNION SELECT id FROM of_round)
     ORDER BY :number IN (id, coalesce(first_round_id, id)) DESC, ended_at DESC, id DESC LIMIT :limit"""


async def match_answer(db: Reader, round_id: int) -> MatchAnswer | None:
    """The match that a round belongs to, whichever of its two it is; None where there is no such round."""
    row = await db.one(_ROUNDS, round=round_id)
    if row is None:
        return None
    is_lonely_second = row["number"] == 2 and row["first"] == round_id
    first = None if is_lonely_second else await round_answer(db, row["first"])
    second_id = round_id if is_lonely_second else await db.value(_SECOND, round=row["first"])
    second = None if second_id is None else await round_answer(db, second_id)
    names = await _team_names(db, row["session"])
    return MatchAnswer(first=first, second=second, players=added_up(first, second), pair=names.get(row["first"]))


async def _team_names(db: Reader, session: int) -> dict[int, Names]:
    """What the line-ups of this session's matches are called."""
    rounds, lines = await db.all(played.ROUNDS, session=session), await db.all(played.LINES, session=session)
    return names_by_match(team_pairs(match.played for match in played.matches(rounds, lines)))


async def match_choices(db: Reader, text: str, *, maps: Sequence[str] = (), limit: int = 25) -> list[MatchChoice]:
    """Finished matches for a menu, newest first: by number, or by any part of the map's name.

    The one of this number, or with a round of this number, stands first; it may be unfinished.
    """
    wanted = text.strip()
    number = int(wanted.removeprefix("#")) if re.fullmatch(r"#?[1-9][0-9]{0,11}", wanted) else 0
    like = f"%{escaped_like(wanted)}%"
    rows = await db.all(_MATCH_CHOICES, like=like, number=number, maps=json.dumps(maps), limit=limit)
    return [MatchChoice(**dict(row)) for row in rows]


def added_up(first: RoundAnswer | None, second: RoundAnswer | None) -> tuple[PlayerLine, ...]:
    """Both rounds' players by line-up, best first; humans before the game's bots.

    A line-up is who attacked first (1) and who defended first (2). Who changed teams in between stands where he was
    last, as his result does; figures that one of the rounds does not know are unknown.
    """
    lines: dict[str, list[PlayerLine]] = {}
    for answer, is_second in ((first, False), (second, True)):
        for player in _by_line_up(answer, is_second=is_second):
            lines.setdefault(player.guid, []).append(player)
    summed = [_sum(both) for both in lines.values()]
    return tuple(sorted(summed, key=lambda p: (p.team or 9, is_bot(p.guid), -p.kills, -p.damage_given, p.guid)))


def _by_line_up(answer: RoundAnswer | None, *, is_second: bool) -> Iterable[PlayerLine]:
    if answer is None:
        return []
    attackers_first = other_side(answer.half.defender)
    if is_second:  # sides were changed
        attackers_first = other_side(attackers_first)
    return [replace(player, team=played.line_up(player.team, attackers_first)) for player in answer.players]


def _sum(both: Sequence[PlayerLine]) -> PlayerLine:
    if len(both) == 1:
        return both[0]
    sums: dict[str, Any] = {figure: _plus(*(getattr(line, figure) for line in both)) for figure in FIGURES}
    return replace(both[-1], team=both[-1].team or both[0].team, **sums)


def _plus(*values: int | None) -> int | None:
    return None if None in values else sum(value for value in values if value is not None)
