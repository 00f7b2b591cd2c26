"""Round files over SFTP; with `ssh_login` and `key_pair` the only module that knows asyncssh, whose errors end here."""

from __future__ import annotations

import asyncio
import contextlib
import os
import posixpath
import stat
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self, TypeVar

import asyncssh

from bot.domain.game.file.files import RoundName, escaped, round_name
from bot.domain.game.file.reasons import FileReason, FileReasonCode, FileUnreadable, FileVanished
from bot.errors import SourceAway, SourceRefused
from bot.ingest.source.folder import at_most, entry_of, raw_name, readable, whole
from bot.ingest.source.kept import KeptConnection
from bot.ingest.source.kept import quiet_aborted_tasks as quiet_aborted_tasks
from bot.ingest.source.remote import Entry, EntryKind
from bot.ingest.source.ssh_login import FAULTS, SshConnection, SshLogin, reason

T = TypeVar("T")

MOST_ENTRIES = 1_000_000

_BROKEN = (asyncssh.SFTPNoConnection, asyncssh.SFTPConnectionLost, asyncssh.SFTPBadMessage)
_MISSING = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)


@dataclass(kw_only=True, eq=False, repr=False)
class SftpSource(SshLogin):
    """A `RemoteSource` on a folder of an SSH server; `~/` at its beginning is the account's home there.

    SFTP 3 cannot open without following links: an entry must be a
    regular file by lstat and give exactly its listed size, so a link that takes its place in between has to lead to
    a file of that very length. Whoever can do that can write into the folder anyway.
    """

    folder: str

    def __post_init__(self) -> None:
        path = self.folder.removeprefix("~").lstrip("/") or "." if self.folder.startswith("~") else self.folder
        self._raw = path.encode("utf-8", "surrogateescape")
        self._kept = KeptConnection(self.log_in)
        self._slots = asyncio.Semaphore(64)

    def at(self, folder: str) -> Self:
        """Another folder over the same connection, which whoever closes one of them closes for both."""
        other = replace(self, folder=folder)
        other._kept, other._slots = self._kept, self._slots
        return other

    async def home(self) -> str:
        """The folder in which the account begins; where it has no way in, this says why as every question does."""
        return os.fsdecode(await self._run(lambda link: link.sftp.realpath(b".")))

    async def folder_mtime(self) -> int | None:
        """Seconds since the epoch of the folder's last change, None where it is not told: one round trip."""
        attrs = await self._run(lambda link: link.sftp.stat(self._raw))
        return attrs.mtime

    async def list(self) -> Sequence[Entry]:
        """Every entry but "." and "..", by lstat, from one listing; a part is never returned.

        Round files of which the listing does not tell all are asked about one by one.
        """
        entries, unclear = await self._run(self._entries, seconds=self.listing_timeout)
        asked = await asyncio.gather(*(self._ask_about(raw, attrs) for raw, attrs in unclear.items()))
        entries.update((entry.name, entry) for entry in asked if entry is not None)
        for raw, entry in zip(unclear, asked, strict=True):
            if entry is None:  # gone meanwhile
                del entries[escaped(raw)]
        return [*entries.values()]

    async def look_at(self, names: Sequence[str]) -> dict[str, Entry]:
        """Fresh entries of these names, asked for together; vanished ones are left out."""
        entries = await asyncio.gather(*(self._ask_about(raw_name(name)) for name in names))
        if not any(entries):
            await self.folder_mtime()  # a missing folder is not a folder whose files all vanished
        return {name: entry for name, entry in zip(names, entries, strict=True) if entry is not None}

    async def read(self, entry: Entry) -> bytes:
        """Exactly `entry.size` bytes, or a `FileError`; a file that is too slow is `FileUnreadable`."""
        path = posixpath.join(self._raw, readable(entry))
        seconds = self.file_grace + at_most(entry) / self.file_rate
        late = FileUnreadable(FileReason(FileReasonCode.SLOW, what=entry.name, limit=round(seconds)))
        async with self._slots:
            data = await self._run(lambda link: _fetch(link.sftp, path, entry), seconds=seconds, late=late)
        return whole(data, entry)

    async def may_write(self, entry: Entry) -> bool:
        """Whether the account could change a file: it is opened for writing as it is, not written, and closed."""
        path = posixpath.join(self._raw, raw_name(entry.name))

        async def open_it(link: SshConnection) -> bool:
            try:
                file = await link.sftp.open(path, asyncssh.FXF_WRITE, block_size=0)  # neither created nor cut off
            except asyncssh.SFTPError as error:
                if isinstance(error, _BROKEN):
                    raise
                return False
            await file.close()
            return True

        return await self._run(open_it)

    async def close(self) -> None:
        """Let go of the connection; what still runs on it ends with `SourceAway`."""
        await self._kept.close()

    async def _entries(self, link: SshConnection) -> tuple[dict[str, Entry], dict[bytes, asyncssh.SFTPAttrs]]:
        """Every entry by its name, and what is told of those round files of which not all is told."""
        later, wait = asyncio.get_running_loop().call_later, self.answer_timeout
        silence = SourceAway(f"{self.host}: the listing stopped half-way")
        entries: dict[str, Entry] = {}
        unclear: dict[bytes, asyncssh.SFTPAttrs] = {}
        timer = later(wait, link.give_up, silence)
        try:
            async for item in link.sftp.scandir(self._raw):
                raw = item.filename
                if isinstance(raw, bytes) and raw not in (b".", b".."):
                    attrs = item.attrs
                    entry = entry_of(raw, attrs.size, attrs.mtime, attrs.permissions)
                    entries[entry.name] = entry
                    if not _is_told(attrs) and isinstance(round_name(entry.name), RoundName):
                        unclear[raw] = attrs
                if len(entries) % 100 == 0:  # about once an answer
                    timer.cancel()
                    timer = later(wait, link.give_up, silence)
                    if len(entries) > MOST_ENTRIES:
                        raise SourceRefused(
                            f"{self.folder} on {self.host} has more than {MOST_ENTRIES} entries",
                            "move old ones elsewhere",
                        )
        finally:
            timer.cancel()
        return entries, unclear

    async def _ask_about(self, raw: bytes, listed: asyncssh.SFTPAttrs | None = None) -> Entry | None:
        """The entry of a round file of which a listing did not tell all, by lstat, then stat; None where it is gone.

        What does not tell its kind even then is taken for a file: opening it will show.
        """

        async def ask(link: SshConnection) -> asyncssh.SFTPAttrs | None:
            path = posixpath.join(self._raw, raw)
            known = told = listed or asyncssh.SFTPAttrs()
            for question in (link.sftp.lstat, link.sftp.stat):
                if _is_told(known):
                    break
                try:
                    known = _more(known, await question(path))
                except _MISSING:
                    if known is told:
                        return None  # else it is a link that leads nowhere
                except asyncssh.SFTPError as error:
                    unknown = listed is None and not isinstance(error, asyncssh.SFTPOpUnsupported)
                    if isinstance(error, _BROKEN) or unknown:
                        raise
            return known

        async with self._slots:
            attrs = await self._run(ask)
        if attrs is None:
            return None
        entry = entry_of(raw, attrs.size, attrs.mtime, attrs.permissions)
        return entry if _has_kind(attrs) else entry._replace(kind=EntryKind.FILE)

    async def _run(
        self,
        work: Callable[[SshConnection], Awaitable[T]],
        *,
        seconds: float | None = None,
        late: FileUnreadable | None = None,
    ) -> T:
        """Do `work` within `seconds`; `answer_timeout` unless told."""

        async def translated(link: SshConnection) -> T:
            try:
                return await work(link)
            except FAULTS as error:
                if isinstance(error, (*_MISSING, asyncssh.SFTPPermissionDenied, asyncssh.SFTPNotADirectory)):
                    raise await self._closed(link, error) from error
                raise SourceAway(f"{self.host}: {reason(error)}") from error

        allowed = seconds or self.answer_timeout
        silence = SourceAway(f"{self.host}: no answer within {allowed:.0f} s")
        return await self._kept.run(translated, seconds=allowed, late=late or silence)

    async def _closed(self, link: SshConnection, error: Exception) -> SourceRefused:
        """Why the folder itself cannot be looked into."""
        place = f"the folder {self.folder} on {self.host} cannot be read"
        if isinstance(error, asyncssh.SFTPPermissionDenied):
            fix = f"{self.user} must be able to read and enter it: mode 0755, or 0750 and a group (REMOTE_STATS_PATH)"
            return SourceRefused(f"{place}, no permission", fix)
        why = "it is not there"
        with contextlib.suppress(*FAULTS):
            attrs = await link.sftp.stat(self._raw)
            why = "it is not there" if attrs.permissions and stat.S_ISDIR(attrs.permissions) else "it is a file"
        home = f" (~ is the home of {self.user})" if self.folder.startswith("~") else ""
        return SourceRefused(
            f"{place}, {why}{home}",
            "set REMOTE_STATS_PATH to the folder in which the stats script writes (docs/SERVER.md)",
        )


