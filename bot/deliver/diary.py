"""What the log says of posts: a line for each that was made or edited, and what is in their way."""

from __future__ import annotations

import logging

from bot.domain.posts import OutboxItem
from bot.domain.trouble import Trouble, TroubleCode
from bot.episodes import Episode
from bot.present.words.reasons import trouble_text
from bot.store import outbox
from bot.store.file.database import Database

log = logging.getLogger(__name__)


def of_round(item: OutboxItem) -> str:
    """What follows a post's kind where an admin is told of it: a recap, say, is of no one round."""
    return "" if item.round_id is None else f" of round {item.round_id}"


class Diary:
    """`trouble`: why the last post did not get through; None when all is well."""

    def __init__(self, db: Database) -> None:
        self.trouble: Trouble | None = None
        self._db = db
        self._episode = Episode(log, "posting: works again")

    async def posted(self, item: OutboxItem, message: int) -> None:
        """Under the name of its round's file, which the log had when it was imported."""
        log.info("%s posted as message %d (%s)", await self._name(item), message, item.kind)

    async def edited(self, item: OutboxItem) -> None:
        """Its message says something else now."""
        log.info("%s: message %d is edited (%s)", await self._name(item), item.message_id, item.kind)

    async def removed(self, item: OutboxItem) -> None:
        """Its match's message took its place."""
        log.info("%s: message %d gave way to its match's", await self._name(item), item.message_id)

    def say(self, code: TroubleCode, text: str) -> None:
        """Something is in the way."""
        self.trouble = Trouble(code, text)
        self._episode.tell(f"posting: {trouble_text(self.trouble)}")

    def is_well(self) -> None:
        """A post got through."""
        self.trouble = None
        self._episode.over()

    async def _name(self, item: OutboxItem) -> str:
        return f"post {item.id}" if item.round_id is None else (await outbox.file_of(self._db, item)).split()[0]
