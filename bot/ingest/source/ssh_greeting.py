"""What an SSH server says before anything is decided: the algorithms that it offers, from its first packet (RFC 4253).

The library cannot be asked for this: where it has nothing in common with a server, that server's hanging up is often
all that it tells.
"""

from __future__ import annotations

import asyncio
import re
from typing import NamedTuple

_LINES, _PACKET, _KEXINIT = 50, 35_000, 20
# Web, mail and file servers, VNC. sshd itself says a line in place of its version too, when it is full.
_OTHERS = re.compile(rb"HTTP/|<|\d{3}[ -]|RFB |\* OK|\+OK")


class Greeting(NamedTuple):
    """Names of algorithms, in the server's order; of ciphers and MACs those for what it receives."""

    exchanges: tuple[str, ...]
    host_keys: tuple[str, ...]
    ciphers: tuple[str, ...]
    macs: tuple[str, ...]


class OtherService(NamedTuple):
    """Something else than SSH listens there; `line`: the first that it says."""

    line: bytes


async def greeting(host: str, port: int, *, seconds: float) -> Greeting | OtherService | None:
    """What the server offers; None where it is silent or cannot be reached."""
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(b"SSH-2.0-greeting\r\n")
                return await _read(reader)
            finally:
                writer.close()
    except (OSError, EOFError, ValueError):
        return None


async def _read(reader: asyncio.StreamReader) -> Greeting | OtherService | None:
    first = line = await reader.readline()
    for _ in range(_LINES):  # text may come before the version
        if line.startswith(b"SSH-"):
            break
        if not line:
            return OtherService(first.strip()) if _OTHERS.match(first) else None
        line = await reader.readline()
    length = int.from_bytes(await reader.readexactly(4), "big")
    if not 22 < length <= _PACKET:
        return None
    packet = await reader.readexactly(length)
    if packet[1] != _KEXINIT:
        return None
    exchanges, host_keys, ciphers, _, macs = _lists(packet[18:])  # behind padding, type and sixteen random bytes
    return Greeting(exchanges, host_keys, ciphers, macs)


def _lists(data: bytes) -> list[tuple[str, ...]]:
    """The first five lists of names, each after its length."""
    lists = []
    for _ in range(5):
        length = int.from_bytes(data[:4], "big")
        lists.append(tuple(data[4 : 4 + length].decode("ascii", "replace").split(",")))
        data = data[4 + length :]
    return lists
