"""Two players: side by side, and head to head."""

from __future__ import annotations

from bot.domain.careers import Comparison, Duel
from bot.domain.metrics import METRICS
from bot.store import standings
from bot.store.database import Reader
from bot.store.scopes import Chosen

# a player's last line of a match carries its result; level results are a draw, or that both won or lost together
_DUEL = """
    SELECT count(*) AS matches,
           sum(same) AS together, sum(same AND mine > 0) AS won_together, sum(same AND mine = 0) AS drawn_together,
           sum(NOT same AND mine > 0) AS first_won, sum(NOT same AND his > 0) AS second_won
      FROM (SELECT one.result AS mine, other.result AS his, one.line_up = other.line_up AS same
              FROM one JOIN other USING (match_id))"""
_LINE_UP = "CASE WHEN p.round_id = p.match_id THEN 1 - attack ELSE attack END"
"""1 for who attacks in round 2: the side of a line tells it in either round."""


async def compare(db: Reader, chosen: Chosen, first: str, second: str) -> Comparison:
    """Both over the scope."""
    one = (await standings.by_player(db, chosen, METRICS, guid=first)).get(first)
    other = (await standings.by_player(db, chosen, METRICS, guid=second)).get(second)
    names = await standings.current_names(db, [first, second])
    return Comparison(
        guids=(first, second),
        names=(names[first], names[second]),
        figures=(one, other),
        duel=await _duel(db, chosen, first, second),
        coverage=chosen.coverage,
    )


async def _duel(db: Reader, chosen: Chosen, first: str, second: str) -> Duel:
    lines = [
        f"{name} AS MATERIALIZED (SELECT match_id, result, {_LINE_UP} AS line_up"
        f" {chosen.of_player.replace(':guid', f':{name}')} AND result IS NOT NULL)"
        for name in ("one", "other")
    ]
    row = await db.one(f"{chosen.cte}, {', '.join(lines)} {_DUEL}", **chosen.parameters, one=first, other=second)
    assert row is not None  # an aggregate always has a row
    sums = {name: int(row[name] or 0) for name in row.keys()}  # noqa: SIM118  (a Row is no mapping)
    return Duel(
        together=sums["together"],
        won_together=sums["won_together"],
        drawn_together=sums["drawn_together"],
        against=sums["matches"] - sums["together"],
        first_won=sums["first_won"],
        second_won=sums["second_won"],
    )
