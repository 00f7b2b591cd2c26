"""Is the database still the file that its path leads to? Asked of the file system: nothing but SQLite opens it."""

from __future__ import annotations

from pathlib import Path

_BACK = "stop the bot and put it back, or restore the last good backup"


class Place:
    """Where a database was opened, and which file that was."""

    def __init__(self, path: Path) -> None:
        """`path` has just been opened."""
        self._path = path
        try:
            self._file = _file_at(path)
        except OSError:
            self._file = None

    def astray(self) -> str | None:
        """What became of the file while it is open, and what to do; None where it is in its place.

        SQLite goes on in a file without a name as if nothing were the matter, and it is gone when the bot ends.
        """
        try:
            file = _file_at(self._path)
        except (FileNotFoundError, NotADirectoryError):
            return f"the database file was moved or deleted while the bot runs: {_BACK}"
        except OSError:  # a disk that fails is told of by whoever reads it
            return None
        if None in (file, self._file) or file == self._file:
            return None
        return f"another file took the place of the database while the bot runs: {_BACK}"


def _file_at(path: Path) -> tuple[int, int] | None:
    """Device and number of the file that a path leads to; None on a file system that has no such numbers."""
    file = path.stat()
    return (file.st_dev, file.st_ino) if file.st_ino else None
