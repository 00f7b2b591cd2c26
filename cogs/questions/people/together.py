"""`/team`, `/activity` and `/moments`: with whom one wins, when people play, and one's best rounds."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.private import defer
from bot.present.words.people.together import activity_card, moments_card, team_card
from bot.store.questions.people import together
from cogs.kit.answers import reply
from cogs.kit.buttons import add
from cogs.kit.options import (
    PLAYER_HELP,
    SCOPE_HELP,
    PlayerArgument,
    ScopeArgument,
    asked_about,
    chosen,
    mine,
    nothing_there,
    scope_of,
)


class Together(commands.Cog):
    """Who plays with whom, and when."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.rename(scope="when")
    @app_commands.describe(player=PLAYER_HELP, scope=SCOPE_HELP)
    async def team(
        self, itx: discord.Interaction, player: PlayerArgument | None = None, scope: ScopeArgument | None = None
    ) -> None:
        """A player's matches: won on which maps, with whom, against whom."""
        await defer(itx)
        who, over = await asked_about(itx, player, scope)
        record = await together.record(self.bot.app.db, over, who.guid)
        if not record.score.played:
            raise await nothing_there(itx, who.guid, who.name, "has played no match to its end", over)
        await reply(itx, team_card(record, me=await mine(itx)))

    @app_commands.command()
    @app_commands.rename(scope="when")
    @app_commands.describe(scope=SCOPE_HELP)
    async def activity(self, itx: discord.Interaction, scope: ScopeArgument | None = None) -> None:
        """When do we play, by weekday and hour, and who is usually there?"""
        await defer(itx)
        over, zone = await chosen(itx, await scope_of(itx, scope)), self.bot.app.rules.zone
        activity = await together.activity(self.bot.app.db, over, zone=zone)
        await reply(itx, activity_card(activity, zone=str(zone), me=await mine(itx)))

    @app_commands.command()
    @app_commands.rename(scope="when")
    @app_commands.describe(player=PLAYER_HELP, scope=SCOPE_HELP)
    async def moments(
        self, itx: discord.Interaction, player: PlayerArgument | None = None, scope: ScopeArgument | None = None
    ) -> None:
        """A player's best rounds by ten stats, each with its map and round."""
        await defer(itx)
        who, over = await asked_about(itx, player, scope)
        best = await together.moments(self.bot.app.db, over, who.guid)
        if not best.moments:
            raise await nothing_there(itx, who.guid, who.name, "has no round to be proud of", over)
        await reply(itx, moments_card(best))


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Together)