async def _fetch(sftp: asyncssh.SFTPClient, path: bytes, entry: Entry) -> bytes:
    """At most one byte more than it can have: open, one read for all that one answer holds, close."""
    most = at_most(entry)
    try:
        file = await sftp.open(path, "rb", block_size=0)
        try:
            data: bytes = await file.read(most + 1, 0)
            # A server may cut an answer at its limit: then, and only then, the end has to be asked for.
            while len(data) < most or sftp.limits.max_read_len <= len(data) <= most:
                more: bytes = await file.read(most + 1 - len(data), len(data))
                if not more:
                    break
                data += more
        finally:
            await file.close()
    except asyncssh.SFTPError as error:
        if isinstance(error, _BROKEN):
            raise
        if isinstance(error, _MISSING):
            raise FileVanished(FileReason(FileReasonCode.GONE, what=entry.name)) from error
        raise FileUnreadable(FileReason(FileReasonCode.REFUSED, what=entry.name, words=reason(error))) from error
    return data


def _has_kind(attrs: asyncssh.SFTPAttrs) -> bool:
    return attrs.permissions is not None and stat.S_IFMT(attrs.permissions) != 0


def _is_told(attrs: asyncssh.SFTPAttrs) -> bool:
    return attrs.size is not None and attrs.mtime is not None and _has_kind(attrs)


def _more(known: asyncssh.SFTPAttrs, told: asyncssh.SFTPAttrs) -> asyncssh.SFTPAttrs:
    """What was known, and whatever else is told now."""
    return asyncssh.SFTPAttrs(
        size=told.size if known.size is None else known.size,
        mtime=told.mtime if known.mtime is None else known.mtime,
        permissions=known.permissions if _has_kind(known) else told.permissions,
    )
