"""`python -m tools.backup`: a checked copy of the database, now; works while the bot runs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.domain.game.file.files import iso_utc
from bot.invocation import where_env_was_looked_for
from bot.settings import load
from bot.store.file import backups
from bot.store.file.database import check_names, is_there
from tools.kit.shell import ATTENTION, CLOCK, DONE, FAILED, app, put, run, talk

cli = app("Copy the database, and check the copy.")


@cli.command()
def main(
    *,
    to: Annotated[Path | None, typer.Option(help="another folder than BACKUP_DIR; nothing is deleted there")] = None,
    show: Annotated[bool, typer.Option("--list", help="only check and list the backups that are there")] = False,
) -> None:
    """Copy the database through SQLite and check the copy; older ones are thinned out to 7 days and 4 weeks after that.

    The bot does the same daily. Exit code: 0 done, 1 --list found a bad one, 2 usage, 3 no backup was made.
    """
    run(_listed() if show else _made(to))


async def _made(to: Path | None) -> int:
    settings = load()
    path, folder = settings.database_path, to or settings.backups
    if not is_there(path):
        nowhere = f" ({missing})" if (missing := where_env_was_looked_for()) else ""
        talk.print(f"there is no database at {path}{nowhere}", markup=False)
        return FAILED
    check_names(path)
    made = await asyncio.to_thread(backups.make, path, folder, now=int(CLOCK.now()), reached=lambda _step: None)
    gone = [] if to is not None else await asyncio.to_thread(backups.thin_out, path, folder)
    for old in gone:
        talk.print(f"deleted: {old.path.name}, since newer ones are kept", markup=False)
    put(f"{made.path}: checked, {made.path.stat().st_size} bytes\n")
    return DONE


async def _listed() -> int:
    settings = load()
    check_names(settings.database_path)
    bad = 0
    for backup in backups.listed(settings.database_path, settings.backups):
        wrong = await asyncio.to_thread(backups.fault, backup.path)
        bad += wrong is not None
        put(f"{backup.path}  {iso_utc(backup.at)}  {wrong or 'good'}\n")
    return ATTENTION if bad else DONE


if __name__ == "__main__":
    cli()
