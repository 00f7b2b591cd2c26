"""Round files over SFTP: the only module that knows asyncssh, whose errors end here."""

from __future__ import annotations

import asyncio
import contextlib
import posixpath
import stat
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncssh

from bot.domain.game.files import RoundName, escaped, round_name
from bot.errors import FileUnreadable, FileVanished, HostKeyUnknown, SourceAway, SourceRefused, StatsBotError
from bot.ingest.source import ssh_files
from bot.ingest.source.folder import at_most, entry_of, os_reason, raw_name, readable, whole
from bot.ingest.source.kept import KeptConnection, Patience
from bot.ingest.source.kept import quiet_aborted_tasks as quiet_aborted_tasks
from bot.ingest.source.remote import Entry, EntryKind
from bot.ingest.source.ssh_files import CIPHERS, HOST_KEYS, HostKey, Place

T = TypeVar("T")
Trusted = tuple[Sequence[asyncssh.SSHKey], ...]  # keys, authorities, revoked keys; the rest is X.509's, and empty

MOST_ENTRIES = 1_000_000

# Nothing in the home folder or the environment takes part.
_ALONE: dict[str, Any] = {"config": None, "agent_path": None, "pkcs11_provider": None, "gss_host": None}
_ALONE |= {"x509_trusted_certs": None, "x509_trusted_cert_paths": []}
_ALONE |= {"preferred_auth": ["publickey"], "encryption_algs": CIPHERS, "compression_algs": None}
_FAULTS = (asyncssh.Error, OSError, EOFError, ValueError)  # ValueError: packets that asyncssh cannot decode
_BROKEN = (asyncssh.SFTPNoConnection, asyncssh.SFTPConnectionLost, asyncssh.SFTPBadMessage)
_MISSING = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)


class _SshConnection(asyncssh.SSHClient):
    """One connection (a `kept.Link`), and the key that its server showed where that is not known."""

    sftp: asyncssh.SFTPClient
    lost: bool = False
    end: StatsBotError | None = None
    offered: asyncssh.SSHKey | None = None
    _conn: asyncssh.SSHClientConnection | None = None

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        self._conn = conn

    def unproven(self) -> bool:
        """Whether the server greeted us, and went before it proved to have a known key."""
        conn = self._conn
        return conn is not None and bool(conn.get_extra_info("server_version")) and not conn.get_server_host_key()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        self.offered = key
        return False  # asked about unknown keys alone: none is ever learned here

    validate_host_ca_key = validate_host_public_key

    def give_up(self, end: StatsBotError | None = None) -> None:
        if not self.lost:
            self.lost, self.end = True, end
        if self._conn is not None:
            self._conn.abort()

    async def close(self) -> None:
        self.lost = True
        if self._conn is not None:
            self._conn.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._conn.wait_closed(), 1)


