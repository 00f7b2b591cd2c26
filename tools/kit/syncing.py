"""One sync, wet or dry: what `tools.sync_stats` does without further words."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.app import SERVER, open_app, ssh_source
from bot.domain.audit.states import Action
from bot.domain.game.file.reasons import FileReason
from bot.ingest.gate import Gate
from bot.ingest.mirror import Mirror
from bot.ingest.outcomes import Poll
from bot.ingest.service import once
from bot.ingest.source.folder import FolderSource
from bot.ingest.source.remote import RemoteSource
from bot.present.words.reasons import file_reason_text, gate_reason_text, reason_text
from bot.present.words.text import counted
from bot.settings import SSH_NEEDS, Settings, load
from bot.store import facts
from bot.store.file.database import is_there, opened, reading
from tools.kit.shell import ATTENTION, CLOCK, DONE, put, talk

_KEPT = "kept as imported; --reimport takes the server's"


async def sync(folder: Path | None, *, dry_run: bool) -> int:
    """Bring in every new round file once, or say what would be done."""
    settings = load() if folder is not None else load(*SSH_NEEDS)
    source: RemoteSource = FolderSource(folder) if folder is not None else ssh_source(settings)
    return await (_dry(settings, source) if dry_run else _wet(settings, source))


async def _wet(settings: Settings, source: RemoteSource) -> int:
    async with open_app(settings, source=source, program="tools.sync_stats") as now:
        assert now.live is not None
        poller = now.live.poller
        report = await now.sync_local()
        now.gate.patient = False
        bar = Progress(
            TextColumn("importing"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=talk,
            transient=True,
            disable=not talk.is_terminal,
        )
        with bar:
            task = bar.add_task("files", total=None)
            poller.progress = lambda done, wanted: bar.update(task, completed=done, total=wanted)
            report.add(await once(poller, now.db, now.importer))
    _tell(report)
    return ATTENTION if report.attention else DONE


def _in_words(files: Mapping[str, FileReason]) -> dict[str, str]:
    return {name: file_reason_text(why) for name, why in files.items()}


def _tell(report: Poll) -> None:
    for heading, files in (
        ("set aside", {name: reason_text(reason) for name, reason in report.set_aside.items()}),
        ("rejected", _in_words(report.rejected)),
        ("tried again later", _in_words(report.failed)),
        ("changed on the server after the import", dict.fromkeys(report.changed, _KEPT)),
    ):
        for name, why in files.items():
            talk.print(f"{heading}: {name}: {why}", markup=False)
    if report.pending:
        talk.print(f"{report.pending} files are still growing: run this again")
    put(f"{report.summary()}\n")


async def _dry(settings: Settings, source: RemoteSource) -> int:
    """Judge the folder by a database that is only read; without one, everything is new."""
    async with AsyncExitStack() as stack:
        path = settings.database_path
        if not is_there(path):
            path = Path(stack.enter_context(TemporaryDirectory())) / "empty.db"
            await stack.enter_async_context(opened(path))
        db = await stack.enter_async_context(reading(path))
        stack.push_async_callback(source.close)
        server = await facts.server_id(db, SERVER)
        gate = Gate(db, server=server, mirror=Mirror(settings.local_stats_dir), clock=CLOCK)
        await gate.load()
        entries = gate.unknown(await source.list())
        prepared = await gate.prepare(entry.name for entry in entries)
    wanted = 0
    for entry in sorted(entries):
        verdict = prepared.should_process_file(entry)
        if verdict.action is not Action.SKIP:
            wanted += verdict.action.needs_bytes
            put(f"{entry.name}: {verdict.action.value} ({verdict.layer}: {gate_reason_text(verdict.reason)})\n")
    talk.print(f"{counted(wanted, 'file')} would be brought in; nothing was changed")
    return DONE
