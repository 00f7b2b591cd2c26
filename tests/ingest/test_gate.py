"""Four layers: three say whether a file is brought in, one says where from, and a set is judged with two queries."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot.domain.audit.states import (
    Action,
    FileStanding,
    FileState,
    GateReason,
    GateReasonCode,
    GateVerdict,
    Layer,
    LedgerRow,
    ServerVersion,
)
from bot.domain.game.file.files import MAX_BYTES
from bot.errors import DatabaseBusy
from bot.ingest.gate import USUAL, by_ledger
from bot.ingest.source.remote import Entry, EntryKind
from bot.present.words.reasons import gate_reason_text
from bot.store import ledger
from bot.store.file.database import Reader, Row
from rigs.builders import a_file_reason, an_archive, an_r1
from rigs.world import NIGHT, World, a_world

R1 = an_r1()
MTIME = R1.filed().ended_at
ENTRY = Entry(R1.name, len(R1.data), MTIME)


@pytest.fixture
def questions(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every question that this world's database is asked from now on, by whichever of its readers."""
    asked: list[str] = []
    answer = Reader.all

    async def counted(self: Reader, sql: str, /, **parameters: Any) -> list[Row]:
        asked.append(sql)
        return await answer(self, sql, **parameters)

    monkeypatch.setattr(Reader, "all", counted)
    return asked


def a_row(state: FileState, **changed: Any) -> LedgerRow:
    """The ledger's row about `ENTRY`."""
    reason = None if state in (FileState.SEEN, FileState.DOWNLOADED, FileState.IMPORTED) else a_file_reason("because")
    return LedgerRow(ENTRY.name, state, reason, ENTRY.size, MTIME)._replace(**changed)


async def verdict(world: World, entry: Entry = ENTRY) -> GateVerdict:
    return (await world.app.gate.prepare([entry.name])).should_process_file(entry)


async def test_a_new_file_is_to_be_downloaded(world: World) -> None:
    said = await verdict(world)
    assert (said.action, said.layer) == (Action.FETCH, Layer.LOCAL)


async def test_layer_1_a_remembered_file_is_skipped_with_the_reason_of_the_layer_that_settled_it(world: World) -> None:
    settled = GateReason(GateReasonCode.SETTLED, FileStanding(FileState.IMPORTED, a_file_reason("by somebody")))
    world.app.gate.remember(ENTRY, Layer.ROUNDS, settled)
    assert (await verdict(world))[:3] == (Action.SKIP, Layer.ROUNDS, settled)
    changed = ENTRY._replace(mtime=MTIME + 1)
    assert (await verdict(world, changed)).action is Action.FETCH


@pytest.mark.parametrize("size", [None, 0, 1, 1 << 34, (1 << 63) - 1])
@pytest.mark.parametrize("mtime", [None, -1, 0, (1 << 34) - 1, 1 << 34, (1 << 63) - 1])
async def test_memory_settles_the_very_size_and_time_that_it_has(
    world: World, size: int | None, mtime: int | None
) -> None:
    entry = ENTRY._replace(size=size, mtime=mtime)
    world.app.gate.settle(entry, Layer.LEDGER, FileStanding(FileState.IMPORTED))
    assert world.app.gate.unknown([entry]) == []
    memory = (await verdict(world, entry)).known.memory
    assert memory is not None
    assert memory[:2] == (size, mtime)
    others = [
        entry._replace(size=other, mtime=time) for other in (None, 0, 7, 1 << 63) for time in (None, -1, 0, 7, 1 << 34)
    ]
    differing = [other for other in others if other != entry]
    assert world.app.gate.unknown(others) == differing


async def test_layer_2_says_only_where_from(world: World) -> None:
    world.keep(R1.name, R1.data)
    said = await verdict(world)
    assert (said.action, said.layer) == (Action.TAKE, Layer.LOCAL)
    await world.add(R1)
    assert (await verdict(world)).action is Action.SKIP, "imported: bytes on disk change nothing"


async def test_layer_2_a_copy_of_another_size_is_no_copy(world: World) -> None:
    world.keep(R1.name, R1.data[:-1])
    assert (await verdict(world)).action is Action.FETCH


async def test_layer_2_after_a_rejection_a_copy_of_the_same_size_must_have_the_same_time(world: World) -> None:
    await _record(world, a_row(FileState.REJECTED, mtime=MTIME - 500))
    world.keep(R1.name, R1.data, MTIME - 500)
    assert (await verdict(world)).action is Action.FETCH
    world.keep(R1.name, R1.data, MTIME)
    assert (await verdict(world)).action is Action.TAKE


