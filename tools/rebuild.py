"""`python -m tools.rebuild`: derive every round anew from the stored bytes, or from a folder."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.app import App, open_app
from bot.domain.game.file.files import NotARound, round_name
from bot.errors import StoreError
from bot.ingest import derivation
from bot.ingest.service import once
from bot.ingest.source.folder import FolderSource
from bot.ingest.source.remote import Entry
from bot.invocation import where_env_was_looked_for
from bot.present.words.text import counted
from bot.settings import Settings, load
from bot.store.file import backups, handover
from bot.store.file.database import is_there
from bot.store.file.handover import Handover
from tools.kit.repairs import RepairOptions, confirmed
from tools.kit.shell import ATTENTION, DONE, FAILED, USAGE, app, put, run, talk


class KeptRounds(FolderSource):
    """`local_stats/` in place of the server's folder: what else lies there (`.gitkeep` of a clone) was never there."""

    async def list(self) -> Sequence[Entry]:
        """The round files."""
        return [entry for entry in await super().list() if not isinstance(round_name(entry.name), NotARound)]


cli = app("Derive every round anew.")


@cli.command()
def main(
    from_: Annotated[Path | None, typer.Option("--from", help="fill a new database from this folder")] = None,
    *,
    handover_: Annotated[
        Path | None,
        typer.Option("--handover", help="with --from: what no file tells; without it: that of the newest backup"),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would change")] = False,
) -> None:
    """Derive every round anew from the stored bytes, or from a folder when the database is lost.

    Messages, links, settings and decisions stay: a new database gets them from the JSON beside the newest backup.
    Exit code: 0 done, 1 a file wants a look, 2 usage, 3 nothing was changed.
    """
    how = RepairOptions(from_, yes=yes, dry_run=dry_run)
    run(_in_place(how) if from_ is None else _from_folder(from_, handover_, how))


async def _in_place(how: RepairOptions) -> int:
    settings = load()
    if not is_there(settings.database_path):
        nowhere = f" ({missing})" if (missing := where_env_was_looked_for()) else ""
        talk.print(
            f"there is no database at {settings.database_path}{nowhere}: give --from DIR to make one from files",
            markup=False,
        )
        return USAGE
    async with open_app(settings, program="tools.rebuild") as opened:
        differing = await derivation.compare(opened.db, opened.server, opened.importer, only=None)
        for name in differing:
            talk.print(f"says something else: {name}", markup=False)
        if not confirmed(f"{counted(len(differing), 'round')} would change, and posts with them", how):
            return _nothing(how)
        rounds, changed = await opened.importer.rebuild()
    put(f"{rounds} rounds derived anew, {changed} of them changed\n")
    return DONE


async def _from_folder(folder: Path, named: Path | None, how: RepairOptions) -> int:
    settings = load()
    is_ours = folder.exists() and settings.local_stats_dir.exists() and folder.samefile(settings.local_stats_dir)
    source = KeptRounds(folder) if is_ours else FolderSource(folder)
    path = named or await asyncio.to_thread(_beside_newest_backup, settings)
    told = None if path is None else handover.read(path)
    names = [entry.name for entry in await source.list()]
    files = sum(not isinstance(round_name(name), NotARound) for name in names)
    if not files:
        raise StoreError(f"{folder} has no round files: name the folder that has them")
    talk.print(f"files       {folder}: {counted(files, 'round file')}", markup=False)
    talk.print(
        f"handover    {path}: {told.contents() or 'nothing'}" if told else
        "handover    none: messages, links, settings and decisions are not known to the new database",
        markup=False,
    )  # fmt: skip
    there = "is there, and is added to" if is_there(settings.database_path) else "is made"
    if not confirmed(f"database    {settings.database_path}: {there}; nothing is posted", how):
        return _nothing(how)
    async with open_app(settings, source=source, program="tools.rebuild") as opened:
        assert opened.live is not None
        opened.importer.silent = True
        report = await once(opened.live.poller, opened.db, opened.importer)
        if told is not None:
            await _take_over(opened, told)
    put(f"{report.summary()}\n")
    return ATTENTION if report.attention else DONE


async def _take_over(opened: App, told: Handover) -> None:
    server = opened.server
    await opened.db.write(lambda tx: handover.take_over_decisions(tx, server, told))
    await opened.importer.derive_again(told.decided)
    left = await opened.db.write(lambda tx: handover.take_over_posts(tx, server, told))
    talk.print(f"handed over: {told.contents() or 'nothing'}", markup=False)
    if left:
        talk.print(f"{counted(left, 'post')} left out, since the files of their rounds are not here", markup=False)


def _beside_newest_backup(settings: Settings) -> Path | None:
    every = backups.listed(settings.database_path, settings.backups)
    beside = (handover.path_beside(backup.path) for backup in every)
    return next((path for path in beside if path.is_file()), None)


def _nothing(how: RepairOptions) -> int:
    talk.print("nothing was changed")
    return DONE if how.dry_run else FAILED


if __name__ == "__main__":
    cli()
