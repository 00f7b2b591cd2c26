"""What a login rests on, the host's key and one's own, and what is said when they do not fit."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.domain.game.file.files import escaped
from bot.errors import HostKeyChanged, HostKeyUnknown, LoginRefused, SourceRefused
from bot.ingest.source.folder import os_reason
from bot.ingest.source.known_hosts import Place, lines_about
from bot.invocation import command, quoted

K = TypeVar("K")

# asyncssh would prefer chacha20, which nearly doubles the time of a whole download.
CIPHERS = "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr"
# What a stranger is asked for; a known host is asked for the algorithms of its known keys alone.
HOST_KEYS = "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256"
SHA1 = "ssh-rsa"
"""An RSA key that signs with SHA-1: asked for only where nothing else is offered, and trusted only where pinned."""
NEITHER = "in sshd_config `ForceCommand internal-sftp` for this account needs neither login script nor shell"
_PUBLIC = (b"ssh-", b"ecdsa-sha2-", b"sk-", b"---- BEGIN SSH2 PUBLIC KEY")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostKey:
    """A public key that a server showed; `fingerprint` as `ssh-keygen -lf` prints it, `line` for known_hosts.

    `sha1`: the server cannot prove it by anything better than SHA-1.
    """

    algorithm: str
    fingerprint: str
    line: str
    sha1: bool = False


def shown(place: Place, public: str) -> HostKey:
    """The host key in an OpenSSH public key text, "algorithm base64 comment"."""
    algorithm, blob = public.split()[:2]
    digest = base64.b64encode(hashlib.sha256(base64.b64decode(blob)).digest()).decode("ascii").rstrip("=")
    return HostKey(algorithm=algorithm, fingerprint=f"SHA256:{digest}", line=f"{place.pattern} {algorithm} {blob}")


def kinds(algorithms: Iterable[str]) -> str:
    """What to ask a host for that has keys of these algorithms; an RSA key signs in two ways that are still allowed."""
    return ",".join(algorithms).replace("ssh-rsa", "rsa-sha2-512,rsa-sha2-256")


def own_key(path: Path, passphrase: str | None, parsed: Callable[[bytes, str | None], K]) -> K:
    """The key in a file, as `parsed` gives it; `LoginRefused` says why not, without a word of the key.

    A key that others can read is refused, by OpenSSH's own rule.
    """
    try:
        seen, data = path.stat(), path.read_bytes()
        if data.startswith(b"PuTTY-User-Key-File"):
            raise LoginRefused(
                f"the key {path} is PuTTY's",
                "open it in PuTTYgen, save it by Conversions, Export OpenSSH key, and set SSH_KEY_PATH to that file",
            )
        if data.startswith(_PUBLIC):
            raise LoginRefused(
                f"the key {path} is the public half", "set SSH_KEY_PATH to the private one, without .pub"
            )
        if os.name == "posix" and seen.st_uid == os.geteuid() and seen.st_mode & 0o077:
            raise LoginRefused(f"the key {path} can be read by others", f"chmod 600 {quoted(str(path))}")
        return parsed(data, passphrase)
    except OSError as error:
        fix = "set SSH_KEY_PATH to the file of a private key that the bot's user may read"
        raise LoginRefused(f"the key {path} cannot be read ({os_reason(error)})", fix) from None
    except ValueError as error:
        text = str(error).lower()
    why, fix = "it is no private key", f"set SSH_KEY_PATH to one; `{command('setup')}` makes one where there is none"
    if "bcrypt" in text:
        why, fix = "its format needs the Python package bcrypt", "install the bot's packages again"
    elif "passphrase" in text or "decrypt" in text:
        why = "its passphrase is wrong" if passphrase else "it has a passphrase, and none is set"
        fix = "set SSH_KEY_PASSPHRASE to its passphrase, or give the bot a key of its own without one"
    raise LoginRefused(f"the key {path} cannot be used, since {why}", fix)


def not_let_in(
    host: str, user: str, key: Path | None, *, asked: Sequence[str], password: bool, unanswered: str | None
) -> LoginRefused:
    """The server refuses the user, or what he proves himself by.

    `asked`: the methods that it asked for, one by one; `password`: SSH_PASSWORD is set; `unanswered`: a prompt, which
    nobody can answer.
    """
    others = ", ".join(dict.fromkeys(method for method in asked if method != "publickey"))
    if unanswered is not None:
        return LoginRefused(f"{host} asks {user} {unanswered!r}, which a program cannot answer", "allow the key alone")
    if password and others:
        also = "" if key is None else f", nor with the key {key} alone"
        fix = "correct SSH_PASSWORD, or SSH_USER"
        return LoginRefused(f"{host} does not let {user} in with SSH_PASSWORD{also}", fix)
    if key is None or (others and "publickey" not in asked):
        return LoginRefused(
            f"{host} lets {user} in by {others or 'publickey'} only",
            "set SSH_PASSWORD, or allow keys (PubkeyAuthentication) there" if others else "set SSH_KEY_PATH",
        )
    if others and asked.count("publickey") == 1:
        return LoginRefused(
            f"{host} takes the key {key} of {user} and asks for a second step, {others}",
            "set SSH_PASSWORD if that is a password, or let the key be enough for this account",
        )
    return LoginRefused(
        f"{host} does not let {user} in with the key {key}",
        "is its public half in that user's authorized_keys on the server?",
    )


def no_sftp(host: str, user: str, why: str, *, fix: str = "") -> SourceRefused:
    """The login is good, and SFTP does not begin."""
    return SourceRefused(f"{host} lets {user} in, {why}", fix or NEITHER)


def nothing_in_common(host: str, what: str, offered: Sequence[str]) -> SourceRefused:
    """Each side has algorithms that the other has not."""
    only = escaped(", ".join(offered).encode("utf-8", "replace"))[:150]
    return SourceRefused(f"{host} offers no {what} that is still safe, only {only}", "update its SSH server")


def no_ssh(host: str, port: int, line: bytes) -> SourceRefused:
    """Something else listens at the port, and says this."""
    return SourceRefused(f"{host} port {port} answers, but not with SSH ({escaped(line)[:60]})", "is SSH_PORT right?")


def unknown(place: Place, offered: HostKey) -> HostKeyUnknown:
    """No key of this host is known; it showed `offered`."""
    elsewhere = place.port != 22 and lines_about(place.without_port)
    hint = f" (what it knows of {place.host} without the port is for port 22 alone)" if elsewhere else ""
    return HostKeyUnknown(
        f"{place.pattern} is not in {place.file}{hint}, so nobody has logged in to it. It shows {offered.fingerprint} "
        f"({offered.algorithm})",
        f"run `{command('trust')}`, which says how to check that",
    )


def changed(place: Place, offered: HostKey | None, known: Sequence[str]) -> HostKeyChanged:
    """The host showed `offered` (None: a revoked or unreadable one) in place of its `known` fingerprints."""
    shown = f"{offered.fingerprint} ({offered.algorithm})" if offered else "one that is revoked or unreadable"
    return HostKeyChanged(
        f"{place.pattern} shows another key, {shown}, than {place.file} knows: {', '.join(known) or 'none by itself'}. "
        "This may be an attack; nobody has logged in to it",
        "compare with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the server first, "
        f"and run `{command('trust')}` only if that shows the new one",
    )
