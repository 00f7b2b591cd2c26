"""A second reckoning of every figure: over the raw text of the files, in plain Python, without any of our own code.

What it knows of the format is FORMAT's: the columns by number, what runs on into round 2, the stopwatch rules.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import permutations
from pathlib import Path

LIGHT = (2, 3, 4, 5, 6, 26)
FORMAT = Path(__file__).parents[3] / "docs" / "dev" / "FORMAT.md"


def _tab_fields() -> Iterable[tuple[int, str, str]]:
    """(number, name, how it counts) of each, as the document of the format has them."""
    rows = re.findall(
        r"^\| ([\d, ]+) \| ([\w, ]+) \|[^|]*\| (\w+) \|", FORMAT.read_text(encoding="utf-8"), re.MULTILINE
    )
    for numbers, names, counts in rows:
        for number, name in zip(numbers.split(", "), names.split(", "), strict=True):
            yield int(number), name, counts


NUMBER = {name: number for number, name, _ in _tab_fields()}
FIELDS = len(NUMBER)
"""Tab fields that are known; later ones are another script's."""
RUNS = tuple(number for number, name, counts in _tab_fields() if counts == "running" and name != "time_min")
OWN = tuple(number for number, _, counts in _tab_fields() if counts in ("round", "peak"))
COLOUR = re.compile(r"\^[!-\]_-~\x80-\U0010ffff]")
TIME, ALIVE, TENTHS = 22, 8, (8, 21, 22, 23, 24, 25, 26)


