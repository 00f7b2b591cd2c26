"""The same question once more: over all time, or about the player that somebody says he is."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.client import StatsBot
from bot.domain.buttons import Text
from bot.errors import NoAnswer, NoRounds
from bot.present.card import AMBER, Card
from cogs.kit.answers import reply
from cogs.kit.asking import the_bot
from cogs.kit.buttons import UNKNOWN, Answer, Button, Owned, add

ME = "?"
"""Stands in a question for the player that is asked for."""
_PLACES = "0123456789abcdefghijklmno"
"""A letter for the place of each option: a command has 25 at most."""


def question_of(itx: discord.Interaction, **changed: str | None) -> str:
    """What was asked, short enough for a custom id: `stats|0anna|1last week`; `changed`: other options, by name.

    Empty for what was no slash command.
    """
    command = itx.command
    if not isinstance(command, app_commands.Command):
        return ""
    asked = {**vars(itx.namespace), **changed}
    named = zip(_PLACES, (option.display_name for option in command.parameters), strict=False)
    parts = [f"{place}{asked[name]}".replace("|", " ") for place, name in named if asked.get(name) is not None]
    return "|".join([command.qualified_name, *parts])


async def ask_again(itx: discord.Interaction, question: str, *, me: str = "") -> None:
    """Answer a question of `question_of`, as if it had just been typed; `me`: the GUID for `ME`. Raises `NoAnswer`."""
    name, *parts = question.split("|")
    command = the_bot(itx).tree.get_command(name)
    if not isinstance(command, app_commands.Command):
        raise NoAnswer(UNKNOWN)
    by_place = dict(zip(_PLACES, command.parameters, strict=False))
    options = [_option(by_place[part[0]], part[1:], me=me) for part in parts if part and part[0] in by_place]
    asked = app_commands.Namespace(itx, {}, options)  # type: ignore[arg-type]  # options as Discord sends them
    # discord.py has no other way to run a command as it is, with its transformers and checks
    await command._invoke_with_namespace(itx, asked)


def _option(option: app_commands.Parameter, value: str, *, me: str) -> dict[str, Any]:
    typed: str | int | bool = me if value == ME else value
    if option.type is discord.AppCommandOptionType.integer:
        typed = int(value)
    elif option.type is discord.AppCommandOptionType.boolean:
        typed = value == str(True)
    return {"name": option.display_name, "type": option.type.value, "value": typed}


class AllTime(Button, Owned, begins="at"):
    """Under a private "no round in this scope": the same over all time, for whom the question was asked."""

    answer = Answer.IN_PLACE
    question: Text

    async def pressed(self, itx: discord.Interaction) -> None:
        """Answer it."""
        await ask_again(itx, self.question)


async def _nothing_there(itx: discord.Interaction, error: NoAnswer) -> None:
    """Say that the scope is empty, and offer all time."""
    everything = str(AllTime(owner=itx.user.id, question=question_of(itx, when=None)))
    card = Card(lines=(str(error),), colour=AMBER, buttons=(("All time", everything),))
    await reply(itx, card, private=True)


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    bot.aids[NoRounds] = _nothing_there
    await add(bot, AllTime)
