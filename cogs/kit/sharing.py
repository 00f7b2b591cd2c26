"""The *Share* button: makes a private answer public."""

from __future__ import annotations

from dataclasses import replace

import discord

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.errors import NoAnswer
from bot.present.card import Card
from bot.present.words.text import safe_name
from cogs.kit.buttons import Answer, Button, Owned, add


def shareable(card: Card, *, owner: int) -> Card:
    """The card of a private answer, with the button below it that its asker may press."""
    return replace(card, buttons=(*card.buttons, ("Share", str(ShareButton(owner=owner)))))


def is_private(itx: discord.Interaction) -> bool:
    """The button that was pressed is under an answer that only its asker sees."""
    return itx.message is not None and itx.message.flags.ephemeral


class ShareButton(Button, Owned, begins="share"):
    """Under an answer that only its asker sees."""

    answer = Answer.ITS_OWN

    async def pressed(self, itx: discord.Interaction) -> None:
        """The same for everybody, without buttons: those belong to whoever asked."""
        embeds = itx.message.embeds if itx.message is not None else []
        if not embeds:
            raise NoAnswer("There is nothing here that could be shared.")
        text = f"-# shared by {safe_name(itx.user.display_name)}"
        await itx.response.send_message(text, embeds=embeds, allowed_mentions=NOBODY)


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, ShareButton)
