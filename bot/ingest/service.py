"""The poll loop: every few seconds for ever, slower while the server is away, and one alert where a person must act."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.clock import Clock
from bot.domain.audit.states import FileState, LedgerRow
from bot.domain.game.file.files import RoundName, round_name
from bot.domain.trouble import Trouble, TroubleCode
from bot.episodes import Episode
from bot.errors import DatabaseDown, HostKeyChanged, HostKeyUnknown, LoginRefused, SourceAway, SourceRefused, StoreError
from bot.ingest.importer import Importer
from bot.ingest.outcomes import Poll, no_progress, no_sign
from bot.ingest.poller import Poller
from bot.ingest.settling import PATIENCE, TWO_LOOKS
from bot.present.words.reasons import AWAY, trouble_text
from bot.present.words.text import counted
from bot.store import facts, ledger
from bot.store.file.database import Database, Tx

log = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0
"""Seconds between two attempts while the server is away, at most."""
STRETCH = 10.0
"""Seconds between two signs of life while the loop waits."""
REFUSED_PAUSE = 300.0
"""Seconds between two attempts while a person has to act: gentle on the server's lock-out."""
_REFUSED: Mapping[type[SourceRefused], TroubleCode] = {
    LoginRefused: TroubleCode.LOGIN_REFUSED,
    HostKeyUnknown: TroubleCode.HOST_KEY_UNKNOWN,
    HostKeyChanged: TroubleCode.HOST_KEY_CHANGED,
}


_PAUSE = TWO_LOOKS + 0.05


@dataclass(slots=True)
class PollStatus:
    """What the last polls did, for `/sync status`; times in UTC epoch seconds."""

    last_success_at: int | None = None
    last_file: str | None = None
    trouble: Trouble | None = None
    next_poll_at: int | None = None
    pending: int = 0
    """Files that the last poll saw growing, or for the first time."""


async def begin(db: Database, server: int, importer: Importer) -> None:
    """Recognise the first run: an empty ledger is filled without posting, even over a restart."""
    state = await facts.get(db, facts.FIRST_RUN)
    if state is None:
        empty = not any((await ledger.count(db, server)).values())
        state = "running" if empty else "done"
        await db.write(lambda tx: facts.put(tx, facts.FIRST_RUN, state or ""))
    importer.silent = state == "running"
    importer.old = await facts.of_first_run(db)


async def settle_first_run(db: Database, importer: Importer, poll: Poll) -> None:
    """The first run ends with a poll that leaves nothing waiting; what failed stays a part of it, whenever it comes."""
    if not importer.silent or poll.pending:
        return

    def end(tx: Tx) -> list[LedgerRow]:
        left = ledger.not_imported(tx, importer.server)
        old = [row.filename for row in left if isinstance(round_name(row.filename), RoundName)]
        facts.put(tx, facts.FIRST_RUN, "done")
        facts.put(tx, facts.OF_FIRST_RUN, json.dumps(old))
        return left

    left = await db.write(end)
    importer.old = await facts.of_first_run(db)
    importer.silent = False
    log.info("the first run is complete: from now on new rounds are posted")
    if failing := sum(row.state is FileState.RETRYING for row in left):
        log.info("%s of it could not be read yet: nothing is posted of them either", counted(failing, "file"))


async def once(poller: Poller, db: Database, importer: Importer) -> Poll:
    """Poll until nothing waits, for as long as an unfinished file is waited for, and add up what was done."""
    total = Poll()
    for number in range(2 + math.ceil(PATIENCE / _PAUSE)):
        await asyncio.sleep(_PAUSE if number > 1 else 0)  # a long first poll was pause enough
        poll = await poller.poll()
        total.add(poll)
        if not poll.pending:
            break
    await settle_first_run(db, importer, total)
    total.healed(await importer.counted(total.set_aside))
    return total


