"""The audit's repairs on Discord: an offer, a confirmation that says what will change, the work and its progress."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Sequence

import discord

from bot.app import App
from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.domain.audit.audit import Audit
from bot.errors import StatsBotError
from bot.ingest.repair import RepairOutcome
from bot.present.card import AMBER, Card
from bot.present.embeds import embed, view
from bot.present.words.text import counted, safe_name
from cogs.kit.asking import explained, note, require_admin, the_bot

PROGRESS = 2.0
"""Seconds between two edits that show progress, at least."""
CONFIRM = 900
"""Seconds for which a confirmation may be pressed."""
_LABELS = {
    "restore": "Restore to disk",
    "retry": "Try failed ones again",
    "adopt": "Write ledger rows",
    "run": "Sync now",
}
_OFFERED = {
    "archive_gap": "restore", "local_differs": "restore", "rejected": "retry", "retrying": "retry",
    "retry_overdue": "retry", "unpaired_but_first_is_there": "retry", "round_without_ledger_row": "adopt",
    "ledger_shrunk": "adopt", "pending": "run", "stuck": "run", "not_imported": "run",
}  # fmt: skip


def offers(audit: Audit) -> tuple[tuple[str, str], ...]:
    """(label, custom id) of the repairs that fit the findings."""
    wanted = dict.fromkeys(_OFFERED[f.code] for f in audit.findings if f.code in _OFFERED)
    return tuple((_LABELS[what], f"repair:{what}") for what in wanted)


async def ask(itx: discord.Interaction, what: str) -> None:
    """Say exactly what would change, with the button that does it."""
    app = the_bot(itx).app
    planned = await _planned(app, what)
    if planned is None:
        await itx.followup.send("Nothing is left to repair here.", ephemeral=True)
        return
    confirm = f"repairdo:{what}:{itx.user.id}:{int(app.clock.now())}"
    card = Card(title=_LABELS[what], lines=(planned,), colour=AMBER, buttons=(("Do it", confirm),))
    buttons = view(card) or discord.utils.MISSING
    await itx.followup.send(embed=embed(card), view=buttons, ephemeral=True, allowed_mentions=NOBODY)


async def _planned(app: App, what: str) -> str | None:
    match what:
        case "restore":
            names = await app.repairs.missing()
            said = "will be written into local_stats/ from the database; nothing is imported, no round changes."
        case "retry":
            names = await app.repairs.failed()
            said = "will be looked at as if for the first time."
        case "adopt":
            names = await app.repairs.orphans()
            said = "will get their rows in processed_files; no round changes."
        case _:
            return "The server's folder is listed now, and every new file is brought in."
    return f"{counted(len(names), 'file')} {said}" if names else None


async def carry_out(itx: discord.Interaction, what: str, names: Sequence[str] = ()) -> None:
    """Do it, show the progress, and say what came of it; the interaction is deferred."""
    app = the_bot(itx).app
    progress = Progress(itx)
    try:
        text = await _WORK[what](app, names, progress)
    except StatsBotError as error:
        text = f"That could not be done: {safe_name(str(error), limit=300)}"
    finally:
        await progress.close()
    await itx.edit_original_response(content=text, embed=None, view=None, allowed_mentions=NOBODY)
    await note(itx, f"/sync {what} {' '.join(names)}".strip(), text)


class Progress:
    """Shows how far a repair is, by editing one message now and then."""

    def __init__(self, itx: discord.Interaction) -> None:
        self._itx = itx
        self._clock = the_bot(itx).app.clock
        self._shown_at = self._clock.monotonic()
        self._editing: asyncio.Task[None] | None = None

    def __call__(self, done: int, of: int) -> None:
        """So far it is; shown at most every few seconds, without holding up the work."""
        if self._clock.monotonic() - self._shown_at >= PROGRESS and (self._editing is None or self._editing.done()):
            self._shown_at = self._clock.monotonic()
            self._editing = asyncio.create_task(self._edit(f"{done} of {counted(of, 'file')} …"))

    async def _edit(self, text: str) -> None:
        with contextlib.suppress(discord.HTTPException):  # the work goes on, seen or not
            await self._itx.edit_original_response(content=text, embed=None, view=None, allowed_mentions=NOBODY)

    async def close(self) -> None:
        """The last word comes after the last progress."""
        if self._editing is not None:
            await self._editing


async def _restore(app: App, names: Sequence[str], progress: Progress) -> str:
    wanted = list(names) or await app.repairs.missing()
    return _outcome("restored", await app.repairs.restore(wanted, progress))


async def _retry(app: App, names: Sequence[str], progress: Progress) -> str:
    report = await app.repairs.retry(list(names) or await app.repairs.failed())
    if not report.done:
        return _outcome("tried again", report)
    return f"{_outcome('tried again', report)} {await _run(app, (), progress)}"


async def _adopt(app: App, names: Sequence[str], progress: Progress) -> str:
    return _outcome("written into the ledger", await app.repairs.adopt(list(names) or await app.repairs.orphans()))


async def _run(app: App, names: Sequence[str], progress: Progress) -> str:
    assert app.live is not None
    poll = await app.live.polling.poll_now(progress)
    return f"Looked: {poll.summary()}."


_WORK: dict[str, Callable[[App, Sequence[str], Progress], Awaitable[str]]] = {
    "restore": _restore,
    "retry": _retry,
    "adopt": _adopt,
    "run": _run,
}


def _outcome(what: str, report: RepairOutcome) -> str:
    said = f"{counted(len(report.done), 'file')} {what}."
    if report.failed:
        name, why = (safe_name(text, limit=150) for text in next(iter(report.failed.items())))
        said += f" {counted(len(report.failed), 'file')} not: {name}: {why}."
    return said


class RepairButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"repair:(?P<what>\w{1,20})"):
    """A repair that a diagnosis offers."""

    def __init__(self, what: str) -> None:
        super().__init__(discord.ui.Button(label=_LABELS.get(what, what), custom_id=f"repair:{what}"))
        self.what = what

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> RepairButton:
        """Made anew for every click."""
        return cls(match["what"])

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Ask before doing."""
        await itx.response.defer(ephemeral=True, thinking=True)
        require_admin(itx)
        if self.what in _LABELS:
            await ask(itx, self.what)


class ConfirmRepair(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"repairdo:(?P<what>\w{1,20}):(?P<user>\d{1,20}):(?P<at>\d{1,12})",
):
    """The admin who asked says yes, within a quarter of an hour; a second press finds nothing left to do."""

    def __init__(self, what: str, user: int, at: int, custom_id: str) -> None:
        super().__init__(discord.ui.Button(label="Do it", custom_id=custom_id))
        self.what = what
        self.user = user
        self.at = at

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> ConfirmRepair:
        """Made anew for every click."""
        return cls(match["what"], int(match["user"]), int(match["at"]), match[0])

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Do it, in the message that asked."""
        await itx.response.defer()
        require_admin(itx)
        if itx.user.id != self.user or the_bot(itx).app.clock.now() - self.at > CONFIRM or self.what not in _WORK:
            await itx.followup.send("That confirmation is not yours, or too old: ask again.", ephemeral=True)
            return
        await carry_out(itx, self.what)


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    bot.add_dynamic_items(RepairButton, ConfirmRepair)
