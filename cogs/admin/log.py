"""The `/admin` group: what admins did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.private import defer
from bot.present.card import Card
from bot.present.words.text import UNKNOWN, plain, safe_name, unescaped, when
from bot.store import decisions
from cogs.kit.answers import reply
from cogs.kit.asking import note_refusal, require_admin
from cogs.kit.buttons import add, read_id

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
        """Who used which admin command, what came of it, and what was refused."""
        await defer(itx, private=True)
        rows = await decisions.logged(self.bot.app.db, limit=SHOWN)
        lines = [
            f"{when(row['at'], 'f')} **{safe_name(row['who'])}** `{_typed(row['command'])}`: "
            f"{safe_name(unescaped(row['outcome']), limit=100)}"
            for row in rows
        ]
        card = Card(title="What admins did", lines=tuple(lines) or ("Nothing yet.",), footer=f"The newest {SHOWN}")
        await reply(itx, card, private=True)


class Refusals(commands.Cog):
    """Writes down what was refused: who is no admin, and what an admin asked for in vain."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @commands.Cog.listener()
    async def on_refused(self, itx: discord.Interaction, text: str) -> None:
        """The client has answered with a sentence in place of an answer."""
        asked = _asked(self.bot, itx)
        if asked is not None:
            await note_refusal(itx, asked, text)


def _asked(bot: StatsBot, itx: discord.Interaction) -> str | None:
    """What only admins may ask: the command as it was typed, or the button's label; None of all else."""
    data: Mapping[str, Any] = itx.data or {}
    if itx.type is discord.InteractionType.application_command:
        command = itx.command
        root = command.root_parent or command if isinstance(command, app_commands.Command) else command
        if not isinstance(root, app_commands.Command | app_commands.Group) or root.default_permissions is None:
            return None
        options = [f"{name}:{value}" for name, value in vars(itx.namespace).items()]
        return " ".join([f"/{command.qualified_name if command else root.name}", *options])
    component = read_id(bot, str(data.get("custom_id", "")))
    if component is None or not component.for_admins:
        return None
    return f"button {_label(itx) or component.begins}"


def _label(itx: discord.Interaction) -> str:
    """What stood on the button that was pressed."""
    data: Mapping[str, Any] = itx.data or {}
    pressed = data.get("custom_id")
    rows = itx.message.components if itx.message is not None else []
    parts = [part for row in rows if isinstance(row, discord.ActionRow) for part in row.children]
    return next((p.label or "" for p in parts if isinstance(p, discord.Button) and p.custom_id == pressed), "")


def _typed(command: str) -> str:
    """A command as it was typed: code, in which nothing needs a backslash."""
    return plain(command, limit=80).replace("`", "'") or UNKNOWN


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Admin, Refusals)
