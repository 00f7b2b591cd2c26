"""How the bot is, as values: what `/sync status` and the tools show."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bot.app import App
from bot.domain.posts import PostState
from bot.domain.states import FileState
from bot.ingest.service import PollStatus
from bot.store import ledger, outbox


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


async def health(app: App) -> Health:
    """Ask every part how it is."""
    return Health(
        now=int(time.time()),
        polling=app.polling.status if app.polling else None,
        listed=app.poller.listed if app.poller else 0,
        pending=app.poller.pending if app.poller else 0,
        files=await ledger.count(app.db, app.server),
        posts=await outbox.count(app.db),
        posting_trouble=app.dispatcher.trouble if app.dispatcher else None,
    )
