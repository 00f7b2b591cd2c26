"""What really left for Discord, and what time it is there: each try of a request, seen where it leaves.

discord.py repeats a request by itself after a 500, 502, 504, 524, a rate limit and some resets, and tells of the last
try alone. So a post whose first try was accepted could end in a refusal. aiohttp tells of each try through the client's
`http_trace`, in the task that asked, and a try that is not wanted is stopped there before it leaves. (aiohttp itself
repeats only what HTTP calls idempotent: no POST.)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import aiohttp

from bot.clock import Clock
from bot.errors import OutcomeUnknown


class Tries:
    """The tries of one request; `once`: none may leave behind one that may have been accepted."""

    def __init__(self, *, once: bool) -> None:
        self.once = once
        self.left = 0
        self.is_open = False
        """A try left, and Discord has not said no to it: it may be accepted, now or soon."""
        self.last = "no answer yet"
        """What became of the last one."""

    def may_be_there(self, *, answered: bool) -> bool:
        """Nobody knows whether the request got through: one try is open, or `answered` one that nobody saw leave."""
        return self.is_open or (answered and not self.left)


class Wire:
    """Watches a client's requests: `discord.Client(http_trace=wire.trace)`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: tuple[float, float] | None = None
        """Discord's time in an answer, and the monotonic time of that."""
        self.trace = aiohttp.TraceConfig()
        self.trace.on_request_start.append(self._leaves)
        self.trace.on_request_end.append(self._answered)
        self.trace.on_request_exception.append(self._broke)
        self._tries: ContextVar[Tries | None] = ContextVar("tries", default=None)

    def now(self) -> float:
        """What time it is at Discord, UTC epoch seconds: from the `Date` of its last answer on, to the second.

        Messages are dated by this; the clock of this machine, which counts until the first answer, may be wrong.
        """
        if self._told is None:
            return self._clock.now()
        told, at = self._told
        return told + self._clock.monotonic() - at

    @contextmanager
    def watching(self, *, once: bool) -> Iterator[Tries]:
        """Count the tries of the one request that is made in this block.

        With `once`, a second try behind one that may have been accepted raises `OutcomeUnknown` in its place.
        """
        tries = Tries(once=once)
        before = self._tries.set(tries)
        try:
            yield tries
        finally:
            self._tries.reset(before)

    async def _leaves(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, _asked: aiohttp.TraceRequestStartParams
    ) -> None:
        tries = self._tries.get()
        if tries is None:
            return
        if tries.once and tries.is_open:
            raise OutcomeUnknown(tries.last)
        tries.left += 1
        tries.is_open = True

    async def _answered(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, answer: aiohttp.TraceRequestEndParams
    ) -> None:
        if (told := _date(answer.response.headers.get("Date", ""))) is not None:
            self._told = told, self._clock.monotonic()
        if tries := self._tries.get():
            tries.is_open = not 400 <= answer.response.status < 500
            tries.last = f"Discord answered {answer.response.status}"

    async def _broke(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, broken: aiohttp.TraceRequestExceptionParams
    ) -> None:
        if tries := self._tries.get():
            tries.is_open = not isinstance(broken.exception, aiohttp.ClientConnectorError)
            tries.last = f"the connection to Discord broke ({type(broken.exception).__name__})"


def _date(text: str) -> float | None:
    """An HTTP date, UTC epoch seconds; None where it is none."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None
