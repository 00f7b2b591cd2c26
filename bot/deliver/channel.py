"""The publisher that speaks Discord; what each failure means: POSTING, "Failures"."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection
from datetime import UTC, datetime
from typing import TypeVar

import aiohttp
import discord

from bot.deliver.wire import Wire
from bot.errors import OutcomeUnknown, PostGone, PostLater, PostRefused, PublishError
from bot.present.card import Card
from bot.present.embeds import CONTENT, embeds, files, view

T = TypeVar("T")

NOBODY = discord.AllowedMentions.none()
UNKNOWN_MESSAGE, EDITED_TOO_OFTEN = 10008, 30046
PAGES, PAGE = 10, 100
PATIENCE = 75.0
"""Seconds for one request with discord.py's own repetitions; a silent server would hold it for five minutes."""


class ChannelPublisher:
    """Posts as the logged-in client; works while the gateway is down, since it needs REST alone."""

    def __init__(self, client: discord.Client, wire: Wire) -> None:
        """`wire`: the one whose `trace` the client was made with."""
        self._client = client
        self._wire = wire

    async def send(self, card: Card, *, channel: int, nonce: str) -> int:
        """Create Message with `nonce`, which discord.py sends with `enforce_nonce`; never repeated unseen."""
        target = self._client.get_partial_messageable(channel)
        buttons = view(card) or discord.utils.MISSING
        if card.short:
            request = target.send(card.short[:CONTENT], view=buttons, nonce=nonce, allowed_mentions=NOBODY)
        else:
            shown, attached = embeds(card), files(card)
            request = target.send(embeds=shown, files=attached, view=buttons, nonce=nonce, allowed_mentions=NOBODY)
        made = await self._asked(request, once=True)
        return made.id

    async def edit(self, card: Card, *, channel: int, message: int) -> None:
        """Edit Message; the mentions are switched off again, since an edit forgets."""
        partial = self._client.get_partial_messageable(channel).get_partial_message(message)
        content, shown = (card.short[:CONTENT], []) if card.short else (None, embeds(card))
        attached = [] if card.short else files(card)  # these replace what is attached now
        await self._asked(
            partial.edit(content=content, embeds=shown, attachments=attached, view=view(card), allowed_mentions=NOBODY)
        )

    def now(self) -> float:
        """Discord's own time."""
        return self._wire.now()

    async def find(self, markers: Collection[str], *, channel: int, since: int) -> dict[str, int]:
        """Read the channel from then on, `PAGES` pages at most, and look for our own buttons."""
        after = discord.Object(discord.utils.time_snowflake(datetime.fromtimestamp(since, UTC)))
        return await self._asked(self._search(markers, channel, after))

    async def _search(self, markers: Collection[str], channel: int, after: discord.Object) -> dict[str, int]:
        me, found = self._client.user, dict[str, int]()
        history = self._client.get_partial_messageable(channel).history(
            limit=PAGES * PAGE, after=after, oldest_first=True
        )
        async for message in history:
            if me is not None and message.author.id == me.id:
                found = dict.fromkeys(_custom_ids(message).intersection(markers), message.id) | found
                if len(found) == len(markers):
                    break
        return found

    async def _asked(self, request: Awaitable[T], *, once: bool = False) -> T:
        with self._wire.watching(once=once) as tries:
            try:
                async with asyncio.timeout(PATIENCE):
                    return await request
            except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError) as error:
                if tries.may_be_there(answered=isinstance(error, discord.HTTPException)):
                    raise OutcomeUnknown(_broken(error)) from error
                raise _meaning(error) from error

    def link(self, *, channel: int, message: int) -> str:
        """The message's address, in the guild that the channel belongs to."""
        found = self._client.get_channel(channel)
        if not isinstance(found, discord.abc.GuildChannel | discord.Thread):
            raise PostLater(5.0)  # the gateway has not told yet
        return f"https://discord.com/channels/{found.guild.id}/{channel}/{message}"


def _custom_ids(message: discord.Message) -> set[str]:
    return {
        child.custom_id
        for row in message.components
        if isinstance(row, discord.ActionRow)
        for child in row.children
        if isinstance(child, discord.Button) and child.custom_id
    }


def _meaning(error: Exception) -> PublishError:
    """What an error says of a request of which no try is open: it was never sent, or Discord said no to it."""
    match error:
        case discord.RateLimited():
            return PostLater(error.retry_after)
        case discord.HTTPException():
            return _refusal(error)
        case aiohttp.ClientConnectorError() | TimeoutError():
            return PostLater(5.0)  # no connection; or all the time went by in waiting for a rate limit
        case _:
            return OutcomeUnknown(_broken(error))


def _broken(error: Exception) -> str:
    if isinstance(error, discord.HTTPException):
        return f"Discord answered {error.status}"
    if isinstance(error, discord.RateLimited):
        return "a rate limit after a try without an answer"
    return f"the connection to Discord broke ({type(error).__name__})"


def _refusal(error: discord.HTTPException) -> PostGone | PostLater | PostRefused | OutcomeUnknown:
    if error.code == UNKNOWN_MESSAGE:
        return PostGone("the message was deleted")
    if error.code == EDITED_TOO_OFTEN or error.status == 429:
        return PostLater(600.0)
    if error.status >= 500:
        return OutcomeUnknown(_broken(error))
    reason = f"Discord refused ({error.status}, code {error.code}): {error.text or 'no reason given'}"
    return PostRefused(reason[:300], hopeless=error.status == 401)
