"""A good set-up between a real SSH server and the stand-in, in which a test breaks one thing; and what is said."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.app import SERVER, open_app, ssh_source
from bot.client import invite
from bot.clock import SystemClock
from bot.deliver.access import look_with
from bot.settings import Settings
from bot.store.file.database import Database
from bot.watch.doctor.check import Check, CheckState
from bot.watch.doctor.checkup import Asked, everything
from bot.watch.doctor.start import StartChecks
from rigs.builders import STAMP, RoundFile, an_r1
from rigs.discord_standin import DiscordStandin
from rigs.servers.sshd import Sshd


class ShiftedClock(SystemClock):
    """A machine's clock that is so many seconds off."""

    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds

    def now(self) -> float:
        return super().now() + self.seconds


@dataclass
class Bench:
    """A good set-up, in which a test breaks one thing."""

    home: Path
    sshd: Sshd
    standin: DiscordStandin
    db: Database
    log: pytest.LogCaptureFixture
    settings: dict[str, Any]
    clock: ShiftedClock = field(default_factory=ShiftedClock)
    checked: dict[str, str | None] = field(default_factory=dict)

    def asked(self, settings: Settings) -> tuple[Asked, Callable[[], Awaitable[None]]]:
        source = ssh_source(settings)
        token = settings.discord_token
        assert token is not None
        asked = Asked(
            settings=settings,
            clock=self.clock,
            server=SERVER,
            source=source,
            may_write=source.may_write,
            access=lambda channels: look_with(token.get_secret_value(), channels, clock=self.clock),
            invite=invite,
        )
        return asked, source.close

    async def doctor(self, **changed: Any) -> list[Check]:
        """Everything, and that within ten seconds."""
        asked, close = self.asked(Settings(**{**self.settings, **changed}))
        began = time.monotonic()
        try:
            return await everything(asked, ())
        finally:
            assert time.monotonic() - began < 30  # that it ends: the limits of its parts say when
            await close()

    async def start(self, **changed: Any) -> str:
        """What the log says of it at the start."""
        asked, close = self.asked(Settings(**{**self.settings, **changed}))
        self.log.clear()
        with self.log.at_level(logging.WARNING):
            await StartChecks(asked, db=self.db, status=None, checked=self.checked).step()
        await close()
        return self.log.text

    async def both(self, *words: str, **changed: Any) -> None:
        """The doctor and the start say all of these words."""
        doctors = "\n".join(c.sentence for c in await self.doctor(**changed) if c.state is not CheckState.OK)
        for who, said in (("doctor", doctors), ("start", await self.start(**changed))):
            assert [word for word in words if word not in said] == [], (who, said)

    async def poll(self, **changed: Any) -> str:
        """What the log says of the game server when the bot begins to ask it, on a database of its own."""
        settings = Settings(**{**self.settings, "database_path": self.home / "start.db", **changed})
        self.log.clear()
        with self.log.at_level(logging.WARNING):
            async with open_app(settings, source=ssh_source(settings), clock=self.clock) as app:
                assert app.live is not None
                await app.live.polling.step()
        return self.log.text

    async def both_ask(self, *words: str, **changed: Any) -> None:
        """The doctor and the first poll say all of these words of the game server, and the doctor has a fix."""
        (check,) = (c for c in await self.doctor(**changed) if c.name == "game server")
        assert check.state is CheckState.WRONG, check
        assert check.fix, check
        for who, said in (("doctor", check.sentence), ("start", await self.poll(**changed))):
            assert [word for word in words if word not in said] == [], (who, said)
            assert "Traceback" not in said


def a_file(minutes: int, *, zone: str = "UTC") -> RoundFile:
    """Of a round that ended so long ago, by the wall clock of that zone."""
    ended = datetime.fromtimestamp(time.time() - 60 * minutes, UTC).astimezone(ZoneInfo(zone))
    return an_r1(at=ended.strftime(STAMP))


def put(folder: Path, *files: RoundFile, zone: str = "UTC") -> None:
    for file in files:
        (folder / file.name).write_bytes(file.data)
        stamp = datetime.strptime(file.name[:17], STAMP).replace(tzinfo=ZoneInfo(zone)).timestamp()
        os.utime(folder / file.name, (stamp, stamp))
