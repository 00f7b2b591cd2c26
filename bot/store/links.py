"""Who is who on Discord: one member, one player; one player, one member."""

from __future__ import annotations

from bot.store.file.database import Reader, Tx


async def guid_of(db: Reader, member_id: int) -> str | None:
    """The player that a Discord member is."""
    value = await db.value("SELECT guid FROM links WHERE member_id = :member", member=member_id)
    return None if value is None else str(value)


async def member_of(db: Reader, guid: str) -> int | None:
    """The Discord member that a player is."""
    value = await db.value("SELECT member_id FROM links WHERE guid = :guid", guid=guid)
    return None if value is None else int(value)


def link(tx: Tx, member_id: int, guid: str, *, by: str, now: int) -> bool:
    """Make this member this player; False where the player is somebody else's. An older link of the member goes."""
    owner = tx.execute("SELECT member_id FROM links WHERE guid = ?", (guid,)).fetchone()
    if owner is not None and owner["member_id"] != member_id:
        return False
    tx.execute("DELETE FROM links WHERE member_id = ?", (member_id,))
    tx.execute(
        "INSERT INTO links (member_id, guid, linked_by, linked_at) VALUES (?, ?, ?, ?)", (member_id, guid, by, now)
    )
    return True


def unlink(tx: Tx, member_id: int) -> str | None:
    """Forget who this member is; the GUID that he was."""
    row = tx.execute("DELETE FROM links WHERE member_id = ? RETURNING guid", (member_id,)).fetchone()
    return None if row is None else str(row["guid"])
