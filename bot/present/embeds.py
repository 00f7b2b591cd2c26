"""Cards as Discord spells them."""

from __future__ import annotations

import discord

from bot.present.card import Card
from bot.present.text import ELLIPSIS

TITLE, DESCRIPTION, FIELD_NAME, FIELD, FOOTER, TOTAL, CONTENT = 256, 4096, 256, 1024, 2048, 6000, 2000


def embed(card: Card) -> discord.Embed:
    """The card as one embed, within every limit."""
    made = discord.Embed(
        title=_cut(card.title, TITLE), description=_cut("\n".join(card.lines), DESCRIPTION) or None, colour=card.colour
    )
    if card.footer:
        made.set_footer(text=_cut(card.footer, FOOTER))
    for name, value in card.fields[:25]:
        made.add_field(name=_cut(name, FIELD_NAME), value=_cut(value, FIELD), inline=len(value) < 100)
        if len(made) > TOTAL:
            made.remove_field(-1)
            break
    return made


def view(card: Card) -> discord.ui.View | None:
    """The card's buttons; they answer after restarts, since their state is their custom id."""
    if not card.buttons:
        return None
    made = discord.ui.View(timeout=None)
    for label, custom_id in card.buttons:
        made.add_item(discord.ui.Button(label=label, style=discord.ButtonStyle.secondary, custom_id=custom_id))
    return made


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + ELLIPSIS
