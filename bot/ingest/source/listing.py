"""What to look at in a poll: usually nothing but the folder's own mtime, one round trip."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence

from bot.clock import Clock
from bot.ingest.source.remote import Entry, RemoteSource

log = logging.getLogger(__name__)

FEW = 32
"""Up to so many files are looked at alone; more are cheaper to list anew."""
EYE, MOST_EYED = 600.0, 8
"""For so many seconds, so many rejected files at most are looked at in each poll: one may have been unfinished."""
SECOND_LOOK = 2.0
"""Seconds after a change was seen until the folder is listed once more: its mtime has whole seconds."""

ALWAYS = 5.0
"""Seconds between two listings of a folder whose own mtime tells nothing; more, where a listing takes long."""


class Watcher:
    """Keeps an eye on one folder; `full_every` seconds between listings that nothing asked for."""

    def __init__(self, source: RemoteSource, *, full_every: float, clock: Clock) -> None:
        self._source = source
        self._full_every = full_every
        self._clock = clock
        self._mtime: int | None = None
        self._names = 0
        self._suspicious = self._blind = False
        self._listed_at = -math.inf
        self._took = 0.0
        self._again_at: float | None = None
        self._eyed: dict[str, float] = {}
        self.listed = 0
        """Entries in the last full listing."""

    async def look(self, wanted: Sequence[str]) -> tuple[list[Entry], bool]:
        """(entries to judge, whether they are the whole folder); `wanted`: names to be looked at in any case."""
        now = self._clock.monotonic()
        self._eyed = {name: until for name, until in self._eyed.items() if until > now}
        wanted = [*dict.fromkeys([*wanted, *self._eyed])]
        mtime = await self._source.folder_mtime()
        changed = mtime != self._mtime
        self._judge(mtime)
        second = self._again_at is not None and now >= self._again_at
        if changed or second or len(wanted) > FEW or now - self._listed_at >= self._pause():
            entries = await self._source.list()
            self._compare(entries, settled=not changed and self._again_at is None)
            self._mtime, self._listed_at, self.listed = mtime, now, len(entries)
            self._again_at = now + SECOND_LOOK if changed else None
            self._took = self._clock.monotonic() - now
            return list(entries), True
        if not wanted:
            return [], False
        seen = await self._source.look_at(wanted)
        return list(seen.values()), False

    def _pause(self) -> float:
        return max(ALWAYS, 10 * self._took) if self._blind else self._full_every

    def _compare(self, entries: Sequence[Entry], *, settled: bool) -> None:
        """Whether other names are there although the folder's mtime stood still since before the last listing."""
        names = sum(hash(entry.name) for entry in entries)
        self._suspicious = settled and names != self._names
        self._names = names

    def _judge(self, mtime: int | None) -> None:
        """Names that appeared after the mtime was asked for move it by now; if not, it tells nothing."""
        if self._blind:
            return
        if mtime is None or (self._suspicious and mtime == self._mtime):
            self._blind = True
            log.warning(
                "the folder's own time on the server does not move when files appear: it is listed every %.0f s", ALWAYS
            )

    def keep_an_eye(self, name: str) -> None:
        """Look at this file for a while: writing on in a file does not move the folder's mtime."""
        self._eyed = dict([*self._eyed.items(), (name, self._clock.monotonic() + EYE)][-MOST_EYED:])

    def distrust(self) -> None:
        """List anew next time: something went wrong between looking and reading."""
        self._mtime, self._listed_at = None, -math.inf
