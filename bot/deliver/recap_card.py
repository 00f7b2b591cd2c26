"""The recap of a session: one message, whose picture has score, players and awards; charts are behind a button."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace

from bot.domain.buttons import SessionCharts
from bot.domain.posts import OutboxItem
from bot.domain.rules import Rules
from bot.domain.stats.answers import Figures
from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.people.records import BrokenRecord
from bot.domain.stats.rounds.sessions import SessionTable
from bot.domain.stats.scope import Scope
from bot.present.card import Card, Picture
from bot.present.charts import charts
from bot.present.pictures.heat import heat_picture
from bot.present.pictures.session_picture import session_picture
from bot.present.recap import form_chart, heat_table, score_picture
from bot.present.words.people.awards import award_line
from bot.present.words.people.records import broken_line
from bot.present.words.rounds.sessions import session_title, team_lines
from bot.present.words.text import session_day_text, within
from bot.store.file.database import Reader
from bot.store.questions.people import awards as award_store
from bot.store.questions.people import records, standings
from bot.store.questions.rounds import sessions
from bot.store.questions.scopes import ChosenRounds, choose, session_name

log = logging.getLogger(__name__)

METRICS = tuple(BY_NAME[name] for name in ("kills", "deaths", "dpm", "damage", "revives", "rounds"))
_DPM = (BY_NAME["dpm"],)
_AWARDS, _RECORDS, _EVENINGS, _FIELD = 4, 4, 8, 1000


async def recap_card(db: Reader, item: OutboxItem, *, rules: Rules) -> Card:
    """What the message says of the session as it is now: it may have grown since the recap was owed."""
    assert item.session is not None
    start = await sessions.around(db, item.session) or item.session
    table, chosen = await session_table(db, start, rules=rules)
    session = table.session
    awards = await award_store.of_session(db, chosen)
    told = [award_line(award, awards.names, rounds=awards.rounds) for award in awards.awards[:_AWARDS]]
    tables = (
        ("Score", "\n".join(within(team_lines(session, win_points=rules.win_points), _FIELD))),
        ("Awards", "\n".join(within(told, _FIELD)) or "none"),
    )
    buttons = [("Session", item.marker)]
    if item.round_key is not None and len(session.matches) > 1:
        buttons.append(("Charts", str(SessionCharts(round=item.round_key))))
    card = Card(
        title=session_title(session, win_points=rules.win_points),
        lines=tuple(broken_line(record) for record in await _records(db, table)),
        at=session.ended_at,
        footer=f"{session_day_text(session.name)} ({session.zone}) · everything else is behind Session",
        buttons=tuple(buttons),
    )
    score = score_picture(session, win_points=rules.win_points, awards=awards, figures=table.figures)
    try:
        picture = await asyncio.to_thread(session_picture, score)
    except Exception:
        log.exception("the picture of session %s could not be drawn: it is told in words alone", session.name)
        return replace(card, fields=tables)
    return replace(card, pictures=(picture,), tables=tables, large=True)


async def _records(db: Reader, table: SessionTable) -> list[BrokenRecord]:
    """Records of rounds and matches that were set in this session and stood at its end."""
    newest: dict[tuple[str, str], BrokenRecord] = {}
    for round_id in await sessions.rounds_of(db, table.session.start):
        newest |= {
            (broken.record.level, broken.record.metric.name): broken for broken in await records.broken(db, round_id)
        }
    return [*newest.values()][-_RECORDS:]


async def session_table(db: Reader, start: int, *, rules: Rules) -> tuple[SessionTable, ChosenRounds]:
    """A session with everybody's figures, and its scope."""
    session = await sessions.session_answer(db, start, zone=rules.zone)
    chosen = await choose(db, Scope(period=session.name), now=session.ended_at, rules=rules)
    figures = await standings.by_player(db, chosen, METRICS)
    return SessionTable(session=session, figures=figures, coverage=chosen.coverage), chosen


async def charts_of(db: Reader, table: SessionTable, *, rules: Rules) -> tuple[Picture, ...]:
    """Who played how on which map, and over the last evenings; a session of one match needs none."""
    session = table.session
    if len(session.matches) < 2:
        return ()
    dpm = await sessions.dpm_by_match(db, session.start)
    heat = await asyncio.to_thread(heat_picture, heat_table(table, dpm), name="damage-by-map.png")
    figures_by_session: dict[str, Mapping[str, Figures]] = {}
    for start in reversed(await sessions.starts(db, limit=_EVENINGS, before=session.start + 1)):
        name = await session_name(db, start, zone=rules.zone)
        chosen = await choose(db, Scope(period=name), now=session.ended_at, rules=rules)
        figures_by_session[name] = await standings.by_player(db, chosen, _DPM)
    if len(figures_by_session) < 2:
        return (heat,)
    return heat, await asyncio.to_thread(charts.lines, form_chart(table, figures_by_session))
