"""Services that nothing ends: a bug is logged with its traceback, and the service goes on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

FIRST_PAUSE, LAST_PAUSE = 1.0, 60.0
"""Seconds until a service that failed is started again: doubled each time."""


async def keep_running(name: str, service: Callable[[], Awaitable[None]]) -> None:
    """Run `service` for ever, again after whatever it raises; only cancellation ends this."""
    pause = FIRST_PAUSE
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await service()
            log.error("%s ended by itself, which it never should: started again", name)
        except Exception:
            log.exception("%s failed: started again in %.0f s", name, pause)
        if asyncio.get_running_loop().time() - started > LAST_PAUSE:
            pause = FIRST_PAUSE
        await asyncio.sleep(pause)
        pause = min(2 * pause, LAST_PAUSE)
