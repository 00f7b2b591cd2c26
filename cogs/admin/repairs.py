"""The audit's repairs on Discord: an offer, a confirmation that says what will change, the work and its progress."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import assert_never

import discord

from bot.app import App
from bot.client import StatsBot
from bot.deliver.lost import AWAY
from bot.domain.audit.audit import Audit
from bot.domain.audit.repairs import ByHand, Repair, RepairKind, found_by, repair_of
from bot.domain.buttons import Word
from bot.errors import NoAnswer, StatsBotError
from bot.ingest.repair import RepairOutcome
from bot.present.card import AMBER, Card
from bot.present.words.reasons import file_reason_text
from bot.present.words.text import ELLIPSIS, counted, safe_name
from cogs.kit.answers import replace, reply
from cogs.kit.asking import note, the_bot
from cogs.kit.buttons import Answer, Button, TextForm, add, ask_in

PROGRESS = 2.0
"""Seconds between two edits that show progress, at least."""
CONFIRM = 900
"""Seconds for which a confirmation may be pressed."""
UNKNOWN_REPAIR = "That repair is not known here: ask for a new diagnosis."
NOTHING_LEFT = "Nothing is left to repair here."
WHY = "Why? It is shown wherever the file is"
PREVIEWED = 5
"""Files that a confirmation names."""


def offers(audit: Audit) -> tuple[tuple[str, str], ...]:
    """(label, custom id) of the repairs that the program can do about the findings."""
    offered = dict.fromkeys(
        offer.repair.kind
        for finding in audit.findings
        for offer in finding.offers
        if not isinstance(offer.repair, ByHand)
    )
    return tuple((repair_of(kind).label, str(RepairButton(what=kind))) for kind in offered)


async def ask(itx: discord.Interaction, kind: RepairKind) -> None:
    """Say exactly what would change, with the button that does it."""
    app, repair = the_bot(itx).app, repair_of(kind)
    names = await _names(app, kind)
    if not names:
        raise NoAnswer(NOTHING_LEFT)
    lines = [f"{counted(len(names), 'file')} {repair.changes}."]
    if repair.names_files:
        lines += await _preview(app, repair, names)
    now = int(app.clock.now())
    if repair.reason:
        button = ("Say why, and ignore them", str(ReasonButton(what=kind, user=itx.user.id, at=now)))
    else:
        button = ("Do it", str(ConfirmRepair(what=kind, user=itx.user.id, at=now)))
    card = Card(title=repair.label, lines=tuple(lines), colour=AMBER, buttons=(button,))
    await reply(itx, card, private=True)


async def _names(app: App, kind: RepairKind) -> list[str]:
    """The files that a repair is for, as things are now."""
    match kind:
        case RepairKind.RESTORE:
            return await app.repairs.missing()
        case RepairKind.RETRY:
            return await app.repairs.failed()
        case RepairKind.ADOPT:
            return await app.repairs.orphans()
        case RepairKind.RUN:
            return []
        case (
            RepairKind.REIMPORT_LOST
            | RepairKind.REIMPORT_BYTES
            | RepairKind.REIMPORT_CHANGED
            | RepairKind.REIMPORT_DIFFERING
        ):
            return await _found(app, kind)
        case RepairKind.IGNORE_BROKEN | RepairKind.IGNORE_VANISHED | RepairKind.IGNORE_COPIES:
            return await _found(app, kind)
        case _:
            assert_never(kind)


async def _found(app: App, kind: RepairKind) -> list[str]:
    """The files of the findings that a repair is for, by an audit made now."""
    assert app.live is not None
    audit = await app.live.selfaudit.audit(deep=False, seen=True)
    codes = found_by(kind)
    return [name for finding in audit.findings if finding.code in codes for name in finding.files]


async def _preview(app: App, repair: Repair, names: Sequence[str]) -> list[str]:
    """The first files by name, and what would differ in each where its round is replaced."""
    first = names[:PREVIEWED]
    differs: dict[str, str] = {}
    if not repair.reason:
        planned = await app.repairs.reimport(first, dry_run=True)
        differs = {name: "; ".join(changes) or "nothing differs" for name, changes in planned.details.items()}
        differs |= {name: file_reason_text(why) for name, why in planned.failed.items()}
    lines = [f"{name}: {differs[name]}" if name in differs else name for name in first]
    more = [f"{ELLIPSIS} and {len(names) - len(first)} more"] if len(names) > len(first) else []
    return [*(safe_name(line, limit=300) for line in lines), *more]


async def carry_out(itx: discord.Interaction, kind: RepairKind, names: Sequence[str] = ()) -> None:
    """Do it, show the progress, and say what came of it; the interaction is deferred."""
    app = the_bot(itx).app
    progress = Progress(itx)
    try:
        text = await _work(app, kind, names, progress, by=f"{itx.user.name} ({itx.user.id})")
    except StatsBotError as error:
        text = f"That could not be done: {safe_name(str(error), limit=300)}"
    finally:
        await progress.close()
    if app.live is not None:
        app.live.selfaudit.soon()
    await replace(itx, text)
    await note(itx, f"/sync {kind} {' '.join(names)}".strip(), text)


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
        with contextlib.suppress(*AWAY):  # the work goes on, seen or not
            await replace(self._itx, text)

    async def close(self) -> None:
        """The last word comes after the last progress."""
        if self._editing is not None:
            await self._editing


async def _work(app: App, kind: RepairKind, names: Sequence[str], progress: Progress, *, by: str) -> str:
    """Do it for these files, or for all that it is for; what came of it, in words."""
    names = names or await _names(app, kind)
    match kind:
        case RepairKind.RESTORE:
            return _outcome("restored", await app.repairs.restore(names, progress))
        case RepairKind.RETRY:
            report = await app.repairs.retry(names)
            more = f" {await _run(app, progress)}" if report.done else ""
            return _outcome("tried again", report) + more
        case RepairKind.ADOPT:
            return _outcome("written into the ledger", await app.repairs.adopt(names))
        case RepairKind.RUN:
            return await _run(app, progress)
        case (
            RepairKind.REIMPORT_LOST
            | RepairKind.REIMPORT_BYTES
            | RepairKind.REIMPORT_CHANGED
            | RepairKind.REIMPORT_DIFFERING
        ):
            return _outcome("imported again", await app.repairs.reimport(names, dry_run=False))
        case RepairKind.IGNORE_BROKEN | RepairKind.IGNORE_VANISHED | RepairKind.IGNORE_COPIES:
            return _outcome("ignored", await app.repairs.ignore(names, reason=repair_of(kind).reason, by=by))
        case _:
            assert_never(kind)


async def _run(app: App, progress: Progress) -> str:
    assert app.live is not None
    poll = await app.live.polling.poll_now(progress)
    return f"Looked: {poll.summary()}."


def _outcome(what: str, report: RepairOutcome) -> str:
    outcome = f"{counted(len(report.done), 'file')} {what}."
    if report.failed:
        name, why = next(iter(report.failed.items()))
        shown, because = (safe_name(text, limit=150) for text in (name, file_reason_text(why)))
        outcome += f" {counted(len(report.failed), 'file')} not: {shown}: {because}."
    return outcome


def _kind(what: str) -> RepairKind | None:
    """The repair that an id names; None where this version knows it no more."""
    return RepairKind(what) if what in [*RepairKind] else None


class RepairButton(Button, begins="repair"):
    """A repair that a diagnosis offers."""

    for_admins = True
    what: Word

    async def pressed(self, itx: discord.Interaction) -> None:
        """Ask before doing."""
        kind = _kind(self.what)
        if kind is None:
            raise NoAnswer(UNKNOWN_REPAIR)
        await (ask if repair_of(kind).asks else carry_out)(itx, kind)


class ConfirmRepair(Button, begins="repairdo"):
    """The admin who asked says yes, within a quarter of an hour; a second press finds nothing left to do."""

    answer = Answer.IN_PLACE
    for_admins = True
    what: Word
    user: int
    at: int

    async def pressed(self, itx: discord.Interaction) -> None:
        """Do it, in the message that asked."""
        await carry_out(itx, _confirmed(itx, self.what, user=self.user, at=self.at))


class ReasonButton(Button, begins="repairwhy"):
    """The same of a repair that ignores files: their reason is asked for."""

    answer = Answer.ITS_OWN
    for_admins = True
    what: Word
    user: int
    at: int

    async def pressed(self, itx: discord.Interaction) -> None:
        """Open the window; nothing is done yet."""
        kind = _confirmed(itx, self.what, user=self.user, at=self.at)
        form = ReasonForm(what=self.what, user=self.user, at=self.at)
        await ask_in(itx, form, title=repair_of(kind).label, label=WHY, default=repair_of(kind).reason)


class ReasonForm(TextForm, begins="repairfor"):
    """Why these files are ignored."""

    for_admins = True
    what: Word
    user: int
    at: int

    async def submitted(self, itx: discord.Interaction, text: str) -> None:
        """Ignore them, with this reason."""
        kind = _confirmed(itx, self.what, user=self.user, at=self.at)
        names = await _names(the_bot(itx).app, kind)
        if not names:
            raise NoAnswer(NOTHING_LEFT)
        await ignored(itx, names, reason=text, asked=f"/sync {kind}")


def _confirmed(itx: discord.Interaction, what: str, *, user: int, at: int) -> RepairKind:
    """The repair that was asked about, by who asked, in time; raises `NoAnswer`."""
    kind, age = _kind(what), the_bot(itx).app.clock.now() - at
    if itx.user.id != user or age > CONFIRM or kind is None:
        raise NoAnswer("That confirmation is not yours, or too old: ask again.")
    return kind


async def ignored(itx: discord.Interaction, names: Sequence[str], *, reason: str, asked: str) -> None:
    """Take files out with a reason, and say what came of it; raises `NoAnswer` without one."""
    if not reason.strip():
        raise NoAnswer("Say why: the reason is shown wherever the file is.")
    app = the_bot(itx).app
    outcome = await app.repairs.ignore(names, reason=reason[:200], by=f"{itx.user.name} ({itx.user.id})")
    text = f"{_outcome('ignored', outcome)} `/sync ignore` with `undo` takes it back, file by file."
    if app.live is not None:
        app.live.selfaudit.soon()
        await app.live.alerts.step(seen=True)
    app.wake()
    await reply(itx, text, private=True)
    await note(itx, f"{asked}: {' '.join(names)}", f"{_outcome('ignored', outcome)} Reason: {reason}")


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, RepairButton, ConfirmRepair, ReasonButton, ReasonForm)
