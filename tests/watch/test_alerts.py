"""One verdict: what status, diagnosis and alerts say is the same, and the admins are told once, also over a restart."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.domain.audit.audit import AuditVerdict
from bot.domain.audit.states import FileState, LedgerRow
from bot.domain.concerns import ConcernCode, verdict
from bot.domain.trouble import Trouble, TroubleCode
from bot.errors import HostKeyChanged, SourceAway
from bot.ingest.service import PollService
from bot.store import ledger
from bot.supervise import ServiceName, running
from bot.watch.health import OFTEN
from rigs.builders import a_file_reason, an_r1
from rigs.world import ManualClock, World, a_world
from tests.deliver.fake_discord import FakeDiscord
from tests.watch.test_selfaudit import alerts

REFUSED = Trouble(TroubleCode.POST_REFUSED, "no permission")
MINUTE = 60


async def _settled(world: World) -> AuditVerdict:
    """Look for alerts, and the verdict that status and diagnosis have at the same moment."""
    await world.live.alerts.step()
    return verdict((await world.app.health()).concerns)


async def _polled(world: World, polling: PollService) -> None:
    """A poll of the loop, with its heartbeat if it succeeds."""
    await polling.step()
    if polling.status.trouble is None:
        world.app.heartbeats.beat(ServiceName.POLLING)


async def test_a_bug_in_every_poll_is_silence_whatever_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fails = asyncio.Event()

    async def poll() -> None:
        fails.set()
        raise KeyError("a bug")

    monkeypatch.setattr(world.poller, "poll", poll)
    services = [service for service in world.live.services if service.name is ServiceName.POLLING]
    async with running(services, clock=world.clock, heartbeats=world.app.heartbeats):
        await asyncio.wait_for(fails.wait(), 5)
        await asyncio.sleep(0)
        assert world.polling.status.trouble is None
        assert await _settled(world) is AuditVerdict.HEALTHY
        world.clock.pass_by(31 * MINUTE)
        assert await _settled(world) is AuditVerdict.ATTENTION
        await _settled(world)
    assert await alerts(world) == [
        "No contact with the game server for 31 minutes: it fails with KeyError, see the log"
    ]


@pytest.mark.parametrize("name", [*ServiceName])
async def test_each_service_that_does_not_succeed_is_told_and_so_is_its_return(world: World, name: ServiceName) -> None:
    world.app.heartbeats.begin(name)
    assert await _settled(world) is AuditVerdict.HEALTHY
    world.clock.pass_by(3 * 86400)
    assert await _settled(world) is AuditVerdict.ATTENTION
    (told,) = await alerts(world)
    assert "3 days" in told
    world.app.heartbeats.beat(name)
    assert await _settled(world) is AuditVerdict.HEALTHY
    assert (await alerts(world))[1:] == [f"Over: {told}\nAll is well again."]


async def test_an_absent_server_is_silence_once_per_episode(world: World) -> None:
    world.app.heartbeats.begin(ServiceName.POLLING)
    for _ in range(2):
        world.remote.away = SourceAway("no route")
        await _polled(world, world.polling)
        assert await _settled(world) is AuditVerdict.ATTENTION, "it is shown at once, and no alert yet"
        world.clock.pass_by(30 * MINUTE + 1)
        for _ in range(3):
            await _settled(world)
        world.remote.away = None
        await _polled(world, world.polling)
        assert await _settled(world) is AuditVerdict.HEALTHY
    silent = "No contact with the game server for 30 minutes: the game server is away: no route"
    assert await alerts(world) == [silent, f"Over: {silent}\nAll is well again."] * 2


async def test_posts_that_do_not_get_through_are_told_when_it_lasts(tmp_path: Path) -> None:
    async with a_world(tmp_path, publisher=FakeDiscord(ManualClock()), stats_channel_id=1) as world:
        for trouble, told_before in ((REFUSED, 0), (None, 2), (REFUSED, 2)):
            world.posting.dispatcher._diary.trouble = trouble
            await _settled(world)
            world.clock.pass_by(899)
            await _settled(world)
            assert len(await alerts(world)) == told_before
            world.clock.pass_by(1)
            await _settled(world)
        told = "Posts do not get through: no permission"
        assert await alerts(world) == [told, f"Over: {told}\nAll is well again.", told]


@pytest.mark.parametrize(("attempts", "is_told"), [(OFTEN - 1, False), (OFTEN, True)])
async def test_a_file_that_fails_again_and_again_is_told_once(world: World, attempts: int, is_told: bool) -> None:
    name = an_r1().name
    row = LedgerRow(name, FileState.RETRYING, a_file_reason("permission denied"), attempts=attempts, retry_at=1)
    await world.app.db.write(lambda tx: ledger.record(tx, world.app.server, [row], now=1))
    for _ in range(2):
        await _settled(world)
    told = f"{name} failed 5 times: permission denied. It is tried again by itself."
    assert await alerts(world) == [told] * is_told


async def test_what_was_told_before_a_restart_is_not_told_again_but_that_it_is_over(tmp_path: Path) -> None:
    world: World | None = None
    for number in range(3):
        async with AsyncExitStack() as stack:
            world = await stack.enter_async_context(a_world(tmp_path, before=world))
            if number == 0:
                await world.poll()
            world.app.heartbeats.begin(ServiceName.POLLING)
            world.remote.away = None if number == 2 else HostKeyChanged("another key")
            world.app.noticed[ConcernCode.GUILD] = "not there" if number < 2 else None
            await _settled(world)  # nothing is known of the game server yet, so nothing is over
            assert len(await alerts(world)) == (1, 2, 3)[number]
            await _polled(world, world.polling)
            await _settled(world)
            told = await alerts(world)
            assert len(told) == (4 if number == 2 else 2)
    refused = "The game server cannot be read, and needs you: another key"
    assert told == ["not there", refused, "Over: not there", f"Over: {refused}\nAll is well again."]
