"""What the bot looks at when it starts, and again until it is well: every mistake is said before the evening."""

from __future__ import annotations

import asyncio
import logging

from bot.errors import StoreError
from bot.ingest.service import PollStatus
from bot.present.words.reasons import AWAY
from bot.store import facts
from bot.store.file.database import Reader
from bot.watch.doctor import channels, server
from bot.watch.doctor.check import Check, CheckState
from bot.watch.doctor.checkup import Asked, discord_side, game_server, remembered

log = logging.getLogger(__name__)

FIRST_PAUSE, LAST_PAUSE, DAILY = 60.0, 3600.0, 86400.0
"""Seconds until a look that found something wrong is repeated: doubled each time; and after a good one."""
TOLD_ELSEWHERE = ("DISCORD_GUILD_ID", "server", server.ZONE, "commands", channels.CLOCK)
"""Of these the log speaks, and the alerts of whoever looks after them all the time."""


class StartChecks:
    """`checked` is filled: the name of each check with its sentence where it is wrong, else None."""

    def __init__(self, asked: Asked, *, db: Reader, status: PollStatus | None, checked: dict[str, str | None]) -> None:
        self._asked = asked
        self._db = db
        self._status = status
        self._checked = checked
        self._said: dict[str, Check] = {}
        self._nap: asyncio.Task[None] | None = None

    def soon(self) -> None:
        """Something changed: look again now."""
        if self._nap is not None:
            self._nap.cancel()

    async def run(self) -> None:
        """Never returns."""
        pause = FIRST_PAUSE
        await self._first_poll()
        while True:
            try:
                well = await self.step()
            except StoreError as error:
                log.info("the set-up could not be looked at: %s", error)
                well = False
            pause = DAILY if well else min(2 * pause, LAST_PAUSE) if pause < DAILY else FIRST_PAUSE
            self._nap = asyncio.create_task(asyncio.sleep(pause))
            try:
                await asyncio.wait([self._nap])
            finally:
                self._nap.cancel()

    async def step(self) -> bool:
        """One look; whether nothing is wrong. What is new is said in the log."""
        chosen, registered = await remembered(self._db)
        checks = await game_server(self._asked, ())
        if await self._is_told_by_the_poll(checks):
            checks = []  # the poll says why, and again when it changes
        checks += await discord_side(self._asked, (), chosen=chosen, registered=registered)
        for check in checks:
            before = self._said.get(check.name)
            if check.state is not CheckState.OK and check != before and check.name != "commands":
                log.warning("%s", check.sentence)
            elif check.state is CheckState.OK and before is not None and before.state is not CheckState.OK:
                log.info("%s", check.sentence)
            self._said[check.name] = check
            if check.name not in TOLD_ELSEWHERE:
                self._checked[check.name] = check.sentence if check.state is CheckState.WRONG else None
        return all(check.state is not CheckState.WRONG for check in checks)

    async def _is_told_by_the_poll(self, checks: list[Check]) -> bool:
        """What the server refuses, and that it is away once it was there. Never there: then the settings are wrong."""
        failed = [check for check in checks if check.name == server.SERVER and check.state is CheckState.WRONG]
        was_there = await facts.get(self._db, facts.FIRST_RUN) == "done"
        return bool(failed) and (was_there or failed[0].fix != AWAY)

    async def _first_poll(self) -> None:
        """Wait until the poll looked once: two at the same time would only be slower."""
        while self._status is not None and self._status.next_poll_at is None:  # noqa: ASYNC110  (no event tells of a poll)
            await asyncio.sleep(0.2)
