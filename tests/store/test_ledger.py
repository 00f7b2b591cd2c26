"""`processed_files`: one row per entry, in one state, and what is imported stays imported."""

from __future__ import annotations

import pytest

from bot.domain.audit.states import FileState, LedgerRow
from bot.errors import StoreError
from bot.store import ledger
from rigs.builders import a_file_reason, an_r1
from rigs.world import World

R1 = an_r1()
SEEN = LedgerRow("a", FileState.SEEN, None, 10, 20)


async def record(world: World, *rows: LedgerRow, now: int = 100) -> None:
    await world.app.db.write(lambda tx: ledger.record(tx, world.app.server, rows, now=now))


async def test_a_row_comes_back_as_it_was_written(world: World) -> None:
    rows = [
        SEEN,
        LedgerRow("b", FileState.REJECTED, a_file_reason("line 1: bad"), 1, 2, "ab" * 32),
        LedgerRow("c", FileState.RETRYING, a_file_reason("denied"), 1, 2, attempts=3, retry_at=99),
        LedgerRow("d\\xff", FileState.IGNORED, a_file_reason("junk"), None, None),
    ]
    await record(world, *rows)
    assert await ledger.find(world.app.db, world.app.server, [row.filename for row in rows]) == {
        row.filename: row for row in rows
    }
    assert sorted(await ledger.load(world.app.db, world.app.server)) == sorted(rows)


async def test_a_name_has_one_row_in_one_state(world: World) -> None:
    await record(world, SEEN)
    await record(world, SEEN._replace(state=FileState.DOWNLOADED), now=200)
    [row] = await world.rows("SELECT state, first_seen_at, updated_at FROM processed_files")
    assert tuple(row) == ("downloaded", 100, 200)


@pytest.mark.parametrize("state", [state for state in FileState if state is not FileState.IMPORTED])
async def test_what_is_imported_stays_imported(world: World, state: FileState) -> None:
    await world.add(R1)
    before = await world.row(R1.name)
    retry_at = 5 if state is FileState.RETRYING else None
    await record(world, LedgerRow(R1.name, state, a_file_reason("because"), 1, 1, retry_at=retry_at))
    assert await world.row(R1.name) == before


@pytest.mark.parametrize(
    "row",
    [
        SEEN._replace(state=FileState.IMPORTED),
        SEEN._replace(state=FileState.RETRYING, reason=a_file_reason("x")),
        SEEN._replace(state=FileState.REJECTED),
        SEEN._replace(state=FileState.IGNORED),
        SEEN._replace(retry_at=5),
        SEEN._replace(round_id=12345, state=FileState.IMPORTED),
    ],
)
async def test_a_state_without_what_belongs_to_it_is_refused(world: World, row: LedgerRow) -> None:
    with pytest.raises(StoreError):
        await record(world, SEEN._replace(filename="before"), row)
    assert await world.count("processed_files") == 0


async def test_success_is_what_is_imported_and_nothing_else(world: World) -> None:
    await world.add(R1)
    await record(world, SEEN)
    rows = await world.rows("SELECT filename, success FROM processed_files")
    assert {row["filename"]: row["success"] for row in rows} == {R1.name: 1, "a": 0}


async def test_files_are_counted_by_their_states(world: World) -> None:
    await world.add(R1)
    await record(world, SEEN, SEEN._replace(filename="b"), LedgerRow("c", FileState.IGNORED, a_file_reason("junk")))
    counts = await ledger.count(world.app.db, world.app.server)
    assert {state: number for state, number in counts.items() if number} == {
        FileState.IMPORTED: 1, FileState.SEEN: 2, FileState.IGNORED: 1,
    }  # fmt: skip
    assert await ledger.ignored(world.app.db, world.app.server) == 1


async def test_another_servers_rows_are_not_ours(world: World) -> None:
    await world.app.db.write(lambda tx: tx.execute("INSERT INTO servers (name, timezone) VALUES ('two', 'UTC')"))
    await world.app.db.write(lambda tx: ledger.record(tx, world.app.server + 1, [SEEN], now=1))
    assert await ledger.find(world.app.db, world.app.server, ["a"]) == {}


async def test_ten_thousand_names_are_one_question(world: World) -> None:
    await record(world, *(SEEN._replace(filename=f"f{number}") for number in range(10_000)))
    names = [f"f{number}" for number in range(0, 20_000, 2)]
    assert len(await ledger.find(world.app.db, world.app.server, names)) == 5_000
