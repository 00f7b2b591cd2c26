"""The two files that a login needs, known hosts and the private key, and what is said when they do not fit."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from bot.errors import HostKeyChanged, HostKeyUnknown, LoginRefused
from bot.ingest.source.folder import os_reason

K = TypeVar("K")

# asyncssh would prefer chacha20, which nearly doubles the time of a whole download.
CIPHERS = "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr"
# What a stranger is asked for; a known host is asked for the algorithms of its known keys alone.
HOST_KEYS = "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostKey:
    """A public key that a server showed; `fingerprint` as `ssh-keygen -lf` prints it, `line` for known_hosts."""

    algorithm: str
    fingerprint: str
    line: str


class Place(NamedTuple):
    """A host, its port, and the file that knows its keys."""

    host: str
    port: int
    file: Path

    @property
    def pattern(self) -> str:
        """How known_hosts names it: with the port only where that is not 22."""
        return self.host if self.port == 22 else f"[{self.host}]:{self.port}"


def shown(place: Place, public: str) -> HostKey:
    """The host key in an OpenSSH public key text, "algorithm base64 comment"."""
    algorithm, blob = public.split()[:2]
    digest = base64.b64encode(hashlib.sha256(base64.b64decode(blob)).digest()).decode("ascii").rstrip("=")
    return HostKey(algorithm=algorithm, fingerprint=f"SHA256:{digest}", line=f"{place.pattern} {algorithm} {blob}")


def kinds(algorithms: Iterable[str]) -> str:
    """What to ask a host for that has keys of these algorithms; an RSA key signs in two ways that are still allowed."""
    return ",".join(algorithms).replace("ssh-rsa", "rsa-sha2-512,rsa-sha2-256")


def known_text(place: Place) -> str:
    """The known-hosts file; a missing one is an empty one, any other trouble is `HostKeyUnknown`."""
    try:
        return place.file.read_text("utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise HostKeyUnknown(f"{place.file} cannot be read: {os_reason(error)}") from error


def own_key(path: Path, passphrase: str | None, parsed: Callable[[bytes, str | None], K]) -> K:
    """The key in a file, as `parsed` gives it; `LoginRefused` says why not, without a word of the key.

    A key that others can read is refused, by OpenSSH's own rule.
    """
    try:
        seen = path.stat()
        if os.name == "posix" and seen.st_uid == os.geteuid() and seen.st_mode & 0o077:
            raise LoginRefused(f"the key {path} can be read by others: chmod 600 {path}")
        return parsed(path.read_bytes(), passphrase)
    except OSError as error:
        raise LoginRefused(f"the key {path} cannot be read: {os_reason(error)}") from None
    except ValueError as error:
        text = str(error).lower()
    why = "it is no private key"
    if "bcrypt" in text:
        why = "its format needs the Python package bcrypt"
    elif "passphrase" in text or "decrypt" in text:
        why = "its passphrase is wrong" if passphrase else "it has a passphrase, and none is set"
    raise LoginRefused(f"the key {path} cannot be used: {why}")


def not_let_in(host: str, user: str, key: Path) -> LoginRefused:
    """The server refuses the user or the key."""
    return LoginRefused(
        f"{host} does not let {user} in with the key {key}: "
        "is its public half in that user's authorized_keys on the server?"
    )


def unknown(place: Place, offered: HostKey) -> HostKeyUnknown:
    """No key of this host is known; it showed `offered`."""
    return HostKeyUnknown(
        f"{place.pattern} is not in {place.file}, so nobody has logged in to it. It shows {offered.fingerprint} "
        f"({offered.algorithm}). Run `python -m tools.trust`, which says how to check that."
    )


def changed(place: Place, offered: HostKey | None, known: Sequence[str]) -> HostKeyChanged:
    """The host showed `offered` (None: a revoked or unreadable one) in place of its `known` fingerprints."""
    shown = f"{offered.fingerprint} ({offered.algorithm})" if offered else "one that is revoked or unreadable"
    return HostKeyChanged(
        f"{place.pattern} shows another key, {shown}, than {place.file} knows: {', '.join(known) or 'none by itself'}. "
        "This may be an attack; nobody has logged in to it. Compare with "
        "`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the server first, "
        "and run `python -m tools.trust` only if that shows the new one."
    )


def remember(place: Place, key: HostKey) -> None:
    """Make `key` the only one of this host in the file; comments and other hosts' lines stay.

    Atomic (a `.part`, then a rename); a new file gets mode 0600. Markers (@revoked, @cert-authority) and patterns
    with wildcards are a person's own doing and stay as they are. Raises `OSError` and
    `HostKeyUnknown`.
    """
    old = known_text(place)
    mode = place.file.stat().st_mode & 0o777 if place.file.exists() else 0o600
    text = "".join(f"{line}\n" for line in [*_others(old, place.pattern), key.line])
    part = place.file.with_name(f"{place.file.name}.part")
    part.unlink(missing_ok=True)
    opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(opened, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(place.file)


def _others(text: str, pattern: str) -> Iterator[str]:
    """The lines without this host; it is taken out of a line that it shares with other hosts."""
    for line in text.splitlines():
        names, *rest = line.split(None, 1) or [""]
        kept = [name for name in names.split(",") if not _is(name, pattern)]
        if not rest or names.startswith(("#", "@")) or len(kept) == len(names.split(",")):
            yield line
        elif kept:
            yield f"{','.join(kept)} {rest[0]}"


def _is(name: str, pattern: str) -> bool:
    """Whether one name of a line, plain or hashed (|1|salt|HMAC-SHA1), is this host."""
    if not name.startswith("|1|"):
        return name == pattern
    try:
        salt, digest = (base64.b64decode(part) for part in name[3:].split("|"))
    except ValueError:
        return False
    return hmac.compare_digest(hmac.new(salt, pattern.encode(), hashlib.sha1).digest(), digest)
