"""Numbered SQL files, each one transaction that ends by writing its own number."""

from __future__ import annotations

import sqlite3
from importlib.resources import files

from bot.domain.game.file.files import round_key
from bot.errors import DatabaseNotOurs, NoDatabase

APPLICATION_ID = 1163152467
"""`ETLS`: marks a database as ours."""


def scripts() -> list[tuple[int, str]]:
    """(number, SQL) of every migration, in order."""
    files_of_sql = [f for f in files("bot.store.migrations").iterdir() if f.name.endswith(".sql")]
    return sorted((int(f.name.split("_")[0]), f.read_text(encoding="utf-8")) for f in files_of_sql)


def newest() -> int:
    """The schema's version that this program writes."""
    return scripts()[-1][0]


def check_ours(con: sqlite3.Connection, path: object) -> int:
    """The schema's version, 0 for an empty file; raises `DatabaseNotOurs`, and never writes."""
    try:
        (application,) = con.execute("PRAGMA application_id").fetchone()
        (version,) = con.execute("PRAGMA user_version").fetchone()
        (tables,) = con.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
            raise
        raise NoDatabase(f"{path} is no SQLite database", "set DATABASE_PATH to a new file") from None
    if application == 0 and tables == 0:
        return 0
    if application != APPLICATION_ID:
        raise DatabaseNotOurs(
            f"{path} belongs to another program, and nothing was changed", "set DATABASE_PATH to a new file"
        )
    if version > newest():
        raise DatabaseNotOurs(
            f"{path} was written by a newer version (schema {version}, this one knows {newest()}), and nothing was "
            "changed",
            "install that version again",
        )
    return int(version)


def teach(con: sqlite3.Connection) -> None:
    """The functions of ours that scripts call: SQLite knows no SHA-256."""
    con.create_function("round_key", 2, round_key, deterministic=True)


def migrate(con: sqlite3.Connection, path: object) -> int:
    """Bring the database up to date; returns its version. A script that is interrupted leaves nothing behind."""
    have = check_ours(con, path)
    teach(con)
    for number, script in scripts():
        if number > have:
            try:
                con.executescript(script)
            except sqlite3.Error:
                if con.in_transaction:
                    con.execute("ROLLBACK")
                raise
            have = number
    return have
