"""Is the database what SQLite wrote? The quick check at each start, the whole one in each audit and of each backup."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bot.errors import DatabaseDamaged
from bot.store.file.database import looked_at
from bot.store.file.migrate import check_ours

_NAMED = 20
"""So many faults are named."""
_QUICK, _FULL = f"PRAGMA quick_check({_NAMED})", f"PRAGMA integrity_check({_NAMED})"


def check(path: Path, *, full: bool) -> list[str]:
    """What is wrong in the database at `path`, beside whoever has it open; raises `StoreError`.

    Blocks for a third of a second per 40 MB: for a thread.
    """
    try:
        with looked_at(path) as con:
            check_ours(con, path)
            return faults(con, full=full)
    except DatabaseDamaged as error:
        return [str(error)]


def faults(con: sqlite3.Connection, *, full: bool) -> list[str]:
    """What is wrong in the file, empty where nothing is; `full`: the indexes too.

    Neither sees a figure that became another one: that shows when a round is derived anew from its file's bytes.
    """
    try:
        told = [str(row[0]) for row in con.execute(_FULL if full else _QUICK)]
    except sqlite3.OperationalError:
        raise  # locked, or its disk fails: nothing is known
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        return [str(error)]
    return [line for line in told if line != "ok"]
