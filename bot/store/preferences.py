"""What the admins chose to have posted, kept in the database by the names of the choices."""

from __future__ import annotations

from typing import Any

from bot.domain.posts import Preferences, RoundPosts
from bot.store.file.database import Reader, Tx

_SET = "INSERT INTO preferences (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"


async def load(db: Reader) -> Preferences:
    """The choices of now; what was never chosen has its default."""
    kept = {row["key"]: row["value"] for row in await db.all("SELECT key, value FROM preferences")}
    defaults = Preferences._field_defaults
    chosen = {name: _value(kept[name], default) for name, default in defaults.items() if name in kept}
    return Preferences(**chosen)


def put(tx: Tx, changed: Preferences) -> None:
    """Keep these choices."""
    tx.executemany(_SET, [(name, _text(value)) for name, value in changed._asdict().items()])


def _value(text: str, default: Any) -> Any:
    if isinstance(default, bool):
        return text == "on"
    if isinstance(default, RoundPosts):
        return RoundPosts(text) if text in [*RoundPosts] else default
    return int(text) if text else default


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "" if value is None else str(value)
