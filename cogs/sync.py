"""The `/sync` group: for admins, by Discord's permission and by a check in code."""

from __future__ import annotations

import re
import time

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.health import health
from bot.ingest.service import PollStatus
from bot.present.embeds import embed
from bot.present.report import status_card
from bot.store import outbox


def is_admin(itx: discord.Interaction) -> bool:
    """Manage Server, or the role of ADMIN_ROLE_ID; never outside a server."""
    bot = itx.client
    assert isinstance(bot, StatsBot)
    member = itx.user
    if itx.guild is None or not isinstance(member, discord.Member):
        return False
    allowed = bot.settings.admin_role_id
    return itx.permissions.manage_guild or any(role.id == allowed for role in member.roles)


class Unsure(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"unsure:(?P<id>\d+):(?P<answer>post|there)"
):
    """An admin's word on a post that may or may not have been made."""

    def __init__(self, item_id: int, custom_id: str, *, is_there: bool) -> None:
        super().__init__(discord.ui.Button(label="It is there" if is_there else "Post it", custom_id=custom_id))
        self.item_id = item_id
        self.is_there = is_there

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Unsure:
        """Made anew for every click."""
        return cls(int(match["id"]), match[0], is_there=match["answer"] == "there")

    async def callback(self, itx: discord.Interaction) -> None:
        """Take the decision; a second click finds it taken."""
        await itx.response.defer(ephemeral=True, thinking=True)
        bot = itx.client
        assert isinstance(bot, StatsBot)
        if not is_admin(itx):
            await itx.followup.send("That is for the admins of this server.", ephemeral=True)
            return
        done = await bot.app.db.write(lambda tx: outbox.decide(tx, self.item_id, is_there=self.is_there))
        if bot.app.dispatcher is not None:
            bot.app.dispatcher.wake()
        text = "Noted." if done else "That was decided already."
        await itx.followup.send(text, ephemeral=True, allowed_mentions=NOBODY)


class Seen(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"alert:(?P<id>\d+):alert"):
    """The button under an alert."""

    def __init__(self, custom_id: str) -> None:
        super().__init__(discord.ui.Button(label="Seen", custom_id=custom_id))

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Seen:
        """Made anew for every click."""
        return cls(match[0])

    async def callback(self, itx: discord.Interaction) -> None:
        """Take the buttons away: somebody looks after it."""
        await itx.response.defer()
        if is_admin(itx) and itx.message is not None:
            note = f"-# seen by <@{itx.user.id}>"
            await itx.edit_original_response(content=note, view=None, allowed_mentions=NOBODY)


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Sync(commands.GroupCog, group_name="sync", group_description="Is every file accounted for?"):
    """The state of files and posts."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    async def interaction_check(self, itx: discord.Interaction) -> bool:
        """Administrators may hand the command to others; the code still asks."""
        if is_admin(itx):
            return True
        raise app_commands.CheckFailure

    @app_commands.command()
    async def status(self, itx: discord.Interaction) -> None:
        """Is the server polled, is anything waiting, is anything stuck?"""
        await itx.response.defer(ephemeral=True)
        now = await health(self.bot.app)
        polling = now.polling or PollStatus()
        card = status_card(
            trouble=polling.trouble,
            last_success=polling.last_success_at,
            next_poll=polling.next_poll_at or int(time.time()),
            last_file=polling.last_file,
            listed=now.listed,
            pending=now.pending,
            files=now.files,
            posts=now.posts,
            posting_trouble=now.posting_trouble,
        )
        await itx.followup.send(embed=embed(card), ephemeral=True, allowed_mentions=NOBODY)


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    bot.add_dynamic_items(Unsure, Seen)
    await bot.add_cog(Sync(bot))
