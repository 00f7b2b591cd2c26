"""One kept connection, used by many at once, on which nothing can hang.

Each piece of work runs in a task of its own, under a deadline that ends the connection. Cancelling the work would not
do: the libraries' clean-up then waits for an answer that may never come (ending the connection frees it at once). So
a caller that is cancelled leaves at once, and what it began ends by itself, at its deadline at the latest.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from bot.errors import SourceAway, StatsBotError

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(kw_only=True, eq=False, repr=False)
class Patience:
    """How long a source waits: seconds, and for a file its size by `file_rate` (bytes per second) on top.

    A dead connection is found after `keepalive_interval` × (`keepalive_count_max` + 1); a trickle resets that timer,
    so each operation has its own deadline too.
    """

    connect_timeout: float = 20.0
    login_timeout: float = 20.0
    keepalive_interval: float = 15.0
    keepalive_count_max: int = 3
    answer_timeout: float = 20.0
    listing_timeout: float = 300.0
    file_grace: float = 10.0
    file_rate: float = 4096.0


class Connection(Protocol):
    """A connection: alive until `lost`; `end` is what ended it, where that was given."""

    lost: bool
    end: StatsBotError | None

    def give_up(self, end: StatsBotError | None = None) -> None:
        """Abort at once, so that all work on it fails now; the first `end` stays."""
        ...

    async def close(self) -> None:
        """Say goodbye, within a second or so."""
        ...


L = TypeVar("L", bound=Connection)


class KeptConnection(Generic[L]):
    """Opens a link at the first use, and another one at the next use after it was lost."""

    def __init__(self, opened: Callable[[], Coroutine[Any, Any, L]]) -> None:
        self._opened = opened
        self._link: L | None = None
        self._opening: asyncio.Task[L] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def run(self, work: Callable[[L], Awaitable[T]], *, seconds: float, late: StatsBotError) -> T:
        """What `work` gives; after `seconds` the link ends, `late` is raised here and `SourceAway` to all others.

        `work` reports a failure of the link as `SourceAway`: the link is then given up.
        """
        link = await self._connected()
        return await _result(self._begin(_guarded(link, work, seconds, late)))

    async def close(self) -> None:
        """Let go of the link; work in hand ends with `SourceAway`. Using it again opens another."""
        if self._opening is not None:
            self._opening.cancel()
        if self._link is not None:
            await self._link.close()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
        for task in self._tasks:
            task.cancel()

    async def _connected(self) -> L:
        """Those who come while it is being opened share the attempt, and its failure."""
        if self._link is not None and not self._link.lost:
            return self._link
        if self._opening is None or self._opening.done():
            self._opening = self._begin(self._opened())
        self._link = await _result(self._opening)
        return self._link

    def _begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # seen: whoever waited for it may have left


async def _guarded(link: L, work: Callable[[L], Awaitable[T]], seconds: float, late: StatsBotError) -> T:
    timer = asyncio.get_running_loop().call_later(seconds, link.give_up, late)
    try:
        return await work(link)
    except asyncio.CancelledError:
        link.give_up()  # else the work's own clean-up may wait for an answer
        raise
    except SourceAway as error:
        link.give_up()
        if link.end is late or isinstance(link.end, SourceAway):
            raise link.end from error
        raise
    finally:
        timer.cancel()


async def _result(task: asyncio.Task[T]) -> T:
    """What one of our tasks gives; a caller that is cancelled leaves it running."""
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        caller = asyncio.current_task()
        if task.cancelled() and caller is not None and not caller.cancelling():
            raise SourceAway("the connection was closed") from None  # by close(): nobody cancelled the caller
        raise


def quiet_aborted_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Log at debug level what asyncio reports about the SSH library's own tasks after a connection was aborted.

    A safety net: reading with one request at a time, as `sftp` does, leaves no such task behind. All else goes
    where it went before.
    """
    before = loop.get_exception_handler()

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if type(context.get("exception")).__module__.partition(".")[0] == "asyncssh":
            log.debug("after an aborted connection: %s", context.get("message"), exc_info=context["exception"])
        elif before is not None:
            before(loop, context)
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)
