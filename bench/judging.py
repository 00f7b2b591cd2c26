"""The gate's first layer: a large listing of which almost everything is known."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.kit.figure import Cost, Row, compared, in_turns
from bench.kit.samples import names
from bench.kit.workshop import Workshop
from bot.clock import SystemClock
from bot.domain.audit.states import FileStanding, FileState, Layer
from bot.ingest.gate import Gate
from bot.ingest.mirror import Mirror
from bot.ingest.source.remote import Entry
from bot.store.file.database import Reader

NEW = 10


def rows(shop: Workshop) -> Iterator[Row]:
    """`Gate.unknown` beside a difference of two sets of names."""
    number = shop.size.many
    entries = [Entry(name, 1500, 1_700_000_000 + n) for n, name in enumerate(names(number))]
    no_questions: Any = None  # layer 1 asks no database
    reader: Reader = no_questions
    gate = Gate(reader, server=1, mirror=Mirror(Path()), clock=SystemClock())
    for entry in entries[:-NEW]:
        gate.settle(entry, Layer.MEMORY, FileStanding(FileState.REJECTED))
    listed = [entry.name for entry in entries]
    known = set(listed[:-NEW])

    def judge() -> object:
        unknown = gate.unknown(entries)
        assert len(unknown) == NEW
        return unknown

    def difference() -> object:
        unknown = set(listed) - known
        assert len(unknown) == NEW
        return unknown

    pairs = in_turns(lambda: timed(judge), lambda: timed(difference), runs=4 * shop.size.runs)
    yield compared(f"judging a listing of {number} names, {NEW} of them new", "a plain set difference of the names",
                   pairs, most=10)  # fmt: skip


def timed(work: Callable[[], object]) -> Cost:
    """What a call takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)
