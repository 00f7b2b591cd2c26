"""Questions about sessions: which there are, and what was played in one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, datetime, tzinfo

from bot.domain.stats.days import is_a_day
from bot.domain.stats.rounds.sessions import SessionAnswer
from bot.domain.stats.scope import LAST, NOW, span, words
from bot.domain.stats.teams import team_pairs
from bot.store import played
from bot.store.file.database import Reader
from bot.store.questions import scopes
from bot.store.questions.people.standings import current_names

_STARTS = f"""
    SELECT DISTINCT session FROM {played.BY_SESSION} WHERE state = 'counted' AND session < :before
     ORDER BY session DESC LIMIT :limit OFFSET :skip"""
_COUNT = f"SELECT count(DISTINCT session) FROM {played.BY_SESSION} WHERE state = 'counted'"
_AROUND = "SELECT session FROM rounds WHERE ended_at = :instant LIMIT 1"
_PLAYED = """
    SELECT session FROM rounds WHERE state = 'counted' AND ended_at >= :since AND ended_at < :until
     ORDER BY ended_at DESC LIMIT 1"""
_DPM = """
    SELECT p.match_id, p.guid, sum(p.damage_given) AS damage, sum(p.time_seconds) AS time
      FROM rounds JOIN player_rounds AS p ON p.round_id = rounds.id
     WHERE rounds.session = :session AND state = 'counted' GROUP BY p.match_id, p.guid"""
_SIZES = f"""
    SELECT session FROM {played.BY_SESSION}
     WHERE state = 'counted' AND session IN (SELECT value FROM json_each(:sessions))
     GROUP BY session ORDER BY count(*) DESC, session"""
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
    return [int(row["id"]) for row in await db.all(played.ROUNDS, session=start)]


async def of_round(db: Reader, round_id: int) -> int | None:
    """The session that a round belongs to."""
    value = await db.value("SELECT session FROM rounds WHERE id = :round", round=round_id)
    return None if value is None else int(value)


async def resolve(db: Reader, text: str, *, zone: tzinfo, now: float) -> int | None:
    """The session meant by free text: nothing or "last", a name such as 2025-10-12b, a day, or a place such as -1.

    Of a day's sessions the larger one, of a week, a month or the last days the newest one; `now`: UTC seconds.
    """
    wanted = text.strip().casefold().removeprefix("session ")
    period = word[0] if len(word := words(wanted)) == 1 else ""
    if not wanted or period in (LAST, NOW):
        return next(iter(await starts(db, limit=1)), None)
    if re.fullmatch(r"-\d{1,4}", wanted):
        return next(iter(await starts(db, limit=1, skip=-int(wanted))), None)
    if period and ".." not in period:
        since, until = span(period, now=now, zone=zone, seasons={})
        if since is not None:
            day = datetime.fromtimestamp(since, zone).date().isoformat()
            begun = await of_day(db, day, zone=zone) if is_a_day(period) else []
            return begun[0] if begun else await _newest_within(db, since, LATEST if until is None else until)
    if re.match(r"\d{4}-\d{2}-\d{2}", wanted) and _is_a_day(wanted[:10]):
        name = wanted.split()[0]
        if name.endswith("a"):
            return await scopes.session_named(db, name.removesuffix("a"), zone=zone)
        same_day = [] if len(name) > len("2025-10-12") else await of_day(db, name, zone=zone)
        return same_day[0] if same_day else await scopes.session_named(db, name, zone=zone)
    return None


async def _newest_within(db: Reader, since: int, until: int) -> int | None:
    """The newest session that began in this time; else the newest that was still played in it."""
    begun = await starts(db, limit=1, before=until)
    if begun and begun[0] >= since:
        return begun[0]
    value = await db.value(_PLAYED, since=since, until=until)
    return None if value is None else int(value)


async def of_day(db: Reader, day: str, *, zone: tzinfo) -> list[int]:
    """The sessions that began on a day, such as `2025-10-12`, those with most rounds first."""
    start = await scopes.session_named(db, day, zone=zone)
    if start is None:
        return []
    names = await scopes.names_on(db, start, zone=zone)
    rows = await db.all(_SIZES, sessions=json.dumps([*names]))
    return [int(row["session"]) for row in rows]


def _is_a_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


async def session_answer(db: Reader, start: int, *, zone: tzinfo) -> SessionAnswer:
    """One session; `start` must be a session's."""
    rounds, lines = await db.all(played.ROUNDS, session=start), await db.all(played.LINES, session=start)
    matches = played.matches(rounds, lines)
    guids = sorted({line["guid"] for line in lines})
    return SessionAnswer(
        start=start,
        name=await scopes.session_name(db, start, zone=zone),
        zone=f"{datetime.fromtimestamp(start, zone):%Z}",
        ended_at=rounds[-1]["ended_at"] if rounds else start,
        rounds=len(rounds),
        matches=tuple(matches),
        pairs=tuple(team_pairs(match.played for match in matches)),
        names=await current_names(db, guids),
    )


async def dpm_by_match(db: Reader, start: int) -> dict[tuple[int, str], float | None]:
    """(match, GUID) → damage given a minute."""
    rows = await db.all(_DPM, session=start)
    return {(row["match_id"], row["guid"]): 60 * row["damage"] / row["time"] if row["time"] else None for row in rows}


async def labels(db: Reader, starts: Iterable[int], *, zone: tzinfo) -> list[str]:
    """The public names of these sessions, in their order."""
    return [await scopes.session_name(db, start, zone=zone) for start in starts]
