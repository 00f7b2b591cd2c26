"""Services that nothing ends: a bug is logged with its traceback, and the service goes on; each tells its successes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, NamedTuple

from bot.clock import Clock

log = logging.getLogger(__name__)

FIRST_PAUSE, LAST_PAUSE = 1.0, 60.0
"""Seconds until a service that failed is started again: doubled each time."""
INSIST = 4.0
"""Seconds that a service may take to end before it is told again: longer than any transaction in hand."""


class ServiceName(StrEnum):
    """Everything that goes on by itself."""

    POLLING = "polling"
    AUDITING = "auditing"
    WATCHING = "watching"
    BACKUPS = "backing up"
    POSTING = "posting"
    RECAPS = "recaps"


Beat = Callable[[], None]
"""What a service calls after each success, be there something to do or not."""


class Service(NamedTuple):
    """Something that goes on for as long as the program does; `needs_discord`: it is pointless before the log-in."""

    name: ServiceName
    run: Callable[[Beat], Awaitable[None]]
    needs_discord: bool = False


class Silence(NamedTuple):
    """A service without success for so many seconds; `failure`: the bug that ended it last, if one did."""

    name: ServiceName
    seconds: float
    failure: str | None


class Heartbeats:
    """When each service succeeded last: in memory, by the clock that nobody sets."""

    def __init__(self, clock: Clock, patience: Mapping[ServiceName, float]) -> None:
        """`patience`: seconds without success that are still no silence."""
        self._clock = clock
        self._patience = patience
        self._last: dict[ServiceName, float] = {}
        self._succeeded: set[ServiceName] = set()
        self._failures: dict[ServiceName, str] = {}

    def begin(self, name: ServiceName) -> None:
        """It is started: from now on it is expected to succeed."""
        self._last.setdefault(name, self._clock.monotonic())

    def beat(self, name: ServiceName) -> None:
        """It succeeded."""
        self._last[name] = self._clock.monotonic()
        self._succeeded.add(name)
        self._failures.pop(name, None)

    def fail(self, name: ServiceName, error: Exception | None) -> None:
        """It ended, by a bug of which the log has the traceback."""
        self._failures[name] = "it ended" if error is None else f"it fails with {type(error).__name__}, see the log"

    def beaten(self) -> frozenset[ServiceName]:
        """Those that succeeded since the start of this program."""
        return frozenset(self._succeeded)

    def silent(self) -> list[Silence]:
        """Those without success for longer than they may be."""
        now = self._clock.monotonic()
        return [
            Silence(name, now - last, self._failures.get(name))
            for name, last in self._last.items()
            if now - last > self._patience[name]
        ]


@asynccontextmanager
async def running(services: Iterable[Service], *, clock: Clock, heartbeats: Heartbeats) -> AsyncIterator[None]:
    """These services, each beside the others, as long as the block lasts."""
    tasks = [
        asyncio.create_task(keep_running(service, clock=clock, heartbeats=heartbeats), name=service.name)
        for service in services
    ]
    try:
        yield
    finally:
        await _end(tasks)


@asynccontextmanager
async def beside(work: Coroutine[object, object, None], *, name: str) -> AsyncIterator[None]:
    """Let this go on beside the block, which ends it; a bug in it is logged with its traceback."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_logged)
    try:
        yield
    finally:
        await _end([task])


async def until(told: asyncio.Event, work: Coroutine[object, object, None]) -> None:
    """Do this until it is told to stop, which ends it for certain; raises what the work raises before that."""
    task, waiting = asyncio.create_task(work), asyncio.create_task(told.wait())
    try:
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _end({waiting})
        if not task.done():
            await _end({task})
    if not task.cancelled() and (error := task.exception()) is not None and not told.is_set():
        raise error


async def _end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel these until they end: a library that meets the first request at an unlucky moment may swallow it."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=INSIST)


def _logged(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        log.error("%s failed", task.get_name(), exc_info=error)


async def keep_running(service: Service, *, clock: Clock, heartbeats: Heartbeats) -> None:
    """Run `service` for ever, again after whatever it raises; only cancellation ends this."""
    name, pause = service.name, FIRST_PAUSE
    heartbeats.begin(name)
    while True:
        started = clock.monotonic()
        try:
            await service.run(lambda: heartbeats.beat(name))
            heartbeats.fail(name, None)
            log.error("%s ended by itself, which it never should: started again", name)
        except Exception as error:
            heartbeats.fail(name, error)
            log.exception("%s failed: started again in %.0f s", name, pause)
        if clock.monotonic() - started > LAST_PAUSE:
            pause = FIRST_PAUSE
        await asyncio.sleep(pause)
        pause = min(2 * pause, LAST_PAUSE)
