"""`/stats`, `/form`, `/find`: one player."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.domain.stats.scope import LAST, Scope
from bot.errors import NoAnswer
from bot.present.card import Card
from bot.present.charts import charts
from bot.present.charts.player_charts import form_chart
from bot.present.embeds import embed, embeds, files, view
from bot.present.words.players import FOUND, career_card, form_card, found_card
from bot.present.words.text import safe_name
from bot.store.questions import baselines, players
from cogs.kit.asking import explained, require_owner, the_bot
from cogs.kit.options import (
    PLAYER_HELP,
    SCOPE_HELP,
    PlayerArgument,
    ScopeArgument,
    chosen,
    mine,
    player_or_me,
    read_scope,
)
from cogs.kit.sharing import is_private, shareable

QUICK = {"All time": Scope().text, "30 days": "30d", "Last session": LAST}


class OtherScope(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"st:(?P<owner>\d+):(?P<guid>[^:]+):(?P<scope>.*)",
):
    """The same player over another scope, in place."""

    def __init__(self, match: re.Match[str]) -> None:
        super().__init__(discord.ui.Button(label="Scope", custom_id=match[0]))
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> OtherScope:
        """Made anew for every click."""
        return cls(match)

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Show it."""
        require_owner(itx, int(self.match["owner"]))
        await itx.response.defer()
        card = await stats_card(itx, self.match["guid"], await read_scope(itx, self.match["scope"]))
        if is_private(itx):
            card = shareable(card, owner=itx.user.id)
        await itx.edit_original_response(embed=embed(card), view=view(card), allowed_mentions=NOBODY)


async def stats_card(itx: discord.Interaction, guid: str, scope: Scope | None) -> Card:
    """A player's numbers, with the buttons to other scopes and to the explanation; raises `NoAnswer`."""
    over = await chosen(itx, scope)
    career = await players.career(the_bot(itx).app.db, over, guid)
    if career is None:
        raise no_such_player()
    return career_card(career, buttons=other_scopes(itx.user.id, guid, over.scope.text))


def other_scopes(owner: int, guid: str, text: str) -> list[tuple[str, str]]:
    """The buttons under a player's numbers over a scope; none for a GUID that would break their ids."""
    if ":" in guid:
        return []
    buttons = [(label, f"st:{owner}:{guid}:{quick}") for label, quick in QUICK.items() if quick != text]
    return [*buttons, ("Explain", f"explain:{owner}:{guid}:{text}")]


def no_such_player() -> NoAnswer:
    """A GUID that no stored round has: after a rebuild without its files, or from a made-up button."""
    return NoAnswer("Nobody with that GUID has ever played here.")


class Players(commands.Cog):
    """What somebody did in the rounds that count."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.describe(player=PLAYER_HELP, scope=SCOPE_HELP)
    async def stats(
        self, itx: discord.Interaction, player: PlayerArgument | None = None, scope: ScopeArgument | None = None
    ) -> None:
        """A player's K/D, kills, damage, accuracy, revives and more."""
        await itx.response.defer()
        who = await player_or_me(itx, player)
        card = await stats_card(itx, who.guid, scope)
        await itx.followup.send(embed=embed(card), view=view(card) or discord.utils.MISSING, allowed_mentions=NOBODY)

    @app_commands.command()
    @app_commands.describe(player=PLAYER_HELP)
    async def form(self, itx: discord.Interaction, player: PlayerArgument | None = None) -> None:
        """A player's last ten rounds, against his own mean."""
        await itx.response.defer()
        who = await player_or_me(itx, player)
        form = await players.form(self.bot.app.db, await chosen(itx, None), who.guid)
        if form is None:
            raise NoAnswer(f"{safe_name(who.name)} has played no round that counts.")
        picture = await asyncio.to_thread(charts.lines, form_chart(form))
        latest = await baselines.of_round(self.bot.app.db, form.rounds[0].round_id, who.guid)
        card = replace(form_card(form, latest=latest), pictures=(picture,))
        await itx.followup.send(embeds=embeds(card), files=files(card), allowed_mentions=NOBODY)

    @app_commands.command()
    @app_commands.describe(name="any part of a name, or of a GUID")
    async def find(self, itx: discord.Interaction, name: app_commands.Range[str, 1, 64]) -> None:
        """Who is behind a name: players, all their names, their GUIDs."""
        await itx.response.defer(ephemeral=True)
        found = await self.bot.app.names.search(name, limit=25, own=await mine(itx))
        if not found:
            raise NoAnswer(f"Nobody called anything like {safe_name(name)} has ever played here.")
        aliases = await players.aliases(self.bot.app.db, [one.guid for one in found[:FOUND]])
        card = shareable(found_card(name, found, aliases), owner=itx.user.id)
        buttons = view(card) or discord.utils.MISSING
        await itx.followup.send(embed=embed(card), view=buttons, ephemeral=True, allowed_mentions=NOBODY)


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    bot.add_dynamic_items(OtherScope)
    await bot.add_cog(Players(bot))
