"""The first run brings in what is there, and nothing of it is ever news: not even what could be read only later."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.domain.audit.states import FileState
from bot.domain.game.file.reasons import FileReason, FileReasonCode, FileUnreadable
from bot.store import facts
from rigs.builders import RoundFile, an_r1
from rigs.world import World, a_world, time_of

FILES = [an_r1(at=f"2025-10-02-2{n // 6}{n % 6}000") for n in range(12)]
TOMORROW = an_r1(at="2025-10-03-211808")


def refuse(world: World, *files: RoundFile) -> None:
    for file in files:
        world.remote.unreadable[file.name] = FileUnreadable(
            FileReason(FileReasonCode.REFUSED, what=file.name, words="Permission denied")
        )


async def posts(world: World) -> list[str]:
    return [row["kind"] for row in await world.rows("SELECT kind FROM outbox WHERE kind <> 'alert' ORDER BY id")]


def put_in_time(world: World, *files: RoundFile) -> None:
    """On the server, and the last of them ended a minute ago."""
    world.put_all(files)
    world.clock.pass_by(max(time_of(file.name) for file in files) + 60 - world.clock.now())


async def test_files_that_nobody_may_read_do_not_hold_it_up_and_are_never_news(new_world: World) -> None:
    world = new_world
    put_in_time(world, *FILES)
    refuse(world, *FILES[:11])
    await world.poll(3)
    assert await facts.get(world.app.db, facts.FIRST_RUN) == "done"
    assert [await world.state(file.name) for file in FILES] == [FileState.RETRYING] * 11 + [FileState.IMPORTED]
    world.remote.unreadable.clear()
    await world.poll(3, wait=40)
    assert {await world.state(file.name) for file in FILES} == {FileState.IMPORTED}
    assert await posts(world) == []


async def test_a_restart_does_not_make_them_news(tmp_path: Path) -> None:
    async with a_world(tmp_path) as first:
        put_in_time(first, *FILES)
        refuse(first, *FILES)
        await first.poll(3)
    first.remote.unreadable.clear()
    async with a_world(tmp_path, before=first) as second:
        await second.poll(3, wait=40)
        assert {await second.state(file.name) for file in FILES} == {FileState.IMPORTED}
        assert await posts(second) == []


async def test_what_comes_after_it_is_news_also_where_it_could_not_be_read_at_first(new_world: World) -> None:
    world = new_world
    put_in_time(world, *FILES)
    await world.poll(3)
    put_in_time(world, TOMORROW)
    refuse(world, TOMORROW)
    await world.poll(3)
    assert await world.state(TOMORROW.name) is FileState.RETRYING
    world.remote.unreadable.clear()
    await world.poll(3, wait=40)
    assert await posts(world) == ["round"]


async def test_one_warning_tells_of_all_that_fail_alike_and_one_line_of_its_end(
    new_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world = new_world
    put_in_time(world, *FILES)
    refuse(world, *FILES)
    world.remote.unreadable[FILES[3].name] = FileUnreadable(
        FileReason(FileReasonCode.SLOW, what=FILES[3].name, limit=31)
    )
    world.remote.unreadable[FILES[4].name] = FileUnreadable(
        FileReason(FileReasonCode.SLOW, what=FILES[4].name, limit=32)
    )
    with caplog.at_level(logging.INFO):
        await world.poll(12, wait=100)
    warnings = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert warnings == [
        f"{FILES[0].name} and 8 more could not be read (Permission denied): tried again by itself, slower and slower",
        f"{FILES[3].name} and 1 more could not be read (too slow, not whole after 31 s): "
        "tried again by itself, slower and slower",
    ]
    caplog.clear()
    world.remote.unreadable.clear()
    with caplog.at_level(logging.INFO):
        await world.poll(3, wait=5000)
    over = [record.message for record in caplog.records if record.message.startswith("no file is left")]
    assert sorted(over) == [
        "no file is left that could not be read (Permission denied)",
        "no file is left that could not be read (too slow, not whole after # s)",
    ]
    caplog.clear()
    put_in_time(world, TOMORROW)
    refuse(world, TOMORROW)
    with caplog.at_level(logging.WARNING):
        await world.poll(3)
    assert len(caplog.records) == 1, "an episode of its own"


async def test_a_file_that_is_taken_away_ends_the_trouble_too(
    new_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world = new_world
    put_in_time(world, FILES[0])
    refuse(world, FILES[0])
    await world.poll(3)
    world.remote.remove(FILES[0].name)
    with caplog.at_level(logging.INFO):
        await world.poll(2)
    assert "no file is left that could not be read (Permission denied)" in caplog.text
