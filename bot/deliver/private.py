"""Answers that only who asked sees, also where "is thinking" was shown to everybody already.

Discord decides with the deferral who sees the first answer: that is an edit of the deferral's own message, whatever
flags it has (discord-api-docs#2866). So that message gets a neutral line first; what follows has flags of its own; then
the line is deleted. To delete it while it is still "thinking" was a way into no answer at all (discord-api-docs#2739).
"""

from __future__ import annotations

import contextlib
from typing import Any

import discord

from bot.deliver.channel import NOBODY

ELSEWHERE = "-# Only who asked sees the answer."
_OWED = "public answer is owed"


async def defer(itx: discord.Interaction, *, private: bool = False) -> None:
    """Acknowledge a command before anything slow; nothing where that is done, as for a question that is asked again."""
    if itx.response.is_done():
        return
    await itx.response.defer(ephemeral=private)
    if not private:
        itx.extras[_OWED] = True


async def send(itx: discord.Interaction, *, private: bool, **message: Any) -> None:
    """An answer as a new message, for everybody or for who asked alone; `message`: as discord.py takes it."""
    message["allowed_mentions"] = NOBODY
    if not itx.response.is_done():
        await itx.response.send_message(ephemeral=private, **message)
        return
    is_owed = itx.extras.pop(_OWED, False)
    if not (private and is_owed):
        await itx.followup.send(ephemeral=private, **message)
        return
    await itx.edit_original_response(content=ELSEWHERE, allowed_mentions=NOBODY)
    await itx.followup.send(ephemeral=True, **message)
    with contextlib.suppress(discord.NotFound):  # a moderator was quicker
        await itx.delete_original_response()
