"""Who plays in these tests, what they do when nothing matters, and ways to look at what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bot.domain.game.file.columns import COLUMNS, TENTHS
from bot.domain.game.file.files import RoundName, round_name
from bot.domain.game.file.parser import parse
from bot.domain.game.file.report import PlayerReport, RoundReport
from rigs.gameserver.engine import GameServer
from rigs.gameserver.events import ALLIES, AXIS, MP40, THOMPSON, Event, Kill, Person, Shoot, Spawn, Story
from rigs.gameserver.session import PlayedRound
from rigs.gameserver.sheet import TrueSheet

ANNA, BEN, CLEO, DORA, EMIL = (
    Person(name, letter * 32) for name, letter in zip(("anna", "ben", "cleo", "dora", "emil"), "abcde", strict=True)
)
SIDES = {ANNA: AXIS, BEN: AXIS, CLEO: ALLIES, DORA: ALLIES}
SWAPPED = {person: 3 - side for person, side in SIDES.items()}


def a_story(*events: Event, **changed: Any) -> Story:
    """A round of four in which everybody fires, and what else is said."""
    story = Story(sides=dict(SIDES), length=120_000)
    story = replace(story, **changed)
    fire = [Shoot(1000, person, MP40, 10) for person, team in story.sides.items() if team in (AXIS, ALLIES)]
    return replace(story, events=[*fire, *events])


def a_fight(by: Person, victim: Person, *, times: int = 1, since: int = 5000, every: int = 10_000) -> list[Event]:
    """The one kills the other, who comes back after four seconds, so many times."""
    return [
        event
        for at in range(since, since + times * every, every)
        for event in (Kill(at, by, victim, THOMPSON, 120), Spawn(at + 4000, victim))
    ]


def played(server: GameServer, story: Story, *, before: PlayedRound | None = None) -> PlayedRound:
    """Play a round from where the server is; `before`: the match's round 1."""
    sheet = TrueSheet(story, before.sheet.carried if before else None)
    began = server.play(story)
    return PlayedRound(story, sheet, before.sheet if before else None, (began + sheet.played) // 1000)


def a_match(server: GameServer, first: Story, second: Story | None = None) -> list[PlayedRound]:
    """Both rounds on the first one's map, to the end of the second intermission."""
    server.map(first.map)
    one = played(server, first)
    server.intermission()
    server.map_restart()
    # no faster than the attackers of round 1 were
    again = second or a_story(number=2, sides=SWAPPED, length=110_000)
    two = played(server, replace(again, map=first.map), before=one)
    server.intermission()
    server.end_level(restart=0)
    return [one, two]


def report(server: GameServer, which: int = -1) -> RoundReport:
    """What a file says; the last one unless told otherwise."""
    name, data = list(server.disk.files().items())[which]
    parsed = round_name(name)
    assert isinstance(parsed, RoundName)
    return parse(data, parsed)


def line_of(server: GameServer, person: Person, which: int = -1) -> PlayerReport:
    """His line in that file."""
    return next(line for line in report(server, which).players if line.guid == person.guid8)


def field_of(server: GameServer, person: Person, name: str, which: int = -1) -> float:
    """One of his tab fields, as it is written."""
    position = next(column.position for column in COLUMNS if column.name == name)
    value = line_of(server, person, which).fields[position]
    return value / 10 if position in TENTHS else value


def fields_of(server: GameServer, person: Person, names: Iterable[str]) -> dict[str, float]:
    """Some of his tab fields."""
    return {name: field_of(server, person, name) for name in names}


def is_clean(server: GameServer) -> bool:
    """Neither an error nor a value reached the engine, no half file a poller, and no file is left open."""
    journal = server.journal
    returned = [one for one in journal.returned if one != ("et_ConsoleCommand", 1)]
    return not (journal.errors or journal.fatal or returned or server.disk.poller.torn or server.disk.handles)


def play(server: GameServer, *events: Event, **changed: Any) -> None:
    """A round 1 of the four, to its file."""
    server.map("supply")
    server.play(a_story(*events, **changed))
    server.intermission()
    assert is_clean(server)


def kills(*moments: int) -> list[Event]:
    """Anna kills Cleo at each of them; Cleo is back at once."""
    return [event for at in moments for event in (Kill(at, ANNA, CLEO, MP40, 100), Spawn(at + 50, CLEO))]
