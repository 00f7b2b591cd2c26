"""`python -m tools.diagnose_file_sync`: is every file accounted for? Reads only, and works while the bot runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bot.app import SERVER, ssh_source
from bot.domain.audit.audit import Audit, AuditVerdict, Counts, Survey
from bot.domain.audit.checks import audit
from bot.errors import DatabaseDown, StatsBotError
from bot.ingest.mirror import Mirror
from bot.ingest.source.folder import FolderSource
from bot.ingest.source.remote import RemoteSource
from bot.present.audit.json_report import json_report
from bot.present.audit.terminal import terminal
from bot.present.audit.text import markdown
from bot.settings import SSH_NEEDS, Settings, load
from bot.store import facts
from bot.store.file import old_design
from bot.store.file.backups import folder_of
from bot.store.file.database import reading
from bot.store.questions import survey
from bot.watch import survey as gathering
from bot.watch.guard import state_of
from tools.kit.shell import ATTENTION, CLOCK, DONE, app, put, run, talk

cli = app("Compare server, local_stats/, processed_files and rounds, file by file.")


@dataclass(frozen=True, slots=True)
class _Previous:
    counts: Counts | None = None
    at: int | None = None


@cli.command()
def main(
    *,
    folder: Annotated[Path | None, typer.Option(help="take this folder for the game server's")] = None,
    database: Annotated[Path | None, typer.Option(help="this database, also one of the older design")] = None,
    markdown_file: Annotated[Path | None, typer.Option("--markdown", help="write the report here too")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
    names: Annotated[str | None, typer.Option(help="print only the files of this finding")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="do not ask the game server")] = False,
    deep: Annotated[bool, typer.Option("--deep", help="hash every file in local_stats/")] = False,
    everything: Annotated[bool, typer.Option("--all", help="list every file")] = False,
) -> None:
    """Compare server, local_stats/, processed_files and rounds file by file, and name the repairs; reads only.

    Exit code: 0 healthy, 1 attention or critical, 2 usage, 3 could not look.
    """
    if as_json and names is not None:
        raise typer.BadParameter("--json or --names, not both")

    def show(audited: Audit, before: _Previous) -> None:
        if markdown_file is not None:
            _write(
                markdown_file, markdown(audited, previous=before.counts, previous_at=before.at, everything=everything)
            )
        if as_json:
            put(json.dumps(json_report(audited), ensure_ascii=False, indent=1) + "\n")
        elif names is not None:
            put("".join(f"{name}\n" for finding in audited.findings if finding.code == names for name in finding.files))
        else:
            put(terminal(audited, previous=before.counts, previous_at=before.at, everything=everything))

    run(_diagnose(folder, database, show, offline=offline, deep=deep))


async def _diagnose(
    folder: Path | None,
    database: Path | None,
    show: Callable[[Audit, _Previous], None],
    *,
    offline: bool,
    deep: bool,
) -> int:
    settings = load() if folder is not None or offline else load(*SSH_NEEDS)
    source: RemoteSource | None = FolderSource(folder) if folder is not None else None
    if source is None and not offline:
        source = ssh_source(settings)
    seen, previous = await _survey(settings, source, database or settings.database_path, deep=deep)
    audited = audit(seen)
    show(audited, previous)
    return DONE if audited.verdict is AuditVerdict.HEALTHY else ATTENTION


async def _survey(
    settings: Settings, source: RemoteSource | None, database: Path, *, deep: bool
) -> tuple[Survey, _Previous]:
    mirror, now = Mirror(settings.local_stats_dir), int(CLOCK.now())
    backups = folder_of(database, settings.backup_dir)
    async with AsyncExitStack() as stack:
        if source is not None:
            stack.push_async_callback(source.close)
        if old_design.is_old_design(database):
            ledger, rounds = old_design.read(database, now=now, zone=settings.rules.zone)
            return Survey(
                server=None if source is None else await gathering.listing(source),
                local=gathering.copies(mirror, deep=deep),
                ledger=ledger,
                rounds=rounds,
                older=True,
                now=now,
                thresholds=settings.rules.thresholds,
            ), _Previous()
        try:
            db = await stack.enter_async_context(reading(database))
            server, last = await facts.server_id(db, SERVER), await survey.last(db)
        except DatabaseDown as error:
            state = await state_of(database, backups, None)
            return gathering.nothing_but(state, error, thresholds=settings.rules.thresholds, now=now), _Previous()
        seen = await gathering.gather(
            db,
            server=server,
            mirror=mirror,
            source=source,
            thresholds=settings.rules.thresholds,
            now=now,
            deep=deep,
            database=await state_of(database, backups, db),
        )
        return seen, _Previous(seen.previous, None if last is None else last["at"])


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StatsBotError(f"{path} cannot be written: {error.strerror or error}") from error
    talk.print(f"written to {path}", markup=False)


if __name__ == "__main__":
    cli()
