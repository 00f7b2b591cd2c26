"""`/leaderboard`, `/records` and `/awards`: who is best, at what, and by how much."""

from __future__ import annotations

import re
from collections.abc import Iterable

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.domain.stats.boards import own
from bot.domain.stats.metrics import BY_NAME, Metric
from bot.domain.stats.records import Level, Record, Records
from bot.domain.stats.scope import Scope
from bot.errors import NoAnswer, StoreError
from bot.present.card import Card
from bot.present.embeds import embed, view
from bot.present.words.boards import board_card
from bot.present.words.records import records_card
from bot.present.words.sessions import awards_card
from bot.present.words.text import plain, safe_name
from bot.store.questions import awards, scopes, sessions, standings
from bot.store.questions.records import RecordBook
from bot.store.questions.scopes import ChosenRounds
from cogs.kit.asking import explained, require_owner, the_bot
from cogs.kit.options import SCOPE_HELP, MetricArgument, ScopeArgument, chosen, mine, read_scope

OFFERED = 400
"""Sessions among which the menu looks for what is typed."""


async def send(itx: discord.Interaction, card: Card) -> None:
    """A card as the answer of a command."""
    buttons = view(card) or discord.utils.MISSING
    await itx.followup.send(embed=embed(card), view=buttons, allowed_mentions=NOBODY)


async def turn(itx: discord.Interaction, card: Card) -> None:
    """A card in the place of the one whose button was pressed."""
    await itx.edit_original_response(embed=embed(card), view=view(card), allowed_mentions=NOBODY)


async def _board(itx: discord.Interaction, metric: Metric, scope: Scope, *, page: int) -> Card:
    db, rounds, me = the_bot(itx).app.db, await chosen(itx, scope), await mine(itx)
    board = await standings.board(db, rounds, metric)
    figures = None
    if me is not None and own(board, me) is None:
        figures = (await standings.by_player(db, rounds, [metric], guid=me)).get(me)
    return board_card(board, page=page, owner=itx.user.id, scope=scope.text, me=me, mine=figures)


async def records_of(itx: discord.Interaction, rounds: ChosenRounds, level: Level) -> Records:
    """The records of a level, as remembered since the last round."""
    cog = the_bot(itx).get_cog("Boards")
    assert isinstance(cog, Boards)
    return await cog.book.best(rounds, level)


def links(itx: discord.Interaction, records: Iterable[Record]) -> dict[int, str]:
    """Round id → address of the post that told of it."""
    found = {}
    for one in records:
        channel = None if one.post is None else itx.client.get_channel(one.post.channel)
        if one.post is not None and isinstance(channel, discord.abc.GuildChannel | discord.Thread):
            found[one.round_id] = f"https://discord.com/channels/{channel.guild.id}/{channel.id}/{one.post.message}"
    return found


async def _records(itx: discord.Interaction, level: Level, scope: Scope) -> Card:
    found = await records_of(itx, await chosen(itx, scope), level)
    addresses, me = links(itx, found.records), await mine(itx)
    return records_card(found, links=addresses, owner=itx.user.id, scope=scope.text, me=me)


class BoardPage(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"lb:(?P<owner>\d{1,20}):(?P<metric>[a-z_]{1,30}):[fpnlm](?P<page>\d{1,6}):(?P<scope>.{1,100})",
):
    """Another page of a board, in place."""

    def __init__(self, match: re.Match[str]) -> None:
        super().__init__(discord.ui.Button(label="Page", custom_id=match[0]))
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> BoardPage:
        """Made anew for every click."""
        return cls(match)

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Turn the page; the board is as it is now."""
        require_owner(itx, int(self.match["owner"]))
        await itx.response.defer()
        metric = BY_NAME.get(self.match["metric"])
        if metric is None:
            raise NoAnswer("I do not know that figure any more: use the command again.")
        scope = await read_scope(itx, self.match["scope"])
        await turn(itx, await _board(itx, metric, scope, page=int(self.match["page"])))


class BoardFigureMenu(
    discord.ui.DynamicItem[discord.ui.Select[discord.ui.View]],
    template=r"lbm:(?P<owner>\d{1,20}):(?P<scope>.{1,100})",
):
    """The board of another figure, in place."""

    def __init__(self, match: re.Match[str]) -> None:
        super().__init__(discord.ui.Select(custom_id=match[0]))
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> BoardFigureMenu:
        """Made anew for every choice."""
        return cls(match)

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Its first page."""
        require_owner(itx, int(self.match["owner"]))
        await itx.response.defer()
        scope = await read_scope(itx, self.match["scope"])
        await turn(itx, await _board(itx, BY_NAME[self.item.values[0]], scope, page=0))


