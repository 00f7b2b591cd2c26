"""The repairs of `tools.sync_stats`: each says what it would change, asks, and can be run again."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.app import App, open_app, ssh_source
from bot.errors import SettingsError, StoreError
from bot.ingest.repair import RepairOutcome
from bot.ingest.service import once
from bot.ingest.source.folder import FolderSource
from bot.ingest.source.remote import RemoteSource
from bot.present.audit.text import shown
from bot.present.words.reasons import file_reason_text
from bot.present.words.text import counted
from bot.settings import SSH_NEEDS, Settings, load
from bot.store.file.database import is_there
from tools.kit.shell import ATTENTION, DONE, USAGE, put, talk


@dataclass(frozen=True, slots=True)
class RepairOptions:
    """What every repair is told: a folder in place of the server, whether to ask, whether to do it."""

    folder: Path | None
    yes: bool
    dry_run: bool


def confirmed(question: str, how: RepairOptions) -> bool:
    """A person says yes, or a script said so before."""
    talk.print(question, markup=False)
    if how.dry_run:
        return False
    if how.yes:
        return True
    if not sys.stdin.isatty():
        talk.print("nobody is there to ask: add --yes")
        return False
    talk.print("Type yes to go on: ", end="")
    return sys.stdin.readline().strip().lower() == "yes"


@asynccontextmanager
async def opened(how: RepairOptions, *, server: bool) -> AsyncIterator[App]:
    """The App with the source that the settings allow; `server`: it is needed."""
    source, settings = _source(how, needed=server)
    if not is_there(settings.database_path):
        raise StoreError(f"there is no database at {settings.database_path}: nothing to repair")
    async with open_app(settings, source=source, program="tools.sync_stats") as app:
        yield app


def _source(how: RepairOptions, *, needed: bool) -> tuple[RemoteSource | None, Settings]:
    if how.folder is not None:
        return FolderSource(how.folder), load()
    try:
        settings = load(*SSH_NEEDS)
    except SettingsError:
        if needed:
            raise
        return None, load()
    return ssh_source(settings), settings


async def restore_missing(how: RepairOptions) -> int:
    """Bring back what is imported and gone from disk, or differs there."""
    async with opened(how, server=False) as app:
        names = await app.repairs.missing()
        if not names:
            return _nothing("nothing is missing: every imported file is in local_stats/, byte for byte")
        what = f"{counted(len(names), 'file')} will be written into {app.mirror.folder}"
        _list(names)
        if not confirmed(f"{what}; nothing is imported, no round changes", how):
            return _stopped(how)
        with _bar("restoring") as progress:
            return _tell("restored", await app.repairs.restore(names, progress))


async def redownload_all(how: RepairOptions) -> int:
    """Fetch everything again, after a backup of what is here."""
    async with opened(how, server=True) as app:
        assert app.live is not None
        backup = app.mirror.backup_name(now=app.clock.now())
        number = len(await app.live.source.list())
        question = (
            f"local_stats/ is saved as {backup}; then up to {number} files are downloaded over what is there; "
            "nothing is imported, no round changes"
        )
        if not confirmed(question, how):
            return _stopped(how)
        await asyncio.to_thread(app.mirror.back_up, backup)
        talk.print(f"saved as {backup}", markup=False)
        with _bar("downloading") as progress:
            return _tell("downloaded", await app.repairs.redownload(progress))


async def reimport(how: RepairOptions, names: Sequence[str]) -> int:
    """Parse files again and replace their rounds, showing what differs."""
    async with opened(how, server=False) as app:
        planned = await app.repairs.reimport(names, dry_run=True)
        _details(planned)
        if planned.failed or not planned.done:
            return _tell("could be imported again", planned)
        if not confirmed(
            f"{counted(len(planned.done), 'round')} will be replaced as shown, and keep their identity", how
        ):
            return _stopped(how)
        return _tell("imported again", await app.repairs.reimport(planned.done, dry_run=False))


async def retry(how: RepairOptions, names: Sequence[str], *, failed: bool) -> int:
    """Try files again now that were rejected, or that failed."""
    async with opened(how, server=True) as app:
        chosen = await app.repairs.failed() if failed else list(names)
        if not chosen:
            return _nothing("no file was rejected, and none waits to be tried again")
        _list(chosen)
        if not confirmed(f"{counted(len(chosen), 'file')} will be looked at as if for the first time", how):
            return _stopped(how)
        report = await app.repairs.retry(chosen)
        assert app.live is not None
        poll = await app.sync_local()  # what the server has no more may still be on disk
        poll.add(await once(app.live.poller, app.db, app.importer))
        put(f"{poll.summary()}\n")
        for name, why in {**report.failed, **poll.rejected, **poll.failed}.items():
            talk.print(f"{name}: {file_reason_text(why)}", markup=False)
        return ATTENTION if report.attention or poll.attention else DONE


async def ignore(how: RepairOptions, names: Sequence[str], *, reason: str) -> int:
    """Take files out, with a reason that is shown wherever they are."""
    async with opened(how, server=False) as app:
        _list(names)
        question = (
            f"{counted(len(names), 'file')} will be ignored ({reason}): not fetched, and their rounds set aside; "
            "--unignore takes it back"
        )
        if not confirmed(question, how):
            return _stopped(how)
        return _tell("ignored", await app.repairs.ignore(names, reason=reason, by=_me()))


async def unignore(how: RepairOptions, names: Sequence[str]) -> int:
    """Take `ignore` back."""
    async with opened(how, server=False) as app:
        _list(names)
        if not confirmed(f"{counted(len(names), 'file')} will count again, or be fetched by the next poll", how):
            return _stopped(how)
        return _tell("no longer ignored", await app.repairs.unignore(names))


async def adopt(how: RepairOptions) -> int:
    """Write the ledger rows of rounds that lack one."""
    async with opened(how, server=False) as app:
        names = await app.repairs.orphans()
        if not names:
            return _nothing("every round has its ledger row")
        _list(names)
        if not confirmed(f"{counted(len(names), 'row')} will be written into processed_files; no round changes", how):
            return _stopped(how)
        return _tell("adopted", await app.repairs.adopt(names))


def _list(names: Sequence[str]) -> None:
    for name in shown(names, everything=False):
        talk.print(f"  {name}", markup=False)


def _details(report: RepairOutcome) -> None:
    for name, lines in report.details.items():
        talk.print(f"{name}: {'nothing differs' if not lines else ''}", markup=False)
        for line in lines:
            talk.print(f"  {line}", markup=False)


def _tell(what: str, report: RepairOutcome) -> int:
    for name, why in report.failed.items():
        talk.print(f"{name}: {file_reason_text(why)}", markup=False)
    put(f"{counted(len(report.done), 'file')} {what}" + (f", {len(report.failed)} not\n" if report.failed else "\n"))
    return ATTENTION if report.attention else DONE


def _nothing(text: str) -> int:
    put(text + "\n")
    return DONE


def _stopped(how: RepairOptions) -> int:
    if how.dry_run:
        put("nothing was changed: this was a dry run\n")
        return DONE
    put("nothing was changed\n")
    return USAGE


def _me() -> str:
    try:
        return getuser()
    except (OSError, KeyError):
        return "somebody on the command line"


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int], None]]:
    with Progress(TextColumn(what), BarColumn(), MofNCompleteColumn(), console=talk, transient=True) as bar:
        task = bar.add_task("files", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
