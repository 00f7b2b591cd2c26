"""The Discord client: opens the store, syncs `local_stats/`, starts the services, and shows the commands."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import math
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands
from discord.gateway import ReconnectWebSocket

import bot.deliver.dispatcher  # noqa: F401  (`open_app` makes one: loaded with all else, not while the bot starts)
from bot.app import CLOCK, SERVER, App, open_app, ssh_source
from bot.deliver import private
from bot.deliver.access import look
from bot.deliver.channel import NOBODY, ChannelPublisher
from bot.deliver.lost import AWAY, is_lost, lost, said, speak_in_lines
from bot.deliver.permissions import NEEDED
from bot.deliver.publisher import Publisher
from bot.deliver.wire import Wire
from bot.domain.allowance import Allowance
from bot.domain.buttons import CustomId
from bot.domain.concerns import ConcernCode
from bot.episodes import Episode
from bot.errors import DatabaseBusy, DatabaseDamaged, DatabaseDown, NoAnswer, StatsBotError, StoreError
from bot.ingest.source.kept import quiet_aborted_tasks
from bot.ingest.source.remote import RemoteSource
from bot.ingest.source.sftp import SftpSource
from bot.notices import Notices
from bot.present.words.text import clickable
from bot.settings import Settings
from bot.store import facts
from bot.supervise import beside, running
from bot.watch.doctor.checkup import Asked
from bot.watch.doctor.start import StartChecks

log = logging.getLogger(__name__)

discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # no voice here
REFUSED = (discord.ConnectionClosed, discord.PrivilegedIntentsRequired)
"""What `connect` raises where Discord refuses the token or the intents: waiting helps nobody."""
FIRST_PAUSE, LAST_PAUSE = 5.0, 300.0
"""Seconds until Discord is tried again: doubled each time."""
Aid = Callable[[discord.Interaction, NoAnswer], Awaitable[None]]
"""Answers in place of a sentence, in private; raises `NoAnswer` for another one."""
DRAWN_AT_ONCE = 2
"""Pictures for commands: drawing takes the processor from everything else."""
COG_ROOMS = ("cogs.kit", "cogs.questions", "cogs.questions.people", "cogs.questions.rounds", "cogs.admin")
"""Packages: each of their modules that has a `setup` is loaded."""


class Tree(app_commands.CommandTree["StatsBot"]):
    """The commands, each for who has not asked too much just now."""

    async def interaction_check(self, itx: discord.Interaction[StatsBot], /) -> bool:
        """Whether this one may be answered; what is offered while somebody types always is."""
        if itx.type is discord.InteractionType.autocomplete:
            return True
        try:
            itx.client.require_patience(itx.user.id)
        except NoAnswer as error:
            await itx.client.on_failed_interaction(itx, error)
            return False
        return True


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
        notices: Notices | None = None,
    ) -> None:
        self.wire = Wire(CLOCK)
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=discord.Intents(guilds=True),  # none of them privileged
            allowed_mentions=NOBODY,
            max_ratelimit_timeout=60,
            http_trace=self.wire.trace,
        )
        self.settings = settings
        self.components: dict[str, type[CustomId]] = {}
        """What the cogs' buttons and menus are, by how their custom ids begin."""
        self.command_ids: dict[str, int] = {}
        """Slash command → its id, as far as Discord has told."""
        self.aids: dict[type[NoAnswer], Aid] = {}
        """What the cogs say in place of a sentence alone, where they can help further."""
        self.allowance = Allowance()
        self.drawing = asyncio.Semaphore(DRAWN_AT_ONCE)
        self._source = source
        self._publisher = publisher
        self._away = Episode(log, "Discord is there again")
        speak_in_lines(self._away)
        self._reached = reached
        self._notices = notices or Notices(CLOCK)
        self._open = AsyncExitStack()
        self._opened = False
        self._start_checks: StartChecks | None = None
        self._joined = asyncio.Event()
        self.tree.error(self.on_failed_interaction)

    async def start(self, token: str, *, reconnect: bool = True) -> None:
        """Log in and stay; while Discord is away, rounds are imported all the same."""
        pause = FIRST_PAUSE
        while True:
            try:
                await self.login(token)
                break
            except AWAY as error:
                await self.http.close()
                self.http.connector = discord.utils.MISSING  # closed with its session: the next login makes another
                self._away.tell(f"Discord is away ({said(error)}): it is tried again, and importing goes on")
            await self._open_river()
            await asyncio.sleep(pause)
            pause = min(2 * pause, LAST_PAUSE)
        await self._stay(reconnect=reconnect)

    async def _stay(self, *, reconnect: bool) -> None:
        """Keep the gateway until the bot is closed; raises only what `REFUSED` names."""
        pause = FIRST_PAUSE
        while True:
            began = self.app.clock.monotonic()
            try:
                await self.connect(reconnect=reconnect)
            except REFUSED:
                raise
            except Exception as error:
                # Rapptz/discord.py#10520: where the very first handshake fails, its own way of waiting fails too
                cause = error.__context__ if self.ws is None else error
                if isinstance(cause, (*AWAY, ReconnectWebSocket)):
                    self._away.tell(f"Discord's gateway is away ({said(cause)}): it is tried again")
                else:
                    log.exception("the gateway failed by a bug, and is tried again in %.0f s", pause)
            if self.is_closed() or not reconnect:
                return
            if self.ws is not None:
                with contextlib.suppress(*AWAY):
                    await self.ws.close(4000)
            await asyncio.sleep(pause)
            is_new = self.app.clock.monotonic() - began > LAST_PAUSE
            pause = FIRST_PAUSE if is_new else min(2 * pause, LAST_PAUSE)

    async def setup_hook(self) -> None:
        """Initialise SQLite, sync `local_stats/` into `processed_files`, load the cogs, start the task loop."""
        await self._open_river()
        for cog in cogs(*COG_ROOMS):
            await cog.setup(self)
        await self._run(needs_discord=True)
        await self._open.enter_async_context(beside(self._sync_tree(), name="registering commands"))
        self._start_checks = StartChecks(
            self.asked(),
            db=self.app.db,
            status=self.app.live.polling.status if self.app.live else None,
            checked=self.app.checked,
        )
        await self._open.enter_async_context(beside(self._start_checks.run(), name="looking at the set-up"))

    def asked(self) -> Asked:
        """What the doctor needs of the running bot."""
        source = self.app.live.source if self.app.live else None
        return Asked(
            settings=self.settings,
            clock=self.app.clock,
            server=SERVER,
            source=source,
            may_write=source.may_write if isinstance(source, SftpSource) else None,
            access=lambda channels: look(self, self.wire, channels),
            invite=invite,
        )

    async def _open_river(self) -> None:
        if self._opened:
            return
        quiet_aborted_tasks(self.loop)
        self.app = await self._open.enter_async_context(
            open_app(
                self.settings,
                source=self._source or ssh_source(self.settings),
                publisher=self._publisher or ChannelPublisher(self, self.wire, commands=self.command_ids),
                reached=self._reached,
                alive=self._notices.alive,
                program="the bot",
            )
        )
        self._opened = True
        with contextlib.suppress(DatabaseDown):  # then commands are named, and not clicked
            self.command_ids.update(json.loads(await facts.get(self.app.db, facts.COMMAND_IDS) or "{}"))
        await self.app.sync_local()
        await self._run(needs_discord=False)
        self._notices.ready()

    async def _run(self, *, needs_discord: bool) -> None:
        """Start the services whose time has come; they end with the bot."""
        services = [service for service in self.app.services if service.needs_discord is needs_discord]
        await self._open.enter_async_context(running(services, clock=self.app.clock, heartbeats=self.app.heartbeats))

    async def on_resumed(self) -> None:
        """The gateway was away, and nothing was missed."""
        self._away.over()

    async def on_ready(self) -> None:
        """Say who and where it is; show the way in, until somebody has invited the bot."""
        self._away.over()
        log.info("connected to Discord as %s, in %s", self.user, ", ".join(map(str, self.guilds)) or "no server")
        if not self.guilds:
            log.warning("the bot is in no server yet; invite it with %s", invite(self.application_id or 0))
        self._look_for_home()

    async def on_guild_join(self, _guild: discord.Guild) -> None:
        """It may be the one that the settings name, or whose channels they name."""
        self._look_for_home()
        self._joined.set()
        self._look_again()

    async def on_guild_channel_update(self, _before: object, _after: object) -> None:
        """Somebody may have given the bot its permissions."""
        self._look_again()

    async def on_guild_role_update(self, _before: object, _after: object) -> None:
        """Somebody may have given the bot its permissions."""
        self._look_again()

    def _look_again(self) -> None:
        """Only where something was wrong: roles change often."""
        if self._start_checks is not None and any(self.app.checked.values()):
            self._start_checks.soon()

    async def on_guild_remove(self, _guild: discord.Guild) -> None:
        """It may have been the one that the settings name."""
        self._look_for_home()

    def _look_for_home(self) -> None:
        """Whether the bot is in the server of DISCORD_GUILD_ID: its commands are registered there alone."""
        wanted = self.settings.discord_guild_id
        is_there = wanted is None or self.get_guild(wanted) is not None
        self.app.noticed[ConcernCode.GUILD] = None if is_there else not_in_guild(wanted or 0, self.guilds)

    def dispatch(self, event_name: str, /, *args: object, **kwargs: object) -> None:
        """Once it is closed nothing happens any more: discord.py may still be waiting to say that it is ready."""
        if not self.is_closed():
            super().dispatch(event_name, *args, **kwargs)

    async def close(self) -> None:
        """Finish the transaction in hand and let go of everything."""
        await self._open.aclose()
        await super().close()

    async def _sync_tree(self) -> None:
        """Register the commands, however long Discord takes for it."""
        guild = discord.Object(self.settings.discord_guild_id) if self.settings.discord_guild_id else None
        commands_now = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        if guild:
            self.tree.copy_global_to(guild=guild)
        pause, hindered = 60.0, Episode(log, "")  # its end is the line of those that were registered
        while True:
            try:
                return await self._sync_changes(commands_now, guild)
            except (*AWAY, StoreError) as error:
                hindered.tell(f"the commands could not be registered ({said(error)}): it is tried again")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._joined.wait()  # there it may be allowed at once
            self._joined.clear()
            pause = min(2 * pause, 3600.0)

    async def _sync_changes(self, commands_now: list[dict[str, Any]], guild: discord.Object | None) -> None:
        """Only when they changed: creations are counted by Discord."""
        scope = str(guild.id) if guild else "global"
        text = json.dumps(commands_now, sort_keys=True, default=str)
        wanted = f"{scope}:{self.application_id}:{hashlib.sha256(text.encode()).hexdigest()}"
        before = await facts.get(self.app.db, facts.COMMAND_TREE) or ""
        if before == wanted:
            return
        ids = await self._register(guild, before.partition(":")[0])
        self.command_ids.update(ids)
        await self.app.db.write(lambda tx: facts.put(tx, facts.COMMAND_IDS, json.dumps(ids)))
        await self.app.db.write(lambda tx: facts.put(tx, facts.COMMAND_TREE, wanted))
        log.info("%d commands registered (%s)", len(commands_now), scope)

    async def _register(self, guild: discord.Object | None, old_scope: str) -> dict[str, int]:
        """Name → id of every slash command."""
        registered = await self.tree.sync(guild=guild)
        # a command registered in two scopes shows twice
        if old_scope.isdigit() and (guild is None or int(old_scope) != guild.id):
            await self.http.bulk_upsert_guild_commands(self.application_id or 0, int(old_scope), [])
        elif old_scope == "global" and guild is not None:
            await self.http.bulk_upsert_global_commands(self.application_id or 0, [])
        return {command.name: command.id for command in registered if command.type is discord.AppCommandType.chat_input}

    def require_patience(self, person: int) -> None:
        """Raises `NoAnswer` for who asks faster than he may."""
        wait = self.allowance.take(person, self.app.clock.monotonic())
        if wait:
            raise NoAnswer(f"That is a lot at once: ask again in {math.ceil(wait)} s.")

    async def _is_damaged(self, cause: BaseException) -> bool:
        """An error that nobody foresaw may come of a value that nobody wrote."""
        return not isinstance(cause, StatsBotError) and await self.app.is_damaged()

    async def _aided(self, itx: discord.Interaction, cause: BaseException) -> bool:
        """Whether a cog has answered in place of a sentence: only what was typed can be asked again."""
        aid = self.aids.get(type(cause)) if isinstance(cause, NoAnswer) else None
        if aid is None or itx.type is not discord.InteractionType.application_command:
            return False
        assert isinstance(cause, NoAnswer)
        try:
            await aid(itx, cause)
        except NoAnswer as error:
            await private.send(itx, private=True, content=clickable(str(error), self.command_ids))
        return True

    async def on_failed_interaction(self, itx: discord.Interaction, error: Exception) -> None:
        """Every failed command and button ends in a sentence, every bug in the log, and a lost answer in one line."""
        wrapped = error.__cause__ if isinstance(error, app_commands.TransformerError) else None
        cause = getattr(error, "original", wrapped) or error
        if is_lost(cause):
            log.info("%s", lost(cause))
            return
        if isinstance(error, app_commands.CheckFailure):
            text = "That is for the admins of this bot's server."
        elif isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            text = "That command has changed since Discord showed it to you: reload Discord (Ctrl+R), and try again."
        elif isinstance(cause, NoAnswer):
            text = str(cause)
        elif isinstance(cause, DatabaseBusy):
            text = "The database is busy: please try again in a few seconds."
        elif isinstance(cause, DatabaseDown) or await self._is_damaged(cause):
            log.warning("an interaction could not be answered (%s): %s", itx.id, cause)
            text = (
                "The database is damaged, so nothing can be said for sure: the admins are told."
                if isinstance(cause, DatabaseDamaged) or not isinstance(cause, DatabaseDown)
                else "The database cannot be used right now: the admins are told. Please try again later."
            )
        else:
            log.error("an interaction failed (%s)", itx.id, exc_info=cause)
            text = f"That failed, and the admin finds it in the log (interaction {itx.id})."
        try:
            if itx.type is discord.InteractionType.autocomplete:
                await itx.response.autocomplete([])
            elif not await self._aided(itx, cause):
                await private.send(itx, private=True, content=clickable(text, self.command_ids))
        except AWAY as failed:
            log.info("%s", lost(failed))
        if isinstance(error, app_commands.CheckFailure) or isinstance(cause, NoAnswer):
            self.dispatch("refused", itx, text)


def cogs(*rooms: str) -> list[ModuleType]:
    """The modules of these packages that have a `setup`, by name."""
    names = [f"{room}.{module.name}" for room in rooms for module in iter_modules(import_module(room).__path__)]
    return [module for name in names if hasattr(module := import_module(name), "setup")]


def not_in_guild(wanted: int, guilds: Iterable[discord.Guild]) -> str:
    """What is wrong with DISCORD_GUILD_ID, and the servers that it could name."""
    names = [f"{guild.name} ({guild.id})" for guild in guilds]
    there = f"The bot is in {', '.join(names[:5])}" if names else "The bot is in no server yet"
    return f"DISCORD_GUILD_ID is {wanted}, a server that the bot is not in, so nobody sees its commands. {there}."


def invite(application_id: int) -> str:
    """The link that brings the bot into a server with exactly the permissions it uses."""
    return discord.utils.oauth_url(application_id, permissions=NEEDED, scopes=("bot", "applications.commands"))
