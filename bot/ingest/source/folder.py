"""Round files in a folder on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from bot.domain.game.file.files import MAX_BYTES, escaped
from bot.domain.game.file.reasons import FileChanged, FileReason, FileReasonCode, FileUnreadable, FileVanished
from bot.errors import SourceAway, SourceRefused
from bot.ingest.source.remote import Entry, EntryKind

T = TypeVar("T")

_KINDS = {stat.S_IFREG: EntryKind.FILE, stat.S_IFDIR: EntryKind.DIRECTORY, stat.S_IFLNK: EntryKind.LINK}
_TYPE = 0o170000  # the bits that `stat.S_IFMT` leaves
_MOST = (1 << 63) - 1  # what an SQLite integer holds: a larger size is a lie in any case
_GONE = (errno.ENOENT, errno.ENOTDIR)
_BUSY = (errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ESTALE, errno.ETIMEDOUT)

# O_NONBLOCK: opening a pipe that took a file's place must not wait for a writer. Windows has none of the three.
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))


def kind_of(mode: int) -> EntryKind:
    """The kind in the type bits of a POSIX mode, which lstat gave."""
    return _KINDS.get(mode & _TYPE, EntryKind.OTHER)


def entry_of(raw: bytes, size: int | None, mtime: float | None, mode: int | None) -> Entry:
    """An entry for the raw bytes of a name, `size` in bytes, `mtime` in seconds since the epoch.

    A server may leave any of them out: without the type in its mode it is no file.
    """
    if size is not None and size > _MOST:
        size = _MOST
    time = None if mtime is None else int(mtime)
    # the same names come with every listing, and the gate keeps them
    return Entry(sys.intern(escaped(raw)), size, time, EntryKind.OTHER if mode is None else kind_of(mode))


def raw_name(name: str) -> bytes:
    """The bytes of an entry's name, if it is safe inside a folder; else `FileUnreadable`.

    Escaped names are refused too: no round file has one, and undoing an escape would trust the server again.
    """
    raw = name.encode("utf-8", "surrogateescape")
    if escaped(raw) != name or "/" in name or "\\" in name or name in ("", ".", ".."):
        raise FileUnreadable(FileReason(FileReasonCode.NEVER_OPENED, what=escaped(raw)))
    return raw


def readable(entry: Entry) -> bytes:
    """The bytes of the name of a regular file of at most `MAX_BYTES`; else `FileUnreadable`."""
    if entry.kind is not EntryKind.FILE:
        raise FileUnreadable(FileReason(FileReasonCode.NO_FILE, what=entry.name, value=entry.kind))
    if entry.size is not None and not 0 <= entry.size <= MAX_BYTES:
        raise FileUnreadable(
            FileReason(FileReasonCode.BEYOND_LIMIT, what=entry.name, figure=entry.size, limit=MAX_BYTES)
        )
    return raw_name(entry.name)


def at_most(entry: Entry) -> int:
    """Bytes that this file can have: its listed size, or the limit where none was listed."""
    return MAX_BYTES if entry.size is None else entry.size


def whole(data: bytes, entry: Entry) -> bytes:
    """The data, if it has exactly the listed size (a byte more was asked for); else `FileChanged`."""
    if entry.size is None and len(data) > MAX_BYTES:
        raise FileUnreadable(FileReason(FileReasonCode.OUTGROWN, what=entry.name, limit=MAX_BYTES))
    if entry.size is not None and len(data) != entry.size:
        code = FileReasonCode.GREW if len(data) > entry.size else FileReasonCode.OTHER_SIZE
        raise FileChanged(FileReason(code, what=entry.name, figure=len(data), limit=entry.size))
    return data


def os_reason(error: OSError) -> str:
    """The operating system's words for an error."""
    if error.errno is not None and error.errno > 0:  # asyncio puts its own text where the system's would be
        return os.strerror(error.errno)
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return error.strerror or str(error)


class FolderSource:
    """A `RemoteSource` on a local folder; links in it are listed, never followed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._raw = os.fsencode(path)

    async def folder_mtime(self) -> int:
        """Seconds since the epoch of the folder's last change."""
        return await asyncio.to_thread(self._folder_mtime)

    async def list(self) -> Sequence[Entry]:
        """Every entry, by lstat; an entry that vanishes meanwhile is left out."""
        return await asyncio.to_thread(self._list)

    async def look_at(self, names: Sequence[str]) -> dict[str, Entry]:
        """Fresh entries of these names; vanished ones are left out."""
        return await asyncio.to_thread(self._look_at, [(name, raw_name(name)) for name in names])

    async def read(self, entry: Entry) -> bytes:
        """Exactly `entry.size` bytes, or a `FileError`."""
        return await asyncio.to_thread(self._read, entry, readable(entry))

    async def close(self) -> None:
        """Nothing is held open."""

    def _folder_mtime(self) -> int:
        try:
            return int(self.path.stat().st_mtime)
        except OSError as error:
            raise self._refused(error) from error

    def _list(self) -> Sequence[Entry]:
        entries = []
        try:
            with os.scandir(self._raw) as items:
                for item in items:
                    with contextlib.suppress(FileNotFoundError):
                        seen = item.stat(follow_symlinks=False)
                        entries.append(entry_of(item.name, seen.st_size, seen.st_mtime, seen.st_mode))
        except OSError as error:
            raise self._refused(error) from error
        return entries

    def _look_at(self, names: Sequence[tuple[str, bytes]]) -> dict[str, Entry]:
        self._folder_mtime()  # a missing folder is not a folder whose files all vanished
        entries = {}
        for name, raw in names:
            try:
                seen = os.lstat(os.path.join(self._raw, raw))  # noqa: PTH118  (bytes)
            except OSError as error:
                if error.errno in _GONE:
                    continue
                raise self._refused(error) from error
            entries[name] = entry_of(raw, seen.st_size, seen.st_mtime, seen.st_mode)
        return entries

    def _read(self, entry: Entry, raw: bytes) -> bytes:
        try:
            with open(os.path.join(self._raw, raw), "rb", opener=_opener) as file:  # noqa: PTH118  (bytes)
                if kind_of(os.fstat(file.fileno()).st_mode) is not EntryKind.FILE:
                    raise FileUnreadable(FileReason(FileReasonCode.NO_FILE_NOW, what=entry.name))
                data = file.read(at_most(entry) + 1)
        except OSError as error:
            if error.errno in _GONE:
                raise FileVanished(FileReason(FileReasonCode.GONE, what=entry.name)) from error
            if error.errno == errno.ELOOP:
                raise FileUnreadable(
                    FileReason(FileReasonCode.NO_FILE, what=entry.name, value=EntryKind.LINK)
                ) from error
            raise FileUnreadable(FileReason(FileReasonCode.REFUSED, what=entry.name, words=os_reason(error))) from error
        return whole(data, entry)

    def _refused(self, error: OSError) -> SourceAway | SourceRefused:
        """Whether waiting can help (a share that is away) or a person has to act."""
        kind = SourceAway if error.errno in _BUSY else SourceRefused
        return kind(f"the folder {self.path} cannot be read: {os_reason(error)}")


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags | _FLAGS)
