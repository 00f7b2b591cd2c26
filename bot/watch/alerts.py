"""Tells the admins what is new among the concerns, once, and when it is over; the database remembers what was told."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.domain.concerns import ONCE_TOLD, Concern, ConcernCode
from bot.errors import DatabaseDown, StoreError
from bot.present.audit.concerns import alert
from bot.store import facts, outbox
from bot.store.file.database import Database, Tx, taken_apart
from bot.watch.health import Health

log = logging.getLogger(__name__)

EVERY = 60
PATIENCE = {ConcernCode.POSTING: 900}
"""Seconds for which a concern must last until it is worth an alert: a hiccup is none."""


class Alerts:
    """`look` says how the bot is."""

    def __init__(
        self,
        db: Database,
        *,
        clock: Clock,
        look: Callable[[], Awaitable[Health]],
        straight: Callable[[str], Awaitable[None]],
    ) -> None:
        """`straight`: tells the admins at once what the database cannot hold; raises `StoreError`."""
        self._db = db
        self._clock = clock
        self._look = look
        self._straight = straight
        self._since: dict[str, float] = {}
        self._unstored: dict[str, str] | None = None
        """What was told and could not be stored."""
        self._turn = asyncio.Lock()

    async def run(self, beat: Callable[[], None]) -> None:
        """Never returns: looks every minute."""
        while True:
            try:
                await self.step()
                beat()
            except StoreError as error:
                log.info("the watch could not look: %s", error)
            await asyncio.sleep(EVERY)

    async def tell(self, reason: str, text: str) -> None:
        """A person has to act at once; what was told before the start is not told again. Raises `StoreError`."""
        key = Concern(ConcernCode.REFUSED, reason, text).key
        async with self._turn:
            told = await self._told()
            if key not in told:
                await self._store({**told, key: text}, text)

    async def step(self, *, seen: bool = False) -> None:
        """Compare what is with what was told; `seen`: an admin reads the audit's findings just now, himself."""
        async with self._turn:
            now = await self._look()
            told = await self._told()
            lasting = {concern.key: concern for concern in now.concerns if self._lasts(concern)}
            self._since = {key: since for key, since in self._since.items() if key in {c.key for c in now.concerns}}
            new = [c for key, c in lasting.items() if key not in told and c.code not in ONCE_TOLD]
            over = {key: text for key, text in told.items() if key not in lasting and not _is_open(key, now)}
            after = {key: text for key, text in told.items() if key not in over} | {c.key: c.text for c in new}
            if after == told:
                return
            is_heard = {key for key in (*over, *(c.key for c in new)) if not (seen and _is_finding(key))}
            text = alert(
                [c.text for c in new if c.key in is_heard],
                [text for key, text in over.items() if key in is_heard],
                is_well=bool(over) and not after and not now.concerns,
            )
            await self._store(after, text if is_heard else None)

    def _lasts(self, concern: Concern) -> bool:
        since = self._since.setdefault(concern.key, self._clock.monotonic())
        return self._clock.monotonic() - since >= PATIENCE.get(concern.code, 0)

    async def _told(self) -> dict[str, str]:
        """Key → text of what was told and is not over."""
        if self._unstored is not None:
            return self._unstored
        try:
            stored = await facts.get(self._db, facts.TOLD)
            with taken_apart():
                return {} if stored is None else dict(json.loads(stored))
        except DatabaseDown:
            return {}

    async def _store(self, told: dict[str, str], text: str | None) -> None:
        def work(tx: Tx) -> None:
            facts.put(tx, facts.TOLD, json.dumps(told))
            if text is not None:
                outbox.alert(tx, text, now=int(self._clock.now()))

        try:
            await self._db.write(work)
            self._unstored = None
        except DatabaseDown as error:
            if text is not None:
                await self._straight(text)
                log.warning("an alert was sent straight away, since the database cannot hold it: %s", error)
            self._unstored = told


def _is_open(key: str, now: Health) -> bool:
    return now.is_open(_code_of(key), key.partition(":")[2])


def _code_of(key: str) -> ConcernCode | None:
    code = key.partition(":")[0]
    return ConcernCode(code) if code in [*ConcernCode] else None


def _is_finding(key: str) -> bool:
    return _code_of(key) is ConcernCode.FINDING
