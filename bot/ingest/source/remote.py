"""Where round files come from: a folder on the game server, or on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol


class EntryKind(StrEnum):
    """What a directory entry is, by lstat."""

    FILE = "file"
    DIRECTORY = "directory"
    LINK = "link"
    OTHER = "device or other"


class Entry(NamedTuple):
    """One line of a listing.

    `name` is the text form of the raw bytes (`files.escaped`): printable ASCII stands for itself, and so
    does every name that fits the grammar; any other byte, and a backslash, is written as an escape.
    `size` in bytes, `mtime` in whole seconds since the epoch (server's clock); None where the server does not tell.
    """

    name: str
    size: int | None
    mtime: int | None
    kind: EntryKind = EntryKind.FILE


class RemoteSource(Protocol):
    """A folder of round files.

    Every method raises `SourceAway` or `SourceRefused` when the folder cannot be reached; `read` also the
    `FileError`s, which concern one file alone.
    """

    async def folder_mtime(self) -> int | None:
        """Seconds since the epoch of the folder's last change, None where it is not told: one round trip."""
        ...

    async def list(self) -> Sequence[Entry]:
        """Every entry of the folder but "." and ".."; never a part of it."""
        ...

    async def look_at(self, names: Sequence[str]) -> dict[str, Entry]:
        """Fresh entries of these names alone (names that fit the grammar); vanished ones are left out."""
        ...

    async def read(self, entry: Entry) -> bytes:
        """Exactly `entry.size` bytes, or `FileChanged`, `FileVanished`, `FileUnreadable`.

        All bytes, where the size is None. Many may run at once.
        """
        ...

    async def close(self) -> None:
        """Let go of every connection; may be called twice."""
        ...
