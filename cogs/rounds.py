"""`/round`, and the button under each post."""

from __future__ import annotations

import re

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.present.embeds import embed
from bot.present.results import details_card, round_card
from bot.present.text import plain
from bot.store import results


class RoundId(app_commands.Transformer):
    """A round by its id, or by what the menu offers."""

    async def transform(self, itx: discord.Interaction, value: str) -> int:
        """The id; any text that holds none is refused with a sentence."""
        found = re.search(r"\d{1,12}", value)
        if found is None:
            raise app_commands.TransformerError(value, self.type, self)
        return int(found[0])

    async def autocomplete(self, itx: discord.Interaction, value: str) -> list[app_commands.Choice[str]]:  # type: ignore[override]
        """Newest rounds first, by id or map."""
        bot = itx.client
        assert isinstance(bot, StatsBot)
        zone = bot.settings.zone
        found = await results.choices(bot.app.db, value)
        return [
            app_commands.Choice(name=plain(results.label(one, zone), limit=100), value=str(one.id)) for one in found
        ]


class Details(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"round:(?P<id>\d+):(?:round|match)"
):
    """The button under a post: its state is its custom id, so it answers after every restart."""

    def __init__(self, round_id: int, custom_id: str) -> None:
        super().__init__(discord.ui.Button(label="Details", custom_id=custom_id))
        self.round_id = round_id

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Details:
        """Made anew for every click."""
        return cls(int(match["id"]), match[0])

    async def callback(self, itx: discord.Interaction) -> None:
        """Show the second table to the one who asked."""
        await itx.response.defer(ephemeral=True, thinking=True)
        bot = itx.client
        assert isinstance(bot, StatsBot)
        answer = await results.round_answer(bot.app.db, self.round_id)
        if answer is None:
            await itx.followup.send("That round is not in this database any more.", ephemeral=True)
            return
        await itx.followup.send(embed=embed(details_card(answer)), ephemeral=True, allowed_mentions=NOBODY)


class Rounds(commands.Cog):
    """What happened in one round."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.describe(id="leave empty for the latest; or type a map's name or a number")
    async def round(self, itx: discord.Interaction, id: app_commands.Transform[int, RoundId] | None = None) -> None:
        """The latest round, or any other one."""
        await itx.response.defer()
        db = self.bot.app.db
        wanted = id if id is not None else await results.latest(db)
        answer = await results.round_answer(db, wanted) if wanted is not None else None
        if answer is None:
            text = "No round has been imported yet." if wanted is None else f"There is no round {wanted}."
            await itx.followup.send(text, allowed_mentions=NOBODY)
            return
        card = round_card(answer, first=await results.first_half(db, answer.id))
        await itx.followup.send(embed=embed(card), allowed_mentions=NOBODY)


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    bot.add_dynamic_items(Details)
    await bot.add_cog(Rounds(bot))
