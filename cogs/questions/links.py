"""`/link` and `/unlink`: which player a member of the server is; an admin confirms it."""

from __future__ import annotations

import re

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.domain.game.model import is_bot
from bot.domain.stats.careers import Career
from bot.domain.stats.scope import Scope
from bot.errors import NoAnswer
from bot.present.embeds import embed
from bot.present.words.players import link_card
from bot.present.words.text import safe_name
from bot.store import links
from bot.store.questions import players
from cogs.kit.asking import explained, note, require_admin, the_bot
from cogs.kit.options import PlayerArgument, choose_any

_GUID = re.compile(r"[0-9A-Za-z]{1,32}")


class LinkDecision(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"link:(?P<member>\d{1,20}):(?P<guid>[0-9A-Za-z]{1,32}):(?P<answer>yes|no)",
):
    """An admin's word on who somebody is."""

    def __init__(self, match: re.Match[str]) -> None:
        is_yes = match["answer"] == "yes"
        style = discord.ButtonStyle.success if is_yes else discord.ButtonStyle.secondary
        super().__init__(discord.ui.Button(label="Yes, link" if is_yes else "No", style=style, custom_id=match[0]))
        self.member, self.guid, self.is_yes = int(match["member"]), match["guid"], is_yes

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> LinkDecision:
        """Made anew for every click."""
        return cls(match)

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Link, or leave it; the question becomes the answer."""
        require_admin(itx)
        await itx.response.defer()
        outcome = await _link(itx, self.member, self.guid, by=itx.user.name) if self.is_yes else "An admin said no."
        await note(itx, f"/link <@{self.member}> {self.guid}", outcome)
        text = f"<@{self.member}>: {outcome}"
        await itx.edit_original_response(content=text, view=None, allowed_mentions=NOBODY)


def question(member: int, guid: str) -> discord.ui.View:
    """The two buttons."""
    made = discord.ui.View(timeout=None)
    for answer, label, style in (
        ("yes", "Yes, link", discord.ButtonStyle.success),
        ("no", "No", discord.ButtonStyle.secondary),
    ):
        made.add_item(discord.ui.Button(label=label, style=style, custom_id=f"link:{member}:{guid}:{answer}"))
    return made


async def _link(itx: discord.Interaction, member: int, guid: str, *, by: str) -> str:
    """Make the member the player; what came of it, in a sentence."""
    app = the_bot(itx).app
    done = await app.db.write(lambda tx: links.link(tx, member, guid, by=by, now=int(app.clock.now())))
    career = await players.career(app.db, await choose_any(itx, Scope()), guid)
    name = safe_name(career.name) if career else guid
    return f"linked with {name}." if done else f"{name} is somebody else's already: that one has to `/unlink` first."


class Links(commands.Cog):
    """Who is who."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(player="yourself: any name you ever wore, or your GUID")
    async def link(self, itx: discord.Interaction, player: PlayerArgument) -> None:
        """Say which player you are: then `player` may be left out everywhere."""
        await itx.response.defer()
        career = await self._linkable(itx, player.guid)
        if not self.bot.settings.links_need_admin:
            outcome = await _link(itx, itx.user.id, player.guid, by="unclaimed")
            await note(itx, f"/link {player.guid}", outcome)
            await itx.followup.send(f"{itx.user.mention}: {outcome}", allowed_mentions=NOBODY)
            return
        card = link_card(itx.user.display_name, career)
        await itx.followup.send(
            "An admin decides:", embed=embed(card), view=question(itx.user.id, player.guid), allowed_mentions=NOBODY
        )

    async def _linkable(self, itx: discord.Interaction, guid: str) -> Career:
        """Raises `NoAnswer` where this player cannot be linked, and says why."""
        db = self.bot.app.db
        career = await players.career(db, await choose_any(itx, Scope()), guid)
        if career is None or is_bot(guid) or not _GUID.fullmatch(guid):
            raise NoAnswer("That player cannot be linked: his GUID is no person's.")
        owner = await links.member_of(db, guid)
        if owner == itx.user.id:
            raise NoAnswer(f"You are linked with {safe_name(career.name)} already.")
        if owner is not None:
            raise NoAnswer(f"{safe_name(career.name)} is linked with <@{owner}>. If that is wrong, ask an admin.")
        return career

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(member="for admins: whose link to take away; leave empty for your own")
    async def unlink(self, itx: discord.Interaction, member: discord.Member | None = None) -> None:
        """Take your link with a player away."""
        await itx.response.defer(ephemeral=True)
        whose = itx.user if member is None else member
        if whose.id != itx.user.id:
            require_admin(itx)
        guid = await self.bot.app.db.write(lambda tx: links.unlink(tx, whose.id))
        if guid is None:
            raise NoAnswer("There is no link to take away.")
        await note(itx, f"/unlink {whose.name}", guid)
        await itx.followup.send("Done: the link is gone.", ephemeral=True, allowed_mentions=NOBODY)


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    bot.add_dynamic_items(LinkDecision)
    await bot.add_cog(Links(bot))
