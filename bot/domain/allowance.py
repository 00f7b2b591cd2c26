"""How fast one person may ask: some questions at once, then one every few seconds."""

from __future__ import annotations

BURST, EVERY = 10, 2.0
"""Questions at once; seconds until one more."""
_KNOWN = 1000


class Allowance:
    """Each person's own, so that nobody who asks too much takes anything from others."""

    def __init__(self, *, burst: int = BURST, every: float = EVERY) -> None:
        self._most = burst * every
        self._every = every
        self._used_up_until: dict[int, float] = {}

    def take(self, person: int, now: float) -> float:
        """0 where he may ask, else the seconds until he may; `now`: monotonic seconds."""
        after = max(self._used_up_until.get(person, now), now) + self._every
        wait = after - now - self._most
        if wait > 0:
            return wait
        if len(self._used_up_until) > _KNOWN:
            self._used_up_until = {who: until for who, until in self._used_up_until.items() if until > now}
        self._used_up_until[person] = after
        return 0.0
