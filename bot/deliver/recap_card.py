"""The recap of a session: one message with the score, the best player, the awards, records and charts."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from bot.domain.posts import OutboxItem
from bot.domain.rules import Rules
from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.people.awards import Awards
from bot.domain.stats.people.records import BrokenRecord
from bot.domain.stats.rounds.sessions import SessionTable
from bot.domain.stats.scope import Scope
from bot.present.card import Card, Picture
from bot.present.charts import charts
from bot.present.pictures.session_picture import session_picture
from bot.present.recap import charts as recap_charts
from bot.present.recap import score_picture
from bot.present.words.people.awards import award_line
from bot.present.words.people.records import broken_line
from bot.present.words.rounds.sessions import team_lines
from bot.store.file.database import Reader
from bot.store.questions.people import awards as award_store
from bot.store.questions.people import records, standings
from bot.store.questions.rounds import sessions
from bot.store.questions.scopes import ChosenRounds, choose

log = logging.getLogger(__name__)

METRICS = tuple(BY_NAME[name] for name in ("kills", "deaths", "dpm", "damage", "received", "survival", "kd", "rounds"))
_AWARDS, _RECORDS = 4, 4


async def recap_card(db: Reader, item: OutboxItem, *, rules: Rules) -> Card:
    """What the message says of the session as it is now: it may have grown since the recap was owed."""
    assert item.session is not None
    start = await sessions.around(db, item.session) or item.session
    table, chosen = await session_table(db, start, rules=rules)
    session = table.session
    awards = await award_store.of_session(db, chosen)
    lines = team_lines(session, win_points=rules.win_points)
    lines += [award_line(award, awards.names, rounds=awards.rounds) for award in awards.awards[:_AWARDS]]
    lines += [broken_line(one) for one in await _records(db, table)]
    card = Card(
        title=f"Session {session.name} is over",
        lines=tuple(lines),
        at=session.ended_at,
        footer="Everything else is behind the button",
        buttons=(("Session", item.marker),),
    )
    try:
        pictures = await _pictures(db, table, awards, win_points=rules.win_points)
    except Exception:
        log.exception("the pictures of session %s could not be drawn: it is told in words alone", session.name)
        return card
    return replace(card, pictures=pictures)


async def _records(db: Reader, table: SessionTable) -> list[BrokenRecord]:
    """Records of rounds and matches that were set in this session and stood at its end."""
    found: dict[tuple[str, str], BrokenRecord] = {}
    for round_id in await sessions.rounds_of(db, table.session.start):
        found |= {(one.record.level, one.record.metric.name): one for one in await records.broken(db, round_id)}
    return [*found.values()][-_RECORDS:]


async def session_table(db: Reader, start: int, *, rules: Rules) -> tuple[SessionTable, ChosenRounds]:
    """A session with everybody's figures, and its scope."""
    session = await sessions.session_answer(db, start, zone=rules.zone)
    chosen = await choose(db, Scope(period=session.name), now=session.ended_at, rules=rules)
    figures = await standings.by_player(db, chosen, METRICS)
    return SessionTable(session=session, figures=figures, coverage=chosen.coverage), chosen


async def _pictures(db: Reader, table: SessionTable, awards: Awards, *, win_points: int) -> tuple[Picture, ...]:
    """The score and the charts."""
    score = score_picture(table.session, awards, win_points=win_points)
    return (await asyncio.to_thread(session_picture, score), *await charts_of(db, table))


async def charts_of(db: Reader, table: SessionTable) -> tuple[Picture, ...]:
    """A session's charts, drawn beside the event loop; a session of one match needs none."""
    if len(table.session.matches) < 2:
        return ()
    dpm = await sessions.dpm_by_match(db, table.session.start)
    return tuple([
        await asyncio.to_thread(charts.lines if kind == "lines" else charts.bars, chart)
        for kind, chart in recap_charts(table, dpm)
    ])  # fmt: skip
