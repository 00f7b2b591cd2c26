"""Backups: copies made by SQLite itself, checked before they count; older ones go only after a good check.

A copy's name is `<database>-<UTC stamp>.db`; the one that a migration makes first ends with `-schema-<number>`.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bot.errors import BackupFailed, StoreError
from bot.store.file import handover
from bot.store.file.database import BUSY_SECONDS, check_file, check_names, looked_at, uri_of
from bot.store.file.migrate import check_ours, newest
from bot.store.file.soundness import faults
from bot.store.file.translation import real
from bot.store.file.writable import is_seen

DAILY, WEEKLY, BEFORE_MIGRATION = 7, 4, 2
"""So many are kept: the last one of each day, of each week, and of those that migrations made."""
_STAMP = "%Y%m%d-%H%M%S"
_STAMP_LENGTH = 15
_PART = ".part"
_REPLACED = "-replaced-"
_UNREADABLE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
ABANDONED = 3600
"""Seconds after which nobody writes a half backup any more."""


class Backup(NamedTuple):
    """A copy of the database; `at`: UTC epoch seconds of its making, by its name; `schema`: made for a migration."""

    at: int
    path: Path
    schema: int | None = None


def folder_of(database: Path, wanted: Path | None) -> Path:
    """Where backups of this database lie: where the setting says, else in `backups/` beside it."""
    return wanted or real(database).parent / "backups"


def listed(database: Path, folder: Path) -> list[Backup]:
    """Every backup of this database, newest first, by their names alone."""
    name = re.compile(re.escape(real(database).stem) + r"-(\d{8}-\d{6})(?:-schema-(\d+))?\.db")
    entries: list[Path] = []
    with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
        entries = list(folder.iterdir())
    matching = [(entry, match) for entry in entries if (match := name.fullmatch(entry.name))]
    every = [
        Backup(at, entry, int(match[2]) if match[2] else None)
        for entry, match in matching
        if (at := _instant(match[1])) is not None
    ]
    return sorted(every, reverse=True)


def _instant(stamp: str) -> int | None:
    try:
        return int(datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def make(
    database: Path, folder: Path, *, now: int, schema: int | None = None, reached: Callable[[str], None]
) -> Backup:
    """Copy the database and check the copy; `now`: UTC epoch seconds. Works beside the bot, and blocks: for a thread.

    Raises `BackupFailed`; then nothing is there that was not there before.
    """
    suffix = "" if schema is None else f"-schema-{schema}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        now, target, part = _place(folder, real(database).stem, suffix, now)
    except OSError as error:
        raise BackupFailed(f"no backup was made in {folder}: {error}") from error
    try:
        with looked_at(database) as source:
            _copy(source, part)
        reached("backup copied")
        if wrong := fault(part):
            raise BackupFailed(f"the copy does not pass its checks, so the database is damaged: {wrong}")
        _to_disk(part)
        if check_file(part) == newest():  # of an older schema it is made when that one is brought up
            _hand_over(part, handover.path_beside(target))
        part.replace(target)
        _to_disk(folder)
    except (OSError, sqlite3.Error, StoreError) as error:
        for left in (part, handover.path_beside(target)):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)
        raise BackupFailed(f"no backup was made in {folder}: {error}") from error
    reached("backup kept")
    return Backup(now, target, schema)


def _place(folder: Path, stem: str, suffix: str, now: int) -> tuple[int, Path, Path]:
    """Its time, its path, and the empty file that it is made in: another one's of this second is never touched.

    A tool and the bot may begin in the same second.
    """
    while True:
        target = folder / f"{stem}-{datetime.fromtimestamp(now, UTC):{_STAMP}}{suffix}.db"
        part = target.with_name(target.name + ".part")
        with contextlib.suppress(FileExistsError):
            part.touch(mode=0o600, exist_ok=False)
            if not is_seen(target):
                return now, target, part
            part.unlink()
        now += 1


def _copy(source: sqlite3.Connection, part: Path) -> None:
    try:
        with closing(sqlite3.connect(part)) as target:
            source.backup(target)  # in one step: a single look, whatever is written meanwhile
            target.execute("PRAGMA journal_mode = DELETE").fetchall()  # one file that needs no other
    except sqlite3.OperationalError as error:
        raise BackupFailed(f"the copy could not be written ({error}): is there room on its disk?") from error


def hand_over(database: Path, backup: Backup) -> None:
    """What `database` knows and no file tells, beside a backup of before it was brought up to this schema.

    Raises `StoreError`, `OSError`.
    """
    _hand_over(database, handover.path_beside(backup.path))


def _hand_over(copy: Path, target: Path) -> None:
    """What the files do not tell, beside the backup: for a database that is made anew of them."""
    part = target.with_name(target.name + ".part")
    part.touch(mode=0o600)
    with looked_at(copy) as con:
        part.write_text(handover.written(handover.taken(con)), encoding="utf-8")
    _to_disk(part)
    part.replace(target)


def _to_disk(path: Path) -> None:
    if os.name != "posix" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fault(path: Path) -> str | None:
    """Why this file is no database that could take the place of ours; None where it is. Blocks: for a thread."""
    try:
        with closing(sqlite3.connect(uri_of(path, alone=True), uri=True)) as con:
            if check_ours(con, path) == 0:
                return "it is empty"
            return next(iter(faults(con, full=True)), None)
    except (sqlite3.Error, StoreError, UnicodeDecodeError) as error:
        return str(error)


def last_good(database: Path, folder: Path) -> Backup | None:
    """The newest backup that passes its checks now. Blocks: for a thread."""
    return next((backup for backup in listed(database, folder) if fault(backup.path) is None), None)


def rounds_in(path: Path) -> int:
    """How many rounds a copy holds; -1 where that cannot be read."""
    try:
        with closing(sqlite3.connect(uri_of(path, alone=True), uri=True)) as con:
            return int(con.execute("SELECT count(*) FROM rounds").fetchone()[0])
    except (sqlite3.Error, StoreError):
        return -1


def fullest(database: Path, folder: Path) -> tuple[int, Backup] | None:
    """The good backup that holds the most rounds, and how many; of several the newest. Blocks: for a thread."""
    held = sorted(((rounds_in(backup.path), backup) for backup in listed(database, folder)), reverse=True)
    return next(((rounds, backup) for rounds, backup in held if fault(backup.path) is None), None)


def thin_out(database: Path, folder: Path) -> list[Backup]:
    """Delete what is neither the last one of its day nor of its week; only ever called after a good check.

    One that holds more rounds than every newer one stays: the database may have been begun anew since.
    """
    every = listed(database, folder)
    regular = [backup for backup in every if backup.schema is None]
    kept = {
        *_newest_of_each(regular, lambda at: at.toordinal(), DAILY),
        *_newest_of_each(regular, lambda at: at.isocalendar()[:2], WEEKLY),
        *[backup for backup in every if backup.schema is not None][:BEFORE_MIGRATION],
    }
    gone, most = [], -1
    for backup in every if kept != {*every} else []:
        held = rounds_in(backup.path)
        if backup not in kept and held <= most:
            gone.append(backup)
        most = max(most, held)
    for backup in gone:
        with contextlib.suppress(OSError):
            backup.path.unlink()
            handover.path_beside(backup.path).unlink(missing_ok=True)
    if every:
        _clear_up(database, folder, newest=every[0].at)
    return gone


def _clear_up(database: Path, folder: Path, *, newest: int) -> None:
    """Delete halves, and handovers without a backup, an hour older than the newest one: nobody writes them now."""
    stem = f"{real(database).stem}-"
    without = [path for path in folder.glob(f"{stem}*.json") if not path.with_suffix(".db").exists()]
    for part in [*folder.glob(f"{stem}*{_PART}"), *without]:
        at = _instant(part.name.removeprefix(stem)[:_STAMP_LENGTH])
        if at is not None and at < newest - ABANDONED:
            with contextlib.suppress(OSError):
                part.unlink()


def _newest_of_each(backups: Iterable[Backup], period: Callable[[datetime], object], periods: int) -> Iterator[Backup]:
    seen: set[object] = set()
    for backup in backups:
        now = period(datetime.fromtimestamp(backup.at, UTC))
        if now not in seen and len(seen) < periods:
            seen.add(now)
            yield backup


def put_back(backup: Path, database: Path, *, now: int) -> Path | None:
    """Put a copy of the backup in the database's place; where the one of before is kept now, None where none was there.

    Only under the instance lock. Raises `StoreError`; then the database is what it was. Whoever is killed on the way
    leaves the one of before or the restored one, each whole.
    """
    target = real(database)
    if wrong := fault(backup):
        raise StoreError(f"{backup} is no good backup: {wrong}")
    check_names(target)
    part = target.with_name(target.name + ".part")
    try:
        for half in (part, *target.parent.glob(f"{target.stem}{_REPLACED}*.part")):  # of one that was killed
            half.unlink(missing_ok=True)
        with looked_at(backup) as source:
            _copy(source, part)
        if wrong := fault(part):
            raise StoreError(f"the copy does not pass its checks: {wrong}")
        _to_disk(part)
        kept = _kept(target, now=now)
        _without_log(target)
        part.replace(target)
        _to_disk(target.parent)
    except (OSError, sqlite3.Error) as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise StoreError(f"{backup} could not be put in the place of {database}: {error}") from error
    return kept


def _kept(target: Path, *, now: int) -> Path | None:
    """A copy of the database of before, with its log, byte by byte: a damaged one may still tell something."""
    name = f"{target.stem}{_REPLACED}{{:{_STAMP}}}{target.suffix}"
    while (kept := target.with_name(name.format(datetime.fromtimestamp(now, UTC)))).exists():
        now += 1
    there = [suffix for suffix in ("-wal", "") if target.with_name(target.name + suffix).exists()]
    for suffix in there:  # the log first: a name without `.part` is a whole database
        part = kept.with_name(f"{kept.name}{suffix}.part")
        shutil.copy2(target.with_name(target.name + suffix), part)
        _to_disk(part)
        part.replace(kept.with_name(kept.name + suffix))
    _to_disk(target.parent)
    return kept if there else None


def _without_log(target: Path) -> None:
    """Take the log into the database: beside the restored one it would be taken for that one's.

    The log of a database that cannot be read is worth nothing without the copy that is kept.
    """
    if target.exists():  # else SQLite would make one
        try:
            with closing(sqlite3.connect(target, timeout=BUSY_SECONDS)) as con:
                (is_busy, _, _) = con.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in _UNREADABLE:
                raise
            is_busy = False
        if is_busy:
            raise StoreError(f"somebody else reads {target}: end that, and run this again")
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