@dataclass(kw_only=True, eq=False, repr=False)
class SftpSource(Patience):
    """A `RemoteSource` on a folder of an SSH server, whose host key must be in `known_hosts`.

    SFTP 3 cannot open without following links: an entry must be a
    regular file by lstat and give exactly its listed size, so a link that takes its place in between has to lead to
    a file of that very length. Whoever can do that can write into the folder anyway.
    """

    host: str
    port: int
    user: str
    key_path: Path
    passphrase: str | None
    known_hosts: Path
    folder: str

    def __post_init__(self) -> None:
        self._raw = self.folder.encode("utf-8", "surrogateescape")
        self._kept = KeptConnection(self._open)
        self._slots = asyncio.Semaphore(64)

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
        found = await asyncio.gather(*(self._ask_about(raw_name(name)) for name in names))
        if not any(found):
            await self.folder_mtime()  # a missing folder is not a folder whose files all vanished
        return {name: entry for name, entry in zip(names, found, strict=True) if entry is not None}

    async def read(self, entry: Entry) -> bytes:
        """Exactly `entry.size` bytes, or a `FileError`; a file that is too slow is `FileUnreadable`."""
        path = posixpath.join(self._raw, readable(entry))
        seconds = self.file_grace + at_most(entry) / self.file_rate
        late = FileUnreadable(f"{entry.name}: too slow, not whole after {seconds:.0f} s")
        async with self._slots:
            data = await self._run(lambda link: _fetch(link.sftp, path, entry), seconds=seconds, late=late)
        return whole(data, entry)

    async def close(self) -> None:
        """Let go of the connection; what still runs on it ends with `SourceAway`."""
        await self._kept.close()

    async def _entries(self, link: _SshConnection) -> tuple[dict[str, Entry], dict[bytes, asyncssh.SFTPAttrs]]:
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
                    entry = _entry(raw, item.attrs)
                    entries[entry.name] = entry
                    if not _is_told(item.attrs) and isinstance(round_name(entry.name), RoundName):
                        unclear[raw] = item.attrs
                if len(entries) % 100 == 0:  # about once an answer
                    timer.cancel()
                    timer = later(wait, link.give_up, silence)
                    if len(entries) > MOST_ENTRIES:
                        raise SourceRefused(f"{self.folder} on {self.host} has more than {MOST_ENTRIES} entries")
        finally:
            timer.cancel()
        return entries, unclear

    async def _ask_about(self, raw: bytes, listed: asyncssh.SFTPAttrs | None = None) -> Entry | None:
        """The entry of a round file of which a listing did not tell all, by lstat, then stat; None where it is gone.

        What does not tell its kind even then is taken for a file: opening it will show.
        """

        async def ask(link: _SshConnection) -> asyncssh.SFTPAttrs | None:
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
        entry = _entry(raw, attrs)
        return entry if _has_kind(attrs) else entry._replace(kind=EntryKind.FILE)

    async def _run(
        self,
        work: Callable[[_SshConnection], Awaitable[T]],
        *,
        seconds: float | None = None,
        late: FileUnreadable | None = None,
    ) -> T:
        """Do `work` within `seconds`; `answer_timeout` unless told."""

        async def translated(link: _SshConnection) -> T:
            try:
                return await work(link)
            except _FAULTS as error:
                if isinstance(error, (*_MISSING, asyncssh.SFTPPermissionDenied)):
                    why = "no permission" if isinstance(error, asyncssh.SFTPPermissionDenied) else "it is not there"
                    text = f"the folder {self.folder} on {self.host} cannot be read: {why} (REMOTE_STATS_PATH)"
                    raise SourceRefused(text) from error
                raise SourceAway(f"{self.host}: {_reason(error)}") from error

        allowed = seconds or self.answer_timeout
        silence = SourceAway(f"{self.host}: no answer within {allowed:.0f} s")
        return await self._kept.run(translated, seconds=allowed, late=late or silence)

    async def _open(self) -> _SshConnection:
        """Check the host's key, log in, start SFTP."""
        place = Place(self.host, self.port, self.known_hosts)
        trusted = await asyncio.to_thread(_trusted, place)
        if not any(trusted[:2]):
            raise ssh_files.unknown(place, await fetch_host_key(self.host, self.port, seconds=self.connect_timeout))
        key = await asyncio.to_thread(ssh_files.own_key, self.key_path, self.passphrase, asyncssh.import_private_key)
        link = _SshConnection()
        late = SourceAway(f"{self.host}: SFTP did not start in time")
        timer = asyncio.get_running_loop().call_later(self.connect_timeout + self.answer_timeout, link.give_up, late)
        try:
            conn = await asyncssh.connect(
                self.host,
                self.port,
                username=self.user,
                client_keys=[key],
                client_factory=lambda: link,
                known_hosts=trusted,
                connect_timeout=self.connect_timeout,
                login_timeout=self.login_timeout,
                keepalive_interval=self.keepalive_interval,
                keepalive_count_max=self.keepalive_count_max,
                **_ALONE,
            )
            link.sftp = await conn.start_sftp_client(path_encoding=None)
        except _FAULTS as error:
            raise link.end or await self._no_entry(error, link, place, trusted) from error
        finally:
            timer.cancel()
            if not hasattr(link, "sftp"):
                link.give_up()
        return link

    async def _no_entry(self, error: Exception, link: _SshConnection, place: Place, trusted: Trusted) -> StatsBotError:
        """Why no connection came about."""
        known = _fingerprints(trusted)
        if isinstance(error, asyncssh.HostKeyNotVerifiable):
            return ssh_files.changed(place, _shown(link.offered, place) if link.offered else None, known)
        # Perhaps it has no key of a known kind any more: then some servers say so, and others just hang up.
        vanished = known and link.unproven() and not isinstance(error, TimeoutError)
        for kinds in (ssh_files.kinds(key.get_algorithm() for key in trusted[0]), HOST_KEYS) if vanished else ():
            with contextlib.suppress(SourceAway):
                offered = await fetch_host_key(self.host, self.port, seconds=self.connect_timeout, kinds=kinds)
                if offered.fingerprint in known:
                    break
                return ssh_files.changed(place, offered, known)
        refused = isinstance(error, asyncssh.PermissionDenied | asyncssh.IllegalUserName)
        if refused or "authentication failures" in str(error):
            return ssh_files.not_let_in(self.host, self.user, self.key_path)
        if isinstance(error, asyncssh.ChannelOpenError) and not link.lost:
            return SourceRefused(f"{self.host} lets {self.user} in but offers no SFTP: {_reason(error)}")
        return SourceAway(f"{self.host}: {_reason(error)}")


