"""The known-hosts file: which lines name a host, whatever else stands in it, and how a new key is written."""

from __future__ import annotations

import base64
import codecs
import hashlib
import hmac
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bot.errors import HostKeyUnknown
from bot.ingest.source.folder import os_reason
from bot.invocation import command

_MARKERS = ("", "@cert-authority", "@revoked")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Place(NamedTuple):
    """A host, its port, and the file that knows its keys."""

    host: str
    port: int
    file: Path

    @property
    def pattern(self) -> str:
        """How known_hosts names it: in lower case, with the port only where that is not 22."""
        host = self.host.lower()
        return host if self.port == 22 else f"[{host}]:{self.port}"

    @property
    def without_port(self) -> Place:
        """The same host at the usual port: another entry."""
        return self._replace(port=22)


class KnownLine(NamedTuple):
    """A line that names a host; `marker`: empty, @cert-authority or @revoked; `key`: algorithm, base64, comment."""

    number: int
    marker: str
    key: str

    @property
    def algorithm(self) -> str:
        """What kind of key it says it is."""
        return self.key.split(None, 1)[0]


def lines_about(place: Place) -> list[KnownLine]:
    """The lines that name this host; others may be whatever they are.

    Raises `HostKeyUnknown` where one that names it is no line of known_hosts, or the file cannot be read.
    """
    return [*_lines_about(_text(place), place)]


def damaged(place: Place, number: int) -> HostKeyUnknown:
    """A line that names this host, and is no use."""
    return HostKeyUnknown(
        f"{place.file} is damaged: line {number} names {place.pattern} and cannot be read",
        f"remove that line, then run `{command('trust')}`",
    )


def _text(place: Place) -> str:
    """The whole file; a missing one is an empty one. Windows' editors and shells may write UTF-16."""
    try:
        data = place.file.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as error:
        fix = "let the user that runs the bot read it (SSH_KNOWN_HOSTS)"
        raise HostKeyUnknown(f"{place.file} cannot be read ({os_reason(error)})", fix) from error
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.removeprefix(bom).decode(encoding, "replace" if "16" in encoding else "surrogateescape")
    for half, encoding in ((data[1::2], "utf-16-le"), (data[::2], "utf-16-be")):
        if half.count(0) > len(half) // 2:  # without its mark: of plain text every other byte is 0
            return data.decode(encoding, "replace")
    return data.decode("utf-8", "surrogateescape")


def _lines_about(text: str, place: Place) -> Iterator[KnownLine]:
    for number, line in enumerate(text.split("\n"), 1):
        marker, fields = "", line.split()
        if fields and fields[0].startswith("@"):
            marker, *fields = fields
        if not fields or fields[0].startswith("#") or not _names_it(fields[0], place.pattern):
            continue
        if marker not in _MARKERS or len(fields) < 3:
            raise damaged(place, number)
        yield KnownLine(number, marker, " ".join(fields[1:]))


def _names_it(names: str, pattern: str) -> bool:
    """Whether a line's names, of which some may be patterns and some negated, mean this host."""
    alone = names.split(",")
    if any(name.startswith("!") and _matches(name[1:], pattern) for name in alone):
        return False
    return any(_is(name, pattern) or _matches(name, pattern) for name in alone)


def _matches(name: str, pattern: str) -> bool:
    """A name with the wildcards * and ?."""
    return re.fullmatch(re.escape(name.lower()).replace(r"\*", ".*").replace(r"\?", "."), pattern) is not None


def _is(name: str, pattern: str) -> bool:
    """Whether one name of a line, plain or hashed (|1|salt|HMAC-SHA1), is this host."""
    if not name.startswith("|1|"):
        return name.lower() == pattern
    try:
        salt, digest = (base64.b64decode(part) for part in name[3:].split("|"))
    except ValueError:
        return False
    return hmac.compare_digest(hmac.new(salt, pattern.encode(), hashlib.sha1).digest(), digest)


def remember(place: Place, line: str) -> None:
    """Make `line` the only one of this host in the file; comments and other hosts' lines stay.

    Atomic (a `.part`, then a rename), in UTF-8; a new file gets mode 0600. Markers (@revoked, @cert-authority) and
    patterns with wildcards are a person's own doing and stay as they are. Raises `OSError` and `HostKeyUnknown`.
    """
    old = _text(place)
    mode = place.file.stat().st_mode & 0o777 if place.file.exists() else 0o600
    text = "".join(f"{kept}\n" for kept in [*_others(old, place.pattern), line])
    part = place.file.with_name(f"{place.file.name}.part")
    part.unlink(missing_ok=True)
    opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(opened, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.chmod(mode)  # whatever the umask takes away
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
