"""Sessions: one evening of rounds, across midnight."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")


def sessions(rounds: Iterable[Item], *, ended_at: Callable[[Item], int], gap: int) -> list[list[Item]]:
    """Runs of rounds in which no two neighbours end more than `gap` seconds apart, oldest first."""
    runs: list[list[Item]] = []
    for one in sorted(rounds, key=ended_at):
        if runs and ended_at(one) - ended_at(runs[-1][-1]) <= gap:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs
