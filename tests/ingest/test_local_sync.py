"""At the start `local_stats/` is brought into `processed_files`: what is on disk and not imported, from there."""

from __future__ import annotations

from pathlib import Path

from bot.domain.audit.states import FileState, LedgerRow
from bot.ingest.outcomes import Poll
from bot.store import ledger
from rigs.builders import a_file_reason, a_session, an_archive, an_r1, an_r2
from rigs.world import World, a_world

R1 = an_r1()


async def test_what_is_on_disk_and_not_imported_is_imported_from_there(new_world: World) -> None:
    files = a_session(2)
    for file in files:
        new_world.keep(file.name, file.data)
    report = await new_world.app.sync_local()
    assert len(report.imported) + len(report.set_aside) == len(files)
    new_world.put_all(files)
    await new_world.poll(times=3)
    assert new_world.remote.calls["reads"] == 0
    assert await new_world.count("rounds") == len(files)


async def test_a_second_sync_finds_nothing_to_do(new_world: World) -> None:
    new_world.keep(R1.name, R1.data)
    await new_world.app.sync_local()
    assert await new_world.app.sync_local() == Poll()


async def test_more_files_than_one_batch_holds_are_all_imported(new_world: World) -> None:
    for file in an_archive(230):
        new_world.keep(file.name, file.data)
    await new_world.app.sync_local()
    assert await new_world.count("rounds") == 230


async def test_what_is_imported_and_gone_from_disk_stays_imported(tmp_path: Path) -> None:
    async with a_world(tmp_path) as first:
        first.put(R1.name, R1.data)
        await first.poll(times=2)
        before = await first.export()
        (tmp_path / "local_stats" / R1.name).unlink()
    async with a_world(tmp_path, before=first) as world:
        assert await world.app.sync_local() == Poll()
        await world.poll(times=3)
        assert await world.export() == before
        assert world.remote.calls["reads"] == 1


async def test_a_copy_of_another_size_than_the_servers_is_left_to_the_server(new_world: World) -> None:
    new_world.put(R1.name, R1.data)
    await new_world.poll()
    new_world.keep(R1.name, R1.data[:300])
    assert await new_world.app.sync_local() == Poll()
    assert await new_world.state(R1.name) is FileState.SEEN
    assert (await new_world.poll()).imported == [R1.name]
    assert new_world.remote.calls["reads"] == 1


async def test_a_copy_of_the_size_that_the_server_listed_has_the_servers_time(new_world: World) -> None:
    new_world.put(R1.name, R1.data)
    await new_world.poll()
    new_world.keep(R1.name, R1.data, mtime=1)
    await new_world.app.sync_local()
    row = await new_world.row(R1.name)
    assert row is not None
    assert (row.state, row.mtime) == (FileState.IMPORTED, new_world.remote.files[R1.name].mtime)


async def test_a_copy_with_another_time_than_the_servers_is_compared_once(new_world: World) -> None:
    new_world.keep(R1.name, R1.data, mtime=1)
    await new_world.app.sync_local()
    new_world.put(R1.name, R1.data)
    report = await new_world.poll(times=4)
    assert (report.imported, report.changed) == ([], [])
    assert new_world.remote.calls["reads"] == 1


async def test_a_bad_copy_is_rejected_and_mended_by_the_server(new_world: World) -> None:
    new_world.keep(R1.name, R1.data[:300])
    report = await new_world.app.sync_local()
    assert list(report.rejected) == [R1.name]
    new_world.put(R1.name, R1.data)
    report.add(await new_world.poll(times=3))
    assert report.imported == [R1.name]
    assert not report.attention, "it needs nobody any more"


async def test_a_bad_copy_that_no_server_has_is_reported_once(new_world: World) -> None:
    new_world.keep(R1.name, R1.data[:300])
    assert (await new_world.app.sync_local()).attention
    assert not (await new_world.app.sync_local()).attention
    new_world.keep(R1.name, R1.data)
    assert (await new_world.app.sync_local()).imported == [R1.name]


async def test_a_file_waiting_for_its_next_attempt_is_taken_from_disk(new_world: World) -> None:
    row = LedgerRow(
        R1.name, FileState.RETRYING, a_file_reason("permission denied"), len(R1.data), 1, attempts=9, retry_at=1 << 40
    )
    await new_world.app.db.write(lambda tx: ledger.record(tx, new_world.app.server, [row], now=1))
    new_world.keep(R1.name, R1.data)
    assert (await new_world.app.sync_local()).imported == [R1.name]


async def test_only_round_files_are_taken(new_world: World) -> None:
    folder = new_world.app.mirror.folder
    (folder / "notes.txt").write_bytes(b"mine")
    (folder / R1.name).mkdir()
    (folder / an_r2(R1).name).symlink_to(folder / "notes.txt")
    assert await new_world.app.sync_local() == Poll()
    assert await new_world.count("processed_files") == 0


async def test_what_the_sync_imports_on_the_first_run_is_not_posted(new_world: World) -> None:
    new_world.keep(R1.name, R1.data)
    await new_world.app.sync_local()
    assert await new_world.posts() == []


async def test_what_the_sync_imports_later_is_posted_if_it_is_news(world: World) -> None:
    world.keep(R1.name, R1.data)
    await world.app.sync_local()
    assert [file for _, file in await world.posts()] == [R1.name]
