"""A migration is stored whole or not at all, and the schema holds what the domain knows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from bot.domain.audit.states import FileState, LedgerRow
from bot.domain.game.file.columns import COUNTERS, FEWEST, RUNNING
from bot.domain.game.file.files import round_key
from bot.domain.game.file.reasons import FileReasonCode
from bot.domain.game.file.report import Cells
from bot.domain.game.model import STORED
from bot.domain.posts import OutboxItem
from bot.errors import DatabaseNotOurs
from bot.present.words.reasons import file_reason_text, version_text
from bot.store import codes
from bot.store.file.migrate import APPLICATION_ID, check_ours, migrate, scripts, teach


@pytest.fixture
def con() -> Iterator[sqlite3.Connection]:
    con = sqlite3.connect(":memory:", isolation_level=None)
    yield con
    con.close()


def tables(con: sqlite3.Connection) -> set[str]:
    return {row[0] for row in con.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def columns(con: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in con.execute(f"PRAGMA table_xinfo('{table}')")]


def test_the_numbers_of_the_scripts_have_no_gap() -> None:
    assert [number for number, _ in scripts()] == list(range(1, len(scripts()) + 1))


def test_every_migration_applies_and_says_its_own_number(con: sqlite3.Connection) -> None:
    teach(con)
    for number, script in scripts():
        con.executescript(script)
        assert check_ours(con, "x") == number


def test_rounds_stored_before_they_had_keys_get_theirs(con: sqlite3.Connection) -> None:
    teach(con)
    for _, script in scripts()[:4]:
        con.executescript(script)
    con.execute("INSERT INTO servers (id, name, timezone) VALUES (7, 'main', 'UTC')")
    con.execute("INSERT INTO evidence (sha256, size, content) VALUES ('a', 1, x'00')")
    for name in ("one.txt", "two.txt"):
        con.execute(
            "INSERT INTO rounds (server_id, filename, sha256, map, number, ended_at, host, config, defender, winner,"
            " time_limit, next_limit, tab_fields, state, digest, imported_at)"
            " VALUES (7, ?, 'a', 'supply', 1, 1, '', '', 1, 1, 1, 1, 1, 'counted', '', 1)",
            (name,),
        )
    migrate(con, "x")
    keys = dict(con.execute("SELECT filename, key FROM rounds").fetchall())
    assert keys == {name: round_key("main", name) for name in ("one.txt", "two.txt")}
    plan = str(con.execute("EXPLAIN QUERY PLAN SELECT id FROM rounds WHERE key = 'x'").fetchall())
    assert "rounds_by_key" in plan


@pytest.mark.parametrize(
    ("state", "sentence", "code"),
    [
        ("ignored", "awards (endstats), not a round", FileReasonCode.ENDSTATS),
        ("ignored", "its date or time does not exist", FileReasonCode.NO_SUCH_TIME),
        ("ignored", "device or other, not a regular file", FileReasonCode.NOT_REGULAR),
        ("ignored", "ignored by an admin: line 4: a {test}", FileReasonCode.IGNORED),
        ("rejected", "empty file", FileReasonCode.EMPTY),
        ("rejected", "line 31: incomplete: the last line has no end", FileReasonCode.CUT),
        ("rejected", "line 2: not a player line: GUID\\name\\rounds\\team\\mask, weapon figures, tab fields",
         FileReasonCode.NO_PLAYER_LINE),
        ("rejected", "line 4: incomplete: 32 tab fields, at least 33 are needed", FileReasonCode.SAID),
        ("retrying", "line feed: of a system's words", FileReasonCode.SAID),
        ("retrying", "permission denied", FileReasonCode.SAID),
    ],
)  # fmt: skip
def test_sentences_of_before_become_codes_and_read_as_they_did(
    con: sqlite3.Connection, state: str, sentence: str, code: FileReasonCode
) -> None:
    teach(con)
    for _, script in scripts()[:14]:
        con.executescript(script)
    con.execute("INSERT INTO servers (id, name, timezone) VALUES (7, 'main', 'UTC')")
    con.execute(
        "INSERT INTO processed_files (server_id, filename, state, reason, retry_at, first_seen_at, updated_at)"
        " VALUES (7, 'a', ?, ?, ?, 0, 0)",
        (state, sentence, 1 if state == "retrying" else None),
    )
    migrate(con, "x")
    reason = codes.file_reason_of(*con.execute("SELECT reason, reason_parameters FROM processed_files").fetchone())
    assert reason is not None
    assert (reason.code, file_reason_text(reason)) == (code, sentence)


@pytest.mark.parametrize(
    "text",
    [
        "910 bytes, mtime 1772398800",
        "unknown bytes, mtime unknown",
        "0 bytes, mtime 5, a link",
        "9 bytes, mtime unknown, a device or other",
    ],
)
def test_how_a_file_differs_was_a_sentence_and_reads_as_it_did(con: sqlite3.Connection, text: str) -> None:
    teach(con)
    for _, script in scripts()[:14]:
        con.executescript(script)
    con.execute("INSERT INTO servers (id, name, timezone) VALUES (7, 'main', 'UTC')")
    con.execute(
        "INSERT INTO processed_files (server_id, filename, state, changed_to, first_seen_at, updated_at)"
        " VALUES (7, 'a', 'seen', ?, 0, 0)",
        (text,),
    )
    migrate(con, "x")
    version = codes.version_of(con.execute("SELECT changed_to FROM processed_files").fetchone()[0])
    assert version is not None
    assert version_text(version) == text


def test_migrating_twice_changes_nothing(con: sqlite3.Connection) -> None:
    version = migrate(con, "x")
    before = con.execute("SELECT sql FROM sqlite_schema").fetchall()
    assert migrate(con, "x") == version == scripts()[-1][0]
    assert con.execute("SELECT sql FROM sqlite_schema").fetchall() == before


def test_a_script_that_breaks_in_its_middle_leaves_nothing_behind(
    con: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = scripts()
    broken = [
        (number, script.replace("PRAGMA user_version", "SELECT nonsense; PRAGMA user_version"))
        for number, script in whole
    ]
    monkeypatch.setattr("bot.store.file.migrate.scripts", lambda: broken)
    with pytest.raises(sqlite3.OperationalError):
        migrate(con, "x")
    assert not con.in_transaction
    assert tables(con) == set()
    monkeypatch.setattr("bot.store.file.migrate.scripts", lambda: whole)
    assert migrate(con, "x") == whole[-1][0]


def test_a_later_script_that_breaks_keeps_the_version_before_it(
    con: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = migrate(con, "x")
    later = "BEGIN IMMEDIATE; CREATE TABLE later (a INTEGER) STRICT; SELECT nonsense; COMMIT;"
    monkeypatch.setattr("bot.store.file.migrate.scripts", lambda: [*scripts(), (version + 1, later)])
    with pytest.raises(sqlite3.OperationalError):
        migrate(con, "x")
    assert "later" not in tables(con)
    assert con.execute("PRAGMA user_version").fetchone() == (version,)


def test_an_empty_file_is_nobodys(con: sqlite3.Connection) -> None:
    assert check_ours(con, "x") == 0


@pytest.mark.parametrize(
    "made",
    [
        "CREATE TABLE theirs (a)",
        "PRAGMA application_id = 7",
        f"PRAGMA user_version = 9999; PRAGMA application_id = {APPLICATION_ID}",
    ],
)
def test_what_is_not_ours_is_refused(con: sqlite3.Connection, made: str) -> None:
    con.executescript(made)
    with pytest.raises(DatabaseNotOurs):
        migrate(con, "x")


def test_every_table_is_strict(con: sqlite3.Connection) -> None:
    migrate(con, "x")
    strict = {row[1]: row[5] for row in con.execute("PRAGMA table_list") if not row[1].startswith("sqlite_")}
    assert strict == dict.fromkeys((name for name in tables(con) if not name.startswith("sqlite_")), 1)


def test_every_row_that_belongs_to_a_server_says_so(con: sqlite3.Connection) -> None:
    migrate(con, "x")
    for table in ("rounds", "processed_files"):
        assert "server_id" in columns(con, table)


MARKS = [
    "counted", "ended_at", "session", "match_id", "attack", "result", "light_hits", "light_shots", "light_headshots",
]  # fmt: skip


def test_the_columns_of_a_player_are_the_fields_of_a_player(con: sqlite3.Connection) -> None:
    migrate(con, "x")
    assert sorted(columns(con, "player_rounds")) == sorted(["round_id", "line", *STORED, *MARKS])
    assert columns(con, "weapon_rounds") == ["round_id", "line", "weapon", *Cells._fields, "counted", "guid"]
    assert columns(con, "round_notes") == ["round_id", "position", "code", "guid", "parameters"]


def test_what_may_be_unknown_may_be_null_and_nothing_else(con: sqlite3.Connection) -> None:
    migrate(con, "x")
    may_be_null = {row[1] for row in con.execute("PRAGMA table_xinfo('player_rounds')") if not row[3]}
    running = {column.name for column in RUNNING if column.since == FEWEST}
    assert may_be_null == {*COUNTERS, "time_dead_seconds", "attack", "result"} - running


def test_the_words_of_the_ledger_are_the_domains(con: sqlite3.Connection) -> None:
    migrate(con, "x")
    assert set(LedgerRow._fields) <= set(columns(con, "processed_files"))
    assert set(OutboxItem._fields) - {"round_key", "happened_at"} | {"subject", "reason_words"} == set(
        columns(con, "outbox")
    )
    schema = dict(con.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'"))
    assert all(f"'{word}'" in schema["processed_files"] for word in FileState)


def test_a_new_kind_of_post_needs_no_new_table() -> None:
    con = sqlite3.connect(":memory:", isolation_level=None)
    migrate(con, "memory")
    con.execute("INSERT INTO outbox (kind, state, not_before, created_at) VALUES ('a new kind', 'a new state', 0, 0)")
    with pytest.raises(sqlite3.IntegrityError):  # what every post obeys stays
        con.execute("INSERT INTO outbox (kind, state, not_before, created_at) VALUES ('round', 'sent', 0, 0)")
