"""The buttons under alerts: somebody looks after it, and an admin's word on a post of unknown fate."""

from __future__ import annotations

import discord

from bot.client import StatsBot
from bot.domain.buttons import AlertIgnore, AlertSeen, DatedAlertSeen, DatedPostFate, Diagnosis, PostFate
from bot.domain.concerns import Concern, ConcernCode
from bot.errors import NoAnswer
from bot.present.words.text import counted
from bot.store import alerts, outbox
from bot.store.file.database import Tx
from bot.store.questions.rounds import posts
from cogs.admin.repairs import WHY, ignored
from cogs.admin.sync import diagnosed
from cogs.kit.answers import remark, reply
from cogs.kit.asking import note, the_bot
from cogs.kit.buttons import Answer, Button, TextForm, add, ask_in
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

    def decide(tx: Tx) -> bool:
        if post is None or not outbox.decide(tx, post, is_there=is_there):
            return False
        alerts.over(tx, {Concern(ConcernCode.UNSURE, str(post), "").key}, now=int(app.clock.now()))
        return True

    done = await app.db.write(decide)
    app.wake()
    text = "Noted." if done else "That was decided already."
    await note(itx, f"{'It is there' if is_there else 'Post it'}, post {item}", text)
    await reply(itx, text, private=True)


class _Seen(Button):
    answer = Answer.ITS_OWN
    for_admins = True

    async def _mark(self, itx: discord.Interaction, item: int, *, at: int | None) -> None:
        """Say who looks after it, and take this button away; a decision that is asked for stays."""
        assert itx.message is not None
        rest = discord.ui.View.from_message(itx.message, timeout=None)
        rest.stop()  # as an `empty_view` is
        for button in rest.children:
            if isinstance(button, discord.ui.Button) and button.custom_id == str(self):
                rest.remove_item(button)
        await remark(itx, f"-# seen by <@{itx.user.id}>", buttons=rest if rest.children else None)
        app = the_bot(itx).app
        row = await posts.alert_of(app.db, item, at, seen(itx.message))
        if row is not None:  # so that a later edit says it too
            await app.db.write(lambda tx: alerts.seen(tx, row, by=itx.user.id))


class SeenButton(_Seen, DatedAlertSeen):
    """Under an alert."""

    async def pressed(self, itx: discord.Interaction) -> None:
        """It is looked after."""
        await self._mark(itx, self.item, at=self.at)


class OldSeenButton(_Seen, AlertSeen):
    """Under an alert of before they were dated."""

    async def pressed(self, itx: discord.Interaction) -> None:
        """It is looked after."""
        await self._mark(itx, self.item, at=None)


class DiagnoseButton(Button, Diagnosis):
    """Under an alert: what `/sync diagnose` says, for who pressed."""

    for_admins = True

    async def pressed(self, itx: discord.Interaction) -> None:
        """Compare server, disk, ledger and rounds, and offer the repairs."""
        await diagnosed(itx, deep=False, private=True)


class IgnoreButton(Button, AlertIgnore):
    """Under an alert about broken files: asks for the reason."""

    answer = Answer.ITS_OWN
    for_admins = True

    async def pressed(self, itx: discord.Interaction) -> None:
        """Nothing is done before a reason is given."""
        names = await _broken(itx, self.item, self.at)
        form = IgnoreForm(item=self.item, at=self.at)
        await ask_in(
            itx, form, title=f"Ignore {counted(len(names), 'file')}", label=WHY,
            default="broken",
        )  # fmt: skip


class IgnoreForm(TextForm, begins="alert:why"):
    """The reason for which an alert's files are ignored."""

    for_admins = True
    item: int
    at: int

    async def submitted(self, itx: discord.Interaction, text: str) -> None:
        """Ignore those that are still broken; the alert says then that it is over."""
        await ignored(itx, await _broken(itx, self.item, self.at), reason=text, asked="Ignore these, under an alert")


async def _broken(itx: discord.Interaction, item: int, at: int) -> list[str]:
    """The files of an alert that are still broken; raises `NoAnswer` where none is."""
    app = the_bot(itx).app
    row = await posts.alert_of(app.db, item, at, seen(itx.message)) if itx.message is not None else None
    told = [] if row is None else await alerts.of_alert(app.db, row)
    names = [alert.about for alert in told if alert.over_at is None and alert.code is ConcernCode.BROKEN]
    if not names:
        raise NoAnswer(
            "None of these files is broken any more, or they are not of this database: see `/sync diagnose`."
        )
    return names


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, FateButton, OldFateButton, SeenButton, OldSeenButton, DiagnoseButton, IgnoreButton, IgnoreForm)
