"""Sums of players' lines over a scope, and who comes first by a metric. Sums first, ratios last."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from bot.domain.answers import Board, Figures, Standing
from bot.domain.metrics import Metric, enough
from bot.store.database import Reader, Row
from bot.store.scopes import Chosen

# each name of a player by a seek of its own, however many lines he has
_NAMES = """
    WITH RECURSIVE alias (guid, name) AS (
        SELECT value, (SELECT min(name) FROM player_rounds WHERE guid = value) FROM json_each(:guids)
         UNION ALL
        SELECT guid, (SELECT min(name) FROM player_rounds AS p WHERE p.guid = alias.guid AND p.name > alias.name)
          FROM alias WHERE name IS NOT NULL)
    SELECT guid, name,
           (SELECT max(ended_at) FROM player_rounds AS p WHERE p.guid = alias.guid AND p.name = alias.name) AS last_seen
      FROM alias WHERE name IS NOT NULL ORDER BY last_seen, name DESC"""


def columns(metrics: Sequence[Metric]) -> str:
    """For each metric its two sums and the number of lines on which it is known: `top0, per0, known0, …`."""
    return ", ".join(
        f"{'max' if m.peak else 'sum'}({m.top}) AS top{i}, "
        f"sum({m.per or 1}) FILTER (WHERE ({m.top}) IS NOT NULL) AS per{i}, count({m.top}) AS known{i}"
        for i, m in enumerate(metrics)
    )


def figures(row: Row, metrics: Sequence[Metric]) -> Figures:
    """The metrics of a row that has `columns`, and `rounds`."""
    values = {m.name: m.value(row[f"top{i}"], row[f"per{i}"]) for i, m in enumerate(metrics)}
    known = {m.name: int(row[f"known{i}"]) for i, m in enumerate(metrics)}
    return Figures(rounds=row["rounds"], values=values, known=known)


async def by_player(
    db: Reader, chosen: Chosen, metrics: Sequence[Metric], *, guid: str | None = None
) -> dict[str, Figures]:
    """GUID → his figures over the scope; of one player, or of all humans."""
    source = chosen.from_lines if guid is None else chosen.of_player
    sql = f"{chosen.cte} SELECT p.guid, count(*) AS rounds, {columns(metrics)} {source} GROUP BY p.guid"
    rows = await db.all(sql, **chosen.parameters, guid=guid)
    return {row["guid"]: figures(row, metrics) for row in rows}


async def board(db: Reader, chosen: Chosen, metric: Metric) -> Board:
    """Everybody whom the metric can compare, the best first; ties in the order of the GUIDs."""
    needed = enough(metric, chosen.coverage.rounds)
    found = await by_player(db, chosen, [metric])
    compared = [
        (value, guid, figures.rounds)
        for guid, figures in found.items()
        if (value := figures.values[metric.name]) is not None and figures.known[metric.name] >= needed
    ]
    compared.sort(key=lambda one: (-one[0] if metric.higher_is_better else one[0], one[1]))
    names = await current_names(db, [guid for _, guid, _ in compared])
    places: list[Standing] = []
    for value, guid, rounds in compared:
        tied = bool(places) and places[-1].value == value
        place = places[-1].place if tied else len(places) + 1
        places.append(Standing(place=place, guid=guid, name=names[guid], value=value, rounds=rounds))
    unknown = sum(f.rounds - f.known[metric.name] for f in found.values())
    return Board(metric=metric, needed=needed, places=tuple(places), unknown=unknown, coverage=chosen.coverage)


async def current_names(db: Reader, guids: Iterable[str]) -> dict[str, str]:
    """GUID → the name worn last."""
    wanted = list(guids)
    rows = await db.all(_NAMES, guids=json.dumps(wanted))
    return dict.fromkeys(wanted, "") | {row["guid"]: row["name"] for row in rows}
