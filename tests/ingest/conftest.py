"""Servers to fetch from, and sources that must leave nothing behind."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from bot.ingest.sftp import SftpSource
from tests.rigs.asyncssh_server import FakeServer, serving
from tests.rigs.sshd import Sshd, running


class Rig(Protocol):
    """What both servers have."""

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
    gc.collect()
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
