"""The words of the ledger and the gate: in which state a file is, and what is to be done with it."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import NamedTuple


class FileState(StrEnum):
    """Where a file of the folder stands; each is in exactly one of these."""

    SEEN = "seen"
    DOWNLOADED = "downloaded"
    IMPORTED = "imported"
    REJECTED = "rejected"
    RETRYING = "retrying"
    IGNORED = "ignored"


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
    VERIFY = "download it and compare: only its time changed"
    MEND = "its round is here: write its ledger row"
    IGNORE = "record that it is no round file"
    CHANGED = "record that the server's file is not the imported one"


class GateVerdict(NamedTuple):
    """One file's answer, the layer that gave it, and the reason in words."""

    action: Action
    layer: Layer
    reason: str


class LedgerRow(NamedTuple):
    """One row of `processed_files`; times in UTC epoch seconds, sizes in bytes, sha256 in hex."""

    filename: str
    state: FileState
    reason: str | None = None
    size: int | None = None
    mtime: int | None = None
    sha256: str | None = None
    round_id: int | None = None
    attempts: int = 0
    retry_at: int | None = None
    changed_to: str | None = None
