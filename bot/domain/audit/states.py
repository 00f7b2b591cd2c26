"""The words of the ledger and the gate: in which state a file is, and what is to be done with it."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import NamedTuple

from bot.domain.game.file.files import NotARound, RoundName
from bot.domain.game.file.reasons import FileReason
from bot.domain.game.model import Reason, State


class FileState(StrEnum):
    """Where a file of the folder stands; each is in exactly one of these."""

    SEEN = "seen"
    DOWNLOADED = "downloaded"
    IMPORTED = "imported"
    REJECTED = "rejected"
    RETRYING = "retrying"
    IGNORED = "ignored"

    @property
    def is_settled(self) -> bool:
        """Nothing more is done with the file, as long as it stays as it is."""
        match self:
            case FileState.IMPORTED | FileState.REJECTED | FileState.IGNORED:
                return True
            case FileState.SEEN | FileState.DOWNLOADED | FileState.RETRYING:
                return False


class Layer(StrEnum):
    """Who settled a file (ARCHITECTURE, "The gate")."""

    NAME = "name and kind"
    MEMORY = "memory"
    LOCAL = "local_stats"
    LEDGER = "processed_files"
    ROUNDS = "rounds"


class Action(Enum):
    """What to do with a file."""

    SKIP = "nothing to do"
    WAIT = "not now"
    TAKE = "read it from local_stats"
    FETCH = "download it"
    VERIFY = "download it and compare it with what was imported"
    MEND = "its round is here: write its ledger row"
    IGNORE = "record that it is no round file"
    CHANGED = "record that the server's file is not the imported one"

    @property
    def needs_bytes(self) -> bool:
        """It takes the file's bytes; everything else is done with what is known."""
        match self:
            case Action.TAKE | Action.FETCH | Action.VERIFY:
                return True
            case Action.SKIP | Action.WAIT | Action.MEND | Action.IGNORE | Action.CHANGED:
                return False


class ServerVersion(NamedTuple):
    """How the server's file is now, where that is not the imported one; as an entry of a listing, without its name."""

    size: int | None
    mtime: int | None
    kind: str


class FileStanding(NamedTuple):
    """Where a file stands, why, and how the server's file differs now."""

    state: FileState
    reason: FileReason | None = None
    changed_to: ServerVersion | None = None


class LedgerRow(NamedTuple):
    """One row of `processed_files`; times in UTC epoch seconds, sizes in bytes, sha256 in hex."""

    filename: str
    state: FileState
    reason: FileReason | None = None
    size: int | None = None
    mtime: int | None = None
    sha256: str | None = None
    round_id: int | None = None
    attempts: int = 0
    retry_at: int | None = None
    changed_to: ServerVersion | None = None

    @property
    def standing(self) -> FileStanding:
        """Its state with the reason, and whether the server's file is another one now."""
        return FileStanding(self.state, self.reason, self.changed_to)


class BrokenFile(NamedTuple):
    """A rejected file: the line and what is wrong in it, and since when (UTC epoch seconds)."""

    filename: str
    reason: FileReason | None
    since: int


class KnownRound(NamedTuple):
    """A stored round's identity, and its file as it was imported; sha256 in hex, size in bytes."""

    id: int
    sha256: str
    mtime: int | None
    size: int
    state: State
    reason: Reason | None

    def ledger_row(self, name: str) -> LedgerRow:
        """What the ledger says of its file."""
        return LedgerRow(name, FileState.IMPORTED, None, self.size, self.mtime, self.sha256, self.id)


class GateReasonCode(StrEnum):
    """Why the gate answers as it does; the sentences are in `bot.present.words.reasons`."""

    SETTLED = "settled"
    UNFIT = "unfit"
    RESTS = "rests"
    OTHER_TIME = "other_time"
    LONGER = "longer"
    DIFFERS = "differs"
    OTHER_CONTENT = "other_content"
    KEPT = "kept"
    KEPT_CONTENT = "kept_content"
    UNWRITTEN = "unwritten"
    ON_DISK = "on_disk"
    NEW = "new"


class GateReason(NamedTuple):
    """A code with what belongs to it.

    `standing`: where the file stands; `number`: the imported file's size in bytes, the attempt that is due, or the id
    of the round; `now`: how the server's file is.
    """

    code: GateReasonCode
    standing: FileStanding | None = None
    number: int = 0
    now: ServerVersion | None = None


class LocalCopy(NamedTuple):
    """A file in `local_stats/`; bytes, and UTC epoch seconds."""

    size: int
    mtime: int


class Settled(NamedTuple):
    """What memory keeps of a file that needs no further look: as it was then, who settled it, and why."""

    size: int | None
    mtime: int | None
    layer: Layer
    reason: GateReason


class KnownFile(NamedTuple):
    """What every layer of the gate knows of one name; None where a layer knows nothing."""

    name: RoundName | NotARound
    memory: Settled | None
    local: LocalCopy | None
    row: LedgerRow | None
    round: KnownRound | None


class GateVerdict(NamedTuple):
    """One file's answer: what to do, the layer that says so, the reason, and what every layer knew."""

    action: Action
    layer: Layer
    reason: GateReason
    known: KnownFile
