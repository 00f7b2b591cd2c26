"""`/me` and the menu *ET stats* on a member: a private card."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.errors import NoAnswer
from bot.present.card import Card
from bot.present.embeds import embed, view
from bot.store import links
from cogs.options import mine
from cogs.players import stats_card

HOW = "Say once which player you are, with `/link`; then I know you everywhere."


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
        """Your own numbers, for your eyes only until you share them."""
        await itx.response.defer(ephemeral=True)
        guid = await mine(itx)
        if guid is None:
            raise NoAnswer(HOW)
        await _send(itx, await stats_card(itx, guid, None))

    async def _of_member(self, itx: discord.Interaction, member: discord.Member) -> None:
        """The numbers of the player that a member is."""
        await itx.response.defer(ephemeral=True)
        guid = await links.guid_of(self.bot.app.db, member.id)
        if guid is None:
            whose = HOW if member.id == itx.user.id else "He has not said which player he is: `/link` is for that."
            raise NoAnswer(whose)
        await _send(itx, await stats_card(itx, guid, None))


async def _send(itx: discord.Interaction, card: Card) -> None:
    shareable = replace(card, buttons=(*card.buttons, ("Share", f"share:{itx.user.id}")))
    buttons = view(shareable) or discord.utils.MISSING
    await itx.followup.send(embed=embed(shareable), view=buttons, ephemeral=True, allowed_mentions=NOBODY)


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    await bot.add_cog(Me(bot))
