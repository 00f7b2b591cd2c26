"""Sums of players' lines over a scope, and who comes first by a metric. Sums first, ratios last."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.domain.stats.answers import Board, Figures, Standing
from bot.domain.stats.metrics import Metric, enough
from bot.domain.stats.people.boards import ranked, unknown
from bot.store.file.database import Reader, Row
from bot.store.questions.scopes import ChosenRounds

_BY_NAME = "player_rounds AS p INDEXED BY player_rounds_by_name"
# each name of a player by a seek of its own, however many lines he has
_NAMES = f"""
    WITH RECURSIVE alias (guid, name) AS (
        SELECT value, (SELECT min(name) FROM {_BY_NAME} WHERE p.guid = value) FROM json_each(:guids)
         UNION ALL
        SELECT guid, (SELECT min(name) FROM {_BY_NAME} WHERE p.guid = alias.guid AND p.name > alias.name)
          FROM alias WHERE name IS NOT NULL)
    SELECT guid, name,
           (SELECT max(ended_at) FROM {_BY_NAME} WHERE p.guid = alias.guid AND p.name = alias.name) AS last_seen
      FROM alias WHERE name IS NOT NULL ORDER BY last_seen, name DESC"""


def columns(metrics: Sequence[Metric]) -> str:
    """For each metric its sums and the number of lines on which it is known: `top0, per0, amount0, known0, …`.

    What divides nothing is not summed: its `per` is NULL; nor is the `amount` of what needs none but its divisor's.
    """
    return ", ".join(
        f"{'max' if m.peak else 'sum'}({m.top}) AS top{i}, {_where_known(m, m.per)} AS per{i}, "
        f"{_where_known(m, _other_than_per(m))} AS amount{i}, count({m.top}) AS known{i}"
        for i, m in enumerate(metrics)
    )


def _where_known(metric: Metric, expression: str) -> str:
    return f"sum({expression}) FILTER (WHERE ({metric.top}) IS NOT NULL)" if expression else "NULL"


def _other_than_per(metric: Metric) -> str:
    """What there must be enough of, where that is not the divisor itself."""
    return "" if metric.minimum.denominator == metric.per else metric.minimum.denominator


def figures(row: Row, metrics: Sequence[Metric]) -> Figures:
    """The metrics of a row that has `columns`, and `rounds`."""
    values = {m.name: m.value(row[f"top{i}"], row[f"per{i}"]) for i, m in enumerate(metrics)}
    known = {m.name: int(row[f"known{i}"]) for i, m in enumerate(metrics)}
    amounts = {
        m.name: int(row[f"amount{i}" if _other_than_per(m) else f"per{i}"] or 0)
        for i, m in enumerate(metrics)
        if m.minimum.denominator
    }
    return Figures(rounds=row["rounds"], values=values, known=known, amounts=amounts)


def rounds_of(chosen: ChosenRounds, metrics: Sequence[Metric]) -> list[tuple[ChosenRounds, list[Metric]]]:
    """Metrics with the rounds that they are summed over: figures of matches over whole ones, whatever half is asked."""
    if chosen.whole is chosen:
        return [(chosen, [*metrics])]
    parts = (
        (chosen, [metric for metric in metrics if not metric.of_matches]),
        (chosen.whole, [metric for metric in metrics if metric.of_matches]),
    )
    return [(rounds, some) for rounds, some in parts if some]


def together(parts: Sequence[Mapping[str, Figures]]) -> dict[str, Figures]:
    """The figures of whoever, or whatever, is in every part, the rounds being those of the first."""
    figures_by_key = dict(parts[0])
    for part in parts[1:]:
        figures_by_key = {
            key: replace(
                figures,
                values={**figures.values, **part[key].values},
                known={**figures.known, **part[key].known},
                amounts={**figures.amounts, **part[key].amounts},
            )
            for key, figures in figures_by_key.items()
            if key in part
        }
    return figures_by_key


async def by_player(
    db: Reader, chosen: ChosenRounds, metrics: Sequence[Metric], *, guid: str | None = None
) -> dict[str, Figures]:
    """GUID → his figures over the scope; of one player, or of all humans who have a line in it."""
    return together([await _sums(db, rounds, some, guid=guid) for rounds, some in rounds_of(chosen, metrics)])


async def _sums(
    db: Reader, chosen: ChosenRounds, metrics: Sequence[Metric], *, guid: str | None = None
) -> dict[str, Figures]:
    source = chosen.lines if guid is None else chosen.lines_of()
    sql = f"{chosen.cte} SELECT p.guid, count(*) AS rounds, {columns(metrics)} {source} GROUP BY p.guid"
    rows = await db.all(sql, **chosen.parameters, guid=guid)
    return {row["guid"]: figures(row, metrics) for row in rows}


async def board(db: Reader, chosen: ChosenRounds, metric: Metric) -> Board:
    """Everybody whom the metric can compare, the first one first; ties in the order of the GUIDs."""
    return (await boards(db, chosen, [metric]))[0]


async def boards(
    db: Reader, chosen: ChosenRounds, metrics: Sequence[Metric], *, best: int | None = None
) -> list[Board]:
    """A board for each metric in one pass (two where a half or side is asked), of the `best` so many places alone."""
    scopes = {metric.name: rounds for rounds, some in rounds_of(chosen, metrics) for metric in some}
    sums: dict[str, Mapping[str, Figures]] = {}
    for rounds, some in rounds_of(chosen, metrics):
        sums |= dict.fromkeys((metric.name for metric in some), await _sums(db, rounds, some))
    needed = {metric.name: enough(metric, scopes[metric.name].coverage.rounds) for metric in metrics}
    places = {metric.name: ranked(sums[metric.name], metric, needed=needed[metric.name])[:best] for metric in metrics}
    names = await current_names(db, {placed.guid for those in places.values() for placed in those})
    return [
        Board(
            metric=metric,
            needed=needed[metric.name],
            places=tuple(
                Standing(
                    place=placed.place,
                    guid=placed.guid,
                    name=names[placed.guid],
                    value=placed.value,
                    rounds=placed.rounds,
                )
                for placed in places[metric.name]
            ),
            unknown=unknown(sums[metric.name], metric),
            coverage=scopes[metric.name].coverage,
        )
        for metric in metrics
    ]


async def current_names(db: Reader, guids: Iterable[str]) -> dict[str, str]:
    """GUID → the name worn last."""
    wanted = list(guids)
    rows = await db.all(_NAMES, guids=json.dumps(wanted))
    return dict.fromkeys(wanted, "") | {row["guid"]: row["name"] for row in rows}
