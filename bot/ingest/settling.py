"""When a file is safe to read: the server writes it header first, then line by line (FORMAT §5, "Partial files")."""

from __future__ import annotations

from collections.abc import Iterable

from bot.ingest.source import Entry

TWO_LOOKS = 1.0
"""Seconds between two looks that agree."""
OLD_ENOUGH = 60
"""Seconds that an mtime must lie before the newest thing known of the server's clock."""


class Settling:
    """Remembers looks; times of looks come from a monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._first_look: dict[str, tuple[int, int, float]] = {}
        self._newest = 0

    def heard(self, server_time: int) -> None:
        """Something carries this time of the server's clock (epoch seconds)."""
        self._newest = max(self._newest, server_time)

    def settled(self, entries: Iterable[Entry], *, now: float) -> list[bool]:
        """For each entry: two looks a second apart agree in size and mtime, or it is old."""
        entries = list(entries)
        for entry in entries:
            self.heard(entry.mtime)
        return [self._is_settled(entry, now) for entry in entries]

    def _is_settled(self, entry: Entry, now: float) -> bool:
        if self._newest - entry.mtime >= OLD_ENOUGH:
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
