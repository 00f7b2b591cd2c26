"""Small facts that this database remembers about itself."""

from __future__ import annotations

import json
from typing import NamedTuple

from bot.store.file.database import Reader, Tx, taken_apart

FIRST_RUN = "first_run"
"""`running` from the first sight of an empty ledger until the first complete poll, then `done`."""
OF_FIRST_RUN = "of_first_run"
"""JSON: the files that were there when the first run ended and were not imported: as old as the rest of it."""
ZONE_MOVE = "zone_move"
"""The zone to which all rounds are being re-timed; gone when they are."""
DERIVATION = "derivation"
"""The rules by which every round was derived, as `domain.game.rounds.DERIVATION` names them."""
REDERIVED = "rederived"
"""JSON: how far the rounds are derived by newer rules, and what changed so far; gone when all are."""
SESSION_GAP = "session_gap"
"""`<seconds>.<rule>`: the gap, and the version of the rule, by which every round has its session."""
TOLD = "told"
"""JSON: key → text of each concern that the admins were told of and that is not over (`bot.domain.concerns`)."""
COMMAND_TREE = "command_tree"
"""`<scope>:<application>:<hash>` of the command tree that Discord has."""

COMMAND_IDS = "command_ids"
"""JSON: name → id of each registered command, so that /help can mention them."""
LACKING = "lacking"
"""JSON: channel → permissions that the admins were last told the bot lacks there; empty where none."""
BACKUP = "backup"
"""JSON of a `BackupFact`."""


DAMAGED = "damaged"
"""JSON: the faults that the last whole check of the database found; gone when it found none."""
COMPARED = "compared"
"""JSON of a `ComparedFact`."""


class ComparedFact(NamedTuple):
    """When every round was last derived anew (UTC epoch seconds), and the files whose rounds say something else."""

    at: int
    differing: tuple[str, ...]


class BackupFact(NamedTuple):
    """When the last good backup was made (UTC epoch seconds), and why the one after it could not be made."""

    at: int | None
    failed: str | None


async def get(db: Reader, key: str) -> str | None:
    """The value of a fact, None where it was never set."""
    value = await db.value("SELECT value FROM facts WHERE key = :key", key=key)
    return None if value is None else str(value)


async def of_first_run(db: Reader) -> frozenset[str]:
    """The files that were left to the first run."""
    with taken_apart():
        return frozenset(json.loads(await get(db, OF_FIRST_RUN) or "[]"))


async def backup(db: Reader) -> BackupFact | None:
    """What became of the backups; None as long as the bot made none."""
    stored = await get(db, BACKUP)
    with taken_apart():
        return None if stored is None else BackupFact(*json.loads(stored))


async def damaged(db: Reader) -> tuple[str, ...]:
    """What the last whole check found."""
    with taken_apart():
        return tuple(json.loads(await get(db, DAMAGED) or "[]"))


def put_damaged(tx: Tx, faults: tuple[str, ...]) -> None:
    """Remember it, or that all is well again."""
    if faults:
        put(tx, DAMAGED, json.dumps(faults))
    else:
        drop(tx, DAMAGED)


async def compared(db: Reader) -> ComparedFact | None:
    """What the last comparison of rounds with their bytes found; None before there was any."""
    stored = await get(db, COMPARED)
    with taken_apart():
        if stored is None:
            return None
        at, differing = json.loads(stored)
        return ComparedFact(at, tuple(differing))


def put_compared(tx: Tx, told: ComparedFact) -> None:
    """Remember it."""
    put(tx, COMPARED, json.dumps(told))


def put_backup(tx: Tx, told: BackupFact) -> None:
    """Remember what became of the backups."""
    put(tx, BACKUP, json.dumps(told))


def put(tx: Tx, key: str, value: str) -> None:
    """Set a fact."""
    sql = "INSERT INTO facts (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    tx.execute(sql, (key, value))


def drop(tx: Tx, key: str) -> None:
    """Forget a fact."""
    tx.execute("DELETE FROM facts WHERE key = ?", (key,))


def server(tx: Tx, name: str, timezone: str) -> tuple[int, str]:
    """(id, zone as it is stored) of a server; a new one gets `timezone`."""
    tx.execute("INSERT INTO servers (name, timezone) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", (name, timezone))
    row = tx.execute("SELECT id, timezone FROM servers WHERE name = ?", (name,)).fetchone()
    return row["id"], row["timezone"]


def set_timezone(tx: Tx, server_id: int, timezone: str) -> None:
    """The zone that the stamps of this server's files are in: every round is timed by it now."""
    tx.execute("UPDATE servers SET timezone = ? WHERE id = ?", (timezone, server_id))
    drop(tx, ZONE_MOVE)


async def server_id(db: Reader, name: str) -> int:
    """The id of a server; 0 where it is not known yet."""
    return int(await db.value("SELECT id FROM servers WHERE name = :name", name=name) or 0)
