"""The only way in which a cog says something: no answer ever mentions anybody."""

from __future__ import annotations

from typing import Any

import discord

from bot.deliver.channel import NOBODY
from bot.deliver.private import send
from bot.present.card import Card
from bot.present.embeds import content, embeds, files, view
from bot.present.words.text import clickable, clickable_card
from cogs.kit.asking import the_bot


async def reply(
    itx: discord.Interaction,
    answer: Card | str,
    *,
    above: str = "",
    private: bool = False,
    file: discord.File | None = None,
    buttons: discord.ui.View | None = None,
) -> None:
    """An answer as a new message; `above`: text above the card; `buttons`: in place of the card's own."""
    answer = _clickable(itx, answer)
    more: dict[str, Any] = {"content": answer} if isinstance(answer, str) else _shown(answer)
    if above:
        more["content"] = above
    attached = [*([] if isinstance(answer, str) else files(answer)), *([] if file is None else [file])]
    shown = buttons or (None if isinstance(answer, str) else view(answer))
    await send(itx, private=private, **more, files=attached, view=shown or discord.utils.MISSING)


async def replace(itx: discord.Interaction, answer: Card | str) -> None:
    """An answer in the place of the one whose button was pressed: all of it is replaced.

    Who pressed somebody else's gets it as a private message instead.
    """
    if itx.response.type is discord.InteractionResponseType.deferred_channel_message:
        await reply(itx, answer, private=True)
        return
    answer = _clickable(itx, answer)
    if isinstance(answer, str):
        await itx.edit_original_response(content=answer, embeds=[], attachments=[], view=None, allowed_mentions=NOBODY)
        return
    await itx.edit_original_response(
        **_shown(answer), attachments=files(answer), view=view(answer), allowed_mentions=NOBODY
    )


async def tell(
    channel: discord.TextChannel | discord.Thread, answer: Card | str, *, above: str = "", buttons: discord.ui.View
) -> discord.Message:
    """Say something in a channel where nobody asked, such as the admins'; `above`: text above the card."""
    more: dict[str, Any] = (
        {"content": answer} if isinstance(answer, str) else {**_shown(answer), "content": above or None}
    )
    return await channel.send(**more, view=buttons, allowed_mentions=NOBODY)


async def remark(itx: discord.Interaction, text: str, *, buttons: discord.ui.View | None = None) -> None:
    """Write something above the card whose button was pressed, and leave it these buttons alone."""
    text = clickable(text, the_bot(itx).command_ids)
    if itx.response.is_done():
        await itx.edit_original_response(content=text, view=buttons, allowed_mentions=NOBODY)
    else:
        await itx.response.edit_message(content=text, view=buttons, allowed_mentions=NOBODY)


def _clickable(itx: discord.Interaction, answer: Card | str) -> Card | str:
    """Its commands as links, as far as their ids are known."""
    ids = the_bot(itx).command_ids
    return clickable(answer, ids) if isinstance(answer, str) else clickable_card(answer, ids)


def _shown(card: Card) -> dict[str, Any]:
    return {"content": content(card), "embeds": embeds(card)}
