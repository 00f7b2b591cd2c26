"""Records of rounds, matches and sessions: one pass over the lines, then a look at what the winners played.

Where there is very much to look at, a record of the oldest and the newest sessions comes first: the pass then needs
only the lines that may beat it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from bot.domain.stats.people.records import FEATS, BrokenRecord, Feat, Level, Post, Record, Records
from bot.store.file.database import Reader, Row
from bot.store.questions.lines import BY_FIGURES, PERSON, SOME, Lines
from bot.store.questions.people.standings import current_names
from bot.store.questions.scopes import ChosenRounds

EARLY = 50
"""Rounds that must have been played before a new record is news."""
KEPT = 30
"""Answers that a `RecordBook` remembers."""
_INSTANTS = 1 << 32
"""Every instant is less: a sum times this, and what is left after the instant, is largest for the earliest of the
largest sums."""
_MANY, _SHARE, _SAMPLE = 1_000, 30, 500
"""Of so many rounds on, a share of them at each end is looked at first, and no more than this."""
_EDGE = "SELECT session FROM rounds WHERE {where} ORDER BY ended_at {way} LIMIT 1 OFFSET {sample}"
# by this index, else SQLite looks at every round for two conditions joined by OR
_ENDS = "WITH scope (id) AS MATERIALIZED (SELECT id FROM rounds INDEXED BY rounds_by_session WHERE {where})"
_NEARLY = 1 - 1e-9
"""Times this, a ratio is the least that may be the same one, reckoned by other steps."""
# in the order of the index, which is its order only where `counted` is a filter (+) and not a constant
_KEYS = {Level.MATCH: "p.guid, p.counted, p.session, p.match_id", Level.SESSION: "p.guid, p.counted, p.session"}
_SAME = "p.guid = c.guid AND p.session = c.session AND p.match_id = c.match_id"
"""The condition on a line that it is of the player and the match of a row `c`."""
_SAME_SESSION = "p.guid = g.guid AND p.session = g.session"
_EVERY = Lines(BY_FIGURES, ("+p.counted = 1", PERSON))
_EARLIER = _EVERY.that("p.ended_at < :before", "p.match_id <> :match")
_THESE = Lines("player_rounds AS p", ("p.round_id IN (:first, :second)", "p.counted = 1", PERSON))
_ROUND = """
    SELECT r.ended_at, coalesce(r.first_round_id, r.id) AS match,
           (SELECT count(*) FROM (SELECT 1 FROM rounds AS e
             WHERE e.state = 'counted' AND e.ended_at < r.ended_at LIMIT :early)) AS earlier
      FROM rounds AS r WHERE r.id = :round AND r.state = 'counted'"""
_WHERE_IT_WAS = """
    SELECT wanted.key AS place, r.id, r.map, r.session, o.channel_id, o.message_id
      FROM json_each(:wanted) AS wanted
      JOIN rounds AS r ON r.id = (
           SELECT id FROM rounds
            WHERE ended_at = json_extract(wanted.value, '$[0]') AND state = 'counted' AND EXISTS (
                  SELECT 1 FROM player_rounds AS p
                   WHERE p.round_id = rounds.id AND p.guid = json_extract(wanted.value, '$[1]'))
            ORDER BY id LIMIT 1)
      LEFT JOIN outbox AS o
        ON o.state = 'sent' AND o.id = CASE :level
           WHEN 'session' THEN (SELECT id FROM outbox WHERE session = r.session)
           ELSE (SELECT id FROM outbox WHERE round_id = r.id) END"""


class _Source(NamedTuple):
    """Where lines come from; `of`: of some players alone, by a condition on `p.guid`."""

    cte: str
    lines: Lines
    of: Callable[[str], Lines]
    parameters: Mapping[str, Any]


class _Leader(NamedTuple):
    """The best of one figure, not yet looked up; `guid` is empty where only the value is known."""

    feat: Feat
    value: float
    guid: str
    ended_at: int


class RecordBook:
    """Remembers records for as long as nothing is written to the database."""

    def __init__(self, db: Reader) -> None:
        self._db = db
        self._version = -1
        self._known: dict[object, Records] = {}

    async def best(self, chosen: ChosenRounds, level: Level) -> Records:
        """As `best`."""
        version = int(await self._db.value("PRAGMA data_version"))
        if version != self._version or len(self._known) >= KEPT:
            self._known, self._version = {}, version
        key = (level, chosen.of_round, chosen.of_line, *sorted(chosen.parameters.items()))
        if key not in self._known:
            self._known[key] = await best(self._db, chosen, level)
        return replace(self._known[key], coverage=chosen.coverage)


async def best(db: Reader, chosen: ChosenRounds, level: Level) -> Records:
    """The records of a level in a scope."""
    source = _Source(chosen.cte, chosen.lines, chosen.lines_of, chosen.parameters)
    if chosen.coverage.rounds >= _MANY:
        known = await _sample(db, chosen, level)
        rest = [feat for feat in FEATS if all(leader.feat is not feat for leader in known)]
        leaders = await _beaten(db, level, known, source, rounds=1 if chosen.scope.number else 2) if known else []
        leaders += await _best(db, level, rest, source) if rest else []
        leaders.sort(key=lambda leader: FEATS.index(leader.feat))
    else:
        leaders = await _best(db, level, FEATS, source)
    return Records(level=level, records=tuple(await _told(db, level, leaders)), coverage=chosen.coverage)


async def broken(db: Reader, round_id: int) -> list[BrokenRecord]:
    """Records that this round or, where it ended one, its match has set, against all that ended before it.

    Nobody breaks a record of a young archive: `EARLY` rounds must have been played before.
    """
    row = await db.one(_ROUND, round=round_id, early=EARLY)
    if row is None or row["earlier"] < EARLY:
        return []
    broken_records = await _broken(db, Level.ROUND, first=round_id, second=round_id, before=row["ended_at"], match=0)
    if row["match"] != round_id:
        broken_records += await _broken(
            db, Level.MATCH, first=row["match"], second=round_id, before=row["ended_at"], match=row["match"]
        )
    return broken_records


async def _broken(db: Reader, level: Level, *, first: int, second: int, before: int, match: int) -> list[BrokenRecord]:
    these = _Source("", _THESE, _THESE.that, {"first": first, "second": second})
    earlier = _Source("", _EARLIER, _EARLIER.that, {"before": before, "match": match})
    new = [leader for leader in await _best(db, level, FEATS, these) if not await _reached(db, level, leader, earlier)]
    if not new:
        return []
    was = await _told(db, level, await _best(db, level, [leader.feat for leader in new], earlier))
    by_name = {leader.metric.name: leader for leader in was}
    now = await _told(db, level, new)
    return [
        BrokenRecord(record=leader, before=by_name[leader.metric.name])
        for leader in now
        if leader.metric.name in by_name
    ]


async def _reached(db: Reader, level: Level, leader: _Leader, earlier: _Source) -> bool:
    """Somebody did as well before; the first line that says so ends the search."""
    may = earlier.lines.that(_may_beat(level, leader.feat, 0))
    value = _value(level, leader.feat, 0)
    sql = f"SELECT 1 FROM ({_groups(level, [leader.feat], may)}) WHERE {value} >= :value0 LIMIT 1"
    if level is Level.MATCH:
        his = Lines(BY_FIGURES, (_SAME, "p.counted = 1"))
        sql = (
            f"SELECT 1 FROM (SELECT p.guid, p.session, p.match_id {may}) AS c "
            f"WHERE (SELECT {value} FROM ({_groups(level, [leader.feat], his)})) >= :value0 LIMIT 1"
        )
    bounds = _bounds(level, [leader._replace(ended_at=_INSTANTS)], rounds=2)
    return await db.value(sql, **earlier.parameters, **bounds) is not None


async def _sample(db: Reader, chosen: ChosenRounds, level: Level) -> list[_Leader]:
    """The records of the oldest and the newest sessions: whole ones, so that nothing is torn apart.

    Of a ratio, whose two sums are not packed with an instant, the value alone.
    """
    sample = min(chosen.coverage.rounds // _SHARE, _SAMPLE)
    oldest, newest = [
        await db.value(_EDGE.format(where=chosen.where, way=way, sample=sample), **chosen.parameters)
        for way in ("ASC", "DESC")
    ]
    few = replace(
        chosen,
        of_round=(*chosen.of_round, "(session < :oldest OR session > :newest)"),
        parameters={**chosen.parameters, "oldest": oldest, "newest": newest},
        coverage=replace(chosen.coverage, rounds=2 * sample),
        counted=0,
    )
    source = _Source(_ENDS.format(where=few.where), few.lines, few.lines.that, few.parameters)
    return [
        _Leader(feat, mark, "", _INSTANTS) if feat.metric.per else _of_sum(feat, mark, guids)
        for feat, mark, guids in await _tops(db, level, FEATS, source)
    ]


async def _beaten(db: Reader, level: Level, known: Sequence[_Leader], source: _Source, *, rounds: int) -> list[_Leader]:
    """The records, where those of a part are known: only lines that may beat them are looked at.

    `rounds`: so many rounds of a match are in the scope.
    """
    feats = [leader.feat for leader in known]
    lines, cte = source.lines, source.cte
    if level is not Level.SESSION:  # so many lines make a session that each may be one of a record
        may = " OR ".join(_may_beat(level, feat, i) for i, feat in enumerate(feats))
        lines = replace(lines, conditions=(f"({may})", *lines.conditions))  # first, for it rules most of them out
    if level is Level.MATCH:
        cte = f"{cte}, c AS MATERIALIZED (SELECT DISTINCT p.guid, p.session, p.match_id {lines})"
        lines = source.of(_SAME).after("c")
    groups, began, ended_at = _groups(level, feats, lines), "ended_at", "ended_at"
    if level is Level.SESSION:  # that it ended is only looked at where it matters; it began before that
        groups, began = _groups(level, feats, lines, beats=True), "session"
        ended_at = f"(SELECT max(p.ended_at) {source.of(_SAME_SESSION)}) AS ended_at"
    beats = " OR ".join(
        f"(value{i} >= :value{i} AND (value{i} > :value{i} OR {began} < :at{i}))" for i, _ in enumerate(feats)
    )
    sql = f"{cte} SELECT guid, {ended_at}, {_values(level, feats)} FROM ({groups}) AS g WHERE {beats}"
    rows = await db.all(sql, **source.parameters, **_bounds(level, known, rounds=rounds))
    return [
        min([leader, *_leaders(rows, leader.feat, i)], key=lambda best: (-best.value, best.ended_at, best.guid))
        for i, leader in enumerate(known)
    ]


async def _best(db: Reader, level: Level, feats: Sequence[Feat], source: _Source) -> list[_Leader]:
    """For each figure the best value, whose it is and when he reached it; of equal ones, the earliest."""
    return [
        await _first(db, level, feat, source, value=mark, guids=guids)
        if feat.metric.per
        else _of_sum(feat, mark, guids)
        for feat, mark, guids in await _tops(db, level, feats, source)
    ]


async def _tops(
    db: Reader, level: Level, feats: Sequence[Feat], source: _Source
) -> list[tuple[Feat, float, Sequence[str]]]:
    """Each figure that anybody reached with its best mark, and whose that is, in order."""
    marks = ", ".join(f"max({_mark(level, feat, i)}) AS mark{i}" for i, feat in enumerate(feats))
    sql = f"{source.cte} SELECT guid, {marks} FROM ({_groups(level, feats, source.lines)}) GROUP BY guid"
    players = await db.all(sql, **source.parameters)
    tops: list[tuple[Feat, float, Sequence[str]]] = []
    for i, feat in enumerate(feats):
        top = max((row[f"mark{i}"] or 0 for row in players), default=0)
        if top >= _INSTANTS or (feat.metric.per and top > 0):  # a sum of one at least
            tops.append((feat, top, sorted(row["guid"] for row in players if row[f"mark{i}"] == top)))
    return tops


async def _first(
    db: Reader, level: Level, feat: Feat, source: _Source, *, value: float, guids: Sequence[str]
) -> _Leader:
    """Who of these players reached the ratio first, which is the best of each."""
    sql = (
        f"{source.cte} SELECT guid, ended_at, {_values(level, [feat])} "
        f"FROM ({_groups(level, [feat], source.of(SOME))}) WHERE value0 = :value0"
    )
    rows = await db.all(sql, **source.parameters, value0=value, guids=json.dumps(guids))
    first = min(_leaders(rows, feat, 0), key=lambda leader: (leader.ended_at, leader.guid), default=None)
    return first or _Leader(feat, value, guids[0], 0)  # it went away between two questions


def _mark(level: Level, feat: Feat, place: int) -> str:
    """What the best group has most of: a ratio, or a sum packed with its instant.

    Of sums many are equal, and a second pass that looks for the earliest of them takes as long as the first; of ratios
    next to none are.
    """
    return _value(level, feat, place) if feat.metric.per else f"top{place} * {_INSTANTS} + {_INSTANTS - 1} - ended_at"


def _of_sum(feat: Feat, mark: float, guids: Sequence[str]) -> _Leader:
    """Who leads by a sum that is packed with its instant."""
    value, left = divmod(int(mark), _INSTANTS)
    return _Leader(feat, value, guids[0], _INSTANTS - 1 - left)


def _values(level: Level, feats: Sequence[Feat]) -> str:
    """The figures of a group as `value0`, `value1` …"""
    return ", ".join(f"{_value(level, feat, i)} AS value{i}" for i, feat in enumerate(feats))


def _leaders(rows: Iterable[Row], feat: Feat, place: int) -> list[_Leader]:
    return [
        _Leader(feat, row[f"value{place}"], row["guid"], row["ended_at"])
        for row in rows
        if row[f"value{place}"] is not None
    ]


def _groups(level: Level, feats: Sequence[Feat], lines: Lines, *, beats: bool = False) -> str:
    """A row for each player and round, match or session: the sums of each figure, and when his last round ended.

    `beats`: of sessions that shall beat `:value0` …: when they began, which takes less time, and no peak but of these.
    """
    if level is Level.ROUND:
        sums = ", ".join(f"{f.metric.top} AS top{i}, {f.metric.per or 1} AS per{i}" for i, f in enumerate(feats))
        return f"SELECT p.guid, p.ended_at, {sums} {lines}"
    sums = ", ".join(
        (f"max({f.metric.top})" if f.metric.peak else f"sum({f.metric.top})")
        + (f" FILTER (WHERE ({f.metric.top}) >= :value{i})" if f.metric.peak and beats else "")
        + f" AS top{i}"
        + (f", sum({f.metric.per}) AS per{i}" if f.metric.per else "")
        for i, f in enumerate(feats)
    )
    when = "p.session" if beats else "max(p.ended_at) AS ended_at"
    return f"SELECT p.guid, {when}, {sums} {lines} GROUP BY {_KEYS[level]}"


def _value(level: Level, feat: Feat, place: int) -> str:
    """The figure of one group, NULL where it is no feat."""
    if not feat.metric.per:
        return f"top{place}"
    ratio = f"{feat.metric.scale}.0 * top{place} / per{place}"
    return f"CASE WHEN per{place} >= {feat.least(level)} THEN {ratio} END"


def _may_beat(level: Level, feat: Feat, place: int) -> str:
    """The condition that each record's line meets, or one of the lines of a record match; over `_bounds`."""
    top, per = feat.metric.top, feat.metric.per
    if per:
        least = f" AND ({per}) >= {feat.least(level)}" if level is Level.ROUND else ""
        return f"(({top}) > ({per}) * :least{place}{least})"
    return f"(({top}) >= :least{place} AND (({top}) > :even{place} OR p.ended_at < :at{place}))"


