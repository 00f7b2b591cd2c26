"""A poll brings in whatever is new, whole and readable; nothing on the server can end it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.audit.states import FileState
from bot.domain.game.file.reasons import FileUnreadable, FileVanished
from bot.errors import SourceAway
from bot.ingest.settling import RESTLESS
from rigs.builders import a_file_reason, a_player, a_session, an_r1, an_r2
from rigs.world import NIGHT, World, a_world

R1 = an_r1()
R2 = an_r2(R1)


async def test_a_file_seen_twice_counts_once(world: World) -> None:
    file = an_r1(players=[a_player("anna", kills=7), a_player("ben", team=2, deaths=7)])
    world.put(file.name, file.data)
    await world.poll(times=5)
    assert await world.kills_of("anna") == 7
    assert world.remote.calls["reads"] == 1


async def test_a_new_file_is_imported_at_the_second_look(world: World) -> None:
    world.put(R1.name, R1.data)
    first = await world.poll()
    assert (first.pending, first.imported) == (1, [])
    assert await world.state(R1.name) is FileState.SEEN
    second = await world.poll()
    assert (second.pending, second.imported) == (0, [R1.name])
    assert (world.folder / "local_stats" / R1.name).read_bytes() == R1.data


async def test_a_whole_session_is_imported_at_once_but_for_its_newest_file(world: World) -> None:
    files = a_session(3)
    world.put_all(files)
    assert len((await world.poll()).imported) == len(files) - 1
    assert (await world.poll()).imported == [files[-1].name]


async def test_a_growing_file_is_imported_when_it_is_whole(world: World) -> None:
    lines = R1.data.splitlines(keepends=True)
    world.put(R1.name, lines[0])
    for count in range(1, len(lines) + 1):
        world.remote.overwrite(R1.name, b"".join(lines[:count]), mtime=int(world.clock.now()))
        assert (await world.poll()).pending == 1
    assert (await world.poll(times=2)).imported == [R1.name]
    assert world.remote.calls["reads"] == 1


async def test_a_file_that_grows_between_look_and_read_is_looked_at_again(world: World) -> None:
    world.put(R1.name, R1.data[:-10])
    await world.poll()
    world.remote.served[R1.name] = R1.data
    report = await world.poll()
    assert (report.pending, report.failed, report.rejected) == (1, {}, {})
    world.remote.overwrite(R1.name, R1.data)
    assert (await world.poll(times=2)).imported == [R1.name]


async def test_a_truncated_file_is_rejected_with_its_line_and_taken_in_once_it_changes(world: World) -> None:
    world.put(R1.name, R1.data[:200])
    report = await world.poll(times=3, wait=11)
    assert list(report.rejected) == [R1.name]
    row = await world.row(R1.name)
    assert row is not None
    assert row.reason
    assert row.state is FileState.REJECTED
    assert not (await world.poll(times=3)).rejected
    world.put(R1.name, R1.data, mtime=int(world.clock.now()))
    assert (await world.poll(times=2)).imported == [R1.name]


async def test_a_file_that_vanishes_between_look_and_read_and_comes_back_is_looked_at_again(world: World) -> None:
    world.put(R1.name, R1.data)
    await world.poll()
    world.remote.unreadable[R1.name] = FileVanished(a_file_reason("gone"))
    report = await world.poll()
    assert (report.pending, report.failed) == (1, {})
    del world.remote.unreadable[R1.name]
    assert (await world.poll()).imported == [R1.name]


async def test_a_file_that_is_listed_and_never_there_is_tried_more_and_more_slowly(world: World) -> None:
    world.put(R1.name, R1.data)
    await world.poll()
    world.remote.unreadable[R1.name] = FileVanished(a_file_reason("gone"))
    report = await world.poll(times=5)  # beyond the second listing that follows every change
    assert (report.pending, report.failed) == (0, {R1.name: a_file_reason("gone")})
    del world.remote.unreadable[R1.name]
    lists = world.remote.calls["lists"]
    assert (await world.poll(wait=30)).imported == [R1.name]
    assert world.remote.calls["lists"] == lists, "by its name: the folder told of no change"


async def test_a_first_run_ends_although_a_file_never_stops_changing(new_world: World) -> None:
    new_world.put(R1.name, R1.data)
    for second in range(0, int(RESTLESS) + 10, 5):
        assert new_world.app.importer.silent
        new_world.remote.overwrite(R1.name, R1.data, mtime=NIGHT + second)
        await new_world.poll(wait=5)
    assert not new_world.app.importer.silent


async def test_a_file_deleted_before_its_second_look_is_forgotten(world: World) -> None:
    world.put(R1.name, R1.data)
    await world.poll()
    world.remote.remove(R1.name)
    assert (await world.poll(times=2)).pending == 0
    assert await world.count("rounds") == 0


async def test_an_unreadable_file_is_retried_more_and_more_slowly_and_for_ever(world: World) -> None:
    world.put(R1.name, R1.data)
    world.remote.unreadable[R1.name] = FileUnreadable(a_file_reason("permission denied"))
    await world.poll(times=2)
    pauses = []
    for _ in range(14):
        row = await world.row(R1.name)
        assert row is not None
        assert row.state is FileState.RETRYING
        assert row.retry_at is not None
        pauses.append(row.retry_at - int(world.clock.now()))
        reads = world.remote.calls["reads"]
        await world.poll(times=2, wait=(row.retry_at - world.clock.now()) / 3)
        assert world.remote.calls["reads"] == reads, "asked before it was due"
        await world.poll(wait=pauses[-1])
        assert world.remote.calls["reads"] == reads + 1
    assert pauses[:4] == [30, 60, 120, 240]
    assert pauses[-1] == pauses[-2] == 6 * 3600
    world.remote.unreadable.clear()
    assert (await world.poll(wait=6 * 3600)).imported == [R1.name]


async def test_one_unreadable_file_does_not_hold_up_the_others(world: World) -> None:
    files = a_session(2)
    world.put_all(files)
    world.remote.unreadable[files[1].name] = FileUnreadable(a_file_reason("permission denied"))
    report = await world.poll(times=2)
    assert list(report.failed) == [files[1].name]
    assert len(report.imported) + len(report.set_aside) == len(files) - 1


async def test_a_server_that_goes_away_costs_only_the_files_that_were_not_read_yet(world: World) -> None:
    files = a_session(4)
    world.put_all(files)
    world.remote.away, world.remote.reads_left = SourceAway("the link broke"), 3
    with pytest.raises(SourceAway):
        await world.poll()
    assert await world.count("rounds") == 3
    world.remote.away = world.remote.reads_left = None
    await world.poll(times=2)
    assert await world.count("rounds") == len(files)
    assert world.remote.calls["reads"] == len(files)


async def test_a_server_that_is_away_leaves_everything_for_the_next_poll(world: World) -> None:
    world.put(R1.name, R1.data)
    await world.poll()
    world.remote.away = SourceAway("no route")
    with pytest.raises(SourceAway):
        await world.poll()
    world.remote.away = None
    assert (await world.poll()).imported == [R1.name]


async def test_a_torn_local_copy_loses_to_the_bytes_of_the_server(world: World) -> None:
    world.keep(R1.name, R1.data[:300] + b"\0" * (len(R1.data) - 300))
    world.put(R1.name, R1.data)
    report = await world.poll(times=2)
    assert (report.imported, report.rejected) == ([R1.name], {})
    assert (world.folder / "local_stats" / R1.name).read_bytes() == R1.data
    assert world.remote.calls["reads"] == 1


async def test_a_copy_that_is_as_bad_as_the_file_of_the_server_is_rejected_once(world: World) -> None:
    world.keep(R1.name, R1.data[:300])
    world.put(R1.name, R1.data[:300])
    assert list((await world.poll(times=4, wait=11)).rejected) == [R1.name]
    assert world.remote.calls["reads"] == 2  # young, it may have been unfinished
    row = await world.row(R1.name)
    assert row is not None
    assert (row.state, row.size) == (FileState.REJECTED, 300)


async def test_a_local_file_of_another_size_is_fetched_again(world: World) -> None:
    world.keep(R1.name, R1.data[:300])
    world.put(R1.name, R1.data)
    assert (await world.poll(times=2)).imported == [R1.name]
    assert world.remote.calls["reads"] == 1
    assert (world.folder / "local_stats" / R1.name).read_bytes() == R1.data


async def test_a_file_that_is_whole_on_disk_is_not_downloaded(world: World) -> None:
    world.keep(R1.name, R1.data)
    world.put(R1.name, R1.data)
    assert (await world.poll(times=2)).imported == [R1.name]
    assert world.remote.calls["reads"] == 0


async def test_a_full_disk_for_local_stats_does_not_stop_the_import(world: World) -> None:
    folder = world.folder / "local_stats"
    folder.rmdir()
    folder.write_bytes(b"")  # no file can be made below it
    world.put(R1.name, R1.data)
    assert (await world.poll(times=2)).imported == [R1.name]
    folder.unlink()
    folder.mkdir()
    world.put(R2.name, R2.data)
    assert (await world.poll(times=2)).imported == [R2.name]


async def test_a_lost_ledger_row_is_written_again_from_the_round(tmp_path: Path) -> None:
    async with a_world(tmp_path) as first:
        first.put(R1.name, R1.data)
        await first.poll(times=2)
        before = await first.row(R1.name)
        await first.app.db.write(lambda tx: tx.execute("DELETE FROM processed_files"))
    async with a_world(tmp_path, before=first) as world:
        await world.poll(times=2)
        assert await world.row(R1.name) == before
        assert world.remote.calls["reads"] == 1


async def test_a_server_clock_that_jumps_back_does_not_make_new_files_look_old(world: World) -> None:
    old = an_r1(at="2026-03-01-223000")
    world.put(old.name, old.data)
    await world.poll(times=2)
    world.put(R1.name, R1.data[:400])  # an hour and a half older, and still being written
    assert (await world.poll()).pending == 1
    assert await world.state(R1.name) is FileState.SEEN


async def test_a_sync_by_hand_does_not_wait_for_the_time_of_a_retry(world: World) -> None:
    world.put(R1.name, R1.data)
    world.remote.unreadable[R1.name] = FileUnreadable(a_file_reason("permission denied"))
    assert R1.name in (await world.poll(times=3)).failed
    world.remote.unreadable.clear()
    world.poller.look_again()
    assert (await world.poll()).imported == []
    world.app.gate.patient = False
    world.poller.look_again()
    assert (await world.poll(times=2)).imported == [R1.name]
