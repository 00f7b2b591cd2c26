"""The buttons under alerts: somebody looks after it, and an admin's word on a post of unknown fate."""

from __future__ import annotations

import discord

from bot.client import StatsBot
from bot.domain.buttons import AlertSeen, DatedAlertSeen, DatedPostFate, PostFate
from bot.store import outbox
from bot.store.questions.rounds import posts
from cogs.kit.answers import remark, reply
from cogs.kit.asking import note, the_bot
from cogs.kit.buttons import Answer, Button, add
from cogs.kit.posts import seen


class FateButton(Button, DatedPostFate):
    """An admin's word on a post that may or may not have been made."""

    for_admins = True

    async def pressed(self, itx: discord.Interaction) -> None:
        """Take the decision; a second press finds it taken."""
        await _decide(itx, self.item, at=self.at, is_there=self.fate == "there")


class OldFateButton(Button, PostFate):
    """The same, of an alert that does not say when its post was made."""

    for_admins = True

    async def pressed(self, itx: discord.Interaction) -> None:
        """Take the decision; a second press finds it taken."""
        await _decide(itx, self.item, at=None, is_there=self.fate == "there")


async def _decide(itx: discord.Interaction, item: int, *, at: int | None, is_there: bool) -> None:
    app = the_bot(itx).app
    post = await posts.asked_about(app.db, item, at, seen(itx.message))
    done = post is not None and await app.db.write(lambda tx: outbox.decide(tx, post, is_there=is_there))
    app.wake()
    text = "Noted." if done else "That was decided already."
    await note(itx, f"{'It is there' if is_there else 'Post it'}, post {item}", text)
    await reply(itx, text, private=True)


class _Seen(Button):
    answer = Answer.ITS_OWN
    for_admins = True

    async def pressed(self, itx: discord.Interaction) -> None:
        """Say who looks after it, and take this button away; a decision that is asked for stays."""
        assert itx.message is not None
        rest = discord.ui.View.from_message(itx.message, timeout=None)
        rest.stop()  # as an `empty_view` is
        for item in rest.children:
            if isinstance(item, discord.ui.Button) and item.custom_id == str(self):
                rest.remove_item(item)
        await remark(itx, f"-# seen by <@{itx.user.id}>", buttons=rest if rest.children else None)


class SeenButton(_Seen, DatedAlertSeen):
    """Under an alert."""


class OldSeenButton(_Seen, AlertSeen):
    """Under an alert of before they were dated."""


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, FateButton, OldFateButton, SeenButton, OldSeenButton)
