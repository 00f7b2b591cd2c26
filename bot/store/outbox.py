"""The outbox: posts that are owed, on their way, or made. Every step is its own committed transaction."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.posts import (
    OVER,
    OWED,
    Correction,
    CorrectionCode,
    OutboxItem,
    PostKind,
    PostReason,
    PostReasonCode,
    PostState,
    Preferences,
    nonce,
)
from bot.store import codes, telling
from bot.store.file.database import Reader, Row, Tx, taken_apart
from bot.store.telling import ROUND

_OF_ROUNDS = ("round_id", "round_key", "happened_at")
_ITEMS = f"""
    SELECT {", ".join(f"outbox.{name}" for name in OutboxItem._fields if name not in _OF_ROUNDS)},
           outbox.reason_words, rounds.id AS round_id,
           coalesce(rounds.key, first.key) AS round_key,
           coalesce(rounds.ended_at, first.ended_at, outbox.session, outbox.created_at) AS happened_at
      FROM outbox LEFT JOIN rounds ON rounds.id = {ROUND.format(post="outbox")}
      LEFT JOIN rounds AS first ON outbox.round_id IS NULL AND first.id = coalesce(
           (SELECT id FROM rounds WHERE ended_at = outbox.session ORDER BY id LIMIT 1),
           (SELECT played.id FROM outbox AS told JOIN rounds AS played ON played.id = {ROUND.format(post="told")}
             WHERE told.digest_id = outbox.id ORDER BY played.ended_at, played.id LIMIT 1))"""
_FOR_ADMINS = ", ".join(f"'{kind}'" for kind in PostKind if kind.traits.is_for_admins)
_OWED, _OVER_STATES = (", ".join(f"'{state}'" for state in states) for states in (OWED, OVER))
HOLDS = 20
"""A post that was tried so often (some ten minutes) does not hold up those behind it any more."""

# first what is new, in the order of the rounds; edits after that
_DUE = f"""{_ITEMS}
     WHERE (outbox.state IN ({_OWED}, 'removing') OR (outbox.state = 'sent' AND sent_revision < revision))
       AND (not_before <= :now OR (outbox.state IN ('waiting', 'sending') AND attempts BETWEEN 1 AND {HOLDS}))
     ORDER BY outbox.state IN ('sent', 'removing'), coalesce(rounds.ended_at, outbox.session, created_at), outbox.id
     LIMIT :limit"""
_OUT_OF_DATE = "SELECT id FROM outbox WHERE state = 'removing' OR (state = 'sent' AND sent_revision < revision)"
_BY_ROUND = f"{_ITEMS} WHERE outbox.round_id = :round"
_BY_MESSAGE = f"{_ITEMS} WHERE outbox.message_id = :message"
_NEVER_TRIED = (
    f"{_ITEMS} WHERE outbox.state = 'waiting' AND nonce IS NULL AND happened_at <= :before ORDER BY outbox.id"
)
_HASTEN = f"""
    UPDATE outbox SET not_before = max(:now, not_before - :by)
     WHERE not_before > :now AND state IN ({_OWED}, 'sent', 'removing')"""
_AT_MOST = "UPDATE outbox SET not_before = :latest WHERE not_before > :latest"
_SESSION_OF = f"""
    SELECT session FROM rounds WHERE ended_at = (SELECT session FROM outbox WHERE id = :item)
        OR id IN (SELECT {ROUND.format(post="outbox")} FROM outbox WHERE digest_id = :item)
     ORDER BY ended_at DESC LIMIT 1"""
_ENQUEUE = """
    INSERT INTO outbox (kind, round_id, state, not_before, created_at)
    VALUES (:kind, :round, 'waiting', :not_before, :now) ON CONFLICT (round_id) DO NOTHING"""
_OWE = """
    INSERT INTO outbox (kind, subject, state, not_before, created_at)
    SELECT :kind, key, 'waiting', :not_before, :now FROM rounds WHERE id = :round
        ON CONFLICT (subject, kind) DO NOTHING"""
_ALERT = """
    INSERT INTO outbox (kind, body, about, state, not_before, created_at)
    VALUES ('alert', :body, :about, 'waiting', :now, :now) RETURNING id"""
_RECAP = """
    INSERT INTO outbox (kind, session, state, not_before, created_at)
    VALUES ('recap', :session, 'waiting', :now, :now) ON CONFLICT (session) DO NOTHING"""
_NO_RECAP = """
    INSERT INTO outbox (kind, session, state, not_before, created_at)
    VALUES ('recap', :session, 'dropped', :now, :now) ON CONFLICT (session) DO NOTHING"""
# in two steps, since one recap's new instant may be another's old one
_FOLLOW = (
    "UPDATE OR IGNORE outbox SET session = -:new WHERE session = :old",
    "UPDATE OR IGNORE outbox SET session = -session WHERE session < 0",
)
# sessions that ended in time, were news, and have no recap yet, not even one from before they grew
_OVER = """
    SELECT session FROM rounds AS r WHERE ended_at > :after GROUP BY session
    HAVING max(ended_at) <= :before AND sum(state = 'counted' AND first_round_id IS NOT NULL) >= :fewest
       AND EXISTS (SELECT 1 FROM outbox JOIN rounds AS posted ON posted.id = round_id WHERE posted.session = r.session)
       AND NOT EXISTS (SELECT 1 FROM outbox JOIN rounds AS played ON played.ended_at = outbox.session
                        WHERE played.session = r.session)
     ORDER BY session LIMIT 1"""
_AMEND = """
    UPDATE outbox SET revision = revision + 1,
           corrected = CASE WHEN state IN ('sent', 'sending') THEN :why ELSE corrected END,
           not_before = CASE WHEN state = 'waiting' AND :ready THEN min(not_before, :now) ELSE not_before END
     WHERE round_id = :round OR subject = (SELECT key FROM rounds WHERE id = :round)"""
_AMEND_AROUND = """
    UPDATE outbox SET revision = revision + 1,
           corrected = CASE WHEN state IN ('sent', 'sending') THEN :why END
     WHERE id IN (SELECT digest_id FROM outbox
                   WHERE round_id = :round OR subject = (SELECT key FROM rounds WHERE id = :round))
        OR session IN (SELECT played.ended_at FROM rounds AS r JOIN rounds AS played ON played.session = r.session
                        WHERE r.id = :round)"""
_PLAYERS = "SELECT count(*) FROM player_rounds WHERE round_id = :round AND team IN (1, 2)"
_AGAIN = """
    UPDATE outbox SET state = 'waiting', reason = NULL, corrected = NULL, digest_id = NULL, nonce = :nonce,
           message_id = NULL, attempts = 0, first_attempt_at = NULL, attempt_at = NULL, unanswered = 0,
           not_before = :now,
           created_at = :now, revision = revision + 1, sent_revision = 0
     WHERE id = :id"""
_OF_ROUND_AND_OVER = f"SELECT id FROM outbox WHERE round_id = :round AND state IN ({_OVER_STATES})"
_BESIDE_AND_OVER = f"""
    SELECT id FROM outbox WHERE subject = (SELECT key FROM rounds WHERE id = :round) AND state IN ({_OVER_STATES})"""
_CLAIM = """
    UPDATE outbox SET state = 'sending', channel_id = :channel, nonce = coalesce(nonce, :nonce), attempt_at = :now,
           first_attempt_at = coalesce(first_attempt_at, :now), attempts = attempts + 1,
           unanswered = unanswered + 1, reason = NULL
     WHERE id = :id"""
_SENT = """
    UPDATE outbox SET state = 'sent', message_id = :message,
           channel_id = coalesce(:channel, channel_id), sent_revision = :revision, first_attempt_at = NULL,
           unanswered = 0, reason = NULL, not_before = :now
     WHERE id = :id"""
_EDITING = "UPDATE outbox SET edited_at = :now WHERE id = :id"
_EDITED = "UPDATE outbox SET sent_revision = :revision, edited_at = :now, not_before = :now WHERE id = :id"
_MOVE = """
    UPDATE outbox SET state = :state, reason = :reason, reason_words = :reason_words, not_before = :not_before,
           unanswered = coalesce(:unanswered, unanswered)
     WHERE id = :id"""
_POSTPONE = """
    UPDATE outbox SET not_before = :not_before, reason = :reason, reason_words = :reason_words WHERE id = :id"""
_NOT_THERE = "UPDATE outbox SET first_attempt_at = NULL, unanswered = 0 WHERE id = :id"
_PARKED = f"SELECT 1 FROM outbox WHERE state = 'parked' AND kind NOT IN ({_FOR_ADMINS}) LIMIT 1"
_COUNT = "SELECT state, count(*) AS posts FROM outbox GROUP BY state"


def _item(row: Row) -> OutboxItem:
    columns = dict(row)
    words = columns.pop("reason_words")
    with taken_apart():
        typed = {
            "reason": codes.post_reason_of(row["reason"], words),
            "kind": PostKind(row["kind"]),
            "state": PostState(row["state"]),
            "corrected": codes.correction_of(row["corrected"]),
        }
        return OutboxItem(**{**columns, **typed})


async def due(db: Reader, *, now: int, limit: int = 50) -> list[OutboxItem]:
    """Posts in the order of their rounds, then edits: what can be done now, and what holds up those behind it."""
    return [_item(row) for row in await db.all(_DUE, now=now, limit=limit)]


async def never_tried(db: Reader, *, before: int) -> list[OutboxItem]:
    """Posts without an attempt, of what happened before: a database from a backup may have forgotten one."""
    return [_item(row) for row in await db.all(_NEVER_TRIED, before=before)]


async def out_of_date(db: Reader) -> set[int]:
    """Rows whose message is there, and is to be edited or removed."""
    return {int(row["id"]) for row in await db.all(_OUT_OF_DATE)}


async def of_round(db: Reader, round_id: int) -> OutboxItem | None:
    """The post of a round."""
    row = await db.one(_BY_ROUND, round=round_id)
    return None if row is None else _item(row)


async def of_message(db: Reader, message_id: int) -> OutboxItem | None:
    """The post that a message is."""
    row = await db.one(_BY_MESSAGE, message=message_id)
    return None if row is None else _item(row)


async def made_at(db: Reader, item_id: int) -> int:
    """When a post was first owed."""
    return int(await db.value("SELECT created_at FROM outbox WHERE id = :item", item=item_id))


async def session_of(db: Reader, item_id: int) -> int | None:
    """The session that a recap or a digest is about: of a digest, that of its newest round."""
    value = await db.value(_SESSION_OF, item=item_id)
    return None if value is None else int(value)


async def file_of(db: Reader, item: OutboxItem) -> str:
    """The file that a round's post is about, by name and hash: a copy under another name has the same bytes."""
    return str(await db.value("SELECT filename || ' ' || sha256 FROM rounds WHERE id = :round", round=item.round_id))


