"""Taking turns at what reads the whole database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

PATIENCE = 600.0
"""Seconds that one waits for the other: what hangs, as a folder of a network may, holds up nothing else for longer."""


class Turns:
    """The daily audit and a backup read the whole database, and want a core each: one after the other."""

    def __init__(self) -> None:
        self._reading = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until nobody else has it, or no longer than `PATIENCE`."""
        async with AsyncExitStack() as stack:
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await stack.enter_async_context(self._reading)
            yield
