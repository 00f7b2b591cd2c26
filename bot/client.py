"""The Discord client: opens the store, syncs `local_stats/`, starts the services, and shows the commands."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.app import App, open_app, ssh_source
from bot.deliver.channel import NOBODY, ChannelPublisher
from bot.deliver.publisher import Publisher
from bot.deliver.wire import Wire
from bot.domain.buttons import CustomId
from bot.errors import DatabaseBusy, NoAnswer
from bot.ingest.source.kept import quiet_aborted_tasks
from bot.ingest.source.remote import RemoteSource
from bot.settings import Settings
from bot.store import facts
from bot.supervise import running

log = logging.getLogger(__name__)

discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # no voice here
AWAY = (OSError, aiohttp.ClientError, discord.HTTPException, discord.RateLimited)
"""What discord.py raises where Discord does not answer, or not now."""
COG_ROOMS = ("cogs.kit", "cogs.questions", "cogs.admin")
"""Packages: each of their modules that has a `setup` is loaded."""
PERMISSIONS = discord.Permissions(
    view_channel=True, send_messages=True, embed_links=True, attach_files=True, read_message_history=True
)


def _one_line(record: logging.LogRecord) -> bool:
    """A lost connection is no bug: what discord.py logs about it needs no traceback."""
    if record.exc_info and str(record.msg).startswith("Attempting a reconnect"):
        record.msg = "Discord's gateway is away (" + str(record.exc_info[1]).replace("%", "%%") + f"): {record.msg}"
        record.exc_info, record.levelno, record.levelname = None, logging.WARNING, "WARNING"
    return True


logging.getLogger("discord.client").addFilter(_one_line)


class StatsBot(commands.Bot):
    """One bot for one game server; `app` is there from `setup_hook` on."""

    app: App

    def __init__(
        self,
        settings: Settings,
        *,
        source: RemoteSource | None = None,
        publisher: Publisher | None = None,
        reached: Callable[[str], None] = lambda _step: None,
    ) -> None:
        self.wire = Wire()
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True),  # none of them privileged
            allowed_mentions=NOBODY,
            max_ratelimit_timeout=60,
            http_trace=self.wire.trace,
        )
        self.settings = settings
        self.components: dict[str, type[CustomId]] = {}
        """What the cogs' buttons and menus are, by how their custom ids begin."""
        self._source = source
        self._publisher = publisher
        self._reached = reached
        self._open = AsyncExitStack()
        self._opened = False
        self.tree.error(self.on_failed_interaction)

    async def start(self, token: str, *, reconnect: bool = True) -> None:
        """Log in and stay; while Discord is away, rounds are imported all the same."""
        pause = 5.0
        while True:
            try:
                await self.login(token)
                break
            except AWAY as error:
                await self.http.close()
                self.http.connector = discord.utils.MISSING  # closed with its session: the next login makes another
                log.warning("Discord is away (%s): tried again in %.0f s, importing goes on", error, pause)
            await self._open_river()
            await asyncio.sleep(pause)
            pause = min(2 * pause, 300.0)
        await self.connect(reconnect=reconnect)

    async def setup_hook(self) -> None:
        """Initialise SQLite, sync `local_stats/` into `processed_files`, load the cogs, start the task loop."""
        await self._open_river()
        for cog in cogs(*COG_ROOMS):
            await cog.setup(self)
        await self._sync_tree()
        await self._run(needs_discord=True)

    async def _open_river(self) -> None:
        if self._opened:
            return
        quiet_aborted_tasks(self.loop)
        self.app = await self._open.enter_async_context(
            open_app(
                self.settings,
                source=self._source or ssh_source(self.settings),
                publisher=self._publisher or ChannelPublisher(self, self.wire),
                reached=self._reached,
                program="the bot",
            )
        )
        self._opened = True
        await self.app.sync_local()
        await self._run(needs_discord=False)

    async def _run(self, *, needs_discord: bool) -> None:
        """Start the services whose time has come; they end with the bot."""
        services = [service for service in self.app.services if service.needs_discord is needs_discord]
        await self._open.enter_async_context(running(services, clock=self.app.clock))

    async def on_ready(self) -> None:
        """Show the way in, until somebody has invited the bot."""
        if not self.guilds:
            log.warning("the bot is in no server yet; invite it with %s", invite(self.application_id or 0))

    def dispatch(self, event_name: str, /, *args: object, **kwargs: object) -> None:
        """Once it is closed nothing happens any more: discord.py may still be waiting to say that it is ready."""
        if not self.is_closed():
            super().dispatch(event_name, *args, **kwargs)

    async def close(self) -> None:
        """Finish the transaction in hand and let go of everything."""
        await self._open.aclose()
        await super().close()

    async def _sync_tree(self) -> None:
        """Register the commands only when they changed: creations are counted by Discord."""
        guild = discord.Object(self.settings.discord_guild_id) if self.settings.discord_guild_id else None
        scope = str(guild.id) if guild else "global"
        commands_now = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        text = json.dumps(commands_now, sort_keys=True, default=str)
        wanted = f"{scope}:{hashlib.sha256(text.encode()).hexdigest()}"
        before = await facts.get(self.app.db, facts.COMMAND_TREE) or ""
        if before == wanted:
            if guild:
                self.tree.copy_global_to(guild=guild)
            return
        try:
            ids = await self._register(guild, before.partition(":")[0])
        except AWAY as error:
            log.warning("the commands could not be registered (%s): the next start tries again", error)
            return
        await self.app.db.write(lambda tx: facts.put(tx, facts.COMMAND_IDS, json.dumps(ids)))
        await self.app.db.write(lambda tx: facts.put(tx, facts.COMMAND_TREE, wanted))
        log.info("%d commands registered (%s)", len(commands_now), scope)

    async def _register(self, guild: discord.Object | None, old_scope: str) -> dict[str, int]:
        """Name → id of every slash command."""
        if guild is not None:
            self.tree.copy_global_to(guild=guild)
        registered = await self.tree.sync(guild=guild)
        # a command registered in two scopes shows twice
        if old_scope.isdigit() and (guild is None or int(old_scope) != guild.id):
            await self.http.bulk_upsert_guild_commands(self.application_id or 0, int(old_scope), [])
        elif old_scope == "global" and guild is not None:
            await self.http.bulk_upsert_global_commands(self.application_id or 0, [])
        return {one.name: one.id for one in registered if one.type is discord.AppCommandType.chat_input}

    async def on_failed_interaction(self, itx: discord.Interaction, error: Exception) -> None:
        """Every failed command and button ends in a sentence, and every bug in the log."""
        wrapped = error.__cause__ if isinstance(error, app_commands.TransformerError) else None
        cause = getattr(error, "original", wrapped) or error
        if isinstance(cause, discord.NotFound) and cause.code == 10062:
            log.info("an interaction was too old to be answered")
            return
        if isinstance(error, app_commands.CheckFailure):
            text = "That is for the admins of this bot's server."
        elif isinstance(cause, NoAnswer):
            text = str(cause)
        elif isinstance(cause, DatabaseBusy):
            text = "The database is busy: please try again in a few seconds."
        else:
            log.error("an interaction failed (%s)", itx.id, exc_info=cause)
            text = f"That failed, and the admin finds it in the log (interaction {itx.id})."
        send = itx.followup.send if itx.response.is_done() else itx.response.send_message
        await send(text, ephemeral=True, allowed_mentions=NOBODY)


def cogs(*rooms: str) -> list[ModuleType]:
    """The modules of these packages that have a `setup`, by name."""
    names = [f"{room}.{found.name}" for room in rooms for found in iter_modules(import_module(room).__path__)]
    return [module for name in names if hasattr(module := import_module(name), "setup")]


def invite(application_id: int) -> str:
    """The link that brings the bot into a server with exactly the permissions it uses."""
    return discord.utils.oauth_url(application_id, permissions=PERMISSIONS, scopes=("bot", "applications.commands"))
