"""Is the database what SQLite wrote? The quick check at each start, the whole one in each audit and of each backup."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
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
        return [str(error.__cause__ or error.what)]  # the sentence around it is for whoever tells of it


def faults(con: sqlite3.Connection, *, full: bool) -> list[str]:
    """What is wrong in the file, empty where nothing is; `full`: the indexes and what rows refer to, too.

    Neither sees a figure that became another one: that shows when a round is derived anew from its file's bytes.
    """
    try:
        told = [str(row[0]) for row in con.execute(_FULL if full else _QUICK)]
        if full and told == ["ok"]:
            told = [*itertools.islice(_astray(con), _NAMED)]
    except sqlite3.OperationalError:
        raise  # locked, or its disk fails: nothing is known
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        return [str(error)]
    return [line for line in told if line != "ok"]


def _astray(con: sqlite3.Connection) -> Iterator[str]:
    """Rows that refer to none; a round that the ledger remembers is lost: the audit says so, and mends it."""
    tables: set[str] = set()
    for table, row, leads_to, _key in con.execute("PRAGMA foreign_key_check"):
        if leads_to == "rounds":
            tables.add(table)
        else:  # a table without row ids has no number
            which = "a row" if row is None else f"row {row}"
            yield f"{which} of {table} refers to a row of {leads_to} that is not there"
    for table in sorted(tables):
        for column in [key[3] for key in con.execute(f"PRAGMA foreign_key_list({table})") if key[2] == "rounds"]:
            sql = f"""
                SELECT count(*) FROM {table} WHERE {column} NOT IN (SELECT id FROM rounds)
                   AND {column} NOT IN (SELECT round_id FROM processed_files WHERE round_id IS NOT NULL)"""
            (rows,) = con.execute(sql).fetchone()
            if rows:
                yield f"{rows} rows of {table} refer to rounds that are not there"
