"""`etstats run`: the bot itself, as `python -m bot`."""

from __future__ import annotations

import typer

from bot.errors import SettingsError
from tools.kit.shell import app, check_folder, talk

cli = app("Run the bot.")


@cli.command()
def main() -> None:
    """Run the bot until it is told to stop; its exit codes are those of `python -m bot`."""
    from bot import process  # discord.py alone takes half a second: not for who asks for help

    try:
        check_folder()
    except SettingsError as error:
        talk.print(str(error), style="red", markup=False)
        raise typer.Exit(process.CONFIGURATION) from None
    raise typer.Exit(process.main())