async def fetch_host_key(host: str, port: int, *, seconds: float = 20.0, kinds: str = HOST_KEYS) -> HostKey:
    """The key that a server shows to a stranger, without logging in; `SourceAway` after `seconds` at the latest."""
    try:
        async with asyncio.timeout(seconds):
            options = await asyncssh.SSHClientConnectionOptions.construct(**_ALONE, client_keys=None)
            key = await asyncssh.get_server_host_key(
                host, port, config=None, options=options, server_host_key_algs=kinds
            )
    except _FAULTS as error:
        raise SourceAway(f"{host}: {_reason(error)}") from error
    assert key is not None  # it is for GSS alone, which is off
    return _shown(key, Place(host, port, Path()))


def known_fingerprints(path: Path, host: str, port: int) -> list[str]:
    """The SHA256 fingerprints of the host's keys in a known-hosts file; `HostKeyUnknown` if it is damaged."""
    return _fingerprints(_trusted(Place(host, port, path)))


def _trusted(place: Place) -> Trusted:
    """What is known of a host, by its name and port alone, and never from another file."""
    try:
        found = asyncssh.import_known_hosts(ssh_files.known_text(place)).match(place.pattern, "", None)
    except ValueError as error:
        raise HostKeyUnknown(f"{place.file} is damaged: {_reason(error)}") from error
    return (*found[:3], (), (), (), ())


def _fingerprints(trusted: Trusted) -> list[str]:
    return [key.get_fingerprint() for key in trusted[0]]


def _shown(key: asyncssh.SSHKey, place: Place) -> HostKey:
    return ssh_files.shown(place, key.export_public_key().decode("ascii"))


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
            raise FileVanished(f"{entry.name}: gone") from error
        raise FileUnreadable(f"{entry.name}: {_reason(error)}") from error
    return data


def _entry(raw: bytes, attrs: asyncssh.SFTPAttrs) -> Entry:
    return entry_of(raw, size=attrs.size, mtime=attrs.mtime, mode=attrs.permissions)


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


def _reason(error: Exception) -> str:
    """A few words; a server's own are cut short and made printable."""
    text = error.reason if isinstance(error, asyncssh.Error) else str(error)
    text = os_reason(error) if isinstance(error, OSError) else text
    return escaped(text.encode("utf-8", "replace"))[:200] or type(error).__name__