async def count(db: Reader) -> dict[PostState, int]:
    """Posts in each state."""
    posts = {row["state"]: int(row["posts"]) for row in await db.all(_COUNT)}
    return {state: posts.get(state, 0) for state in PostState}


def enqueue(tx: Tx, kind: PostKind, round_id: int, *, not_before: int, now: int) -> None:
    """Owe a round its post; once for ever."""
    tx.execute(_ENQUEUE, {"kind": kind, "round": round_id, "not_before": not_before, "now": now})


def owe(tx: Tx, kind: PostKind, round_id: int, *, not_before: int, now: int) -> None:
    """Owe a post about this round beside the round's own, or about what begins with it; once for ever a kind."""
    tx.execute(_OWE, {"kind": kind, "round": round_id, "not_before": not_before, "now": now})


def alert(tx: Tx, body: str, *, now: int, about: int | None = None) -> int:
    """Owe the admins a message, and its row; `about`: the post whose fate they shall decide."""
    (item,) = tx.execute(_ALERT, {"body": body, "about": about, "now": now}).fetchone()
    return int(item)


def recap(tx: Tx, session: int, *, now: int) -> None:
    """Owe a session its recap; once for ever."""
    tx.execute(_RECAP, {"session": session, "now": now})


def no_recap(tx: Tx, session: int, *, now: int) -> None:
    """A session owes none: it is over for another reason than that it ended."""
    tx.execute(_NO_RECAP, {"session": session, "now": now})


