"""`/session` and `/sessions`, and the buttons that lead to one."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.private import defer
from bot.deliver.recap_card import charts_of
from bot.domain.buttons import (
    DigestSession,
    OfRound,
    RecapSession,
    RoundSession,
    SessionCharts,
    SessionDigest,
    SessionRecap,
)
from bot.domain.stats.rounds.sessions import SessionTable
from bot.errors import NoAnswer
from bot.present.card import Card
from bot.present.pictures.session_picture import session_picture
from bot.present.recap import score_picture
from bot.present.words.people.weapons import weapons_table
from bot.present.words.rounds.sessions import (
    METRICS,
    awards_view,
    figures_card,
    maps_card,
    overview_card,
    own_line,
    session_menu,
    sessions_card,
    text_card,
)
from bot.store.questions import scopes
from bot.store.questions.people import awards, baselines, standings, weapons
from bot.store.questions.rounds import posts, sessions
from bot.store.questions.scopes import ChosenRounds
from cogs.kit.answers import replace, reply
from cogs.kit.asking import the_bot
from cogs.kit.buttons import Answer, Button, Menu, Owned, add
from cogs.kit.drawing import draw
from cogs.kit.options import chosen as chosen_scope
from cogs.kit.options import mine, read_scope
from cogs.kit.pages import pages_of, turns
from cogs.kit.picks import SESSION_HELP, SessionArgument, read_session
from cogs.kit.posts import round_of, seen

PAGE = 8


async def shown(itx: discord.Interaction, start: int, *, what: str) -> Card:
    """One view of a session, with the menu to the others."""
    bot = the_bot(itx)
    db, zone, points = bot.app.db, bot.app.rules.zone, bot.app.rules.win_points
    name = await scopes.session_name(db, start, zone=zone)
    chosen = await chosen_scope(itx, await read_scope(itx, name))
    session = await sessions.session_answer(db, start, zone=zone)
    figures = await standings.by_player(db, chosen, METRICS)
    table = SessionTable(session=session, figures=figures, coverage=chosen.coverage)
    card = await _view(itx, table, chosen, what=what, points=points)
    others = [other for other in await sessions.of_day(db, name[:10], zone=zone) if other != start]
    if others and what == "overview":
        named = ", ".join(f"`{other}`" for other in await sessions.labels(db, others, zone=zone))
        card = dataclasses.replace(card, lines=(*card.lines[:-1], f"-# also that day: {named}", card.lines[-1]))
    menu = session_menu(str(SessionViewMenu(owner=itx.user.id, start=start)), chosen=what)
    return dataclasses.replace(card, menus=(menu,))


async def _view(itx: discord.Interaction, table: SessionTable, chosen: ChosenRounds, *, what: str, points: int) -> Card:
    db, me = the_bot(itx).app.db, await mine(itx)
    match what:
        case "maps":
            return maps_card(table, win_points=points)
        case "players" | "damage" | "support" | "sprees":
            return figures_card(table, what, me=me)
        case "weapons":
            return text_card(table, what, [weapons_table(await weapons.of_scope(db, chosen))])
        case "awards":
            return awards_view(table, await awards.of_session(db, chosen), me=me)
        case "charts":
            drawn = await charts_of(db, table, rules=the_bot(itx).app.rules)
            no_charts = [] if drawn else ["Charts compare maps, and this evening has one alone so far."]
            return dataclasses.replace(text_card(table, what, no_charts), pictures=drawn)
        case _:
            pass
    given = await awards.of_session(db, chosen)
    figures = table.figures.get(me or "")
    usual = [] if figures is None or me is None else await baselines.of_session(db, table.session.start, me)
    own = [] if figures is None else [own_line(figures, usual)]
    card = overview_card(table, given, win_points=points, me=me)
    card = dataclasses.replace(card, lines=(*card.lines[:-1], *own, card.lines[-1]))
    score = score_picture(table.session, win_points=points)
    return dataclasses.replace(card, pictures=(await draw(itx, session_picture, score),))


class SessionViewMenu(Menu, Owned, begins="sess"):
    """Another view of the session, in place."""

    answer = Answer.IN_PLACE
    start: int

    async def picked(self, itx: discord.Interaction, value: str) -> None:
        """Show what was chosen."""
        start = await sessions.around(the_bot(itx).app.db, self.start)  # it may have grown since
        if start is None:
            raise NoAnswer("That session is not in this database any more.")
        await replace(itx, await shown(itx, start, what=value))


class _SessionOfRound(Button, OfRound):
    async def pressed(self, itx: discord.Interaction) -> None:
        """Its overview."""
        await _overview(itx, await sessions.of_round(the_bot(itx).app.db, await round_of(itx, self.round)))


class RoundSessionButton(_SessionOfRound, RoundSession):
    """Under a round: the session that it was played in, for the one who asked."""


class SessionDigestButton(_SessionOfRound, SessionDigest):
    """Under a digest: the session that it tells of, for the one who asked."""


class SessionRecapButton(_SessionOfRound, SessionRecap):
    """Under a recap: its session, for the one who asked."""


class SessionChartsButton(Button, SessionCharts):
    """Under a recap: its charts, for the one who asked."""

    async def pressed(self, itx: discord.Interaction) -> None:
        """The session's charts, with the menu to all else."""
        session = await sessions.of_round(the_bot(itx).app.db, await round_of(itx, self.round))
        await _overview(itx, session, what="charts")


