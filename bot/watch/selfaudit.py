"""The bot audits its files: after every start, daily, after repairs, and on request."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from bot.clock import Clock
from bot.domain.audit.audit import Audit
from bot.domain.audit.checks import audit
from bot.domain.rules import Rules
from bot.errors import DatabaseDown, SourceError, StoreError
from bot.ingest.mirror import Mirror
from bot.ingest.service import PollStatus
from bot.ingest.source.remote import RemoteSource
from bot.present.audit.text import summary
from bot.store.file.database import Database
from bot.store.questions import survey
from bot.watch.alerts import Alerts
from bot.watch.guard import Guard
from bot.watch.survey import gather
from bot.watch.turns import Turns

log = logging.getLogger(__name__)

DAILY = 86400
AGAIN = 600
"""Seconds until an audit that could not look at the server is tried again."""
WATCH = 60
"""Seconds between two looks whether an audit is due."""
SETTLING = 60
"""Seconds for which an audit waits for files that are looked at a second time: what grows is no finding."""


class SelfAudit:
    """Looks after one server's files."""

    def __init__(
        self,
        db: Database,
        *,
        server: int,
        mirror: Mirror,
        source: RemoteSource,
        status: PollStatus,
        rules: Rules,
        clock: Clock,
        alerts: Alerts,
        guard: Guard,
        turns: Turns,
    ) -> None:
        """`turns`: the daily audit and a backup are never made at once."""
        self._db = db
        self._server = server
        self._mirror = mirror
        self._source = source
        self._status = status
        self._rules = rules
        self._clock = clock
        self._alerts = alerts
        self._guard = guard
        self._turns = turns
        self._due = self._clock.monotonic()

    async def run(self, beat: Callable[[], None]) -> None:
        """Never returns: audits daily, and whenever `soon` was called; `beat` is told of each audit."""
        while True:
            late = self._clock.monotonic() - self._due
            is_settled = self._status.last_success_at is not None and (not self._status.pending or late >= SETTLING)
            if late >= 0 and is_settled:
                async with self._turns.turn():
                    pause = await self._daily()
                self._due = self._clock.monotonic() + pause
                if pause == DAILY:
                    beat()
            await asyncio.sleep(WATCH if is_settled else 1)

    def soon(self) -> None:
        """Something was repaired: the verdict is due."""
        self._due = self._clock.monotonic()

    async def _daily(self) -> int:
        try:  # the first time right after the first catch-up: before it nothing was there to be counted
            await self._db.refresh_statistics()
        except StoreError as error:  # answers come later, that is all
            log.info("SQLite's statistics could not be refreshed: %s", error)
        try:
            await self._guard.compare_weekly()
            await self.audit(deep=True)
        except (SourceError, StoreError) as error:
            log.info("the audit could not look: %s", error)
            return AGAIN
        return DAILY

    async def audit(self, *, deep: bool, seen: bool = False) -> Audit:
        """Look at everything, keep the result, and tell the admins what is new; raises `SourceError`.

        `seen`: an admin asked, and reads the answer himself.
        """
        state = await self._guard.look()
        async with self._db.apart() as db:  # whole tables: nothing else waits for these questions
            survey_now = await gather(
                db,
                server=self._server,
                mirror=self._mirror,
                source=self._source,
                thresholds=self._rules.thresholds,
                now=int(self._clock.now()),
                deep=deep,
                database=state,
            )
        if survey_now.database.unreadable is None:
            await self._guard.remember(survey_now.database.faults)
        result = await asyncio.to_thread(audit, survey_now)
        log.info("audit: %s", summary(result))
        try:
            await self._db.write(lambda tx: survey.store(tx, result))
        except DatabaseDown as error:
            log.warning("the audit could not be stored: %s", error)
        try:
            await self._alerts.step(seen=seen)
        except DatabaseDown as error:  # who asked gets his answer all the same
            log.warning("the admins could not be told of the audit: %s", error)
        return result
