"""What no stats file tells, as JSON: posts, links and requests for one, settings, what admins decided and did.

Each backup has one beside it. Where a database has to be made anew from the files, it is handed over to it. Rounds are
named by their files, since a new database numbers them anew.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bot.errors import StoreError
from bot.store.file.database import Tx

VERSION = 1

# alerts are of their moment, but for questions about a post
_POSTS = """
    SELECT outbox.*, rounds.filename AS file,
           (SELECT min(filename) FROM rounds WHERE ended_at = outbox.session) AS session_file
      FROM outbox LEFT JOIN rounds ON rounds.id = outbox.round_id
     WHERE kind <> 'alert' OR (about IS NOT NULL AND outbox.state NOT IN ('sent', 'dropped')) ORDER BY outbox.id"""
_TABLES = {
    "posts": _POSTS,
    "links": "SELECT * FROM links ORDER BY member_id",
    "link_requests": "SELECT * FROM link_requests ORDER BY member_id",
    "preferences": "SELECT * FROM preferences ORDER BY key",
    "ignored_files": "SELECT filename, reason, decided_by, decided_at FROM ignored_files ORDER BY filename",
    "dated_files": "SELECT filename, dated_at FROM rounds WHERE dated_at IS NOT NULL ORDER BY filename",
    "admin_log": "SELECT at, who, command, outcome FROM admin_log ORDER BY id",
}
_LATER = frozenset({"link_requests"})
"""What handovers of before do not have."""
_REFERENCES = frozenset({"id", "file", "session_file", "round_id", "session", "digest_id", "about"})
"""What a post says by numbers of its own database, or by the names that replace them."""

Rows = Sequence[Mapping[str, Any]]


class Handover(NamedTuple):
    """Table → its rows, by column name; `posts` have `file` and `session_file` in place of numbers of rounds."""

    tables: Mapping[str, Rows]

    def contents(self) -> str:
        """How much there is of each."""
        return ", ".join(f"{table}: {len(rows)}" for table, rows in self.tables.items() if rows)

    @property
    def decided(self) -> list[str]:
        """Files whose rounds an admin, or the clock of then, decided something about."""
        rows = [*self.tables["ignored_files"], *self.tables["dated_files"]]
        return sorted({str(row["filename"]) for row in rows})


def path_beside(backup: Path) -> Path:
    """Where the handover of a backup lies."""
    return backup.with_suffix(".json")


def taken(con: sqlite3.Connection) -> Handover:
    """All that is to be handed over, of a database of this version."""
    con.row_factory = sqlite3.Row
    return Handover({table: [dict(row) for row in con.execute(sql)] for table, sql in _TABLES.items()})


def written(handover: Handover) -> str:
    """The file's text."""
    return json.dumps({"handover": VERSION, **handover.tables}, indent=1) + "\n"


def read(path: Path) -> Handover:
    """What a file hands over; raises `StoreError` where it is none, or of a newer version."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["handover"] != VERSION:
            raise StoreError(f"{path} is a handover of a newer version of the bot")
        return Handover({table: told.get(table, []) if table in _LATER else told[table] for table in _TABLES})
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path} is no handover of this bot, or a damaged one ({error!r})") from error


def take_over_decisions(tx: Tx, server: int, handover: Handover) -> None:
    """Links and requests, settings, the log, and what was decided about files: derive their rounds again after this.

    What is there already stays. Raises `StoreError`.
    """
    with _understood():
        for table in ("links", "link_requests", "preferences", "admin_log"):
            _put(tx, table, handover.tables[table])
        _put(tx, "ignored_files", [{"server_id": server, **row} for row in handover.tables["ignored_files"]])
        sql = "UPDATE rounds SET dated_at = :dated_at WHERE server_id = :server AND filename = :filename"
        tx.executemany(sql, [{"server": server, **row} for row in handover.tables["dated_files"]])


def take_over_posts(tx: Tx, server: int, handover: Handover) -> int:
    """The posts of rounds that are here; how many are left, since theirs are not. Raises `StoreError`."""
    sql = "SELECT filename, id, ended_at FROM rounds WHERE server_id = ?"
    rounds = {row["filename"]: row for row in tx.execute(sql, (server,))}
    ids: dict[int, int | None] = {}
    left = 0
    with _understood():
        for post in sorted(handover.tables["posts"], key=_refers):
            files = [post[name] for name in ("file", "session_file") if post[name] is not None]
            if any(file not in rounds for file in files):
                left += 1
                continue
            row = {
                **{name: value for name, value in post.items() if name not in _REFERENCES},
                "round_id": rounds[post["file"]]["id"] if post["file"] else None,
                "session": rounds[post["session_file"]]["ended_at"] if post["session_file"] else None,
                "digest_id": ids.get(post["digest_id"]),
                "about": ids.get(post["about"]),
            }
            (ids[post["id"]],) = _put(tx, "outbox", [row])
    return left


def _refers(post: Mapping[str, Any]) -> tuple[bool, int]:
    """What is referred to comes first."""
    return post["digest_id"] is not None or post["about"] is not None, post["id"]


def _put(tx: Tx, table: str, rows: Rows) -> list[int | None]:
    """Write rows by the names of their columns, and leave those that are there: None in place of their numbers."""
    columns = {row["name"] for row in tx.execute("SELECT name FROM pragma_table_info(?)", (table,))}
    numbers: list[int | None] = []
    for row in rows:
        names = [name for name in row if name in columns]
        listed, values = ", ".join(names), ", ".join(f":{name}" for name in names)
        sql = f"INSERT OR IGNORE INTO {table} ({listed}) VALUES ({values}) RETURNING {'id' if 'id' in columns else 0}"
        written = tx.execute(sql, dict(row)).fetchone()
        numbers.append(None if written is None else written[0])
    return numbers


@contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, sqlite3.Error) as error:
        raise StoreError(f"the handover says what means nothing ({type(error).__name__}: {error})") from error
