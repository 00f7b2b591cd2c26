"""What a database that was restored from a backup has forgotten: POSTING, "Look-back"."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

from bot.clock import Clock
from bot.deliver.publisher import Publisher
from bot.domain.buttons import ToldRound
from bot.domain.posts import OutboxItem
from bot.domain.rules import Rules
from bot.errors import OutcomeUnknown, PostGone, PostLater, PostRefused
from bot.store import telling
from bot.store.file.database import Database

log = logging.getLogger(__name__)

BEFORE_START = 600
"""What ended up to so many seconds after the start may be from before it: the game server's clock is another one."""
MARGIN, OLDEST = 300, 86400
"""Seconds before what is told of from which the channel is read, and before now at most."""
PAUSE = 30
"""Seconds until a channel that could not be read is tried again."""

Record = Callable[[OutboxItem, int, int], Awaitable[None]]
"""Of an item: the message that it is, in that channel."""


class Unread(NamedTuple):
    """A channel could not be read: the monotonic time of the next try, and why."""

    again_at: float
    why: str


class Recall:
    """Before the first attempt of a post of what happened before this start: is it there already?"""

    def __init__(self, db: Database, publisher: Publisher, *, rules: Rules, clock: Clock) -> None:
        self._db = db
        self._publisher = publisher
        self._rules = rules
        self._clock = clock
        self.before = int(clock.now()) + BEFORE_START
        """What happened until then may be from before the start."""
        self._looked_for: set[int] = set()
        self._unread: dict[int, Unread] = {}
        """Channels that could not be read."""

    def is_due(self, item: OutboxItem) -> bool:
        """It may be there without this database knowing, and nobody has looked."""
        return item.nonce is None and item.happened_at <= self.before and item.id not in self._looked_for

    async def look(
        self, owed: Iterable[OutboxItem], *, channel_of: Callable[[OutboxItem], int], record: Record
    ) -> dict[int, str]:
        """Record which of these posts are there; the channels that could not be read now, and why."""
        by_channel: dict[int, list[OutboxItem]] = {}
        for item in owed:
            if self.is_due(item):
                by_channel.setdefault(channel_of(item), []).append(item)
        for channel, items in by_channel.items():
            if channel not in self._unread or self._clock.monotonic() >= self._unread[channel].again_at:
                await self._read(channel, items, record)
        return {channel: self._unread[channel].why for channel in by_channel if channel in self._unread}

    async def _read(self, channel: int, items: list[OutboxItem], record: Record) -> None:
        now = self._publisher.now()
        oldest = min(min(item.happened_at for item in items), now - self._rules.post_max_age)
        since = int(max(oldest, now - OLDEST)) - MARGIN
        no_news = await telling.unowed(self._db, after=since - OLDEST)
        unowed = {str(ToldRound(round=key)): round_id for key, round_id in no_news.items()}
        own = {marker for item in items for marker in (item.marker, item.told_marker) if marker}
        try:
            messages = await self._publisher.find(own | unowed.keys(), channel=channel, since=since)
        except (OutcomeUnknown, PostLater) as error:
            seconds = error.seconds if isinstance(error, PostLater) else PAUSE
            self._unread[channel] = Unread(self._clock.monotonic() + seconds, str(error))
            return
        except (PostRefused, PostGone):
            messages = {}  # nobody can know; what is wrong there, the first attempt tells
        self._unread.pop(channel, None)
        told: dict[int, list[int]] = {}
        for item in items:
            if item.marker in messages:
                log.info("the %s post %d is there already, and this database did not know", item.kind, item.id)
                await record(item, messages[item.marker], channel)
            elif item.told_marker in messages and item.round_id is not None:
                told.setdefault(messages[item.told_marker], []).append(item.round_id)
        for marker in messages.keys() & unowed.keys():
            told.setdefault(messages[marker], []).append(unowed[marker])
        for message, round_ids in told.items():
            await self._tell(message, round_ids, channel)
        self._looked_for |= {item.id for item in items}

    async def _tell(self, message: int, round_ids: list[int], channel: int) -> None:
        """A digest is there: its rounds are told, also those that are no news any more, as a correction names all."""
        log.info("a digest of %d rounds is there already, and this database did not know", len(round_ids))
        now = int(self._clock.now())
        await self._db.write(lambda tx: telling.told(tx, round_ids, message=message, channel=channel, now=now))
