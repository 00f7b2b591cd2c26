"""Questions about sessions: which there are, and what was played in one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, tzinfo

from bot.domain.game.matches import Half
from bot.domain.game.model import ALLIES, AXIS
from bot.domain.stats.sessions import SessionAnswer, SessionMatch
from bot.domain.stats.teams import LineUp, Member, team_pairs
from bot.store.database import Reader, Row, people
from bot.store.questions import scopes
from bot.store.questions.matches import line_up
from bot.store.questions.standings import current_names

# the planner would rather gather all rounds that count, and sort them
_BY_SESSION = "rounds INDEXED BY rounds_by_session"
_STARTS = f"""
    SELECT DISTINCT session FROM {_BY_SESSION} WHERE state = 'counted' AND session < :before
     ORDER BY session DESC LIMIT :limit OFFSET :skip"""
_COUNT = f"SELECT count(DISTINCT session) FROM {_BY_SESSION} WHERE state = 'counted'"
_AROUND = "SELECT session FROM rounds WHERE ended_at = :instant LIMIT 1"
_ROUNDS = f"""
    SELECT id, filename, map, number, ended_at, first_round_id, defender, winner, time_limit, duration,
           (SELECT r1.filename FROM rounds AS r1 WHERE r1.id = rounds.first_round_id) AS first_file
      FROM {_BY_SESSION} WHERE session = :session AND state = 'counted' ORDER BY ended_at, filename"""
_LINES = f"""
    SELECT p.round_id, p.guid, p.name, p.team, p.kills FROM rounds JOIN player_rounds AS p ON p.round_id = rounds.id
     WHERE rounds.session = :session AND state = 'counted' AND p.team IN (1, 2) AND {people("p.guid")}"""
_DPM = """
    SELECT p.match_id, p.guid, sum(p.damage_given) AS damage, sum(p.time_seconds) AS time
      FROM rounds JOIN player_rounds AS p ON p.round_id = rounds.id
     WHERE rounds.session = :session AND state = 'counted' GROUP BY p.match_id, p.guid"""
LATEST = 1 << 60


async def starts(db: Reader, *, limit: int, skip: int = 0, before: int = LATEST) -> list[int]:
    """The newest sessions in which a round counts, newest first."""
    return [int(row["session"]) for row in await db.all(_STARTS, before=before, limit=limit, skip=skip)]


async def count(db: Reader) -> int:
    """How many sessions there are."""
    return int(await db.value(_COUNT))


async def around(db: Reader, instant: int) -> int | None:
    """The session of the round that ended then: sessions grow and merge, their rounds stay."""
    value = await db.value(_AROUND, instant=instant)
    return None if value is None else int(value)


async def counted_at(db: Reader, start: int) -> int | None:
    """This session, if a round counts in it."""
    value = await db.value(
        "SELECT session FROM rounds WHERE session = :session AND state = 'counted' LIMIT 1", session=start
    )
    return None if value is None else int(value)


async def rounds_of(db: Reader, start: int) -> list[int]:
    """The rounds of a session that count, oldest first."""
    return [int(row["id"]) for row in await db.all(_ROUNDS, session=start)]


async def of_round(db: Reader, round_id: int) -> int | None:
    """The session that a round belongs to."""
    value = await db.value("SELECT session FROM rounds WHERE id = :round", round=round_id)
    return None if value is None else int(value)


async def resolve(db: Reader, text: str, *, zone: tzinfo) -> int | None:
    """The session meant by free text: nothing or "last", a name such as 2025-10-12b, or a place such as -1."""
    wanted = text.strip().casefold().removeprefix("session ")
    if wanted in ("", "last", "latest", "last session", "session"):
        return next(iter(await starts(db, limit=1)), None)
    if re.fullmatch(r"-\d{1,4}", wanted):
        return next(iter(await starts(db, limit=1, skip=-int(wanted))), None)
    if re.match(r"\d{4}-\d{2}-\d{2}", wanted) and _is_a_day(wanted[:10]):
        return await scopes.session_named(db, wanted.split()[0], zone=zone)
    return None


def _is_a_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


async def session_answer(db: Reader, start: int, *, zone: tzinfo) -> SessionAnswer:
    """One session; `start` must be a session's."""
    rounds = await db.all(_ROUNDS, session=start)
    lines: dict[int, list[Row]] = {}
    for line in await db.all(_LINES, session=start):
        lines.setdefault(line["round_id"], []).append(line)
    matches = _matches(rounds, lines)
    guids = sorted({line["guid"] for in_round in lines.values() for line in in_round})
    return SessionAnswer(
        start=start,
        name=await scopes.session_name(db, start, zone=zone),
        ended_at=rounds[-1]["ended_at"] if rounds else start,
        rounds=len(rounds),
        matches=tuple(matches),
        pairs=tuple(team_pairs(match.played for match in matches)),
        names=await current_names(db, guids),
    )


def _matches(rounds: Sequence[Row], lines: dict[int, list[Row]]) -> list[SessionMatch]:
    by_match: dict[int, dict[int, Row]] = {}
    for row in rounds:
        by_match.setdefault(row["first_round_id"] or row["id"], {})[row["number"]] = row
    return sorted(
        (_match(number, halves, lines) for number, halves in by_match.items()), key=lambda m: (m.ended_at, m.file)
    )


def _match(number: int, halves: dict[int, Row], lines: dict[int, list[Row]]) -> SessionMatch:
    last = halves[max(halves)]
    sides: dict[str, int] = {}
    members: dict[str, Member] = {}
    for half in sorted(halves):  # who changed teams in between stands where he was last, under his last name
        row = halves[half]
        attackers = _attackers_first(row["defender"], half)
        for line in lines.get(row["id"], ()):
            guid = line["guid"]
            sides[guid] = line_up(line["team"], attackers)
            members[guid] = Member(line["name"], line["kills"] + (members[guid].kills if guid in members else 0))
    return SessionMatch(
        id=number,
        file=last["first_file"] or last["filename"],
        map=last["map"],
        ended_at=last["ended_at"],
        first=_half(halves.get(1)),
        second=_half(halves.get(2)),
        attackers=_with(sides, members, 1),
        defenders=_with(sides, members, 2),
    )


def _attackers_first(defender: int, half: int) -> int:
    """The side in this half of those who attacked in round 1."""
    return defender if half == 2 else {AXIS: ALLIES, ALLIES: AXIS}.get(defender, 0)


def _with(sides: dict[str, int], members: dict[str, Member], wanted: int) -> LineUp:
    return {guid: members[guid] for guid, side in sides.items() if side == wanted}


def _half(row: Row | None) -> Half | None:
    return None if row is None else Half(row["defender"], row["winner"], row["time_limit"], row["duration"])


async def dpm_by_match(db: Reader, start: int) -> dict[tuple[int, str], float | None]:
    """(match, GUID) → damage given a minute."""
    rows = await db.all(_DPM, session=start)
    return {(row["match_id"], row["guid"]): 60 * row["damage"] / row["time"] if row["time"] else None for row in rows}


async def labels(db: Reader, found: Iterable[int], *, zone: tzinfo) -> list[str]:
    """The public names of these sessions, in their order."""
    return [await scopes.session_name(db, start, zone=zone) for start in found]
