"""The publisher that speaks Discord; what each failure means: POSTING, "Failures"."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeVar

import aiohttp
import discord

from bot.deliver.permissions import lacks, missing, sentence
from bot.deliver.publisher import Lack
from bot.deliver.wire import Wire
from bot.errors import OutcomeUnknown, PostGone, PostLater, PostRefused, PostTooLarge, PublishError
from bot.present.card import Card
from bot.present.embeds import CONTENT, content, embeds, files, view
from bot.present.words.text import as_text, clickable_card

T = TypeVar("T")

NO_COMMANDS: Mapping[str, int] = MappingProxyType({})
NOBODY = discord.AllowedMentions.none()
UNKNOWN_MESSAGE, EDITED_TOO_OFTEN, TOO_LARGE = 10008, 30046, 40005
PAGES, PAGE = 10, 100
PATIENCE = 75.0
"""Seconds for one request with discord.py's own repetitions; a silent server would hold it for five minutes."""


class ChannelPublisher:
    """Posts as the logged-in client; works while the gateway is down, since it needs REST alone."""

    def __init__(self, client: discord.Client, wire: Wire, *, commands: Mapping[str, int] = NO_COMMANDS) -> None:
        """`wire`: the one whose `trace` the client was made with; `commands`: their ids, as far as known yet."""
        self._client = client
        self._commands = commands
        self._wire = wire

    async def send(self, card: Card, *, channel: int, nonce: str) -> int:
        """Create Message with `nonce`, which discord.py sends with `enforce_nonce`; never repeated unseen."""
        try:
            return await self._send(card, channel, nonce)
        except PostTooLarge:
            if not card.pictures:
                raise
            return await self._send(card.without_pictures(), channel, nonce)

    async def _send(self, card: Card, channel: int, nonce: str) -> int:
        target = self._client.get_partial_messageable(channel)
        content, shown, attached = self._parts(card, channel)
        request = target.send(
            content, embeds=shown, files=attached, view=_buttons(card), nonce=nonce, allowed_mentions=NOBODY
        )
        made = await self._asked(request, once=True)
        return made.id

    async def edit(self, card: Card, *, channel: int, message: int) -> None:
        """Edit Message; the mentions are switched off again, since an edit forgets."""
        try:
            await self._edit(card, channel, message)
        except PostTooLarge:
            if not card.pictures:
                raise
            await self._edit(card.without_pictures(), channel, message)

    async def _edit(self, card: Card, channel: int, message: int) -> None:
        partial = self._client.get_partial_messageable(channel).get_partial_message(message)
        content, shown, attached = self._parts(card, channel)  # the attachments replace what is attached now
        await self._asked(
            partial.edit(content=content, embeds=shown, attachments=attached, view=view(card), allowed_mentions=NOBODY)
        )

    async def delete(self, *, channel: int, message: int) -> None:
        """Delete Message, which needs no permission for a message of one's own."""
        partial = self._client.get_partial_messageable(channel).get_partial_message(message)
        await self._asked(partial.delete())

    def _parts(self, card: Card, channel: int) -> tuple[str | None, list[discord.Embed], list[discord.File]]:
        """Content, embeds and attachments: what the permissions of the channel allow of the card."""
        card = clickable_card(card, self._commands)
        if card.short:
            return content(card), [], []
        lacking = missing(self._client, channel) or frozenset()
        if "attach_files" in lacking:
            card = card.without_pictures()
        if "embed_links" in lacking:
            return as_text(replace(card, pictures=()))[:CONTENT], [], files(card)
        return content(card), embeds(card), files(card)

    def lacks(self, channel: int) -> Lack | None:
        """From what the gateway told of the guild."""
        return lacks(self._client, channel)

    def now(self) -> float:
        """Discord's own time."""
        return self._wire.now()

    async def find(self, markers: Collection[str], *, channel: int, since: int) -> dict[str, int]:
        """Read the channel from then on, `PAGES` pages at most, and look for our own buttons."""
        lacking = missing(self._client, channel)
        if lacking and not lacking.isdisjoint({"read_messages", "read_message_history"}):
            raise PostRefused(f"the channel's history cannot be read: {sentence(self.lacks(channel))}")
        after = discord.Object(discord.utils.time_snowflake(datetime.fromtimestamp(since, UTC)))
        messages, any_message = await self._asked(self._search(markers, channel, after))
        if lacking is None and not any_message:
            raise PostLater(5.0)  # an empty channel, or one that may not be read: the gateway has not told yet
        return messages

    async def _search(
        self, markers: Collection[str], channel: int, after: discord.Object
    ) -> tuple[dict[str, int], bool]:
        """What was found, and whether there was any message at all."""
        me, messages, any_message = self._client.user, dict[str, int](), False
        history = self._client.get_partial_messageable(channel).history(
            limit=PAGES * PAGE, after=after, oldest_first=True
        )
        async for message in history:
            any_message = True
            if me is not None and message.author.id == me.id:
                messages = dict.fromkeys(_markers(message).intersection(markers), message.id) | messages
                if len(messages) == len(markers):
                    break
        return messages, any_message

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
        there = self._client.get_channel(channel)
        if not isinstance(there, discord.abc.GuildChannel | discord.Thread):
            raise PostLater(5.0)  # the gateway has not told yet
        return f"https://discord.com/channels/{there.guild.id}/{channel}/{message}"


def _buttons(card: Card) -> discord.ui.View:
    buttons: discord.ui.View = view(card) or discord.utils.MISSING
    return buttons


def _markers(message: discord.Message) -> set[str]:
    """The custom ids of its buttons, and the values of its menus' options."""
    parts = [part for row in message.components if isinstance(row, discord.ActionRow) for part in row.children]
    buttons = {part.custom_id for part in parts if isinstance(part, discord.Button) and part.custom_id}
    return buttons | {option.value for part in parts if isinstance(part, discord.SelectMenu) for option in part.options}


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
    if error.status == 413 or error.code == TOO_LARGE:
        return PostTooLarge(f"Discord refused the size of the pictures ({error.status}, code {error.code})")
    reason = f"Discord refused ({error.status}, code {error.code}): {error.text or 'no reason given'}"
    return PostRefused(reason[:300], hopeless=error.status == 401)
