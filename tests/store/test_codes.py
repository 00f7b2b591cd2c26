"""Codes and their parameters come back as they were stored; sentences of older databases become codes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.model import Aside, Note, NoteCode, Reason
from bot.domain.posts import Correction, CorrectionCode, PostReason, PostReasonCode
from bot.present.words.reasons import correction_text, exported_note_text, post_reason_text, reason_text
from bot.store import codes
from bot.store.file.migrate import migrate, scripts

NAMES = [
    "anna",
    "the 5 known",
    "{name}",
    "'s counters began again",
    "äé漢 ^1",
    'a "quoted" \\ one',
    "x watched this round",
]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
REASONS = st.builds(Reason, st.sampled_from(Aside), TEXTS)
WORDED = (Aside.IGNORED, Aside.OLDER)
SENTENCES = ("aborted", "carried_over", "unpaired", "ambiguous", "few_humans", "mostly_bots")
"""Whatever versions without codes set rounds aside for."""
OLD_REASONS = [Reason(Aside(code)) for code in SENTENCES] + [
    Reason(Aside.IGNORED, "a copy: of it"), Reason(Aside.OLDER, "a sentence that no version wrote"),
]  # fmt: skip
NAMED = (
    NoteCode.JOINED, NoteCode.RECONNECTED, NoteCode.RESET, NoteCode.WATCHED, NoteCode.LEFT, NoteCode.TIME,
    NoteCode.TWICE,
)  # fmt: skip
OLD_NOTES = [Note(code, "0123ABCD", name) for code in NAMED for name in NAMES] + [
    Note(NoteCode.CUMULATIVE), Note(NoteCode.NEWER, extra=2, known=38), Note(NoteCode.UNBALANCED),
    Note(NoteCode.OLDER, "0123ABCD", words="anna did something that no version noted"),
]  # fmt: skip
WITH_REASON = (CorrectionCode.COUNTS_NO_MORE, CorrectionCode.OTHER_REASON)
NEVER_A_SENTENCE = (CorrectionCode.FINISHED, CorrectionCode.TEAMS)  # came when codes were there
OLD_CORRECTIONS = [
    Correction(code) for code in CorrectionCode if code not in (*WITH_REASON, *NEVER_A_SENTENCE, CorrectionCode.OLDER)
] + [
    *(Correction(code, reason) for code in WITH_REASON for reason in OLD_REASONS),
    Correction(CorrectionCode.OLDER, Reason(Aside.OLDER, "words that no version wrote")),
]


@given(st.none() | REASONS)
def test_a_reason_comes_back_as_it_was(reason: Reason | None) -> None:
    assert codes.reason_of(*codes.reason_columns(reason).values()) == reason


@given(st.builds(Note, st.sampled_from(NoteCode), TEXTS, TEXTS, st.integers(0, 99), st.integers(0, 99), TEXTS))
def test_a_note_comes_back_as_it_was(note: Note) -> None:
    con = sqlite3.connect(":memory:")
    con.row_factory = sqlite3.Row
    row = con.execute(
        "SELECT :code AS code, :guid AS guid, :parameters AS parameters", codes.note_columns(note)
    ).fetchone()
    con.close()
    assert codes.note_of(row) == note


def test_what_somebody_wrote_by_hand_stays_readable() -> None:
    assert codes.reason_of("cheater", None) == Reason(Aside.OLDER, "cheater")
    with closing(sqlite3.connect(":memory:")) as con:
        con.row_factory = sqlite3.Row
        row = con.execute("SELECT 'cheater' AS code, '' AS guid, '{}' AS parameters").fetchone()
    assert codes.note_of(row) == Note(NoteCode.OLDER, words="cheater")


@given(st.none() | st.builds(PostReason, st.sampled_from(PostReasonCode), TEXTS))
def test_a_post_s_reason_comes_back_as_it_was(reason: PostReason | None) -> None:
    assert codes.post_reason_of(*codes.post_reason_columns(reason).values()) == reason


@pytest.mark.parametrize(
    "sentence",
    ["match posts are switched off in /settings", "fewer than 6 players, see /settings", "too old to be news",
     "an admin saw it", "deleted on Discord", "its answer may still come", "edited a moment ago",
     "403: missing permissions; in #stats the bot lacks: Send Messages", None],
)  # fmt: skip
def test_a_post_s_sentence_of_before_becomes_a_code_and_reads_the_same(sentence: str | None) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as con:
        con.row_factory = sqlite3.Row
        con.execute("CREATE TABLE outbox (kind TEXT, reason TEXT)")
        con.execute("INSERT INTO outbox VALUES ('match', ?)", (sentence,))
        con.executescript(next(script for _, script in scripts() if "reason_words TEXT;\nUPDATE outbox" in script))
        row = con.execute("SELECT reason, reason_words FROM outbox").fetchone()
    reason = codes.post_reason_of(*row)
    assert (None if reason is None else post_reason_text(reason)) == sentence
    assert reason is None or (reason.code is PostReasonCode.SAID) == (sentence or "").startswith("403")


@given(st.builds(Correction, st.sampled_from(CorrectionCode), st.none() | REASONS))
def test_a_correction_comes_back_as_it_was(correction: Correction) -> None:
    assert codes.correction_of(codes.correction_column(correction)) == correction


@pytest.fixture
def con() -> Iterator[sqlite3.Connection]:
    """A database from before the codes, with every sentence that was ever stored."""
    con = sqlite3.connect(":memory:", isolation_level=None)
    con.row_factory = sqlite3.Row
    for _, script in scripts()[:4]:
        con.executescript(script)
    con.execute("PRAGMA foreign_keys = OFF")
    con.execute("INSERT INTO servers (id, name, timezone) VALUES (1, 'main', 'UTC')")
    for number, reason in enumerate([None, *OLD_REASONS], 1):
        con.execute(
            "INSERT INTO rounds (id, server_id, filename, sha256, map, number, ended_at, host, config, defender,"
            " winner, time_limit, next_limit, tab_fields, state, reason, digest, imported_at)"
            " VALUES (?, 1, ?, 'sha', 'supply', 1, 0, '', '', 1, 2, 720, 0, 38, ?, ?, 'digest', 0)",
            (number, f"file {number}", "set_aside" if reason else "counted", reason and reason_text(reason)),
        )
    for position, note in enumerate(OLD_NOTES):
        code = note.code if note.code is not NoteCode.OLDER else "watched"
        con.execute(
            "INSERT INTO round_notes (round_id, position, code, guid, text) VALUES (1, ?, ?, ?, ?)",
            (position, code, note.guid, exported_note_text(note)),
        )
    for number, correction in enumerate([None, *OLD_CORRECTIONS], 1):
        con.execute(
            "INSERT INTO outbox (id, kind, session, state, corrected, not_before, created_at)"
            " VALUES (?, 'recap', ?, 'waiting', ?, 0, 0)",
            (number, number, correction and correction_text(correction)),
        )
    migrate(con, "x")
    yield con
    con.close()


def test_old_reasons_become_codes(con: sqlite3.Connection) -> None:
    rows = con.execute("SELECT reason, reason_words FROM rounds ORDER BY id").fetchall()
    assert [codes.reason_of(*row) for row in rows] == [None, *OLD_REASONS]


def test_old_notes_become_codes_with_their_names_and_numbers(con: sqlite3.Connection) -> None:
    notes = [codes.note_of(row) for row in con.execute("SELECT * FROM round_notes ORDER BY position")]
    assert notes == OLD_NOTES
    stored = [row[0] for row in con.execute("SELECT parameters FROM round_notes ORDER BY position")]
    assert stored == [codes.note_columns(note)["parameters"] for note in notes], "deriving anew changes no letter"


def test_old_corrections_become_codes(con: sqlite3.Connection) -> None:
    rows = con.execute("SELECT corrected FROM outbox ORDER BY id").fetchall()
    assert [codes.correction_of(row[0]) for row in rows] == [None, *OLD_CORRECTIONS]
