"""What the commands and buttons share: whose interaction it is, who is an admin, and what a failing button says."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import discord
from discord import app_commands

from bot.client import StatsBot
from bot.domain.scope import Scope, offers, read
from bot.errors import BadScope, NoAnswer, StoreError
from bot.present.coverage import nothing
from bot.present.text import plain, safe_name
from bot.store import decisions
from bot.store.scopes import Chosen, choose

SCOPE_HELP = "which rounds: last session, 30d, a map, r1, attack, 3v3 … (default: all that count)"
PLAYER_HELP = "any name he ever wore, or his GUID; leave empty for yourself"


class ScopeOption(app_commands.Transformer):
    """A scope in free text, with a menu that grows as it is typed; every command shares it."""

    async def transform(self, itx: discord.Interaction, value: str, /) -> Scope:
        """Raises `NoAnswer` with what is not understood, and what may have been meant."""
        return await read_scope(itx, value)

    async def autocomplete(self, itx: discord.Interaction, value: str, /) -> list[app_commands.Choice[str]]:  # type: ignore[override]
        """Whole scopes that begin with what is typed."""
        bot = the_bot(itx)
        try:
            maps = await bot.app.names.maps()
        except StoreError:  # a menu cannot say why; the command can
            return []
        found = offers(value[:200], maps=maps, seasons=[*bot.settings.season_dates])
        return [app_commands.Choice(name=plain(one.label, limit=100), value=one.text) for one in found]


async def read_scope(itx: discord.Interaction, text: str) -> Scope:
    """The scope that somebody typed; raises `NoAnswer`."""
    bot = the_bot(itx)
    try:
        return read(text[:200], maps=await bot.app.names.maps(), seasons=[*bot.settings.season_dates])
    except BadScope as error:
        near = [f"`{plain(one, limit=64)}`" for one in error.near]
        meant = f"Did you mean {', '.join(near)}? " if near else ""
        raise NoAnswer(
            f"I know no period, map or side called {safe_name(error.word)}. {meant}"
            "A scope is words such as `last session`, `30d`, a map, `r1`, `attack`, `3v3`."
        ) from None


async def chosen(itx: discord.Interaction, scope: Scope | None) -> Chosen:
    """The rounds of a scope, of all that count by default; raises `NoAnswer` where there are none."""
    bot = the_bot(itx)
    found = await choose(
        bot.app.db,
        scope or Scope(),
        now=time.time(),
        zone=bot.settings.zone,
        gap=60 * bot.settings.session_gap_minutes,
        seasons=bot.settings.season_dates,
    )
    if not found.coverage.rounds:
        raise NoAnswer(nothing(found.coverage))
    return found


ScopeArgument = app_commands.Transform[Scope, ScopeOption]

Item = TypeVar("Item", bound=discord.ui.DynamicItem[Any])
Callback = Callable[[Item, discord.Interaction], Coroutine[Any, Any, None]]


def the_bot(itx: discord.Interaction) -> StatsBot:
    """The bot that was asked."""
    assert isinstance(itx.client, StatsBot)
    return itx.client


def explained(callback: Callback[Item]) -> Callback[Item]:
    """A button that fails ends in a sentence, as a command does."""

    async def answered(self: Item, itx: discord.Interaction) -> None:
        try:
            await callback(self, itx)
        except Exception as error:  # whatever it is, somebody waits for an answer
            await the_bot(itx).explain(itx, error)

    return answered


def require_admin(itx: discord.Interaction) -> None:
    """Manage Server, or the role of ADMIN_ROLE_ID, in the bot's own server; raises `CheckFailure` else.

    Who has rights in another server that the bot was invited to has none here.
    """
    member = itx.user
    if itx.guild_id is None or itx.guild_id != _home(the_bot(itx)) or not isinstance(member, discord.Member):
        raise app_commands.CheckFailure
    allowed = the_bot(itx).settings.admin_role_id
    if not itx.permissions.manage_guild and all(role.id != allowed for role in member.roles):
        raise app_commands.CheckFailure


def _home(bot: StatsBot) -> int | None:
    """The server that the admins' channel is in."""
    channel = bot.get_channel(bot.settings.admin_channel_id or 0)
    return channel.guild.id if isinstance(channel, discord.abc.GuildChannel) else bot.settings.discord_guild_id


async def note(itx: discord.Interaction, command: str, outcome: str) -> None:
    """Remember in the admins' log who did what, and what came of it."""
    who = f"{itx.user.name} ({itx.user.id})"
    now = int(time.time())
    db = the_bot(itx).app.db
    await db.write(lambda tx: decisions.log(tx, who=who, command=command, outcome=outcome[:300], now=now))