def follow_ends(tx: Tx, ends: Mapping[int, int]) -> None:
    """Rounds were dated anew, from these ends to those (UTC seconds): a recap stays that of its session."""
    moved = [{"old": old, "new": new} for old, new in ends.items() if old != new]
    if moved:
        tx.executemany(_FOLLOW[0], moved)
        tx.execute(_FOLLOW[1])


async def over(db: Reader, *, after: int, before: int, fewest: int) -> int | None:
    """A session that owes its recap: ended between these instants, of at least so many matches, and it was news."""
    value = await db.value(_OVER, after=after, before=before, fewest=fewest)
    return None if value is None else int(value)


def amend(tx: Tx, round_id: int, *, ready: bool, why: Correction, now: int) -> None:
    """The round says something else now, and why; `ready`: its post need not wait for a round 1 any more."""
    values = {"round": round_id, "ready": ready, "why": codes.correction_column(why), "now": now}
    tx.execute(_AMEND, values)


def amend_around(tx: Tx, round_id: int) -> None:
    """The digest and the recap that tell of this round say something else now."""
    why = codes.correction_column(Correction(CorrectionCode.AROUND))
    tx.execute(_AMEND_AROUND, {"round": round_id, "why": why})


async def unwanted(db: Reader, item: OutboxItem, wanted: Preferences) -> PostReason | None:
    """Why the admins do not want this post, None where they do."""
    return wanted.unwanted(item.kind, int(await db.value(_PLAYERS, round=item.round_id)))


