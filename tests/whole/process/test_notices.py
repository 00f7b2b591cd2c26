"""systemd hears that the bot is ready, goes on, and stops; of a poll loop that hangs it hears nothing."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import LoginRefused
from bot.ingest import service as poll_service
from bot.ingest.service import PollService
from bot.notices import PAUSE, Notices
from rigs.builders import STAMP, an_r1
from rigs.discord_standin import DiscordStandin
from rigs.process import TOKEN, House, a_key
from rigs.servers.sshd import running
from rigs.world import ManualClock, World


class Systemd:
    """The other end of the socket."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.setblocking(False)

    def heard(self) -> list[str]:
        """What came since it was asked last."""
        lines = []
        while True:
            try:
                lines.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                return lines


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Systemd]:
    manager = Systemd(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    yield manager
    manager.socket.close()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    with running(tmp_path / "sshd") as sshd:
        async with DiscordStandin(token=TOKEN) as standin:
            yield House(tmp_path, sshd, a_key(sshd), standin)


async def test_the_bot_says_that_it_is_ready_lives_and_stops(house: House, systemd: Systemd) -> None:
    async with house.started(NOTIFY_SOCKET=systemd.socket.getsockname()) as bot:
        told: list[str] = []

        def hears(state: str) -> bool:
            told.extend(systemd.heard())
            return state in told

        await bot.until(lambda: hears("WATCHDOG=1"))
        assert told[:2] in (["READY=1", "WATCHDOG=1"], ["WATCHDOG=1", "READY=1"])
        assert await bot.stop() == 0
        assert hears("STOPPING=1")


def test_many_signs_of_life_are_one_datagram(systemd: Systemd) -> None:
    clock = ManualClock()
    notices = Notices(clock)
    for _ in range(3):
        notices.alive()
        clock.time += PAUSE / 2
    assert systemd.heard() == ["WATCHDOG=1"] * 2


def test_nobody_at_the_other_end_costs_nothing(systemd: Systemd, monkeypatch: pytest.MonkeyPatch) -> None:
    systemd.socket.close()
    Notices(ManualClock()).ready()
    monkeypatch.delenv("NOTIFY_SOCKET")
    Notices(ManualClock()).ready()


@pytest.fixture
def signs() -> list[str]:
    return []


@pytest.fixture
def polling(world: World, signs: list[str]) -> PollService:
    async def alert(_reason: str, _text: str) -> None:
        return

    return PollService(
        world.poller, db=world.app.db, importer=world.app.importer, clock=world.clock, interval=0.001,
        alert=alert, news=lambda: None, alive=lambda: signs.append("loop"),
    )  # fmt: skip


async def test_a_loop_that_waits_for_a_person_shows_life_all_the_time(
    world: World, polling: PollService, signs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll_service, "STRETCH", 0.01)
    monkeypatch.setattr(poll_service, "REFUSED_PAUSE", 300.0)
    world.remote.away = LoginRefused("no")
    loop = asyncio.create_task(polling.run(lambda: None))
    await asyncio.sleep(0.3)
    loop.cancel()
    assert len(signs) >= 5


async def test_a_loop_that_hangs_shows_none(
    world: World, polling: PollService, signs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never() -> int:
        await asyncio.Event().wait()
        return 0

    monkeypatch.setattr(poll_service, "STRETCH", 0.01)
    monkeypatch.setattr(world.remote, "folder_mtime", never)
    loop = asyncio.create_task(polling.run(lambda: None))
    await asyncio.sleep(0.3)
    loop.cancel()
    assert signs == []


async def test_each_file_of_a_long_poll_is_a_sign_of_life(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    signs: list[str] = []
    monkeypatch.setattr(world.poller, "_alive", lambda: signs.append("file"))
    for number in range(2, 10):
        ended = int(world.clock.now()) - 1200 * number
        file = an_r1(at=datetime.fromtimestamp(ended, UTC).strftime(STAMP))
        world.remote.put(file.name, file.data, ended)
    poll = await world.poller.poll()
    assert len(poll.imported) + poll.pending == 8
    assert len(signs) >= len(poll.imported) >= 7
