"""Gathers the audit's four sets: server, `local_stats/`, `processed_files`, `rounds`. Reads, and writes nothing."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from dataclasses import replace

from bot.domain.audit.audit import Copy, DatabaseState, ListedEntry, Survey
from bot.domain.game.file.files import MAX_BYTES, RoundName
from bot.domain.rules import Thresholds
from bot.errors import DatabaseDamaged, DatabaseDown
from bot.ingest.mirror import Mirror
from bot.ingest.source.remote import EntryKind, RemoteSource
from bot.store.file.database import Reader
from bot.store.questions import survey


async def gather(
    db: Reader,
    *,
    server: int,
    mirror: Mirror,
    source: RemoteSource | None,
    thresholds: Thresholds,
    now: int,
    deep: bool,
    database: DatabaseState,
) -> Survey:
    """One look at everything; `deep` reads and hashes every file in `local_stats/`; no `source`: it is left out.

    `now`: UTC epoch seconds. Raises `SourceError` where the server cannot be looked at; where the database cannot be
    read, that is all that is known.
    """
    listed = None if source is None else await listing(source)
    local = await asyncio.to_thread(copies, mirror, deep=deep)
    try:
        return await _gathered(
            db, server=server, listed=listed, local=local, thresholds=thresholds, now=now, database=database
        )
    except DatabaseDown as error:
        return nothing_but(database, error, thresholds=thresholds, now=now)


def nothing_but(database: DatabaseState, error: DatabaseDown, *, thresholds: Thresholds, now: int) -> Survey:
    """What is known where the database cannot be read: how it is, and nothing that would be compared with it."""
    if isinstance(error, DatabaseDamaged):
        database = replace(database, faults=database.faults or (str(error),))
    else:
        database = replace(database, unreadable=str(error))
    return Survey(server=None, local={}, ledger={}, rounds=(), database=database, now=now, thresholds=thresholds)


async def _gathered(
    db: Reader,
    *,
    server: int,
    listed: dict[str, ListedEntry] | None,
    local: dict[str, Copy],
    thresholds: Thresholds,
    now: int,
    database: DatabaseState,
) -> Survey:
    last = await survey.last(db)
    return Survey(
        server=listed,
        local=local,
        ledger=await survey.ledger(db, server),
        rounds=await survey.rounds(db, server),
        alike=await survey.alike(db, server),
        posts=await survey.posts(db),
        previous=survey.counts_of(last),
        database=database,
        now=now,
        thresholds=thresholds,
    )


async def listing(source: RemoteSource) -> dict[str, ListedEntry]:
    """Every entry of the server's folder."""
    entries, listed = [*await source.list()], {}
    while entries:  # each is let go as it is taken over: a folder of many years is not in memory twice
        entry = entries.pop()
        is_regular = entry.kind is EntryKind.FILE and (entry.size or 0) <= MAX_BYTES
        listed[entry.name] = ListedEntry(entry.size, entry.mtime, is_regular)
    return listed


def copies(mirror: Mirror, *, deep: bool) -> dict[str, Copy]:
    """Every round file in `local_stats/`."""
    return {name.text: Copy(local.size, _hash(mirror, name) if deep else None) for name, local in mirror.files()}


def _hash(mirror: Mirror, name: RoundName) -> str | None:
    try:
        return sys.intern(hashlib.sha256(mirror.read(name)).hexdigest())
    except OSError:
        return None
