"""`/session` and `/sessions`: evenings, and the buttons that lead to one."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.deliver.recap_card import charts_of
from bot.domain.stats.sessions import SessionTable
from bot.errors import NoAnswer, StoreError
from bot.present.card import Card
from bot.present.embeds import embeds, files, view
from bot.present.pictures.session_picture import session_picture
from bot.present.recap import score_picture
from bot.present.words.baselines import beside_usual
from bot.present.words.sessions import (
    METRICS,
    VIEWS,
    awards_view,
    figures_card,
    maps_card,
    overview_card,
    session_menu,
    sessions_card,
    text_card,
)
from bot.present.words.text import plain, safe_name
from bot.present.words.weapons import weapons_table
from bot.store import outbox
from bot.store.questions import awards, baselines, scopes, sessions, standings, weapons
from bot.store.questions.scopes import ChosenRounds
from cogs.kit.asking import explained, require_owner, the_bot
from cogs.kit.options import chosen as chosen_scope
from cogs.kit.options import mine, read_scope

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
    menu = session_menu(f"sess:{itx.user.id}:{start}", chosen=what)
    return replace(card, menus=(menu,))


async def _view(itx: discord.Interaction, table: SessionTable, chosen: ChosenRounds, *, what: str, points: int) -> Card:
    db, me = the_bot(itx).app.db, await mine(itx)
    match what:
        case "maps":
            return maps_card(table)
        case "players" | "damage" | "support" | "sprees":
            return figures_card(table, what, me=me)
        case "weapons":
            return text_card(table, what, [weapons_table(await weapons.of_scope(db, chosen))])
        case "awards":
            return awards_view(table, await awards.of_session(db, chosen), me=me)
        case "charts":
            drawn = await charts_of(db, table)
            said = [] if drawn else ["Charts compare maps, and this evening has one alone so far."]
            return replace(text_card(table, what, said), pictures=drawn)
    found = await awards.of_session(db, chosen)
    own = [] if me is None else beside_usual(await baselines.of_session(db, table.session.start, me))
    card = overview_card(table, found, win_points=points, me=me)
    card = replace(card, lines=(*card.lines[:-1], *own, card.lines[-1]))
    score = score_picture(table.session, found, win_points=points)
    return replace(card, pictures=(await asyncio.to_thread(session_picture, score),))


class SessionViewMenu(
    discord.ui.DynamicItem[discord.ui.Select[discord.ui.View]], template=r"sess:(?P<owner>\d+):(?P<start>-?\d{1,12})"
):
    """Another view of the session, in place."""

    def __init__(self, match: re.Match[str]) -> None:
        options = [discord.SelectOption(label=one.title, value=name) for name, one in VIEWS.items()]
        super().__init__(discord.ui.Select(custom_id=match[0], options=options))
        self.owner, self.start = int(match["owner"]), int(match["start"])

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> SessionViewMenu:
        """Made anew for every choice."""
        return cls(match)

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Show what was chosen."""
        require_owner(itx, self.owner)
        await itx.response.defer()
        start = await sessions.around(the_bot(itx).app.db, self.start)  # it may have grown since
        if start is None:
            raise NoAnswer("That session is not in this database any more.")
        card = await shown(itx, start, what=self.item.values[0])
        await itx.edit_original_response(
            embeds=embeds(card), attachments=files(card), view=view(card), allowed_mentions=NOBODY
        )


