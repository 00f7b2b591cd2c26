"""A small discord.py client for the tests of the rig, and how to run any client inside a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
from discord import app_commands

from bot.clock import Clock, SystemClock
from bot.deliver import private
from bot.deliver.wire import Wire
from rigs.discord_standin import DiscordStandin


class RoundButton(discord.ui.View):
    """One button that outlives a restart."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Details", custom_id="round:7:card")
    async def details(self, itx: discord.Interaction, _: discord.ui.Button[RoundButton]) -> None:
        """Answer whom it may concern."""
        await itx.response.send_message("the details", ephemeral=True)

    @discord.ui.button(label="Refresh", custom_id="round:7:refresh")
    async def refresh(self, itx: discord.Interaction, _: discord.ui.Button[RoundButton]) -> None:
        """Change the message that has the button."""
        await itx.response.edit_message(content="fresh")


class Client(discord.Client):
    """Commands and a view; it does not wait where the real one would."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.wire = Wire(clock or SystemClock())
        super().__init__(
            intents=discord.Intents.default(),
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0.02,
            max_ratelimit_timeout=60,
            http_trace=self.wire.trace,
        )
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(top)
        self.tree.add_command(early)
        self.tree.add_command(late)
        self.tree.add_command(AdminGroup())
        self.resumed = 0

    async def setup_hook(self) -> None:
        """Before the gateway, as the bot does."""
        self.add_view(RoundButton())
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Without the five seconds between two IDENTIFYs."""

    async def on_resumed(self) -> None:
        """Count."""
        self.resumed += 1


@app_commands.command()
async def top(itx: discord.Interaction, weapon: str, limit: app_commands.Range[int, 1, 25] = 10) -> None:
    """The best players."""
    await itx.response.defer()
    await itx.followup.send(embed=discord.Embed(title=f"Top {limit} with {weapon}"))


@app_commands.command()
async def early(itx: discord.Interaction, delete: bool) -> None:
    """Promises an answer to everybody, and means it for one."""
    await itx.response.defer()
    if delete:
        await itx.delete_original_response()
    await itx.followup.send("for you", ephemeral=True)


@app_commands.command()
async def late(itx: discord.Interaction) -> None:
    """The same, as the bot does it."""
    await private.defer(itx)
    await private.send(itx, private=True, content="for you")


@top.autocomplete("weapon")
async def weapons(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Weapons that begin with what was typed."""
    return [app_commands.Choice(name=name, value=name.lower()) for name in ("MP40", "MP34", "Luger") if current in name]


class AdminGroup(app_commands.Group):
    """A group for those who manage the server."""

    def __init__(self) -> None:
        permissions = discord.Permissions(manage_guild=True)
        super().__init__(name="admin", description="For admins", default_permissions=permissions, guild_only=True)

    @app_commands.command()
    async def whois(self, itx: discord.Interaction, who: discord.Member) -> None:
        """Who somebody is."""
        may = itx.permissions.manage_guild
        await itx.response.send_message(f"{who.name} for {itx.user.name} {may}", ephemeral=True)


@asynccontextmanager
async def running(client: discord.Client, standin: DiscordStandin) -> AsyncIterator[None]:
    """Log in, connect, be ready; and in the end close. An error of `connect` is raised at the end."""
    async with client:
        await client.login(standin.token)
        connection = asyncio.create_task(client.connect())
        await client.wait_until_ready()
        yield
    await connection
