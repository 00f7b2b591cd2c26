"""Decisions of admins, kept as facts that every derivation applies again; and the log of what admins did."""

from __future__ import annotations

from collections.abc import Iterable

from bot.store.file.database import Reader, Row, Tx

LONGEST = 300
"""Characters that are kept of a command as it was typed, and of what came of it."""
REFUSALS = 1000
"""So many are kept: everybody may be refused, as often as he likes."""
_IGNORE = """
    INSERT INTO ignored_files (server_id, filename, reason, decided_by, decided_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (server_id, filename) DO UPDATE SET
        reason = excluded.reason, decided_by = excluded.decided_by, decided_at = excluded.decided_at"""
_DONE = "INSERT INTO admin_log (at, who, command, outcome) VALUES (:now, :who, :command, :outcome)"
_REFUSED = "refused: "
_OLD_REFUSALS = """
    DELETE FROM admin_log WHERE id IN (
        SELECT id FROM admin_log WHERE substr(outcome, 1, :length) = :refused
         ORDER BY id DESC LIMIT -1 OFFSET :most)"""
_LOG = "SELECT at, who, command, outcome FROM admin_log ORDER BY id DESC LIMIT :limit"


async def ignored(db: Reader, server: int) -> dict[str, str]:
    """File name → reason of every file that an admin took out."""
    rows = await db.all("SELECT filename, reason FROM ignored_files WHERE server_id = :server", server=server)
    return {row["filename"]: row["reason"] for row in rows}


def ignore(tx: Tx, server: int, names: Iterable[str], *, reason: str, by: str, now: int) -> None:
    """Take files out."""
    tx.executemany(_IGNORE, [(server, name, reason, by, now) for name in names])


def unignore(tx: Tx, server: int, names: Iterable[str]) -> None:
    """Take a decision back."""
    tx.executemany("DELETE FROM ignored_files WHERE server_id = ? AND filename = ?", [(server, n) for n in names])


def log(tx: Tx, *, who: str, command: str, outcome: str, now: int) -> None:
    """Remember what an admin did."""
    tx.execute(_DONE, {"now": now, "who": who, "command": command[:LONGEST], "outcome": outcome[:LONGEST]})


def log_refusal(tx: Tx, *, who: str, command: str, why: str, now: int) -> None:
    """Remember what was refused; the oldest refusals go."""
    log(tx, who=who, command=command, outcome=f"{_REFUSED}{why}", now=now)
    tx.execute(_OLD_REFUSALS, {"length": len(_REFUSED), "refused": _REFUSED, "most": REFUSALS})


async def logged(db: Reader, *, limit: int) -> list[Row]:
    """What admins did, newest first: at, who, command, outcome."""
    return await db.all(_LOG, limit=limit)
