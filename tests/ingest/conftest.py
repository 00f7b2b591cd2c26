"""Servers to fetch from, and sources that must leave nothing behind."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from bot.ingest.source.remote import Entry
from bot.ingest.source.sftp import SftpSource
from rigs.servers.asyncssh_server import FakeServer, serving
from rigs.servers.relay import Relay
from rigs.servers.sshd import Sshd, running

NAME = "2025-10-02-211808-supply-round-1.txt"


class Rig(Protocol):
    """What both servers have."""

    home: Path
    host: str
    port: int
    user: str
    key: Path
    known_hosts: Path
    folder: Path


Opener = Callable[..., SftpSource]


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    """OpenSSH with one host key, which is known."""
    with running(tmp_path / "sshd") as server:
        yield server


@pytest.fixture
async def fake(tmp_path: Path) -> AsyncIterator[FakeServer]:
    """A server in this loop, whose key is known."""
    async with serving(tmp_path / "fake") as server:
        yield server


@pytest.fixture
async def open_source() -> AsyncIterator[Opener]:
    """Makes sources; after the test they are closed, no task of theirs is left, and asyncio had nothing to report."""
    sources: list[SftpSource] = []
    reports: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reports.append(context))

    def make(rig: Rig, **settings: Any) -> SftpSource:
        defaults: dict[str, Any] = {
            "host": rig.host,
            "port": rig.port,
            "user": rig.user,
            "key_path": rig.key,
            "passphrase": None,
            "known_hosts": rig.known_hosts,
            "folder": str(rig.folder),
        }
        sources.append(SftpSource(**{**defaults, **settings}))
        return sources[-1]

    yield make
    for source in sources:
        await asyncio.wait_for(source.close(), 7)
    assert ours() == []
    gc.collect(1)  # what this test left behind is young
    await asyncio.sleep(0)
    assert reports == []


def ours() -> list[str]:
    """The tasks that run code of the bot."""
    found = []
    for task in asyncio.all_tasks():
        coroutine: Any = task.get_coro()
        if "/bot/ingest/" in coroutine.cr_code.co_filename.replace("\\", "/"):
            found.append(repr(task))
    return found


def through(relay: Relay, rig: Rig) -> dict[str, object]:
    """Settings that go by the relay, whose address has the server's key."""
    _, algorithm, blob, *_ = rig.known_hosts.read_text().split()
    path = rig.home / "known_by_relay"
    path.write_text(f"[127.0.0.1]:{relay.port} {algorithm} {blob}\n")
    return {"port": relay.port, "known_hosts": path}


def hurry(source: SftpSource) -> None:
    """Let its deadlines pass soon."""
    source.connect_timeout = source.login_timeout = source.answer_timeout = source.file_grace = 0.25
    source.listing_timeout = 0.5


def calm(source: SftpSource) -> None:
    """Give it time, also on a busy machine."""
    source.connect_timeout = source.login_timeout = source.answer_timeout = source.file_grace = 10
    source.listing_timeout = 20


def put(rig: Rig, content: bytes, name: str = NAME) -> Entry:
    """Write a file for the server to serve; its entry."""
    (rig.folder / name).write_bytes(content)
    return Entry(name, len(content), 0)


async def by_stat(source: SftpSource) -> object:
    return await source.folder_mtime()


async def by_list(source: SftpSource) -> object:
    return await source.list()


async def by_lstat(source: SftpSource) -> object:
    return await source.look_at([NAME])


async def by_read(source: SftpSource) -> object:
    return await source.read(Entry(NAME, 5, 0))


Ask = Callable[[SftpSource], Awaitable[object]]
