"""The program `etstats`: every tool is a subcommand of it, and is the same code as `python -m tools.<tool>`."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

import bot
from bot.invocation import PROGRAM, VERBS, choose
from tools.kit.shell import Folder, put


class _Verbs(TyperGroup):
    """The tools by their verbs; each is loaded when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*VERBS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in VERBS:
            return None
        command = get_command(tool(cmd_name))
        command.name = cmd_name
        return command


def tool(verb: str) -> typer.Typer:
    """The command line of the tool that this verb stands for."""
    name = f"tools.{VERBS[verb]}"
    found: typer.Typer = import_module(f"{name}.__main__" if verb in ("setup", "service", "demo") else name).cli
    return found


cli = typer.Typer(
    name=PROGRAM,
    cls=_Verbs,
    help="The ET:Legacy stats bot, and all that goes with it.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(*, wanted: bool) -> None:
    if wanted:
        put(f"{PROGRAM} {bot.__version__}\n")
        raise typer.Exit


@cli.callback()
def main(
    *,
    dir: Folder = None,  # noqa: A002  (the option's name)
    version: Annotated[
        bool, typer.Option("--version", help="print the version", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """The ET:Legacy stats bot, and all that goes with it: `etstats COMMAND --help` tells more of each."""
    if dir is not None:
        choose(dir)


if __name__ == "__main__":
    cli()
