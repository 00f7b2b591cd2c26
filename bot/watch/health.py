"""How the bot is, as values: what `/sync status` and the tools show."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.audit.states import FileState
from bot.domain.posts import PostState
from bot.domain.trouble import Trouble
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
    posting_trouble: Trouble | None


async def health(
    db: Reader, *, server: int, now: int, polling: PollService | None, posting_trouble: Trouble | None
) -> Health:
    """Ask every part how it is."""
    return Health(
        now=now,
        polling=polling.status if polling else None,
        listed=polling.poller.listed if polling else 0,
        pending=polling.poller.pending if polling else 0,
        files=await ledger.count(db, server),
        posts=await outbox.count(db),
        posting_trouble=posting_trouble,
    )
