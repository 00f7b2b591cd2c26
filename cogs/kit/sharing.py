"""The *Share* button: makes a private answer public."""

from __future__ import annotations

import re
from dataclasses import replace

import discord

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.errors import NoAnswer
from bot.present.card import Card
from bot.present.words.text import safe_name
from cogs.kit.asking import explained, require_owner


def shareable(card: Card, *, owner: int) -> Card:
    """The card of a private answer, with the button below it that its asker may press."""
    return replace(card, buttons=(*card.buttons, ("Share", f"share:{owner}")))


def is_private(itx: discord.Interaction) -> bool:
    """The button that was pressed is under an answer that only its asker sees."""
    return itx.message is not None and itx.message.flags.ephemeral


class ShareButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"share:(?P<owner>\d{1,20})"):
    """Under an answer that only its asker sees."""

    def __init__(self, owner: int) -> None:
        super().__init__(discord.ui.Button(label="Share", custom_id=f"share:{owner}"))
        self.owner = owner

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> ShareButton:
        """Made anew for every click."""
        return cls(int(match["owner"]))

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """The same for everybody, without buttons: those belong to whoever asked."""
        require_owner(itx, self.owner)
        embeds = itx.message.embeds if itx.message is not None else []
        if not embeds:
            raise NoAnswer("There is nothing here that could be shared.")
        text = f"-# shared by {safe_name(itx.user.display_name)}"
        await itx.response.send_message(text, embeds=embeds, allowed_mentions=NOBODY)


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    bot.add_dynamic_items(ShareButton)
