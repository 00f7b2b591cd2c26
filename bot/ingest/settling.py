"""When a file is safe to read: the server writes it header first, then line by line (FORMAT, "Whole files")."""

from __future__ import annotations

from collections.abc import Iterable

from bot.ingest.source.remote import Entry

TWO_LOOKS = 1.0
"""Seconds between two looks that agree."""
OLD_ENOUGH = 60
"""Seconds that an mtime must lie before the newest one among the files asked about in the same look.

Not before the newest ever seen: when the server's clock was set back, that would make each new file look old.
"""


class Settling:
    """Remembers looks; times of looks come from a monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._first_look: dict[str, tuple[int, int, float]] = {}

    def settled(self, entries: Iterable[Entry], *, now: float) -> list[bool]:
        """For each entry: two looks a second apart agree in size and mtime, or it is old."""
        entries = list(entries)
        newest = max((entry.mtime for entry in entries), default=0)
        return [self._is_settled(entry, now, newest) for entry in entries]

    def _is_settled(self, entry: Entry, now: float, newest: int) -> bool:
        if newest - entry.mtime >= OLD_ENOUGH:
            self._first_look.pop(entry.name, None)
            return True
        before = self._first_look.get(entry.name)
        if before is None or before[:2] != (entry.size, entry.mtime):
            self._first_look[entry.name] = (entry.size, entry.mtime, now)
            return False
        return now - before[2] >= TWO_LOOKS

    def forget(self, name: str) -> None:
        """It is dealt with."""
        self._first_look.pop(name, None)
