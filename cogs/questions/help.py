"""`/help`: what people ask, and which command answers it."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.private import defer
from bot.present.card import Card
from bot.present.words.help import QUESTIONS, help_card
from cogs.kit.answers import replace, reply
from cogs.kit.asking import is_admin, the_bot
from cogs.kit.buttons import Answer, Menu, Owned, add


class HelpTopicMenu(Menu, Owned, begins="help"):
    """Another topic, in place."""

    answer = Answer.IN_PLACE

    async def picked(self, itx: discord.Interaction, value: str) -> None:
        """Show what was chosen."""
        await replace(itx, _card(itx, value))


def _card(itx: discord.Interaction, topic: str) -> Card:
    """The topic."""
    menu = str(HelpTopicMenu(owner=itx.user.id))
    commands = _commands(the_bot(itx).tree)
    asked = {"help", *(name for _, name, _ in QUESTIONS)}
    others = [(name, text) for name, text, for_admins in commands if not for_admins and name not in asked]
    admins = [(name, text) for name, text, for_admins in commands if for_admins] if is_admin(itx) else []
    return help_card(topic, menu_id=menu, others=others, admins=admins)


def _commands(tree: app_commands.CommandTree[StatsBot]) -> list[tuple[str, str, bool]]:
    """(name, description, whether it is for admins) of every command."""
    commands = [command for command in tree.walk_commands() if isinstance(command, app_commands.Command)]
    return [
        (command.qualified_name, command.description, (command.root_parent or command).default_permissions is not None)
        for command in commands
    ]


class Help(commands.Cog):
    """The way in."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    async def help(self, itx: discord.Interaction) -> None:
        """What can I ask? Questions people have, and the command for each."""
        await defer(itx, private=True)
        await reply(itx, _card(itx, "questions"), private=True)


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Help, HelpTopicMenu)
