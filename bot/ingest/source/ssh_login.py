"""Logging in over SSH: whom to trust, by what to prove oneself, and why there is no way in."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
from asyncssh.kex import get_default_kex_algs
from asyncssh.mac import get_default_mac_algs

from bot.domain.game.file.files import escaped
from bot.errors import SourceAway, SourceError, SourceRefused, StatsBotError
from bot.ingest.source import known_hosts, ssh_files
from bot.ingest.source.folder import os_reason
from bot.ingest.source.kept import Patience
from bot.ingest.source.known_hosts import Place
from bot.ingest.source.ssh_files import CIPHERS, HOST_KEYS, SHA1, HostKey
from bot.ingest.source.ssh_greeting import Greeting, OtherService, greeting

log = logging.getLogger(__name__)

Trusted = tuple[Sequence[asyncssh.SSHKey], ...]  # keys, authorities, revoked keys; the rest is X.509's, and empty

_CHROOT = "for the folder of a chroot and each one above it, on the server: chown root:root, chmod go-w"
# Nothing in the home folder or the environment takes part.
_ALONE: dict[str, Any] = {"config": None, "agent_path": None, "pkcs11_provider": None, "gss_host": None}
_ALONE |= {"x509_trusted_certs": None, "x509_trusted_cert_paths": [], "client_keys": None}
_ALONE |= {"preferred_auth": ["publickey", "keyboard-interactive", "password"]}
_ALONE |= {"encryption_algs": CIPHERS, "compression_algs": None}
FAULTS = (asyncssh.Error, OSError, EOFError, ValueError)  # ValueError: packets that asyncssh cannot decode
HANG_UPS = 10
"""Times that two logins in a row end at once, of a server that let us in before, until its settings are blamed:
some minutes, as a poll waits longer after each."""
# Nothing in common: which of these it is, is a race between what the server says and its hanging up.
_HUNG_UP = (asyncssh.KeyExchangeFailed, asyncssh.ConnectionLost, ConnectionError)


class SshConnection(asyncssh.SSHClient):
    """One connection (a `kept.Connection`), what its server showed and asked, and what it was answered."""

    sftp: asyncssh.SFTPClient
    lost: bool = False
    end: StatsBotError | None = None
    offered: asyncssh.SSHKey | None = None
    let_in: bool = False
    unanswered: str | None = None
    _conn: asyncssh.SSHClientConnection | None = None

    def __init__(self, key: asyncssh.SSHKey | None, password: str | None) -> None:
        self.asked: list[str] = []
        self._prompted = False
        self._key = key
        self._password = password

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        self._conn = conn

    def unproven(self) -> bool:
        """Whether somebody took the connection, and went before he proved to have a known key."""
        return self._conn is not None and not self._conn.get_server_host_key()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        self.offered = key
        return False  # asked about unknown keys alone: none is ever learned here

    validate_host_ca_key = validate_host_public_key

    def auth_completed(self) -> None:
        self.let_in = True

    def public_key_auth_requested(self) -> asyncssh.SSHKey | None:
        return self._key if self._is_first("publickey") else None

    def password_auth_requested(self) -> str | None:
        return self._password if self._is_first("password") else None

    def kbdint_auth_requested(self) -> str | None:
        return "" if self._is_first("keyboard-interactive") and self._password is not None else None

    def kbdint_challenge_received(
        self, name: str, instructions: str, lang: str, prompts: Sequence[tuple[str, bool]]
    ) -> list[str] | None:
        if not prompts:
            return []
        asks_password = len(prompts) == 1 and "password" in prompts[0][0].lower()
        if asks_password and self._password is not None and not self._prompted:
            self._prompted = True
            return [self._password]
        if not asks_password:
            self.unanswered = escaped(prompts[0][0].encode("utf-8", "replace"))[:60]
        return None

    def _is_first(self, method: str) -> bool:
        self.asked.append(method)
        return self.asked.count(method) == 1

    def give_up(self, end: StatsBotError | None = None) -> None:
        if not self.lost:
            self.lost, self.end = True, end
        if self._conn is not None:
            self._conn.abort()

    async def is_closed_soon(self) -> bool:
        """Whether the server ends the whole connection, not SFTP alone."""
        if self._conn is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.5):
                    await self._conn.wait_closed()
        return self.lost

    async def close(self) -> None:
        self.lost = True
        if self._conn is not None:
            self._conn.close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._conn.wait_closed()


@dataclass(kw_only=True, eq=False, repr=False)
class SshLogin(Patience):
    """An account on an SSH server whose host key must be in `known_hosts`; the key comes before the password."""

    host: str
    port: int
    user: str
    key_path: Path | None
    passphrase: str | None
    password: str | None = None
    known_hosts: Path
    _sha1: bool = field(default=False, init=False)
    _closed_at_once: bool = field(default=False, init=False)
    _was_in: bool = field(default=False, init=False)
    _hang_ups: int = field(default=0, init=False)

    async def log_in(self) -> SshConnection:
        """Check the host's key, log in, start SFTP; raises `SourceAway` and `SourceRefused`."""
        self._closed_at_once = False
        while True:
            if (link := await self._entry()) is not None:
                self._was_in, self._hang_ups = True, 0
                return link

    async def _entry(self) -> SshConnection | None:
        """One try; None where another one right after it tells more, of which there are two at most."""
        place = Place(self.host, self.port, self.known_hosts)
        trusted = await asyncio.to_thread(_trusted, place)
        if not any(trusted[:2]):
            raise ssh_files.unknown(place, await fetch_host_key(self.host, self.port, seconds=self.connect_timeout))
        link = SshConnection(await asyncio.to_thread(self._own_key), self.password)
        try:
            await self._connect(link, trusted)
        except FAULTS as error:
            before = self._sha1, self._closed_at_once
            why = link.end or await self._no_entry(error, link, place, trusted)
            if (self._sha1, self._closed_at_once) == before:
                raise why from error
            if self._sha1 != before[0]:
                log.warning(
                    "%s proves its host key by SHA-1 alone, and is let by with it: update its SSH server", self.host
                )
            return None
        else:
            log.info("connected as %s to %s port %d", self.user, self.host, self.port)
            return link
        finally:
            if not hasattr(link, "sftp"):
                link.give_up()

    def _own_key(self) -> asyncssh.SSHKey | None:
        if self.key_path is None:
            return None
        return ssh_files.own_key(self.key_path, self.passphrase, asyncssh.import_private_key)

    async def _connect(self, link: SshConnection, trusted: Trusted) -> None:
        algorithms = ssh_files.kinds(_algorithms(trusted)) + (f",{SHA1}" if self._sha1 else "")
        late = SourceAway(f"{self.host}: SFTP did not start in time")
        timer = asyncio.get_running_loop().call_later(self.connect_timeout + self.answer_timeout, link.give_up, late)
        try:
            conn = await asyncssh.connect(
                self.host,
                self.port,
                username=self.user,
                client_factory=lambda: link,
                known_hosts=trusted,
                server_host_key_algs=() if trusted[1] else algorithms,
                connect_timeout=self.connect_timeout,
                login_timeout=self.login_timeout,
                keepalive_interval=self.keepalive_interval,
                keepalive_count_max=self.keepalive_count_max,
                **_ALONE,
            )
            link.sftp = await conn.start_sftp_client(path_encoding=None)
        finally:
            timer.cancel()

    async def _no_entry(self, error: Exception, link: SshConnection, place: Place, trusted: Trusted) -> StatsBotError:
        """Why no connection came about."""
        known = _fingerprints(trusted)
        if isinstance(error, asyncssh.HostKeyNotVerifiable):
            return ssh_files.changed(place, _shown(link.offered, place) if link.offered else None, known)
        if known and link.unproven() and not isinstance(error, TimeoutError):  # it spoke, and went
            why = await self._unproven(place, trusted)
            if why is not None:
                return why
        refused = isinstance(error, asyncssh.PermissionDenied | asyncssh.IllegalUserName)
        if refused or "authentication failures" in str(error):
            return ssh_files.not_let_in(
                self.host, self.user, self.key_path,
                asked=link.asked, password=self.password is not None, unanswered=link.unanswered,
            )  # fmt: skip
        away = SourceAway(f"{self.host} port {self.port}: {reason(error)}")
        return (await self._no_sftp(error, link) or away) if link.let_in else away

    async def _unproven(self, place: Place, trusted: Trusted) -> StatsBotError | None:
        """Why the server went before it proved a known key; None where it proves one when it is asked again.

        Perhaps it has no key of a known kind any more, or nothing else in common with us: then some servers say so,
        and others just hang up. An RSA key that is pinned is taken with SHA-1 from now on, if that is all it can do.
        """
        known, algorithms = _fingerprints(trusted), _algorithms(trusted)
        offers = await greeting(self.host, self.port, seconds=self.connect_timeout)
        if isinstance(offers, OtherService):
            return ssh_files.no_ssh(self.host, self.port, offers.line)
        if offers is None:
            return None  # it is full, or going down: it shall not be asked more than need be
        if (lack := _lack(offers)) is not None:
            return ssh_files.nothing_in_common(self.host, *lack)
        if _is_old(offers) and SHA1 in algorithms:
            self._sha1 = True
            return None
        # a key that is not pinned is shown, by SHA-1 too where there is nothing better, and never logged in by
        for kinds in (ssh_files.kinds(algorithms), HOST_KEYS, *([SHA1] if _is_old(offers) else [])):
            with contextlib.suppress(SourceError):
                offered = await fetch_host_key(self.host, self.port, seconds=self.connect_timeout, kinds=kinds)
                return None if offered.fingerprint in known else ssh_files.changed(place, offered, known)
        return None

    async def _no_sftp(self, error: Exception, link: SshConnection) -> SourceRefused | None:
        """Why SFTP does not begin after a good login; None where the network may be to blame."""
        if isinstance(error, asyncssh.ChannelOpenError) and not link.lost:
            return ssh_files.no_sftp(self.host, self.user, f"but offers no SFTP: {reason(error)}")
        if isinstance(error, asyncssh.SFTPBadMessage | asyncssh.SFTPFailure | ValueError):
            why = "and answers with text in place of SFTP: a login script that prints, or a shell such as nologin"
            return ssh_files.no_sftp(self.host, self.user, why)
        if isinstance(error, TimeoutError):
            return None
        if not await link.is_closed_soon():
            why = (
                "and ends SFTP at once: there is no sftp-server, the account's shell refuses (nologin, false), or its "
                "ChrootDirectory does not belong to root alone, up to / (its own log says which)"
            )
            return ssh_files.no_sftp(self.host, self.user, why, fix=f"{ssh_files.NEITHER}; {_CHROOT}")
        if not self._closed_at_once:
            self._closed_at_once = True  # by chance, perhaps: it may be going down
            return None
        self._hang_ups += 1
        if self._was_in and self._hang_ups < HANG_UPS:
            return None  # it worked: the network breaks, rather
        why = (
            "and closes the connection each time: usually its ChrootDirectory does not belong to root alone, up to / "
            "(its own log says so)"
        )
        return ssh_files.no_sftp(self.host, self.user, why, fix=_CHROOT)


