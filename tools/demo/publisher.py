"""The demo's Discord: each post is printed, and kept as a file."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from bot.deliver.publisher import Lack
from bot.present.card import Card
from bot.present.words.text import as_text
from tools.kit.shell import CLOCK, put


class FolderPublisher:
    """Writes `NNN.md` and its pictures for each message into a folder; a nonce known already makes none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._by_nonce: dict[str, int] = {}
        self._by_marker: dict[str, int] = {}
        self.sent = 0
        self.edited = 0
        self.deleted = 0

    async def send(self, card: Card, *, channel: int, nonce: str) -> int:
        """Print and keep."""
        if nonce in self._by_nonce:
            return self._by_nonce[nonce]
        self.sent += 1
        self._by_nonce[nonce] = self.sent
        self._by_marker.update(dict.fromkeys([custom_id for _, custom_id in card.buttons], self.sent))
        self._write(self.sent, card)
        put(f"\n--- posted as message {self.sent} ---\n{as_text(card)}")
        return self.sent

    async def edit(self, card: Card, *, channel: int, message: int) -> None:
        """Keep the new text."""
        self.edited += 1
        self._write(message, card)
        put(f"\n--- message {message} now reads ---\n{as_text(card)}")

    async def delete(self, *, channel: int, message: int) -> None:
        """Take its file away."""
        self.deleted += 1
        self._by_marker = {marker: number for marker, number in self._by_marker.items() if number != message}
        for path in self._folder.glob(f"{message:03d}[.-]*"):
            path.unlink()
        put(f"\n--- message {message} is deleted ---")

    async def find(self, markers: Collection[str], *, channel: int, since: int) -> dict[str, int]:
        """By its button."""
        return {marker: self._by_marker[marker] for marker in markers if marker in self._by_marker}

    def now(self) -> float:
        """This machine's time."""
        return CLOCK.now()

    def lacks(self, channel: int) -> Lack | None:
        """Nothing."""
        return Lack("demo")

    def link(self, *, channel: int, message: int) -> str:
        """The file's name."""
        return f"{message:03d}.md"

    def _write(self, message: int, card: Card) -> None:
        (self._folder / f"{message:03d}.md").write_text(as_text(card), encoding="utf-8")
        for picture in card.pictures:
            (self._folder / f"{message:03d}-{picture.name}").write_bytes(picture.data)
