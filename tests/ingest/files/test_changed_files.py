"""What becomes of a file on the server after its import is shown, and changes nothing that was imported."""

from __future__ import annotations

import pytest

from bot.domain.audit.states import FileState
from bot.domain.game.file.reasons import FileUnreadable
from bot.ingest.source.remote import EntryKind
from rigs.builders import a_file_reason, a_player, an_r1
from rigs.world import World

R1 = an_r1()


async def test_a_file_replaced_after_its_import_is_shown_and_never_taken_in(world: World) -> None:
    world.put(R1.name, R1.data)
    await world.poll(times=2)
    before = (await world.export())["rounds"]
    other = an_r1(players=[a_player("eve", kills=99), a_player("ben", team=2, deaths=99)])
    world.put(R1.name, other.data, mtime=int(world.clock.now()))
    assert (await world.poll(times=3)).changed == [R1.name]
    row = await world.row(R1.name)
    assert row is not None
    assert row.state is FileState.IMPORTED
    assert row.changed_to
    assert (await world.export())["rounds"] == before


async def test_a_file_shrunk_after_its_import_is_shown_and_never_taken_in(world: World) -> None:
    world.put(R1.name, R1.data)
    await world.poll(times=2)
    world.put(R1.name, b"")
    assert (await world.poll(times=3)).changed == [R1.name]
    assert await world.state(R1.name) is FileState.IMPORTED


async def test_a_file_touched_after_its_import_is_compared_once_and_is_the_same(world: World) -> None:
    world.put(R1.name, R1.data)
    await world.poll(times=2)
    world.put(R1.name, R1.data, mtime=int(world.clock.now()))
    report = await world.poll(times=4)
    assert (report.changed, report.imported, report.failed) == ([], [], {})
    assert world.remote.calls["reads"] == 2
    row = await world.row(R1.name)
    assert row is not None
    assert row.mtime == world.remote.files[R1.name].mtime


async def test_other_bytes_of_the_same_size_are_found_by_comparing(world: World) -> None:
    world.put(R1.name, R1.data)
    await world.poll(times=2)
    world.put(R1.name, R1.data.replace(b"axis0", b"axis7"), mtime=int(world.clock.now()))
    assert (await world.poll(times=4)).changed == [R1.name]
    assert world.remote.calls["reads"] == 2


async def test_a_file_deleted_on_the_server_stays_imported(world: World) -> None:
    world.put(R1.name, R1.data)
    await world.poll(times=2)
    before = await world.export()
    world.remote.remove(R1.name)
    await world.poll(times=3)
    assert await world.export() == before


@pytest.mark.parametrize("kind", [EntryKind.LINK, EntryKind.DIRECTORY, EntryKind.OTHER])
async def test_an_imported_file_that_becomes_something_else_stays_imported(world: World, kind: EntryKind) -> None:
    world.put(R1.name, R1.data)
    await world.poll(times=2)
    world.put(R1.name, b"x" * 4096, mtime=int(world.clock.now()), kind=kind)
    assert (await world.poll(times=3)).changed == [R1.name]
    assert await world.state(R1.name) is FileState.IMPORTED


async def test_a_touched_file_that_cannot_be_read_stays_imported(world: World) -> None:
    world.put(R1.name, R1.data)
    await world.poll(times=2)
    world.put(R1.name, R1.data, mtime=int(world.clock.now()))
    world.remote.unreadable[R1.name] = FileUnreadable(a_file_reason("permission denied"))
    assert list((await world.poll(times=2)).failed) == [R1.name]
    assert await world.state(R1.name) is FileState.IMPORTED
    world.remote.unreadable.clear()
    assert not (await world.poll(times=2, wait=100)).failed
    assert await world.state(R1.name) is FileState.IMPORTED


async def test_an_imported_file_that_was_changed_back_is_no_finding_any_more(world: World) -> None:
    world.put(R1.name, R1.data)
    await world.poll(times=2)
    world.put(R1.name, b"short")
    await world.poll(times=2)
    world.put(R1.name, R1.data)
    await world.poll(times=3)
    row = await world.row(R1.name)
    assert row is not None
    assert row.changed_to is None
