"""Tells the admins what posts need in the channels and lack."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from bot.clock import Clock
from bot.deliver.publisher import Publisher
from bot.domain.concerns import Concern, ConcernCode
from bot.store import alerts, facts
from bot.store.file.database import Database, Tx

log = logging.getLogger(__name__)

WITHOUT = (
    "Until that is granted, posts wait; without Embed Links they are plain text, without Attach Files they have tables "
    "in place of pictures, and without Read Message History you are asked when an answer of Discord's is lost."
)


class Missing:
    """What is missing is told once, as soon as the gateway told of the channels; and again when it changes."""

    def __init__(self, db: Database, publisher: Publisher, *, clock: Clock) -> None:
        self._db = db
        self._publisher = publisher
        self._clock = clock
        self._seen: str | None = None

    async def tell(self, channels: Iterable[int]) -> None:
        """Look, and owe the admins a message where it is news."""
        sentences = [self._publisher.lacks(channel) for channel in channels]
        lacking = "\n".join(dict.fromkeys(sentence for sentence in sentences if sentence))
        if None in sentences or lacking == self._seen:
            return
        self._seen = lacking
        told = await facts.get(self._db, facts.LACKING) or ""
        if lacking == told:
            return

        def work(tx: Tx) -> None:
            facts.put(tx, facts.LACKING, lacking)
            now, code = int(self._clock.now()), ConcernCode.PERMISSIONS
            alerts.over(tx, {Concern(code, "", "").key}, now=now)
            if lacking:
                alerts.owe(tx, [Concern(code, "", f"{lacking}\n{WITHOUT}")], now=now)

        await self._db.write(work)
        log.warning("posting: %s", lacking.replace("\n", "; ") or "nothing is lacking in the channels any more")
