"""What a figure is: something measured beside an anchor, in turns, and the ratio that comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple


class Cost(NamedTuple):
    """What one run took: wall-clock seconds, and processor seconds (user and system)."""

    wall: float
    cpu: float


class Pair(NamedTuple):
    """One run of what is measured and one of its anchor, made one after the other."""

    measured: Cost
    anchor: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured: files of an archive, entries of a large folder, runs, rounds played live."""

    files: int = 3253
    many: int = 100_000
    runs: int = 7
    rounds: int = 10


SMALL = Size(files=40, many=2000, runs=1, rounds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; `met` is None where no target is set."""

    figure: str
    anchor: str
    took: str
    ratio: str
    cpu: str
    target: str
    met: bool | None

    @property
    def verdict(self) -> str:
        """In one word."""
        return {True: "ok", False: "missed", None: ""}[self.met]


def in_turns(measured: Callable[[], Cost], anchor: Callable[[], Cost], *, runs: int) -> list[Pair]:
    """Run both `runs` times in turns, each of them first in every other turn."""
    pairs = []
    for turn in range(runs):
        if turn % 2:
            other = anchor()
            pairs.append(Pair(measured(), other))
        else:
            mine = measured()
            pairs.append(Pair(mine, anchor()))
    return pairs


def compared(figure: str, anchor: str, pairs: Sequence[Pair], *, most: float | None) -> Row:
    """The row of a figure that is a ratio; `most` is the largest ratio that meets the target."""
    walls = [pair.measured.wall / pair.anchor.wall for pair in pairs]
    cpus = [pair.measured.cpu / pair.anchor.cpu for pair in pairs if pair.anchor.cpu > 0]
    mine, other = (median(pair[side].wall for pair in pairs) for side in (0, 1))
    return Row(
        figure=figure,
        anchor=anchor,
        took=f"{seconds(mine)} / {seconds(other)}",
        ratio=spread(walls),
        cpu=f"{median(cpus):.2f}" if cpus else "",
        target="" if most is None else f"≤ {most:g}",
        met=None if most is None else median(walls) <= most,
    )


def absolute(figure: str, took: str, *, value: float, most: float, unit: str, anchor: str = "") -> Row:
    """The row of a figure that has a limit of its own, and no anchor or a named one."""
    return Row(
        figure=figure, anchor=anchor, took=took, ratio="", cpu="", target=f"≤ {most:g} {unit}", met=value <= most
    )


def spread(values: Sequence[float]) -> str:
    """The median, and from the least to the most."""
    return f"{median(values):.2f} ({min(values):.2f}..{max(values):.2f})"


def seconds(value: float) -> str:
    """A time in the unit that suits it."""
    if value >= 1:
        return f"{value:.2f} s"
    return f"{value * 1e3:.1f} ms" if value >= 1e-3 else f"{value * 1e6:.1f} µs"
