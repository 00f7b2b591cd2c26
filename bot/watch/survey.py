"""Gathers the audit's four sets: server, `local_stats/`, `processed_files`, `rounds`. Reads, and writes nothing."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.domain.audit.audit import Copy, DatabaseState, ListedEntry, StoredRound, Survey, is_round_file
from bot.domain.audit.stored import ByName
from bot.domain.game.file.files import MAX_BYTES, RoundName
from bot.domain.rules import Thresholds
from bot.errors import DatabaseDamaged, DatabaseDown
from bot.ingest.mirror import Mirror
from bot.ingest.source.remote import Entry, EntryKind, RemoteSource
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
    try:
        last, rounds = await survey.last(db), await survey.rounds(db, server)
        return Survey(
            server=listed,
            local=await asyncio.to_thread(copies, mirror, deep=deep, rounds=rounds),
            ledger=await survey.ledger(db, server),
            rounds=rounds,
            alike=await survey.alike(db, server),
            posts=await survey.posts(db),
            previous=survey.counts_of(last),
            database=database,
            now=now,
            thresholds=thresholds,
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


async def listing(source: RemoteSource) -> ByName[ListedEntry]:
    """Every entry of the server's folder."""
    return await asyncio.to_thread(lambda entries: ByName(_taken_over(entries)), [*await source.list()])


def _taken_over(entries: list[Entry]) -> Iterator[tuple[str, ListedEntry]]:
    entries.sort(key=lambda entry: entry.name, reverse=True)
    shared: dict[ListedEntry, ListedEntry] = {}
    while entries:  # each is let go as it is taken over: a folder of many years is not in memory twice
        entry = entries.pop()
        is_regular = entry.kind is EntryKind.FILE and (entry.size or 0) <= MAX_BYTES
        told = ListedEntry(entry.size, None if is_round_file(entry.name) else entry.mtime, is_regular)
        yield entry.name, shared.setdefault(told, told)


def copies(mirror: Mirror, *, deep: bool, rounds: Iterable[StoredRound] = ()) -> ByName[Copy]:
    """Every round file in `local_stats/`; `rounds`: in the order of their names, as the files are."""
    return ByName(_copies(mirror, deep=deep, rounds=rounds))


def _copies(mirror: Mirror, *, deep: bool, rounds: Iterable[StoredRound]) -> Iterator[tuple[str, Copy]]:
    shared: dict[Copy, Copy] = {}
    imported = iter(rounds)
    before, stored = None, next(imported, None)
    for name, local in mirror.files():
        while stored is not None and stored.file <= name.text:
            before, stored = stored, next(imported, None)
        sha256 = _hash(mirror, name) if deep else None
        is_the_round = before is not None and (before.file, before.sha256) == (name.text, sha256)
        copy = Copy(local.size, None if is_the_round else sha256)
        yield name.text, shared.setdefault(copy, copy)


def _hash(mirror: Mirror, name: RoundName) -> str | None:
    try:
        return hashlib.sha256(mirror.read(name)).hexdigest()
    except OSError:
        return None
