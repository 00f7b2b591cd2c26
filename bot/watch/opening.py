"""Opens the database with care: a look first, a copy before a migration, and the way back in every refusal."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.clock import Clock
from bot.domain.game.file.files import iso_utc
from bot.errors import DatabaseDamaged, DatabaseNotOurs, NoDatabase, StoreError, TwoNames
from bot.invocation import command
from bot.store import facts
from bot.store.file import backups, soundness
from bot.store.file.database import Database, is_there, opened
from bot.store.file.migrate import newest
from bot.store.file.old_design import is_old_design
from bot.store.file.translation import rebuilding

log = logging.getLogger(__name__)


@asynccontextmanager
async def opened_with_care(
    path: Path, folder: Path, *, clock: Clock, reached: Callable[[str], None]
) -> AsyncIterator[Database]:
    """The database at `path`, with backups in `folder`; a damaged one is used all the same, as far as it can be.

    Raises `DatabaseNotOurs`, `StoreError`.
    """

    first: list[backups.Backup] = []

    def copy_first(schema: int) -> None:
        made = backups.make(path, folder, now=int(clock.now()), schema=schema, reached=reached)
        log.info("backup %s made and checked, before the database is brought to schema %d", made.path, newest())
        first.append(made)

    async with AsyncExitStack() as stack:
        async with naming_the_way_back(path, folder):
            faults = await asyncio.to_thread(_looked_at_first, path, folder)
            db = await stack.enter_async_context(opened(path, before_migrating=copy_first))
            db.damage.faults = faults or await facts.damaged(db)
        for backup in first:
            await asyncio.to_thread(_hand_over, path, backup)
        yield db


async def tell_of_damage(db: Database, folder: Path) -> None:
    """One line of the log on a database that is used though it is damaged: for a start that nothing else ended."""
    if faults := db.damage.faults:
        damage = DatabaseDamaged(f"{db.path} is damaged ({faults[0]})")
        log.error("%s", await asyncio.to_thread(with_way_back, damage, db.path, folder))


def _hand_over(path: Path, backup: backups.Backup) -> None:
    """Beside a backup of an older schema too lies what a database made anew is handed over."""
    try:
        backups.hand_over(path, backup)
    except (StoreError, OSError) as error:
        log.warning("what the files do not tell could not be kept beside %s: %s", backup.path, error)


@asynccontextmanager
async def naming_the_way_back(path: Path, folder: Path) -> AsyncIterator[None]:
    """Errors of a database that cannot be used go on with its last good backup."""
    try:
        yield
    except (DatabaseNotOurs, DatabaseDamaged) as error:
        raise await asyncio.to_thread(with_way_back, error, path, folder) from error


def with_way_back(error: StoreError, path: Path, folder: Path) -> StoreError:
    """The error with all that can be done about it, the last good backup by its name. Blocks: for a thread.

    Where what is there is worth nothing any more, the backup comes first.
    """
    if not isinstance(error, DatabaseNotOurs | DatabaseDamaged) or isinstance(error, TwoNames):
        return error
    if is_old_design(path):
        reads = command("diagnose_file_sync", "--database", path)
        what = f"{path} is of the older design, and nothing was changed"
        return type(error)(what, f"set DATABASE_PATH to a new file; `{reads}` reads the old one")
    back = restoring(path, folder)
    if isinstance(error, DatabaseDamaged):
        return DatabaseDamaged(error.what, back or f"there is no good backup in {folder}: {rebuilding()}")
    if not back:
        return error
    return type(error)(error.what, back if isinstance(error, NoDatabase) else f"{error.fix}; or {back}")


def restoring(path: Path, folder: Path) -> str:
    """How the last good backup takes the database's place; empty where there is none. Blocks: for a thread."""
    backup = backups.last_good(path, folder)
    if backup is None:
        return ""
    return (
        f"stop the bot, then `{command('restore', backup.path)}` puts the last good backup, of {iso_utc(backup.at)}, "
        "in its place"
    )


def _looked_at_first(path: Path, folder: Path) -> tuple[str, ...]:
    if not is_there(path):
        if back := restoring(path, folder):
            log.warning("there was no database at %s, and a new one is begun; if that is not wanted, %s", path, back)
        return ()
    return tuple(soundness.check(path, full=False))
