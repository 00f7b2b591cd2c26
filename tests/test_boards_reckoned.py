"""Every board against a second reckoning: over the raw text of the files, in plain Python, without any of our own code.

What it knows of the format is FORMAT.md's: the columns by number, what runs on into round 2, the stopwatch rules.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from bot.domain.metrics import METRICS
from bot.domain.scope import Scope
from bot.store import standings
from bot.store.scopes import choose
from tests.builders import a_player, an_archive, an_evening, an_r1, an_r2, two_teams
from tests.world import NIGHT, World

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "gamestats"
EXPECTED = FOLDER / "expected.json"

LIGHT = (2, 3, 4, 5, 6, 26)
RUNNING = (0, 1, 2, 3, 4, 5, 6, 7)
TIME, ALIVE, TENTHS = 22, 8, (8, 21, 22, 23, 24, 25, 26)


@dataclass
class Line:
    """A player's line of one round alone: `fields` by number, None where the writer has no such field."""

    guid: str
    rounds: int
    team: int
    cells: dict[int, list[int]]
    fields: list[int | None]
    time: int
    alive: int
    map: str = ""
    number: int = 0
    attack: bool | None = None
    result: int | None = None

    def of(self, number: int) -> int | None:
        return self.fields[number] if number < len(self.fields) else None

    def sum(self, place: int, weapons: Iterable[int] = range(28)) -> int:
        """Of one of the five counters of a weapon: hits, shots, kills, deaths, headshots."""
        return sum(self.cells[weapon][place] for weapon in weapons if weapon in self.cells)


@dataclass
class Played:
    """One file's header and lines; sides: 1 Axis, 2 Allies."""

    map: str
    number: int
    defender: int
    winner: int
    lines: list[Line] = field(default_factory=list)

    @property
    def finished(self) -> bool:
        """The attackers reached the goal."""
        return self.winner in (1, 2) and self.winner != self.defender


def read(data: bytes) -> Played:
    """A file as it is written: a round 2's running totals are still running totals."""
    head, *rest = data.decode("utf-8", "surrogateescape").replace("\r\n", "\n").split("\n")
    parts = head.split("\\")
    found = Played(parts[1], int(parts[3]), int(parts[4]), int(parts[5]))
    for text in filter(None, rest):
        who, *tabs = text.split("\t")
        guid, tail = who.split("\\", 1)
        _, rounds, team, weapons = tail.rsplit("\\", 3)
        mask, *numbers = map(int, weapons.split())
        bits = [bit for bit in range(28) if mask >> bit & 1]
        cells = {bit: numbers[5 * at : 5 * at + 5] for at, bit in enumerate(bits)}
        fields = [round(10 * float(tab)) if at in TENTHS else int(tab) for at, tab in enumerate(tabs)]
        share = fields[TIME] * fields[ALIVE]
        found.lines.append(Line(guid, int(rounds), int(team), cells, [*fields], fields[TIME], share))
    return found


def runs_on(before: Line, now: Line) -> bool:
    """FORMAT §4.2."""
    cells = all(
        value >= old
        for bit, olds in before.cells.items()
        for place, (old, value) in enumerate(zip(olds, now.cells.get(bit, [0] * 5), strict=True))
        if place != 1
    )
    fields = all((now.fields[at] or 0) >= (before.fields[at] or 0) for at in (*RUNNING, TIME))
    return now.rounds == before.rounds + 1 and cells and fields


