"""The engine's file functions on a real folder, and a poller that lists it around each of their steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bot.domain.game.file.files import RoundName, round_name

READ, WRITE, APPEND = 0, 1, 2
HANDLES = 64


class Fatal(Exception):
    """The engine ends the server, or drops the level."""


class Onlooker:
    """Lists a folder whenever it is told to look; what it once saw of a round file must be all of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen: dict[str, bytes] = {}
        self.torn: list[str] = []
        self.looks = 0

    def look(self) -> None:
        """As a bot would at this very moment."""
        self.looks += 1
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            if not isinstance(round_name(path.name), RoundName):
                continue
            data = path.read_bytes()
            if self.seen.setdefault(path.name, data) != data or not data.endswith(b"\n"):
                self.torn.append(path.name)


class Disk:
    """`fs_homepath`/legacy. `full`: so many bytes are taken and no more; `stuck`: renames come to nothing."""

    def __init__(self, home: Path) -> None:
        self.root = home / "legacy"
        self.root.mkdir(parents=True, exist_ok=True)
        self.poller = Onlooker(self.root / "gamestats")
        self.full: int | None = None
        self.stuck = False
        self.handles: dict[int, IO[bytes]] = {}

    @contextmanager
    def _watched(self) -> Iterator[None]:
        self.poller.look()
        yield
        self.poller.look()

    def open(self, path: str, mode: int) -> tuple[int, int]:
        """`et.trap_FS_FOpenFile`: handle and size, 0 and -1 where it fails."""
        if mode not in (READ, WRITE, APPEND):
            raise Fatal(f"mode {mode}")
        if len(self.handles) == HANDLES:
            raise Fatal("no handle is free")
        if ".." in path or "::" in path:
            return 0, -1
        with self._watched():
            return self._open(self.root / path, mode)

    def _open(self, path: Path, mode: int) -> tuple[int, int]:
        if mode != READ:
            try:
                path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            except FileExistsError:
                pass  # a file of that name: the engine takes it for the folder, and cannot open below it
            except OSError as error:
                raise Fatal(f"cannot make {path.parent}: {error}") from error
        try:
            file = path.open({READ: "rb", WRITE: "wb", APPEND: "ab"}[mode])
        except OSError:
            return 0, -1
        handle = next(number for number in range(1, HANDLES + 1) if number not in self.handles)
        self.handles[handle] = file
        return handle, path.stat().st_size if mode == READ else 0

    def write(self, data: str, count: int, handle: int) -> int:
        """`et.trap_FS_Write`: how many bytes were taken."""
        if handle == 0:
            return 0
        if count > len(data) or handle not in self.handles:
            raise Fatal("reads beyond the string" if handle in self.handles else "a handle that is not open")
        taken = count if self.full is None else min(count, self.full)
        with self._watched():
            self.handles[handle].write(data[:taken].encode("latin-1"))
        return taken

    def read(self, handle: int, count: int) -> str:
        """`et.trap_FS_Read`: up to the first NUL."""
        return self.handles[handle].read(count).decode("latin-1").split("\0")[0]

    def close(self, handle: int) -> None:
        """`et.trap_FS_FCloseFile`."""
        if handle not in self.handles:
            raise Fatal("closes what is not open")
        with self._watched():
            self.handles.pop(handle).close()

    def close_all(self) -> None:
        """As when the server ends."""
        while self.handles:
            self.handles.popitem()[1].close()

    def rename(self, old: str, new: str) -> None:
        """`et.trap_FS_Rename`: tells nothing."""
        with self._watched():
            if not self.stuck and (self.root / old).exists():
                (self.root / old).replace(self.root / new)

    def files(self) -> dict[str, bytes]:
        """The round files, by name."""
        folder = self.root / "gamestats"
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
        return {path.name: path.read_bytes() for path in paths if isinstance(round_name(path.name), RoundName)}
