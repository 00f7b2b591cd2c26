"""Questions about players: who wears which names, what they did, how they are doing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from bot.domain.stats.answers import PlayerChoice
from bot.domain.stats.metrics import BY_NAME, METRICS
from bot.domain.stats.people.careers import FORM as FORM_NAMES
from bot.domain.stats.people.careers import Alias, Career, Form, FormRound, MapFigures, MonthBounds, MonthFigures
from bot.store.file.database import Reader, people
from bot.store.questions.people import standings
from bot.store.questions.scopes import ChosenRounds

# every alias of every human by one pass of the index of names, with all the player's rounds; the name is his newest
_CHOICES = f"""
    SELECT guid, name AS alias, sum(count(*)) OVER (PARTITION BY guid) AS rounds, max(ended_at) AS last_seen
      FROM player_rounds INDEXED BY player_rounds_by_name
     WHERE {people("guid")} GROUP BY guid, name ORDER BY max(ended_at) DESC, guid, name"""
_ALIASES = """
    SELECT guid, name, min(ended_at) AS first_seen, max(ended_at) AS last_seen, count(*) AS rounds
      FROM player_rounds INDEXED BY player_rounds_by_name
     WHERE guid IN (SELECT value FROM json_each(:guids)) GROUP BY guid, name ORDER BY max(ended_at) DESC, name"""
_SET_ASIDE = """
    SELECT count(*) FROM player_rounds AS p
     WHERE p.guid = :guid AND p.counted = 0
       AND EXISTS (SELECT 1 FROM rounds WHERE rounds.id = p.round_id AND {where})"""
MAPS = tuple(BY_NAME[name] for name in ("kd", "dpm", "win_rate"))
FORM = tuple(BY_NAME[name] for name in FORM_NAMES)
MONTHLY = tuple(BY_NAME[name] for name in ("dpm", "kd", "accuracy"))
LAST = 10
MOST_PLAYED = 5


async def choices(db: Reader) -> list[PlayerChoice]:
    """Every alias ever worn, most recent first."""
    rows = await db.all(_CHOICES)
    newest: dict[str, str] = {}
    for row in rows:
        newest.setdefault(row["guid"], row["alias"])
    return [PlayerChoice(**dict(row), name=newest[row["guid"]]) for row in rows]


async def aliases(db: Reader, guids: Iterable[str]) -> dict[str, list[Alias]]:
    """GUID → his names, the newest first."""
    worn: dict[str, list[Alias]] = {}
    for row in await db.all(_ALIASES, guids=json.dumps(list(guids))):
        alias = Alias(row["name"], row["first_seen"], row["last_seen"], row["rounds"])
        worn.setdefault(row["guid"], []).append(alias)
    return worn


async def career(db: Reader, chosen: ChosenRounds, guid: str) -> Career | None:
    """What a player did over a scope; None where nobody has this GUID. `figures` is None where he played none of it."""
    names = (await aliases(db, [guid])).get(guid)
    if not names:
        return None
    figures = (await standings.by_player(db, chosen, METRICS, guid=guid)).get(guid)
    return Career(
        guid=guid,
        name=names[0].name,
        figures=figures,
        first_seen=min(alias.first_seen for alias in names),
        last_seen=names[0].last_seen,
        aliases=tuple(names),
        set_aside=int(await db.value(_SET_ASIDE.format(where=chosen.where_left_out), **chosen.parameters, guid=guid)),
        maps=tuple(await _maps(db, chosen, guid)) if figures is not None and not chosen.is_wide else (),
        coverage=chosen.coverage,
    )


async def _maps(db: Reader, chosen: ChosenRounds, guid: str) -> list[MapFigures]:
    """The maps that he played most."""
    parts = []
    for rounds, metrics in standings.rounds_of(chosen, MAPS):
        lines = rounds.lines_of().joined("JOIN rounds AS r ON r.id = p.round_id")
        sql = (
            f"{rounds.cte} SELECT r.map, count(*) AS rounds, {standings.columns(metrics)} {lines}"
            " GROUP BY r.map ORDER BY count(*) DESC, r.map"
        )
        rows = await db.all(sql, **rounds.parameters, guid=guid)
        parts.append({row["map"]: standings.figures(row, metrics) for row in rows})
    return [MapFigures(map_name, figures) for map_name, figures in standings.together(parts).items()][:MOST_PLAYED]


async def form(db: Reader, chosen: ChosenRounds, guid: str, *, months: Sequence[MonthBounds] = ()) -> Form | None:
    """His last rounds of the scope beside his figures over all of it, and those of these months.

    None where he played none of it.
    """
    figures = (await standings.by_player(db, chosen, FORM, guid=guid)).get(guid)
    if figures is None:
        return None
    last = f"SELECT p.round_id AS id {chosen.lines_of()} ORDER BY p.ended_at DESC, p.round_id DESC LIMIT :most"
    rows = await db.all(
        f"{chosen.cte}, last (id) AS MATERIALIZED ({last}) SELECT r.id, r.map, r.number, r.ended_at, 1 AS rounds,"
        f" {standings.columns(FORM)} FROM last JOIN rounds AS r USING (id)"
        " JOIN player_rounds AS p ON p.round_id = r.id AND p.guid = :guid"
        " GROUP BY r.id ORDER BY r.ended_at DESC, r.id DESC",
        **chosen.parameters, guid=guid, most=LAST,
    )  # fmt: skip
    names = await standings.current_names(db, [guid])
    rounds = tuple(
        FormRound(
            round_id=row["id"],
            map=row["map"],
            number=row["number"],
            ended_at=row["ended_at"],
            figures=standings.figures(row, FORM),
        )
        for row in rows
    )
    return Form(
        guid=guid,
        name=names[guid],
        figures=figures,
        rounds=rounds,
        coverage=chosen.coverage,
        months=await _months(db, chosen, guid, months),
    )


async def _months(
    db: Reader, chosen: ChosenRounds, guid: str, months: Sequence[MonthBounds]
) -> tuple[MonthFigures, ...]:
    """Those of them in which he played anything of the scope."""
    lines = chosen.lines_of().joined(
        "JOIN json_each(:months) AS m ON p.ended_at >= json_extract(m.value, '$[1]')"
        " AND p.ended_at < json_extract(m.value, '$[2]')"
    )
    sql = f"{chosen.cte} SELECT m.key AS month, count(*) AS rounds, {standings.columns(MONTHLY)} {lines}"
    rows = await db.all(
        f"{sql} GROUP BY m.key ORDER BY m.key", **chosen.parameters, guid=guid, months=json.dumps(list(months))
    )
    return tuple(MonthFigures(months[row["month"]].name, standings.figures(row, MONTHLY)) for row in rows)
