"""Buttons and menus: what they remember is their custom id, so they answer for ever, after every restart."""

from __future__ import annotations

from enum import Enum, auto
from typing import Any, ClassVar

import discord
from discord.ext import commands

from bot.client import StatsBot
from bot.domain.buttons import CustomId
from bot.errors import NoAnswer
from cogs.kit.asking import require_admin, require_owner, the_bot

UNKNOWN = "I do not know that button any more: use the command again."


class Answer(Enum):
    """How a press is acknowledged, before anything slow is done."""

    PRIVATE = auto()
    """A message follows that only who pressed sees."""
    IN_PLACE = auto()
    """The message with the button says something else then."""
    ITS_OWN = auto()
    """The button does it, at once."""


class Component(CustomId):
    """What `Button` and `Menu` share."""

    answer: ClassVar[Answer] = Answer.PRIVATE
    for_admins: ClassVar[bool] = False


class Button(Component):
    """A button: its fields are its state; raise `NoAnswer` for a sentence."""

    async def pressed(self, itx: discord.Interaction) -> None:
        """Ask, show, stop."""
        raise NotImplementedError


class Menu(Component):
    """A select menu: its fields are its state; raise `NoAnswer` for a sentence."""

    async def picked(self, itx: discord.Interaction, value: str) -> None:
        """Ask, show, stop; `value`: of the option that was picked."""
        raise NotImplementedError


class Owned(CustomId):
    """Of an answer that belongs to who asked: whoever else presses it in place gets a private copy."""

    owner: int


async def add(bot: StatsBot, *parts: type[commands.Cog] | type[Component]) -> None:
    """What a module's `setup` calls: from now on its commands, buttons and menus answer."""
    bot.add_dynamic_items(_Pressed)
    for part in parts:
        if issubclass(part, commands.Cog):
            await bot.add_cog(part(bot))
        elif bot.components.setdefault(part.begins, part) is not part:
            raise TypeError(f"two components begin with {part.begins!r}")


class _Pressed(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"[\s\S]+"):
    """The one item that discord.py knows: it reads the custom id of whatever was pressed, and hands on."""

    @classmethod
    async def from_custom_id(cls, itx: discord.Interaction, item: discord.ui.Item[Any], match: object, /) -> _Pressed:
        """Made anew for every press."""
        return cls(item)

    async def callback(self, itx: discord.Interaction) -> None:
        """A press that fails ends in a sentence, as a command does."""
        try:
            await self._answer(itx)
        except Exception as error:  # whatever it is, somebody waits for an answer
            await the_bot(itx).on_failed_interaction(itx, error)

    async def _answer(self, itx: discord.Interaction) -> None:
        the_bot(itx).require_patience(itx.user.id)
        component = _read(the_bot(itx), self.custom_id)
        if component.for_admins:
            require_admin(itx)
        answer = component.answer
        if isinstance(component, Owned) and component.owner != itx.user.id:
            if answer is not Answer.IN_PLACE or component.for_admins:
                require_owner(itx, component.owner)
            component, answer = _own_copy(component, owner=itx.user.id), Answer.PRIVATE
        match answer:
            case Answer.PRIVATE:
                await itx.response.defer(ephemeral=True, thinking=True)
            case Answer.IN_PLACE:
                await itx.response.defer()
            case Answer.ITS_OWN:
                pass
        if isinstance(component, Button):
            await component.pressed(itx)
        elif isinstance(component, Menu) and isinstance(self.item, discord.ui.Select):
            await component.picked(itx, self.item.values[0])
        else:
            raise NoAnswer(UNKNOWN)


def _own_copy(component: Component, *, owner: int) -> Component:
    """The same for whoever pressed it."""
    return type(component)(**{**vars(component), "owner": owner})


def _read(bot: StatsBot, custom_id: str) -> Component:
    for kind in bot.components.values():
        component = kind.read(custom_id)
        if isinstance(component, Component):
            return component
    raise NoAnswer(UNKNOWN)