def again(tx: Tx, kind: PostKind, round_id: int, *, now: int) -> bool:
    """Owe a round its post once more; False where its message is there, or on its way, or its match tells of it."""
    if kind is PostKind.ROUND and telling.has_match(tx, round_id):
        return False
    enqueue(tx, kind, round_id, not_before=now, now=now)
    fresh = tx.execute("SELECT 1 FROM outbox WHERE round_id = ? AND state = 'waiting'", (round_id,)).fetchone()
    return _begin_anew(tx, _OF_ROUND_AND_OVER, round_id, now=now) or fresh is not None


def again_beside(tx: Tx, round_id: int, *, now: int) -> bool:
    """Owe once more what is posted about a round beside its own post and is over; False where there is no such post."""
    return _begin_anew(tx, _BESIDE_AND_OVER, round_id, now=now)


def _begin_anew(tx: Tx, which: str, round_id: int, *, now: int) -> bool:
    over = [int(row["id"]) for row in tx.execute(which, {"round": round_id}).fetchall()]
    # Discord may still know the first nonce
    tx.executemany(_AGAIN, [{"id": item_id, "now": now, "nonce": nonce("again", item_id, now)} for item_id in over])
    return bool(over)


def claim(tx: Tx, item: OutboxItem, *, channel: int, nonce: str, now: int) -> None:
    """About to send: committed before the request leaves. The first nonce is kept for all attempts."""
    tx.execute(_CLAIM, {"id": item.id, "channel": channel, "nonce": nonce, "now": now})


def sent(tx: Tx, item: OutboxItem, *, message: int, revision: int, now: int, channel: int | None = None) -> None:
    """The message is there, in the channel of the claim or in `channel`; a match's round 1 needs none any more."""
    values = {"id": item.id, "channel": channel, "message": message, "revision": revision, "now": now}
    tx.execute(_SENT, values)
    telling.replace(tx, item.id, now=now)


def editing(tx: Tx, item: OutboxItem, *, now: int) -> None:
    """About to edit: an old message may not be edited again for a while, whatever comes of this."""
    tx.execute(_EDITING, {"id": item.id, "now": now})


def edited(tx: Tx, item: OutboxItem, *, revision: int, now: int) -> None:
    """The message says `revision` now."""
    tx.execute(_EDITED, {"id": item.id, "revision": revision, "now": now})
    telling.replace(tx, item.id, now=now)


def move(
    tx: Tx,
    item: OutboxItem,
    state: PostState,
    *,
    reason: PostReason | str | None,
    not_before: int = 0,
    unanswered: int | None = None,
) -> None:
    """Into another state; `unanswered`: attempts of unknown outcome, where that is known to be another number now.

    The time of the first attempt stays: an error settles nothing about the attempts before it.
    """
    values = {"id": item.id, "state": state, "not_before": not_before, "unanswered": unanswered}
    tx.execute(_MOVE, values | codes.post_reason_columns(reason))


def is_any_parked(tx: Tx) -> bool:
    """Discord refuses some post already."""
    return tx.execute(_PARKED).fetchone() is not None


def postpone(tx: Tx, item: OutboxItem, *, not_before: int, reason: PostReason | str) -> None:
    """Leave it as it is until then."""
    tx.execute(_POSTPONE, {"id": item.id, "not_before": not_before} | codes.post_reason_columns(reason))


def hasten(tx: Tx, *, by: int, now: int) -> None:
    """The clock was set back by so many seconds: what waits, waits as long as it would have."""
    tx.execute(_HASTEN, {"by": by, "now": now})


def wait_at_most(tx: Tx, *, latest: int) -> None:
    """Nothing waits longer than until then."""
    tx.execute(_AT_MOST, {"latest": latest})


def not_there(tx: Tx, item: OutboxItem) -> None:
    """The channel was read and holds no such message: the next attempt begins a new count."""
    tx.execute(_NOT_THERE, {"id": item.id})


def decide(tx: Tx, item_id: int, *, is_there: bool) -> bool:
    """An admin says whether an unsure post is there; False where nobody asks any more."""
    there = f"UPDATE outbox SET state = 'dropped', reason = '{PostReasonCode.SEEN}' WHERE id = ? AND state = 'unsure'"
    again = """
        UPDATE outbox SET state = 'waiting', reason = NULL, not_before = 0, first_attempt_at = NULL, unanswered = 0
         WHERE id = ? AND state = 'unsure'"""
    return tx.execute(there if is_there else again, (item_id,)).rowcount == 1
