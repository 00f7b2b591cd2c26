"""`local_stats/`: the round files as they came, kept on this machine. A convenience: the database has the bytes too."""

from __future__ import annotations

import contextlib
import os
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.audit.states import LocalCopy
from bot.domain.game.file.files import NotARound, RoundName, round_name
from bot.errors import SettingsError
from bot.store.file.writable import in_the_way

PART = ".part"
_WINDOWS_BUSY = (5, 32, 33)
_TRIES = 20


class Mirror:
    """A flat folder of round files, each written whole or not at all.

    It takes names of the grammar alone: no other name can lead out of the folder.
    """

    def __init__(self, folder: Path, *, reached: Callable[[str], None] = lambda _step: None) -> None:
        self.folder = folder
        self._reached = reached

    def prepare(self) -> None:
        """Make the folder, and sweep away what an interrupted download left; raises `SettingsError`."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            os.scandir(self.folder).close()  # it can be read
            for left in self.folder.glob(f"*{PART}"):
                if not isinstance(round_name(left.name.removesuffix(PART)), NotARound):  # else it is not ours
                    left.unlink(missing_ok=True)
        except OSError as error:
            why = in_the_way(self.folder) or f"{self.folder} cannot be used ({error.strerror or error})"
            raise SettingsError(f"LOCAL_STATS_DIR: {why}: name a folder that the bot's user may use") from error

    def look(self, name: RoundName) -> LocalCopy | None:
        """A file that is here, None where it is not."""
        try:
            status = os.lstat(self.folder / name.text)
        except OSError:
            return None
        return LocalCopy(status.st_size, int(status.st_mtime))

    def read(self, name: RoundName) -> bytes:
        """The bytes of a file that is here."""
        return (self.folder / name.text).read_bytes()

    def write(self, name: RoundName, data: bytes, mtime: int | None) -> None:
        """Keep a file: written beside, given the server's time, then renamed."""
        target = self.folder / name.text
        part = target.with_name(target.name + PART)
        try:
            part.write_bytes(data)
            if mtime is not None:
                os.utime(part, (mtime, mtime))
            self._reached("part written")
            _replace(part, target)
            self._reached("part renamed")
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink()
            raise

    def files(self) -> Iterator[tuple[RoundName, LocalCopy]]:
        """Each regular file whose name fits the grammar, in the order of their names, one after the other."""
        if not self.folder.exists():
            return
        with os.scandir(self.folder) as entries:
            names = sorted(sys.intern(entry.name) for entry in entries if entry.is_file(follow_symlinks=False))
        for text in names:
            name = round_name(text)
            if isinstance(name, RoundName) and (copy := self.look(name)) is not None:
                yield name, copy

    def backup_name(self, *, now: float) -> Path:
        """Where a backup made now (UTC epoch seconds) would lie: a zip beside the folder."""
        folder = self.folder.absolute()
        return folder.with_name(f"{folder.name}-{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}.zip")

    def back_up(self, target: Path) -> None:
        """Put every round file into a zip, complete or not at all."""
        part = target.with_name(target.name + PART)
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as zipped:
            for name, _ in self.files():
                zipped.write(self.folder / name.text, name.text)
        part.replace(target)


def _replace(part: Path, target: Path) -> None:
    for attempt in range(_TRIES):
        try:
            part.replace(target)
        except PermissionError as error:
            # Windows: a virus scanner holds the target open for a moment
            if getattr(error, "winerror", None) not in _WINDOWS_BUSY or attempt == _TRIES - 1:
                raise
            time.sleep(0.05)
        else:
            return
