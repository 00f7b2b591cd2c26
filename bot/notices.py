"""What systemd is told of this process (sd_notify): it is ready, it lives, it stops; nothing where nobody asked for it.

The watchdog hangs on the poll loop alone: whoever calls `alive` is a loop that waits, lists, or brings a file in.
"""

from __future__ import annotations

import contextlib
import os
import socket

from bot.clock import Clock

PAUSE = 5.0
"""Seconds between two signs of life, at least: a first import shows some thousand."""


class Notices:
    """Datagrams to the socket of `NOTIFY_SOCKET`; a name that begins with @ is an abstract one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: float | None = None
        address = os.environ.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    def ready(self) -> None:
        """The database is open, and the services run."""
        self._say("READY=1")

    def alive(self) -> None:
        """The poll loop moved."""
        now = self._clock.monotonic()
        if self._last is None or now - self._last >= PAUSE:
            self._last = now
            self._say("WATCHDOG=1")

    def stopping(self) -> None:
        """It was told to stop, and finishes what it has in hand."""
        self._say("STOPPING=1")

    def _say(self, state: str) -> None:
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.settimeout(0.5)  # a full socket costs a sign of life, and no poll
            out.sendto(state.encode("ascii"), self._address)
