"""What commands and buttons share: which bot was asked, whose answer it is, who is an admin, what is noted of him."""

from __future__ import annotations

import logging
from functools import partial
from typing import Protocol

import discord
from discord import app_commands

from bot.client import StatsBot
from bot.errors import DatabaseDown, NoAnswer
from bot.store import decisions
from bot.store.file.database import Tx

log = logging.getLogger(__name__)


def the_bot(itx: discord.Interaction) -> StatsBot:
    """The bot that was asked."""
    assert isinstance(itx.client, StatsBot)
    return itx.client


def require_owner(itx: discord.Interaction, owner: int) -> None:
    """A menu belongs to who asked for it; raises `NoAnswer` for everybody else."""
    if itx.user.id != owner:
        raise NoAnswer("That menu belongs to whoever asked for it: use the command yourself for one of your own.")


def require_admin(itx: discord.Interaction) -> None:
    """Raises `CheckFailure` for everybody but admins."""
    if not is_admin(itx):
        raise app_commands.CheckFailure


def is_admin(itx: discord.Interaction) -> bool:
    """Manage Server, or the role of ADMIN_ROLE_ID, in the bot's own server.

    Who has rights in another server that the bot was invited to has none here.
    """
    member = itx.user
    if itx.guild_id is None or itx.guild_id != _home(the_bot(itx)) or not isinstance(member, discord.Member):
        return False
    allowed = the_bot(itx).settings.admin_role_id
    return itx.permissions.manage_guild or any(role.id == allowed for role in member.roles)


def _home(bot: StatsBot) -> int | None:
    """The server that the admins' channel is in."""
    channel = bot.get_channel(bot.settings.admin_channel_id or 0)
    return channel.guild.id if isinstance(channel, discord.abc.GuildChannel) else bot.settings.discord_guild_id


async def note(itx: discord.Interaction, command: str, outcome: str) -> None:
    """Remember in the admins' log who did what, and what came of it; the answer is out, whatever becomes of this."""
    await _log(itx, command, partial(decisions.log, outcome=outcome))


async def note_refusal(itx: discord.Interaction, command: str, why: str) -> None:
    """Remember in the admins' log who was refused what."""
    await _log(itx, command, partial(decisions.log_refusal, why=why))


class _Entry(Protocol):
    """What writes a line of the admins' log."""

    def __call__(self, tx: Tx, *, who: str, command: str, now: int) -> None: ...


async def _log(itx: discord.Interaction, command: str, entry: _Entry) -> None:
    who = f"{itx.user.name} ({itx.user.id})"
    app = the_bot(itx).app
    now = int(app.clock.now())
    try:
        await app.db.write(lambda tx: entry(tx, who=who, command=command, now=now))
    except DatabaseDown as error:
        log.warning("the admins' log could not take %s of %s: %s", command, who, error)
