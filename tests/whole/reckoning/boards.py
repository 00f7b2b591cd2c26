"""Every figure and every place on a board, reckoned a second time over the lines of the raw files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from math import ceil

from tests.whole.reckoning.lines import LIGHT, NUMBER, Line

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
    """FORMAT, "Revives": the syringe's hits, where no field says it."""
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


# figure → what is summed; or what is divided by what, times what; a plain sum of one tab field needs no line here
FIGURES: Mapping[str, tuple[Sum] | tuple[Sum, Sum, int]] = {
    "kills": (kills,),
    "deaths": (deaths,),
    "kd": (kills, deaths, 1),
    "efficiency": (kills, lambda line: line.sum(2) + line.sum(3), 100),
    "kpr": (kills, one, 1),
    "dpr": (deaths, one, 1),
    "dpm": (plus(0), seconds, 60),
    "damage_ratio": (plus(0), plus(1), 1),
    "accuracy": (lambda line: line.sum(0, LIGHT), lambda line: line.sum(1, LIGHT), 100),
    "headshots": (lambda line: line.sum(4, LIGHT), lambda line: line.sum(0, LIGHT), 100),
    "revives": (revives,),
    "useful_share": (plus(27), kills, 100),
    "denied": (denied,),
    "denied_rate": (denied, seconds, 60),
    "objectives": (plus(17, 18, 36),),
    "spree": (plus(10),),
    "multikills": (multikills,),
    "survival": (lambda line: line.alive, seconds, 100),
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


def reckoned(lines: Sequence[Line], name: str, *, rounds: int, field: str = "") -> list[tuple[int, str, float, int]]:
    """(place, GUID, figure, rounds) of everybody who is compared, by nothing but the lines.

    `field`: the tab field that a figure is the plain sum of, where no line of `FIGURES` tells it;
    of figures of matches, these in place of rounds.
    """
    figure = FIGURES[name] if name in FIGURES else (plus(NUMBER[field]),)
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
        played = [line for line in its if line.result is not None] if name in OF_MATCHES else its
        values[guid] = (value, len(played))
    order = sorted(values, key=lambda guid: (values[guid][0] * (1 if name in RISING else -1), guid))
    better = [values[guid][0] for guid in order]
    return [(better.index(values[guid][0]) + 1, guid, *values[guid]) for guid in order]
