"""Rounds as they are stored: written by the importer alone, together with their evidence."""

from __future__ import annotations

import contextlib
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, starmap
from operator import itemgetter
from typing import Any, NamedTuple

from bot.domain.audit.states import KnownRound
from bot.domain.game.file import columns
from bot.domain.game.file.files import round_key
from bot.domain.game.file.report import Cells, Tally
from bot.domain.game.file.weapons import LIGHT
from bot.domain.game.model import ALLIES, AXIS, STORED, PlayerRound, Round, is_bot
from bot.domain.game.pairing import reach
from bot.domain.posts import RoundStatus
from bot.errors import StoreError
from bot.store import codes, marks, outbox
from bot.store.file.database import Reader, Row, Tx

_LIGHT = ("light_hits", "light_shots", "light_headshots")
_PLAYER = ("round_id", "line", *STORED, *marks.LineMarks._fields, *_LIGHT)
_WEAPON = ("round_id", "line", "weapon", "counted", "guid", *Cells._fields)
_NOTE = ("round_id", "position", "code", "guid", "parameters")
_TALLY = ("round_id", *Tally._fields)
_ROUND = (
    "id", "server_id", "filename", "sha256", "mtime", "map", "number", "ended_at", "host", "config", "defender",
    "winner", "time_limit", "next_limit", "duration", "tab_fields", "state", "reason", "reason_words", "digest",
    "imported_at", "team_size", "dated_at", "knows_kills", "key", "elsewhere",
)  # fmt: skip
_CANONICAL = json.JSONEncoder(sort_keys=True, check_circular=False)
_KEPT = {"id", "server_id", "filename", "imported_at", "key"}


