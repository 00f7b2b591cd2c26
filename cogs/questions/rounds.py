"""`/round`, and the button under each post."""

from __future__ import annotations

import re
from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.errors import StoreError
from bot.present.embeds import embed, view
from bot.present.words.baselines import beside_usual
from bot.present.words.matches import details_card, round_card
from bot.present.words.text import plain, safe_name
from bot.store.questions import baselines, matches
from cogs.kit.asking import explained, the_bot
from cogs.kit.options import mine


class RoundDetailsButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"round:(?P<id>\d{1,12}):(?:round|match)"
):
    """The button under a post: its state is its custom id, so it answers after every restart."""

    def __init__(self, round_id: int, custom_id: str) -> None:
        super().__init__(discord.ui.Button(label="Players", custom_id=custom_id))
        self.round_id = round_id

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> RoundDetailsButton:
        """Made anew for every click."""
        return cls(int(match["id"]), match[0])

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Show the second table to the one who asked."""
        await itx.response.defer(ephemeral=True, thinking=True)
        answer = await matches.round_answer(the_bot(itx).app.db, self.round_id)
        if answer is None:
            await itx.followup.send("That round is not in this database any more.", ephemeral=True)
            return
        card = details_card(answer, me=await mine(itx))
        await itx.followup.send(embed=embed(card), ephemeral=True, allowed_mentions=NOBODY)


class Rounds(commands.Cog):
    """What happened in one round."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.describe(id="leave empty for the latest; or type a map's name or a number")
    async def round(self, itx: discord.Interaction, id: str | None = None) -> None:
        """The latest round, or any other one."""
        await itx.response.defer()
        db = self.bot.app.db
        latest = await matches.latest(db)
        wanted = latest if id is None else await matches.resolve(db, id)
        answer = await matches.round_answer(db, wanted) if wanted is not None else None
        if answer is None:
            await itx.followup.send(_unknown(id if latest is not None else None), allowed_mentions=NOBODY)
            return
        first = await matches.first_half(db, answer.id)
        whole = await matches.match_answer(db, answer.id) if first is not None else None
        me = await mine(itx)
        card = round_card(answer, first=first, whole=whole, me=me)
        own = [] if me is None else beside_usual(await baselines.of_round(db, answer.id, me))
        card = replace(card, lines=(*card.lines, *own), buttons=_buttons(answer.id, owner=itx.user.id))
        await itx.followup.send(embed=embed(card), view=view(card) or discord.utils.MISSING, allowed_mentions=NOBODY)

    @round.autocomplete("id")
    async def _offer(self, itx: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        try:
            found = await matches.round_choices(self.bot.app.db, text)
        except StoreError:  # a menu cannot say why; the command can
            return []
        zone = self.bot.app.rules.zone
        return [
            app_commands.Choice(name=plain(matches.label(one, zone), limit=100), value=str(one.id)) for one in found
        ]


def _buttons(round_id: int, *, owner: int) -> tuple[tuple[str, str], ...]:
    """Where one can go from a round."""
    return (
        ("Match", f"m:{owner}:{round_id}:total"),
        ("Players", f"round:{round_id}:round"),
        ("Weapons", f"weapons:{round_id}"),
        ("Explain", f"explain:round:{round_id}"),
        ("Session", f"session:of:{round_id}"),
    )


def _unknown(text: str | None) -> str:
    if text is None:
        return "No round has been imported yet."
    return f"I know no round by {safe_name(text)}: pick one from the menu while you type."


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    bot.add_dynamic_items(RoundDetailsButton)
    await bot.add_cog(Rounds(bot))
