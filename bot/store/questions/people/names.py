"""The index of every name ever worn, in memory: a menu must not wait for a query.

It is read once, and anew in the background when rounds came; what is typed is looked up in what is there.
"""

from __future__ import annotations

import asyncio
import logging
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from bot.clock import Clock
from bot.domain.stats.answers import PlayerChoice
from bot.errors import StoreError
from bot.store.file.database import Reader
from bot.store.questions.people import players

log = logging.getLogger(__name__)

_MAPS = "SELECT map FROM rounds WHERE state = 'counted' GROUP BY map ORDER BY count(*) DESC, map"
_WRITTEN = "PRAGMA data_version"  # another number after whatever anybody wrote
_VERSION = "SELECT max(imported_at) || ' ' || count(*) || ' ' || max(id) FROM rounds"
FRESH = 2.0
"""Seconds for which nobody asks whether something is new."""
FEWEST = 3
"""Letters that may stand for a whole name."""
LONGEST = 36
"""Characters of a name in a menu."""
CLOSE = 72
"""Of 100: from here on a spelling is close."""
_TYPED = 64
_LEET = str.maketrans("013457@$!|l", "oieastasiii")  # 1 stands for i and for l: both are one letter here


def folded(name: str) -> str:
    """A name as people type it: small letters, no accents or decoration, digits that stand for letters as those."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(c for c in plain if c.isalnum() or c in "@$!|").translate(_LEET)


class Names:
    """Finds players by any alias: the beginning of a name, then any part of it, then close spellings."""

    def __init__(self, db: Reader, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._choices: list[PlayerChoice] = []
        self._spelled: list[str] = []
        self._maps: list[str] = []
        self._written: int | None = None
        self._version: str | None = None
        self._looked_at = clock.monotonic() - FRESH
        self._refresh: asyncio.Task[None] | None = None

    async def maps(self) -> list[str]:
        """Every map that was played, those with most rounds first."""
        await self._current(wait=not self._maps)
        return self._maps

    async def search(self, text: str, *, limit: int, own: str | None = None) -> list[PlayerChoice]:
        """The best matches, each player once; of several equally good ones `own` first, then the recent ones."""
        await self._current(wait=not self._choices)
        return self._best(text[:_TYPED], limit=limit, own=own)

    async def resolve(self, text: str) -> PlayerChoice | None:
        """The player meant by free text: a GUID, a whole name, or the only one that begins like it."""
        wanted = text.strip().casefold()
        if (known := self._of_guid(wanted)) is not None:  # what the menu fills in
            return known
        await self._current(wait=True)
        if (known := self._of_guid(wanted)) is not None:
            return known
        best = self._best(wanted[:_TYPED], limit=2, own=None, close=False)
        if not best or not wanted:
            return None
        alias = best[0].alias.casefold()
        fits = len(best) == 1 and len(wanted) >= FEWEST and wanted in alias
        return best[0] if alias == wanted or fits else None

    def _of_guid(self, guid: str) -> PlayerChoice | None:
        return next((choice for choice in self._choices if choice.guid.casefold() == guid), None)

    def _best(self, text: str, *, limit: int, own: str | None, close: bool = True) -> list[PlayerChoice]:
        wanted, spelled = text.strip().casefold(), folded(text)
        ranked = sorted(
            (rank, choice.guid != own, place)
            for place, choice in enumerate(self._choices)
            if (rank := _rank(choice, self._spelled[place], wanted, spelled)) < _NO_MATCH
        )
        choices = _once(self._choices[place] for *_, place in ranked)
        if close and spelled and not choices:
            near = process.extract(spelled, self._spelled, scorer=fuzz.WRatio, limit=2 * limit, score_cutoff=CLOSE)
            choices = _once(self._choices[place] for _, _, place in near)
        return choices[:limit]

    async def _current(self, *, wait: bool) -> None:
        """Have the index read where something is new; wait for it, or let it come in the background."""
        if self._clock.monotonic() - self._looked_at < FRESH and not wait:
            return
        if wait and self._refresh is not None and not self._refresh.done():
            await asyncio.wait([self._refresh])  # it may have begun before the round that is asked for
        if self._refresh is None or self._refresh.done():
            self._looked_at = self._clock.monotonic()
            self._refresh = asyncio.create_task(self._read(), name="names")
            self._refresh.add_done_callback(_said)
        if wait:
            await asyncio.shield(self._refresh)

    async def _read(self) -> None:
        written = await self._db.value(_WRITTEN)
        if written == self._written:
            return
        version = await self._db.value(_VERSION)
        if version == self._version:
            self._written = written
            return
        choices = await players.choices(self._db)
        self._maps = [row["map"] for row in await self._db.all(_MAPS)]
        self._spelled = [folded(choice.alias) for choice in choices]
        self._choices, self._version, self._written = choices, version, written

    @staticmethod
    def label(choice: PlayerChoice) -> str:
        """`anna (as bella) · 12 rounds`, with room for the figure whatever the names are."""
        alias = f" (as {choice.alias[:LONGEST]})" if choice.alias != choice.name else ""
        return f"{choice.name[:LONGEST]}{alias} · {choice.rounds} round{'' if choice.rounds == 1 else 's'}"


_WHOLE, _BEGINNING, _PART, _FOLDED, _NO_MATCH = range(5)


def _rank(choice: PlayerChoice, spelled: str, wanted: str, typed: str) -> int:
    alias = choice.alias.casefold()
    if alias == wanted:
        return _WHOLE
    if alias.startswith(wanted) or choice.guid.casefold().startswith(wanted):
        return _BEGINNING
    if wanted in alias:
        return _PART
    return _FOLDED if typed and typed in spelled else _NO_MATCH


def _once(choices: Iterable[PlayerChoice]) -> list[PlayerChoice]:
    """Each player once, by his best alias."""
    first_by_guid: dict[str, PlayerChoice] = {}
    for choice in choices:
        first_by_guid.setdefault(choice.guid, choice)
    return [*first_by_guid.values()]


def _said(task: asyncio.Task[None]) -> None:
    """A failure in the background is no traceback: whoever waited for it has got it."""
    error = None if task.cancelled() else task.exception()
    if isinstance(error, StoreError):
        log.debug("the names could not be read: %s", error)
