"""`/stats`: one player's numbers."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.present.embeds import embed
from bot.present.results import career_card
from bot.present.text import plain, safe_name
from bot.store import players
from bot.store.names import Names


class Players(commands.Cog):
    """What somebody did in all rounds that count."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot
        self.names = Names(bot.app.db)

    @app_commands.command()
    @app_commands.describe(player="any name he ever wore, or his GUID")
    async def stats(self, itx: discord.Interaction, player: str | None = None) -> None:
        """A player's kills, damage, accuracy and more."""
        await itx.response.defer()
        text = player or itx.user.display_name
        found = await self.names.resolve(text)
        career = await players.career(self.bot.app.db, found.guid) if found else None
        if career is None:
            await itx.followup.send(await self._nobody(text), allowed_mentions=NOBODY)
            return
        await itx.followup.send(embed=embed(career_card(career)), allowed_mentions=NOBODY)

    async def _nobody(self, text: str) -> str:
        near = [safe_name(one.name) for one in await self.names.search("", limit=3)]
        offered = f" Lately seen: {', '.join(near)}." if near else " No round has been imported yet."
        return f"I know no player by the name {safe_name(text)}; pick one from the menu while you type.{offered}"

    @stats.autocomplete("player")
    async def _offer(self, itx: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        found = await self.names.search(text, limit=25)
        return [
            app_commands.Choice(name=plain(self.names.label(one), limit=100), value=one.guid[:100]) for one in found
        ]


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    await bot.add_cog(Players(bot))
