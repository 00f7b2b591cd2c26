"""`etstats run`: the bot itself, as `python -m bot`."""

from __future__ import annotations

import typer

from tools.kit.shell import app

cli = app("Run the bot.")


@cli.command()
def main() -> None:
    """Run the bot until it is told to stop; its exit codes are those of `python -m bot`."""
    from bot import process  # discord.py alone takes half a second: not for who asks for help

    raise typer.Exit(process.main())
