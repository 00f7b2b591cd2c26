"""Questions about maps: times of attacks, who wins them, who is best there."""

from __future__ import annotations

from bot.domain.game.map_names import each_once
from bot.domain.game.matches import Half, Winner, result
from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.people.records import Level, Records
from bot.domain.stats.rounds.maps import EARLY, Attacks, Fastest, MapAnswer, MapMatches, MapSummary, together
from bot.store.file.database import Reader, Row
from bot.store.questions.people.standings import boards
from bot.store.questions.scopes import ChosenRounds

BEST = ("kd", "dpm", "win_rate")
"""By these the best players of a map are told."""
PLACES = 3
_WON = "r.winner IN (1, 2) AND r.winner <> r.defender"
_ATTACKS = f"""
    count(*) AS rounds, sum({_WON}) AS won,
    sum(NOT ({_WON}) AND coalesce(r.duration >= r.time_limit - {EARLY}, 0)) AS held,
    count(r.duration) FILTER (WHERE {_WON}) AS timed, coalesce(sum(r.duration) FILTER (WHERE {_WON}), 0) AS seconds,
    min(r.duration) FILTER (WHERE {_WON}) AS fastest"""
# every name is one of our own constants, every value is a parameter
_LIST = f"""
    {{cte}} SELECT r.map, max(r.ended_at) AS last_played, {_ATTACKS}
      FROM scope CROSS JOIN rounds AS r ON r.id = scope.id
     GROUP BY r.map ORDER BY rounds DESC, r.map"""
_BY_ROUND = f"""
    {{cte}} SELECT r.number, {_ATTACKS}
      FROM scope CROSS JOIN rounds AS r ON r.id = scope.id GROUP BY r.number ORDER BY r.number"""
_FASTEST = f"""
    {{cte}} SELECT r.duration AS seconds, r.id AS round_id, r.ended_at
      FROM scope CROSS JOIN rounds AS r ON r.id = scope.id
     WHERE {_WON} AND r.duration IS NOT NULL ORDER BY r.duration, r.ended_at, r.id LIMIT 1"""
_MATCHES = """
    {cte} SELECT r1.defender AS d1, r1.winner AS w1, r.defender AS d2, r.winner AS w2, count(*) AS matches
      FROM scope CROSS JOIN rounds AS r ON r.id = scope.id
      JOIN rounds AS r1 ON r1.id = r.first_round_id AND r1.state = 'counted'
     GROUP BY 1, 2, 3, 4"""


async def listing(db: Reader, chosen: ChosenRounds) -> list[MapSummary]:
    """Every map of a scope, its versions together, those with most rounds first."""
    rows = {row["map"]: row for row in await db.all(_LIST.format(cte=chosen.cte), **chosen.parameters)}
    lines = [
        MapSummary(
            maps=names,
            attacks=together(_attacks(rows[name]) for name in names),
            last_played=max(rows[name]["last_played"] for name in names),
        )
        for names in each_once(rows)
    ]
    return sorted(lines, key=lambda line: -line.attacks.rounds)


async def map_answer(db: Reader, chosen: ChosenRounds, records: Records) -> MapAnswer:
    """One map; `chosen`: of a scope that names it; `records`: of its rounds (see `questions.people.records`)."""
    assert records.level is Level.ROUND
    rows = await db.all(_BY_ROUND.format(cte=chosen.cte), **chosen.parameters)
    by_round = tuple((int(row["number"]), _attacks(row)) for row in rows)
    fastest = await db.one(_FASTEST.format(cte=chosen.cte), **chosen.parameters)
    return MapAnswer(
        title=chosen.scope.map_label,
        attacks=together(attacks for _, attacks in by_round),
        by_round=by_round,
        fastest=None if fastest is None else Fastest(**dict(fastest)),
        matches=await _matches(db, chosen.whole),
        records=records,
        best=tuple(await boards(db, chosen, [BY_NAME[name] for name in BEST], best=PLACES)),
        coverage=chosen.coverage,
    )


async def _matches(db: Reader, chosen: ChosenRounds) -> MapMatches:
    """Matches by who won them, by the stopwatch rules; a round 1 outside the scope may be part of one."""
    matches = dict.fromkeys(Winner, 0)
    for row in await db.all(_MATCHES.format(cte=chosen.cte), **chosen.parameters):
        told = result(Half(row["d1"], row["w1"], 0, None), Half(row["d2"], row["w2"], 0, None))
        matches[told.winner] += row["matches"]
    return MapMatches(
        attackers=matches[Winner.FIRST_ATTACKERS], defenders=matches[Winner.FIRST_DEFENDERS], draws=matches[Winner.DRAW]
    )


def _attacks(row: Row) -> Attacks:
    return Attacks(**{name: row[name] for name in ("rounds", "won", "held", "timed", "seconds", "fastest")})
