"""Round 1's post, which gives way to its match's (POSTING, "Rounds and their match")."""

from __future__ import annotations

from bot.store.file.database import Reader, Tx

_HAS_MATCH = """
    SELECT 1 FROM rounds AS second JOIN outbox AS match ON match.round_id = second.id
     WHERE second.first_round_id = :round AND match.kind = 'match' AND match.message_id IS NOT NULL LIMIT 1"""
_REPLACE = """
    UPDATE outbox SET state = CASE state WHEN 'sent' THEN 'removing' ELSE 'replaced' END, reason = NULL,
           not_before = :now
     WHERE kind = 'round' AND (state = 'sent' OR (state = 'waiting' AND first_attempt_at IS NULL)) AND round_id IN (
           SELECT second.first_round_id FROM rounds AS second JOIN outbox AS match ON match.round_id = second.id
            WHERE match.kind = 'match' AND match.state = 'sent' AND (match.id = :id
               OR second.first_round_id = (SELECT round_id FROM outbox WHERE id = :id)))"""
_LEFT_ALONE = """
       created_at > :after AND NOT EXISTS (
           SELECT 1 FROM rounds AS second JOIN outbox AS match ON match.round_id = second.id
            WHERE second.first_round_id = outbox.round_id)"""
_KEEP = f"UPDATE outbox SET state = 'sent', not_before = :now WHERE state = 'removing' AND {_LEFT_ALONE}"
_ALONE = f"SELECT round_id FROM outbox WHERE state = 'replaced' AND {_LEFT_ALONE} ORDER BY round_id"


def has_match(tx: Tx, round_id: int) -> bool:
    """The message of this round 1's match is there, and tells of both."""
    return tx.execute(_HAS_MATCH, {"round": round_id}).fetchone() is not None


async def is_told(db: Reader, round_id: int | None) -> bool:
    """As `has_match`."""
    return await db.value(_HAS_MATCH, round=round_id) is not None


def replace(tx: Tx, item_id: int, *, now: int) -> None:
    """The message of this post is there: the one of its round 1 is to go, or itself where it is that of a round 1.

    One that was never tried, or surely not made, needs none any more.
    """
    tx.execute(_REPLACE, {"id": item_id, "now": now})


def left_alone(tx: Tx, *, after: int, now: int) -> list[int]:
    """Rounds 1 whose message has gone, and which belong to no match any more; one that is still to go stays.

    `after`: their post was owed since then; what is older is no news.
    """
    tx.execute(_KEEP, {"now": now, "after": after})
    return [int(row["round_id"]) for row in tx.execute(_ALONE, {"after": after}).fetchall()]
