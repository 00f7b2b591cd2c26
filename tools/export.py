"""`python -m tools.export`: what the database knows, as JSON or CSV on stdout."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.domain.game.model import STORED
from bot.domain.stats.scope import Scope, read
from bot.errors import BadScope, NoAnswer
from bot.present.words.rounds.sheets import ExportFile, csv_head, csv_rows, export_facts, in_words
from bot.settings import Settings, load
from bot.store.file.database import Reader, reading
from bot.store.questions.people.names import Names
from bot.store.questions.rounds import export, matches, sessions
from bot.store.questions.rounds.export import Selection
from bot.store.questions.scopes import ChosenRounds, choose
from tools.kit.shell import ATTENTION, CLOCK, DONE, USAGE, app, put, run, talk

cli = app("Write out what the database knows, on stdout.")


class Format(StrEnum):
    """How it is written."""

    JSON = "json"
    CSV = "csv"


class Dataset(StrEnum):
    """What is written."""

    ROUNDS = "rounds"
    SESSIONS = "sessions"
    SESSION = "session"
    MATCH = "match"
    PLAYER = "player"
    SCOPE = "scope"


@cli.command()
def main(
    what: Annotated[
        Dataset,
        typer.Argument(
            help="rounds: every file, round and player; sessions: their teams and scores (JSON alone); "
            "else a row per player and round"
        ),
    ],
    which: Annotated[str, typer.Argument(help="a session's date, a match's number, a name, or a scope")] = "",
    format: Annotated[Format, typer.Option(help="json or csv")] = Format.JSON,
) -> None:
    """Write out what the database knows: the same text for the same files, whatever the order of their arrival."""
    match what:
        case Dataset.ROUNDS:
            run(_rounds(format))
        case Dataset.SESSIONS:
            run(_sessions(format))
        case Dataset.SESSION | Dataset.MATCH | Dataset.PLAYER | Dataset.SCOPE:
            run(_rows(what, which, format))


async def _rounds(kind: Format) -> int:
    async with reading(load().database_path) as db:
        rounds = [in_words(round) for round in await export.rounds(db)]
        if kind is Format.JSON:
            files = [in_words(file) for file in await export.files(db)]
            put(json.dumps({"files": files, "rounds": rounds}, ensure_ascii=False, indent=1) + "\n")
        else:
            put(_csv(rounds))
    return DONE


async def _sessions(kind: Format) -> int:
    if kind is Format.CSV:
        talk.print("sessions have teams in pairs, which no table holds: leave --format csv out", markup=False)
        return USAGE
    settings = load()
    async with reading(settings.database_path) as db:
        sessions = await export.sessions(db, zone=settings.rules.zone)
    put(json.dumps({"sessions": sessions}, ensure_ascii=False, indent=1) + "\n")
    return DONE


def _csv(rounds: list[dict[str, Any]]) -> str:
    head = ("server", "file", "map", "round", "state", "reason", "first_round", "ended_at")
    rows = (
        [*(round[name] for name in head), *(player[name] for name in STORED)]
        for round in rounds
        for player in round["players"]
    )
    return csv_head([*head, *STORED]) + csv_rows(rows)


async def _rows(what: Dataset, which: str, kind: Format) -> int:
    settings = load()
    async with reading(settings.database_path) as db:
        try:
            selection = await _found(db, settings, what, which)
        except NoAnswer as error:
            talk.print(str(error), markup=False)
            return ATTENTION
        except BadScope as error:
            talk.print(f"{error}; did you mean {', '.join(error.near) or 'all'}?", markup=False)
            return USAGE
        sheet = ExportFile(
            kind.value,
            export_facts(what.value, label=selection.label, rounds=len(selection.rounds), left_out=selection.left_out),
            export.COLUMNS,
        )
        put(sheet.head)
        async for rows in export.rows(db, selection):
            put(sheet.rows([in_words(row) for row in rows]))
        put(sheet.end)
    return DONE


async def _found(db: Reader, settings: Settings, what: Dataset, which: str) -> Selection:
    """What is meant; raises `NoAnswer` or `BadScope`."""
    names = Names(db, CLOCK)
    if what is Dataset.MATCH:
        wanted = await matches.resolve(db, which) if which else await matches.newest_match(db)
        selection = None if wanted is None else await export.of_match(db, wanted)
        if selection is None:
            raise NoAnswer(f"there is no match by {which!r}: give its number, or a map")
        return selection
    if what is Dataset.PLAYER:
        who = await names.resolve(which)
        if who is None:
            near = ", ".join(choice.alias for choice in await names.search(which, limit=5))
            raise NoAnswer(f"there is no player called {which!r}" + (f"; there are {near}" if near else ""))
        return await export.of_player(db, await _choose(db, settings, Scope()), guid=who.guid, name=who.name)
    if what is Dataset.SESSION:
        start = await sessions.resolve(db, which, zone=settings.rules.zone, now=CLOCK.now())
        if start is None:
            raise NoAnswer(f"there is no session called {which!r}: give its date, such as 2025-10-12")
        (which,) = await sessions.labels(db, [start], zone=settings.rules.zone)
    scope = read(which, maps=await names.maps(), seasons=[*settings.rules.seasons])
    return await export.of_scope(db, await _choose(db, settings, scope))


async def _choose(db: Reader, settings: Settings, scope: Scope) -> ChosenRounds:
    return await choose(
        db,
        scope,
        now=CLOCK.now(),
        rules=settings.rules,
    )


if __name__ == "__main__":
    cli()
