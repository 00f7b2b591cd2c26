"""`python -m tools.diagnose_file_sync`: is every file accounted for? Reads only, and works while the bot runs."""

from __future__ import annotations

import json
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bot.app import SERVER, ssh_source, thresholds
from bot.domain.audit import Counts, Survey
from bot.domain.checks import audit
from bot.errors import StatsBotError
from bot.ingest import survey as gathering
from bot.ingest.folder import FolderSource
from bot.ingest.mirror import Mirror
from bot.ingest.source import RemoteSource
from bot.present.audit_terminal import terminal
from bot.present.audit_text import markdown
from bot.settings import SSH_NEEDS, Settings, load
from bot.store import facts, old_design, survey
from bot.store.database import reading
from tools.shell import ATTENTION, DONE, app, put, run, talk

cli = app("Compare server, local_stats/, processed_files and rounds, file by file.")


@dataclass(frozen=True, slots=True)
class _Previous:
    counts: Counts | None = None
    at: int | None = None


@cli.command()
def main(
    folder: Annotated[Path | None, typer.Option(help="take this folder for the game server's")] = None,
    database: Annotated[Path | None, typer.Option(help="this database, also one of the older design")] = None,
    markdown_file: Annotated[Path | None, typer.Option("--markdown", help="write the report into this file too")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,  # noqa: FBT002
    offline: Annotated[bool, typer.Option("--offline", help="do not ask the game server")] = False,  # noqa: FBT002
    deep: Annotated[bool, typer.Option("--deep", help="hash every file in local_stats/")] = False,  # noqa: FBT002
    everything: Annotated[bool, typer.Option("--all", help="list every file")] = False,  # noqa: FBT002
) -> None:
    """Is every file accounted for? Exit code 0 healthy, 1 attention or critical, 2 usage, 3 could not look."""
    run(_diagnose(folder, database, markdown_file, as_json=as_json, offline=offline, deep=deep, everything=everything))


async def _diagnose(
    folder: Path | None,
    database: Path | None,
    markdown_file: Path | None,
    *,
    as_json: bool,
    offline: bool,
    deep: bool,
    everything: bool,
) -> int:
    settings = load() if folder is not None or offline else load(*SSH_NEEDS)
    source: RemoteSource | None = FolderSource(folder) if folder is not None else None
    if source is None and not offline:
        source = ssh_source(settings)
    seen, previous = await _survey(settings, source, database or settings.database_path, deep=deep)
    found = audit(seen)
    if markdown_file is not None:
        _write(markdown_file, markdown(found, previous=previous.counts, previous_at=previous.at, everything=everything))
    if as_json:
        put(json.dumps(survey.as_json(found), ensure_ascii=False, indent=1) + "\n")
    else:
        put(terminal(found, previous=previous.counts, previous_at=previous.at, everything=everything))
    return DONE if found.verdict == "healthy" else ATTENTION


async def _survey(
    settings: Settings, source: RemoteSource | None, database: Path, *, deep: bool
) -> tuple[Survey, _Previous]:
    mirror = Mirror(settings.local_stats_dir)
    async with AsyncExitStack() as stack:
        if source is not None:
            stack.push_async_callback(source.close)
        if old_design.is_old_design(database):
            now = int(time.time())
            ledger, rounds = old_design.read(database, now=now)
            return Survey(
                server=None if source is None else await gathering.listing(source),
                local=gathering.copies(mirror, deep=False),
                ledger=ledger,
                rounds=rounds,
                now=now,
                thresholds=thresholds(settings),
            ), _Previous()
        db = await stack.enter_async_context(reading(database))
        seen = await gathering.gather(
            db,
            server=await facts.server_id(db, SERVER),
            mirror=mirror,
            source=source,
            thresholds=thresholds(settings),
            deep=deep,
        )
        last = await survey.last(db)
        return seen, _Previous(seen.previous, None if last is None else last["at"])


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StatsBotError(f"{path} cannot be written: {error.strerror or error}") from error
    talk.print(f"written to {path}", markup=False)


if __name__ == "__main__":
    cli()
