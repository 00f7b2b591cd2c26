"""With whom somebody wins, when people play, and a player's best rounds."""

from __future__ import annotations

from datetime import tzinfo

from bot.domain.stats.people.records import FEATS, Level
from bot.domain.stats.people.together import Activity, Moment, Moments, PlayedMatch, TeamRecord, by_hour, team_record
from bot.store.file.database import Reader, people
from bot.store.questions.people import standings
from bot.store.questions.people.duels import LINE_UP
from bot.store.questions.scopes import ChosenRounds

_TOGETHER = f"""
    SELECT one.match_id, r.map, one.result, other.guid, {LINE_UP.format("other")} = one.line_up AS same
      FROM one CROSS JOIN rounds AS r ON r.id = one.match_id
      LEFT JOIN player_rounds AS other
        ON other.round_id IN (one.match_id, (SELECT id FROM rounds AS s WHERE s.first_round_id = one.match_id))
       AND other.result IS NOT NULL AND other.counted = 1 AND other.guid <> :guid AND {people("other.guid")}
     ORDER BY one.match_id"""
_QUARTERS = "SELECT r.ended_at / 900 * 900 AS quarter, count(*) AS rounds"
_FROM_ROUNDS = "FROM scope CROSS JOIN rounds AS r ON r.id = scope.id"
MOST = 10
"""Regulars that are named."""


async def record(db: Reader, chosen: ChosenRounds, guid: str) -> TeamRecord:
    """A player's matches by map, by mate and by opponent; matches are whole, whatever half is asked."""
    whole = chosen.whole
    own = whole.lines_of().that("p.result IS NOT NULL")
    mine = f"SELECT session, match_id, result, {LINE_UP.format('p')} AS line_up {own}"
    rows = await db.all(f"{whole.cte}, one AS MATERIALIZED ({mine}) {_TOGETHER}", **whole.parameters, guid=guid)
    played: dict[int, PlayedMatch] = {}
    for row in rows:
        match = played.get(row["match_id"]) or PlayedMatch(row["map"], row["result"], frozenset(), frozenset())
        if row["guid"] is not None and row["same"]:
            match = match._replace(mates=match.mates | {row["guid"]})
        elif row["guid"] is not None:
            match = match._replace(opponents=match.opponents | {row["guid"]})
        played[row["match_id"]] = match
    score, maps, mates, opponents = team_record(played.values())
    names = await standings.current_names(db, {guid, *(other for other, _ in (*mates, *opponents))})
    return TeamRecord(
        guid=guid, name=names[guid], score=score, maps=maps, mates=mates, opponents=opponents, names=names,
        coverage=whole.coverage,
    )  # fmt: skip


async def activity(db: Reader, chosen: ChosenRounds, *, zone: tzinfo) -> Activity:
    """When the rounds of a scope ended, and who took part in most of its evenings."""
    quarters = await db.all(f"{chosen.cte} {_QUARTERS} {_FROM_ROUNDS} GROUP BY 1", **chosen.parameters)
    sessions = await db.value(f"{chosen.cte} SELECT count(DISTINCT r.session) {_FROM_ROUNDS}", **chosen.parameters)
    regulars = await db.all(
        f"{chosen.cte} SELECT p.guid, count(DISTINCT p.session) AS evenings {chosen.lines}"
        " GROUP BY p.guid ORDER BY evenings DESC, p.guid LIMIT :most",
        **chosen.parameters, most=MOST,
    )  # fmt: skip
    names = await standings.current_names(db, [row["guid"] for row in regulars])
    return Activity(
        hours=by_hour(((row["quarter"], row["rounds"]) for row in quarters), zone=zone),
        regulars=tuple((row["guid"], names[row["guid"]], row["evenings"]) for row in regulars),
        sessions=int(sessions or 0),
        coverage=chosen.coverage,
    )


async def moments(db: Reader, chosen: ChosenRounds, guid: str) -> Moments:
    """The best round of a player by each figure that holds records, with what a record's divisor must reach."""
    metrics = [feat.metric for feat in FEATS]
    lines = chosen.lines_of().joined("JOIN rounds AS r ON r.id = p.round_id")
    dividends = ", ".join(f"sum({metric.per or 1}) AS divisor{i}" for i, metric in enumerate(metrics))
    rows = await db.all(
        f"{chosen.cte} SELECT r.id, r.map, r.number, r.ended_at, count(*) AS rounds, {dividends},"
        f" {standings.columns(metrics)} {lines} GROUP BY r.id ORDER BY r.ended_at, r.id",
        **chosen.parameters, guid=guid,
    )  # fmt: skip
    best: dict[str, Moment] = {}
    for row in rows:
        values = standings.figures(row, metrics).values
        for i, feat in enumerate(FEATS):
            value = values[feat.name]
            if value is None or value <= 0 or (row[f"divisor{i}"] or 0) < feat.least(Level.ROUND):
                continue
            if feat.name not in best or value > best[feat.name].value:
                best[feat.name] = Moment(feat.metric, value, row["map"], row["number"], row["id"], row["ended_at"])
    names = await standings.current_names(db, [guid])
    told = tuple(best[feat.name] for feat in FEATS if feat.name in best)
    return Moments(guid=guid, name=names[guid], moments=told, coverage=chosen.coverage)
