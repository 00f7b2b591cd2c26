"""What the log says of posts: a line for each that was made or edited, and what is in their way."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from bot.domain.posts import OutboxItem, PostState
from bot.domain.trouble import Trouble, TroubleCode
from bot.episodes import Episode
from bot.present.words.reasons import trouble_text
from bot.store import outbox
from bot.store.file.database import Database

log = logging.getLogger(__name__)

_About = TroubleCode | int | None
"""None: the last post; a number: the row of a message that cannot be brought up to date."""


def of_round(item: OutboxItem) -> str:
    """What follows a post's kind where an admin is told of it: a recap, say, is of no one round."""
    return "" if item.round_id is None else f" of round {item.round_id}"


class Diary:
    """What was done, and what is in the way until it is over."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._troubles: dict[_About, Trouble] = {}
        """In the order in which they began."""
        self._episode = Episode(log, "posting: works again")

    @property
    def trouble(self) -> Trouble | None:
        """Why posts do not get through; None when all is well."""
        return next(reversed(self._troubles.values()), None)

    @property
    def is_unread(self) -> bool:
        """What was posted before this start is not known, and posts wait for that."""
        return TroubleCode.HISTORY_UNREAD in self._troubles

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
        """Something is in the way, until a post gets through."""
        self._tell(None, Trouble(code, text))

    def is_well(self) -> None:
        """A post got through."""
        self._over(None)

    def refused(self, item: OutboxItem, reason: str) -> None:
        """Discord refuses it; where its message is there, that is not over when another post gets through."""
        if item.state in (PostState.SENT, PostState.REMOVING):
            text = f"the {item.kind} post{of_round(item)} cannot be brought up to date: {reason}"
            self._tell(item.id, Trouble(TroubleCode.POST_REFUSED, text), told_as=reason)
        else:
            self.say(TroubleCode.POST_REFUSED, reason)

    async def settle(self) -> None:
        """Messages that are up to date by now, or given up, are in nobody's way."""
        rows = {about for about in self._troubles if isinstance(about, int)}
        if rows:
            for row in rows - await outbox.out_of_date(self._db):
                self._over(row)

    def read(self, unread: Mapping[int, str]) -> None:
        """The channels that cannot be read for what was posted before this start, and why: that no post ends."""
        if unread:
            why = next(iter(unread.values()))
            trouble = Trouble(TroubleCode.HISTORY_UNREAD, why)
            self._tell(trouble.code, trouble, told_as=trouble.code)  # once, though each try may say why anew
        else:
            self._over(TroubleCode.HISTORY_UNREAD)

    def _tell(self, about: _About, trouble: Trouble, *, told_as: str | None = None) -> None:
        self._troubles[about] = trouble
        self._episode.tell(f"posting: {trouble_text(trouble)}", about=told_as)

    def _over(self, about: _About) -> None:
        self._troubles.pop(about, None)
        if not self._troubles:
            self._episode.over()

    async def _name(self, item: OutboxItem) -> str:
        return f"post {item.id}" if item.round_id is None else (await outbox.file_of(self._db, item)).split()[0]
