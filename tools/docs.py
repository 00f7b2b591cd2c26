"""`python -m tools.docs`: writes every part of the documents that the code knows better; `--check` only looks."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from discord import app_commands
from discord.ext import commands
from typer.core import TyperArgument, TyperOption
from typer.main import get_command

import cogs
from bot.invocation import PROGRAM, VERBS
from bot.present.words.help import QUESTIONS, figures_table
from bot.settings import BOT_NEEDS, Settings, example
from tools.kit.etstats import tool
from tools.kit.shell import ATTENTION, DONE, app, put, talk
from tools.sync_stats import REPAIRS

ROOT = Path(__file__).resolve().parent.parent

cli = app("Write the generated parts of the documents.")


class GeneratedPart(NamedTuple):
    """What the code knows of a document: what stands between the two lines with this mark, or all of it."""

    file: str
    mark: str | None
    text: Callable[[], str]

    def put_into(self, document: str) -> str:
        """The document as it should be; raises `ValueError` where a line with the mark is missing."""
        if self.mark is None:
            return self.text()
        begin, end = (f"<!-- {self.mark}: {word} -->\n" for word in ("begin", "end"))
        if (document.count(begin), document.count(end)) != (1, 1):
            raise ValueError(f"{self.file} needs the lines {begin.strip()} and {end.strip()}, each once")
        before, _, rest = document.partition(begin)
        return before + begin + self.text() + end + rest.partition(end)[2]


@cli.command()
def main(
    *,
    check: Annotated[bool, typer.Option("--check", help="write nothing; exit code 1 where a part is stale")] = False,
) -> None:
    """Write every part of the documents that the code knows better: figures, commands, tools, settings."""
    raise typer.Exit(write(ROOT, check=check))


def write(root: Path, *, check: bool) -> int:
    """Bring the documents below `root` up to date, or only say which are not; the exit code."""
    stale = []
    for file in dict.fromkeys(part.file for part in PARTS):
        document = should_be = (root / file).read_text(encoding="utf-8")
        for part in PARTS:
            if part.file == file:
                should_be = part.put_into(should_be)
        if should_be != document:
            stale.append(file)
            if not check:
                (root / file).write_text(should_be, encoding="utf-8", newline="\n")
    if check and stale:
        talk.print(f"not what the code says: {', '.join(stale)}; run `python -m tools.docs`", markup=False)
        return ATTENTION
    put("".join(f"{file} is written anew\n" for file in stale))
    return DONE


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


def _default(name: str, value: object) -> str:
    if name in BOT_NEEDS:
        return "required"
    return "none" if value in (None, "") else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [[cell.replace("|", r"\|").rstrip(".") for cell in line] for line in (head, ["---"] * len(head), *lines)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


PARTS = (
    GeneratedPart("docs/STATISTICS.md", "figures", figures_table),
    GeneratedPart(".env.example", None, example),
    GeneratedPart("docs/COMMANDS.md", "commands", commands_table),
    GeneratedPart("docs/COMMANDS.md", "tools", tools_table),
    GeneratedPart("docs/SETTINGS.md", "settings", settings_table),
)

if __name__ == "__main__":
    cli()
