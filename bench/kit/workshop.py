"""What the figures share: one OpenSSH server on loopback, made-up archives on it, and fresh folders to work in."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.kit.figure import Size
from bench.kit.samples import archive, fill, names
from bot.app import ssh_source
from bot.ingest.source.sftp import SftpSource
from bot.settings import Settings
from rigs.servers.sshd import Sshd, running
from tools.demo.session import SampleFile


class Workshop:
    """Made once for all figures; `size` says how much is measured."""

    def __init__(self, root: Path, sshd: Sshd, size: Size) -> None:
        self.root = root
        self.sshd = sshd
        self.size = size
        self._numbers = itertools.count()

    @cached_property
    def files(self) -> list[SampleFile]:
        """The archive."""
        return archive(self.size.files)

    @cached_property
    def served(self) -> Path:
        """The archive's folder on the server."""
        fill(self.sshd.folder, self.files)
        return self.sshd.folder

    @cached_property
    def crowd(self) -> Path:
        """A folder on the server with very many entries, all of them empty."""
        folder = self.fresh()
        for name in names(self.size.many):
            (folder / name).touch()
        return folder

    def fresh(self) -> Path:
        """An empty folder."""
        folder = self.root / f"work{next(self._numbers)}"
        folder.mkdir()
        return folder

    def environment(self, work: Path, *, folder: Path) -> dict[str, str]:
        """What a program needs to read `folder` over SFTP, and to keep all that is its own in `work`."""
        return {
            "SSH_HOST": self.sshd.host,
            "SSH_PORT": str(self.sshd.port),
            "SSH_USER": self.sshd.user,
            "SSH_KEY_PATH": str(self.sshd.key),
            "SSH_KNOWN_HOSTS": str(self.sshd.known_hosts),
            "REMOTE_STATS_PATH": str(folder),
            "SERVER_TIMEZONE": "UTC",
            "LOCAL_STATS_DIR": str(work / "local_stats"),
            "DATABASE_PATH": str(work / "stats.db"),
        }

    def settings(self, work: Path, *, folder: Path) -> Settings:
        """The same, for this process."""
        return Settings.model_validate({k.lower(): v for k, v in self.environment(work, folder=folder).items()})

    def source(self, folder: Path) -> SftpSource:
        """A connection of its own to `folder`."""
        return ssh_source(self.settings(self.root, folder=folder))


@contextmanager
def workshop(size: Size) -> Iterator[Workshop]:
    """Open it, and leave nothing behind."""
    with TemporaryDirectory(prefix="bench-") as tmp, running(Path(tmp) / "server") as sshd:
        yield Workshop(Path(tmp), sshd, size)
