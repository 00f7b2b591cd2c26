"""`python -m tools.parse FILE`: what one file says, or where it breaks the grammar; needs no database."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.domain.game.file.columns import COLUMNS, FieldUnit
from bot.domain.game.file.files import NotARound, round_name
from bot.domain.game.file.parser import parse
from bot.domain.game.file.reasons import BadFile
from bot.domain.game.file.report import PlayerReport
from bot.domain.game.file.weapons import weapon_name
from bot.present.words.reasons import file_reason_text
from tools.kit.shell import ATTENTION, DONE, app, put, run, talk

cli = app("Show what one round file says.")


@cli.command()
def main(file: Annotated[Path, typer.Argument(help="a round file", exists=True, dir_okay=False)]) -> None:
    """Show what one round file says, as JSON, or the line where it breaks the grammar.

    In a round 2 most figures are running totals of both rounds.
    """
    run(_parse(file))


async def _parse(file: Path) -> int:
    name = round_name(file.name)
    if isinstance(name, NotARound):
        talk.print(f"{file.name}: {file_reason_text(name.reason)}", markup=False)
        return ATTENTION
    try:
        report = parse(file.read_bytes(), name)
    except BadFile as error:
        talk.print(f"{file.name}: {file_reason_text(error.reason)}", markup=False)
        return ATTENTION
    tallies = None if report.tallies is None else [tally._asdict() for tally in report.tallies]
    shown = asdict(report) | {"players": [_player(player) for player in report.players], "tallies": tallies}
    put(json.dumps(shown, ensure_ascii=False, indent=1) + "\n")
    return DONE


def _player(player: PlayerReport) -> dict[str, object]:
    fields = {
        column.name: value / 10 if column.unit is FieldUnit.TENTHS else value
        for column, value in zip(COLUMNS, player.fields, strict=False)
    }
    weapons = {weapon_name(bit): cells._asdict() for bit, cells in player.weapons.items()}
    return {
        "guid": player.guid,
        "name": player.name,
        "rounds": player.rounds,
        "team": player.team,
        "weapons": weapons,
        "fields": fields,
    }


if __name__ == "__main__":
    cli()
