"""The awards of a session, or of any other scope."""

from __future__ import annotations

from bot.domain.stats.awards import AWARDS, Appearance, Awards, awards, of_pairs
from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.scope import is_session
from bot.store.database import Reader
from bot.store.questions import standings
from bot.store.questions.lines import Lines
from bot.store.questions.scopes import ChosenRounds

_APPEARANCES = Lines(
    "scope CROSS JOIN rounds AS r ON r.id = scope.id CROSS JOIN player_rounds AS p ON p.round_id = r.id",
    ("p.result IS NOT NULL", "p.attack IS NOT NULL"),
)
# a match's line-up is told by the side that it attacked on in round 1
_APPEARANCE = "p.match_id AS match, p.guid, p.attack = (r.number = 1) AS first, p.result AS won"


async def of_session(db: Reader, chosen: ChosenRounds) -> Awards:
    """Who earned what over the rounds of a scope; those of pairs only for a session."""
    metrics = list({kind.metric: BY_NAME[kind.metric] for kind in AWARDS}.values())
    figures = await standings.by_player(db, chosen, metrics)
    found = awards(figures, rounds=chosen.coverage.rounds)
    pairs = of_pairs(await _appearances(db, chosen.whole)) if is_session(chosen.scope.period) else []
    winners = {guid for award in found for guid in award.winners}
    winners |= {guid for award in pairs for pair in award.pairs for guid in pair}
    names = await standings.current_names(db, winners)
    return Awards(awards=tuple(found), names=names, coverage=chosen.coverage, pairs=tuple(pairs))


async def _appearances(db: Reader, chosen: ChosenRounds) -> list[Appearance]:
    lines = _APPEARANCES.that(*chosen.of_line)
    rows = await db.all(f"{chosen.cte} SELECT {_APPEARANCE} {lines}", **chosen.parameters)
    return [Appearance(row["match"], row["guid"], bool(row["first"]), row["won"]) for row in rows]