async def fetch_host_key(host: str, port: int, *, seconds: float = 20.0, kinds: str | None = None) -> HostKey:
    """The key that a server shows to a stranger, without logging in; each question waits for `seconds` at most.

    `kinds`: what it is asked for; without, all that are safe, and where there is none, RSA with SHA-1. Raises
    `SourceAway`, and `SourceRefused` where the server has nothing in common with us.
    """
    place = Place(host, port, Path())
    try:
        async with asyncio.timeout(seconds):
            return _shown(await _host_key(place, kinds or HOST_KEYS), place)
    except FAULTS as error:
        offers = await greeting(host, port, seconds=seconds) if isinstance(error, _HUNG_UP) else None
        if isinstance(offers, OtherService):
            raise ssh_files.no_ssh(host, port, offers.line) from error
        if offers is not None and (lack := _lack(offers)) is not None:
            raise ssh_files.nothing_in_common(host, *lack) from error
        if kinds is None and offers is not None and _is_old(offers):
            return dataclasses.replace(await fetch_host_key(host, port, seconds=seconds, kinds=SHA1), sha1=True)
        raise SourceAway(f"{host} port {port}: {reason(error)}") from error


async def _host_key(place: Place, kinds: str) -> asyncssh.SSHKey:
    options = await asyncssh.SSHClientConnectionOptions.construct(**_ALONE)
    key = await asyncssh.get_server_host_key(
        place.host, place.port, config=None, options=options, server_host_key_algs=kinds
    )
    assert key is not None  # it is for GSS alone, which is off
    return key


