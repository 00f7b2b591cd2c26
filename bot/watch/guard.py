"""Looks after the database: its checks, its rounds against their own bytes; and remembers what it found."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

from bot.clock import Clock
from bot.domain.audit.audit import DatabaseState
from bot.errors import DatabaseDamaged, DatabaseDown, StoreError
from bot.ingest import derivation
from bot.ingest.importer import Importer
from bot.invocation import command
from bot.present.audit.concerns import away, damaged
from bot.store import facts
from bot.store.file import backups, soundness
from bot.store.file.database import Database, Reader

log = logging.getLogger(__name__)

WEEKLY = 7 * 86400


async def state_of(path: Path, folder: Path, db: Reader | None) -> DatabaseState:
    """How the database at `path` is, with backups in `folder`; `db`: who can read it, None where nobody can."""
    state = DatabaseState()
    if isinstance(db, Database) and (astray := db.place.astray()) is not None:
        return replace(state, faults=(astray,), last_good=await _last_good(path, folder))
    try:
        state = replace(state, faults=tuple(await asyncio.to_thread(soundness.check, path, full=True)))
        if db is not None:
            backup, compared = await facts.backup(db), await facts.compared(db)
            state = replace(
                state,
                differing=compared.differing if compared else (),
                backup_at=backup.at if backup else None,
                backup_failed=backup.failed if backup else None,
            )
    except DatabaseDamaged as error:
        state = replace(state, faults=state.faults or (str(error),))
    except DatabaseDown as error:
        state = replace(state, unreadable=str(error))
    if state.faults or state.unreadable is not None:
        state = replace(state, last_good=await _last_good(path, folder))
    return state


async def _last_good(path: Path, folder: Path) -> str | None:
    """The last good backup of the database at `path`, by its path."""
    good = await asyncio.to_thread(backups.last_good, path, folder)
    return None if good is None else str(good.path)


class Guard:
    """The bot's own look at its database."""

    def __init__(self, db: Database, *, folder: Path, server: int, importer: Importer, clock: Clock) -> None:
        self._db = db
        self._folder = folder
        self._server = server
        self._importer = importer
        self._clock = clock
        self._alarm: tuple[str, str] | None = None
        """A fault, and what is told of it: backups are not checked anew at each look."""

    async def look(self) -> DatabaseState:
        """The whole check, and again the rounds that differed; raises `StoreError` where the database is busy."""
        state = await state_of(self._db.path, self._folder, self._db)
        if state.differing and not state.faults:
            state = replace(state, differing=await self._compared(frozenset(state.differing)))
        return state

    async def remember(self, faults: tuple[str, ...]) -> None:
        """What an audit knows of damage now: in memory, and in the database where that takes it.

        That its file is not in its place is seen anew each time, and is no fault in it.
        """
        if faults == self._db.damage.faults or self._db.place.astray() is not None:
            return
        self._db.damage.faults = faults
        try:
            await self._db.write(lambda tx: facts.put_damaged(tx, faults))
        except StoreError as error:
            log.info("that the database is damaged is remembered in memory alone: %s", error)

    async def compare_weekly(self) -> None:
        """Derive every round anew, if that is a week ago; a new database begins with rounds that just were."""
        last, now = await facts.compared(self._db), int(self._clock.now())
        if last is None:
            await self._db.write(lambda tx: facts.put_compared(tx, facts.ComparedFact(now, ())))
        elif not 0 <= now - last.at < WEEKLY:
            differing = await self._compared(None)
            log.info("every round was derived anew from its bytes: %d differ", len(differing))

    async def _compared(self, only: frozenset[str] | None) -> tuple[str, ...]:
        before = await facts.compared(self._db)
        differing = await derivation.compare(self._db, self._server, self._importer, only=only)
        at = int(self._clock.now()) if only is None or before is None else before.at
        await self._db.write(lambda tx: facts.put_compared(tx, facts.ComparedFact(at, differing)))
        return differing

    async def alarm(self) -> str | None:
        """What the admins are told of damage, and of a file that is not in its place; None as long as none is known."""
        astray, damage = self._db.place.astray(), self._db.damage.faults
        fault = astray or (damage[0] if damage else None)
        if fault is None:
            self._alarm = None
        elif self._alarm is None or self._alarm[0] != fault:
            words, good = away if astray else damaged, await _last_good(self._db.path, self._folder)
            self._alarm = fault, words(fault, good, command("restore"))
        return None if self._alarm is None else self._alarm[1]