@pytest.mark.parametrize(
    ("row", "entry", "action"),
    [
        (a_row(FileState.IMPORTED), ENTRY, Action.SKIP),
        (a_row(FileState.IMPORTED, mtime=None), ENTRY, Action.SKIP),
        (a_row(FileState.IMPORTED), ENTRY._replace(mtime=1), Action.VERIFY),
        (a_row(FileState.IMPORTED), ENTRY._replace(size=1), Action.CHANGED),
        (a_row(FileState.IMPORTED), ENTRY._replace(mtime=1, kind=EntryKind.LINK), Action.CHANGED),
        (a_row(FileState.IMPORTED, changed_to=ServerVersion(1, MTIME, "file")), ENTRY._replace(size=1), Action.SKIP),
        (a_row(FileState.IMPORTED, changed_to=ServerVersion(1, MTIME, "file")), ENTRY._replace(size=2), Action.CHANGED),
        (a_row(FileState.REJECTED), ENTRY, Action.SKIP),
        (a_row(FileState.REJECTED), ENTRY._replace(size=1), None),
        (a_row(FileState.REJECTED), ENTRY._replace(mtime=1), None),
        (a_row(FileState.REJECTED, size=None, mtime=None), ENTRY, None),
        (a_row(FileState.IGNORED), ENTRY, None),  # it is a file now
        (a_row(FileState.IGNORED, size=None), ENTRY, Action.SKIP),  # by an admin
        (a_row(FileState.IMPORTED), ENTRY._replace(size=None, mtime=None), Action.SKIP),
        (a_row(FileState.IMPORTED), ENTRY._replace(size=None, mtime=1), Action.VERIFY),
        (a_row(FileState.IMPORTED), ENTRY._replace(size=1 << 19), Action.VERIFY),
        (a_row(FileState.IGNORED), ENTRY._replace(size=1), None),
        (a_row(FileState.RETRYING, retry_at=NIGHT + 1), ENTRY, Action.WAIT),
        (a_row(FileState.RETRYING, retry_at=NIGHT), ENTRY, None),
        (a_row(FileState.RETRYING, retry_at=NIGHT + 1), ENTRY._replace(size=1), None),
        (a_row(FileState.SEEN), ENTRY, None),
        (a_row(FileState.DOWNLOADED), ENTRY, None),
    ],
)
def test_layer_3_knows_what_the_ledger_says(row: LedgerRow, entry: Entry, action: Action | None) -> None:
    decision = by_ledger(entry, row, fit=entry.kind is EntryKind.FILE, now=NIGHT)
    assert (decision[0] if decision else None) is action
    assert decision is None or (decision[1] is Layer.LEDGER and decision[2])


async def test_layer_4_a_round_without_its_ledger_row_is_mended_and_not_imported_again(world: World) -> None:
    await world.add(R1)
    await world.app.db.write(lambda tx: tx.execute("DELETE FROM processed_files"))
    said = await verdict(world)
    assert (said.action, said.layer) == (Action.MEND, Layer.ROUNDS)


@pytest.mark.parametrize("state", [FileState.SEEN, FileState.REJECTED, FileState.IGNORED, FileState.RETRYING])
async def test_layer_4_overrules_a_ledger_row_that_does_not_know_of_the_round(world: World, state: FileState) -> None:
    await world.add(R1)
    await world.app.db.write(lambda tx: tx.execute("DELETE FROM processed_files"))
    retry_at = 1 if state is FileState.RETRYING else None
    await _record(world, a_row(state, size=1, retry_at=retry_at))
    assert (await verdict(world)).action is Action.MEND


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        (Entry("notes.txt", 1, 1), "name"),
        (Entry("../" + R1.name, 1, 1), "unsafe"),
        (ENTRY._replace(kind=EntryKind.DIRECTORY), "directory"),
        (ENTRY._replace(kind=EntryKind.LINK), "link"),
        (ENTRY._replace(size=MAX_BYTES + 1), "larger"),
    ],
)
async def test_what_is_no_round_file_is_ignored_with_a_reason(world: World, entry: Entry, word: str) -> None:
    said = await verdict(world, entry)
    assert (said.action, said.layer) == (Action.IGNORE, Layer.NAME)
    assert word in gate_reason_text(said.reason)


async def test_a_file_of_the_greatest_size_is_still_taken(world: World) -> None:
    assert (await verdict(world, ENTRY._replace(size=MAX_BYTES))).action is Action.FETCH


