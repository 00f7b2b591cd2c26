"""`/me` and the menu *ET stats* on a member: a private card."""

from __future__ import annotations

import dataclasses

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.private import defer
from bot.errors import NoAnswer, WhoAsks
from bot.present.card import Card
from bot.store import links
from cogs.kit.answers import reply
from cogs.kit.buttons import add
from cogs.kit.options import mine
from cogs.kit.sharing import ALONE, shareable
from cogs.questions.people.players import stats_card

LINKED = f"{ALONE}linked with this player, `/unlink` takes that back"
NOT_LINKED = "This member has not said who that is on the game server: `/link` is for it."


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
            raise WhoAsks("")
        card = await stats_card(itx, guid, None)
        await _send(itx, dataclasses.replace(card, lines=(*card.lines, LINKED)))

    async def _of_member(self, itx: discord.Interaction, member: discord.User) -> None:
        """The numbers of the player that a member is."""
        await defer(itx, private=True)
        guid = await links.guid_of(self.bot.app.db, member.id)
        if guid is None:
            raise WhoAsks("") if member.id == itx.user.id else NoAnswer(NOT_LINKED)
        await _send(itx, await stats_card(itx, guid, None))


async def _send(itx: discord.Interaction, card: Card) -> None:
    await reply(itx, shareable(card, owner=itx.user.id), private=True)


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Me)
