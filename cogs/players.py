"""`/stats`: one player's numbers."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.errors import StoreError
from bot.present.embeds import embed
from bot.present.results import career_card
from bot.present.text import plain, safe_name
from bot.store import players


class Players(commands.Cog):
    """What somebody did in all rounds that count."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot
        self.names = bot.app.names

    @app_commands.command()
    @app_commands.describe(player="any name he ever wore, or his GUID; leave empty for yourself")
    async def stats(self, itx: discord.Interaction, player: str | None = None) -> None:
        """A player's kills, damage, accuracy and more."""
        await itx.response.defer()
        text = player or itx.user.display_name
        found = await self.names.resolve(text)
        career = await players.career(self.bot.app.db, found.guid) if found else None
        if career is not None:
            await itx.followup.send(embed=embed(career_card(career)), allowed_mentions=NOBODY)
        elif found is not None:
            await itx.followup.send(
                f"{safe_name(found.name)} has played no round that counts.", allowed_mentions=NOBODY
            )
        else:
            await itx.followup.send(await self._nobody(text), allowed_mentions=NOBODY)

    async def _nobody(self, text: str) -> str:
        like = await self.names.search(text, limit=3) if text.strip() else []
        near = [safe_name(one.alias) for one in like or await self.names.search("", limit=3)]
        if not near:
            return "No round has been imported yet."
        offered = f"did you mean {', '.join(near)}?" if like else f"lately seen: {', '.join(near)}."
        return f"I know no player called {safe_name(text)}; {offered} Pick one from the menu while you type."

    @stats.autocomplete("player")
    async def _offer(self, itx: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        try:
            found = await self.names.search(text, limit=25)
        except StoreError:  # a menu cannot say why; the command can
            return []
        return [
            app_commands.Choice(name=plain(self.names.label(one), limit=100), value=one.guid[:100]) for one in found
        ]


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    await bot.add_cog(Players(bot))
