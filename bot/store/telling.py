"""Posts that tell what others would have: a match's of its round 1, a digest's of many (POSTING, "Owing")."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from bot.domain.game.file.files import RoundKey
from bot.domain.posts import DIGEST_ROUNDS, PostKind
from bot.store.file.database import Reader, Tx

ROUND = "coalesce({post}.round_id, (SELECT id FROM rounds WHERE key = {post}.subject))"
"""The round of a post: of its own one, or of one that it is owed beside that."""
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
_GATHERABLE = ", ".join(f"'{kind}'" for kind in PostKind if kind.traits.is_gathered)
_GATHER = f"""
    SELECT outbox.id FROM outbox JOIN rounds ON rounds.id = {ROUND.format(post="outbox")}
     WHERE outbox.state = 'waiting' AND attempts = 0 AND not_before <= :now AND rounds.ended_at < :late
       AND outbox.kind IN ({_GATHERABLE})
     ORDER BY rounds.ended_at, rounds.id"""
_DIGEST = (
    "INSERT INTO outbox (kind, state, not_before, created_at) VALUES ('digest', 'waiting', :now, :now) RETURNING id"
)
_INTO = "UPDATE outbox SET state = 'gathered', digest_id = ?, reason = NULL WHERE id = ?"
_UNOWED = """
    SELECT id, key FROM rounds
     WHERE ended_at >= :after AND NOT EXISTS (SELECT 1 FROM outbox WHERE round_id = rounds.id)"""
_DIGEST_OF_MESSAGE = "SELECT id FROM outbox WHERE message_id = :message AND kind = 'digest'"
_KNOWN_AGAIN = """
    INSERT INTO outbox (kind, state, message_id, channel_id, sent_revision, not_before, created_at)
    VALUES ('digest', 'sent', :message, :channel, 1, :now, :now) RETURNING id"""
_TOLD = """
    INSERT INTO outbox (kind, round_id, state, digest_id, not_before, created_at)
    SELECT CASE number WHEN 1 THEN 'round' ELSE 'match' END, id, 'gathered', :digest, :now, :now
      FROM rounds WHERE id = :round
        ON CONFLICT (round_id) DO UPDATE SET state = 'gathered', digest_id = :digest, reason = NULL
     WHERE outbox.state = 'waiting' AND outbox.nonce IS NULL"""
_TOLD_BESIDE = f"""
    UPDATE outbox SET state = 'gathered', digest_id = :digest, reason = NULL
     WHERE subject = (SELECT key FROM rounds WHERE id = :round) AND kind IN ({_GATHERABLE})
       AND state = 'waiting' AND nonce IS NULL"""
_GATHERED = f"""
    SELECT DISTINCT rounds.id, rounds.ended_at FROM outbox JOIN rounds ON rounds.id = {ROUND.format(post="outbox")}
     WHERE digest_id = :digest ORDER BY rounds.ended_at, rounds.id"""


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


def gather(tx: Tx, *, more_than: int, late: int, now: int) -> bool:
    """Put a backlog into a digest: posts never tried, of rounds that ended before `late`, if they are so many.

    More than one digest can name are put into several, of the same length.
    """
    posts = tx.execute(_GATHER, {"now": now, "late": late}).fetchall()
    if len(posts) <= more_than:
        return False
    length = ceil(len(posts) / ceil(len(posts) / DIGEST_ROUNDS))
    for first in range(0, len(posts), length):
        (digest,) = tx.execute(_DIGEST, {"now": now}).fetchone()
        tx.executemany(_INTO, [(digest, row["id"]) for row in posts[first : first + length]])
    return True


async def unowed(db: Reader, *, after: int) -> dict[RoundKey, int]:
    """Rounds that ended since and that no post is owed of: their ids by their keys."""
    return {RoundKey(row["key"]): int(row["id"]) for row in await db.all(_UNOWED, after=after)}


def told(tx: Tx, round_ids: Iterable[int], *, message: int, channel: int, now: int) -> None:
    """A digest that this database had forgotten is there, and tells of these rounds; none of them was tried."""
    known = tx.execute(_DIGEST_OF_MESSAGE, {"message": message}).fetchone()
    if known is None:
        known = tx.execute(_KNOWN_AGAIN, {"message": message, "channel": channel, "now": now}).fetchone()
    values = [{"round": round_id, "digest": known["id"], "now": now} for round_id in round_ids]
    tx.executemany(_TOLD, values)
    tx.executemany(_TOLD_BESIDE, values)


async def gathered(db: Reader, digest: int) -> list[int]:
    """The rounds of a digest, oldest first."""
    return [int(row["id"]) for row in await db.all(_GATHERED, digest=digest)]
