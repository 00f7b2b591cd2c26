"""An idle poll is one round trip; a listing is asked for only where something may have changed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.errors import SourceAway
from bot.ingest.source.listing import ALWAYS, EYE, FEW, SECOND_LOOK, Watcher
from bot.ingest.source.remote import Entry
from rigs.builders import an_archive, an_r1
from rigs.world import FakeSource, ManualClock, RemoteFile, World

R1 = an_r1()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def source(clock: ManualClock) -> FakeSource:
    return FakeSource(clock)


@pytest.fixture
async def watcher(source: FakeSource, clock: ManualClock) -> Watcher:
    """One that has seen the folder twice: nothing is pending."""
    watcher = Watcher(source, full_every=600, clock=clock)
    await watcher.look([])
    clock.pass_by(SECOND_LOOK)
    await watcher.look([])
    source.calls.clear()
    return watcher


async def test_an_idle_poll_asks_for_one_stat_and_nothing_else(world: World) -> None:
    world.put_all(an_archive(50))
    await world.poll(times=4)
    world.remote.calls.clear()
    questions = world.steps.copy()
    await world.poll(times=10)
    assert world.remote.calls == {"stats": 10}
    assert set(world.steps[len(questions) :]) == {"listed"}


async def test_a_changed_folder_is_listed(watcher: Watcher, source: FakeSource, clock: ManualClock) -> None:
    clock.pass_by(1)
    source.put("a", b"", 1)
    entries, whole = await watcher.look([])
    assert ([entry.name for entry in entries], whole) == (["a"], True)
    assert watcher.listed == 1


async def test_a_change_within_the_same_second_is_found_by_listing_once_more(
    watcher: Watcher, source: FakeSource, clock: ManualClock
) -> None:
    clock.pass_by(1)
    source.put("a", b"", 1)
    await watcher.look([])
    source.put("b", b"", 1)  # the folder's mtime has whole seconds: it stays
    clock.pass_by(SECOND_LOOK / 2)
    assert await watcher.look([]) == ([], False)
    clock.pass_by(SECOND_LOOK / 2)
    entries, whole = await watcher.look([])
    assert ([entry.name for entry in entries], whole) == (["a", "b"], True)
    clock.pass_by(SECOND_LOOK)
    assert await watcher.look([]) == ([], False), "and only once"


async def test_a_few_files_that_are_wanted_are_looked_at_alone(watcher: Watcher, source: FakeSource) -> None:
    for number in range(FEW + 5):
        source.files[f"f{number}"] = _file()
    entries, whole = await watcher.look([f"f{number}" for number in range(FEW)])
    assert (len(entries), whole) == (FEW, False)
    assert source.calls == {"stats": 1, "looks": 1}


async def test_many_files_that_are_wanted_are_cheaper_to_list(watcher: Watcher, source: FakeSource) -> None:
    _, whole = await watcher.look([f"f{number}" for number in range(FEW + 1)])
    assert whole
    assert source.calls == {"stats": 1, "lists": 1}


async def test_the_folder_is_listed_now_and_then_in_any_case(
    watcher: Watcher, source: FakeSource, clock: ManualClock
) -> None:
    clock.pass_by(599)
    await watcher.look([])
    assert source.calls["lists"] == 0
    clock.pass_by(1)
    assert (await watcher.look([]))[1]
    clock.pass_by(1)
    assert not (await watcher.look([]))[1]


async def test_a_folder_whose_time_stands_still_although_names_appear_is_listed_every_few_seconds(
    watcher: Watcher, source: FakeSource, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    source.files["a"] = _file()
    clock.pass_by(600)
    assert (await watcher.look([]))[1]
    clock.pass_by(3)
    assert caplog.text == ""
    await watcher.look([])
    assert "does not move" in caplog.text
    for number in range(5):
        source.files[f"b{number}"] = _file()
        clock.pass_by(ALWAYS)
        assert f"b{number}" in [entry.name for entry in (await watcher.look([]))[0]]
        clock.pass_by(ALWAYS / 2)
        assert not (await watcher.look([]))[1]
        clock.pass_by(ALWAYS / 2)
    assert len(caplog.records) == 1


async def test_a_name_that_comes_between_time_and_listing_says_nothing_against_the_time(
    watcher: Watcher, source: FakeSource, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    clock.pass_by(600)
    list_files = source.list

    async def list_later() -> Sequence[Entry]:
        source.put("a", b"", 1)
        return await list_files()

    source.list = list_later  # type: ignore[method-assign]
    await watcher.look([])
    source.list = list_files  # type: ignore[method-assign]
    for _ in range(5):
        clock.pass_by(3)
        await watcher.look([])
    assert caplog.text == ""


async def test_after_distrust_the_folder_is_listed_anew(watcher: Watcher) -> None:
    watcher.distrust()
    assert (await watcher.look([]))[1]


async def test_a_listing_that_fails_is_asked_for_again(
    watcher: Watcher, source: FakeSource, clock: ManualClock
) -> None:
    clock.pass_by(1)
    source.put("a", b"", 1)
    source.away = SourceAway("cut")
    with pytest.raises(SourceAway):
        await watcher.look([])
    source.away = None
    assert [entry.name for entry in (await watcher.look([]))[0]] == ["a"]


async def test_a_clock_set_back_on_the_server_is_a_change_too(watcher: Watcher, source: FakeSource) -> None:
    source.files["a"] = _file()
    source.mtime -= 3600
    assert (await watcher.look([]))[1]


async def test_a_file_overwritten_in_place_is_found_by_the_full_listing(world: World) -> None:
    world.put(R1.name, R1.data)
    await world.poll(times=4)
    world.remote.overwrite(R1.name, b"other", mtime=int(world.clock.now()))
    assert (await world.poll()).changed == []
    assert (await world.poll(wait=600)).changed == [R1.name]


def _file() -> RemoteFile:
    return RemoteFile(b"", 1)


async def test_a_rejected_file_is_looked_at_for_a_while_since_writing_on_does_not_move_the_folder(world: World) -> None:
    world.put(R1.name, R1.data[:200])
    await world.poll(times=3)
    world.remote.overwrite(R1.name, R1.data)
    report = await world.poll(times=3)
    assert report.imported == [R1.name]


async def test_a_rejected_file_is_left_alone_after_a_while(
    watcher: Watcher, source: FakeSource, clock: ManualClock
) -> None:
    watcher.keep_an_eye(R1.name)
    await watcher.look([])
    assert source.calls["looks"] == 1
    clock.pass_by(EYE + 1)
    await watcher.look([])
    assert source.calls["looks"] == 1
