"""How the bot is, as values: what `/sync status` and the tools show."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bot.deliver.dispatcher import Dispatcher
from bot.domain.audit.states import FileState
from bot.domain.posts import PostState
from bot.ingest.poller import Poller
from bot.ingest.service import PollService, PollStatus
from bot.store import ledger, outbox
from bot.store.database import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One look at everything; `now` in UTC epoch seconds."""

    now: int
    polling: PollStatus | None
    listed: int
    pending: int
    files: dict[FileState, int]
    posts: dict[PostState, int]
    posting_trouble: str | None


async def health(
    db: Reader, *, server: int, polling: PollService | None, poller: Poller | None, dispatcher: Dispatcher | None
) -> Health:
    """Ask every part how it is."""
    return Health(
        now=int(time.time()),
        polling=polling.status if polling else None,
        listed=poller.listed if poller else 0,
        pending=poller.pending if poller else 0,
        files=await ledger.count(db, server),
        posts=await outbox.count(db),
        posting_trouble=dispatcher.trouble if dispatcher else None,
    )
