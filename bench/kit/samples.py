"""Made-up archives: distinct round files, as a game server keeps them after years of evenings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path

from bot.domain.game.file.files import local_time
from tools.demo.session import SampleFile, session_files

FIRST_EVENING = datetime(2021, 1, 1, 19, 0)  # noqa: DTZ001  (a server's wall clock)
LONG_AGO = datetime(2010, 1, 1, 19, 0)  # noqa: DTZ001
"""100,000 files from here on are all of the past."""
MAPS_A_SESSION = 9


def archive(files: int, *, first: datetime = FIRST_EVENING) -> list[SampleFile]:
    """So many distinct files of 6 or 8 players, oldest first; the same number gives the same bytes."""
    return [*islice(_sessions(first), files)]


def _sessions(first: datetime) -> Iterator[SampleFile]:
    for day in count():
        start = first + timedelta(days=day)
        yield from session_files(
            start, maps=MAPS_A_SESSION, seed=day, players=6 + 2 * (day % 2), nine_fields=day % 3 == 0
        )


def written_at(name: str) -> int:
    """When the server (on UTC) wrote a file of this name: epoch seconds."""
    return int(local_time(name[:17]).replace(tzinfo=UTC).timestamp())


def fill(folder: Path, files: list[SampleFile]) -> None:
    """Write the files with the times they would have; the folder changed last when the newest one came."""
    for file in files:
        path = folder / file.name
        path.write_bytes(file.data)
        os.utime(path, (written_at(file.name), written_at(file.name)))
    newest = max(written_at(file.name) for file in files)
    os.utime(folder, (newest, newest))


def names(number: int) -> list[str]:
    """So many distinct names of round files."""
    start = datetime(2015, 1, 1)  # noqa: DTZ001
    return [f"{start + timedelta(minutes=7 * n):%Y-%m-%d-%H%M%S}-supply-round-{1 + n % 2}.txt" for n in range(number)]
