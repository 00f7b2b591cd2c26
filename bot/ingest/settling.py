"""When a file is safe to read: the server writes it header first, then line by line (FORMAT, "Whole files")."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from bot.ingest.source.remote import Entry

TWO_LOOKS = 1.0
"""Seconds between two looks that agree."""
PATIENCE = 20.0
"""Seconds that a young file must stand still to be taken although its content looks unfinished."""
RESTLESS = 300.0
"""Seconds after which a file that never settles holds up nothing any more."""
OLD_ENOUGH = 60
"""Seconds that an mtime must lie before the newest one among the files asked about in the same look.

Not before the newest ever seen: when the server's clock was set back, that would make each new file look old.
"""


class Ripeness(Enum):
    """How far a file may be taken for finished, by its looks alone."""

    GROWING = "no two looks agree yet, or its content looked unfinished a moment ago"
    YOUNG = "two looks agree: finished, if its content looks so too"
    WAITED = "unchanged for so long that it is taken as it is; somebody may write on all the same"
    OLD = "much older than the newest file: nobody writes to it"


class _Look(NamedTuple):
    """A file as it was seen `since` then, and `first` seen at any size and time, by the monotonic clock."""

    size: int | None
    mtime: int | None
    since: float
    first: float
    unfinished: bool = False


class Settling:
    """Remembers looks; times of looks come from a monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._looks: dict[str, _Look] = {}

    def ripeness(self, entries: Iterable[Entry], *, now: float) -> list[Ripeness]:
        """How ripe each of these entries is, which were all looked at now."""
        entries = list(entries)
        newest = max((entry.mtime for entry in entries if entry.mtime is not None), default=0)
        return [self._ripeness(entry, now, newest) for entry in entries]

    def _ripeness(self, entry: Entry, now: float, newest: int) -> Ripeness:
        if entry.mtime is not None and newest - entry.mtime >= OLD_ENOUGH:
            self._looks.pop(entry.name, None)
            return Ripeness.OLD
        look = self._looks.get(entry.name)
        if look is None or (look.size, look.mtime) != (entry.size, entry.mtime):
            self._looks[entry.name] = _Look(entry.size, entry.mtime, now, now if look is None else look.first)
            return Ripeness.GROWING
        if now - look.since >= PATIENCE:
            return Ripeness.WAITED
        return Ripeness.GROWING if look.unfinished or now - look.since < TWO_LOOKS else Ripeness.YOUNG

    def unfinished(self, name: str) -> None:
        """A young file's content looks cut: it is waited for."""
        self._looks[name] = self._looks[name]._replace(unfinished=True)

    def is_restless(self, name: str, *, now: float) -> bool:
        """It was seen again and again for so long, and did not settle: nothing should wait for it."""
        return name in self._looks and now - self._looks[name].first > RESTLESS

    def forget(self, name: str) -> None:
        """It is dealt with."""
        self._looks.pop(name, None)
