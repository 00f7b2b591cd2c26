"""`/link` and `/unlink`: which player a member of the server is; an admin confirms it."""

from __future__ import annotations

import re
from typing import Annotated

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.private import defer
from bot.domain.game.model import is_bot
from bot.domain.stats.people.careers import Career
from bot.domain.stats.scope import Scope
from bot.errors import NoAnswer
from bot.present.embeds import empty_view
from bot.present.words.people.players import link_card
from bot.present.words.text import safe_name
from bot.store import links
from bot.store.questions.people import players
from cogs.kit.answers import remark, reply, tell
from cogs.kit.asking import note, require_admin, the_bot
from cogs.kit.buttons import Answer, Button, add
from cogs.kit.options import PlayerArgument, choose_any, read_player

_GUID = "[0-9A-Za-z]{1,32}"


class LinkDecision(Button, begins="link"):
    """An admin's word on who somebody is."""

    answer = Answer.IN_PLACE
    for_admins = True
    member: int
    guid: Annotated[str, _GUID]
    decision: Annotated[str, "yes|no|undo"]

    async def pressed(self, itx: discord.Interaction) -> None:
        """Link, leave it, or take it back; the question becomes the answer."""
        if self.decision == "undo":
            await self._undo(itx)
            return
        is_yes = self.decision == "yes"
        outcome = await _link(itx, self.member, self.guid, by=itx.user.name) if is_yes else "An admin said no."
        await note(itx, f"/link <@{self.member}> {self.guid}", outcome)
        await remark(itx, f"<@{self.member}>: {outcome}")

    async def _undo(self, itx: discord.Interaction) -> None:
        app = the_bot(itx).app
        if await links.guid_of(app.db, self.member) != self.guid:
            raise NoAnswer("That link is gone already.")
        await app.db.write(lambda tx: links.unlink(tx, self.member))
        outcome = f"the link was taken back by {safe_name(itx.user.name)}."
        await note(itx, f"/link <@{self.member}> {self.guid}: undo", outcome)
        await remark(itx, f"<@{self.member}>: {outcome}")


def question(member: int, guid: str) -> discord.ui.View:
    """The two buttons."""
    return _decisions(
        member,
        guid,
        ("yes", "Yes, link", discord.ButtonStyle.success),
        ("no", "No", discord.ButtonStyle.secondary),
    )


def _decisions(member: int, guid: str, *choices: tuple[str, str, discord.ButtonStyle]) -> discord.ui.View:
    made = empty_view()
    for decision, label, style in choices:
        custom_id = str(LinkDecision(member=member, guid=guid, decision=decision))
        made.add_item(discord.ui.Button(label=label, style=style, custom_id=custom_id))
    return made


async def _link(itx: discord.Interaction, member: int, guid: str, *, by: str) -> str:
    """Make the member the player; what came of it, in a sentence."""
    app = the_bot(itx).app
    done = await app.db.write(lambda tx: links.link(tx, member, guid, by=by, now=int(app.clock.now())))
    career = await players.career(app.db, await choose_any(itx, Scope()), guid)
    name = safe_name(career.name) if career else guid
    return f"linked with {name}." if done else f"{name} is somebody else's already: that one has to `/unlink` first."


async def claim(itx: discord.Interaction, guid: str) -> str:
    """Link who asks with a player that nobody claims, at once or once an admin said yes: what came of it.

    The admins' channel is told, with a button that takes it back, or with the question. Raises `NoAnswer`.
    """
    bot = the_bot(itx)
    career = await linkable(itx, guid)
    name, channel = safe_name(career.name), bot.get_channel(bot.settings.admin_channel_id or 0)
    there = channel if isinstance(channel, discord.TextChannel | discord.Thread) else None
    if bot.settings.links_need_admin:
        if there is None:
            return "use `/link`, and an admin confirms it."
        card = link_card(itx.user.display_name, career)
        await tell(there, card, above="An admin decides:", buttons=question(itx.user.id, guid))
        return "an admin is asked to confirm that this is you."
    outcome = await _link(itx, itx.user.id, guid, by="unclaimed")
    await note(itx, f"/link {guid}", outcome)
    if there is not None:
        undo = _decisions(itx.user.id, guid, ("undo", "Undo", discord.ButtonStyle.secondary))
        await tell(there, f"<@{itx.user.id}> is linked with {name}.", buttons=undo)
    return outcome


async def linkable(itx: discord.Interaction, guid: str) -> Career:
    """The player, if who asks may be linked with it; raises `NoAnswer`, and says why not."""
    db = the_bot(itx).app.db
    career = await players.career(db, await choose_any(itx, Scope()), guid)
    if career is None or is_bot(guid) or not re.fullmatch(_GUID, guid):
        raise NoAnswer("That player cannot be linked: the GUID is no person's.")
    owner = await links.member_of(db, guid)
    if owner == itx.user.id:
        raise NoAnswer(f"You are linked with {safe_name(career.name)} already.")
    if owner is not None:
        raise NoAnswer(f"{safe_name(career.name)} is linked with <@{owner}>. If that is wrong, ask an admin.")
    return career


class Links(commands.Cog):
    """Who is who."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(player="yourself: any name you ever wore, or your GUID")
    async def link(self, itx: discord.Interaction, player: PlayerArgument) -> None:
        """Say which player you are: then `player` may be left out everywhere."""
        await defer(itx)
        guid = (await read_player(itx, player)).guid
        career = await linkable(itx, guid)
        if not self.bot.settings.links_need_admin:
            await reply(itx, f"{itx.user.mention}: {await claim(itx, guid)}")
            return
        card = link_card(itx.user.display_name, career)
        await reply(itx, card, above="An admin decides:", buttons=question(itx.user.id, guid))

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(member="for admins: whose link to take away; leave empty for your own")
    async def unlink(self, itx: discord.Interaction, member: discord.User | None = None) -> None:
        """Take your link with a player away."""
        await defer(itx, private=True)
        whose = itx.user if member is None else member
        if whose.id != itx.user.id:
            require_admin(itx)
        guid = await self.bot.app.db.write(lambda tx: links.unlink(tx, whose.id))
        if guid is None:
            raise NoAnswer("There is no link to take away.")
        await note(itx, f"/unlink {whose.name}", guid)
        await reply(itx, "Done: the link is gone.", private=True)


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Links, LinkDecision)
