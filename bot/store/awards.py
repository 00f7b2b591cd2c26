"""The awards of a session, or of any other scope."""

from __future__ import annotations

from bot.domain.awards import AWARDS, Awards, awards
from bot.domain.metrics import BY_NAME
from bot.store import standings
from bot.store.database import Reader
from bot.store.scopes import Chosen


async def of_session(db: Reader, chosen: Chosen) -> Awards:
    """Who earned what over the rounds of a scope."""
    metrics = list({kind.metric: BY_NAME[kind.metric] for kind in AWARDS}.values())
    figures = await standings.by_player(db, chosen, metrics)
    found = awards(figures, rounds=chosen.coverage.rounds)
    names = await standings.current_names(db, {guid for award in found for guid in award.winners})
    return Awards(awards=tuple(found), names=names, coverage=chosen.coverage)
