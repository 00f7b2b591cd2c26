"""A result card, beside the same table drawn by matplotlib; what it weighs; memory after many of them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from statistics import median

from bench.judging import timed
from bench.kit.figure import Row, absolute, compared, in_turns, seconds
from bench.kit.workshop import Workshop
from bot.domain.stats.answers import RoundAnswer
from bot.present.pictures.scorecard import round_picture
from bot.present.pictures.scoretable import COLUMNS
from tools.demo.showcase import a_round

_SIZES, _HEAVIEST, _GROWTH = (3, 6, 16), 200, 10
_CARDS = 1000
_WARM = 100
"""Cards until the caches have what comes again and again."""


def rows(shop: Workshop) -> Iterator[Row]:
    """`round_picture` of 12 players, none of them twice the same."""
    few = shop.size.runs == 1
    cards = itertools.cycle([a_round(6, seed=seed) for seed in range(4 if few else 50)])
    _by_matplotlib(next(cards))
    for _ in range(2 if few else _WARM):
        round_picture(next(cards))
    pairs = in_turns(
        lambda: timed(lambda: round_picture(next(cards))),
        lambda: timed(lambda: _by_matplotlib(next(cards))),
        runs=4 * shop.size.runs,
    )
    each = seconds(median(pair.measured.cpu for pair in pairs))
    yield compared(
        f"a result card of 12 players, {each} of processor time", "its table, by matplotlib", pairs, most=0.25
    )
    for size in _SIZES:
        weight = len(round_picture(a_round(size)).data) / 1024
        yield absolute(f"a card of {size} against {size}", f"{weight:.0f} KB", value=weight, most=_HEAVIEST, unit="KB")
    many = 10 if few else _CARDS
    before, began = _memory(), time.perf_counter()
    for seed in range(many):
        round_picture(a_round(6, seed=seed))
    grown, took = _memory() - before, time.perf_counter() - began
    yield absolute(f"memory after {many} cards", f"{grown:+.1f} MB, {seconds(took / many)} a card", value=grown,
                   most=_GROWTH, unit="MB")  # fmt: skip


def _by_matplotlib(answer: RoundAnswer) -> bytes:
    """The plain table of a card: a name and twelve figures for each player."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.8, 0.5 * len(answer.players) + 1), dpi=200)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    cells = [[player.name, *(column.shown(player) for column in COLUMNS)] for player in answer.players]
    axes.table(cells, colLabels=["Player", *(column.head for column in COLUMNS)], loc="center")
    out = BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _memory() -> float:
    """What this process has in RAM now, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))
