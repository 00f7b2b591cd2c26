"""The real bot as a process of its own, between a real SSH server and the stand-in."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rigs.builders import STAMP, RoundFile
from rigs.discord_standin import ADMIN_CHANNEL, STATS_CHANNEL, DiscordStandin
from rigs.servers.sshd import Sshd, new_key

ROOT = Path(__file__).resolve().parents[1]
PASSPHRASE = "canary-passphrase-5c1d"
TOKEN = "canary-token-93ab"
PASSWORD = "canary-password-e07f"
_FIRST_RUN = "SELECT value FROM facts WHERE key = 'first_run'"

_COMMANDS = "SELECT value FROM facts WHERE key = 'command_tree'"


class House:
    """A game server's folder, a folder for the bot, and the settings that lead to both; the bot may be restarted."""

    def __init__(self, home: Path, sshd: Sshd, key: Path, standin: DiscordStandin) -> None:
        self.home = home
        self.standin = standin
        self._processes = 0
        self.remote = home / "remote"
        self.remote.mkdir()
        self.database = home / "stats.db"
        self.settings = {
            "DISCORD_TOKEN": TOKEN,
            "STATS_CHANNEL_ID": str(STATS_CHANNEL),
            "ADMIN_CHANNEL_ID": str(ADMIN_CHANNEL),
            "SSH_HOST": sshd.host,
            "SSH_PORT": str(sshd.port),
            "SSH_USER": sshd.user,
            "SSH_KEY_PATH": str(key),
            "SSH_KEY_PASSPHRASE": PASSPHRASE,
            "SSH_PASSWORD": PASSWORD,
            "SSH_KNOWN_HOSTS": str(sshd.known_hosts),
            "REMOTE_STATS_PATH": str(self.remote),
            "POLL_INTERVAL_SECONDS": "1",
            "DATABASE_PATH": str(self.database),
            "LOCAL_STATS_DIR": str(home / "local_stats"),
        }

    def drop(self, *files: RoundFile) -> None:
        """The game server writes these files, just now."""
        for file in files:
            (self.remote / file.name).write_bytes(file.data)

    def ask(self, sql: str, *values: str) -> Any:
        """The first value that the database answers; None as long as there is none."""
        try:
            with closing(sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True)) as con:
                row = con.execute(sql, values).fetchone()
        except sqlite3.OperationalError:
            return None
        return row and row[0]

    @asynccontextmanager
    async def running(self, **changed: str) -> AsyncIterator[Bot]:
        """The bot, as soon as it is online, its commands are registered, and new rounds are news; see `started`."""
        before = len(self.standin.gateway.identifies)

        def is_up() -> object:
            gateway = self.standin.gateway
            is_online = len(gateway.identifies) > before and gateway.connected
            return is_online and self.ask(_COMMANDS) and self.ask(_FIRST_RUN) == "done"

        async with self.started(**changed) as bot:
            await bot.until(is_up)
            yield bot

    @asynccontextmanager
    async def started(self, **changed: str) -> AsyncIterator[Bot]:
        """The bot from its first moment on; in the end it is killed if need be, and its output searched for secrets."""
        self._processes += 1
        bot = Bot(self.home / f"output-{self._processes}.log")
        settings = {name: value for name, value in {**self.settings, **changed}.items() if value}
        await bot.start(settings, self.standin)
        try:
            yield bot
        finally:
            await bot.kill()
            assert PASSPHRASE not in bot.output
            assert TOKEN not in bot.output
            assert PASSWORD not in bot.output
            assert "Traceback" not in bot.output, bot.output


class Bot:
    """One process."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    @property
    def output(self) -> str:
        """All that it printed so far."""
        return self._log.read_text(encoding="utf-8")

    async def start(self, environment: dict[str, str], standin: DiscordStandin) -> None:
        """Begin, with these settings and nothing else."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
        rig = {**standin.environment, "STANDIN_READY_SECONDS": "0.02", "PYTHONPATH": str(ROOT)}
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "rigs.launch",
                env={**inherited, **environment, **rig}, cwd=self._log.parent, stdout=log, stderr=log,
            )  # fmt: skip

    async def says(self, text: str) -> None:
        """Wait until it has printed this."""
        await self.until(lambda: text in self.output)

    async def until(self, condition: Callable[[], object], *, timeout: float = 20) -> None:
        """Wait while it runs; raises with its output where it ends or nothing comes of it."""
        for _ in range(int(timeout / 0.02)):
            if condition():
                return
            if not self.is_running:
                break
            await asyncio.sleep(0.02)
        assert condition(), self.output

    @property
    def is_running(self) -> bool:
        """It has not ended."""
        return self._process is not None and self._process.returncode is None

    async def ended(self, *, timeout: float = 20) -> int:
        """The exit code."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), timeout)

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return await self.ended(timeout=10)

    async def kill(self) -> None:
        """SIGKILL, if it still runs."""
        if self._process is not None and self.is_running:
            self._process.kill()
        if self._process is not None:
            await self._process.wait()


def a_key(sshd: Sshd) -> Path:
    """A key with the canary as its passphrase that the server lets in, in a format that needs no further package."""
    rsa = new_key(sshd.home / "rsa", "rsa")
    command = ["ssh-keygen", "-q", "-p", "-m", "PKCS8", "-P", "", "-N", PASSPHRASE, "-f", str(rsa)]
    subprocess.run(command, check=True, capture_output=True)
    with (sshd.home / "authorized_keys").open("ab") as authorized:
        authorized.write(rsa.with_suffix(".pub").read_bytes())
    return rsa


def minutes_ago(minutes: int) -> str:
    """The stamp of a round that ended so long ago."""
    return (datetime.now(UTC) - timedelta(minutes=minutes)).strftime(STAMP)


def text_of(message: Any) -> str:
    """Everything that a reader sees of a message of the stand-in."""
    parts = [message.content]
    for embed in message.embeds:
        parts += [embed.get("title", ""), embed.get("description", "")]
        parts += [field["name"] + field["value"] for field in embed.get("fields", [])]
    return "\n".join(parts)
