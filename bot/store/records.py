"""Records of rounds, matches and sessions: one pass over the lines, then a look at what the winners played."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from bot.domain.records import FEATS, Broken, Feat, Level, Post, Record, Records
from bot.store.database import Reader, Row
from bot.store.scopes import Chosen
from bot.store.standings import current_names

EARLY = 50
"""Rounds that must have been played before a new record is news."""
_PACK = 1 << 32
"""A sum and the instant it was reached in one number: the largest sum first, then the earliest."""
_KEYS = {
    Level.ROUND: "p.guid, p.session, p.match_id, p.round_id",
    Level.MATCH: "p.guid, p.session, p.match_id",
    Level.SESSION: "p.guid, p.session",
}
_EARLIER = """
    FROM player_rounds AS p INDEXED BY player_figures
   WHERE counted = 1 AND p.guid NOT LIKE 'OMNIBOT%' AND p.ended_at < :before AND p.match_id <> :match"""
_ITS_OWN = "FROM player_rounds AS p WHERE p.round_id IN ({rounds}) AND counted = 1 AND p.guid NOT LIKE 'OMNIBOT%'"
_ROUND = """
    SELECT r.ended_at, coalesce(r.first_round_id, r.id) AS match, r.first_round_id IS NOT NULL AS complete,
           (SELECT count(*) FROM (SELECT 1 FROM rounds AS e
             WHERE e.state = 'counted' AND e.ended_at < r.ended_at LIMIT :early)) AS earlier
      FROM rounds AS r WHERE r.id = :round AND r.state = 'counted'"""
_WHERE_IT_WAS = """
    SELECT r.id, r.map, r.session, o.channel_id, o.message_id
      FROM rounds AS r LEFT JOIN outbox AS o
        ON o.state = 'sent' AND o.id = CASE :level
           WHEN 'session' THEN (SELECT id FROM outbox WHERE session = r.session)
           ELSE (SELECT id FROM outbox WHERE round_id = r.id) END
     WHERE r.ended_at = :at AND r.state = 'counted'
       AND (coalesce(r.first_round_id, r.id) = :match OR :level = 'session') ORDER BY r.id LIMIT 1"""


class _Best(NamedTuple):
    """The best of one figure, not yet looked up."""

    feat: Feat
    value: float
    guid: str
    ended_at: int
    match_id: int


async def best(db: Reader, chosen: Chosen, level: Level, *, feats: Sequence[Feat] = FEATS) -> Records:
    """The records of a level in a scope."""
    found = await _best(db, level, feats, chosen.cte, chosen.from_lines, chosen.of_player, chosen.parameters)
    return Records(level=level, records=tuple(await _told(db, level, found)), coverage=chosen.coverage)


async def broken(db: Reader, round_id: int) -> list[Broken]:
    """Records that this round or, where it ended one, its match has set, against all that ended before it.

    Nobody breaks a record of a young archive: `EARLY` rounds must have been played before.
    """
    row = await db.one(_ROUND, round=round_id, early=EARLY)
    if row is None or row["earlier"] < EARLY:
        return []
    found = await _broken(db, Level.ROUND, [round_id], row)
    if row["complete"]:
        found += await _broken(db, Level.MATCH, [row["match"], round_id], row)
    return found


async def _broken(db: Reader, level: Level, rounds: Sequence[int], row: Row) -> list[Broken]:
    own = _ITS_OWN.format(rounds=", ".join(map(str, rounds)))
    earlier = {"before": row["ended_at"], "match": row["match"]}
    if level is Level.ROUND:  # round 1 of this match is as good a round as any
        earlier["match"] = 0
    mine = await _best(db, level, FEATS, "", own, f"{own} AND p.guid = :guid", {})
    new = [one for one in mine if not await _reached(db, level, one, earlier)]
    if not new:
        return []
    of_player = f"{_EARLIER} AND p.guid = :guid"
    before = await _best(db, level, [one.feat for one in new], "", _EARLIER, of_player, earlier)
    was = {one.metric.name: one for one in await _told(db, level, before)}
    now = await _told(db, level, new)
    return [Broken(record=one, before=was[one.metric.name]) for one in now if one.metric.name in was]


async def _reached(db: Reader, level: Level, one: _Best, earlier: Mapping[str, Any]) -> bool:
    """Somebody did as well before; the first line that says so ends the search."""
    sql = f"SELECT 1 FROM ({_groups(level, [one.feat], _EARLIER)}) WHERE {_value(one.feat, level, 0)} >= :value LIMIT 1"  # noqa: S608
    return await db.value(sql, **earlier, value=one.value) is not None


async def _best(
    db: Reader,
    level: Level,
    feats: Sequence[Feat],
    cte: str,
    source: str,
    of_player: str,
    parameters: Mapping[str, Any],
) -> list[_Best]:
    """For each figure the best value, whose it is and when he reached it; of equal ones, the earliest."""
    marks = ", ".join(f"{_mark(feat, level, i)} AS best{i}" for i, feat in enumerate(feats))
    sql = f"{cte} SELECT guid, {marks} FROM ({_groups(level, feats, source)}) GROUP BY guid"
    rows = await db.all(sql, **parameters)
    found = []
    for i, feat in enumerate(feats):
        marked = max((row[f"best{i}"] for row in rows if row[f"best{i}"] is not None), default=None)
        if marked is None or _is_absurd(feat, marked):
            continue
        value = marked if feat.metric.per else marked // _PACK
        guids = [row["guid"] for row in rows if row[f"best{i}"] == marked]
        sql = (
            f"{cte} SELECT guid, ended_at, match_id FROM ({_groups(level, [feat], of_player)}) "
            f"WHERE {_value(feat, level, 0)} = :value ORDER BY ended_at, match_id LIMIT 1"
        )
        firsts = [await db.one(sql, **parameters, guid=guid, value=value) for guid in guids]
        for first in sorted((row for row in firsts if row), key=lambda row: (row["ended_at"], row["guid"]))[:1]:
            found.append(_Best(feat, value, first["guid"], first["ended_at"], first["match_id"]))
    return found


def _groups(level: Level, feats: Sequence[Feat], source: str) -> str:
    """A row for each player and round, match or session: the sums of each figure, and when his last round ended."""
    if level is Level.ROUND:
        sums = ", ".join(f"{f.metric.top} AS top{i}, {f.metric.per or 1} AS per{i}" for i, f in enumerate(feats))
        return f"SELECT p.guid, p.match_id, p.ended_at, {sums} {source}"  # noqa: S608  (ours)
    sums = ", ".join(
        f"{'max' if f.metric.peak else 'sum'}({f.metric.top}) AS top{i}"
        + (f", sum({f.metric.per}) AS per{i}" if f.metric.per else "")
        for i, f in enumerate(feats)
    )
    keys = _KEYS[level]
    last = "max(p.match_id)" if level is Level.SESSION else "p.match_id"
    return f"SELECT p.guid, {last} AS match_id, max(p.ended_at) AS ended_at, {sums} {source} GROUP BY {keys}"  # noqa: S608


def _value(feat: Feat, level: Level, place: int) -> str:
    """The figure of one group, NULL where it is no feat."""
    metric, (top, per) = feat.metric, feat.least(level)
    if not metric.per:
        return f"CASE WHEN top{place} >= {top} THEN top{place} END"
    ratio = f"{metric.scale}.0 * top{place} / max(per{place}, {metric.floor})"
    return f"CASE WHEN top{place} >= {top} AND per{place} >= {per} THEN {ratio} END"


def _mark(feat: Feat, level: Level, place: int) -> str:
    """The best of a player's groups: a ratio as it is, a sum together with how early it was reached."""
    if feat.metric.per:
        return f"max({_value(feat, level, place)})"
    least, _ = feat.least(level)
    return f"max(CASE WHEN top{place} >= {least} THEN top{place} * {_PACK} + {_PACK} - 1 - ended_at END)"


def _is_absurd(feat: Feat, marked: float) -> bool:
    """A sum beyond 64 bits, which SQLite has made a float of: no game produces that."""
    return not feat.metric.per and isinstance(marked, float)


async def _told(db: Reader, level: Level, found: Iterable[_Best]) -> list[Record]:
    bests = [*found]
    names = await current_names(db, {one.guid for one in bests})
    records = []
    for one in bests:
        row = await db.one(_WHERE_IT_WAS, level=str(level), at=one.ended_at, match=one.match_id)
        if row is None:  # it went away between two questions
            continue
        records.append(
            Record(
                metric=one.feat.metric,
                level=level,
                value=one.value,
                guid=one.guid,
                name=names[one.guid],
                map=None if level is Level.SESSION else row["map"],
                ended_at=one.ended_at,
                round_id=row["id"],
                session=row["session"],
                post=Post(row["channel_id"], row["message_id"]) if row["message_id"] is not None else None,
            )
        )
    return records
