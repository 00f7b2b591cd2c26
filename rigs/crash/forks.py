"""Bots that start in a moment: what they import is imported once, and each is a fork of that.

`python -m rigs.crash.forks` reads one JSON order per line, forks, answers with the child's number, and with its exit
code when it has ended; one child at a time.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import pkgutil
import random
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from rigs.process import ROOT

LOADED = ("bot.process", "discord.ext.commands", "rigs.launch", "bot.present.pictures")
PATIENCE = 15
"""Seconds that a bot has to end after SIGTERM."""


class Lane:
    """A process that forks bots, one at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = 0
        self._code: asyncio.Task[int] | None = None

    @classmethod
    async def opened(cls) -> Self:
        """It has imported everything."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "rigs.crash.forks", cwd=ROOT, stdin=pipe, stdout=pipe
        )
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        return cls(process)

    async def start(self, environment: dict[str, str], log: Path) -> None:
        """A bot with these settings and nothing else."""
        assert self._process.stdin is not None
        order = {"environment": environment, "log": str(log)}
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self.pid = await self._number()
        self._code = asyncio.create_task(self._number())

    @property
    def is_running(self) -> bool:
        """Its bot has not ended."""
        return self._code is not None and not self._code.done()

    async def ended(self, *, timeout: float) -> int | None:
        """The exit code; None where it still runs after that time."""
        assert self._code is not None
        with suppress(TimeoutError):
            return await asyncio.wait_for(asyncio.shield(self._code), timeout)
        return None

    async def kill(self) -> int:
        """SIGKILL; the exit code."""
        assert self._code is not None
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        return await self._code

    async def stop(self) -> int:
        """SIGTERM; the exit code, -9 where it did not obey."""
        os.kill(self.pid, signal.SIGTERM)
        code = await self.ended(timeout=PATIENCE)
        return await self.kill() if code is None else code

    async def close(self) -> None:
        """End it, and its bot."""
        if self.is_running:
            await self.kill()
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def _number(self) -> int:
        assert self._process.stdout is not None
        return int(await self._process.stdout.readline())


def _become(order: dict[str, Any]) -> int:
    """The bot, in a child; its exit code."""
    launch = importlib.import_module("rigs.launch")
    random.seed()  # else each would make the same random numbers
    os.environ.clear()
    os.environ.update(order["environment"])
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.chdir(Path(order["log"]).parent)
    try:
        launch.main()
    except SystemExit as end:
        return int(end.code or 0)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def main() -> None:
    """Obey orders until stdin ends."""
    for module in LOADED:
        importlib.import_module(module)
    cogs = importlib.import_module("cogs")
    for info in pkgutil.walk_packages(cogs.__path__, "cogs."):
        importlib.import_module(info.name)
    print("ready", flush=True)
    while line := sys.stdin.buffer.readline():
        pid = os.fork()
        if pid == 0:
            os._exit(_become(json.loads(line)))
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
