"""Posts that are owed to Discord: which kind, in which state, and when a round is news."""

from __future__ import annotations

import base64
import hashlib
from enum import StrEnum
from typing import NamedTuple

from bot.domain.files import TRUSTED_DRIFT

PAIR_PATIENCE = 600
"""Seconds that the post of a round 2 waits for its round 1."""


class Kind(StrEnum):
    """What a message is about."""

    ROUND = "round"
    MATCH = "match"
    ALERT = "alert"


class PostState(StrEnum):
    """Where a post stands (RELIABILITY, "Posting once")."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    PARKED = "parked"
    UNSURE = "unsure"
    DELETED = "deleted"
    DROPPED = "dropped"


class OutboxItem(NamedTuple):
    """One row of the outbox; times in UTC epoch seconds."""

    id: int
    kind: Kind
    round_id: int | None
    body: str | None
    about: int | None
    state: PostState
    reason: str | None
    revision: int
    sent_revision: int
    channel_id: int | None
    nonce: str | None
    message_id: int | None
    attempts: int
    first_attempt_at: int | None
    attempt_at: int | None
    edited_at: int | None
    not_before: int
    created_at: int

    @property
    def in_doubt(self) -> bool:
        """An attempt was made of which nobody knows whether it got through."""
        return self.state is PostState.SENDING or self.first_attempt_at is not None

    @property
    def marker(self) -> str:
        """The custom id by which the message is found again: `round:<id>:<kind>`."""
        return f"round:{self.round_id}:{self.kind}" if self.round_id is not None else f"alert:{self.id}:{self.kind}"


def nonce(*parts: object) -> str:
    """At most 25 characters, the same for the same server, file hash, kind, channel and revision."""
    digest = hashlib.sha256("\x00".join(map(str, parts)).encode()).digest()
    return base64.b32encode(digest).decode("ascii")[:25].lower()


def is_news(*, ended_at: int, mtime: int | None, now: int, max_age: int) -> bool:
    """A round worth a post: its file is at most `max_age` seconds old, and its name agrees with that.

    An archive that is copied in has fresh files with old names, or old ones: neither is news.
    """
    return mtime is not None and now - mtime <= max_age and abs(ended_at - mtime) < TRUSTED_DRIFT
