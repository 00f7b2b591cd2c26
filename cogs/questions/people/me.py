"""`/me` and the menu *ET stats* on a member: a private card."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.scope import Scope
from bot.errors import NoAnswer
from bot.present.card import Card
from bot.present.words.people.players import me_card
from bot.store import links
from bot.store.questions.people import players, standings
from cogs.kit.answers import reply
from cogs.kit.buttons import add
from cogs.kit.options import choose_any, chosen, mine
from cogs.kit.sharing import shareable
from cogs.questions.people.players import no_such_player, other_scopes, stats_card

HOW = "Say once which player you are, with `/link`; then I know you everywhere."
PLACES = tuple(BY_NAME[name] for name in ("kd", "dpm", "kills", "revives", "win_rate"))
"""Figures whose next place is told."""
LATELY = Scope(period="30d")
"""The rounds of those places: recent ones, since everybody is added up for them."""


class Me(commands.Cog):
    """What is only for the one who asks."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot
        self.menu = app_commands.ContextMenu(name="ET stats", callback=self._of_member)
        bot.tree.add_command(self.menu)

    async def cog_unload(self) -> None:
        """Take the menu entry away."""
        self.bot.tree.remove_command(self.menu.name, type=self.menu.type)

    @app_commands.command()
    async def me(self, itx: discord.Interaction) -> None:
        """Your own numbers, form and next places, for your eyes only until you share them."""
        await itx.response.defer(ephemeral=True)
        guid = await mine(itx)
        if guid is None:
            raise NoAnswer(HOW)
        await _send(itx, await self._card(itx, guid))

    async def _card(self, itx: discord.Interaction, guid: str) -> Card:
        db, over = self.bot.app.db, await chosen(itx, None)
        career = await players.career(db, over, guid)
        if career is None:
            raise no_such_player()
        return me_card(
            career,
            form=await players.form(db, over, guid),
            boards=await standings.boards(db, await choose_any(itx, LATELY), PLACES),
            buttons=other_scopes(itx.user.id, guid, over.scope.text),
        )

    async def _of_member(self, itx: discord.Interaction, member: discord.Member) -> None:
        """The numbers of the player that a member is."""
        await itx.response.defer(ephemeral=True)
        guid = await links.guid_of(self.bot.app.db, member.id)
        if guid is None:
            whose = HOW if member.id == itx.user.id else "He has not said which player he is: `/link` is for that."
            raise NoAnswer(whose)
        await _send(itx, await stats_card(itx, guid, None))


async def _send(itx: discord.Interaction, card: Card) -> None:
    await reply(itx, shareable(card, owner=itx.user.id), private=True)


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Me)
