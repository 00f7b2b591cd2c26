"""Reads a database of the older design, read-only: `processed_files(filename, success)` and `sessions`.

There a row of `sessions` is one imported round, known by date, map and number alone: the same map twice in an evening,
or a file imported twice, cannot be told apart by its rows. The names make it visible.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from datetime import tzinfo
from pathlib import Path

from bot.domain.audit.audit import LedgerEntry, StoredRound
from bot.domain.audit.states import FileState
from bot.domain.game.file.files import NotARound, RoundName, end_of, round_name
from bot.domain.game.file.reasons import FileReason, FileReasonCode
from bot.domain.game.model import State
from bot.errors import DatabaseNotOurs, StoreError
from bot.store.file.database import alone, uri_of
from bot.store.file.writable import is_seen


def is_old_design(path: Path) -> bool:
    """The file is a database with the older design's two tables, and not one of ours."""
    try:
        with closing(_opened(path)) as con:
            tables = {row[0] for row in con.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    except (sqlite3.Error, StoreError, UnicodeDecodeError):
        return False
    return {"processed_files", "sessions"} <= tables and "evidence" not in tables


def read(path: Path, *, now: int, zone: tzinfo) -> tuple[dict[str, LedgerEntry], list[StoredRound]]:
    """Its ledger and its rounds, with stamps in `zone`; raises `DatabaseNotOurs` where the tables are other ones."""
    try:
        with closing(_opened(path)) as con:
            files = con.execute("SELECT filename, success FROM processed_files").fetchall()
            cells = con.execute("SELECT session_date, map_name, round_number FROM sessions").fetchall()
        rows = [(str(date), str(map_name), int(number)) for date, map_name, number in cells]
    except (sqlite3.Error, TypeError, ValueError) as error:
        raise DatabaseNotOurs(f"{path} is no database of the older design: {error}") from None
    ledger = {str(name): _entered(bool(success), now) for name, success in files}
    done = [name for name, row in ledger.items() if row.state is FileState.IMPORTED]
    return ledger, _rounds(done, rows, zone)


def _opened(path: Path) -> sqlite3.Connection:
    if not is_seen(path) or not path.is_file():
        raise StoreError(f"there is no database at {path}")
    return sqlite3.connect(uri_of(path, alone=alone(path)), uri=True)


def _entered(success: bool, now: int) -> LedgerEntry:  # noqa: FBT001  (a column of that design)
    state = FileState.IMPORTED if success else FileState.RETRYING
    return LedgerEntry(state, None if success else FileReason(FileReasonCode.OLD_DESIGN), None, None, None, now, now)


def _rounds(files: list[str], rows: list[tuple[str, str, int]], zone: tzinfo) -> list[StoredRound]:
    """Each row under the name of the file that made it; rows beyond the files repeat the last one's name."""
    exact: dict[tuple[str, str, int], list[RoundName]] = defaultdict(list)
    daily: dict[tuple[str, str, int], list[RoundName]] = defaultdict(list)
    for file in sorted(files):
        name = round_name(file)
        if not isinstance(name, NotARound):
            exact[name.stamp, name.map, name.number].append(name)
            daily[name.stamp[:10], name.map, name.number].append(name)
    used: dict[tuple[str, str, int], int] = defaultdict(int)
    rounds = []
    for date, map_name, number in sorted(rows):
        key = (date, map_name, number)
        names = exact.get(key) or daily.get((date[:10], map_name, number)) or []
        text, at = f"{date}-{map_name}-round-{number} (a row without a file)", 0
        if names:
            name = names[min(used[key], len(names) - 1)]
            text, at = name.text, end_of(name.stamp, zone=zone, mtime=None, now=None).at
        used[key] += 1
        rounds.append(StoredRound(text, map_name, number, at, State.COUNTED, None, None, None, None))
    return rounds
