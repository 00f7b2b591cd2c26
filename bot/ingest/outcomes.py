"""What goes into the importer, and what comes out: expected outcomes are values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.domain.audit.states import FileState, LedgerRow
from bot.domain.game.file.files import RoundName
from bot.domain.game.file.reasons import FileReason
from bot.domain.game.model import Reason, State

FIRST_RETRY, LAST_RETRY = 30, 6 * 3600
"""Seconds until a failed file is tried again: doubled each time, up to the last."""


class Arrival(NamedTuple):
    """A file's bytes, ready to be imported; `mtime` of the file on its server, UTC seconds.

    `certain`: they are the server's. A copy on disk may be torn: if it is bad, the server's bytes decide later.
    """

    file: RoundName
    data: bytes
    mtime: int | None
    attempts: int = 0
    certain: bool = True

    @property
    def name(self) -> str:
        """Its name as the server lists it."""
        return self.file.text


@dataclass(frozen=True, slots=True)
class Imported:
    """The file's round is stored."""

    round_id: int
    state: State
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Finished:
    """A round of this file's beginning was stored: it is replaced by the whole, round id kept."""

    round_id: int


@dataclass(frozen=True, slots=True)
class Already:
    """The round was stored before, from these very bytes."""

    round_id: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """The content breaks the grammar."""

    why: FileReason


@dataclass(frozen=True, slots=True)
class Different:
    """A round of this name is stored, from other bytes: nothing was touched."""

    round_id: int


@dataclass(frozen=True, slots=True)
class Retry:
    """It could not be stored now."""

    why: FileReason


Outcome = Imported | Finished | Already | Rejected | Different | Retry


def retry_delay(attempts: int) -> int:
    """Seconds until the next attempt after so many failures."""
    return min(FIRST_RETRY << min(attempts, 20), LAST_RETRY)


def no_progress(_done: int, _wanted: int) -> None:
    """Nobody watches how many files are done, of how many."""


def no_sign() -> None:
    """Nobody watches whether it goes on."""


@dataclass(slots=True)
class Poll:
    """What one poll did: names by what became of them, in the order of the files."""

    listed: bool = False
    looked_at: int = 0
    imported: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    set_aside: dict[str, Reason] = field(default_factory=dict)
    rejected: dict[str, FileReason] = field(default_factory=dict)
    failed: dict[str, FileReason] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    ignored: int = 0
    pending: int = 0

    @property
    def attention(self) -> bool:
        """Something new that a person should look at."""
        return bool(self.rejected or self.failed or self.changed)

    def note(self, name: str, outcome: Outcome) -> None:
        """What became of this file."""
        match outcome:
            case Imported(reason=Reason() as reason):
                self.set_aside[name] = reason
            case Imported():
                self.imported.append(name)
            case Finished():
                self.finished.append(name)
            case Rejected(why):
                self.rejected[name] = why
            case Different():
                self.changed.append(name)
            case Retry(why):
                self.failed[name] = why
            case Already():
                pass

    def healed(self, names: Iterable[str]) -> None:
        """These were set aside at first, and count now that their round 1 is here."""
        for name in names:
            self.imported.append(name)
            del self.set_aside[name]

    def add(self, later: Poll) -> None:
        """Add up a further poll's doings."""
        self.listed |= later.listed
        self.looked_at += later.looked_at
        self.imported += later.imported
        self.finished += later.finished
        self.set_aside |= later.set_aside
        healed = {*later.imported, *later.set_aside}
        self.rejected = {n: why for n, why in (self.rejected | later.rejected).items() if n not in healed}
        self.failed = {n: why for n, why in (self.failed | later.failed).items() if n not in healed}
        self.changed += later.changed
        self.ignored += later.ignored
        self.pending = later.pending

    def summary(self) -> str:
        """One line: how many files went where."""
        parts = [
            (len(self.imported), "counted"),
            (len(self.set_aside), "set aside"),
            (len(self.finished), "finished after their import"),
            (len(self.rejected), "rejected"),
            (len(self.failed), "to be tried again"),
            (len(self.changed), "changed on the server"),
            (self.ignored, "no round files"),
            (self.pending, "still growing"),
        ]
        return ", ".join(f"{number} {what}" for number, what in parts if number) or "nothing new"


def ledger_row(arrival: Arrival, outcome: Outcome) -> LedgerRow | None:
    """What the ledger says of a file after this outcome; None where it keeps what it says."""
    row = LedgerRow(
        arrival.name,
        FileState.IMPORTED,
        size=len(arrival.data),
        mtime=arrival.mtime,
        sha256=hashlib.sha256(arrival.data).hexdigest(),
    )
    match outcome:
        case Imported(round_id) | Finished(round_id) | Already(round_id):
            return row._replace(round_id=round_id)
        case Rejected(why):
            rejected = row._replace(state=FileState.REJECTED, reason=why)
            return rejected if arrival.certain else rejected._replace(size=None, mtime=None)
        case _:
            return None  # the ledger keeps what it says about the imported bytes
