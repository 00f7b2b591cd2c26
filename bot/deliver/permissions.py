"""What a post needs in its channel, what is missing there, and that the admins are told of it.

Discord is lenient where it should not be: without *Embed Links* a post goes out empty, and without *Read Message
History* the history is an empty list. So the permissions are asked before, in the guild that the gateway told of.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping

import discord

from bot.clock import Clock
from bot.deliver.publisher import Lack, Publisher
from bot.domain.concerns import Concern, ConcernCode
from bot.store import alerts, facts
from bot.store.file.database import Database, Tx

log = logging.getLogger(__name__)

NEEDED = discord.Permissions(
    view_channel=True, send_messages=True, embed_links=True, attach_files=True, read_message_history=True
)
NAMES = {
    "read_messages": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
"""As Discord's settings call them."""

WITHOUT = (
    "Until that is granted, posts wait; without Embed Links alone they are plain text, without Attach Files they have "
    "tables in place of pictures, and without Read Message History you are asked when an answer of Discord's is lost, "
    "and a restored backup may post again what it has forgotten."
)


def missing(client: discord.Client, channel: int) -> frozenset[str] | None:
    """Permissions that a post needs there and the bot lacks; None where the gateway has not told of the channel."""
    there = client.get_channel(channel)
    if not isinstance(there, discord.abc.GuildChannel | discord.Thread) or there.guild.me is None:
        return None
    return lacking(there.permissions_for(there.guild.me), is_thread=isinstance(there, discord.Thread))


def lacking(have: discord.Permissions, *, is_thread: bool) -> frozenset[str]:
    """What a post needs, and these permissions are not."""
    needed = {name for name, is_needed in NEEDED if is_needed}
    if is_thread:
        needed = needed - {"send_messages"} | {"send_messages_in_threads"}
    return frozenset(name for name in needed if not getattr(have, name))


def in_words(names: frozenset[str]) -> str:
    """Permissions as Discord's settings call them."""
    return ", ".join(name for key, name in NAMES.items() if key in names)


def lacks(client: discord.Client, channel: int) -> Lack | None:
    """What is missing, with the channel's name; None where nobody knows yet."""
    names = missing(client, channel)
    return None if names is None else Lack(str(client.get_channel(channel)), names)


def sentence(lack: Lack | None) -> str:
    """What is missing in a channel; empty where nothing is, or nobody knows yet."""
    if lack is None or not lack.permissions:
        return ""
    return f"in #{lack.channel} the bot lacks: {in_words(lack.permissions)}"


def _kept(lacking: Mapping[int, Lack]) -> str:
    """As the database keeps it: channel → permissions by their codes; empty where nothing is missing."""
    codes = {str(channel): sorted(lack.permissions) for channel, lack in sorted(lacking.items()) if lack.permissions}
    return json.dumps(codes) if codes else ""


class Missing:
    """What is missing is told once, as soon as the gateway told of the channels; and again when it changes."""

    def __init__(self, db: Database, publisher: Publisher, *, clock: Clock) -> None:
        self._db = db
        self._publisher = publisher
        self._clock = clock
        self._seen: str | None = None

    async def tell(self, channels: Iterable[int]) -> None:
        """Look, and owe the admins a message where it is news."""
        asked = {channel: self._publisher.lacks(channel) for channel in channels}
        known = {channel: lack for channel, lack in asked.items() if lack is not None}
        kept = _kept(known)
        if len(known) < len(asked) or kept == self._seen:
            return
        self._seen = kept
        told = await facts.get(self._db, facts.LACKING) or ""
        if kept == told:
            return
        lacking = "\n".join(filter(None, map(sentence, known.values())))

        def work(tx: Tx) -> None:
            facts.put(tx, facts.LACKING, kept)
            now, code = int(self._clock.now()), ConcernCode.PERMISSIONS
            alerts.over(tx, {Concern(code, "", "").key}, now=now)
            if lacking:
                alerts.owe(tx, [Concern(code, "", f"{lacking}\n{WITHOUT}")], now=now)

        await self._db.write(work)
        log.warning("posting: %s", lacking.replace("\n", "; ") or "nothing is lacking in the channels any more")
