"""What the bot may do on Discord, asked over REST alone: beside a running bot, and before the gateway is there."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import aiohttp
import discord

from bot.clock import Clock
from bot.deliver.permissions import in_words, lacking
from bot.deliver.wire import Wire
from bot.errors import DiscordAway, TokenRefused

MOST_GUILDS = 25
"""Servers whose channels are asked for: a bot of one community is in few."""
_POSTABLE = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.voice,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelAccess:
    """A channel that the bot's servers have; `kind`: Discord's word where nobody can post there; `lacks`: in words."""

    name: str
    guild: int
    guild_name: str
    kind: str = ""
    lacks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordAccess:
    """One look; `guilds`: name by id; `channels`: by id, those that were found; `now`: Discord's time, in seconds.

    `roles`: name by id, of the servers whose channels were looked at.
    """

    user: str
    application: int
    guilds: dict[int, str]
    channels: dict[int, ChannelAccess]
    roles: dict[int, str]
    now: float


async def look_with(token: str, channels: Collection[int] | None, *, clock: Clock) -> DiscordAccess:
    """As `look`, with a client of its own that leaves again; raises `TokenRefused`, `DiscordAway`."""
    wire = Wire(clock)
    client = discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=30, http_trace=wire.trace)
    try:
        await client.login(token)
        return await look(client, wire, channels)
    except discord.LoginFailure as error:
        raise TokenRefused("Discord does not accept DISCORD_TOKEN") from error
    except (OSError, aiohttp.ClientError, discord.DiscordException) as error:
        raise _away(error) from error
    finally:
        await client.close()


async def look(client: discord.Client, wire: Wire, channels: Collection[int] | None) -> DiscordAccess:
    """What a client that is logged in may do in these channels (None: in all); raises `DiscordAway`."""
    try:
        guilds = [guild async for guild in client.fetch_guilds(limit=200, with_counts=False)]
        channels_seen: dict[int, ChannelAccess] = {}
        seen: list[_Guild] = []
        for guild in guilds[:MOST_GUILDS]:
            if channels is not None and channels_seen.keys() >= {*channels}:
                break
            seen.append(await _guild(client, guild.id))
            here = seen[-1].channels
            channels_seen |= {
                number: seen[-1].channel(number) for number in here if channels is None or number in channels
            }
        for wanted in {*(channels or ())} - channels_seen.keys():
            channels_seen |= await _thread(client, wanted, seen)
    except (OSError, aiohttp.ClientError, discord.DiscordException) as error:
        raise _away(error) from error
    return DiscordAccess(
        user=str(client.user),
        application=client.application_id or 0,
        guilds={guild.id: guild.name for guild in guilds},
        channels=channels_seen,
        roles={role.id: role.name for home in seen for role in home.guild.roles},
        now=wire.now(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guild:
    """A server with its channels, and the bot in it."""

    guild: discord.Guild
    me: discord.Member
    channels: dict[int, discord.abc.GuildChannel]

    def channel(self, number: int, thread: discord.Thread | None = None) -> ChannelAccess:
        """One of its channels, or a thread in it."""
        place, is_thread = self.channels[number], thread is not None
        kind = place.type if thread is None else thread.type
        return ChannelAccess(
            name=place.name if thread is None else thread.name,
            guild=self.guild.id,
            guild_name=self.guild.name,
            kind="" if kind in _POSTABLE else str(kind),
            lacks=in_words(lacking(place.permissions_for(self.me), is_thread=is_thread)),
        )


async def _guild(client: discord.Client, number: int) -> _Guild:
    assert client.user is not None
    guild = await client.fetch_guild(number, with_counts=False)
    listed, me = await asyncio.gather(guild.fetch_channels(), guild.fetch_member(client.user.id))
    return _Guild(
        guild=guild, me=me, channels={channel.id: channel for channel in sorted(listed, key=lambda c: c.position)}
    )


async def _thread(client: discord.Client, channel: int, guilds: Iterable[_Guild]) -> dict[int, ChannelAccess]:
    """The one that is a thread: those are in no list of channels."""
    try:
        thread = await client.fetch_channel(channel)
    except (discord.HTTPException, discord.InvalidData):
        return {}
    if not isinstance(thread, discord.Thread):
        return {}
    home = next((guild for guild in guilds if thread.parent_id in guild.channels), None)
    return {} if home is None else {channel: home.channel(thread.parent_id, thread)}


def _away(error: Exception) -> DiscordAway:
    return DiscordAway(f"Discord does not answer as it should ({str(error) or type(error).__name__})")
