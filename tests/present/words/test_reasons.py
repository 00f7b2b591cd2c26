"""Every code has its own sentence, and no sentence is stored or compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pytest

from bot.domain.audit.states import GateReasonCode
from bot.domain.game.file.reasons import FileReason, FileReasonCode, FileUnreadable
from bot.domain.game.model import Aside, Note, NoteCode, Reason
from bot.domain.posts import Correction, CorrectionCode, PostReasonCode
from bot.domain.stats.rounds.explanations import Reckoning
from bot.domain.trouble import TroubleCode
from bot.present.words import reasons
from bot.present.words.reasons import (
    because,
    correction_text,
    exported_note_text,
    left_out_words,
    note_text,
    reason_text,
)
from rigs.builders import a_player, an_r1, an_r2
from rigs.world import World

FIRST = an_r1()
SECOND = an_r2(FIRST, fresh=["axis0"])
ORPHAN = an_r2(an_r1(map="goldrush", at="2026-03-01-230000"))
TORN, DENIED = an_r1(map="a", at="2026-03-01-220000"), an_r1(map="b", at="2026-03-01-221000")
ALONE = an_r1(map="radar", at="2026-03-02-210000", players=[a_player("anna")], tab_fields=40)
TABLES: list[tuple[type[StrEnum], Mapping[Any, Any]]] = [
    (Aside, reasons.ASIDES),
    (NoteCode, reasons.NOTES),
    (Reckoning, reasons.RECKONINGS),
    (CorrectionCode, reasons.CORRECTIONS),
    (FileReasonCode, reasons.FILE_REASONS),
    (GateReasonCode, reasons.GATE_REASONS),
    (PostReasonCode, reasons.POST_REASONS),
    (TroubleCode, reasons.TROUBLES),
]


@pytest.mark.parametrize(("codes", "table"), TABLES)
def test_every_code_has_a_sentence(codes: type[StrEnum], table: Mapping[Any, Any]) -> None:
    assert set(table) == set(codes)
    assert all(table.values())


@pytest.mark.parametrize(("codes", "table"), TABLES[:-1])
def test_no_two_codes_have_the_same_sentence(codes: type[StrEnum], table: Mapping[Any, Any]) -> None:
    assert len(set(table.values())) == len(codes)


def test_the_short_words_are_distinct_but_for_whatever_left_a_round_2_alone() -> None:
    alone = [code for code in Aside if code.name.startswith("UNPAIRED")]
    assert {reasons.ASIDES[code].short for code in alone} == {"unpaired"}
    assert len({words.short for words in reasons.ASIDES.values()}) == len(Aside) - len(alone) + 1
    left_out = [(Aside.UNPAIRED_LIMIT, 2), (Aside.ABORTED, 2), (Aside.UNPAIRED, 1)]
    assert reasons.left_out_words(left_out) == [("unpaired", 3), ("aborted", 2)]


def test_a_reason_is_told_whole_and_without_its_heading() -> None:
    assert reason_text(Reason(Aside.ABORTED)) == "aborted: the round was broken off in mid-play"
    assert because(Reason(Aside.ABORTED)) == "the round was broken off in mid-play"
    assert reason_text(Reason(Aside.IGNORED, "a {test}: of braces")) == "ignored by an admin: a {test}: of braces"
    assert because(Reason(Aside.IGNORED, "a {test}: of braces")) == "a {test}: of braces"
    assert because(None) == "no reason is known"


def test_what_a_sentence_needs_is_in_it() -> None:
    assert note_text(Note(NoteCode.JOINED, "1", "{0}")) == "{0} is not in round 1: the line counts this round alone"


def test_nobody_is_called_he_where_people_read() -> None:
    for sentence in (str(words) for _, table in TABLES for words in table.values()):
        assert not re.search(r"\b(he|his|him|she|her)\b", sentence), sentence


def test_an_exported_note_keeps_its_words() -> None:
    note = Note(NoteCode.RECONNECTED, "1", "anna")
    assert exported_note_text(note) == "anna reconnected: part of the round is missing from his line"
    assert exported_note_text(Note(NoteCode.WATCHED, "1", "anna")) == note_text(Note(NoteCode.WATCHED, "1", "anna"))
    assert note_text(Note(NoteCode.NEWER, extra=2, known=38)) == "2 tab fields beyond the 38 known ones are ignored"
    no_more = Correction(CorrectionCode.COUNTS_NO_MORE, Reason(Aside.FEW_HUMANS))
    assert correction_text(no_more) == "it does not count any more, fewer than two humans played"


def test_what_was_left_out_is_told_by_its_number_and_then_by_its_words() -> None:
    left_out = [(Aside.UNPAIRED, 2), (Aside.MOSTLY_BOTS, 1), (Aside.AMBIGUOUS, 1), (Aside.ABORTED, 5)]
    assert left_out_words(left_out) == [("aborted", 5), ("unpaired", 2), ("mostly bots", 1), ("one GUID twice", 1)]


def reword(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sentence is another one."""
    words = {code: reasons.AsideWords(f"short {code}", f"because {code}", f"{code}! ") for code in Aside}
    monkeypatch.setattr(reasons, "ASIDES", words)
    for name in ("NOTES", "RECKONINGS", "CORRECTIONS", "TROUBLES", "FILE_REASONS", "GATE_REASONS", "POST_REASONS"):
        monkeypatch.setattr(reasons, name, {code: f"reworded {code}" for code in getattr(reasons, name)})


async def stored(world: World) -> list[list[tuple[object, ...]]]:
    """Everything that is kept of rounds and posts, but the instant of the import."""
    rounds = await world.rows("SELECT * FROM rounds ORDER BY id")
    kept = [tuple(row[name] for name in row.keys() if name != "imported_at") for row in rounds]  # noqa: SIM118
    notes = await world.rows("SELECT * FROM round_notes ORDER BY round_id, position")
    posts = await world.rows("SELECT revision, corrected, reason FROM outbox ORDER BY id")
    files = await world.rows(
        "SELECT filename, state, reason, reason_parameters, changed_to FROM processed_files ORDER BY filename"
    )
    assert {row["reason"] for row in files} <= {None, *FileReasonCode}
    return [kept, *([tuple(row) for row in rows] for rows in (notes, posts, files))]


async def test_rewording_every_sentence_changes_nothing_that_is_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.add(FIRST, SECOND, ORPHAN, ALONE)
    await world.app.repairs.ignore([FIRST.name], reason="a test", by="a test")
    world.put_all([FIRST, SECOND, ORPHAN, ALONE])
    world.put(TORN.name, TORN.data[:300])
    world.put(DENIED.name, DENIED.data)
    world.put("2026-03-01-210000-supply-endstats.txt", b"")
    world.remote.unreadable[DENIED.name] = FileUnreadable(FileReason(FileReasonCode.REFUSED, what=DENIED.name))
    await world.poll(times=3)
    world.remote.overwrite(FIRST.name, b"another file")
    await world.poll(times=3, wait=700)
    before, exported = await stored(world), await world.export()
    reword(monkeypatch)
    assert await world.app.importer.rebuild() == (4, 0)
    await world.app.importer.derive_again([FIRST.name, SECOND.name, ORPHAN.name, ALONE.name])
    await world.app.gate.load()
    await world.poll(times=2)
    assert await stored(world) == before
    reworded = await world.export()
    assert reworded != exported
    assert [round["state"] for round in reworded["rounds"]] == [round["state"] for round in exported["rounds"]]