def _bounds(level: Level, known: Sequence[_Leader], *, rounds: int) -> dict[str, float]:
    """What beats these leaders: `value0`, `at0` … as a whole; `least0`, `even0` …, see `_may_beat`, in one line."""
    bounds: dict[str, float] = {}
    for i, (feat, value, _, ended_at) in enumerate(known):
        least = even = value
        if feat.metric.per:  # the ratio of two sums lies between the two ratios
            least = value / feat.metric.scale * _NEARLY
        elif not feat.metric.peak and level is Level.MATCH:  # one of its lines has as much as their mean
            least, even = -(-value // rounds), value // rounds
        bounds |= {f"value{i}": value, f"at{i}": ended_at, f"least{i}": least, f"even{i}": even}
    return bounds


async def _told(db: Reader, level: Level, leaders: Iterable[_Leader]) -> list[Record]:
    bests = [*leaders]
    names = await current_names(db, {leader.guid for leader in bests})
    wanted = json.dumps([(leader.ended_at, leader.guid) for leader in bests])
    rows = {row["place"]: row for row in await db.all(_WHERE_IT_WAS, level=str(level), wanted=wanted)}
    return [
        Record(
            metric=leader.feat.metric,
            level=level,
            value=leader.value,
            guid=leader.guid,
            name=names[leader.guid],
            map=None if level is Level.SESSION else row["map"],
            ended_at=leader.ended_at,
            round_id=row["id"],
            session=row["session"],
            post=Post(row["channel_id"], row["message_id"]) if row["message_id"] is not None else None,
        )
        for place, leader in enumerate(bests)
        if (row := rows.get(place)) is not None  # else it went away between two questions
    ]
