"""The real bot against an in-memory Discord, on a real database and a folder of round files."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle, UserHandle
from simcord.env import Env
from simcord.results import InteractionResult, ResponseMessage

from bot.client import StatsBot
from bot.deliver.channel import ChannelPublisher
from bot.domain.allowance import Allowance
from bot.errors import NoAnswer
from bot.ingest.source.folder import FolderSource
from bot.ingest.source.remote import RemoteSource
from bot.present.card import Card
from bot.settings import Settings
from rigs import discord_rules
from rigs.builders import RoundFile
from tools.demo.session import SampleFile

DEFERRED, DEFERRED_UPDATE = 5, 6
REFUSED = "That is for the admins of this bot's server."


@dataclass(frozen=True, kw_only=True)
class GuildWorld:
    """A server with people in it, another server, a game server's folder, and the bot."""

    env: Env
    settings: Settings
    remote: Path
    guild: GuildHandle
    channel: ChannelHandle
    anna: MemberActor
    admin: MemberActor
    trusted: MemberActor
    elsewhere: ChannelHandle
    stranger: MemberActor
    alone: UserHandle

    @property
    def bot(self) -> StatsBot:
        """The bot that is running now."""
        assert isinstance(self.env.bot, StatsBot)
        return self.env.bot

    async def play(self, *files: SampleFile | RoundFile) -> None:
        """These rounds are on disk, and imported."""
        for file in files:
            (self.settings.local_stats_dir / file.name).write_bytes(file.data)
        await self.bot.app.sync_local()

    async def restart(self) -> None:
        """Another bot on the same database."""
        await self.bot._open.aclose()
        await self.env.restart_bot(a_bot(self.settings, self.remote))

    async def post(self, card: Card, *, channel: ChannelHandle | None = None) -> discord.Message:
        """A message of the bot's in the channel, as the dispatcher makes it."""
        where = channel or self.channel
        await ChannelPublisher(self.bot, self.bot.wire).send(
            card, channel=where.id, nonce=f"test-{len(where.history())}"
        )
        message = where.last_message
        assert message is not None
        return message

    def callbacks(self) -> list[dict[str, Any]]:
        """Every first answer to an interaction so far, as sent."""
        return [entry.json or {} for entry in self.env.http_requests if entry.path.endswith("/callback")]

    def deferred(self) -> bool:
        """The last interaction was acknowledged before anything slow."""
        return self.callbacks()[-1]["type"] in (DEFERRED, DEFERRED_UPDATE)


class PolledBot(StatsBot):
    """The real one, which believes that it has polled: its self-audit sleeps a second where it has not.

    Its people may ask as fast as a test does.
    """

    def __init__(self, settings: Settings, *, source: RemoteSource) -> None:
        super().__init__(settings, source=source)
        self.allowance = Allowance(burst=100_000)

    async def _open_river(self) -> None:
        await super()._open_river()
        assert self.app.live is not None
        self.app.live.polling.status.last_success_at = int(self.app.clock.now())


def a_bot(settings: Settings, remote: Path) -> StatsBot:
    """On a folder in place of the game server."""
    return PolledBot(settings, source=FolderSource(remote))


def the_answer(result: InteractionResult) -> ResponseMessage:
    """The one message that answers."""
    messages = [result.response] if result.response is not None else []
    shown = {message.id: message for message in [*messages, *result.followups]}
    assert len(shown) == 1, messages
    return next(iter(shown.values()))


def text_of(message: ResponseMessage | discord.Message | InteractionResult) -> str:
    """Everything that a reader sees of it."""
    if isinstance(message, InteractionResult):
        message = the_answer(message)
    parts = [message.content]
    for embed in message.embeds:
        parts += [embed.title or "", embed.description or ""]
        for field in embed.fields:
            parts += [field.name or "", field.value or ""]
        parts.append(embed.footer.text or "")
    return "\n".join(part for part in parts if part)


def typed(text: str) -> str:
    """The text with its clickable commands as one types them: `/stats`."""
    return re.sub(r"</([a-z_ ]+):\d{15,}>", r"`/\1`", text)  # a made-up id is nobody's


def _is_an_answer(error: BaseException | None) -> bool:
    """A question that has no answer, or that is not for everybody, is answered with a sentence."""
    while error is not None and not isinstance(error, NoAnswer | app_commands.CheckFailure):
        error = getattr(error, "original", None) or error.__cause__
    return error is not None


@asynccontextmanager
async def opened(tmp_path: Path) -> AsyncIterator[GuildWorld]:
    """No round has been played yet; whatever the bot sends is checked against the rules of Discord."""
    remote = tmp_path / "remote"
    remote.mkdir()
    env = Env(discord.Client(intents=discord.Intents(guilds=True)))
    # Discord and this machine agree on the time, as they do outside
    env.backend.advance_clock(time.time() - env.backend.clock.now().timestamp())
    guild, other = env.create_guild("home"), env.create_guild("elsewhere")
    channel = guild.create_text_channel("stats")
    admins = guild.create_role("Admins", permissions=discord.Permissions(manage_guild=True))
    trusted = guild.create_role("Trusted")
    owners = other.create_role("Owners", permissions=discord.Permissions(administrator=True))
    settings = Settings(
        _env_file=None,
        admin_channel_id=channel.id,
        admin_role_id=trusted.id,
        database_path=tmp_path / "stats.db",
        local_stats_dir=tmp_path / "local_stats",
        poll_interval_seconds=3600,
    )
    env.bot = a_bot(settings, remote)
    await env.start()
    alone = env.create_user("alone")
    made = GuildWorld(
        env=env,
        settings=settings,
        remote=remote,
        guild=guild,
        channel=channel,
        anna=guild.add_member(env.create_user("anna")),
        admin=guild.add_member(env.create_user("boss"), roles=[admins]),
        trusted=guild.add_member(env.create_user("friend"), roles=[trusted]),
        elsewhere=other.create_text_channel("general"),
        stranger=other.add_member(env.create_user("stranger"), roles=[owners]),
        alone=alone,
    )
    await env.settle()
    try:
        yield made
    finally:
        await made.bot._open.aclose()
        await env.shutdown()
    unexpected = [error for error in env.errors_since(env._errors_acknowledged) if not _is_an_answer(error)]
    if unexpected:  # those that the test has not looked at
        raise BaseExceptionGroup("the bot raised errors", unexpected)
    for entry in env.http_requests:
        broken = discord_rules.violations(entry.method, entry.path, entry.json, query=entry.params)
        assert not broken, broken
