"""`/help`: what people ask, and which command answers it."""

from __future__ import annotations

import json

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.present.card import Card
from bot.present.words.help import QUESTIONS, help_card
from bot.store import facts
from cogs.kit.answers import replace, reply
from cogs.kit.asking import the_bot
from cogs.kit.buttons import Answer, Menu, Owned, add


class HelpTopicMenu(Menu, Owned, begins="help"):
    """Another topic, in place."""

    answer = Answer.IN_PLACE

    async def picked(self, itx: discord.Interaction, value: str) -> None:
        """Show what was chosen."""
        await replace(itx, await _card(itx, value))


async def _card(itx: discord.Interaction, topic: str) -> Card:
    """The topic, with commands that can be clicked where Discord has told their ids."""
    known = json.loads(await facts.get(the_bot(itx).app.db, facts.COMMAND_IDS) or "{}")

    def mention(name: str) -> str:
        return f"</{name}:{known[name]}>" if name in known else f"`/{name}`"

    menu = str(HelpTopicMenu(owner=itx.user.id))
    return help_card(topic, mention=mention, menu_id=menu, others=_others(the_bot(itx).tree))


def _others(tree: app_commands.CommandTree[StatsBot]) -> list[tuple[str, str]]:
    """(name, description) of whatever everybody may ask and no question stands for."""
    known = {"help", *(name for _, name, _ in QUESTIONS)}
    commands = [command for command in tree.walk_commands() if isinstance(command, app_commands.Command)]
    return [
        (command.qualified_name, command.description)
        for command in commands
        if command.name not in known and (command.root_parent or command).default_permissions is None
    ]


class Help(commands.Cog):
    """The way in."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    async def help(self, itx: discord.Interaction) -> None:
        """What can I ask? Questions people have, and the command for each."""
        await itx.response.defer(ephemeral=True)
        await reply(itx, await _card(itx, "questions"), private=True)


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Help, HelpTopicMenu)
