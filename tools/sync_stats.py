"""`python -m tools.sync_stats`: one sync now, from the game server or from a folder; and every repair of the audit."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated

import typer

from tools.kit import repairs
from tools.kit.repairs import RepairOptions
from tools.kit.shell import app, run
from tools.kit.syncing import sync

REPAIRS = "Repairs"
"""Options of which one at a time is done instead of a sync."""

cli = app("Bring in every new round file once, now; or repair what the diagnosis found.")


@cli.command()
def sync_stats(
    files: Annotated[list[str] | None, typer.Argument(help="file names for a repair; - reads them from stdin")] = None,
    *,
    folder: Annotated[Path | None, typer.Option(help="read this folder instead of the game server")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would be done")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    restore_missing: Annotated[
        bool,
        typer.Option(
            "--restore-missing",
            help="bring back what is imported and gone from disk; imports nothing",
            rich_help_panel=REPAIRS,
        ),
    ] = False,
    redownload_all: Annotated[
        bool,
        typer.Option(
            "--redownload-all",
            help="fetch everything again, after a zip of local_stats/; imports nothing twice",
            rich_help_panel=REPAIRS,
        ),
    ] = False,
    reimport: Annotated[
        bool,
        typer.Option(
            "--reimport",
            help="FILES: parse again and replace their rounds, showing the difference",
            rich_help_panel=REPAIRS,
        ),
    ] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="FILES, or --failed: try again now", rich_help_panel=REPAIRS)
    ] = False,
    failed: Annotated[bool, typer.Option("--failed", help="with --retry: all that failed")] = False,
    ignore: Annotated[
        bool, typer.Option("--ignore", help="FILES: take them out; needs --reason", rich_help_panel=REPAIRS)
    ] = False,
    reason: Annotated[str | None, typer.Option(help="with --ignore: why, shown wherever the file is")] = None,
    unignore: Annotated[
        bool, typer.Option("--unignore", help="FILES: take --ignore back", rich_help_panel=REPAIRS)
    ] = False,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="write the ledger rows of rounds that lack one", rich_help_panel=REPAIRS)
    ] = False,
) -> None:
    """Bring in every new round file once, now; or, with one of the repairs, mend what the diagnosis found.

    Every repair takes --dry-run, says what it will change, asks, and can be interrupted and run again.
    """
    how, names = RepairOptions(folder, yes=yes, dry_run=dry_run), _names(files or [])
    chosen: list[tuple[bool, str, str, Callable[[], Coroutine[None, None, int]]]] = [
        (restore_missing, "--restore-missing", "/sync restore", lambda: repairs.restore_missing(how)),
        (redownload_all, "--redownload-all", "", lambda: repairs.redownload_all(how)),
        (reimport, "--reimport", "/sync diagnose, and its button", lambda: repairs.reimport(how, names)),
        (retry, "--retry", "/sync retry", lambda: repairs.retry(how, names, failed=failed)),
        (ignore, "--ignore", "/sync ignore", lambda: repairs.ignore(how, names, reason=reason or "")),
        (unignore, "--unignore", "/sync ignore undo", lambda: repairs.unignore(how, names)),
        (adopt, "--adopt", "/sync diagnose, and its button", lambda: repairs.adopt(how)),
    ]
    wanted = [repair for repair in chosen if repair[0]]
    _check([option for _, option, _, _ in wanted], names, reason=reason, failed=failed)
    if not wanted:
        run(sync(folder, dry_run=dry_run), on_discord="/sync run")
    for _, _, on_discord, work in wanted:
        run(work(), on_discord=on_discord)


def _names(given: list[str]) -> list[str]:
    """The names, each once; those of stdin in place of a dash."""
    told = [line.strip() for name in given for line in (sys.stdin if name == "-" else (name,))]
    return list(dict.fromkeys(name for name in told if name))


def _check(wanted: list[str], names: list[str], *, reason: str | None, failed: bool) -> None:
    if len(wanted) > 1:
        raise typer.BadParameter(f"one repair at a time, not {' and '.join(wanted)}")
    repair = wanted[0] if wanted else ""
    takes_files = repair in ("--reimport", "--retry", "--ignore", "--unignore")
    if failed and repair != "--retry":
        raise typer.BadParameter("--failed goes with --retry")
    if takes_files and not names and not failed:
        raise typer.BadParameter(
            f"{repair} needs the names of files" + (", or --failed" if repair == "--retry" else "")
        )
    if names and not takes_files:
        raise typer.BadParameter("file names go with --reimport, --retry, --ignore or --unignore")
    if repair == "--ignore" and not (reason or "").strip():
        raise typer.BadParameter('--ignore needs --reason "…"')


if __name__ == "__main__":
    cli()
