"""Tells the admins what is new among the concerns, once, and when it is over; the database remembers what was told."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType

from bot.clock import Clock
from bot.domain.concerns import ONCE_TOLD, Concern, ConcernCode, ToldConcern
from bot.errors import DatabaseBusy, DatabaseDown, StoreError
from bot.store import alerts, facts
from bot.store.file.database import Database, Tx, taken_apart
from bot.watch.health import Health

log = logging.getLogger(__name__)

EVERY = 60
PATIENCE = {ConcernCode.POSTING: 900}
"""Seconds for which a concern must last until it is worth an alert: a hiccup is none."""
_READ_BY_HIMSELF = frozenset({ConcernCode.FINDING, ConcernCode.BROKEN})
"""What an admin who asks for a diagnosis reads there."""
NONE: Mapping[str, str] = MappingProxyType({})


class Alerts:
    """`look` says how the bot is."""

    def __init__(
        self,
        db: Database,
        *,
        clock: Clock,
        look: Callable[[], Awaitable[Health]],
        straight: Callable[[Sequence[ToldConcern]], Awaitable[None]],
    ) -> None:
        """`straight`: tells the admins at once what the database cannot hold; raises `StoreError`."""
        self._db = db
        self._clock = clock
        self._look = look
        self._straight = straight
        self._since: dict[str, float] = {}
        self._unstored: dict[str, str] | None = None
        """What was told and could not be stored."""
        self._locked_out = False
        """The last thing to be stored met another program's lock."""
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
        concern = Concern(ConcernCode.REFUSED, reason, text)
        async with self._turn:
            told = await self._told()
            if concern.key not in told:
                await self._store({**told, concern.key: text}, [concern])

    async def step(self, *, seen: bool = False) -> None:
        """Compare what is with what was told; `seen`: an admin reads the audit's findings just now, himself."""
        async with self._turn:
            now = await self._look()
            told = await self._told()
            lasting = {concern.key: concern for concern in now.concerns if self._lasts(concern)}
            self._since = {key: since for key, since in self._since.items() if key in {c.key for c in now.concerns}}
            new = [c for key, c in lasting.items() if key not in told and c.code not in ONCE_TOLD]
            shown = await self._shown()
            ended = {key for key in (*told, *shown) if key not in lasting and not _is_open(key, now)}
            after = {key: text for key, text in told.items() if key not in ended} | {c.key: c.text for c in new}
            if after == told and not ended:
                self._locked_out = False
                return
            heard = [concern for concern in new if not (seen and concern.code in _READ_BY_HIMSELF)]
            await self._store(after, heard, {key: told.get(key, "") for key in ended})

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

    async def _shown(self) -> set[str]:
        """What alerts on Discord tell of as lasting."""
        try:
            return await alerts.open_keys(self._db)
        except DatabaseDown:
            return set()

    async def _store(self, told: dict[str, str], new: Sequence[Concern], ended: Mapping[str, str] = NONE) -> None:
        """One message for each kind of what is new; what is over is said in the messages that told of it.

        What nobody told in a message that is known gets one of its own when it is over. What the database cannot hold
        is told straight; raises `DatabaseBusy` where it is locked for the first time: a short lock is over in a minute.
        """
        at = int(self._clock.now())
        groups = [[c for c in new if c.code is code] for code in dict.fromkeys(c.code for c in new)]

        def work(tx: Tx) -> None:
            facts.put(tx, facts.TOLD, json.dumps(told))
            if ended:
                new_keys = {concern.key for concern in new}
                alerts.recognise(tx, {key: text for key, text in {**told, **ended}.items() if key not in new_keys})
            edited = alerts.over(tx, ended, now=at)
            for concerns in groups:
                alerts.owe(tx, concerns, now=at)
            for key in sorted(ended.keys() - edited - {key for key in ended if _code_of(key) in _READ_BY_HIMSELF}):
                alerts.owe_over(tx, key, ended[key], now=at)

        try:
            await self._db.write(work)
            self._unstored, self._locked_out = None, False
        except (DatabaseBusy, DatabaseDown) as error:
            if isinstance(error, DatabaseBusy) and not self._locked_out:
                self._locked_out = True
                raise
            for concerns in groups:
                await self._straight([ToldConcern(concern.key, concern.text) for concern in concerns])
                log.warning("an alert was sent straight away, since the database cannot hold it: %s", error)
            self._unstored = {**ended, **told}  # an end is told when it can be stored


def _is_open(key: str, now: Health) -> bool:
    return now.is_open(_code_of(key), key.partition(":")[2])


def _code_of(key: str) -> ConcernCode | None:
    return ToldConcern(key, "").code
