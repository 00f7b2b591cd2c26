"""`python -m tools.docs`: writes every part of the documents that the code knows better; `--check` only looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from bot.present.words.help import figures_table
from bot.settings import example
from tools.docs.tables import commands_table, posts_table, settings_table, tools_table
from tools.kit.shell import ATTENTION, DONE, app, put, talk

ROOT = Path(__file__).resolve().parents[2]

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


PARTS = (
    GeneratedPart("docs/STATISTICS.md", "figures", figures_table),
    GeneratedPart(".env.example", None, example),
    GeneratedPart("docs/COMMANDS.md", "commands", commands_table),
    GeneratedPart("docs/COMMANDS.md", "tools", tools_table),
    GeneratedPart("docs/OPERATION.md", "posts", posts_table),
    GeneratedPart("docs/SETTINGS.md", "settings", settings_table),
)

if __name__ == "__main__":
    cli()