async def test_a_listing_is_judged_with_two_queries_however_long_it_is(world: World, questions: list[str]) -> None:
    files = an_archive(300)
    await world.add(*files[:150])
    questions.clear()
    entries = [*(Entry(file.name, len(file.data), 1) for file in files), Entry("junk", 1, 1)]
    prepared = await world.app.gate.prepare(entry.name for entry in entries)
    actions = [prepared.should_process_file(entry).action for entry in entries]
    assert len(questions) == 2
    assert actions == [*[Action.VERIFY] * 150, *[Action.FETCH] * 150, Action.IGNORE]


async def test_a_poll_asks_two_questions_about_new_files_and_none_where_nothing_is_new(
    world: World, questions: list[str]
) -> None:
    files = an_archive(20)
    await world.add(*files[:10])
    await world.app.gate.load()
    world.put_all(files[:10])
    questions.clear()
    assert (await world.poll()).looked_at == 10
    assert questions == [], "memory settles them all"
    newest = an_r1(at="2026-03-02-210000")
    world.put_all([*files[10:], newest])
    assert (await world.poll()).pending == 1
    assert sum("processed_files" in sql and "rounds" not in sql for sql in questions) == 1
    questions.clear()
    await world.app.db.write(lambda tx: tx.execute("DELETE FROM processed_files WHERE filename = ?", (files[0].name,)))
    world.app.gate.forget(files[0].name)
    world.put("junk", b"")
    world.put(files[1].name, files[1].data[:-1])
    report = await world.poll(wait=0.5)
    assert (report.ignored, report.changed, report.pending) == (1, [files[1].name], 1)
    assert await world.state(files[0].name) is FileState.IMPORTED, "mended from what was looked up"
    assert len(questions) == 4, "the ledger, the rounds; how much junk there is; and this test"


async def test_memory_is_filled_from_the_ledger_at_a_restart_and_names_the_ledger(tmp_path: Path) -> None:
    async with a_world(tmp_path) as first:
        await first.add(R1)
    async with a_world(tmp_path, before=first) as world:
        assert world.app.gate.settled() == 1
        assert world.app.gate.unknown([ENTRY]) == []
        assert (await verdict(world))[:3] == (Action.SKIP, *USUAL)


async def test_what_is_not_settled_is_not_remembered(tmp_path: Path) -> None:
    async with a_world(tmp_path) as first:
        await _record(first, a_row(FileState.SEEN))
        await _record(first, a_row(FileState.RETRYING, retry_at=1)._replace(filename=an_r1(map="b").name))
        await _record(first, a_row(FileState.REJECTED, size=None, mtime=None)._replace(filename=an_r1(map="c").name))
    async with a_world(tmp_path, before=first) as world:
        assert world.app.gate.settled() == 0


async def test_a_locked_database_is_no_answer_and_the_file_is_left_for_the_next_poll(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.put(R1.name, R1.data)
        await world.poll()
        await world.app.db.write(lambda tx: tx.execute("PRAGMA busy_timeout = 50").fetchall())
        other = sqlite3.connect(world.app.db.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy):
            await world.poll()
        other.execute("ROLLBACK")
        other.close()
        assert (await world.poll()).imported == [R1.name]


async def test_an_answer_carries_what_every_layer_knows(world: World) -> None:
    await world.add(R1)
    world.keep(R1.name, R1.data)
    world.app.gate.remember(ENTRY, *USUAL)
    known = (await verdict(world, ENTRY._replace(size=1))).known
    assert known.name == R1.round_name
    assert known.memory == (ENTRY.size, MTIME, *USUAL)
    assert known.local == (ENTRY.size, MTIME)
    assert known.row == await world.row(R1.name)
    assert known.round is not None
    assert known.round.id == 1
    assert (await verdict(world, Entry("junk", 1, 1))).known[1:] == (None, None, None, None)


@pytest.mark.parametrize("where", ["ledger", "disk", "nowhere"])
async def test_why_asks_about_a_file_as_it_was_last_seen(world: World, where: str) -> None:
    if where == "ledger":
        await _record(world, a_row(FileState.SEEN))
        world.keep(R1.name, R1.data + b" ")
    elif where == "disk":
        world.keep(R1.name, R1.data)
    entry = (await world.app.gate.prepare([R1.name])).last_seen(R1.name)
    assert entry == (Entry(R1.name, 0, 0) if where == "nowhere" else ENTRY)


async def _record(world: World, row: LedgerRow) -> None:
    await world.app.db.write(lambda tx: ledger.record(tx, world.app.server, [row], now=NIGHT))
