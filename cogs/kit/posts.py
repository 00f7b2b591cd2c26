"""What a button under a post, or under an answer, is about."""

from __future__ import annotations

import discord

from bot.errors import NoAnswer
from bot.store.questions.rounds import posts
from bot.store.questions.rounds.posts import SeenMessage
from cogs.kit.asking import the_bot

GONE = "That round is not in this database any more."


async def round_of(
    itx: discord.Interaction, named: str, *, message: discord.Message | None = None, gone: str = GONE
) -> int:
    """The round that a button names, the pressed one or one under `message`; raises `NoAnswer(gone)`."""
    round_id = await posts.round_of(the_bot(itx).app.db, named, seen(message or itx.message))
    if round_id is None:
        raise NoAnswer(gone)
    return round_id


def seen(message: discord.Message | None) -> SeenMessage:
    """What a message tells of itself."""
    assert message is not None  # a press has one
    told = message.embeds[0] if message.embeds else discord.Embed()
    file = (told.footer.text or "").split(" · ")[-1]
    return SeenMessage(
        id=message.id,
        at=int(message.created_at.timestamp()),
        file=file if file.endswith(".txt") else None,
        ended_at=None if told.timestamp is None else int(told.timestamp.timestamp()),
    )
