"""`python -m bench [NAME…] [--small]`: run all figures but the longest, or the named ones, and print one table.

A full run also writes docs/BENCHMARKS.md, between its markers.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench import (
    catchup,
    idle,
    importing,
    judging,
    listing,
    parsing,
    questions,
    rendering,
    scripting,
    starting,
)
from bench.kit.figure import SMALL, Row, Size
from bench.kit.workshop import Workshop, workshop
from bench.running import crowd, live, scale

FIGURES: dict[str, Callable[[Workshop], Iterator[Row]]] = {
    "catchup": catchup.rows,
    "idle": idle.rows,
    "judge": judging.rows,
    "import": importing.rows,
    "live": live.rows,
    "parse": parsing.rows,
    "list": listing.rows,
    "start": starting.rows,
    "render": rendering.rows,
    "ask": questions.rows,
    "crowd": crowd.rows,
    "script": scripting.rows,
    "scale": scale.rows,
}
LONG = {"scale"}
"""Figures that take many minutes: they run only where they are named."""
DOCUMENT = Path(__file__).parent.parent / "docs" / "BENCHMARKS.md"
BEGIN, END = "<!-- results: written by python -m bench -->", "<!-- end of results -->"
HEADINGS = ("figure", "anchor", "took", "ratio", "cpu ratio", "target", "")


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 when every target is met."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, beside an anchor, in turns.")
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"some of: {', '.join(FIGURES)}; without any, all but {', '.join(LONG)}",
    )
    parser.add_argument("--small", action="store_true", help="a few files, one run: does it work at all?")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.names if name not in FIGURES]
    if unknown:
        parser.error(f"no figure is named {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    rows: list[Row] = []
    with workshop(SMALL if given.small else Size()) as shop:
        for name in given.names or [name for name in FIGURES if name not in LONG]:
            began = time.monotonic()
            rows += FIGURES[name](shop)
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    table = f"{machine()}\n\n{markdown(rows)}"
    print(table)
    if not given.names and not given.small:
        write(table)
    return int(any(row.met is False for row in rows))


def machine() -> str:
    """Where this was measured."""
    versions = f"{platform.python_implementation()} {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{os.cpu_count()} cores, {platform.system()}, {versions}; client and server on this one machine, loopback."


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a table."""
    lines = [HEADINGS, ("---",) * len(HEADINGS)]
    lines += [(row.figure, row.anchor, row.took, row.ratio, row.cpu, row.target, row.verdict) for row in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def write(table: str) -> None:
    """Put the table in its place in the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    DOCUMENT.write_text(f"{head}{BEGIN}\n\n{table}\n\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
