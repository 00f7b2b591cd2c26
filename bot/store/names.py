"""The index of every name ever worn, in memory: autocomplete must not wait for a query."""

from __future__ import annotations

import time

from bot.domain.answers import PlayerChoice
from bot.store import players
from bot.store.database import Reader

_MAPS = "SELECT map FROM rounds WHERE state = 'counted' GROUP BY map ORDER BY count(*) DESC, map"
FRESH = 30.0
"""Seconds for which the index is used before it is asked for anew."""
LONGEST = 36
"""Characters of a name in a menu."""


class Names:
    """Finds players by any alias: whole name, then its beginning, then any part of it; recent players first."""

    def __init__(self, db: Reader) -> None:
        self._db = db
        self._choices: list[PlayerChoice] = []
        self._maps: list[str] = []
        self._read_at = -FRESH

    async def _all(self) -> list[PlayerChoice]:
        if time.monotonic() - self._read_at >= FRESH:
            self._choices = await players.choices(self._db)
            self._maps = [row["map"] for row in await self._db.all(_MAPS)]
            self._read_at = time.monotonic()
        return self._choices

    async def maps(self) -> list[str]:
        """Every map that was played, those with most rounds first."""
        await self._all()
        return self._maps

    async def search(self, text: str, *, limit: int) -> list[PlayerChoice]:
        """The best matches, each player once."""
        wanted = text.strip().casefold()
        found: dict[str, PlayerChoice] = {}
        ranked = sorted(
            ((_rank(one, wanted), place, one) for place, one in enumerate(await self._all())), key=lambda r: r[:2]
        )
        for rank, _, one in ranked:
            if rank < _NO_MATCH:
                found.setdefault(one.guid, one)
        return [*found.values()][:limit]

    async def resolve(self, text: str) -> PlayerChoice | None:
        """The player meant by free text: a GUID, a whole name, or the only one that begins like it."""
        for one in await self._all():
            if one.guid.casefold() == text.strip().casefold():
                return one
        best = await self.search(text, limit=2)
        if not best or not text.strip():
            return None
        whole = best[0].alias.casefold() == text.strip().casefold()
        return best[0] if whole or len(best) == 1 else None

    @staticmethod
    def label(one: PlayerChoice) -> str:
        """`anna (as bella) · 12 rounds`, with room for the figure whatever the names are."""
        alias = f" (as {one.alias[:LONGEST]})" if one.alias != one.name else ""
        return f"{one.name[:LONGEST]}{alias} · {one.rounds} round{'' if one.rounds == 1 else 's'}"


_WHOLE, _BEGINNING, _PART, _NO_MATCH = range(4)


def _rank(one: PlayerChoice, wanted: str) -> int:
    alias = one.alias.casefold()
    if alias == wanted:
        return _WHOLE
    if alias.startswith(wanted) or one.guid.casefold().startswith(wanted):
        return _BEGINNING
    return _PART if wanted in alias else _NO_MATCH
