"""`python -m tools.explain PLAYER [FIGURE]`: why a number is what it is, or with --round why a round is."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Annotated

import typer

from bot.domain.explanations import FIGURES, Explanation, figure
from bot.domain.scope import read
from bot.errors import BadScope, StatsBotError
from bot.present.explain import as_lines, story_lines
from bot.settings import Settings, load
from bot.store import explain
from bot.store.database import Reader, reading
from bot.store.names import Names
from bot.store.scopes import choose
from tools.shell import ATTENTION, DONE, USAGE, app, put, run, talk

cli = app("Explain a player's figure, or a round.")


@cli.command()
def main(
    player: Annotated[str, typer.Argument(help="any name he ever wore, or his GUID")] = "",
    asked: Annotated[str, typer.Argument(metavar="FIGURE", help="shots, accuracy, kd, revives …")] = "shots",
    scope: Annotated[str, typer.Option(help="which rounds: 30d, a map, r1, attack, 3v3 …")] = "all",
    page: Annotated[int, typer.Option(help="page of the rounds, newest first", min=1)] = 1,
    round: Annotated[int | None, typer.Option(help="the number of a round: its whole story instead")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,  # noqa: FBT002  (typer's way)
) -> None:
    """Explain a player's figure over a scope, or one round; reads only, and works beside the running bot."""
    run(_round(round, as_json=as_json) if round is not None else _figure(player, asked, scope, page, as_json=as_json))


async def _figure(player: str, asked: str, scope: str, page: int, *, as_json: bool) -> int:
    wanted = figure(asked.casefold())
    if wanted is None:
        talk.print(f"no figure is called {asked}; there are {', '.join(one.name for one in FIGURES)}", markup=False)
        return USAGE
    settings = load()
    async with reading(settings.database_path) as db:
        try:
            found = await _found(db, settings, player, scope, page, asked=asked.casefold())
        except BadScope as error:
            talk.print(f"{error}; did you mean {', '.join(error.near) or 'all'}?", markup=False)
            return USAGE
    if found is None:
        return ATTENTION
    if as_json:
        put(json.dumps(_plain(found), ensure_ascii=False, indent=1) + "\n")
    else:
        put("\n".join(as_lines(found, zone=settings.zone)) + "\n")
    return DONE


async def _found(
    db: Reader, settings: Settings, player: str, scope: str, page: int, *, asked: str
) -> Explanation | None:
    names = Names(db)
    who = await names.resolve(player)
    if who is None:
        near = ", ".join(f"{one.alias} ({one.guid})" for one in await names.search(player, limit=5))
        talk.print(f"no player is called {player!r}" + (f"; there are {near}" if near else ""), markup=False)
        return None
    chosen = await choose(
        db,
        read(scope, maps=await names.maps(), seasons=[*settings.season_dates]),
        now=time.time(),
        zone=settings.zone,
        gap=60 * settings.session_gap_minutes,
        seasons=settings.season_dates,
    )
    wanted = figure(asked)
    if wanted is None:
        raise StatsBotError(f"no figure is called {asked}")
    return await explain.explain(db, chosen, wanted, guid=who.guid, page=page - 1)


def _plain(found: Explanation) -> dict[str, object]:
    said = asdict(found)
    said["figure"] = {"name": found.figure.name, "title": found.figure.title, "meaning": found.figure.meaning}
    return said


async def _round(number: int, *, as_json: bool) -> int:
    async with reading(load().database_path) as db:
        story = await explain.story(db, number)
    if story is None:
        talk.print(f"there is no round {number}", markup=False)
        return ATTENTION
    put(
        json.dumps(asdict(story), ensure_ascii=False, indent=1) + "\n"
        if as_json
        else "\n".join(story_lines(story)) + "\n"
    )
    return DONE


if __name__ == "__main__":
    cli()
