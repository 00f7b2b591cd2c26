"""What became of one file: when it was seen, its round, its post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.audit.states import FileState
from bot.domain.game.model import Note, Reason, State
from bot.domain.posts import PostKind, PostReason, PostState


class Sighting(NamedTuple):
    """A file in the ledger; instants in UTC epoch seconds."""

    first_seen_at: int
    state: FileState
    since: int


class Ignored(NamedTuple):
    """An admin took the file out; `at` in UTC epoch seconds."""

    by: str
    at: int
    reason: str


class PostStatus(NamedTuple):
    """A round's post; `reason`: why it is in this state."""

    kind: PostKind
    state: PostState
    reason: PostReason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundHistory:
    """A file's round; `ended_at` in UTC epoch seconds, `first`: the file of its round 1."""

    id: int
    state: State
    reason: Reason | None
    players: int
    ended_at: int
    first: str | None
    notes: tuple[Note, ...]
    post: PostStatus | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHistory:
    """`seen` and `round` both None: the file was never seen."""

    seen: Sighting | None
    round: RoundHistory | None
    ignored: Ignored | None = None
