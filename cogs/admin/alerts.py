"""The buttons under alerts: somebody looks after it, and an admin's word on a post of unknown fate."""

from __future__ import annotations

import re

import discord

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.store import outbox
from cogs.kit.asking import explained, note, require_admin, the_bot


class UnsureButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"unsure:(?P<id>\d{1,12}):(?P<answer>post|there)",
):
    """An admin's word on a post that may or may not have been made."""

    def __init__(self, item_id: int, custom_id: str, *, is_there: bool) -> None:
        super().__init__(discord.ui.Button(label="It is there" if is_there else "Post it", custom_id=custom_id))
        self.item_id = item_id
        self.is_there = is_there

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> UnsureButton:
        """Made anew for every click."""
        return cls(int(match["id"]), match[0], is_there=match["answer"] == "there")

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Take the decision; a second click finds it taken."""
        await itx.response.defer(ephemeral=True, thinking=True)
        require_admin(itx)
        app = the_bot(itx).app
        done = await app.db.write(lambda tx: outbox.decide(tx, self.item_id, is_there=self.is_there))
        app.wake()
        text = "Noted." if done else "That was decided already."
        await note(itx, f"{self.item.label}, post {self.item_id}", text)
        await itx.followup.send(text, ephemeral=True, allowed_mentions=NOBODY)


class SeenButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"alert:\d{1,12}:alert"):
    """The button under an alert."""

    def __init__(self, custom_id: str) -> None:
        super().__init__(discord.ui.Button(label="Seen", custom_id=custom_id))

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> SeenButton:
        """Made anew for every click."""
        return cls(match[0])

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Say who looks after it, and take this button away; a decision that is asked for stays."""
        require_admin(itx)
        assert itx.message is not None
        rest = discord.ui.View.from_message(itx.message, timeout=None)
        for item in rest.children:
            if isinstance(item, discord.ui.Button) and item.custom_id == self.custom_id:
                rest.remove_item(item)
        note = f"-# seen by <@{itx.user.id}>"
        await itx.response.edit_message(content=note, view=rest if rest.children else None, allowed_mentions=NOBODY)


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    bot.add_dynamic_items(UnsureButton, SeenButton)