def alone(first: Played, total: Played) -> Played:
    """A round 2 by itself (FORMAT §4.3)."""
    before = {line.guid: line for line in first.lines}
    made = Played(total.map, 2, total.defender, total.winner)
    for line in total.lines:
        was = before.get(line.guid)
        if was is None or not runs_on(was, line):
            made.lines.append(line)
            continue
        fields = [
            (value or 0) - (was.fields[at] or 0) if at in RUNNING else value for at, value in enumerate(line.fields)
        ]
        cells = {
            bit: [a - b for a, b in zip(line.cells.get(bit, [0] * 5), was.cells.get(bit, [0] * 5), strict=True)]
            for bit in {*line.cells, *was.cells}
        }
        own = Line(line.guid, line.rounds, line.team, cells, fields, line.time - was.time, line.alive - was.alive)
        if line.team in (1, 2):
            made.lines.append(own)
        elif own.time or any(map(any, cells.values())) or any(fields[at] for at in (*RUNNING, *range(9, 20))):
            own.team = {1: 2, 2: 1}[was.team]
            made.lines.append(own)
    return made


def all_lines(matches: Iterable[tuple[bytes | None, bytes | None]]) -> list[Line]:
    """The lines of matches, each its round 1 and its round 2, with what they know of them."""
    found: list[Line] = []
    for one, two in matches:
        first = read(one) if one is not None else None
        second = alone(first, read(two)) if first is not None and two is not None else None
        halves = [half for half in (first, second) if half is not None]
        for half in halves:
            for line in half.lines:
                line.map, line.number = half.map, half.number
                line.attack = line.team != half.defender if line.team in (1, 2) and half.defender in (1, 2) else None
                line.time, line.alive = 6 * line.time, min(max(round(line.alive * 6 / 1000), 0), 6 * line.time)
            found += half.lines
        if first is not None and second is not None:
            _decide(first, second)
    return found


def _decide(first: Played, second: Played) -> None:
    """FORMAT §2: a round 2 that is finished wins; else a round 1 that is; else nobody. Told on one's last line."""
    attackers = {1: 2, 2: 1}[second.defender]
    side = attackers if second.finished else second.defender if first.finished else 0
    last = {line.guid: line for line in first.lines} | {line.guid: line for line in second.lines if line.team in (1, 2)}
    for line in last.values():
        if line.team in (1, 2):
            mine = line.team if line in second.lines else {1: 2, 2: 1}[line.team]
            line.result = 0 if side == 0 else 1 if mine == side else -1


Sum = Callable[[Line], float | None]


def plus(*numbers: int) -> Sum:
    """The sum of these fields, unknown where one of them is."""

    def of(line: Line) -> float | None:
        values = [line.of(number) for number in numbers]
        return None if any(value is None for value in values) else sum(value or 0 for value in values)

    return of


def denied(line: Line) -> float | None:
    return None if len(line.fields) == 36 else line.of(28)


def multikills(line: Line) -> float | None:
    return sum(line.of(number) or 0 for number in (29, 30, 31, 32, 33))


def kills(line: Line) -> float:
    return line.sum(2)


def deaths(line: Line) -> float:
    return line.sum(3)


def one(line: Line) -> float:
    return 1


def won(line: Line) -> float | None:
    return None if line.result is None else float(line.result > 0)


def seconds(line: Line) -> float:
    return line.time


# figure → what is summed; or what is divided by what, times what
FIGURES: Mapping[str, tuple[Sum] | tuple[Sum, Sum, int]] = {
    "kills": (kills,),
    "deaths": (deaths,),
    "kd": (kills, deaths, 1),
    "kpr": (kills, one, 1),
    "dpr": (deaths, one, 1),
    "dpm": (plus(0), seconds, 60),
    "damage": (plus(0),),
    "received": (plus(1),),
    "damage_ratio": (plus(0), plus(1), 1),
    "accuracy": (lambda line: line.sum(0, LIGHT), lambda line: line.sum(1, LIGHT), 100),
    "headshots": (lambda line: line.sum(4, LIGHT), lambda line: line.sum(0, LIGHT), 100),
    "headshot_kills": (plus(14),),
    "revives": (plus(37),),
    "revived": (plus(19),),
    "gibs": (plus(4),),
    "useful": (plus(27),),
    "useful_share": (plus(27), kills, 100),
    "denied": (denied,),
    "denied_rate": (denied, seconds, 60),
    "objectives": (plus(17, 18, 36),),
    "dynamites": (plus(17),),
    "defused": (plus(18),),
    "assists": (plus(12),),
    "spree": (plus(10),),
    "multikills": (multikills,),
    "survival": (lambda line: line.alive, seconds, 100),
    "xp": (plus(9),),
    "selfkills": (plus(5),),
    "teamkills": (plus(6),),
    "team_damage": (plus(2),),
    "rounds": (one,),
    "time": (seconds,),
    "matches": (lambda line: None if line.result is None else 1,),
    "wins": (won,),
    "win_rate": (won, one, 100),
}
RISING = {"dpr"}


