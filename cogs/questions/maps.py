"""`/map` and `/maps`: times, who wins, who is best."""

from __future__ import annotations

import re
from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.domain.stats.records import Level
from bot.domain.stats.scope import Scope, near, one_map
from bot.errors import NoAnswer, StoreError
from bot.present.card import Card
from bot.present.words.maps import map_card, maps_card
from bot.present.words.text import plain, safe_name
from bot.store.questions import maps
from cogs.kit.asking import explained, require_owner, the_bot
from cogs.kit.options import SCOPE_HELP, ScopeArgument, chosen, mine, read_scope
from cogs.questions.boards import links, records_of, send, turn


async def read_map(itx: discord.Interaction, text: str) -> str:
    """The map that somebody typed; raises `NoAnswer` with the nearest ones."""
    known = await the_bot(itx).app.names.maps()
    if not known:
        raise NoAnswer("No round that counts has been imported yet.")
    found = one_map(text.strip(), known) if text.strip() else None
    if found is None:
        like = [one for one in near(text.strip().casefold(), known) if one in known] or known[:3]
        names = ", ".join(f"`{plain(one, limit=64)}`" for one in like)
        raise NoAnswer(f"I know no map called {safe_name(text)}: try {names}, or pick one while you type.")
    return found


async def _map(itx: discord.Interaction, name: str, scope: Scope) -> Card:
    if scope.map not in (None, name):
        raise NoAnswer(f"That is about {safe_name(name)}: the scope names another map, {safe_name(scope.map or '')}.")
    rounds = await chosen(itx, replace(scope, map=name))
    records = await records_of(itx, rounds, Level.ROUND)
    answer = await maps.map_answer(the_bot(itx).app.db, rounds, records)
    return map_card(answer, links=links(itx, records.records), me=await mine(itx))


class MapMenu(
    discord.ui.DynamicItem[discord.ui.Select[discord.ui.View]],
    template=r"map:(?P<owner>\d{1,20}):(?P<scope>.{1,100})",
):
    """A map of the list, in its place."""

    def __init__(self, match: re.Match[str]) -> None:
        super().__init__(discord.ui.Select(custom_id=match[0]))
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> MapMenu:
        """Made anew for every choice."""
        return cls(match)

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Show it."""
        require_owner(itx, int(self.match["owner"]))
        await itx.response.defer()
        scope = await read_scope(itx, self.match["scope"])
        await turn(itx, await _map(itx, await read_map(itx, self.item.values[0]), scope))


class Maps(commands.Cog):
    """What is played, and how it ends."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.describe(name="a map, or any part of its name", scope=SCOPE_HELP)
    async def map(self, itx: discord.Interaction, name: str, scope: ScopeArgument | None = None) -> None:
        """One map: times, attack and defence, records, the best players."""
        await itx.response.defer()
        await send(itx, await _map(itx, await read_map(itx, name), scope or Scope()))

    @map.autocomplete("name")
    async def _offer(self, itx: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        wanted = text.strip().casefold()
        try:
            known = await self.bot.app.names.maps()
        except StoreError:  # a menu cannot say why; the command can
            return []
        return [app_commands.Choice(name=one, value=one) for one in known if wanted in one.casefold()][:25]

    @app_commands.command()
    @app_commands.describe(scope=SCOPE_HELP)
    async def maps(self, itx: discord.Interaction, scope: ScopeArgument | None = None) -> None:
        """Every map: how often it is played, how attacks end, how long they take."""
        await itx.response.defer()
        asked = scope or Scope()
        rounds = await chosen(itx, asked)
        found = await maps.listing(self.bot.app.db, rounds)
        zone = self.bot.app.rules.zone
        await send(itx, maps_card(found, rounds.coverage, owner=itx.user.id, scope=asked.text, zone=zone))


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    bot.add_dynamic_items(MapMenu)
    await bot.add_cog(Maps(bot))
