"""The clock: the only place that asks what time it is. The composition root makes one and hands it down.

Here belongs reading the time. Not here: pausing (`asyncio.sleep`), and what a moment means (`domain`)."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """What tells the time; tests have one that stands still."""

    def now(self) -> float:
        """The time of day in UTC epoch seconds; it may jump when the machine's clock is set."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever grow, for pauses and for how long something took; their zero means nothing."""
        ...


class SystemClock:
    """This machine's."""

    def now(self) -> float:
        """UTC epoch seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds since some start."""
        return time.monotonic()
