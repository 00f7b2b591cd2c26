"""What the audit asks the database: ledger, rounds, posts that are owed, and the audits before."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from bot.domain.audit.audit import Audit, Counts, LedgerEntry, OwedPost, StoredRound
from bot.domain.audit.states import FileState
from bot.store import codes
from bot.store.database import Reader, Row, Tx

_LEDGER = """
    SELECT filename, state, reason, size, mtime, sha256, changed_to, retry_at, attempts, first_seen_at, updated_at
      FROM processed_files WHERE server_id = :server"""
_ROUNDS = """
    SELECT rounds.filename AS file, map, number, ended_at, state, reason, reason_words, rounds.sha256, evidence.size,
           mtime
      FROM rounds LEFT JOIN evidence USING (sha256) WHERE server_id = :server ORDER BY rounds.filename, rounds.id"""
_POSTS = """
    SELECT coalesce(rounds.filename, 'alert ' || outbox.id) AS about, outbox.state, outbox.reason,
           max(outbox.created_at, CASE WHEN outbox.state = 'waiting' THEN outbox.not_before ELSE 0 END) AS created_at
      FROM outbox LEFT JOIN rounds ON rounds.id = outbox.round_id
     WHERE outbox.state IN ('waiting', 'sending', 'parked', 'unsure') ORDER BY outbox.id"""
_LAST = "SELECT at, verdict, counts, classes, findings FROM audits ORDER BY id DESC LIMIT 1"
_STORE = "INSERT INTO audits (at, verdict, counts, classes, findings) VALUES (?, ?, ?, ?, ?)"
KEPT = 10
"""Files of a finding that are kept with an audit."""
_PRUNE = "DELETE FROM audits WHERE id <= (SELECT max(id) FROM audits) - 400"


async def ledger(db: Reader, server: int) -> dict[str, LedgerEntry]:
    """Every ledger row by its file name."""
    rows = await db.all(_LEDGER, server=server)
    return {row["filename"]: _entry(row) for row in rows}


def _entry(row: Row) -> LedgerEntry:
    known = {name: row[name] for name in LedgerEntry._fields}
    return LedgerEntry(**{**known, "state": FileState(row["state"])})


async def rounds(db: Reader, server: int) -> list[StoredRound]:
    """Every round, by file name."""
    return [StoredRound(**codes.typed(row)) for row in await db.all(_ROUNDS, server=server)]


async def posts(db: Reader) -> list[OwedPost]:
    """Posts that are not out."""
    return [OwedPost(**row) for row in await db.all(_POSTS)]


async def last(db: Reader) -> dict[str, Any] | None:
    """The last stored audit: at, verdict, counts, classes, findings."""
    row = await db.one(_LAST)
    if row is None:
        return None
    decoded = {name: json.loads(row[name]) for name in ("counts", "classes", "findings")}
    return {"at": row["at"], "verdict": row["verdict"], **decoded}


def counts_of(stored: dict[str, Any] | None) -> Counts | None:
    """The counts of a stored audit."""
    return None if stored is None else Counts(**stored["counts"])


def store(tx: Tx, audit: Audit) -> None:
    """Keep an audit by its codes and numbers: the words and the long lists are made anew each time."""
    counts = asdict(audit.counts)
    classes = {one.name.lower(): files for one, files in sorted(audit.in_each_class().items())}
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
