"""The tables of commands, tools and settings, as the documents show them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Sequence

from discord import app_commands
from discord.ext import commands
from typer.core import TyperArgument, TyperOption
from typer.main import get_command

import cogs
from bot.invocation import PROGRAM, VERBS
from bot.present.words.help import QUESTIONS
from bot.present.words.posts import posts_table as posts
from bot.settings import BOT_NEEDS, Settings
from tools.kit.etstats import tool
from tools.sync_stats import REPAIRS


def commands_table() -> str:
    """Every slash command: first what people ask, in the order of /help, then what admins do."""
    asked = ["help", *(name for _, name, _ in QUESTIONS)]
    listed = sorted(_commands(), key=lambda line: asked.index(line[0]) if line[0] in asked else len(asked))
    return _table(("command", "shows"), ([f"`/{name}{options}`", meaning] for name, options, meaning in listed))


def _commands() -> Iterator[tuple[str, str, str]]:
    """(name with its group, options, meaning) of each."""
    for module in pkgutil.walk_packages(cogs.__path__, "cogs."):
        for cog in vars(importlib.import_module(module.name)).values():
            if not (isinstance(cog, type) and issubclass(cog, commands.Cog) and cog.__module__ == module.name):
                continue
            group = f"{cog.__cog_group_name__} " if issubclass(cog, commands.GroupCog) else ""
            for command in cog.__cog_app_commands__:
                if isinstance(command, app_commands.Command):
                    options = (
                        f" {p.display_name}" if p.required else f" [{p.display_name}]" for p in command.parameters
                    )
                    yield group + command.name, "".join(options), command.description


def tools_table() -> str:
    """Every tool with its arguments and options; each repair has a line of its own."""
    return _table(("command", "does"), (line for verb in VERBS for line in _usage(verb)))


def _usage(verb: str) -> Iterator[Sequence[str]]:
    command = get_command(tool(verb))
    arguments = [p for p in command.params if isinstance(p, TyperArgument)]
    options = [p for p in command.params if isinstance(p, TyperOption) and p.name != "dir"]  # each takes that one
    words = [_argument(p) for p in arguments] + [_option(p) for p in options if p.rich_help_panel != REPAIRS]
    yield f"`{' '.join([PROGRAM, verb, *words])}`", _first_paragraph(command.help or "")
    yield from ([f"`… {p.opts[0]}`", p.help or ""] for p in options if p.rich_help_panel == REPAIRS)


def _argument(argument: TyperArgument) -> str:
    word = (argument.metavar or argument.name or "").upper()
    return word if argument.required else f"[{word}]"


def _option(option: TyperOption) -> str:
    return f"[{option.opts[0]}]" if option.is_flag else f"[{option.opts[0]} …]"


def _first_paragraph(text: str) -> str:
    return " ".join(text.split("\n\n")[0].split())


def settings_table() -> str:
    """Every setting with its default and meaning, in the order of `.env.example`."""
    return _table(
        ("setting", "default", "meaning"),
        (
            [f"`{name.upper()}`", _default(name, field.default), (field.description or "").removeprefix("optional: ")]
            for name, field in Settings.model_fields.items()
        ),
    )


def posts_table() -> str:
    """Every kind of post."""
    return _table(("post", "is made when", "switched by"), posts())


def _default(name: str, value: object) -> str:
    if name in BOT_NEEDS:
        return "required"
    return "none" if value in (None, "") else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [[cell.replace("|", r"\|").rstrip(".") for cell in line] for line in (head, ["---"] * len(head), *lines)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
