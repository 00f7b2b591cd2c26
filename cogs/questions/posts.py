"""The buttons under posts: weapons, and the session of the round. *Players* and *Explain* are elsewhere."""

from __future__ import annotations

import re

import discord

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.errors import NoAnswer
from bot.present.embeds import embed
from bot.present.words.weapons import weapons_card
from bot.store.questions import matches, weapons
from cogs.kit.asking import explained, the_bot


class WeaponsButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"weapons:(?P<id>\d{1,12})"):
    """Shows the weapons of the round to the one who asked."""

    def __init__(self, round_id: int) -> None:
        super().__init__(discord.ui.Button(label="Weapons", custom_id=f"weapons:{round_id}"))
        self.round_id = round_id

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> WeaponsButton:
        """Made anew for every click."""
        return cls(int(match["id"]))

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """All weapons, then each player's."""
        await itx.response.defer(ephemeral=True, thinking=True)
        db = the_bot(itx).app.db
        answer = await matches.round_answer(db, self.round_id)
        if answer is None:
            raise NoAnswer("That round is not in this database any more.")
        card = weapons_card(answer, await weapons.weapons(db, self.round_id))
        await itx.followup.send(embed=embed(card), ephemeral=True, allowed_mentions=NOBODY)


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    bot.add_dynamic_items(WeaponsButton)
