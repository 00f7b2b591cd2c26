"""The `/admin` group: what admins did."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.present.card import Card
from bot.present.words.text import UNKNOWN, plain, safe_name, when
from bot.store import decisions
from cogs.kit.answers import reply
from cogs.kit.asking import require_admin
from cogs.kit.buttons import add

SHOWN = 20


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Admin(commands.GroupCog, group_name="admin", group_description="For the admins of this server"):
    """What only admins may see."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    async def interaction_check(self, itx: discord.Interaction) -> bool:
        """Administrators may hand the command to others; the code still asks."""
        require_admin(itx)
        return True

    @app_commands.command()
    async def log(self, itx: discord.Interaction) -> None:
        """Who used which admin command, and what came of it."""
        await itx.response.defer(ephemeral=True)
        rows = await decisions.logged(self.bot.app.db, limit=SHOWN)
        lines = [
            f"{when(row['at'], 'f')} **{safe_name(row['who'])}** `{_typed(row['command'])}`: "
            f"{safe_name(row['outcome'], limit=60)}"
            for row in rows
        ]
        card = Card(title="What admins did", lines=tuple(lines) or ("Nothing yet.",), footer=f"The newest {SHOWN}")
        await reply(itx, card, private=True)


def _typed(command: str) -> str:
    """A command as it was typed: code, in which nothing needs a backslash."""
    return plain(command, limit=80).replace("`", "'") or UNKNOWN


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Admin)
