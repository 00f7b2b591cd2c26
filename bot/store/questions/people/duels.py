"""Two players: side by side, and head to head."""

from __future__ import annotations

from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.people.careers import COMPARED, Comparison, Duel
from bot.store.file.database import Reader
from bot.store.questions.people import standings
from bot.store.questions.scopes import ChosenRounds

# a player's last line of a match carries its result; the other's line of the same match is one seek in the index
_DUEL = """
    SELECT count(*) AS matches,
           sum(same) AS together, sum(same AND mine > 0) AS won_together, sum(same AND mine = 0) AS drawn_together,
           sum(NOT same AND mine > 0) AS first_won, sum(NOT same AND his > 0) AS second_won
      FROM (SELECT one.result AS mine, other.result AS his, one.line_up = {line_up} AS same
              FROM one CROSS JOIN player_rounds AS other INDEXED BY player_figures
                ON other.guid = :other AND other.counted = 1 AND other.session = one.session
               AND other.match_id = one.match_id AND other.result IS NOT NULL)"""
# rounds that tell who killed whom, in which both have a line
_KILLED = """
    SELECT count(*) AS told, sum(mine.times) AS first, sum(his.times) AS second
      FROM one CROSS JOIN player_rounds AS other INDEXED BY player_figures
        ON other.guid = :other AND other.counted = 1 AND other.session = one.session
       AND other.match_id = one.match_id AND other.round_id = one.round_id
      LEFT JOIN tallies AS mine ON mine.round_id = one.round_id AND mine.killer = :guid AND mine.victim = :other
      LEFT JOIN tallies AS his ON his.round_id = one.round_id AND his.killer = :other AND his.victim = :guid"""
_KNOWN = "+p.round_id IN (SELECT id FROM rounds WHERE knows_kills = 1)"
LINE_UP = "CASE WHEN {0}.round_id = {0}.match_id THEN 1 - {0}.attack ELSE {0}.attack END"
"""1 for who attacks in round 2: the side of a line tells it in either round."""


async def compare(db: Reader, chosen: ChosenRounds, first: str, second: str) -> Comparison:
    """Both over the scope, and head to head over its matches, which are whole.

    Of a match that somebody left early his last line has the result, so that a half alone would hide most of them.
    """
    metrics = [BY_NAME[name] for name in COMPARED]
    figures = (await standings.by_player(db, chosen, metrics, guid=first)).get(first)
    other = (await standings.by_player(db, chosen, metrics, guid=second)).get(second)
    names = await standings.current_names(db, [first, second])
    return Comparison(
        guids=(first, second),
        names=(names[first], names[second]),
        figures=(figures, other),
        duel=await _duel(db, chosen.whole, first, second),
        coverage=chosen.coverage,
    )


async def _duel(db: Reader, chosen: ChosenRounds, first: str, second: str) -> Duel:
    own = chosen.lines_of().that("p.result IS NOT NULL")
    mine = f"SELECT session, match_id, result, {LINE_UP.format('p')} AS line_up {own}"
    sql = f"{chosen.cte}, one AS MATERIALIZED ({mine}) {_DUEL.format(line_up=LINE_UP.format('other'))}"
    row = await db.one(sql, **chosen.parameters, guid=first, other=second)
    assert row is not None  # an aggregate always has a row
    told, kills = await _killed(db, chosen, first, second)
    sums = {name: int(row[name] or 0) for name in row.keys()}  # noqa: SIM118  (a Row is no mapping)
    return Duel(
        together=sums["together"],
        won_together=sums["won_together"],
        drawn_together=sums["drawn_together"],
        against=sums["matches"] - sums["together"],
        first_won=sums["first_won"],
        second_won=sums["second_won"],
        kills=kills,
        told=told,
    )


async def _killed(db: Reader, chosen: ChosenRounds, first: str, second: str) -> tuple[int, tuple[int, int]]:
    lines = chosen.lines_of().that(_KNOWN)
    sql = f"{chosen.cte}, one AS MATERIALIZED (SELECT session, match_id, round_id {lines}) {_KILLED}"
    row = await db.one(sql, **chosen.parameters, guid=first, other=second)
    assert row is not None  # an aggregate always has a row
    return row["told"], (row["first"] or 0, row["second"] or 0)