def reckoned(lines: Sequence[Line], name: str, *, rounds: int) -> list[tuple[int, str, float, int]]:
    """(place, GUID, figure, rounds) of everybody who is compared, by nothing but the lines."""
    figure = FIGURES[name]
    top, needed = figure[0], 1
    if len(figure) == 3:
        needed = max(1, min(10, ceil(rounds / 3)))
        if name == "win_rate":
            needed = max(1, min(5, ceil((rounds // 2) / 3)))
    by_player: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_player[line.guid].append(line)
    values: dict[str, tuple[float, int]] = {}
    for guid, its in by_player.items():
        known = [line for line in its if top(line) is not None]
        if len(known) < needed:
            continue
        tops = [top(line) or 0 for line in known]
        value: float = max(tops) if name == "spree" else sum(tops)
        if len(figure) == 3:
            _, per, scale = figure
            divisor = sum(per(line) or 0 for line in known)
            divisor = max(divisor, 1) if name == "kd" else divisor
            if divisor <= 0:
                continue
            value = scale * value / divisor
        values[guid] = (value, len(its))
    order = sorted(values, key=lambda guid: (values[guid][0] * (1 if name in RISING else -1), guid))
    better = [values[guid][0] for guid in order]
    return [(better.index(values[guid][0]) + 1, guid, *values[guid]) for guid in order]


SCOPES: list[tuple[Scope, Callable[[Line], bool]]] = [
    (Scope(), lambda line: True),
    (Scope(number=1), lambda line: line.number == 1),
    (Scope(number=2), lambda line: line.number == 2),
    (Scope(role="attack"), lambda line: line.attack is True),
    (Scope(role="defence"), lambda line: line.attack is False),
    (Scope(map="supply"), lambda line: line.map == "supply"),
    (
        Scope(map="supply", number=2, role="attack"),
        lambda line: (line.map, line.number, line.attack) == ("supply", 2, True),
    ),
]


async def agree(world: World, lines: Sequence[Line]) -> None:
    """Every board of every scope is the reckoned one."""
    for scope, meant in SCOPES:
        chosen = await choose(world.app.db, scope, now=NIGHT, zone=UTC, gap=3600, seasons={})
        its = [line for line in lines if meant(line)]
        for board in await standings.boards(world.app.db, chosen, METRICS):
            found = [(one.place, one.guid, one.value, one.rounds) for one in board.places]
            wanted = reckoned(its, board.metric.name, rounds=chosen.coverage.rounds)
            assert [each[:2] + each[3:] for each in found] == [each[:2] + each[3:] for each in wanted], (
                scope,
                board.metric.name,
            )
            assert [each[2] for each in found] == pytest.approx([each[2] for each in wanted], rel=1e-12)


def test_every_figure_is_reckoned() -> None:
    assert {*FIGURES} == {metric.name for metric in METRICS}


@pytest.mark.parametrize("files", [an_evening(6), an_evening(5, seed=7, players=10), an_archive(60, seed=3)])
async def test_every_board_of_whole_evenings_is_what_the_files_say(world: World, files: list[Any]) -> None:
    await world.add(*files)
    pairs = [(first.data, second.data) for first, second in zip(files[::2], files[1::2], strict=True)]
    await agree(world, all_lines(pairs))


@pytest.mark.parametrize("tab_fields", [33, 36, 37, 38])
async def test_every_board_with_rounds_of_an_older_writer_is_what_the_files_say(world: World, tab_fields: int) -> None:
    rich: dict[str, Any] = {
        "denied_playtime": 95, "repairs": 2, "revives_given": 3, "multikills_6": 1, "dynamites_planted": 1,
        "dynamites_defused": 1, "useful_kills": 4, "killing_spree": 5, "kill_assists": 2,
    }  # fmt: skip
    players = [
        *two_teams(),
        a_player("anna", kills=9, deaths=2, **rich),
        a_player("ben", team=2, kills=2, deaths=9, **rich),
    ]
    old = an_r1(players=players, tab_fields=tab_fields)
    old_second = an_r2(old, fresh=["anna"])
    new = an_r1(at="2026-03-02-210000", map="braundorf", players=players)
    held = an_r2(new, winner=1)
    await world.add(old, old_second, new, held)
    await agree(world, all_lines([(old.data, old_second.data), (new.data, held.data)]))


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    if not EXPECTED.is_file():
        pytest.skip("no reference files beside the project")
    found: dict[str, Any] = json.loads(EXPECTED.read_text(encoding="utf-8"))
    return found


class Sample:
    """A real file."""

    def __init__(self, name: str) -> None:
        self.name, self.data = name, (FOLDER / name).read_bytes()


async def real(world: World, expected: Mapping[str, Any]) -> None:
    await world.add(*[Sample(name) for name in expected if re.search(r"-round-[12]\.txt$", name)])  # type: ignore[arg-type]  # has what is asked for


async def test_every_board_of_real_evenings_is_what_the_files_say(world: World, expected: dict[str, Any]) -> None:
    await real(world, expected)
    counted = {name: its for name, its in expected.items() if its.get("outcome") == "counted"}
    second = {its["first_round"]: name for name, its in counted.items() if its["round"] == 2}
    pairs = [
        ((FOLDER / name).read_bytes(), (FOLDER / second[name]).read_bytes() if name in second else None)
        for name, its in counted.items()
        if its["round"] == 1
    ]
    lines = all_lines(pairs)
    assert len(lines) == expected["totals"]["player_rounds"]
    await agree(world, lines)


async def test_the_totals_through_the_read_side_are_the_expected_ones(world: World, expected: dict[str, Any]) -> None:
    await real(world, expected)
    chosen = await choose(world.app.db, Scope(), now=NIGHT, zone=UTC, gap=3600, seasons={})
    found = await standings.by_player(world.app.db, chosen, METRICS)
    names = {
        "player_rounds": "rounds", "kills": "kills", "deaths": "deaths", "damage_given": "damage",
        "damage_received": "received", "team_damage_given": "team_damage", "gibs": "gibs", "selfkills": "selfkills",
        "teamkills": "teamkills", "xp": "xp", "kill_assists": "assists", "headshot_kills": "headshot_kills",
        "times_revived": "revived", "useful_kills": "useful", "revives_given": "revives", "time_seconds": "time",
    }  # fmt: skip
    totals = expected["totals"]
    assert {key: sum(one.values[name] or 0 for one in found.values()) for key, name in names.items()} == {
        key: totals[key] for key in names
    }
    sql = "SELECT sum(alive_seconds) AS alive, sum(hits) AS hits, sum(shots) AS shots, sum(headshots) AS headshots"
    row = await world.app.db.one(f"{chosen.cte} {sql} {chosen.from_lines}", **chosen.parameters)
    assert row is not None
    assert (row["hits"], row["shots"], row["headshots"]) == (totals["hits"], totals["shots"], totals["headshots"])
    # half a second may be rounded either way
    assert abs(row["alive"] - totals["alive_seconds"]) <= totals["player_rounds"] // 2
