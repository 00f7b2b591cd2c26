"""`/stats`: one player's numbers."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.errors import NoAnswer
from bot.present.embeds import embed
from bot.present.results import career_card
from bot.present.text import safe_name
from bot.store import players
from cogs.options import PLAYER_HELP, PlayerArgument, player_or_me


class Players(commands.Cog):
    """What somebody did in all rounds that count."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.describe(player=PLAYER_HELP)
    async def stats(self, itx: discord.Interaction, player: PlayerArgument | None = None) -> None:
        """A player's kills, damage, accuracy and more."""
        await itx.response.defer()
        found = await player_or_me(itx, player)
        career = await players.career(self.bot.app.db, found.guid)
        if career is None:
            raise NoAnswer(f"{safe_name(found.name)} has played no round that counts.")
        await itx.followup.send(embed=embed(career_card(career)), allowed_mentions=NOBODY)


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    await bot.add_cog(Players(bot))
