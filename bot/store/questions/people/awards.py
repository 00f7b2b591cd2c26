"""The awards of a session, or of any other scope."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.domain.game.file.report import Tally
from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.people.awards import (
    AWARDS,
    Appearance,
    Award,
    Awards,
    BestRound,
    Nemesis,
    awards,
    nemesis,
    of_pairs,
)
from bot.domain.stats.scope import is_session
from bot.store.file.database import Reader, people
from bot.store.questions.lines import SOME, Lines
from bot.store.questions.people import standings
from bot.store.questions.scopes import ChosenRounds

_APPEARANCES = Lines(
    "scope CROSS JOIN rounds AS r ON r.id = scope.id CROSS JOIN player_rounds AS p ON p.round_id = r.id",
    ("p.result IS NOT NULL", "p.attack IS NOT NULL"),
)
# a match's line-up is told by the side that it attacked on in round 1
_APPEARANCE = "p.match_id AS match, p.guid, p.attack = (r.number = 1) AS first, p.result AS won"


_TALLIES = Lines(
    "scope CROSS JOIN player_rounds AS p ON p.round_id = scope.id "
    "CROSS JOIN tallies AS t ON t.round_id = p.round_id AND t.killer = p.guid",
    (people("t.victim"),),
)
_TOLD = "SELECT count(*) FROM scope CROSS JOIN rounds AS r ON r.id = scope.id WHERE r.knows_kills = 1"


async def of_session(db: Reader, chosen: ChosenRounds) -> Awards:
    """Who earned what over the rounds of a scope; those about two players only for a session."""
    metrics = list({kind.metric: BY_NAME[kind.metric] for kind in AWARDS}.values())
    figures = await standings.by_player(db, chosen, metrics)
    given = awards(figures, rounds=chosen.coverage.rounds)
    of_two = is_session(chosen.scope.period)
    pairs = of_pairs(await _appearances(db, chosen.whole)) if of_two else []
    rivals = await _nemesis(db, chosen) if of_two else None
    winners = {guid for award in given for guid in award.winners}
    winners |= {guid for award in pairs for pair in award.pairs for guid in pair}
    winners |= {guid for killer, victim, _ in (rivals.rivals if rivals else ()) for guid in (killer, victim)}
    names = await standings.current_names(db, winners)
    return Awards(
        awards=tuple(given),
        names=names,
        coverage=chosen.coverage,
        pairs=tuple(pairs),
        nemesis=rivals,
        rounds=await _best_rounds(db, chosen, given),
    )


async def _best_rounds(db: Reader, chosen: ChosenRounds, given: Sequence[Award]) -> dict[tuple[str, str], BestRound]:
    """(GUID, metric) → the round in which a winner was best by it; of equal ones the first."""
    if not given:
        return {}
    metrics = [award.metric for award in given]
    winners = json.dumps(sorted({guid for award in given for guid in award.winners}))
    lines = chosen.lines.that(SOME).joined("JOIN rounds AS r ON r.id = p.round_id")
    rows = await db.all(
        f"{chosen.cte} SELECT p.guid, r.map, r.number, count(*) AS rounds, {standings.columns(metrics)} {lines}"
        " GROUP BY p.guid, p.round_id ORDER BY r.ended_at, r.id",
        **chosen.parameters, guids=winners,
    )  # fmt: skip
    best: dict[tuple[str, str], BestRound] = {}
    for row in rows:
        figures = standings.figures(row, metrics)
        for award in given:
            value, key = figures.values[award.metric.name], (row["guid"], award.metric.name)
            if row["guid"] in award.winners and value is not None and (key not in best or value > best[key].value):
                best[key] = BestRound(row["map"], row["number"], value)
    return best


async def _nemesis(db: Reader, chosen: ChosenRounds) -> Nemesis | None:
    told = await db.value(f"{chosen.cte} {_TOLD}", **chosen.parameters)
    sums = f"SELECT t.killer, t.victim, sum(t.times) AS times {_TALLIES.that(*chosen.of_line)} GROUP BY 1, 2"
    rows = await db.all(f"{chosen.cte} {sums}", **chosen.parameters)
    return nemesis((Tally(*row) for row in rows), told=int(told or 0))


async def _appearances(db: Reader, chosen: ChosenRounds) -> list[Appearance]:
    lines = _APPEARANCES.that(*chosen.of_line)
    rows = await db.all(f"{chosen.cte} SELECT {_APPEARANCE} {lines}", **chosen.parameters)
    return [Appearance(row["match"], row["guid"], bool(row["first"]), row["won"]) for row in rows]