@dataclass
class Line:
    """A player's line: `fields` by number, `cells` by weapon; `time` in tenths of a minute, `alive` in tenths of a per
    cent of that, until `all_lines` makes seconds of both.

    `key`: the GUID, or what tells apart those who have none; `result`: on his last line of a match that has one, 1 won,
    0 a draw, -1 lost.
    """

    guid: str
    name: str
    key: str
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
    seconds: int | None = None
    """On a team, where that is not what the line says."""
    thousandths: int | None = None
    """Seconds alive times a thousand, in that case."""
    is_new: bool = False
    """He has no line in round 1."""

    def of(self, number: int) -> int | None:
        """A field by its number; None where its writer had none yet."""
        return self.fields[number] if number < len(self.fields) else None

    def sum(self, place: int, weapons: Iterable[int] = range(28)) -> int:
        """Of one of the five counters of a weapon: hits, shots, kills, deaths, headshots."""
        return sum(self.cells[weapon][place] for weapon in weapons if weapon in self.cells)

    def of_length(self, *, seconds: int, alive: int) -> Line:
        """The same line with the round's length for its time; `alive` in thousandths of a second."""
        return replace(self, time=seconds // 6, seconds=seconds, thousandths=alive)

    @property
    def who_looks(self) -> str:
        """The name without colours."""
        return COLOUR.sub("", self.name)

    @property
    def who(self) -> str:
        """The GUID, or the name without colours of whoever has none: good for one evening."""
        return self.guid if is_person(self.guid) else self.who_looks

    @property
    def on_team(self) -> int:
        """Seconds."""
        return 6 * self.time if self.seconds is None else self.seconds

    @property
    def alive_seconds(self) -> int:
        """To the nearest, and within the time."""
        thousandths = 6 * self.alive if self.thousandths is None else self.thousandths
        return min(max(round(thousandths / 1000), 0), self.on_team)


def is_person(guid: str) -> bool:
    """FORMAT, "Identities": anything else identifies nobody."""
    return re.fullmatch("[0-9A-F]{8}", guid) is not None


def is_bot(line: Line) -> bool:
    """One of the game's own."""
    return line.guid.startswith("OMNIBOT")


@dataclass
class Played:
    """One file's header and lines; sides: 1 Axis, 2 Allies; limits in seconds, `playtime` as written."""

    host: str
    map: str
    number: int
    defender: int
    winner: int
    limit: int
    next: int
    playtime: int | None
    lines: list[Line] = field(default_factory=list)
    said: int | None = None
    """When it ended in UTC seconds, by the file itself."""
    has_kills: bool = False

    @property
    def finished(self) -> bool:
        """The attackers reached the goal."""
        return self.winner in (1, 2) and self.winner != self.defender


def read(data: bytes) -> Played:
    """A file as it is written: a round 2's running totals are still running totals."""
    head, *rest = data.decode("utf-8", "surrogateescape").replace("\r\n", "\n").split("\n")
    parts = head.split("\\")
    limit, beyond = map(_clock, parts[6:8])
    playtime = int(float(parts[8])) if len(parts) > 8 else None
    number, defender, winner = (int(float(part)) for part in parts[3:6])
    found = Played(parts[0], parts[1], number, defender, winner, limit, beyond, playtime)
    if len(parts) == 11:  # our own script's (SCRIPT)
        found.said = int(parts[9])
        found.has_kills = "KILLS\t1" in rest  # who killed whom, to the file's end
        rest = rest[: rest.index("KILLS\t1")] if found.has_kills else rest
    met: Counter[str] = Counter()
    for text in filter(str.strip, rest):
        front, _, back = text.rpartition("\\")
        guid, tail = front.split("\\", 1)
        name, rounds, team = tail.rsplit("\\", 2)
        weapons, *tabs = back.split("\t")
        mask, *numbers = (int(float(number)) for number in weapons.split())
        bits = [bit for bit in range(mask.bit_length()) if mask >> bit & 1]
        cells = {bit: numbers[5 * at : 5 * at + 5] for at, bit in enumerate(bits)}
        fields = [_figure(tab, 10 if at in TENTHS else 1) for at, tab in enumerate(tabs)]
        guid = guid.upper()
        guid = guid[:8] if re.fullmatch("[0-9A-F]{32}", guid) else guid
        key = guid
        if not is_person(guid):  # bots share GUIDs, and the others have none
            key = f"{'bot' if guid.startswith('OMNIBOT') else 'nobody'} {COLOUR.sub('', name)}"
            met[key] += 1
            key += f" {met[key]}"
        share = (fields[TIME] or 0) * (fields[ALIVE] or 0)
        time = fields[TIME] or 0
        found.lines.append(Line(guid, name, key, int(float(rounds)), int(float(team)), cells, [*fields], time, share))
    return found


def _clock(text: str) -> int:
    minutes, seconds = text.removeprefix("-").split(":")
    return (60 * int(minutes) + int(seconds)) * (-1 if text.startswith("-") else 1)


def _figure(text: str, scale: int) -> int | None:
    """FORMAT, "Tab fields": `5.0` is a whole number, and what is derived may hold any text."""
    try:
        return round(scale * float(text))
    except (ValueError, OverflowError):
        return None


def runs_on(before: Line, now: Line) -> bool:
    """FORMAT, "Whose line runs on"."""
    cells = all(
        value >= old
        for bit, olds in before.cells.items()
        for place, (old, value) in enumerate(zip(olds, now.cells.get(bit, [0] * 5), strict=True))
        if place != 1
    )
    fields = all((now.of(at) or 0) >= (before.of(at) or 0) for at in (*RUNS, TIME))
    return now.rounds == before.rounds + 1 and cells and fields


def lines_of(first: Played, total: Played) -> list[tuple[Line | None, Line]]:
    """Each line of a round 2 with the same player's line in its round 1 (FORMAT, "Whose line runs on").

    A GUID tells; of one name without GUIDs, or of bots, all ways are tried. Then the lines with a GUID in one of the
    two files alone, by name, where they run on. Whatever is left of a name belongs together without running on.
    """
    found: dict[int, Line] = {}
    used: set[int] = set()
    names = {_nameless(line) for line in total.lines}
    for name in sorted(names):
        was, now = ([line for line in half.lines if _nameless(line) == name] for half in (first, total))
        if len(was) == len(now) == 1 and is_person(name):
            found[id(now[0])] = was[0]
            used.add(id(was[0]))
        else:
            _best_way(was, now, found, used)
    guids = [{line.guid for line in half.lines if is_person(line.guid)} for half in (first, total)]
    for name in sorted({line.who_looks for line in total.lines}):
        for has_guid in (True, False):
            now = [
                line
                for line in total.lines
                if line.who_looks == name
                and not is_bot(line)
                and id(line) not in found
                and is_person(line.guid) is has_guid
                and line.guid not in guids[0]
            ]
            was = [
                line for line in first.lines
                if line.who_looks == name and not is_bot(line) and id(line) not in used
                and is_person(line.guid) is not has_guid and line.guid not in guids[1]
            ]  # fmt: skip
            _best_way(was, now, found, used)
    for name in sorted(names):
        was = sorted((one for one in first.lines if _nameless(one) == name and id(one) not in used), key=_much)
        now = sorted((one for one in total.lines if _nameless(one) == name and id(one) not in found), key=_much)
        for one, other in zip(was[::-1], now[::-1], strict=False):
            found[id(other)] = one
    return [(found.get(id(line)), line) for line in total.lines]


def _nameless(line: Line) -> str:
    return line.guid if is_person(line.guid) else line.key.rpartition(" ")[0]


def _much(line: Line) -> tuple[object, ...]:
    """Who did more damage, and then whatever else tells lines apart."""
    return (
        [line.of(at) or 0 for at in RUNS],
        line.time,
        line.rounds,
        line.team,
        sorted(line.cells.items()),
        ([field or 0 for field in line.fields]),
        line.name,
        line.guid,
    )


def _best_way(was: list[Line], now: list[Line], found: dict[int, Line], used: set[int]) -> None:
    """Of all ways to give each line its own: most lines run on, most of them change sides, then by damage."""
    was, now = (sorted(half, key=_much, reverse=True) for half in (was, now))
    ways = permutations([*range(len(now)), *[-1] * len(was)], len(was))
    best: tuple[int, int, list[int]] = (0, 0, [])
    for way in {*ways}:
        if any(to >= 0 and not runs_on(was[at], now[to]) for at, to in enumerate(way)):
            continue
        pairs = [(was[at], now[to]) for at, to in enumerate(way) if to >= 0]
        changed = sum({one.team, other.team} == {1, 2} for one, other in pairs)
        best = max(best, (len(pairs), changed, [-to if to >= 0 else -len(now) for to in way]))
    for at, to in enumerate(best[2]):
        if -to < len(now):
            found[id(now[-to])] = was[at]
            used.add(id(was[at]))


def alone(first: Played, total: Played) -> Played:
    """A round 2 by itself (FORMAT, "Round 2 alone")."""
    made = replace(total, lines=[])
    for was, line in lines_of(first, total):
        if was is None or not runs_on(was, line):
            side = line.team if line.team in (1, 2) or was is None else {1: 2, 2: 1}.get(was.team, 0)
            made.lines.append(replace(line, team=side, is_new=was is None))
            continue
        fields = [(value or 0) - (was.of(at) or 0) if at in RUNS else value for at, value in enumerate(line.fields)]
        cells = {
            bit: [a - b for a, b in zip(line.cells.get(bit, [0] * 5), was.cells.get(bit, [0] * 5), strict=True)]
            for bit in {*line.cells, *was.cells}
        }
        shares = [one.of(ALIVE) for one in (was, line) if one.time > 0]
        alive = 0 if None in shares else line.alive - was.alive  # no number in one of the files: nobody knows
        own = replace(line, cells=cells, fields=fields, time=line.time - was.time, alive=alive)
        if line.team in (1, 2):
            made.lines.append(own)
        elif own.time or any(map(any, cells.values())) or any(own.of(at) for at in (*RUNS, *OWN)):
            own.team = {1: 2, 2: 1}.get(was.team, 0)
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
                line.time, line.alive = line.on_team, line.alive_seconds
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
