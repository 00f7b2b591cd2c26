"""`/map` and `/maps`: times, who wins, who is best."""

from __future__ import annotations

from collections.abc import Iterable

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.private import defer
from bot.domain.buttons import Text
from bot.domain.game.map_names import called, each_once, holding, map_title, spoken, word_of
from bot.domain.stats.people.records import Level
from bot.domain.stats.scope import Scope, map_words, near, on
from bot.errors import NoAnswer, StoreError
from bot.present.card import Card
from bot.present.words.rounds.maps import map_card, maps_card
from bot.present.words.text import plain, safe_name
from bot.store.questions.rounds import maps
from cogs.kit.answers import replace, reply
from cogs.kit.asking import the_bot
from cogs.kit.buttons import Answer, Menu, Owned, add
from cogs.kit.menus import Offer, menu, unread
from cogs.kit.options import SCOPE_HELP, ScopeArgument, chosen, mine, read_scope, scope_of
from cogs.questions.people.boards import links, records_of


async def read_map(itx: discord.Interaction, text: str) -> tuple[str, ...]:
    """The map that somebody typed, by the names of its files; raises `NoAnswer` with the nearest ones."""
    known = await the_bot(itx).app.names.maps()
    if not known:
        raise NoAnswer("No round that counts has been imported yet.")
    versions = called(text.strip(), known) if text.strip() else ()
    if not versions:
        words = map_words(known)
        like = [word for word in near(text.strip().casefold(), known) if word in words] or words[:3]
        names = ", ".join(f"`{plain(spoken(word, known), limit=64)}`" for word in like)
        raise NoAnswer(f"I know no map called {safe_name(text)}: try {names}, or pick one while you type.")
    return versions


async def _map(itx: discord.Interaction, maps_: tuple[str, ...], scope: Scope) -> Card:
    here = on(scope, maps_, await the_bot(itx).app.names.maps())
    if scope.maps and scope.maps != maps_:
        raise NoAnswer(
            f"That is about {safe_name(here.map_label)}: the scope names another map, {safe_name(scope.map_label)}."
        )
    rounds = await chosen(itx, here)
    records = await records_of(itx, rounds, Level.ROUND)
    answer = await maps.map_answer(the_bot(itx).app.db, rounds, records)
    return map_card(answer, links=links(itx, records.records), me=await mine(itx))


def _offers(maps_known: Iterable[tuple[str, ...]]) -> list[Offer]:
    return [(map_title(versions[0]), word_of(versions)) for versions in maps_known]


class MapMenu(Menu, Owned, begins="map"):
    """A map of the list, in its place."""

    answer = Answer.IN_PLACE
    scope: Text

    async def picked(self, itx: discord.Interaction, value: str) -> None:
        """Show it."""
        scope = await read_scope(itx, self.scope)
        await replace(itx, await _map(itx, await read_map(itx, value), scope))


class Maps(commands.Cog):
    """What is played, and how it ends."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.rename(name="map", scope="when")
    @app_commands.describe(name="a map, or any part of its name", scope=SCOPE_HELP)
    async def map(self, itx: discord.Interaction, name: str, scope: ScopeArgument | None = None) -> None:
        """One map: fastest and usual times, attack and defence, records, the best players."""
        await defer(itx)
        await reply(itx, await _map(itx, await read_map(itx, name), await scope_of(itx, scope)))

    @map.autocomplete("name")
    async def _offer(self, itx: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        try:
            known = await self.bot.app.names.maps()
        except StoreError:
            return unread(text)
        like = near(text.strip().casefold(), known)
        every = sorted(each_once(known), key=lambda versions: word_of(versions) not in like)
        fits = each_once(holding(text.strip(), known))
        return menu(text, _offers(fits), what="map", usual=_offers(every))

    @app_commands.command()
    @app_commands.rename(scope="when")
    @app_commands.describe(scope=SCOPE_HELP)
    async def maps(self, itx: discord.Interaction, scope: ScopeArgument | None = None) -> None:
        """Every map: how often it is played, how attacks end, how long they take."""
        await defer(itx)
        asked = await scope_of(itx, scope)
        rounds = await chosen(itx, asked)
        summaries = await maps.listing(self.bot.app.db, rounds)
        custom_id = str(MapMenu(owner=itx.user.id, scope=asked.text))
        await reply(itx, maps_card(summaries, rounds.coverage, menu=custom_id))


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Maps, MapMenu)
