"""Reading one round file's content, beside splitting it into lines."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from bench.judging import timed
from bench.kit.figure import Row, compared, in_turns, seconds
from bench.kit.workshop import Workshop
from bot.domain.game.file.files import RoundName, round_name
from bot.domain.game.file.parser import parse


def rows(shop: Workshop) -> Iterator[Row]:
    """`parse` on every file of the archive."""
    work: list[tuple[bytes, RoundName]] = []
    paths = []
    for file in shop.files:
        name = round_name(file.name)
        assert isinstance(name, RoundName)
        work.append((file.data, name))
        paths.append(shop.served / file.name)

    def parsed() -> None:
        for data, name in work:
            parse(data, name)

    def split() -> None:
        for path in paths:
            path.read_bytes().decode("latin-1").split("\n")

    pairs = in_turns(lambda: timed(parsed), lambda: timed(split), runs=shop.size.runs)
    each = seconds(median(pair.measured.cpu for pair in pairs) / len(work))
    yield compared(f"parsing {len(work)} files, {each} of processor time each", "reading them and splitting the lines",
                   pairs, most=None)  # fmt: skip
