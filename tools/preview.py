"""`python -m tools.preview KIND [--out FILE]`: a picture, of sample data or a stored round; `--all DIR`: every one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.present.card import Picture
from bot.present.pictures.scorecard import match_picture, round_picture
from bot.settings import load
from bot.store.file.database import Reader, reading
from bot.store.questions.rounds import matches
from tools.demo import gallery
from tools.demo.showcase import KINDS
from tools.kit.shell import ATTENTION, DONE, USAGE, app, run, talk

cli = app("Draw a picture to a file.")


class Drawing(StrEnum):
    """What is drawn."""

    ROUND = "round"
    MATCH = "match"
    SESSION = "session"
    HEAT = "heat"
    EVENINGS = "evenings"
    FORM = "form"
    COMPARE = "compare"


@cli.command()
def main(
    kind: Annotated[Drawing | None, typer.Argument(help="what to draw")] = None,
    out: Annotated[Path | None, typer.Option(help="the file to write; else one named after what it shows")] = None,
    players: Annotated[int, typer.Option(help="players a side, of the sample data", min=1, max=32)] = 3,
    hostile: Annotated[bool, typer.Option("--hostile", help="names that make trouble")] = False,  # noqa: FBT002  (typer's way)
    round: Annotated[int | None, typer.Option(help="the number of a stored round, instead of sample data")] = None,
    every: Annotated[
        Path | None, typer.Option("--all", help="a folder for every picture, 1v1 to 16v16, and a page that shows them")
    ] = None,
) -> None:
    """Draw any card or chart as a picture, from sample data or a stored round, and print its text."""
    if kind is None:
        run(_gallery(every))
    run(_stored(kind, round, out=out) if round is not None else _sample(kind, players, hostile=hostile, out=out))


async def _gallery(folder: Path | None) -> int:
    if folder is None:
        talk.print("say what to draw, or --all with a folder", markup=False)
        return USAGE
    written = gallery.write(folder)
    talk.print(f"{len(written) - 1} pictures; {written[-1]} shows them", markup=False)
    return DONE


async def _sample(kind: Drawing, players: int, *, hostile: bool, out: Path | None) -> int:
    return _written(KINDS[kind](players, hostile), out)


async def _stored(kind: Drawing, round_id: int, *, out: Path | None) -> int:
    if kind not in (Drawing.ROUND, Drawing.MATCH):
        talk.print("--round goes with the kinds round and match", markup=False)
        return USAGE
    async with reading(load().database_path) as db:
        picture = await _of_round(db, kind, round_id)
    if picture is None:
        talk.print(f"there is no round {round_id}", markup=False)
        return ATTENTION
    return _written(picture, out)


async def _of_round(db: Reader, kind: Drawing, round_id: int) -> Picture | None:
    if kind is Drawing.MATCH:
        match = await matches.match_answer(db, round_id)
        return None if match is None else match_picture(match)
    answer = await matches.round_answer(db, round_id)
    return None if answer is None else round_picture(answer)


def _written(picture: Picture, out: Path | None) -> int:
    path = out or Path(picture.name)
    path.write_bytes(picture.data)
    talk.print(f"{path}: {len(picture.data) / 1024:.0f} KB\n{picture.alt}", markup=False)
    return DONE


if __name__ == "__main__":
    cli()