class PollService:
    """Polls for ever; `alert` owes the admins a message (reason, text), `news` tells that something was imported.

    `alive` is told that the loop goes on, whatever comes of it: a pause is a sign of life, an answer that never comes
    is none.
    """

    def __init__(
        self,
        poller: Poller,
        *,
        db: Database,
        importer: Importer,
        clock: Clock,
        interval: float,
        alert: Callable[[str, str], Awaitable[None]],
        news: Callable[[], None],
        alive: Callable[[], None] = no_sign,
    ) -> None:
        self.poller = poller
        self.status = PollStatus()
        self._db = db
        self._importer = importer
        self._clock = clock
        self._interval = interval
        self._alert = alert
        self._news = news
        self._alive = alive
        self._turn = asyncio.Lock()
        self._away = 0
        self._alerted: set[Trouble] = set()
        self._episode = Episode(log, "polling works again")

    async def run(self, beat: Callable[[], None]) -> None:
        """Never returns; `beat` is told of each success."""
        while True:
            started = self._clock.monotonic()
            pause = await self.step()
            if self.status.trouble is None:
                beat()
            pause = max(0.0, pause - (self._clock.monotonic() - started))
            self.status.next_poll_at = int(self._clock.now() + pause)
            await self._wait(pause)

    async def _wait(self, pause: float) -> None:
        """In stretches: who watches over this process hears that it waits, and does not hang."""
        while pause > STRETCH:
            self._alive()
            await asyncio.sleep(STRETCH)
            pause -= STRETCH
        self._alive()
        await asyncio.sleep(pause)

    async def poll_now(self, progress: Callable[[int, int], None] = no_progress) -> Poll:
        """One poll at once, between those of the loop; raises `SourceError` or `StoreError`."""
        async with self._turn:
            self.poller.look_again()
            self.poller.progress = progress
            try:
                poll = await once(self.poller, self._db, self._importer)
            finally:
                self.poller.progress = no_progress
        self._well(poll)
        return poll

    async def step(self) -> float:
        """One poll; the seconds from its start to the next one's. Expected failures end here."""
        async with self._turn:
            return await self._step()

    async def _step(self) -> float:
        try:
            poll = await self.poller.poll()
            await settle_first_run(self._db, self._importer, poll)
        except SourceAway as error:
            return await self._is_away(error)
        except SourceRefused as error:
            return await self._is_refused(error)
        except StoreError as error:
            is_down = isinstance(error, DatabaseDown)
            self._trouble(Trouble(TroubleCode.DATABASE_DOWN if is_down else TroubleCode.DATABASE, str(error)))
            return max(self._interval, 10.0)
        self._well(poll)
        return min(self._interval, TWO_LOOKS + 0.1) if poll.pending else self._interval

    def _well(self, poll: Poll) -> None:
        self._episode.over()
        if self.status.trouble is not None or self.status.last_success_at is None:
            rounds = counted(self.poller.rounds, "round file")
            newest = f", the newest {self.poller.newest}" if self.poller.newest else ""
            others = self.poller.listed - self.poller.rounds
            more = f"; {others} of other names" if others else ""
            log.info("the game server answers: %s%s%s", rounds, newest, more)
        self._away, self._alerted, self.status.trouble = 0, set(), None
        self.status.last_success_at, self.status.pending = int(self._clock.now()), poll.pending
        names = [*poll.imported, *poll.set_aside, *poll.finished]
        if names:
            self.status.last_file = max(names)
            self._news()

    async def _is_away(self, error: SourceAway) -> float:
        self._trouble(Trouble(TroubleCode.SERVER_AWAY, str(error)), fix=AWAY)
        self._news()  # a poll may have imported something before it broke off
        pause = min(self._interval * 2.0**self._away, LONGEST_PAUSE)
        self._away = min(self._away + 1, 10)
        return pause * random.uniform(0.75, 1.0)  # noqa: S311  (jitter)

    async def _is_refused(self, error: SourceRefused) -> float:
        code = _REFUSED.get(type(error), TroubleCode.SERVER_REFUSES)
        trouble = Trouble(code, str(error))
        self._trouble(trouble)
        if trouble not in self._alerted:
            try:
                await self._alert(str(error), f"The game server cannot be read, and needs you: {error}")
                self._alerted.add(trouble)
            except StoreError as failed:
                log.warning("the alert could not be stored: %s", failed)
        return REFUSED_PAUSE

    def _trouble(self, trouble: Trouble, *, fix: str = "") -> None:
        self._episode.tell(f"{trouble_text(trouble)}{fix and f': {fix}'}")
        self.status.trouble = trouble
