"""Who is who on Discord: one member, one player; one player, one member. And who waits for an admin to say so."""

from __future__ import annotations

from typing import NamedTuple

from bot.store.file.database import Reader, Tx


class LinkRequest(NamedTuple):
    """A member says who he is, and no admin has answered yet; the question stands in `message_id`."""

    member_id: int
    guid: str
    asked_at: int
    channel_id: int
    message_id: int


async def guid_of(db: Reader, member_id: int) -> str | None:
    """The player that a Discord member is."""
    value = await db.value("SELECT guid FROM links WHERE member_id = :member", member=member_id)
    return None if value is None else str(value)


async def member_of(db: Reader, guid: str) -> int | None:
    """The Discord member that a player is."""
    value = await db.value("SELECT member_id FROM links WHERE guid = :guid", guid=guid)
    return None if value is None else int(value)


async def waiting(db: Reader, member_id: int) -> LinkRequest | None:
    """The request of a member that no admin has answered."""
    row = await db.one("SELECT * FROM link_requests WHERE member_id = :member", member=member_id)
    return None if row is None else LinkRequest(**row)


def ask(tx: Tx, request: LinkRequest) -> None:
    """The admins are asked; an older request of the member goes."""
    tx.execute("INSERT OR REPLACE INTO link_requests VALUES (?, ?, ?, ?, ?)", request)


def answered(tx: Tx, member_id: int) -> None:
    """No request of this member waits any more."""
    tx.execute("DELETE FROM link_requests WHERE member_id = ?", (member_id,))


def link(tx: Tx, member_id: int, guid: str, *, by: str, now: int) -> bool:
    """Make this member this player; False where the player is somebody else's. What he was, or asked to be, goes."""
    answered(tx, member_id)
    owner = tx.execute("SELECT member_id FROM links WHERE guid = ?", (guid,)).fetchone()
    if owner is not None and owner["member_id"] != member_id:
        return False
    tx.execute("DELETE FROM links WHERE member_id = ?", (member_id,))
    tx.execute(
        "INSERT INTO links (member_id, guid, linked_by, linked_at) VALUES (?, ?, ?, ?)", (member_id, guid, by, now)
    )
    return True


def unlink(tx: Tx, member_id: int) -> str | None:
    """Forget who this member is, and who he asked to be; the GUID that he was."""
    answered(tx, member_id)
    row = tx.execute("DELETE FROM links WHERE member_id = ? RETURNING guid", (member_id,)).fetchone()
    return None if row is None else str(row["guid"])
