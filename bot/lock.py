"""The instance lock: one process writes a database, and whoever comes second is told who has it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bot.errors import InstanceRunning, StoreError
from bot.store.file.translation import closed, real
from bot.store.file.writable import is_seen, refusal


@contextmanager
def instance_lock(database: Path, *, program: str) -> Iterator[None]:
    """Hold the lock beside `database`; raises `InstanceRunning` at once when another process has it.

    Raises `DatabaseClosed` or another `StoreError` where no database can be there.

    Every symbolic link to the database leads to the same lock; `bot.store.file.database` refuses one with a second hard
    link. The same process may take it again. It is freed by the system however the process ends.
    """
    if refused := refusal(database):
        raise closed(refused)
    target = real(database)
    holder = target.with_name(target.name + ".holder")
    lock = FileLock(f"{target}.lock", is_singleton=True)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InstanceRunning(f"{database} is in use by {_who(holder)}: stop it first") from None
    except OSError as error:
        why = f"{target.parent} cannot be written: {error.strerror or error}"
        raise StoreError(why, "look at that folder and its disk (DATABASE_PATH)") from error
    try:
        if lock.lock_counter == 1:
            holder.write_text(f"{program}, process {os.getpid()}", encoding="utf-8")
        yield
    finally:
        if lock.lock_counter == 1:
            holder.unlink(missing_ok=True)
        lock.release()


def holder_of(database: Path) -> str | None:
    """Who has the instance lock now; None where nobody has. Makes no file."""
    target = real(database)
    place = Path(f"{target}.lock")
    if not is_seen(place):
        return None
    lock = FileLock(place, is_singleton=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return _who(target.with_name(target.name + ".holder"))
    except OSError:
        return None
    lock.release()
    return None


def _who(holder: Path) -> str:
    try:
        return holder.read_text(encoding="utf-8") or "another process"
    except OSError:
        return "another process"
