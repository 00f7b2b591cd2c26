"""The bot audits itself: after every start, daily, and on request; it speaks only when the verdict changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.domain.audit.audit import Audit, AuditVerdict
from bot.domain.audit.checks import audit
from bot.domain.rules import Rules
from bot.domain.trouble import Trouble
from bot.errors import SourceError, StoreError
from bot.ingest.mirror import Mirror
from bot.ingest.service import PollStatus
from bot.ingest.source.remote import RemoteSource
from bot.present.audit.text import summary
from bot.present.words.reasons import trouble_text
from bot.store import ledger, survey
from bot.store.database import Database
from bot.watch.survey import gather

log = logging.getLogger(__name__)

DAILY = 86400
AGAIN = 600
"""Seconds until an audit that could not look at the server is tried again."""
WATCH = 60
PATIENCE = 900
"""Seconds for which posts must have failed until that is worth an alert."""
OFTEN = 5
"""A file that failed so many times is worth an alert."""
_WORSE = {AuditVerdict.HEALTHY: 0, AuditVerdict.ATTENTION: 1, AuditVerdict.CRITICAL: 2}


class SelfAudit:
    """Looks after one server's files; `alert` owes the admins a message."""

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
        alert: Callable[[str], Awaitable[None]],
        posting: Callable[[], Trouble | None],
    ) -> None:
        self._db = db
        self._server = server
        self._mirror = mirror
        self._source = source
        self._status = status
        self._rules = rules
        self._clock = clock
        self._alert = alert
        self._posting = posting
        self._started = self._clock.monotonic()
        self._stuck_since: float | None = None
        self._said: set[str] = set()

    async def run(self) -> None:
        """Never returns: watches every minute, audits daily."""
        due = self._clock.monotonic()
        while True:
            if self._clock.monotonic() >= due and self._status.last_success_at is not None:
                due = self._clock.monotonic() + await self._daily()
            try:
                await self.watch()
            except StoreError as error:
                log.info("the watch could not look: %s", error)
            await asyncio.sleep(1 if self._status.last_success_at is None else WATCH)

    async def _daily(self) -> int:
        try:
            await self.audit(deep=True)
        except (SourceError, StoreError) as error:
            log.info("the audit could not look: %s", error)
            return AGAIN
        return DAILY

    async def audit(self, *, deep: bool) -> Audit:
        """Look at everything, keep the result, and tell the admins if the verdict changed; raises `SourceError`."""
        before = await survey.last(self._db)
        seen = await gather(
            self._db,
            server=self._server,
            mirror=self._mirror,
            source=self._source,
            thresholds=self._rules.thresholds,
            now=int(self._clock.now()),
            deep=deep,
        )
        found = await asyncio.to_thread(audit, seen)
        await self._db.write(lambda tx: survey.store(tx, found))
        was = AuditVerdict(before["verdict"]) if before is not None else AuditVerdict.HEALTHY
        log.info("audit: %s", summary(found))
        if _WORSE[found.verdict] > _WORSE[was] or (
            found.verdict is AuditVerdict.HEALTHY and was is not AuditVerdict.HEALTHY
        ):
            await self._alert(f"File sync audit, {was} before: {summary(found)} See /sync diagnose.")
        return found

    async def watch(self) -> None:
        """Alert on silence: once per episode, and nothing when it ends."""
        troubles = {"silence": self._silent(), "posting": self._stuck(), **await self._failing()}
        now = {episode: text for episode, text in troubles.items() if text is not None}
        for text in (text for episode, text in now.items() if episode not in self._said):
            await self._alert(text)
        self._said = set(now)

    def _silent(self) -> str | None:
        last = self._status.last_success_at
        silent = self._clock.now() - last if last is not None else self._clock.monotonic() - self._started
        if silent < self._rules.silence or self._status.trouble is None:
            return None
        return f"No contact with the game server for {silent // 60:.0f} minutes: {trouble_text(self._status.trouble)}"

    def _stuck(self) -> str | None:
        trouble = self._posting()
        if trouble is None:
            self._stuck_since = None
            return None
        self._stuck_since = self._stuck_since if self._stuck_since is not None else self._clock.monotonic()
        if self._clock.monotonic() - self._stuck_since < PATIENCE:
            return None  # a hiccup, or a refusal that the dispatcher tells itself
        return f"Posts do not get through: {trouble_text(trouble)}"

    async def _failing(self) -> dict[str, str | None]:
        rows = await ledger.failing(self._db, self._server, at_least=OFTEN)
        return {
            row.filename: f"{row.filename} failed {row.attempts} times: {row.reason}. It is tried again by itself."
            for row in rows
        }