# every name below is one of our own constants, every value is a parameter
def _insert(table: str, names: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


# rows are told by name, and put into the order of the statement: SQLite binds names in twice the time
_round_row, _note_row = itemgetter(*_ROUND), itemgetter(*_NOTE)


_PUT_ROUND = f"""{_insert("rounds", _ROUND)}
    ON CONFLICT (server_id, filename) DO UPDATE SET first_round_id = NULL,
        {", ".join(f"{name} = excluded.{name}" for name in _ROUND if name not in _KEPT)}
    RETURNING id"""
_PUT_PLAYER, _PUT_WEAPON = _insert("player_rounds", _PLAYER), _insert("weapon_rounds", _WEAPON)
_PUT_NOTE, _PUT_TALLY = _insert("round_notes", _NOTE), _insert("tallies", _TALLY)
_PUT_EVIDENCE = """
    INSERT INTO evidence (sha256, size, content) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET size = excluded.size, content = excluded.content"""  # what is there may be damaged
# a round that was lost comes back under its number: its post, its lines and its other round still name it
_LOST = "SELECT round_id FROM processed_files WHERE server_id = ? AND filename = ? AND round_id IS NOT NULL"
_WAS = "SELECT ended_at, first_round_id FROM rounds WHERE server_id = ? AND filename = ?"
_TOLD = """
    SELECT r.state, r.reason, r.reason_words, r1.filename AS first
      FROM rounds AS r LEFT JOIN rounds AS r1 ON r1.id = r.first_round_id
     WHERE r.server_id = ? AND r.filename = ?"""
_LINK = """
    UPDATE rounds SET first_round_id =
           (SELECT id FROM rounds AS r1 WHERE r1.server_id = rounds.server_id AND r1.filename = ?)
     WHERE id = ?"""
_WITH_EVIDENCE = """
    SELECT rounds.filename, rounds.map, rounds.ended_at, rounds.elsewhere, rounds.mtime, rounds.dated_at,
           rounds.imported_at, rounds.sha256, rounds.digest, evidence.content
      FROM rounds JOIN evidence USING (sha256)"""
# CROSS JOIN: each span is looked up, also where SQLite has no statistics yet, and would go through every round instead
_NEIGHBOURS = f"""
    WITH near (id) AS (
        SELECT rounds.id FROM json_each(:ended) AS span CROSS JOIN rounds INDEXED BY rounds_by_map
            ON rounds.server_id = :server AND rounds.map = json_extract(span.value, '$[0]')
           AND rounds.ended_at BETWEEN json_extract(span.value, '$[1]') AND json_extract(span.value, '$[2]')
         UNION
        SELECT rounds.id FROM json_each(:elsewhere) AS span CROSS JOIN rounds INDEXED BY rounds_elsewhere
            ON rounds.server_id = :server AND rounds.map = json_extract(span.value, '$[0]')
           AND rounds.elsewhere >= json_extract(span.value, '$[1]')
           AND rounds.elsewhere <= json_extract(span.value, '$[2]'))
    {_WITH_EVIDENCE} WHERE rounds.id IN (SELECT id FROM near) ORDER BY rounds.ended_at, rounds.filename"""
_OF_MAP = f"{_WITH_EVIDENCE} WHERE rounds.server_id = :server AND rounds.map = :map ORDER BY ended_at, filename"
_OF_FILES = f"""{_WITH_EVIDENCE}
     WHERE rounds.server_id = :server AND rounds.filename IN (SELECT value FROM json_each(:names))"""
_FIND = """
    SELECT rounds.id, filename, rounds.sha256, rounds.mtime, coalesce(evidence.size, ledger.size, 0) AS size,
           rounds.state, rounds.reason, rounds.reason_words
      FROM rounds LEFT JOIN evidence USING (sha256)
      LEFT JOIN processed_files AS ledger USING (server_id, filename)
     WHERE server_id = :server AND filename IN (SELECT value FROM json_each(:names))"""
_PLACES = """
    SELECT map, ended_at, elsewhere FROM rounds
     WHERE server_id = :server AND filename IN (SELECT value FROM json_each(:names)) ORDER BY filename"""
_FIRST_LOOK = "SELECT imported_at, dated_at FROM rounds WHERE server_id = :server AND filename = :name"
_WITHOUT = """
    SELECT filename FROM rounds LEFT JOIN evidence USING (sha256)
     WHERE server_id = :server AND evidence.sha256 IS NULL ORDER BY filename"""
_EVIDENCE = """
    SELECT filename, content FROM rounds JOIN evidence USING (sha256)
     WHERE server_id = :server AND filename IN (SELECT value FROM json_each(:names))"""
_PLAYERS = f"SELECT {', '.join(STORED)} FROM player_rounds WHERE round_id = :round ORDER BY line"
_NAMES = "SELECT filename FROM rounds WHERE server_id = :server ORDER BY filename"
_EVERY_PLACE = """
    SELECT filename, map, ended_at, elsewhere FROM rounds WHERE server_id = :server ORDER BY map, ended_at, filename"""


class DerivedRound(NamedTuple):
    """A round ready to be written; `mtime` is the file's, UTC seconds; `content` None where the evidence is here.

    `again`: a round of this file is stored, and is replaced.
    """

    round: Round
    digest: str
    mtime: int | None
    content: bytes | None
    size: int
    again: bool


def packed(data: bytes) -> bytes:
    """A file's bytes as evidence keeps them."""
    return zlib.compress(data, 1)


def unpacked(content: bytes) -> bytes:
    """The file's bytes again; raises `StoreError` where they are damaged."""
    try:
        return zlib.decompress(content)
    except zlib.error as error:
        raise StoreError(f"bytes of a file are damaged in the database ({error}): --reimport the file") from error


def digest(round: Round) -> str:
    """A short hash of everything that was derived, each value by its name: the same for the same truth.

    What is unknown is left out, so that a column which no file of a round has changes nothing, and so are the tallies.
    """
    facts = {
        "state": round.state,
        **codes.reason_columns(round.reason),
        "first": round.first,
        "duration": round.duration,
        "ended_at": round.filed.ended_at,
        "notes": [(note.code, note.guid) for note in round.notes],
    } | ({} if round.tallies is None else {"tallies": round.tallies})
    columns = zip(STORED, zip(*(player.stored for player in round.players), strict=True), strict=False)
    known = [(name, figures) for name, figures in columns if figures.count(None) < len(figures)]
    weapons = [[(weapon, *cells) for weapon, cells in sorted(carried.items())] for carried in round.weapons]
    # the text of plain tuples is made in a quarter of JSON's time
    return hashlib.sha256(f"{_CANONICAL.encode(facts)}{known!a}{weapons}".encode()).hexdigest()[:24]


def whole(rows: Iterable[Row]) -> dict[str, bytes]:
    """File name → bytes, of rows with a filename and a content; damaged ones are left out."""
    contents = {}
    for row in rows:
        with contextlib.suppress(StoreError):
            contents[row["filename"]] = unpacked(row["content"])
    return contents


class Whereabouts(NamedTuple):
    """Where a round may have its other half: map, end in UTC seconds, and where else its stamp or its mtime is."""

    map: str
    ended_at: int
    elsewhere: int | None


async def around(db: Reader, server: int, places: Sequence[Whereabouts]) -> list[Row]:
    """The rounds that rounds of these places may pair with, however far a chain of them goes, with their evidence.

    Of two rounds that pair, one at least is where its stamp says; so the other is near to it by its end, or elsewhere.
    """
    ended: list[tuple[str, int, int]] = []
    elsewhere: list[tuple[str, int, int]] = []
    rows: list[Row] = []
    while True:
        here = [*places, *(Whereabouts(row["map"], row["ended_at"], row["elsewhere"]) for row in rows)]
        ends = [(place.map, place.ended_at) for place in here]
        others = [(place.map, place.elsewhere) for place in here if place.elsewhere is not None]
        wider = reach(ends), reach([*ends, *others])
        if wider == (elsewhere, ended):
            return rows
        elsewhere, ended = wider
        spans = {"ended": json.dumps(ended), "elsewhere": json.dumps(elsewhere)}
        rows = await db.all(_NEIGHBOURS, server=server, **spans)


async def of_map(db: Reader, server: int, map_name: str) -> list[Row]:
    """Every round of a map, with its evidence."""
    return await db.all(_OF_MAP, server=server, map=map_name)


async def of_files(db: Reader, server: int, names: Sequence[str]) -> list[Row]:
    """The rounds of these files, with their evidence."""
    return await db.all(_OF_FILES, server=server, names=json.dumps(names))


async def find(db: Reader, server: int, names: Iterable[str]) -> dict[str, KnownRound]:
    """The rounds that these files made: one query, however many."""
    rows = await db.all(_FIND, server=server, names=json.dumps(list(names)))
    return {row["filename"]: _known(codes.typed(row)) for row in rows}


def _known(row: Mapping[str, Any]) -> KnownRound:
    return KnownRound(**{name: row[name] for name in KnownRound._fields})


async def places(db: Reader, server: int, names: Iterable[str]) -> list[Whereabouts]:
    """Of the rounds that these files made."""
    rows = await db.all(_PLACES, server=server, names=json.dumps(list(names)))
    return [Whereabouts(*row) for row in rows]


async def first_look(db: Reader, server: int, name: str) -> tuple[int, int | None] | None:
    """When a stored file was first read, and what was made then of a stamp that cannot be true; None: not stored."""
    row = await db.one(_FIRST_LOOK, server=server, name=name)
    return None if row is None else (row["imported_at"], row["dated_at"])


async def evidence(db: Reader, server: int, names: Iterable[str]) -> dict[str, bytes]:
    """The imported bytes of these files."""
    rows = await db.all(_EVIDENCE, server=server, names=json.dumps(list(names)))
    return whole(rows)


async def players(db: Reader, round_id: int) -> list[PlayerRound]:
    """A stored round's players, in the file's order."""
    return [_player(row) for row in await db.all(_PLAYERS, round=round_id)]


def _player(row: Row) -> PlayerRound:
    own = {name: row[name] for name in STORED if name not in columns.COUNTERS}
    return PlayerRound(**own, counters={name: row[name] for name in columns.COUNTERS})


async def require_evidence(db: Reader, server: int) -> None:
    """Raises `StoreError` where the bytes of a round are gone: deriving anew would tear its match apart."""
    lost = [row["filename"] for row in await db.all(_WITHOUT, server=server)]
    if lost:
        raise StoreError(f"the database lost the bytes of {', '.join(lost[:3])}: --reimport these files first")


async def every_name(db: Reader, server: int) -> list[str]:
    """The file name of every stored round."""
    return [row["filename"] for row in await db.all(_NAMES, server=server)]


async def extent(db: Reader) -> tuple[int, int | None]:
    """How many rounds there are, and when the last one ended (UTC epoch seconds)."""
    row = await db.one("SELECT count(*) AS rounds, max(ended_at) AS last FROM rounds")
    assert row is not None
    return row["rounds"], row["last"]


async def each_map(db: Reader, server: int, take: Callable[[list[Row]], object]) -> None:
    """Hand over filename, map, ended_at and elsewhere of every stored round, one map's at a time, by their ends."""
    of_map: list[Row] = []

    def add(row: Row) -> None:
        if of_map and of_map[0]["map"] != row["map"]:
            take([*of_map])
            of_map.clear()
        of_map.append(row)

    await db.each(add, _EVERY_PLACE, server=server)
    if of_map:
        take(of_map)


def ends_of(tx: Tx, server: int, names: Iterable[str]) -> list[int]:
    """When the stored rounds of these files ended, as it was dated so far."""
    return [row["ended_at"] for name in names for row in tx.execute(_WAS, (server, name))]


def told(tx: Tx, server: int, placed: Sequence[DerivedRound]) -> dict[str, RoundStatus]:
    """What those of these rounds that are stored say now, by file name."""
    names = [p.round.filed.name.text for p in placed if p.again]
    return {name: RoundStatus(**codes.typed(row)) for name in names for row in tx.execute(_TOLD, (server, name))}


def put(tx: Tx, server: int, placed: Sequence[DerivedRound], *, now: int, gap: int) -> dict[str, int]:
    """Write rounds, new or derived anew, with everything below them; file name → round id.

    `gap`: of sessions, in seconds.
    """
    evidence = [(p.round.filed.sha256, p.size, p.content) for p in placed if p.content is not None]
    tx.executemany(_PUT_EVIDENCE, evidence)
    was = [(p, tx.execute(_WAS, (server, p.round.filed.name.text)).fetchone()) for p in placed if p.again]
    stored = [(p, row) for p, row in was if row is not None]
    before = [row for _, row in stored]
    (name,) = tx.execute("SELECT name FROM servers WHERE id = ?", (server,)).fetchone()
    rows = {p.round.filed.name.text: _round_row(_values(p, server, name, now, id=_lost(tx, server, p))) for p in placed}
    ids = {file: int(tx.execute(_PUT_ROUND, row).fetchone()[0]) for file, row in rows.items()}
    # whatever is left of them, of a damaged round too
    for table in ("weapon_rounds", "player_rounds", "round_notes", "tallies"):
        tx.executemany(f"DELETE FROM {table} WHERE round_id = ?", [(number,) for number in ids.values()])
    tx.executemany(_LINK, [(p.round.first, ids[p.round.filed.name.text]) for p in placed if p.round.first])
    ends = [p.round.filed.ended_at for p in placed] + [row["ended_at"] for row in before]
    marks.regroup(tx, server, ends, gap=gap)
    outbox.follow_ends(tx, {row["ended_at"]: p.round.filed.ended_at for p, row in stored})
    rounds = {ids[p.round.filed.name.text]: p.round for p in placed}
    _put_lines(tx, rounds)
    marks.settle(tx, [*rounds, *(row["first_round_id"] for row in before if row["first_round_id"] is not None)])
    return ids


def _put_lines(tx: Tx, rounds: Mapping[int, Round]) -> None:
    """Players, weapons, notes and tallies of rounds that have their rows, a statement for each table."""
    marked = [(round_id, marks.of_round(tx, round_id), stored) for round_id, stored in rounds.items()]
    tx.executemany(_PUT_PLAYER, chain.from_iterable(starmap(_players, marked)))
    tx.executemany(_PUT_WEAPON, chain.from_iterable(starmap(_weapons, marked)))
    tx.executemany(_PUT_NOTE, [
        _note_row({"round_id": round_id, "position": place, **codes.note_columns(note)})
        for round_id, stored in rounds.items()
        for place, note in enumerate(stored.notes)
    ])  # fmt: skip
    tx.executemany(
        _PUT_TALLY, [(round_id, *tally) for round_id, stored in rounds.items() for tally in stored.tallies or ()]
    )


def _players(round_id: int, round_marks: marks.Marks, stored: Round) -> Iterable[tuple[object, ...]]:
    for line, (player, weapons) in enumerate(zip(stored.players, stored.weapons, strict=True)):
        yield round_id, line, *player.stored, *marks.of_line(round_marks, player.team), *_light(weapons)


def _weapons(round_id: int, round_marks: marks.Marks, stored: Round) -> Iterable[tuple[object, ...]]:
    for line, (player, weapons) in enumerate(zip(stored.players, stored.weapons, strict=True)):
        for weapon, cells in weapons.items():
            yield round_id, line, weapon, round_marks.counted, player.guid, *cells


def _light(weapons: Mapping[int, Cells]) -> tuple[int, int, int]:
    """Hits, shots and head hits with pistols and sub-machine guns: what accuracy is made of (FORMAT, "Weapons")."""
    hits = shots = headshots = 0
    for bit, cells in weapons.items():
        if bit in LIGHT:
            hits, shots, headshots = hits + cells.hits, shots + cells.shots, headshots + cells.headshots
    return hits, shots, headshots


def _team_size(round: Round) -> int:
    """Humans on the smaller side."""
    sides = [player.team for player in round.players if not is_bot(player.guid)]
    return min(sides.count(AXIS), sides.count(ALLIES))


def _lost(tx: Tx, server: int, placed: DerivedRound) -> int | None:
    """The number that the ledger remembers of a round that is not there any more."""
    row = None if placed.again else tx.execute(_LOST, (server, placed.round.filed.name.text)).fetchone()
    return None if row is None else int(row["round_id"])


def _values(placed: DerivedRound, server: int, server_name: str, now: int, *, id: int | None) -> dict[str, object]:
    round, report = placed.round, placed.round.filed.report
    return {
        "id": id,
        "server_id": server,
        "filename": round.filed.name.text,
        "sha256": round.filed.sha256,
        "mtime": placed.mtime,
        "map": report.map,
        "number": report.number,
        "ended_at": round.filed.ended_at,
        "host": report.host,
        "config": report.config,
        "defender": report.defender,
        "winner": report.winner,
        "time_limit": report.time_limit,
        "next_limit": report.next_time_limit,
        "duration": round.duration,
        "tab_fields": report.tab_fields,
        "state": round.state,
        **codes.reason_columns(round.reason),
        "digest": placed.digest,
        "imported_at": now,
        "team_size": _team_size(round),
        "dated_at": round.filed.ended_at if round.filed.dating.is_impossible_stamp else None,
        "knows_kills": round.tallies is not None,
        "key": round_key(server_name, round.filed.name.text),
        "elsewhere": round.filed.elsewhere,
    }
