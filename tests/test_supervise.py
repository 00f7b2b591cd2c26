"""Nothing ends a service but its cancellation; a bug is logged with its traceback, and it goes on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest

from bot import supervise
from bot.clock import SystemClock
from bot.supervise import Heartbeats, Service, ServiceName, keep_running, running, until


@pytest.fixture(autouse=True)
def no_time_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses are those of the program, in milliseconds."""
    monkeypatch.setattr(supervise, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(supervise, "LAST_PAUSE", 0.008)


async def _run(service: Callable[[], Awaitable[None]], *, until: asyncio.Event) -> None:
    clock = SystemClock()
    polling = Service(ServiceName.POLLING, lambda _beat: service())
    heartbeats = Heartbeats(clock, {ServiceName.POLLING: 3600})
    task = asyncio.create_task(keep_running(polling, clock=clock, heartbeats=heartbeats))
    await asyncio.wait_for(until.wait(), 5)
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("error", [ValueError("a bug"), OSError("a fault"), TimeoutError(), None])
async def test_whatever_a_service_does_it_is_started_again(
    error: Exception | None, caplog: pytest.LogCaptureFixture
) -> None:
    runs, enough = 0, asyncio.Event()

    async def service() -> None:
        nonlocal runs
        runs += 1
        if runs == 6:
            enough.set()
        if error is not None:
            raise error

    with caplog.at_level(logging.ERROR):
        await _run(service, until=enough)
    assert len(caplog.records) >= 5
    assert all("polling" in record.message for record in caplog.records)
    assert error is None or all(record.exc_info for record in caplog.records)


async def test_the_pauses_grow_up_to_the_last_one(caplog: pytest.LogCaptureFixture) -> None:
    begun, enough = [], asyncio.Event()

    async def service() -> None:
        begun.append(asyncio.get_running_loop().time())
        if len(begun) == 6:
            enough.set()
        raise ValueError("a bug")

    await _run(service, until=enough)
    pauses = [after - before for before, after in pairwise(begun)]
    assert all(pause >= least for pause, least in zip(pauses, (0.001, 0.002, 0.004, 0.008, 0.008), strict=True))


async def test_cancellation_ends_a_service_that_is_waiting() -> None:
    waiting = asyncio.Event()

    async def service() -> None:
        waiting.set()
        await asyncio.Event().wait()

    await _run(service, until=waiting)


async def test_a_service_that_swallows_the_first_request_ends_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "INSIST", 0.001)
    asked = 0

    async def service() -> None:
        nonlocal asked
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:  # as asyncio.wait_for did where its result came in the same moment
                asked += 1
                if asked == 3:
                    raise

    clock = SystemClock()
    polling = Service(ServiceName.POLLING, lambda _beat: service())
    async with asyncio.timeout(5):
        async with running([polling], clock=clock, heartbeats=Heartbeats(clock, {ServiceName.POLLING: 3600})):
            await asyncio.sleep(0)
            await asyncio.sleep(0)
    assert asked == 3


async def test_what_swallows_the_word_to_stop_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py connects in `asyncio.wait_for`, which loses a cancellation that comes with its result."""
    monkeypatch.setattr(supervise, "INSIST", 0.01)
    told, asked = asyncio.Event(), 0

    async def client() -> None:
        nonlocal asked
        asyncio.get_running_loop().call_later(0.01, told.set)
        while asked < 3:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                asked += 1
        raise asyncio.CancelledError

    async with asyncio.timeout(5):
        await until(told, client())
    assert asked == 3


async def test_an_error_ends_it_before_anybody_told_it_to_stop() -> None:
    async def client() -> None:
        raise ValueError("the token is wrong")

    with pytest.raises(ValueError, match="token"):
        await until(asyncio.Event(), client())


async def test_an_error_on_the_way_out_is_no_error_any_more() -> None:
    told = asyncio.Event()

    async def client() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise OSError("the connection is closed already")

    asyncio.get_running_loop().call_soon(told.set)
    await until(told, client())
