"""Opens the database with care: a look first, a copy before a migration, and the way back in every refusal."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.clock import Clock
from bot.errors import DatabaseDamaged, DatabaseNotOurs
from bot.invocation import command
from bot.store import facts
from bot.store.file import backups, soundness
from bot.store.file.database import Database, is_there, opened
from bot.store.file.migrate import newest
from bot.store.file.old_design import is_old_design

log = logging.getLogger(__name__)


@asynccontextmanager
async def opened_with_care(
    path: Path, folder: Path, *, clock: Clock, reached: Callable[[str], None]
) -> AsyncIterator[Database]:
    """The database at `path`, with backups in `folder`; a damaged one is used all the same, as far as it can be.

    Raises `DatabaseNotOurs`, `StoreError`.
    """

    def copy_first(schema: int) -> None:
        made = backups.make(path, folder, now=int(clock.now()), schema=schema, reached=reached)
        log.info("backup %s made and checked, before the database is brought to schema %d", made.path, newest())

    async with AsyncExitStack() as stack:
        async with naming_the_way_back(path, folder):
            faults = await _looked_at_first(path, folder)
            db = await stack.enter_async_context(opened(path, before_migrating=copy_first))
            db.damage.faults = faults or await facts.damaged(db)
        yield db


@asynccontextmanager
async def naming_the_way_back(path: Path, folder: Path) -> AsyncIterator[None]:
    """Errors of a database that cannot be used go on with its last good backup."""
    try:
        yield
    except (DatabaseNotOurs, DatabaseDamaged) as error:
        older = f". It is of the older design: {command('diagnose_file_sync', '--database', path)} reads it"
        raise type(error)(f"{error}{older if is_old_design(path) else await _way_back(path, folder)}") from error


async def _looked_at_first(path: Path, folder: Path) -> tuple[str, ...]:
    if not is_there(path):
        if back := await _way_back(path, folder):
            log.warning("there was no database at %s, and a new one is begun%s", path, back)
        return ()
    faults = await asyncio.to_thread(soundness.check, path, full=False)
    if faults:
        log.error("%s is damaged: %s%s", path, faults[0], await _way_back(path, folder))
    return tuple(faults)


async def _way_back(database: Path, folder: Path) -> str:
    backup = await asyncio.to_thread(backups.last_good, database, folder)
    return "" if backup is None else f". The last good backup: `{command('restore', backup.path)}`"
