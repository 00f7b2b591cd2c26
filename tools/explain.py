"""`python -m tools.explain PLAYER [FIGURE]`: why a number is what it is, or with --round why a round is."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Annotated, Any

import typer

from bot.domain.game.model import Note, Reason
from bot.domain.stats.answers import Coverage
from bot.domain.stats.metrics import Metric
from bot.domain.stats.rounds.explanations import FIGURES, Explanation, Overview, Reckoning, RoundStory, figure
from bot.domain.stats.scope import read
from bot.errors import BadScope
from bot.present.words.reasons import left_out_words, note_text, reason_text, reckoning_text
from bot.present.words.rounds.explain import explanation_lines, overview_lines, story_lines
from bot.settings import Settings, load
from bot.store.file.database import Reader, reading
from bot.store.questions.people.names import Names
from bot.store.questions.rounds import explain
from bot.store.questions.scopes import choose
from tools.kit.shell import ATTENTION, CLOCK, DONE, USAGE, app, put, run, talk

cli = app("Explain a player's figure, or a round.")


@cli.command()
def main(
    player: Annotated[str, typer.Argument(help="any name that was ever worn, or a GUID")] = "",
    asked: Annotated[
        str, typer.Argument(metavar="FIGURE", help="shots, accuracy, kd, revives …; else an overview")
    ] = "",
    scope: Annotated[str, typer.Option(help="which rounds: 30d, a map, r1, attack, 3v3 …")] = "all",
    page: Annotated[int, typer.Option(help="page of the rounds, newest first", min=1)] = 1,
    round: Annotated[int | None, typer.Option(help="the number of a round: its whole story instead")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,  # noqa: FBT002  (typer's way)
) -> None:
    """Explain why a number is what it is: a player's figure over a scope, or one round; reads only."""
    run(_round(round, as_json=as_json) if round is not None else _figure(player, asked, scope, page, as_json=as_json))


async def _figure(player: str, asked: str, scope: str, page: int, *, as_json: bool) -> int:
    wanted = figure(asked.casefold())
    if asked and wanted is None:
        there_are = ", ".join(metric.name for metric in FIGURES)
        talk.print(f"no figure is called {asked}; there are {there_are}", markup=False)
        return USAGE
    settings = load()
    async with reading(settings.database_path) as db:
        try:
            answer = await _found(db, settings, player, wanted, scope, page)
        except BadScope as error:
            talk.print(f"{error}; did you mean {', '.join(error.near) or 'all'}?", markup=False)
            return USAGE
    if answer is None:
        return ATTENTION
    if as_json:
        put(_json(answer))
    elif isinstance(answer, Overview):
        put("\n".join(overview_lines(answer)) + "\n")
    else:
        put("\n".join(explanation_lines(answer, zone=settings.rules.zone)) + "\n")
    return DONE


async def _found(
    db: Reader, settings: Settings, player: str, wanted: Metric | None, scope: str, page: int
) -> Explanation | Overview | None:
    """The answer; None where nobody is called so."""
    names = Names(db, CLOCK)
    who = await names.resolve(player)
    if who is None:
        near = ", ".join(f"{name.alias} ({name.guid})" for name in await names.search(player, limit=5))
        talk.print(f"no player is called {player!r}" + (f"; there are {near}" if near else ""), markup=False)
        return None
    chosen = await choose(
        db,
        read(scope, maps=await names.maps(), seasons=[*settings.rules.seasons]),
        now=CLOCK.now(),
        rules=settings.rules,
    )
    if wanted is None:
        return await explain.overview(db, chosen, guid=who.guid)
    return await explain.explain(db, chosen, wanted, guid=who.guid, page=page - 1)


def _json(answer: Explanation | Overview | RoundStory) -> str:
    return json.dumps(_plain(answer), ensure_ascii=False, indent=1) + "\n"


def _plain(value: Any) -> Any:
    """Dataclasses as objects, a figure by its name, codes as their sentences."""
    match value:
        case Metric():
            return value.name
        case Reason():
            return reason_text(value)
        case Note():
            return note_text(value)
        case Reckoning():
            return reckoning_text(value)
        case Coverage():
            left_out = left_out_words(value.left_out)
            return {field.name: getattr(value, field.name) for field in fields(value)} | {"left_out": left_out}
        case Decimal():
            return float(value)
        case tuple() | list():
            return [_plain(element) for element in value]
        case _ if is_dataclass(value):
            return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            return value


async def _round(number: int, *, as_json: bool) -> int:
    async with reading(load().database_path) as db:
        story = await explain.story(db, number)
    if story is None:
        talk.print(f"there is no round {number}", markup=False)
        return ATTENTION
    put(_json(story) if as_json else "\n".join(story_lines(story)) + "\n")
    return DONE


if __name__ == "__main__":
    cli()
