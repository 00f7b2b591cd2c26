"""What became of one file: its ledger row, its round, its post."""

from __future__ import annotations

from bot.domain.game.files import iso_utc
from bot.store.database import Reader

_ROUND = """
    SELECT rounds.id, rounds.state, rounds.reason, rounds.ended_at, rounds.imported_at, r1.filename AS first_round,
           (SELECT count(*) FROM player_rounds WHERE round_id = rounds.id) AS players
      FROM rounds LEFT JOIN rounds AS r1 ON r1.id = rounds.first_round_id
     WHERE rounds.server_id = :server AND rounds.filename = :name"""
_NOTES = "SELECT text FROM round_notes WHERE round_id = :round ORDER BY position"
_POST = "SELECT kind, state, reason, message_id FROM outbox WHERE round_id = :round"
_SEEN = """
    SELECT first_seen_at, updated_at, state FROM processed_files
     WHERE server_id = :server AND filename = :name"""


async def of_file(db: Reader, server: int, name: str) -> list[str]:
    """Lines that tell a file's story; empty when it was never seen."""
    lines = []
    seen = await db.one(_SEEN, server=server, name=name)
    if seen is not None:
        lines.append(
            f"first seen {iso_utc(seen['first_seen_at'])}, {seen['state']} since {iso_utc(seen['updated_at'])}"
        )
    row = await db.one(_ROUND, server=server, name=name)
    if row is None:
        return lines
    said = row["state"] if row["reason"] is None else f"set aside: {row['reason']}"
    lines.append(f"round {row['id']}: {said}; {row['players']} players, ended {iso_utc(row['ended_at'])}")
    if row["first_round"]:
        lines.append(f"its round 1 is {row['first_round']}")
    lines += [f"note: {note['text']}" for note in await db.all(_NOTES, round=row["id"])]
    post = await db.one(_POST, round=row["id"])
    if post is None:
        lines.append("no post: it was not news when it was imported")
    else:
        why = f" ({post['reason']})" if post["reason"] else ""
        lines.append(f"post ({post['kind']}): {post['state']}{why}")
    return lines
