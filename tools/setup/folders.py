"""Where on the game server the round files are, and what can be told by them before anything is imported."""

from __future__ import annotations

import asyncio
import posixpath
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from bot.clock import Clock
from bot.domain.game.file.files import RoundName, round_name
from bot.domain.game.file.reasons import FileError
from bot.errors import SourceRefused
from bot.ingest.source.remote import Entry, EntryKind
from bot.ingest.source.sftp import SftpSource

USUAL = (
    "gamestats", "legacy/gamestats", ".etlegacy/legacy/gamestats", "etlegacy/legacy/gamestats", "stats",
    "et/.etlegacy/legacy/gamestats",
)  # fmt: skip
"""Below the account's first folder and below the root, the likeliest first."""
MOST = 150
"""Folders that are looked into, at most."""
DEEPEST = 6
_NEVER = frozenset({"proc", "sys", "dev", "run", "boot", "usr", "bin", "sbin", "lib", "lib64", "snap", "lost+found"})
SAMPLE = 64
IMPORTED_A_SECOND = 600
"""Rounds, as it was measured (docs/BENCHMARKS.md)."""


class RoundsFolder(NamedTuple):
    """A folder with its round files, the newest last."""

    path: str
    rounds: tuple[tuple[RoundName, Entry], ...]

    @property
    def newest(self) -> str:
        """The stamp of the newest file, as its name has it."""
        return self.rounds[-1][0].stamp

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return sum(entry.size or 0 for _, entry in self.rounds)


async def look_into(source: SftpSource, path: str) -> RoundsFolder:
    """One folder; raises `SourceError`."""
    return _of(path, await source.at(path).list())


async def search(source: SftpSource) -> list[RoundsFolder]:
    """The folders that hold round files, the fullest first: usual places, then what lies below home and root.

    Raises `SourceError` where there is no way in at all.
    """
    home = await source.home()
    roots = list(dict.fromkeys((home, "/")))
    waiting = deque((posixpath.join(root, place), DEEPEST) for root in roots for place in USUAL)
    waiting.extend((root, 0) for root in roots)
    seen: dict[str, RoundsFolder] = {}
    while waiting and len(seen) < MOST:
        path, depth = waiting.popleft()
        if path in seen:
            continue
        try:
            entries = await source.at(path).list()
        except SourceRefused:  # not there, or closed
            continue
        seen[path] = _of(path, entries)
        if depth < DEEPEST:
            waiting.extend((posixpath.join(path, entry.name), depth + 1) for entry in entries if _is_open(entry))
    return sorted((folder for folder in seen.values() if folder.rounds), key=lambda folder: -len(folder.rounds))


async def seconds_to_import(source: SftpSource, folder: RoundsFolder, *, clock: Clock) -> float:
    """How long the first import will take, by fetching the newest files once; raises `SourceError`."""
    there = source.at(folder.path)
    sample = [entry for _, entry in folder.rounds[-SAMPLE:]]
    began = clock.monotonic()
    for answer in await asyncio.gather(*map(there.read, sample), return_exceptions=True):
        if isinstance(answer, BaseException) and not isinstance(answer, FileError):
            raise answer
    fetched = (clock.monotonic() - began) / max(1, len(sample))
    return len(folder.rounds) * (fetched + 1 / IMPORTED_A_SECOND)


def _of(path: str, entries: Sequence[Entry]) -> RoundsFolder:
    named = ((round_name(entry.name), entry) for entry in entries if entry.kind is EntryKind.FILE)
    rounds = [(name, entry) for name, entry in named if isinstance(name, RoundName)]
    return RoundsFolder(path, tuple(sorted(rounds, key=lambda pair: pair[0].stamp)))


def _is_open(entry: Entry) -> bool:
    """A folder that may lead there; an escaped name is none that could be written into `.env`."""
    return entry.kind is EntryKind.DIRECTORY and entry.name not in _NEVER and "\\" not in entry.name
