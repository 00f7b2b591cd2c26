"""Whatever else lies in the folder is never opened: it has a reason, and costs nothing."""

from __future__ import annotations

import pytest

from bot.domain.audit.states import FileState
from bot.ingest.poller import MAX_JUNK
from bot.ingest.source.remote import EntryKind
from rigs.builders import an_r1
from rigs.world import World

R1 = an_r1()


async def test_names_that_are_no_round_files_are_ignored_with_a_reason(world: World) -> None:
    names = [
        "../evil.txt", "/etc/passwd", "a\\x5cb", "..", "x\\x00y", "CON", "2026-03-01-210000-supply-round-1.txt.",
        "2026-03-01-210000-../x-round-1.txt", "2026-03-01-210000-supply-round-3.txt", "\\xff\\xfe", "x" * 255,
        "2026-02-30-210000-supply-round-1.txt", "2026-03-01-210000-supply-ROUND-1.txt", "nul.txt", "a:b",
    ]  # fmt: skip
    for name in names:
        world.put(name, b"junk")
    report = await world.poll(times=2)
    assert (report.ignored, report.imported, report.attention) == (len(names), [], False)
    assert world.remote.calls["reads"] == 0
    assert list((world.folder / "local_stats").iterdir()) == []
    for name in names:
        row = await world.row(name)
        assert row is not None
        assert (row.state, bool(row.reason)) == (FileState.IGNORED, True)


async def test_more_than_a_thousand_junk_entries_are_only_counted(world: World) -> None:
    for number in range(MAX_JUNK + 50):
        world.put(f"junk{number}", b"")
    assert (await world.poll()).ignored == MAX_JUNK + 50
    assert await world.count("processed_files") == MAX_JUNK
    assert (await world.poll(times=2)).ignored == 0


@pytest.mark.parametrize("kind", [EntryKind.LINK, EntryKind.DIRECTORY, EntryKind.OTHER])
async def test_only_regular_files_are_opened(world: World, kind: EntryKind) -> None:
    world.put(R1.name, R1.data, kind=kind)
    await world.poll(times=3)
    row = await world.row(R1.name)
    assert row is not None
    assert row.state is FileState.IGNORED
    assert row.reason is not None
    assert kind in row.reason
    world.put(R1.name, R1.data, mtime=int(world.clock.now()))
    assert (await world.poll(times=2)).imported == [R1.name]


async def test_a_file_that_is_too_large_is_never_opened(world: World) -> None:
    world.put(R1.name, b"x" * ((1 << 20) + 1))
    report = await world.poll(times=3)
    assert report.ignored == 1
    assert world.remote.calls["reads"] == 0