def known_fingerprints(path: Path, host: str, port: int) -> list[str]:
    """The SHA256 fingerprints of the host's keys in a known-hosts file; `HostKeyUnknown` if its lines are damaged."""
    return _fingerprints(_trusted(Place(host, port, path)))


def _trusted(place: Place) -> Trusted:
    """What is known of a host, by its name and port alone, and never from another file."""
    keys: dict[str, list[asyncssh.SSHKey]] = {"": [], "@cert-authority": [], "@revoked": []}
    for line in known_hosts.lines_about(place):
        try:
            keys[line.marker].append(asyncssh.import_public_key(line.key))
        except ValueError:
            if line.algorithm in (*HOST_KEYS.split(","), SHA1):
                raise known_hosts.damaged(place, line.number) from None
            # of a kind that we do not ask for
    return (*keys.values(), (), (), (), ())


def _lack(offers: Greeting) -> tuple[str, Sequence[str]] | None:
    """What the server and we have nothing of in common, and what it has."""
    ciphers = {*CIPHERS.split(",")}.intersection(offers.ciphers)
    if not {name.decode() for name in get_default_kex_algs()}.intersection(offers.exchanges):
        return "key exchange algorithm", offers.exchanges
    if not ciphers:
        return "encryption algorithm", offers.ciphers
    # the others check their own messages
    with_macs = all(name.endswith("-ctr") for name in ciphers)
    if with_macs and not {name.decode() for name in get_default_mac_algs()}.intersection(offers.macs):
        return "MAC algorithm", offers.macs
    return None


def _is_old(offers: Greeting) -> bool:
    """The server has nothing better to prove itself by than RSA with SHA-1."""
    return SHA1 in offers.host_keys and not {*HOST_KEYS.split(",")}.intersection(offers.host_keys)


def _algorithms(trusted: Trusted) -> list[str]:
    return [key.get_algorithm() for key in trusted[0]]


def _fingerprints(trusted: Trusted) -> list[str]:
    return [key.get_fingerprint() for key in trusted[0]]


def _shown(key: asyncssh.SSHKey, place: Place) -> HostKey:
    return ssh_files.shown(place, key.export_public_key().decode("ascii"))


def reason(error: Exception) -> str:
    """A few words; a server's own are cut short and made printable."""
    text = error.reason if isinstance(error, asyncssh.Error) else str(error)
    text = os_reason(error) if isinstance(error, OSError) else text
    return escaped(text.encode("utf-8", "replace"))[:200] or type(error).__name__
