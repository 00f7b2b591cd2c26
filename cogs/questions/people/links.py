"""`/link` and `/unlink`: which player a member of the server is; an admin confirms it."""

from __future__ import annotations

import contextlib
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
from bot.present.words.text import safe_name, when
from bot.store import links
from bot.store.links import LinkRequest
from bot.store.questions.people import players
from cogs.kit.answers import remark, reply, tell
from cogs.kit.asking import note, require_admin, the_bot
from cogs.kit.buttons import Answer, Button, add
from cogs.kit.options import PlayerArgument, choose_any, read_player

_GUID = "[0-9A-Za-z]{1,32}"
_REMIND = 86_400
"""Seconds after which a request that nobody answered may be made again."""


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
        db = the_bot(itx).app.db
        request = await links.waiting(db, self.member)
        if request is not None and request.guid != self.guid:
            await remark(itx, f"<@{self.member}> has asked for another player since: that question stands elsewhere.")
            return
        is_yes = self.decision == "yes"
        outcome = await _link(itx, self.member, self.guid, by=itx.user.name) if is_yes else await self._refuse(itx)
        await note(itx, f"/link <@{self.member}> {self.guid}", outcome)
        await remark(itx, f"<@{self.member}>: {outcome}")

    async def _refuse(self, itx: discord.Interaction) -> str:
        db = the_bot(itx).app.db
        if await links.guid_of(db, self.member) == self.guid:
            return f"linked with {await _name(itx, self.guid)} already: `/unlink` with this member takes that back."
        await db.write(lambda tx: links.answered(tx, self.member))
        return "An admin said no."

    async def _undo(self, itx: discord.Interaction) -> None:
        app = the_bot(itx).app
        if await links.guid_of(app.db, self.member) != self.guid:
            raise NoAnswer("That link is gone already.")
        await app.db.write(lambda tx: links.unlink(tx, self.member))
        outcome = f"the link with {await _name(itx, self.guid)} was taken back by {safe_name(itx.user.name)}."
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
    name = await _name(itx, guid)
    return f"linked with {name}." if done else f"{name} is somebody else's already: that one has to `/unlink` first."


async def _name(itx: discord.Interaction, guid: str) -> str:
    career = await players.career(the_bot(itx).app.db, await choose_any(itx, Scope()), guid)
    return safe_name(career.name) if career else guid


def still_waiting(request: LinkRequest) -> str:
    """Said to the member."""
    return f"an admin was asked {when(request.asked_at, 'R')} to confirm that this is you, and has yet to answer."


async def _asked_before(itx: discord.Interaction, guid: str) -> LinkRequest | None:
    """The member's request for this player that waits, and not for so long that it is worth asking again."""
    app = the_bot(itx).app
    request = await links.waiting(app.db, itx.user.id)
    is_same = request is not None and request.guid == guid and app.clock.now() - request.asked_at < _REMIND
    return request if is_same else None


async def _asked(itx: discord.Interaction, guid: str, question: discord.Message) -> None:
    """Remember where the admins are asked; the question that this one replaces goes."""
    bot, asker = the_bot(itx), itx.user.id
    older = await links.waiting(bot.app.db, asker)
    request = LinkRequest(asker, guid, int(bot.app.clock.now()), question.channel.id, question.id)
    await bot.app.db.write(lambda tx: links.ask(tx, request))
    if older is not None:
        await _delete(bot, older)


async def _delete(bot: StatsBot, request: LinkRequest) -> None:
    """The question to the admins goes."""
    channel = bot.get_channel(request.channel_id)
    if isinstance(channel, discord.TextChannel | discord.Thread):
        with contextlib.suppress(discord.HTTPException):  # a moderator was quicker; pressed, it says that it is old
            await channel.get_partial_message(request.message_id).delete()


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
        if before := await _asked_before(itx, guid):
            return still_waiting(before)
        card = link_card(itx.user.display_name, career)
        await _asked(itx, guid, await tell(there, card, above="An admin decides:", buttons=question(itx.user.id, guid)))
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
        if before := await _asked_before(itx, guid):
            raise NoAnswer(f"{safe_name(career.name)}: {still_waiting(before)}")
        card = link_card(itx.user.display_name, career)
        await reply(itx, card, above="An admin decides:", buttons=question(itx.user.id, guid))
        await _asked(itx, guid, await itx.original_response())

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(member="for admins: whose link to take away; leave empty for your own")
    async def unlink(self, itx: discord.Interaction, member: discord.User | None = None) -> None:
        """Take your link with a player away, or your request for one."""
        await defer(itx, private=True)
        whose = itx.user if member is None else member
        if whose.id != itx.user.id:
            require_admin(itx)
        request = await links.waiting(self.bot.app.db, whose.id)
        guid = await self.bot.app.db.write(lambda tx: links.unlink(tx, whose.id))
        if request is not None:
            await _delete(self.bot, request)
        elif guid is None:
            raise NoAnswer("There is no link to take away.")
        gone = "request" if guid is None else "link"
        await note(itx, f"/unlink {whose.name}", guid or "the request is gone")
        await reply(itx, f"Done: the {gone} is gone.", private=True)


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Links, LinkDecision)
