"""`etstats setup` as a process of its own, between a real SSH server and the stand-in."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from rigs.builders import STAMP, an_r1
from rigs.discord_standin import DiscordStandin
from rigs.process import PASSWORD, ROOT, TOKEN
from rigs.servers.sshd import Sshd
from tools.kit.env_text import values_in


class Done(NamedTuple):
    """What a run left."""

    code: int
    out: str
    err: str


class Desk:
    """A folder without settings, and what may be typed there."""

    def __init__(self, home: Path, standin: DiscordStandin) -> None:
        self.home = home
        self.standin = standin

    @property
    def env(self) -> Path:
        """The settings."""
        return self.home / ".env"

    @property
    def settings(self) -> dict[str, str]:
        """What they say."""
        return values_in(self.env.read_text(encoding="utf-8"))

    async def setup(self, *options: str, **environment: str) -> Done:
        """Run it with nobody at the terminal."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "rigs.launch", "tools.setup", *options,
            env={**inherited, **self.standin.environment, "PYTHONPATH": str(ROOT), **environment}, cwd=self.home,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        done = Done(process.returncode or 0, out.decode(), err.decode())
        for secret in (TOKEN, PASSWORD):
            assert secret not in done.out + done.err
        assert "Traceback" not in done.err, done.err
        return done


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    home = tmp_path / "bot"
    home.mkdir()
    async with DiscordStandin(token=TOKEN) as standin:
        yield Desk(home, standin)
        assert standin.violations == []
        assert standin.unknown_requests == []


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    """Its account begins in the folder above the round files, as behind a chroot, and no key of it is known."""
    server = Sshd(tmp_path / "sshd")
    server.subsystem = f"internal-sftp -d {server.home}"
    server.known_hosts.unlink()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def played(folder: Path, *hours_ago: int, hours_east: int = 0) -> None:
    """Rounds that ended so long ago, by a clock that is so many hours ahead of UTC."""
    for hours in hours_ago:
        ended = datetime.now(UTC) - timedelta(hours=hours, minutes=hours % 60)
        file = an_r1(at=(ended + timedelta(hours=hours_east)).strftime(STAMP))
        (folder / file.name).write_bytes(file.data)
        os.utime(folder / file.name, (ended.timestamp(), ended.timestamp()))


def way_to(sshd: Sshd) -> tuple[str, ...]:
    """The options that lead there."""
    return "--host", sshd.host, "--port", str(sshd.port), "--user", sshd.user


CHANNELS = ("--stats-channel", "stats", "--admin-channel", "#admin")
