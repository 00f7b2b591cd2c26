"""What goes into the importer, and what comes out: expected outcomes are values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from bot.domain.model import State

FIRST_RETRY, LAST_RETRY = 30, 6 * 3600
"""Seconds until a failed file is tried again: doubled each time, up to the last."""


class Arrival(NamedTuple):
    """A file's bytes, ready to be imported; `mtime` of the file on its server, UTC seconds.

    `certain`: they are the server's. A copy on disk may be torn: if it is bad, the server's bytes decide later.
    """

    name: str
    data: bytes
    mtime: int | None
    attempts: int = 0
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Imported:
    """The file's round is stored."""

    round_id: int
    state: State
    reason: str | None


@dataclass(frozen=True, slots=True)
class Already:
    """The round was stored before, from these very bytes."""

    round_id: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """The content breaks the grammar."""

    why: str


@dataclass(frozen=True, slots=True)
class Different:
    """A round of this name is stored, from other bytes: nothing was touched."""

    round_id: int


@dataclass(frozen=True, slots=True)
class Retry:
    """It could not be stored now."""

    why: str


Outcome = Imported | Already | Rejected | Different | Retry


def retry_delay(attempts: int) -> int:
    """Seconds until the next attempt after so many failures."""
    return min(FIRST_RETRY << min(attempts, 20), LAST_RETRY)


@dataclass(slots=True)
class Poll:
    """What one poll did: names by what became of them, in the order of the files."""

    listed: bool = False
    looked_at: int = 0
    imported: list[str] = field(default_factory=list)
    set_aside: dict[str, str] = field(default_factory=dict)
    rejected: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    ignored: int = 0
    pending: int = 0

    @property
    def attention(self) -> bool:
        """Something new that a person should look at."""
        return bool(self.rejected or self.failed or self.changed)

    def add(self, later: Poll) -> None:
        """Add up a further poll's doings."""
        self.listed |= later.listed
        self.looked_at += later.looked_at
        self.imported += later.imported
        self.set_aside |= later.set_aside
        self.rejected |= later.rejected
        self.failed |= later.failed
        self.changed += later.changed
        self.ignored += later.ignored
        self.pending = later.pending

    def summary(self) -> str:
        """One line: how many files went where."""
        parts = [
            (len(self.imported), "counted"),
            (len(self.set_aside), "set aside"),
            (len(self.rejected), "rejected"),
            (len(self.failed), "to be tried again"),
            (len(self.changed), "changed on the server"),
            (self.ignored, "no round files"),
            (self.pending, "still growing"),
        ]
        return ", ".join(f"{number} {what}" for number, what in parts if number) or "nothing new"
