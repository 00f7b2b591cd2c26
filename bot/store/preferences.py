"""What the admins chose to have posted, kept in the database."""

from __future__ import annotations

from bot.domain.posts import Preferences
from bot.store.file.database import Reader, Tx

_SET = "INSERT INTO preferences (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"


async def load(db: Reader) -> Preferences:
    """The choices of now; what was never chosen has its default."""
    said = {row["key"]: row["value"] for row in await db.all("SELECT key, value FROM preferences")}
    default = Preferences()
    return Preferences(
        rounds=_flag(said.get("rounds"), default=default.rounds),
        matches=_flag(said.get("matches"), default=default.matches),
        recaps=_flag(said.get("recaps"), default=default.recaps),
        players=int(said.get("players", default.players)),
        channel=int(said["channel"]) if said.get("channel") else None,
    )


def _flag(value: str | None, *, default: bool) -> bool:
    return default if value is None else value == "on"


def put(tx: Tx, changed: Preferences) -> None:
    """Keep these choices."""
    flags = {"rounds": changed.rounds, "matches": changed.matches, "recaps": changed.recaps}
    rows = [(key, "on" if value else "off") for key, value in flags.items()]
    rows += [("players", str(changed.players)), ("channel", str(changed.channel or ""))]
    tx.executemany(_SET, rows)
