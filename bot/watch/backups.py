"""The bot backs its database up: daily, checked, and thinned out only after a good one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from bot.clock import Clock
from bot.errors import BackupFailed, DatabaseDown, StoreError
from bot.store import facts
from bot.store.file import backups
from bot.store.file.database import Database
from bot.watch.turns import Turns

log = logging.getLogger(__name__)

DAILY = 86400
EVERY = 600.0
"""Seconds between two looks whether a backup is due: one that failed is tried again so soon."""


class Backups:
    """Makes a backup whenever the newest one is a day old."""

    def __init__(
        self, db: Database, *, folder: Path, clock: Clock, reached: Callable[[str], None], turns: Turns
    ) -> None:
        """`turns`: a backup and the daily audit are never made at once."""
        self._db = db
        self._folder = folder
        self._clock = clock
        self._reached = reached
        self._turns = turns
        self._failed: str | None = None

    async def run(self, beat: Callable[[], None]) -> None:
        """Never returns; `beat` is told while the newest backup is a good one."""
        while True:
            try:
                await self.step()
                if self._failed is None:
                    beat()
            except StoreError as error:
                log.info("what became of the backup could not be stored: %s", error)
            await asyncio.sleep(EVERY)

    async def step(self) -> backups.Backup | None:
        """Make the backup that is due now, if one is."""
        now = int(self._clock.now())
        newest = await asyncio.to_thread(self._newest)
        if newest is not None and 0 <= now - newest.at < DAILY:
            await self._remember(newest.at, None)
            return None
        try:
            async with self._turns.turn():
                self._refuse_another_file()
                now = int(self._clock.now())
                made = await asyncio.to_thread(
                    backups.make, self._db.path, self._folder, now=now, reached=self._reached
                )
        except BackupFailed as error:
            if self._failed is None:
                log.warning("%s", error)  # once per episode
            await self._remember(newest.at if newest else None, str(error))
            return None
        gone = await asyncio.to_thread(backups.thin_out, self._db.path, self._folder)
        log.info("backup %s made and checked; %d older ones deleted", made.path.name, len(gone))
        await self._remember(made.at, None)
        return made

    def _refuse_another_file(self) -> None:
        if (astray := self._db.place.astray()) is not None:
            raise BackupFailed(f"no backup was made: {astray}")

    def _newest(self) -> backups.Backup | None:
        every = backups.listed(self._db.path, self._folder)
        return next((backup for backup in every if backup.schema is None), None)

    async def _remember(self, at: int | None, failed: str | None) -> None:
        self._failed = failed
        kept = facts.BackupFact(at, failed)
        try:
            if await facts.backup(self._db) != kept:
                await self._db.write(lambda tx: facts.put_backup(tx, kept))
        except DatabaseDown as error:  # the watch tells the admins of that
            log.info("what became of the backup could not be stored: %s", error)
