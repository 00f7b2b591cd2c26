"""Services that nothing ends: a bug is logged with its traceback, and the service goes on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import NamedTuple

from bot.clock import Clock

log = logging.getLogger(__name__)

FIRST_PAUSE, LAST_PAUSE = 1.0, 60.0
"""Seconds until a service that failed is started again: doubled each time."""


class Service(NamedTuple):
    """Something that goes on for as long as the program does; `needs_discord`: it is pointless before the log-in."""

    name: str
    run: Callable[[], Awaitable[None]]
    needs_discord: bool = False


@asynccontextmanager
async def running(services: Iterable[Service], *, clock: Clock) -> AsyncIterator[None]:
    """These services, each beside the others, as long as the block lasts."""
    tasks = [asyncio.create_task(keep_running(name, run, clock=clock), name=name) for name, run, _ in services]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def beside(work: Coroutine[object, object, None], *, name: str) -> AsyncIterator[None]:
    """Let this go on beside the block, which ends it; a bug in it is logged with its traceback."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_logged)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _logged(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        log.error("%s failed", task.get_name(), exc_info=error)


async def keep_running(name: str, service: Callable[[], Awaitable[None]], *, clock: Clock) -> None:
    """Run `service` for ever, again after whatever it raises; only cancellation ends this."""
    pause = FIRST_PAUSE
    while True:
        started = clock.monotonic()
        try:
            await service()
            log.error("%s ended by itself, which it never should: started again", name)
        except Exception:
            log.exception("%s failed: started again in %.0f s", name, pause)
        if clock.monotonic() - started > LAST_PAUSE:
            pause = FIRST_PAUSE
        await asyncio.sleep(pause)
        pause = min(2 * pause, LAST_PAUSE)