class RecordsTab(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"rec:(?P<owner>\d{1,20}):(?P<level>round|match|session):(?P<scope>.{1,100})",
):
    """The records of another level, in place."""

    def __init__(self, match: re.Match[str]) -> None:
        super().__init__(discord.ui.Button(label="Records", custom_id=match[0]))
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> RecordsTab:
        """Made anew for every click."""
        return cls(match)

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Show them."""
        require_owner(itx, int(self.match["owner"]))
        await itx.response.defer()
        scope = await read_scope(itx, self.match["scope"])
        await turn(itx, await _records(itx, Level(self.match["level"]), scope))


class Boards(commands.Cog):
    """Who is best."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot
        self.book = RecordBook(bot.app.db)

    @app_commands.command()
    @app_commands.describe(metric="what to compare: kd, dpm, revives, win_rate …", scope=SCOPE_HELP)
    async def leaderboard(
        self, itx: discord.Interaction, metric: MetricArgument, scope: ScopeArgument | None = None
    ) -> None:
        """Everybody by one figure, your own place, and how far it is to the next."""
        await itx.response.defer()
        await send(itx, await _board(itx, metric, scope or Scope(), page=0))

    @app_commands.command()
    @app_commands.describe(scope=SCOPE_HELP)
    async def records(self, itx: discord.Interaction, scope: ScopeArgument | None = None) -> None:
        """The best single round, match and session by ten figures, with who, where and when."""
        await itx.response.defer()
        await send(itx, await _records(itx, Level.ROUND, scope or Scope()))

    @app_commands.command()
    @app_commands.describe(session="leave empty for the last one; or its date, such as 2025-10-12")
    async def awards(self, itx: discord.Interaction, session: str | None = None) -> None:
        """Who earned what in a session, each award with its number and its reason."""
        await itx.response.defer()
        db, zone = self.bot.app.db, self.bot.app.rules.zone
        start = await sessions.resolve(db, session or "", zone=zone)
        if start is None:
            raise NoAnswer(await self._unknown(session or ""))
        name = await scopes.session_name(db, start, zone=zone)
        found = await awards.of_session(db, await chosen(itx, Scope(period=name)))
        await send(itx, awards_card(found, title=f"Session {name}: awards", me=await mine(itx)))

    @awards.autocomplete("session")
    async def _offer(self, itx: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        wanted = text.strip().casefold()
        try:
            starts = await sessions.starts(self.bot.app.db, limit=OFFERED if wanted else 25)
            names = await sessions.labels(self.bot.app.db, starts, zone=self.bot.app.rules.zone)
        except StoreError:  # a menu cannot say why; the command can
            return []
        return [app_commands.Choice(name=name, value=name) for name in names if wanted in name][:25]

    async def _unknown(self, typed: str) -> str:
        newest = await sessions.starts(self.bot.app.db, limit=3)
        if not newest:
            return "No round that counts has been imported yet."
        names = await sessions.labels(self.bot.app.db, newest, zone=self.bot.app.rules.zone)
        return f"I know no session called {safe_name(plain(typed, limit=36))}. The newest are {', '.join(names)}."


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    bot.add_dynamic_items(BoardPage, BoardFigureMenu, RecordsTab)
    await bot.add_cog(Boards(bot))
