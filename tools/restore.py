"""`python -m tools.restore`: put a backup in the database's place, keeping what was there."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.app import open_app
from bot.domain.game.file.files import iso_utc
from bot.errors import StoreError
from bot.invocation import command
from bot.lock import instance_lock
from bot.present.words.text import counted
from bot.settings import Settings, load
from bot.store.file import backups
from bot.store.file.database import check_names, is_there, reading
from bot.store.file.translation import real
from bot.store.rounds import extent
from tools.kit.repairs import RepairOptions, confirmed
from tools.kit.shell import CLOCK, DONE, FAILED, app, put, run, talk

cli = app("Put a backup in the database's place.")

FIRST_START = """\
Next:
  1. Start the bot: {run}, or its service. Rounds that were finished since then are brought in again by themselves,
     from {local} and from the game server; each is looked for in the channel before it is posted,
     which needs Read Message History there.
  2. {diagnose} says whether every file is accounted for.
  3. Links, settings and decisions made on Discord since then are to be made again.
"""


@cli.command()
def main(
    file: Annotated[Path | None, typer.Argument(help="the backup; without it: the newest one that is good")] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Put a backup in the database's place; what was there is kept beside it, and nothing happens before a yes.

    The bot must not run. Exit code: 0 done, 2 usage, 3 nothing was changed.
    """
    run(_restore(file, yes=yes))


async def _restore(file: Path | None, *, yes: bool) -> int:
    settings = load()
    path, now = settings.database_path, int(CLOCK.now())
    check_names(path)
    with instance_lock(path, program="tools.restore"):
        backup = file or await _newest(settings)
        if real(backup) == real(path):
            raise StoreError(f"{backup} is the database itself: name a backup of it")
        if wrong := await asyncio.to_thread(backups.fault, backup):
            raise StoreError(f"{backup} is no good backup: {wrong}; {command('backup', '--list')} shows all")
        talk.print(f"the backup  {backup}: {await _contents(backup)}", markup=False)
        replaces = is_there(path)
        place = (
            f"replaces    {path}: {await _there(path)}" if replaces else f"becomes     {path}, which is not there now"
        )
        talk.print(place, markup=False)
        if file is None and (fuller := await _fuller(settings, backup)):
            talk.print(fuller, style="yellow", markup=False)
        question = "what is there now is kept beside it" if replaces else "nothing is replaced"
        if not confirmed(question, RepairOptions(None, yes=yes, dry_run=False)):
            talk.print("nothing was changed")
            return FAILED
        kept = await asyncio.to_thread(backups.put_back, backup, path, now=now)
        if kept is not None:
            talk.print(f"kept: {kept}", markup=False)
        async with open_app(settings, program="tools.restore") as app:
            # migrated and derived by the rules of now: the first start is a start like any other
            if copies := (await app.repairs.restore(await app.repairs.missing())).done:
                talk.print(f"{counted(len(copies), 'round file')} written into {settings.local_stats_dir} again")
    put(f"{path} is restored: {await _contents(path)}\n")
    put(
        FIRST_START.format(
            run=command("kit.run"), local=settings.local_stats_dir, diagnose=command("diagnose_file_sync")
        )
    )
    return DONE


async def _newest(settings: Settings) -> Path:
    backup = await asyncio.to_thread(backups.last_good, settings.database_path, settings.backups)
    if backup is None:
        raise StoreError(f"there is no good backup in {settings.backups}: name one")
    return backup.path


async def _fuller(settings: Settings, chosen: Path) -> str | None:
    """A database that was begun anew has newer backups, and less in them."""
    held, fullest = await asyncio.to_thread(
        lambda: (backups.rounds_in(chosen), backups.fullest(settings.database_path, settings.backups))
    )
    if fullest is None or fullest[0] <= held:
        return None
    rounds, backup = fullest
    return f"an older backup holds more, {counted(rounds, 'round')}: {command('restore', backup.path)}"


async def _contents(path: Path) -> str:
    async with reading(path) as db:
        rounds, last = await extent(db)
    return f"{counted(rounds, 'round')}, the last one ended {iso_utc(last)}" if last else "no rounds"


async def _there(path: Path) -> str:
    try:
        return await _contents(path)
    except StoreError as error:
        return f"it cannot be read ({error})"


if __name__ == "__main__":
    cli()
