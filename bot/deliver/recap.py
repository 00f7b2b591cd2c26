"""When a session is over, its recap is owed: once, and only where its rounds were news."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from bot.clock import Clock
from bot.domain.rules import Rules
from bot.store import outbox
from bot.store.file.database import Database

log = logging.getLogger(__name__)

EVERY = 30.0
"""Seconds between two looks."""
FEWEST = 2
"""Matches that make a session worth a recap."""


class Recaps:
    """Looks whether the last session has ended."""

    def __init__(
        self,
        db: Database,
        *,
        rules: Rules,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._db = db
        self._rules = rules
        self._clock = clock
        self._wake = wake

    async def run(self, beat: Callable[[], None]) -> None:
        """Never returns; `beat` is told whenever it could look."""
        while True:
            await self.step()
            beat()
            await asyncio.sleep(EVERY)

    async def step(self) -> bool:
        """Owe the recap that is due now, if one is."""
        now = int(self._clock.now())
        session = await self._due(now)
        if session is None:
            return False
        await self._db.write(lambda tx: outbox.recap(tx, session, now=now))
        log.info("the session is over: its recap is posted")
        self._wake()
        return True

    async def waive(self) -> None:
        """The rounds were dated anew: what is over by their new times alone owes no recap."""
        now = int(self._clock.now())
        while (session := await self._due(now)) is not None:
            await self._db.write(lambda tx, session=session: outbox.no_recap(tx, session, now=now))  # type: ignore[misc]

    async def _due(self, now: int) -> int | None:
        end = now - self._rules.session_gap
        return await outbox.over(self._db, after=end - self._rules.post_max_age, before=end, fewest=FEWEST)
