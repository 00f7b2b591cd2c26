"""`/leaderboard`, `/records` and `/awards`: who is best, at what, and by how much."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Annotated

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.private import defer
from bot.domain.buttons import Text
from bot.domain.stats.metrics import BY_NAME, Metric
from bot.domain.stats.people.boards import own, page_of, pages
from bot.domain.stats.people.records import Level, Record, Records
from bot.domain.stats.scope import Scope
from bot.errors import NoAnswer
from bot.present.card import Card
from bot.present.words.people.awards import awards_card
from bot.present.words.people.boards import board_card
from bot.present.words.people.records import records_card
from bot.present.words.text import session_day_text
from bot.store.questions import scopes
from bot.store.questions.people import awards, standings
from bot.store.questions.people.records import RecordBook
from bot.store.questions.scopes import ChosenRounds
from cogs.kit.answers import replace, reply
from cogs.kit.asking import the_bot
from cogs.kit.buttons import Answer, Button, Menu, Owned, add
from cogs.kit.options import SCOPE_HELP, MetricArgument, ScopeArgument, chosen, mine, read_scope, scope_of
from cogs.kit.pages import all_turns
from cogs.kit.picks import SESSION_HELP, SessionArgument, read_session


async def _board(itx: discord.Interaction, metric: Metric, scope: Scope, *, page: int) -> Card:
    db, rounds, me = the_bot(itx).app.db, await chosen(itx, scope), await mine(itx)
    board = await standings.board(db, rounds, metric)
    place = own(board, me) if me is not None else None
    figures = None
    if me is not None and place is None:
        figures = (await standings.by_player(db, rounds, [metric], guid=me)).get(me)
    owner, page = itx.user.id, max(0, min(page, pages(board) - 1))

    def to(letter: str, number: int) -> BoardPage:
        return BoardPage(owner=owner, metric=metric.name, turn=f"{letter}{number}", scope=scope.text)

    buttons, off = all_turns(page, pages(board), to, own=None if place is None else page_of(board, me))
    menu = str(BoardFigureMenu(owner=owner, scope=scope.text))
    card = board_card(board, page=page, menu=menu, me=me, mine=figures)
    return dataclasses.replace(card, buttons=buttons, off=off)


async def records_of(itx: discord.Interaction, rounds: ChosenRounds, level: Level) -> Records:
    """The records of a level, as remembered since the last round."""
    cog = the_bot(itx).get_cog("Boards")
    assert isinstance(cog, Boards)
    return await cog.book.best(rounds, level)


def links(itx: discord.Interaction, records: Iterable[Record]) -> dict[int, str]:
    """Round id → address of the post that told of it."""
    addresses = {}
    for record in records:
        channel = None if record.post is None else itx.client.get_channel(record.post.channel)
        if record.post is not None and isinstance(channel, discord.abc.GuildChannel | discord.Thread):
            addresses[record.round_id] = (
                f"https://discord.com/channels/{channel.guild.id}/{channel.id}/{record.post.message}"
            )
    return addresses


async def _records(itx: discord.Interaction, level: Level, scope: Scope) -> Card:
    records = await records_of(itx, await chosen(itx, scope), level)
    tabs = {tab: str(RecordsTab(owner=itx.user.id, level=tab, scope=scope.text)) for tab in Level}
    return records_card(records, links=links(itx, records.records), tabs=tabs, me=await mine(itx))


class BoardPage(Button, Owned, begins="lb"):
    """Another page of a board, in place; the letter of `turn` tells apart two buttons to the same page."""

    answer = Answer.IN_PLACE
    metric: Annotated[str, "[a-z_]{1,30}"]
    turn: Annotated[str, r"[fpnlm]\d{1,6}"]
    scope: Text

    async def pressed(self, itx: discord.Interaction) -> None:
        """Turn the page; the board is as it is now."""
        await _turn(itx, self.metric, self.scope, page=int(self.turn[1:]))


class BoardFigureMenu(Menu, Owned, begins="lbm"):
    """The board of another figure, in place."""

    answer = Answer.IN_PLACE
    scope: Text

    async def picked(self, itx: discord.Interaction, value: str) -> None:
        """Its first page."""
        await _turn(itx, value, self.scope, page=0)


async def _turn(itx: discord.Interaction, name: str, scope: str, *, page: int) -> None:
    """Show a page of a figure's board in place; raises `NoAnswer`."""
    metric = BY_NAME.get(name)
    if metric is None:
        raise NoAnswer("I do not know that stat any more: use the command again.")
    await replace(itx, await _board(itx, metric, await read_scope(itx, scope), page=page))


class RecordsTab(Button, Owned, begins="rec"):
    """The records of another level, in place."""

    answer = Answer.IN_PLACE
    level: Level
    scope: Text

    async def pressed(self, itx: discord.Interaction) -> None:
        """Show them."""
        await replace(itx, await _records(itx, self.level, await read_scope(itx, self.scope)))


class Boards(commands.Cog):
    """Who is best."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot
        self.book = RecordBook(bot.app.db)

    @app_commands.command()
    @app_commands.rename(metric="stat", scope="when")
    @app_commands.describe(metric="what to compare: kd, dpm, medic, acc, win rate …", scope=SCOPE_HELP)
    async def leaderboard(
        self, itx: discord.Interaction, metric: MetricArgument, scope: ScopeArgument | None = None
    ) -> None:
        """Everybody by one stat, your own place, and how far it is to the next."""
        await defer(itx)
        await reply(itx, await _board(itx, metric, await scope_of(itx, scope), page=0))

    @app_commands.command()
    @app_commands.rename(scope="when")
    @app_commands.describe(scope=SCOPE_HELP)
    async def records(self, itx: discord.Interaction, scope: ScopeArgument | None = None) -> None:
        """The best single round, match and session by ten stats, with who, where and when."""
        await defer(itx)
        await reply(itx, await _records(itx, Level.ROUND, await scope_of(itx, scope)))

    @app_commands.command()
    @app_commands.describe(session=SESSION_HELP)
    async def awards(self, itx: discord.Interaction, session: SessionArgument | None = None) -> None:
        """Who earned what in a session, each award with its number and its best round."""
        await defer(itx)
        db, zone = self.bot.app.db, self.bot.app.rules.zone
        name = await scopes.session_name(db, await read_session(itx, session), zone=zone)
        earned = await awards.of_session(db, await chosen(itx, Scope(period=name)))
        await reply(itx, awards_card(earned, title=f"{session_day_text(name)}: awards", me=await mine(itx)))


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Boards, BoardPage, BoardFigureMenu, RecordsTab)
