"""What alerts tell the admins of: each concern with its end, so that a message that is out can say that it is over."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping

from bot.domain.concerns import Concern, ToldConcern
from bot.store import outbox
from bot.store.file.database import Reader, Tx

_TOLD = "INSERT OR IGNORE INTO alert_concerns (item, key, text) VALUES (?, ?, ?)"
_OF_ALERT = "SELECT key, text, over_at FROM alert_concerns WHERE item = :item ORDER BY key"
_OPEN = "SELECT DISTINCT key FROM alert_concerns WHERE over_at IS NULL"
_OVER = """
    UPDATE alert_concerns SET over_at = :now
     WHERE over_at IS NULL AND key IN (SELECT value FROM json_each(:keys)) RETURNING item, key"""
# the newest alert that has the text as a line of its own, of those of which nothing is kept
_RECOGNISED = """
    INSERT INTO alert_concerns (item, key, text)
    SELECT (SELECT max(id) FROM outbox
             WHERE kind = 'alert' AND id NOT IN (SELECT item FROM alert_concerns)
               AND instr(char(10) || body || char(10), char(10) || told.value || char(10))) AS alert,
           told.key, told.value
      FROM json_each(:told) AS told
     WHERE alert IS NOT NULL AND told.key NOT IN (SELECT key FROM alert_concerns)"""
_SAYS_SO = "UPDATE outbox SET revision = revision + 1 WHERE id = ?"
_SEEN = "UPDATE outbox SET seen_by = ? WHERE id = ?"


def owe(tx: Tx, concerns: Iterable[Concern], *, now: int, about: int | None = None) -> None:
    """Owe the admins one message about these; `about`: the post whose fate they shall decide."""
    told = tuple(concerns)
    item = outbox.alert(tx, "\n".join(concern.text for concern in told), now=now, about=about)
    tx.executemany(_TOLD, [(item, concern.key, concern.text) for concern in told])


def owe_over(tx: Tx, key: str, text: str, *, now: int) -> None:
    """Owe a message that this is over: no message that is known told of it."""
    item = outbox.alert(tx, text, now=now)
    tx.execute(_TOLD, (item, key, text))
    over(tx, {key}, now=now)


def recognise(tx: Tx, told: Mapping[str, str]) -> None:
    """Find the alerts that told these (key → text) before it was kept which alert tells what."""
    tx.execute(_RECOGNISED, {"told": json.dumps(told)})


async def of_alert(db: Reader, item: int) -> list[ToldConcern]:
    """What one alert tells of; empty of one that was made before this was kept."""
    return [ToldConcern(**row) for row in await db.all(_OF_ALERT, item=item)]


async def open_keys(db: Reader) -> set[str]:
    """The concerns that some alert tells of as lasting."""
    return {row["key"] for row in await db.all(_OPEN)}


def over(tx: Tx, keys: Collection[str], *, now: int) -> set[str]:
    """These are over: their alerts say so from now on; the ones of them that any alert tells of."""
    ended = tx.execute(_OVER, {"now": now, "keys": json.dumps(sorted(keys))}).fetchall()
    tx.executemany(_SAYS_SO, [(item,) for item in sorted({row["item"] for row in ended})])
    return {row["key"] for row in ended}


def seen(tx: Tx, item: int, *, by: int) -> None:
    """An admin has read it."""
    tx.execute(_SEEN, (by, item))
