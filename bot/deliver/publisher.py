"""Where posts go: a Discord channel, or the demo's folder."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple, Protocol

from bot.present.card import Card


class Lack(NamedTuple):
    """What posts need in a channel, by its name, and the bot has not: permissions as discord.py names them."""

    channel: str
    permissions: frozenset[str] = frozenset()


class Publisher(Protocol):
    """Makes, edits and finds messages.

    Every method raises `OutcomeUnknown`, `PostRefused`, `PostGone` or `PostLater`.
    """

    async def send(self, card: Card, *, channel: int, nonce: str) -> int:
        """Make a message and return its id; the same nonce again makes no second one for a few minutes."""
        ...

    async def edit(self, card: Card, *, channel: int, message: int) -> None:
        """Replace all that the message says."""
        ...

    async def delete(self, *, channel: int, message: int) -> None:
        """Take a message of our own away."""
        ...

    async def find(self, markers: Collection[str], *, channel: int, since: int) -> dict[str, int]:
        """Our own messages with such a button or option, made since then (in `now()`'s time): the oldest by marker.

        `PostRefused` where the channel's history may not be read.
        """
        ...

    def now(self) -> float:
        """What time it is where messages are dated, UTC epoch seconds; it never jumps with this machine's clock."""
        ...

    def lacks(self, channel: int) -> Lack | None:
        """What posts need there and lack; without permissions where nothing is lacking; None if not known yet."""
        ...

    def link(self, *, channel: int, message: int) -> str:
        """Where a reader can go to see the message."""
        ...
