"""Repairs lose nothing: interrupted half-way they are run again, and a round that comes back is no news."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing

import pytest

from bot.domain.audit.states import FileState
from bot.domain.game.file.reasons import FileReason, FileReasonCode
from bot.errors import StoreError
from rigs.builders import a_session, an_r1, an_r2
from rigs.world import World

R1 = an_r1()
R2 = an_r2(R1)


async def test_a_restoration_that_is_interrupted_goes_on_where_it_stopped(world: World) -> None:
    files = a_session(3)
    world.put_all(files)
    await world.poll(times=2)
    for file in files:
        (world.app.mirror.folder / file.name).unlink()
    written: list[str] = []

    def stop_at_the_third(step: str) -> None:
        written.append(step)
        if written.count("part written") == 3:
            raise RuntimeError("killed")

    world.on_step = stop_at_the_third
    with pytest.raises(RuntimeError):
        await world.app.repairs.restore(await world.app.repairs.missing())
    world.on_step = lambda _step: None
    rest = await world.app.repairs.missing()
    assert rest == [file.name for file in files[2:]]
    assert (await world.app.repairs.restore(rest)).done == rest
    assert await world.app.repairs.missing() == []


async def test_a_round_that_was_lost_comes_back_and_is_not_posted_again(world: World) -> None:
    world.put_all([R1, R2])
    await world.poll(times=2)
    posts = await world.count("outbox")

    # our own constraints forbid this world
    await world.app.db.write(
        lambda tx: [
            tx.execute("PRAGMA defer_foreign_keys = ON"),
            tx.execute("DELETE FROM outbox"),
            tx.execute("UPDATE rounds SET first_round_id = NULL"),
            tx.execute("DELETE FROM processed_files WHERE filename = ?", (R2.name,)),
            tx.execute("DELETE FROM rounds WHERE filename = ?", (R2.name,)),
        ]
    )
    assert posts
    report = await world.app.repairs.reimport([R2.name], dry_run=False)
    assert report.done == [R2.name]
    assert await world.state(R2.name) is FileState.IMPORTED
    assert await world.count("outbox") == 0


async def test_reimport_shows_what_differs_and_keeps_the_identity(world: World) -> None:
    world.put_all([R1])
    await world.poll(times=2)
    before = await world.rows("SELECT id FROM rounds")
    other = an_r1(players=[*R1.report.players[:-1]])
    world.put(R1.name, other.data)
    dry = await world.app.repairs.reimport([R1.name], dry_run=True)
    wet = await world.app.repairs.reimport([R1.name], dry_run=False)
    assert dry.details == wet.details
    assert any("no longer in it" in line for line in wet.details[R1.name])
    assert await world.rows("SELECT id FROM rounds") == before
    assert world.app.mirror.read(R1.round_name) == other.data


async def test_a_broken_file_does_not_replace_a_round(world: World) -> None:
    world.put_all([R1])
    await world.poll(times=2)
    world.put(R1.name, b"torn")
    before = await world.export()
    report = await world.app.repairs.reimport([R1.name], dry_run=False)
    assert list(report.failed) == [R1.name]
    assert await world.export() == before


async def damaged(world: World, *statements: str) -> None:
    """Our own constraints forbid this world: somebody wrote into the database with foreign keys switched off."""
    with closing(sqlite3.connect(world.app.db.path)) as con:
        con.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            con.execute(statement, (R1.name,))
        con.commit()


async def test_a_round_stripped_of_its_players_is_whole_again_after_a_reimport(world: World) -> None:
    world.put_all([R1, R2])
    await world.poll(times=2)
    before = await world.export()
    await damaged(world, "DELETE FROM player_rounds WHERE round_id = (SELECT id FROM rounds WHERE filename = ?)")
    assert (await world.app.repairs.reimport([R1.name], dry_run=False)).done == [R1.name]
    assert await world.export() == before


@pytest.mark.parametrize("content", [b"\0", zlib.compress(R1.data.replace(b"supply", b"suppli"))])
async def test_bytes_that_are_damaged_in_the_database_come_from_the_server(world: World, content: bytes) -> None:
    world.put_all([R1, R2])
    await world.poll(times=2)
    which = "WHERE sha256 = (SELECT sha256 FROM rounds WHERE filename = ?)"
    await damaged(world, f"UPDATE evidence SET content = x'{content.hex()}' {which}")
    (world.app.mirror.folder / R1.name).unlink()
    report = await world.app.repairs.restore(await world.app.repairs.missing())
    assert (report.done, report.failed) == ([R1.name], {})
    assert world.app.mirror.read(R1.round_name) == R1.data


async def test_a_file_of_the_same_length_with_another_content_is_missing_too(world: World) -> None:
    world.put_all([R1])
    await world.poll(times=2)
    path = world.app.mirror.folder / R1.name
    path.write_bytes(R1.data.replace(b"supply", b"suppli"))
    assert await world.app.repairs.missing() == [R1.name]
    assert (await world.app.repairs.restore([R1.name])).done == [R1.name]
    assert path.read_bytes() == R1.data


async def test_another_file_under_the_same_name_is_no_restoration(world: World) -> None:
    world.put_all([R1])
    await world.poll(times=2)
    await damaged(world, "DELETE FROM evidence WHERE sha256 = (SELECT sha256 FROM rounds WHERE filename = ?)")
    (world.app.mirror.folder / R1.name).unlink()
    world.remote.overwrite(R1.name, R1.data.replace(b"supply", b"suppli"))
    report = await world.app.repairs.restore([R1.name])
    assert report.failed == {R1.name: FileReason(FileReasonCode.OTHER_BYTES)}
    assert not (world.app.mirror.folder / R1.name).exists()


async def test_a_download_that_is_not_what_was_imported_is_told(world: World) -> None:
    world.put_all([R1, R2])
    await world.poll(times=2)
    world.remote.overwrite(R1.name, R1.data.replace(b"supply", b"suppli"))
    report = await world.app.repairs.redownload()
    assert sorted(report.done) == [R1.name, R2.name]
    assert report.details == {R1.name: ["it is not the file that was imported: see --reimport"]}


async def test_bytes_that_are_gone_stop_a_rebuild_and_come_back_by_a_reimport(world: World) -> None:
    world.put_all([R1, R2])
    await world.poll(times=2)
    before = await world.export()
    await damaged(world, "DELETE FROM evidence WHERE sha256 = (SELECT sha256 FROM rounds WHERE filename = ?)")
    with pytest.raises(StoreError, match="lost the bytes"):
        await world.app.importer.rebuild()
    (world.app.mirror.folder / R1.name).unlink()
    assert await world.app.repairs.missing() == [R1.name]
    assert (await world.app.repairs.restore([R1.name])).done == [R1.name]
    assert (await world.app.repairs.reimport([R1.name], dry_run=False)).done == [R1.name]
    assert await world.app.importer.rebuild() == (2, 0)
    assert await world.export() == before


async def test_a_round_that_is_lost_for_good_can_be_ignored_and_stays_out(world: World) -> None:
    world.put_all([R1])
    await world.poll(times=2)
    await damaged(world, "DELETE FROM rounds WHERE filename = ?")
    done = await world.app.repairs.ignore([R1.name], reason="lost", by="a test")
    assert done.done == [R1.name]
    assert await world.state(R1.name) is FileState.IGNORED
    assert (await world.poll(times=2)).imported == []


async def test_a_retry_of_unchanged_bytes_is_no_new_rejection(world: World) -> None:
    world.put(R1.name, R1.data[:200])
    await world.poll(times=3, wait=11)
    rejected_at = await updated_at(world)
    world.clock.pass_by(10 * 86400)
    assert (await world.app.repairs.retry([R1.name])).done == [R1.name]
    assert list((await world.poll(times=3, wait=11)).rejected) == [R1.name]
    assert await updated_at(world) == rejected_at
    world.put(R1.name, R1.data[:210])
    assert list((await world.poll(times=3, wait=11)).rejected) == [R1.name]
    assert await updated_at(world) > rejected_at


async def updated_at(world: World) -> int:
    return int(await world.app.db.value("SELECT updated_at FROM processed_files WHERE filename = :name", name=R1.name))
