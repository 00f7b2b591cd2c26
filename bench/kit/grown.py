"""A database of very many rounds: an imported archive, copied again and again into later years."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

DAY = 86400
_TABLES = ("rounds", "player_rounds", "weapon_rounds")
_IDS, _TIMES = ("id", "first_round_id", "round_id", "match_id"), ("ended_at", "session")
# every year somebody leaves and somebody new comes
_GUID = "CASE WHEN line % 5 = 0 THEN substr(guid, 1, 6) || printf('%02d', {copy}) ELSE guid END"


def grow(small: Path, large: Path, *, rounds: int) -> None:
    """Copy the database `small` to `large`, and its rounds into later years until there are so many."""
    shutil.copy(small, large)
    with closing(sqlite3.connect(large, isolation_level=None)) as con:
        con.execute("PRAGMA synchronous = OFF")
        con.execute("PRAGMA foreign_keys = OFF")
        (count, last), (first, newest) = (
            con.execute("SELECT count(*), max(id) FROM rounds").fetchone(),
            con.execute("SELECT min(ended_at), max(ended_at) FROM rounds").fetchone(),
        )
        span = (newest - first) // DAY * DAY + 2 * DAY
        indexes = con.execute(
            f"SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN {_TABLES}"
        ).fetchall()
        con.execute("BEGIN")
        for name, _ in indexes:
            con.execute(f"DROP INDEX {name}")
        for copy in range(1, -(-rounds // count)):
            for table in _TABLES:
                _copy(con, table, copy=copy, last=last, span=span)
        for _, sql in indexes:
            con.execute(sql)
        con.execute("COMMIT")
        con.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _copy(con: sqlite3.Connection, table: str, *, copy: int, last: int, span: int) -> None:
    columns = [row[1] for row in con.execute(f"PRAGMA table_info({table})")]
    chosen = ", ".join(_moved(name, copy=copy, last=last, span=span) for name in columns)
    key = "id" if table == "rounds" else "round_id"
    con.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table} WHERE {key} <= {last}")


def _moved(name: str, *, copy: int, last: int, span: int) -> str:
    if name in _IDS:
        return f"{name} + {copy * last}"
    if name in _TIMES:
        return f"{name} + {copy * span}"
    if name == "filename":
        return f"{name} || '{copy}'"
    return _GUID.format(copy=copy) if name == "guid" else name