class SessionOfPost(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"session:of:(?P<round>\d{1,12})|(?:digest|recap):(?P<item>\d{1,12}):(?:digest|recap)",
):
    """The button under a post: the session that it is about, for the one who asked."""

    def __init__(self, match: re.Match[str]) -> None:
        super().__init__(discord.ui.Button(label="Session", custom_id=match[0]))
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> SessionOfPost:
        """Made anew for every click."""
        return cls(match)

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Its overview."""
        await itx.response.defer(ephemeral=True, thinking=True)
        start = await self._start(itx)
        if start is None:
            raise NoAnswer("No round that counts was played in that session.")
        await _send(itx, await shown(itx, start, what="overview"), private=True)

    async def _start(self, itx: discord.Interaction) -> int | None:
        db = the_bot(itx).app.db
        if self.match["round"]:
            start = await sessions.of_round(db, int(self.match["round"]))
        else:
            start = await outbox.session_of(db, int(self.match["item"]))
        return None if start is None else await sessions.counted_at(db, start)


class SessionsPage(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"sessions:(?P<owner>\d+):(?P<page>\d{1,6})"
):
    """Another page of the sessions, in place."""

    def __init__(self, match: re.Match[str]) -> None:
        super().__init__(discord.ui.Button(label="Page", custom_id=match[0]))
        self.owner, self.page = int(match["owner"]), int(match["page"])

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> SessionsPage:
        """Made anew for every click."""
        return cls(match)

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Turn the page."""
        require_owner(itx, self.owner)
        await itx.response.defer()
        card = await _listed(itx, self.page)
        await itx.edit_original_response(embeds=embeds(card), view=view(card), allowed_mentions=NOBODY)


async def _listed(itx: discord.Interaction, page: int) -> Card:
    bot = the_bot(itx)
    pages = max(1, -(-await sessions.count(bot.app.db) // PAGE))
    page = min(page, pages - 1)
    starts = await sessions.starts(bot.app.db, limit=PAGE, skip=page * PAGE)
    found = [await sessions.session_answer(bot.app.db, start, zone=bot.app.rules.zone) for start in starts]
    newer = [("Newer", f"sessions:{itx.user.id}:{page - 1}")] if page else []
    older = [("Older", f"sessions:{itx.user.id}:{page + 1}")] if page + 1 < pages else []
    return sessions_card(found, page=page, pages=pages, buttons=newer + older)


async def _send(itx: discord.Interaction, card: Card, *, private: bool = False) -> None:
    await itx.followup.send(
        embeds=embeds(card),
        files=files(card),
        view=view(card) or discord.utils.MISSING,
        ephemeral=private,
        allowed_mentions=NOBODY,
    )


class Sessions(commands.Cog):
    """Evenings."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.describe(which="leave empty for the last one; or its date, such as 2025-10-12")
    async def session(self, itx: discord.Interaction, which: str | None = None) -> None:
        """An evening: teams, score and maps; its menu has players, weapons, awards and more."""
        await itx.response.defer()
        db, zone = self.bot.app.db, self.bot.app.rules.zone
        start = await sessions.resolve(db, which or "", zone=zone)
        if start is None:
            raise NoAnswer(await self._unknown(which))
        await _send(itx, await shown(itx, start, what="overview"))

    async def _unknown(self, which: str | None) -> str:
        newest = await sessions.starts(self.bot.app.db, limit=3)
        if not newest:
            return "No round that counts has been imported yet."
        names = await sessions.labels(self.bot.app.db, newest, zone=self.bot.app.rules.zone)
        return f"I know no session called {safe_name(which or '')}. The newest are {', '.join(names)}; see `/sessions`."

    @session.autocomplete("which")
    async def _offer(self, itx: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        try:
            starts = await sessions.starts(self.bot.app.db, limit=200)
            names = await sessions.labels(self.bot.app.db, starts[: 200 if text else 25], zone=self.bot.app.rules.zone)
        except StoreError:  # a menu cannot say why; the command can
            return []
        fitting = [name for name in names if text.strip().casefold() in name]
        return [app_commands.Choice(name=plain(name, limit=100), value=name) for name in fitting[:25]]

    @app_commands.command()
    async def sessions(self, itx: discord.Interaction) -> None:
        """Which evenings there were, newest first."""
        await itx.response.defer()
        if not await sessions.starts(self.bot.app.db, limit=1):
            raise NoAnswer("No round that counts has been imported yet.")
        await _send(itx, await _listed(itx, 0))


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    bot.add_dynamic_items(SessionViewMenu, SessionOfPost, SessionsPage)
    await bot.add_cog(Sessions(bot))
