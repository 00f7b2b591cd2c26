"""What the audit asks the database: ledger, rounds, posts that are owed, and the audits before."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict
from datetime import tzinfo
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.audit.audit import (
    Alike,
    Audit,
    AuditVerdict,
    Counts,
    LedgerEntry,
    OwedPost,
    StoredRound,
    is_round_file,
)
from bot.domain.audit.states import FileState
from bot.domain.audit.stored import ByName, StoredRounds
from bot.domain.game.file.files import NotARound, end_of, round_name
from bot.domain.game.model import NoteCode
from bot.store import codes
from bot.store.file.database import Reader, Row, Tx, humans, taken_apart

_LEDGER = """
    SELECT filename, state, reason, reason_parameters, mtime, changed_to, retry_at, first_seen_at, updated_at
      FROM processed_files WHERE server_id = :server ORDER BY filename"""
_ROUNDS = """
    SELECT rounds.filename AS file, map, number, ended_at, state, reason, reason_words, rounds.sha256, evidence.size,
           mtime, host, duration,
           (SELECT group_concat(code) FROM round_notes
             WHERE round_id = rounds.id AND (guid = '' OR code IN ('kills_differ', 'impossible'))) AS notes,
           first_round_id IS NOT NULL AND NOT EXISTS (
               SELECT 1 FROM player_rounds WHERE round_id = rounds.id
                  AND guid IN (SELECT guid FROM player_rounds WHERE round_id = first_round_id)) AS has_strangers
      FROM rounds LEFT JOIN evidence USING (sha256) WHERE server_id = :server ORDER BY rounds.filename, rounds.id"""
# of bots, and of whoever did nothing, equal figures say nothing
_TELLING = f"counted = 1 AND damage_given > 0 AND {humans('guid')}"
_SAME_LINES = f"""
    SELECT group_concat(round_id) AS rounds FROM player_rounds INDEXED BY player_figures WHERE {_TELLING}
     GROUP BY guid, kills, deaths, damage_given, damage_received, light_hits, light_shots HAVING count(*) > 1"""
_TOLD = f"""
    SELECT id, filename, map, number, ended_at,
           (SELECT count(*) FROM player_rounds WHERE round_id = rounds.id AND {_TELLING}) AS people
      FROM rounds WHERE server_id = :server AND id IN (SELECT value FROM json_each(:rounds))"""
_POSTS = """
    SELECT coalesce(rounds.filename, outbox.kind || ' ' || outbox.id) AS about,
           outbox.state, outbox.reason_words AS reason,
           max(outbox.created_at, CASE WHEN outbox.state = 'waiting' THEN outbox.not_before ELSE 0 END) AS created_at
      FROM outbox LEFT JOIN rounds ON rounds.id = outbox.round_id
     WHERE outbox.state IN ('waiting', 'sending', 'parked', 'unsure') ORDER BY outbox.id"""
_LAST = "SELECT at, verdict, counts, classes, findings FROM audits ORDER BY id DESC LIMIT 1"
_STORE = "INSERT INTO audits (at, verdict, counts, classes, findings) VALUES (?, ?, ?, ?, ?)"
KEPT = 10
"""Files of a finding that are kept with an audit."""
_PRUNE = "DELETE FROM audits WHERE id <= (SELECT max(id) FROM audits) - 400"


async def ledger(db: Reader, server: int) -> ByName[LedgerEntry]:
    """Every ledger row by its file name."""
    entries = ByName[LedgerEntry]()
    shared: dict[LedgerEntry, LedgerEntry] = {}

    def take(row: Row) -> None:
        entry = _entry(row)
        entries.add(sys.intern(row["filename"]), shared.setdefault(entry, entry))

    await db.each(take, _LEDGER, server=server)
    return entries


def _entry(row: Row) -> LedgerEntry:
    known = {name: row[name] for name in LedgerEntry._fields}
    if is_round_file(row["filename"]):
        known["mtime"] = None
    reason = codes.file_reason_of(row["reason"], row["reason_parameters"])
    with taken_apart():
        typed = {"state": FileState(row["state"]), "reason": reason, "changed_to": codes.version_of(row["changed_to"])}
        return LedgerEntry(**known | typed)


async def rounds(db: Reader, server: int) -> StoredRounds:
    """Every round, by file name."""
    zone = await db.value("SELECT timezone FROM servers WHERE id = :server", server=server)
    stored = StoredRounds()
    await db.each(lambda row: stored.add(_round(row, ZoneInfo(zone))), _ROUNDS, server=server)
    return stored


def _round(row: Row, zone: tzinfo) -> StoredRound:
    name = round_name(row["file"])
    is_repeated = not isinstance(name, NotARound) and end_of(name.stamp, zone=zone, mtime=None, now=None).other
    changed = {
        "notes": _notes(row["notes"] or ""),
        "has_strangers": bool(row["has_strangers"]),
        "is_repeated_hour": bool(is_repeated),
        # kept once, however many rounds, and however many sets an audit has the same name in
        **{name: sys.intern(row[name]) for name in ("file", "map", "host")},
    }
    return StoredRound(**{**codes.typed(row), **changed})


MOST_COMPARED = 8
"""So many rounds are compared each with each; of more, each with the next."""


async def alike(db: Reader, server: int) -> list[Alike]:
    """Pairs of counted rounds of one map and number in which somebody has the same figures."""
    times: Counter[tuple[int, int]] = Counter()
    for row in await db.all(_SAME_LINES):
        same = sorted({int(number) for number in row["rounds"].split(",")})
        times.update(combinations(same, 2) if len(same) <= MOST_COMPARED else pairwise(same))
    ids = json.dumps(sorted({number for pair in times for number in pair}))
    told = {row["id"]: row for row in await db.all(_TOLD, server=server, rounds=ids)}
    pairs = []
    for ids_of_pair, lines in times.items():
        rows = [told[number] for number in ids_of_pair if number in told]
        if len({(row["map"], row["number"]) for row in rows}) == 1 and len(rows) == 2:
            first, again = sorted(rows, key=lambda row: (row["ended_at"], row["filename"]))
            people = max(row["people"] for row in rows)
            pairs.append(Alike(first["filename"], again["filename"], lines, people))
    return sorted(pairs)


@lru_cache(maxsize=256)  # most rounds have the same notes: none
def _notes(codes: str) -> frozenset[NoteCode]:
    known = {code.value for code in NoteCode}
    return frozenset(NoteCode(code) for code in codes.split(",") if code in known)


async def posts(db: Reader) -> list[OwedPost]:
    """Posts that are not out."""
    return [OwedPost(**row) for row in await db.all(_POSTS)]


async def last(db: Reader) -> dict[str, Any] | None:
    """The last stored audit: at, verdict, counts, classes, findings."""
    row = await db.one(_LAST)
    if row is None:
        return None
    with taken_apart():
        decoded = {name: json.loads(row[name]) for name in ("counts", "classes", "findings")}
        return {"at": row["at"], "verdict": AuditVerdict(row["verdict"]), **decoded}


def counts_of(stored: dict[str, Any] | None) -> Counts | None:
    """The counts of a stored audit."""
    with taken_apart():
        return None if stored is None else Counts(**stored["counts"])


def store(tx: Tx, audit: Audit) -> None:
    """Keep an audit by its codes and numbers: the words and the long lists are made anew each time."""
    counts = asdict(audit.counts)
    classes = {file_class.name.lower(): files for file_class, files in sorted(audit.in_each_class().items())}
    findings = [
        {
            "code": finding.code,
            "severity": finding.severity.name.lower(),
            "count": len(finding.files),
            "files": finding.files[:KEPT],
        }
        for finding in audit.findings
    ]
    tx.execute(_STORE, (audit.now, audit.verdict, *map(json.dumps, (counts, classes, findings))))
    tx.execute(_PRUNE)
