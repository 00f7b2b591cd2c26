"""What a message is about: the round, session or post that its buttons name, however old it is.

Buttons of today name a round by its key. Those of posts made before carry a row's number, which is another round's in
a database that was made anew; so the post's own row of the outbox is asked first, then the row, if it is older than
the message, and at last what the message itself says.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.store import outbox
from bot.store.file.database import Reader
from bot.store.questions.rounds import sessions

DRIFT = 600
"""Seconds by which this machine's clock and Discord's may differ."""

_KEYED = "SELECT id FROM rounds WHERE key = :key"
_OLDER_ROUND = "SELECT id FROM rounds WHERE id = :row AND imported_at <= :at"
_OLDER_POST = "SELECT id FROM outbox WHERE id = :row AND created_at <= :at"
_VERY_POST = "SELECT id FROM outbox WHERE id = :row AND created_at = :at"
_VERY_ALERT = "SELECT id FROM outbox WHERE id = :row AND created_at = :at AND kind = 'alert'"
_TOLD = """
    SELECT id FROM rounds WHERE filename = :file OR ended_at = :ended_at
     ORDER BY filename = :file DESC, id LIMIT 1"""


class SeenMessage(NamedTuple):
    """A message of the bot's: made at `at`; `file` and `ended_at`: of the round that it tells of. UTC epoch seconds."""

    id: int
    at: int
    file: str | None
    ended_at: int | None


async def round_of(db: Reader, named: str, message: SeenMessage) -> int | None:
    """The round that a button names: its row; None where it is not here, or cannot be told any more."""
    if len(named) == 16:
        return _number(await db.value(_KEYED, key=named))
    post = await outbox.of_message(db, message.id)
    if post is not None and post.round_id is not None:
        return post.round_id
    row = await db.value(_OLDER_ROUND, row=int(named), at=message.at + DRIFT)
    return _number(row or await db.value(_TOLD, file=message.file, ended_at=message.ended_at))


async def session_of(db: Reader, item: int, message: SeenMessage) -> int | None:
    """The session that a recap's or a digest's button is about, by its start; `item`: as the button says."""
    row = await _post_of(db, item, message)
    start = None if row is None else await outbox.session_of(db, row)
    if start is not None or message.ended_at is None:
        return start
    return await sessions.around(db, message.ended_at)


async def alert_of(db: Reader, item: int, at: int | None, message: SeenMessage) -> int | None:
    """The row of an alert whose button says `item`, made at `at`; None where that is not known here."""
    if at is not None:
        return _number(await db.value(_VERY_ALERT, row=item, at=at))
    alert = await outbox.of_message(db, message.id)
    return None if alert is None else alert.id


async def asked_about(db: Reader, item: int, at: int | None, message: SeenMessage) -> int | None:
    """The post whose fate an alert asks about, by its row; None where that is not known here.

    `at`: when the row was made, None where the alert does not say.
    """
    if at is not None:
        return _number(await db.value(_VERY_POST, row=item, at=at))
    alert = await outbox.of_message(db, message.id)
    if alert is not None and alert.about is not None:
        return alert.about
    return _number(await db.value(_OLDER_POST, row=item, at=message.at + DRIFT))


async def _post_of(db: Reader, item: int, message: SeenMessage) -> int | None:
    post = await outbox.of_message(db, message.id)
    return post.id if post is not None else _number(await db.value(_OLDER_POST, row=item, at=message.at + DRIFT))


def _number(value: object) -> int | None:
    return int(str(value)) if value is not None else None
