"""`/help`: what people ask, and which command answers it."""

from __future__ import annotations

import json
import re

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.present.card import Card
from bot.present.embeds import embed, view
from bot.present.words.help import TOPICS, help_card
from bot.store import facts
from cogs.kit.asking import explained, require_owner, the_bot


class HelpTopicMenu(discord.ui.DynamicItem[discord.ui.Select[discord.ui.View]], template=r"help:(?P<owner>\d+)"):
    """Another topic, in place."""

    def __init__(self, owner: int) -> None:
        options = [discord.SelectOption(label=title, value=name) for name, title in TOPICS.items()]
        super().__init__(discord.ui.Select(custom_id=f"help:{owner}", options=options))
        self.owner = owner

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> HelpTopicMenu:
        """Made anew for every choice."""
        return cls(int(match["owner"]))

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Show what was chosen."""
        require_owner(itx, self.owner)
        await itx.response.defer()
        card = await _card(itx, self.item.values[0])
        await itx.edit_original_response(embed=embed(card), view=view(card), allowed_mentions=NOBODY)


async def _card(itx: discord.Interaction, topic: str) -> Card:
    """The topic, with commands that can be clicked where Discord has told their ids."""
    known = json.loads(await facts.get(the_bot(itx).app.db, facts.COMMAND_IDS) or "{}")

    def mention(name: str) -> str:
        return f"</{name}:{known[name]}>" if name in known else f"`/{name}`"

    return help_card(topic, mention=mention, menu_id=f"help:{itx.user.id}")


class Help(commands.Cog):
    """The way in."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    async def help(self, itx: discord.Interaction) -> None:
        """What can I ask? Questions people have, and the command for each."""
        await itx.response.defer(ephemeral=True)
        card = await _card(itx, "questions")
        buttons = view(card) or discord.utils.MISSING
        await itx.followup.send(embed=embed(card), view=buttons, ephemeral=True, allowed_mentions=NOBODY)


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    bot.add_dynamic_items(HelpTopicMenu)
    await bot.add_cog(Help(bot))
