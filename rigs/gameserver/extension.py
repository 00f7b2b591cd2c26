"""What the script writes beyond today's grammar (docs/dev/SCRIPT.md), read from the text a second time."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

FIELDS = 9
"""Of today's header."""


class Extension(NamedTuple):
    """`end`: UTC seconds; `pairs`: killer and victim → how often, None where the file has no such section."""

    end: int
    writer: str
    pairs: Counter[tuple[str, str]] | None


def extension(data: bytes) -> Extension:
    """What a file says beyond the grammar."""
    head, *lines = data.decode("latin-1").removesuffix("\n").split("\n")
    end, writer = head.split("\\")[FIELDS:]
    pairs: Counter[tuple[str, str]] | None = None
    for line in lines:
        if line == "KILLS\t1":
            pairs = Counter()
        elif pairs is not None:
            killer, victim, times = line.split("\t")
            assert (killer, victim) not in pairs
            pairs[killer, victim] = int(times)
    return Extension(int(end), writer, pairs)
