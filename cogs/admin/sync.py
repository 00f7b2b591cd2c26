"""The `/sync` group: for admins, by Discord's permission and by a check in code; every use is logged."""

from __future__ import annotations

from io import BytesIO

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.private import defer
from bot.domain.audit.audit import Audit, AuditVerdict
from bot.domain.audit.checks import audit
from bot.domain.audit.repairs import RepairKind
from bot.domain.concerns import ConcernCode, verdict
from bot.errors import NoAnswer, SourceError, StoreError
from bot.ingest.service import PollStatus
from bot.invocation import command
from bot.present.audit.card import audit_card
from bot.present.audit.gate import sentences
from bot.present.audit.status import status_card
from bot.present.audit.text import markdown
from bot.present.words.reasons import file_reason_text
from bot.present.words.rounds.history import history_sentences
from bot.present.words.text import safe_name, shortened
from bot.store import ledger
from bot.store.questions.rounds import history
from bot.watch.doctor.card import health_card
from bot.watch.doctor.check import CheckState
from bot.watch.doctor.checkup import everything
from cogs.admin.repairs import ask, carry_out, offers
from cogs.kit.answers import reply
from cogs.kit.asking import is_admin, note, require_admin, the_bot
from cogs.kit.buttons import add
from cogs.kit.menus import menu, unread

MOST = 1_000_000
"""Bytes of the attached report."""
_IN_THE_AUDIT = (ConcernCode.FINDING, ConcernCode.BROKEN)


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Sync(commands.GroupCog, group_name="sync", group_description="Is every file accounted for?"):
    """The state of files and posts, and what repairs it."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    async def interaction_check(self, itx: discord.Interaction) -> bool:
        """Administrators may hand the command to others; the code still asks."""
        require_admin(itx)
        return True

    @app_commands.command()
    async def status(self, itx: discord.Interaction) -> None:
        """Connection, last poll, files by state, post queue: is anything waiting, is anything stuck?"""
        await defer(itx, private=True)
        now = await self.bot.app.health()
        polling = now.polling or PollStatus()
        card = status_card(
            trouble=polling.trouble,
            last_success=polling.last_success_at,
            next_poll=polling.next_poll_at,
            last_file=polling.last_file,
            listed=now.listed,
            pending=now.pending,
            files=now.files,
            posts=now.posts,
            posting_trouble=now.posting_trouble,
            concerns=now.concerns,
        )
        await reply(itx, card, private=True)
        await note(itx, "/sync status", "shown")

    @app_commands.command()
    async def health(self, itx: discord.Interaction) -> None:
        """Settings, database, game server, Discord: is everything set up as it should be?"""
        await defer(itx, private=True)
        checks = await everything(self.bot.asked(), ())
        await reply(itx, health_card(checks), private=True)
        await note(itx, "/sync health", f"{sum(check.state is not CheckState.OK for check in checks)} to look at")

    @app_commands.command()
    @app_commands.describe(
        deep="also read and hash every file in local_stats", private="only you see the answer (default)"
    )
    async def diagnose(self, itx: discord.Interaction, deep: bool = False, private: bool = True) -> None:  # noqa: FBT002
        """Compare server, disk, ledger and rounds, file by file, and offer the repairs."""
        await defer(itx, private=private)
        await diagnosed(itx, deep=deep, private=private)

    @app_commands.command()
    async def run(self, itx: discord.Interaction) -> None:
        """Look at the server now, and bring in what is new."""
        await defer(itx, private=True)
        await carry_out(itx, RepairKind.RUN)

    @app_commands.command()
    @app_commands.describe(file="the file's name; empty: every file that failed or was rejected")
    async def retry(self, itx: discord.Interaction, file: str | None = None) -> None:
        """Try files again now that failed or were rejected."""
        await defer(itx, private=True)
        await carry_out(itx, RepairKind.RETRY, [file] if file else ())

    @app_commands.command()
    async def restore(self, itx: discord.Interaction) -> None:
        """Bring back what is imported and gone from local_stats; asks before it does."""
        await defer(itx, private=True)
        await ask(itx, RepairKind.RESTORE)

    @app_commands.command()
    @app_commands.describe(file="the file's name", reason="why; shown wherever the file is", undo="take it back")
    async def ignore(self, itx: discord.Interaction, file: str, reason: str = "", undo: bool = False) -> None:  # noqa: FBT002
        """Take a file out with a reason: not fetched, its round set aside. `undo` takes it back."""
        await defer(itx, private=True)
        repairs = self.bot.app.repairs
        if not undo and not reason.strip():
            raise NoAnswer("Say why: `reason` is shown wherever the file is.")
        by = f"{itx.user.name} ({itx.user.id})"
        done = await (repairs.unignore([file]) if undo else repairs.ignore([file], reason=reason[:200], by=by))
        name = safe_name(file, limit=100)
        text = (
            f"{name} is {'back' if undo else 'ignored'}."
            if done.done
            else f"{name}: {file_reason_text(done.failed[file])}."
        )
        await reply(itx, text, private=True)
        await note(itx, f"/sync ignore {file}{' undo' if undo else ''}", text)

    @app_commands.command()
    @app_commands.describe(file="the file's name")
    async def why(self, itx: discord.Interaction, file: str) -> None:
        """Where one file stands: the four layers' answers, and its history."""
        await defer(itx, private=True)
        app = self.bot.app
        prepared = await app.gate.prepare([file])
        verdict = prepared.should_process_file(prepared.last_seen(file))
        story = history_sentences(await history.of_file(app.db, app.server, file))
        text = "\n".join([f"**{safe_name(file, limit=100)}**", *story, "", *sentences(verdict)])
        await reply(itx, shortened(text), private=True)
        await note(itx, f"/sync why {file}", "shown")

    @why.autocomplete("file")
    @retry.autocomplete("file")
    @ignore.autocomplete("file")
    async def _files(self, itx: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        if not is_admin(itx):
            return []
        try:
            names = await ledger.names(self.bot.app.menus, self.bot.app.server, text, limit=25)
            usual = names or await ledger.names(self.bot.app.menus, self.bot.app.server, "", limit=25)
        except StoreError:
            return unread(text)
        return menu(text, [(name, name) for name in names], what="file", usual=[(name, name) for name in usual])


async def diagnosed(itx: discord.Interaction, *, deep: bool, private: bool) -> None:
    """Look at everything, and answer with verdict, findings and repairs; the interaction is deferred."""
    app, away = the_bot(itx).app, ""
    assert app.live is not None
    try:
        audited = await app.live.selfaudit.audit(deep=deep, seen=True)
    except SourceError as error:
        away = f"The game server could not be looked at: {safe_name(str(error), limit=300)}"
        audited = audit(await app.survey(deep=deep))
    beside = [concern for concern in (await app.health()).concerns if concern.code not in _IN_THE_AUDIT]
    card = audit_card(audited, note=away, buttons=offers(audited), concerns=beside)
    page = discord.File(BytesIO(_report(audited)), "file-sync-report.md")
    await reply(itx, card, file=page, private=private)
    await note(itx, "/sync diagnose", max(audited.verdict, verdict(beside), key=[*AuditVerdict].index))


def _report(audited: Audit) -> bytes:
    """The report with every file, or with the first ones of each finding where it would be too large to be sent."""
    data = markdown(audited, everything=True).encode()
    if len(data) > MOST:
        every = command("diagnose_file_sync", "--all")
        rest = f"\n\nToo many files for this page: `{every}` prints them all.\n"
        data = (markdown(audited) + rest).encode()
    return data


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Sync)
