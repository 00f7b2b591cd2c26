"""Cards as Discord spells them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import discord

from bot.present.card import Card, SelectMenu
from bot.present.words.text import ELLIPSIS

TITLE, DESCRIPTION, FIELD_NAME, FIELD, FIELDS, TOTAL, CONTENT = 256, 4096, 256, 1024, 25, 6000, 2000
CUSTOM_ID, LABEL, ALT, EMBEDS = 100, 100, 1024, 10
FOOTER = 1024
"""Half of what Discord allows, so that title, description and footer together always fit into the total."""


def embed(card: Card) -> discord.Embed:
    """The card as one embed, within every limit."""
    made = discord.Embed(
        title=_cut(card.title, TITLE),
        description=_cut("\n".join(card.lines), DESCRIPTION) or None,
        colour=card.colour,
        timestamp=None if card.at is None else datetime.fromtimestamp(card.at, UTC),
    )
    if card.footer:
        made.set_footer(text=_cut(card.footer, FOOTER))
    for name, value in card.fields[:FIELDS]:
        made.add_field(name=_cut(name, FIELD_NAME), value=_cut(value, FIELD), inline=False)
        if len(made) > TOTAL:
            made.remove_field(-1)
            break
    return made


def content(card: Card) -> str | None:
    """What stands above everything, and is all that a notification shows: of a large card its title."""
    if card.short:
        return _cut(card.short, CONTENT)
    return f"**{_cut(card.title, TITLE)}**" if card.is_large and card.title else None


def embeds(card: Card) -> list[discord.Embed]:
    """The card's embed with its first picture, and one embed for each further picture; of a large card its words."""
    if card.is_large:
        below = embed(replace(card, title=""))
        return [below] if below.description or below.fields or below.footer.text else []
    made = [embed(card), *(discord.Embed(colour=card.colour) for _ in card.pictures[1:EMBEDS])]
    for shown, picture in zip(made, card.pictures, strict=False):
        shown.set_image(url=f"attachment://{picture.name}")
    return made


def files(card: Card) -> list[discord.File]:
    """The card's pictures as attachments, each with its text for those who do not see it."""
    return [
        discord.File(BytesIO(picture.data), filename=picture.name, description=_cut(picture.alt, ALT))
        for picture in card.pictures[:EMBEDS]
    ]


def empty_view() -> discord.ui.View:
    """For buttons that the cogs hear by their custom ids; made where a loop runs, it is not kept.

    discord.py would keep it for as long as the process lives, one for every message: only stopped ones it lets go of.
    """
    made = discord.ui.View(timeout=None)
    made.stop()
    return made


def view(card: Card) -> discord.ui.View | None:
    """The card's buttons; they answer after restarts, since their state is their custom id."""
    made = empty_view()
    for label, custom_id in card.buttons:
        if 0 < len(custom_id) <= CUSTOM_ID:
            style, off = discord.ButtonStyle.secondary, custom_id in card.off
            made.add_item(discord.ui.Button(label=label, style=style, custom_id=custom_id, disabled=off))
    for menu in card.menus:
        if 0 < len(menu.custom_id) <= CUSTOM_ID and menu.options:
            made.add_item(_select(menu))
    return made if made.children else None


def _select(menu: SelectMenu) -> discord.ui.Select[discord.ui.View]:
    options = [
        discord.SelectOption(label=_cut(label, LABEL), value=value, default=value == menu.chosen)
        for label, value in menu.options[:FIELDS]
    ]
    return discord.ui.Select(custom_id=menu.custom_id, placeholder=_cut(menu.placeholder, LABEL), options=options)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + ELLIPSIS
