"""Discord on loopback, for a real discord.py client in this process or in another.

    async with DiscordStandin() as discord:
        ...                                              start the bot, with `discord.token`
        await eventually(lambda: discord.gateway.connected)
        discord.faults.add(reset(accept=True), when=creates)
        answer = await discord.interactions.slash("top", {"weapon": "mp40"}).until(lambda it: it.answered)
        assert [message.content for message in discord.posts()] == [...]
        assert discord.violations == []

`world` who is there, `faults` what goes wrong, `messages` what is kept, `gateway` and `rest` the two protocols,
`interactions` what people do, `server` the whole.

It runs on the test's event loop: a test that starts another process must wait for it with asyncio.
What it leaves out: of rights it enforces only those that posting needs (a fault does the others), no threads,
reactions or direct messages, attachments cannot be fetched, an embed keeps its attachment:// address, and rate limits
come from faults alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rigs.discord_standin.faults import PASS, Fault, Request, Rule, Upload, anything, creates, edits, lists
from rigs.discord_standin.interactions import Interaction
from rigs.discord_standin.messages import Message
from rigs.discord_standin.server import DiscordStandin
from rigs.discord_standin.world import ADMIN, ADMIN_CHANNEL, OWNER, PLAYER, STATS_CHANNEL, DiscordUser

__all__ = [
    "ADMIN",
    "ADMIN_CHANNEL",
    "OWNER",
    "PASS",
    "PLAYER",
    "STATS_CHANNEL",
    "DiscordStandin",
    "DiscordUser",
    "Fault",
    "Interaction",
    "Message",
    "Request",
    "Rule",
    "Upload",
    "anything",
    "creates",
    "edits",
    "eventually",
    "lists",
]


async def eventually(condition: Callable[[], object], *, timeout: float = 5.0) -> None:
    """Wait until the condition is true; raises TimeoutError."""
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.005)
