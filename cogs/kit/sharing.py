"""The *Share* button: makes a private answer public."""

from __future__ import annotations

import re
from dataclasses import replace

import discord

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.errors import NoAnswer
from bot.present.card import Card
from bot.present.words.text import FILE_HEADER, safe_name
from cogs.kit.buttons import Answer, Button, Owned, add

ALONE = "-# For you alone: "
"""Begins a line of a private answer that concerns only who asked."""
_FILE = re.compile(r"\d{4}-\d{2}-\d{2}-\d{6}-")
"""How the name of a round file begins: a long one may be cut."""
_PRIVATE = (ALONE, FILE_HEADER)


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
        """The same for everybody, without buttons, which belong to who asked, and without what is for them alone."""
        embeds = itx.message.embeds if itx.message is not None else []
        if not embeds:
            raise NoAnswer("There is nothing here that could be shared.")
        text = f"-# shared by {safe_name(itx.user.display_name)}"
        shown = [_for_everybody(embed) for embed in embeds]
        await itx.response.send_message(text, embeds=shown, allowed_mentions=NOBODY)


def _for_everybody(embed: discord.Embed) -> discord.Embed:
    """Without the lines that name round files, or quote one, or concern only who asked."""
    fields = [(field.name, _lines(field.value or ""), field.inline) for field in embed.fields]
    made = discord.Embed.from_dict({**embed.to_dict(), "fields": []})
    made.description = _lines(embed.description or "") or None
    for name, left, inline in fields:
        if left:
            made.add_field(name=name, value=left, inline=inline)
    return made


def _lines(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if _FILE.search(line) is None and not line.startswith(_PRIVATE))


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, ShareButton)
