"""`/settings` and `/repost`: which posts are made, and where."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.permissions import NEEDED
from bot.deliver.private import defer
from bot.deliver.render import sample_card
from bot.domain.posts import PostKind, PostState, Preferences, RoundPosts, kind_of_half
from bot.errors import NoAnswer, PublishError
from bot.present.card import Card
from bot.present.words.posts import post_words
from bot.present.words.text import safe_name
from bot.store import outbox, preferences
from bot.store.file.database import Tx
from cogs.kit.answers import reply
from cogs.kit.asking import note, require_admin
from cogs.kit.buttons import add
from cogs.kit.picks import RoundArgument, read_round

Callback = TypeVar("Callback", bound=Callable[..., Any])
SWITCHES = {kind.traits.switch: kind for kind in PostKind if kind.traits.switch is not None}


def _with_switches(change: Callback) -> Callback:
    """An option for each kind of post that admins can switch, in the place of the command's `**switches`."""
    signature = inspect.signature(change)
    own = [option for option in signature.parameters.values() if option.kind is not option.VAR_KEYWORD]
    switches = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=type(getattr(Preferences(), name)) | None
        )
        for name in SWITCHES
    ]
    command: Any = change
    command.__signature__ = signature.replace(parameters=[*own[:2], *switches, *own[2:]])
    return app_commands.describe(**{name: post_words(kind).option for name, kind in SWITCHES.items()})(change)


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class PostSettings(commands.GroupCog, group_name="settings", group_description="Which posts are made, and where"):
    """What the admins want posted; kept in the database."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    async def interaction_check(self, itx: discord.Interaction) -> bool:
        """Administrators may hand the command to others; the code still asks."""
        require_admin(itx)
        return True

    @app_commands.command()
    async def show(self, itx: discord.Interaction) -> None:
        """Which posts are made, in which channel, from how many players on."""
        await defer(itx, private=True)
        await self._show(itx, await preferences.load(self.bot.app.db))

    @app_commands.command()
    @app_commands.describe(channel="the channel of the posts", players="no post of rounds with fewer players than this")
    @_with_switches
    async def change(
        self,
        itx: discord.Interaction,
        /,
        *,
        channel: discord.TextChannel | None = None,
        players: app_commands.Range[int, 0, 64] | None = None,
        **switches: RoundPosts | bool | None,
    ) -> None:
        """Change what is posted from now on; what you leave out stays as it is."""
        await defer(itx, private=True)
        if channel is not None and (missing := _missing(channel)):
            raise NoAnswer(f"In {channel.mention} I lack the permission to {missing}: grant it, then try again.")
        chosen: dict[str, Any] = {
            **switches, "players": players, "channel": None if channel is None else channel.id,
        }  # fmt: skip
        before = await preferences.load(self.bot.app.db)
        changed = before._replace(**{name: value for name, value in chosen.items() if value is not None})
        await self.bot.app.db.write(lambda tx: preferences.put(tx, changed))
        await note(itx, "/settings change", ", ".join(_lines(changed, channel=str(changed.channel or "unchanged"))))
        self.bot.app.wake()
        await self._show(itx, changed)

    @app_commands.command()
    async def test(self, itx: discord.Interaction) -> None:
        """Post a sample where the posts go."""
        await defer(itx, private=True)
        posting = self.bot.app.posting
        if posting is None:
            raise NoAnswer("No channel for posts is set: STATS_CHANNEL_ID is empty.")
        try:
            link = await posting.dispatcher.sample(await sample_card(self.bot.app.db))
        except PublishError as error:
            raise NoAnswer(f"The sample did not get through: {safe_name(str(error), limit=300)}") from error
        await reply(itx, f"It is there: {link}", private=True)

    async def _show(self, itx: discord.Interaction, now: Preferences) -> None:
        channel = now.channel or self.bot.settings.stats_channel_id
        card = Card(
            title="What I post",
            lines=(
                *_lines(now, channel=f"<#{channel}>" if channel else "none, STATS_CHANNEL_ID is empty"),
                "-# `/settings change` to change it, `/settings test` to try it, `/repost` for a post that was missed",
            ),
        )
        await reply(itx, card, private=True)


class Repost(commands.Cog):
    """A post that was missed."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.describe(round="type a map's name or a number, and pick")
    async def repost(self, itx: discord.Interaction, round: RoundArgument) -> None:
        """Post a round that was missed, or whose message was deleted."""
        await defer(itx, private=True)
        require_admin(itx)
        app, db = self.bot.app, self.bot.app.db
        answer = await read_round(itx, round)
        if app.posting is None:
            raise NoAnswer("No channel for posts is set: STATS_CHANNEL_ID is empty.")
        kind = kind_of_half(answer.number)

        def work(tx: Tx) -> bool:
            own = outbox.again(tx, kind, answer.id, now=int(app.clock.now()))
            return outbox.again_beside(tx, answer.id, now=int(app.clock.now())) or own

        owed = await db.write(work)
        await note(itx, f"/repost {answer.id}", "owed" if owed else "was there")
        if owed:
            app.wake()
            text = f"Round #{answer.id} is posted in a moment."
        else:
            item = await outbox.of_round(db, answer.id)
            is_there = item is not None and item.message_id is not None
            is_told = item is not None and item.state in (PostState.REMOVING, PostState.REPLACED)
            there = "Its match is posted, and tells of both rounds." if is_told else "Its post is there already."
            text = there if is_there or is_told else "Its post is on its way; see `/sync status`."
        await reply(itx, text, private=True)


_ROUND_POSTS = {
    RoundPosts.NONE: "not posted",
    RoundPosts.LINE: "one line, until the match is posted",
    RoundPosts.CARD: "with their picture, until the match is posted",
}


def _lines(now: Preferences, *, channel: str) -> list[str]:
    lines = [f"{post_words(kind).name}: {_is_posted(getattr(now, name))}" for name, kind in SWITCHES.items()]
    fewest = f"rounds with {now.players} players or more" if now.players else "rounds of any size"
    return [*lines, fewest, f"channel: {channel}"]


def _is_posted(choice: RoundPosts | bool) -> str:
    return _ROUND_POSTS[choice] if isinstance(choice, RoundPosts) else "posted" if choice else "not posted"


def _missing(channel: discord.TextChannel) -> str:
    """The permissions that the bot lacks there, in words."""
    have = channel.permissions_for(channel.guild.me)
    names = [name for name, needed in NEEDED if needed and not getattr(have, name)]
    return ", ".join(name.replace("_", " ") for name in names)


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, PostSettings, Repost)
