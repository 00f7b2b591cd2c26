"""`python -m tools.rebuild`: derive every round anew from the stored bytes, or from a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.app import open_app
from bot.ingest.service import once
from bot.ingest.source.folder import FolderSource
from bot.invocation import where_env_was_looked_for
from bot.settings import load
from bot.store.file.database import is_there
from tools.kit.shell import ATTENTION, DONE, USAGE, app, put, run, talk

cli = app("Derive every round anew.")


@cli.command()
def main(
    from_: Annotated[Path | None, typer.Option("--from", help="fill a new database from this folder")] = None,
) -> None:
    """Derive every round anew from the stored bytes, or from a folder when the database is lost."""
    run(_from_folder(from_) if from_ is not None else _in_place())


async def _in_place() -> int:
    settings = load()
    if not is_there(settings.database_path):
        nowhere = f" ({missing})" if (missing := where_env_was_looked_for()) else ""
        talk.print(
            f"there is no database at {settings.database_path}{nowhere}: give --from DIR to make one from files",
            markup=False,
        )
        return USAGE
    async with open_app(settings, program="tools.rebuild") as opened:
        rounds, changed = await opened.importer.rebuild()
    put(f"{rounds} rounds derived anew, {changed} of them changed\n")
    return DONE


async def _from_folder(folder: Path) -> int:
    async with open_app(load(), source=FolderSource(folder), program="tools.rebuild") as opened:
        assert opened.live is not None
        opened.importer.silent = True
        report = await once(opened.live.poller, opened.db, opened.importer)
    put(f"{report.summary()}\n")
    return ATTENTION if report.attention else DONE


if __name__ == "__main__":
    cli()