class DigestSessionButton(Button, DigestSession):
    """Under an old digest: the session that it is about, for the one who asked."""

    async def pressed(self, itx: discord.Interaction) -> None:
        """Its overview."""
        await _overview(itx, await posts.session_of(the_bot(itx).app.db, self.item, seen(itx.message)))


class RecapSessionButton(Button, RecapSession):
    """Under an old recap: the session that it is about, for the one who asked."""

    async def pressed(self, itx: discord.Interaction) -> None:
        """Its overview."""
        await _overview(itx, await posts.session_of(the_bot(itx).app.db, self.item, seen(itx.message)))


async def _overview(itx: discord.Interaction, session: int | None, *, what: str = "overview") -> None:
    start = None if session is None else await sessions.counted_at(the_bot(itx).app.db, session)
    if start is None:
        raise NoAnswer("No round that counts was played in that session.")
    await reply(itx, await shown(itx, start, what=what))


class SessionsPage(Button, Owned, begins="sessions"):
    """Another page of the sessions, in place."""

    answer = Answer.IN_PLACE
    page: Annotated[int, r"\d{1,6}"]

    async def pressed(self, itx: discord.Interaction) -> None:
        """Turn the page."""
        await replace(itx, await _listed(itx, self.page))


async def _listed(itx: discord.Interaction, page: int) -> Card:
    bot = the_bot(itx)
    pages = pages_of(await sessions.count(bot.app.db), PAGE)
    page = min(page, pages - 1)
    starts = await sessions.starts(bot.app.db, limit=PAGE, skip=page * PAGE)
    answers = [await sessions.session_answer(bot.app.db, start, zone=bot.app.rules.zone) for start in starts]
    buttons = turns(page, pages, lambda to: SessionsPage(owner=itx.user.id, page=to), back="Newer", on="Older")
    return sessions_card(answers, page=page, pages=pages, buttons=buttons)


class Sessions(commands.Cog):
    """Evenings."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.rename(which="session")
    @app_commands.describe(which=SESSION_HELP)
    async def session(self, itx: discord.Interaction, which: SessionArgument | None = None) -> None:
        """An evening: teams, score and maps; its menu has players, weapons, awards and more."""
        await defer(itx)
        await reply(itx, await shown(itx, await read_session(itx, which), what="overview"))

    @app_commands.command()
    async def sessions(self, itx: discord.Interaction) -> None:
        """Which evenings there were, newest first."""
        await defer(itx)
        if not await sessions.starts(self.bot.app.db, limit=1):
            raise NoAnswer("No round that counts has been imported yet.")
        await reply(itx, await _listed(itx, 0))


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    of_rounds = RoundSessionButton, SessionDigestButton, SessionRecapButton, SessionChartsButton
    await add(bot, Sessions, SessionViewMenu, *of_rounds, DigestSessionButton, RecapSessionButton, SessionsPage)
