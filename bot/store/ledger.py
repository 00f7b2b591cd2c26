"""`processed_files`: every entry ever seen in the folder, in exactly one state."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bot.domain.audit.states import BrokenFile, FileState, LedgerRow
from bot.store import codes
from bot.store.file.database import Reader, Row, Tx, escaped_like, taken_apart
from bot.store.rounds import whole

_NAMES_OF_COLUMNS = (*LedgerRow._fields, "reason_parameters")
_COLUMNS = ", ".join(_NAMES_OF_COLUMNS)
_LOAD = f"SELECT {_COLUMNS} FROM processed_files WHERE server_id = :server"
_FIND = f"""
    SELECT {_COLUMNS} FROM processed_files
     WHERE server_id = :server AND filename IN (SELECT value FROM json_each(:names))"""
# what is imported stays imported, whatever becomes of the server's file
_NAMES = """
    SELECT filename FROM processed_files
     WHERE server_id = :server AND filename LIKE :like ESCAPE '!' AND length(filename) <= 100
     ORDER BY filename DESC LIMIT :limit"""
_FAILING = f"""
    SELECT {_COLUMNS} FROM processed_files
     WHERE server_id = :server AND state = 'retrying' AND attempts >= :at_least ORDER BY filename"""
_BROKEN = """
    SELECT filename, reason, reason_parameters, updated_at FROM processed_files
     WHERE server_id = :server AND state = 'rejected' ORDER BY filename"""
# rejected, tried again, and rejected for the same bytes: nothing that happened now
_SAME_AGAIN = """
    excluded.sha256 = processed_files.sha256 AND excluded.state IN ('seen', 'rejected')
    AND processed_files.state IN ('seen', 'rejected')"""
_RECORD = f"""
    INSERT INTO processed_files (server_id, {_COLUMNS}, first_seen_at, updated_at)
    VALUES (:server, {", ".join(f":{name}" for name in _NAMES_OF_COLUMNS)}, :now, :now)
    ON CONFLICT (server_id, filename) DO UPDATE SET
        {", ".join(f"{name} = excluded.{name}" for name in _NAMES_OF_COLUMNS[1:])},
        updated_at = CASE WHEN {_SAME_AGAIN} THEN processed_files.updated_at ELSE excluded.updated_at END
     WHERE processed_files.state <> 'imported' OR excluded.state = 'imported'"""
_DISOWN = """
    UPDATE processed_files SET state = 'seen', round_id = NULL
     WHERE server_id = ? AND filename = ? AND state = 'imported'
       AND filename NOT IN (SELECT filename FROM rounds WHERE rounds.server_id = processed_files.server_id)"""
_EVIDENCE = """
    SELECT filename, content FROM processed_files JOIN evidence USING (sha256)
     WHERE server_id = :server AND filename IN (SELECT value FROM json_each(:names))"""
_NOT_IMPORTED = f"""
    SELECT {_COLUMNS} FROM processed_files WHERE server_id = :server AND state <> 'imported' ORDER BY filename"""
_COUNT = "SELECT state, count(*) AS files FROM processed_files WHERE server_id = :server GROUP BY state"
_JUNK = """
    SELECT count(*) FROM processed_files
     WHERE server_id = :server AND state = 'ignored'"""


def _row(row: Row) -> LedgerRow:
    columns = dict(row)
    reason = codes.file_reason_of(columns["reason"], columns.pop("reason_parameters"))
    with taken_apart():
        typed = {"state": FileState(row["state"]), "reason": reason, "changed_to": codes.version_of(row["changed_to"])}
        return LedgerRow(**columns | typed)


async def each(db: Reader, server: int, take: Callable[[LedgerRow], object]) -> None:
    """Hand over every row of one server: a ledger of many years never lies in memory as a whole."""
    await db.each(lambda row: take(_row(row)), _LOAD, server=server)


async def load(db: Reader, server: int) -> list[LedgerRow]:
    """The whole ledger of one server."""
    rows: list[LedgerRow] = []
    await each(db, server, rows.append)
    return rows


async def find(db: Reader, server: int, names: Iterable[str]) -> dict[str, LedgerRow]:
    """The rows of these names: one query, however many."""
    rows = await db.all(_FIND, server=server, names=json.dumps(list(names)))
    return {row["filename"]: _row(row) for row in rows}


async def count(db: Reader, server: int) -> dict[FileState, int]:
    """Files in each state."""
    files = {row["state"]: int(row["files"]) for row in await db.all(_COUNT, server=server)}
    return {state: files.get(state, 0) for state in FileState}


async def last_seen(db: Reader, server: int) -> int | None:
    """When a file was seen for the first time, last: UTC epoch seconds; None where there is none."""
    at = await db.value("SELECT max(first_seen_at) FROM processed_files WHERE server_id = :server", server=server)
    return None if at is None else int(at)


async def ignored(db: Reader, server: int) -> int:
    """How many entries that are no round files have a row."""
    return int(await db.value(_JUNK, server=server))


async def names(db: Reader, server: int, text: str, *, limit: int) -> list[str]:
    """File names for a menu that hold this text, newest first; longer ones than Discord can carry are left out."""
    like = f"%{escaped_like(text.strip())}%"
    return [row["filename"] for row in await db.all(_NAMES, server=server, like=like, limit=limit)]


async def failing(db: Reader, server: int, *, at_least: int) -> list[LedgerRow]:
    """Files that failed so many times, and are still tried again."""
    rows = await db.all(_FAILING, server=server, at_least=at_least)
    return [_row(row) for row in rows]


async def broken(db: Reader, server: int) -> list[BrokenFile]:
    """Files that are no valid round files."""
    return [
        BrokenFile(row["filename"], codes.file_reason_of(row["reason"], row["reason_parameters"]), row["updated_at"])
        for row in await db.all(_BROKEN, server=server)
    ]


async def evidence(db: Reader, server: int, names: Iterable[str]) -> dict[str, bytes]:
    """The bytes that these rows were imported from, also where the round is gone."""
    rows = await db.all(_EVIDENCE, server=server, names=json.dumps(list(names)))
    return whole(rows)


def disown(tx: Tx, server: int, names: Iterable[str]) -> None:
    """Take back what the ledger says of files that are imported by it, and have no round."""
    tx.executemany(_DISOWN, [(server, name) for name in names])


def record(tx: Tx, server: int, rows: Sequence[LedgerRow], *, now: int) -> None:
    """Write these rows, new or known."""
    tx.executemany(_RECORD, [{**_columns(row), "server": server, "now": now} for row in rows])


def _columns(row: LedgerRow) -> dict[str, Any]:
    changed_to = codes.version_column(row.changed_to)
    return {**row._asdict(), **codes.file_reason_columns(row.reason), "changed_to": changed_to}


def not_imported(tx: Tx, server: int) -> list[LedgerRow]:
    """What is in any other state."""
    return [_row(row) for row in tx.execute(_NOT_IMPORTED, {"server": server})]
