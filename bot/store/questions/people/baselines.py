"""A player's round or session beside his own mean of all others."""

from __future__ import annotations

from bot.domain.stats.people.baselines import USUAL, Baseline, Sums, beside
from bot.store.file.database import Reader, Row
from bot.store.questions.people.standings import columns

_MAP = "SELECT map FROM rounds WHERE id = :round AND state = 'counted'"
_SUMS = f"""
    WITH here (id) AS MATERIALIZED (SELECT id FROM rounds WHERE state = 'counted' AND map = :map)
    SELECT {columns(USUAL)} FROM player_rounds INDEXED BY player_figures
     WHERE guid = :guid AND counted = 1 AND {{which}}"""
_THIS = _SUMS.format(which="round_id = :round")
_OTHERS = _SUMS.format(which="round_id <> :round")
_OTHERS_HERE = _SUMS.format(which="round_id <> :round AND round_id IN (SELECT id FROM here)")
_SESSION = _SUMS.format(which="session = :session")
_OTHER_SESSIONS = _SUMS.format(which="session <> :session")


async def of_round(db: Reader, round_id: int, guid: str) -> list[Baseline]:
    """A player's figures of a round beside his mean of all other rounds, on its map where he has enough of them."""
    map_name = await db.value(_MAP, round=round_id)
    if map_name is None:
        return []
    names = {"guid": guid, "round": round_id, "map": map_name}
    now, here, others = [await db.one(sql, **names) for sql in (_THIS, _OTHERS_HERE, _OTHERS)]
    return _told(now, here=here, everywhere=others, map=str(map_name))


async def of_session(db: Reader, start: int, guid: str) -> list[Baseline]:
    """A player's mean round of a session beside that of all other sessions; `start`: the session's, UTC seconds."""
    now, others = [
        await db.one(sql, guid=guid, session=start, map=None) for sql in (_SESSION, _OTHER_SESSIONS)
    ]  # fmt: skip
    return _told(now, here=others, everywhere=others, map=None)


def _told(now: Row | None, *, here: Row | None, everywhere: Row | None, map: str | None) -> list[Baseline]:
    assert now is not None  # aggregates always have a row
    assert here is not None
    assert everywhere is not None
    baselines = [
        beside(metric, _of(now, i), here=_of(here, i), everywhere=_of(everywhere, i), map=map)
        for i, metric in enumerate(USUAL)
    ]
    return [baseline for baseline in baselines if baseline is not None]


def _of(row: Row, place: int) -> Sums:
    return Sums(top=row[f"top{place}"], per=row[f"per{place}"], known=row[f"known{place}"])
