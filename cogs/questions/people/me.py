"""`/me` and the menu *ET stats* on a member: a private card."""

from __future__ import annotations

import dataclasses

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.private import defer
from bot.errors import NoAnswer
from bot.present.card import Card, SelectMenu
from bot.present.words.text import plain
from bot.store import links
from cogs.kit.answers import replace, reply
from cogs.kit.asking import the_bot
from cogs.kit.buttons import Answer, Menu, Owned, add
from cogs.kit.options import mine
from cogs.kit.sharing import shareable
from cogs.questions.people.links import claim
from cogs.questions.people.players import stats_card

LINKED = "-# linked with this player: `/unlink` takes that back"
NOT_LINKED = "This member has not said who that is on the game server: `/link` is for it."
HOW = "Say once which player you are, with `/me` or `/link`; then I know you everywhere."


class WhoAreYou(Menu, Owned, begins="who"):
    """Who asks about himself for the first time picks a name; then the question is answered."""

    answer = Answer.IN_PLACE

    async def picked(self, itx: discord.Interaction, value: str) -> None:
        """Link, or ask an admin to, and show the numbers."""
        outcome = await claim(itx, value)
        card = await stats_card(itx, value, None)
        await replace(itx, shareable(dataclasses.replace(card, lines=(*card.lines, f"-# {outcome}")), owner=self.owner))


async def _who_are_you(itx: discord.Interaction) -> Card:
    """The 25 players who were here last; raises `NoAnswer` where nobody was."""
    recent = await the_bot(itx).app.names.search("", limit=25)
    if not recent:
        raise NoAnswer("No round has been imported yet.")
    options = tuple((plain(player.name, limit=100).strip() or player.guid, player.guid) for player in recent)
    menu = SelectMenu(custom_id=str(WhoAreYou(owner=itx.user.id)), placeholder="I am …", options=options)
    return Card(
        title="Which player are you?",
        lines=("Pick your name: these were here last. Not among them? `/link` finds any name that you ever wore.",),
        menus=(menu,),
    )


class Me(commands.Cog):
    """What is only for the one who asks."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot
        self.menu = app_commands.ContextMenu(name="ET stats", callback=self._of_member)
        bot.tree.add_command(self.menu)

    async def cog_unload(self) -> None:
        """Take the menu entry away."""
        self.bot.tree.remove_command(self.menu.name, type=self.menu.type)

    @app_commands.command()
    async def me(self, itx: discord.Interaction) -> None:
        """Your own numbers, form and next places, for your eyes only until you share them."""
        await defer(itx, private=True)
        guid = await mine(itx)
        if guid is None:
            await reply(itx, await _who_are_you(itx), private=True)
            return
        card = await stats_card(itx, guid, None)
        await _send(itx, dataclasses.replace(card, lines=(*card.lines, LINKED)))

    async def _of_member(self, itx: discord.Interaction, member: discord.Member) -> None:
        """The numbers of the player that a member is."""
        await defer(itx, private=True)
        guid = await links.guid_of(self.bot.app.db, member.id)
        if guid is None:
            raise NoAnswer(HOW if member.id == itx.user.id else NOT_LINKED)
        await _send(itx, await stats_card(itx, guid, None))


async def _send(itx: discord.Interaction, card: Card) -> None:
    await reply(itx, shareable(card, owner=itx.user.id), private=True)


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Me, WhoAreYou)
