"""What SQLite says of a database, as errors of ours, with what to do about each."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from bot.errors import DatabaseBusy, DatabaseClosed, DatabaseDamaged, DatabaseDown, StoreError
from bot.invocation import command
from bot.store.file.writable import Refusal, refusal

_DOWN = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_NOMEM,
)


def translated(error: sqlite3.Error | UnicodeDecodeError) -> StoreError:
    """An error of SQLite, or of Python where a text in the database is none."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    # Python's own words for text that is none, and SQLite's for a schema that is not ours any more
    is_garbled = isinstance(error, UnicodeDecodeError) or str(error).startswith(
        ("Could not decode to UTF-8", "no such ")
    )
    if code == sqlite3.SQLITE_CORRUPT or is_garbled:
        return DatabaseDamaged(f"the database is damaged ({error})", way_back())
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseBusy("the database is locked by another program")
    if code in _DOWN:
        return DatabaseDown(str(error), "look at the disk that the database is on")
    return StoreError(f"{type(error).__name__}: {error}")


def way_back() -> str:
    """What to do about a database that is damaged."""
    return f"`{command('restore')}` puts the last good backup in its place; without one, {rebuilding()}"


def rebuilding() -> str:
    """What to do about a database that is damaged and has no backup."""
    return f"move it away and run `{command('rebuild', '--from', 'DIR')}`, where DIR has the round files"


def of_file(path: Path, error: sqlite3.Error | UnicodeDecodeError) -> StoreError:
    """The same about the file at `path`, where it may be the file itself that cannot be used."""
    translation = translated(error)
    if isinstance(translation, DatabaseDown) and (refused := refusal(path)):
        return closed(refused)
    return type(translation)(f"{path}: {translation.what}", translation.fix)


def closed(refused: Refusal) -> DatabaseDown:
    """The error that says so; where it does not pass by itself no restart helps."""
    return (DatabaseDown if refused.passes else DatabaseClosed)(refused.what, refused.fix)


def real(path: Path) -> Path:
    """The file that a path leads to, whether it is there or not; of links in a circle one of them."""
    return Path(os.path.realpath(path))
