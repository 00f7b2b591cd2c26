"""A second reckoning of every figure: over the raw text of the files, in plain Python, without any of our own code.

What it knows of the format is FORMAT's: the columns by number, what runs on into round 2, the stopwatch rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

LIGHT = (2, 3, 4, 5, 6, 26)
RUNNING = (0, 1, 2, 3, 4, 5, 6, 7)
TIME, ALIVE, TENTHS = 22, 8, (8, 21, 22, 23, 24, 25, 26)


@dataclass
class Line:
    """A player's line of one round alone: `fields` by number, `cells` by weapon; times in seconds.

    `result`: on his last line of a match that has one, 1 won, 0 a draw, -1 lost.
    """

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
        """A field by its number."""
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
    if "KILLS\t1" in rest:  # who killed whom, to the end of the file (SCRIPT): no player's line
        rest = rest[: rest.index("KILLS\t1")]
    for text in filter(None, rest):
        who, figures = text.rsplit("\\", 1)  # a name may hold anything, tabs too
        weapons, *tabs = figures.split("\t")
        guid, tail = who.split("\\", 1)
        _, rounds, team = tail.rsplit("\\", 2)
        mask, *numbers = map(int, weapons.split())
        bits = [bit for bit in range(28) if mask >> bit & 1]
        cells = {bit: numbers[5 * at : 5 * at + 5] for at, bit in enumerate(bits)}
        fields = [round(10 * float(tab)) if at in TENTHS else int(tab) for at, tab in enumerate(tabs)]
        share = fields[TIME] * fields[ALIVE]
        found.lines.append(Line(guid, int(rounds), int(team), cells, [*fields], fields[TIME], share))
    return found


def runs_on(before: Line, now: Line) -> bool:
    """FORMAT, "Whose line runs on"."""
    cells = all(
        value >= old
        for bit, olds in before.cells.items()
        for place, (old, value) in enumerate(zip(olds, now.cells.get(bit, [0] * 5), strict=True))
        if place != 1
    )
    fields = all((now.fields[at] or 0) >= (before.fields[at] or 0) for at in (*RUNNING, TIME))
    return now.rounds == before.rounds + 1 and cells and fields


def alone(first: Played, total: Played) -> Played:
    """A round 2 by itself (FORMAT, "Round 2 alone")."""
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
    """FORMAT, "Match result": a round 2 that is finished wins; else a round 1 that is; else nobody.

    Told on one's last line.
    """
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


def revives(line: Line) -> int | None:
    """FORMAT, 5.3: the syringe's hits, where no field says it."""
    return line.of(37) if len(line.fields) > 37 else line.sum(0, [27])


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
    "efficiency": (kills, lambda line: line.sum(2) + line.sum(3), 100),
    "kpr": (kills, one, 1),
    "dpr": (deaths, one, 1),
    "dpm": (plus(0), seconds, 60),
    "damage": (plus(0),),
    "received": (plus(1),),
    "damage_ratio": (plus(0), plus(1), 1),
    "accuracy": (lambda line: line.sum(0, LIGHT), lambda line: line.sum(1, LIGHT), 100),
    "headshots": (lambda line: line.sum(4, LIGHT), lambda line: line.sum(0, LIGHT), 100),
    "headshot_kills": (plus(14),),
    "revives": (revives,),
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
OF_MATCHES = {"matches", "wins", "win_rate"}
# for each round that a place takes: so much of this
ENOUGH: Mapping[str, tuple[int, Sum]] = {
    "kd": (3, lambda line: line.sum(2) + line.sum(3)),
    "efficiency": (3, lambda line: line.sum(2) + line.sum(3)),
    "accuracy": (20, lambda line: line.sum(1, LIGHT)),
    "headshots": (8, lambda line: line.sum(0, LIGHT)),
    "useful_share": (1, kills),
}


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
        if name in ENOUGH:
            each, amount = ENOUGH[name]
            if sum(amount(line) or 0 for line in known) < each * needed:
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
