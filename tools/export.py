"""`python -m tools.export rounds`: everything the database knows of files and rounds, as JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.domain.model import PlayerRound
from bot.settings import load
from bot.store import export
from bot.store.database import reading
from tools.shell import DONE, app, put, run

cli = app("Write out what the database knows, on stdout.")


class Format(StrEnum):
    """How it is written."""

    JSON = "json"
    CSV = "csv"


class What(StrEnum):
    """What is written."""

    ROUNDS = "rounds"


@cli.command()
def main(
    what: Annotated[What, typer.Argument(help="rounds: every file, round and player")],
    format: Annotated[Format, typer.Option(help="json: all; csv: one line per player and round")] = Format.JSON,  # noqa: A002
) -> None:
    """Write out what the database knows: the same text for the same files, whatever the order of their arrival."""
    assert what is What.ROUNDS
    run(_export(format))


async def _export(kind: Format) -> int:
    async with reading(load().database_path) as db:
        found = await export.rounds(db)
        if kind is Format.JSON:
            put(json.dumps({"files": await export.files(db), "rounds": found}, ensure_ascii=False, indent=1) + "\n")
        else:
            put(_csv(found))
    return DONE


def _csv(rounds: list[dict[str, Any]]) -> str:
    head = ("server", "file", "map", "round", "state", "reason", "first_round", "ended_at")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*head, *PlayerRound._fields])
    for one in rounds:
        for player in one["players"]:
            cells = [*(one[name] for name in head), *(player[name] for name in PlayerRound._fields)]
            writer.writerow([_cell(value) for value in cells])
    return "\ufeff" + out.getvalue()


def _cell(value: object) -> object:
    """A spreadsheet must not take a player's name for a formula."""
    return "'" + value if isinstance(value, str) and value[:1] in tuple("=+-@\t\r＝＋－＠") and value else value


if __name__ == "__main__":
    cli()
