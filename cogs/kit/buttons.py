"""Buttons and menus: what they remember is their custom id, so they answer for ever, after every restart."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any, ClassVar

import discord
from discord.ext import commands

from bot.client import StatsBot
from bot.domain.buttons import CustomId
from bot.errors import NoAnswer
from bot.present.words.text import plain
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

    sent: ClassVar[tuple[str, ...]] = ()
    """Ids of this kind as they were ever sent, `{me}` for who asked: none is changed or taken away, since they stay
    under messages. (Those of the first kinds are listed in `tests/cogs/kit/test_old_ids.py`.)"""
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


class TextForm(Component):
    """A window with one line to fill in: its fields are its state; raise `NoAnswer` for a sentence."""

    async def submitted(self, itx: discord.Interaction, text: str) -> None:
        """Ask, show, stop; `text`: what was filled in. The interaction is deferred, in private."""
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


async def ask_in(
    itx: discord.Interaction, form: TextForm, *, title: str, label: str, default: str = "", most: int = 100
) -> None:
    """Open the window: the first answer to a press whose component acknowledges on its `ITS_OWN`."""
    window = discord.ui.Modal(title=plain(title, limit=45), custom_id=str(form))
    line: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id="text", default=default or None, max_length=most
    )
    window.add_item(discord.ui.Label(text=plain(label, limit=45), component=line))
    window.stop()  # `Windows` hears of it, so discord.py need not keep it until it is submitted, or for ever
    await itx.response.send_modal(window)


class Windows(commands.Cog):
    """Hands on what was filled in, also of a window that was opened before a restart."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @commands.Cog.listener()
    async def on_interaction(self, itx: discord.Interaction) -> None:
        """Of all interactions, those that submit a window."""
        if itx.type is not discord.InteractionType.modal_submit:
            return
        try:
            await self._submitted(itx, itx.data or {})
        except Exception as error:  # whatever it is, somebody waits for an answer
            await self.bot.on_failed_interaction(itx, error)

    async def _submitted(self, itx: discord.Interaction, data: Mapping[str, Any]) -> None:
        self.bot.require_patience(itx.user.id)
        form = _read(self.bot, str(data.get("custom_id", "")))
        if not isinstance(form, TextForm):
            raise NoAnswer(UNKNOWN)
        if form.for_admins:
            require_admin(itx)
        if isinstance(form, Owned):
            require_owner(itx, form.owner)
        await itx.response.defer(ephemeral=True, thinking=True)
        await form.submitted(itx, _filled_in(data))


def _filled_in(data: Mapping[str, Any]) -> str:
    """The one line, wherever Discord wraps it."""
    for part in data.get("components") or ():
        inside = [part["component"]] if "component" in part else part.get("components") or [part]
        for field in inside:
            if field.get("custom_id") == "text":
                return str(field.get("value") or "").strip()
    return ""


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Windows)


def _own_copy(component: Component, *, owner: int) -> Component:
    """The same for whoever pressed it."""
    return type(component)(**{**vars(component), "owner": owner})


def read_id(bot: StatsBot, custom_id: str) -> Component | None:
    """The button, menu or window of this id; None where this version knows none."""
    for kind in bot.components.values():
        component = kind.read(custom_id)
        if isinstance(component, Component):
            return component
    return None


def _read(bot: StatsBot, custom_id: str) -> Component:
    component = read_id(bot, custom_id)
    if component is None:
        raise NoAnswer(UNKNOWN)
    return component
