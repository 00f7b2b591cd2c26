"""What became of one file: its ledger row, its round, its post."""

from __future__ import annotations

from bot.domain.audit.states import FileState
from bot.domain.game.model import State
from bot.domain.history import FileHistory, Ignored, PostStatus, RoundHistory, Sighting
from bot.domain.posts import PostKind, PostState
from bot.store import codes
from bot.store.file.database import Reader

_ROUND = """
    SELECT rounds.id, rounds.state, rounds.reason, rounds.reason_words, rounds.ended_at, r1.filename AS first_round,
           (SELECT count(*) FROM player_rounds WHERE round_id = rounds.id) AS players
      FROM rounds LEFT JOIN rounds AS r1 ON r1.id = rounds.first_round_id
     WHERE rounds.server_id = :server AND rounds.filename = :name"""
_NOTES = "SELECT code, guid, parameters FROM round_notes WHERE round_id = :round ORDER BY position"
_POST = "SELECT kind, state, reason, reason_words FROM outbox WHERE round_id = :round"
_SEEN = """
    SELECT first_seen_at, updated_at, state FROM processed_files
     WHERE server_id = :server AND filename = :name"""

_IGNORED = """
    SELECT decided_by, decided_at, reason FROM ignored_files WHERE server_id = :server AND filename = :name"""


async def of_file(db: Reader, server: int, name: str) -> FileHistory:
    """A file's story."""
    seen = await db.one(_SEEN, server=server, name=name)
    ignored = await db.one(_IGNORED, server=server, name=name)
    return FileHistory(
        seen=None if seen is None else Sighting(seen["first_seen_at"], FileState(seen["state"]), seen["updated_at"]),
        round=await _round(db, server, name),
        ignored=None if ignored is None else Ignored(*ignored),
    )


async def _round(db: Reader, server: int, name: str) -> RoundHistory | None:
    row = await db.one(_ROUND, server=server, name=name)
    if row is None:
        return None
    post = await db.one(_POST, round=row["id"])
    why = None if post is None else codes.post_reason_of(post["reason"], post["reason_words"])
    return RoundHistory(
        id=row["id"],
        state=State(row["state"]),
        reason=codes.reason_of(row["reason"], row["reason_words"]),
        players=row["players"],
        ended_at=row["ended_at"],
        first=row["first_round"],
        notes=tuple(map(codes.note_of, await db.all(_NOTES, round=row["id"]))),
        post=None if post is None else PostStatus(PostKind(post["kind"]), PostState(post["state"]), why),
    )
