"""A machine on which nothing is set, and what others may do on it."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot import invocation
from bot.settings import Settings
from bot.store.file.database import opened
from rigs.discord_standin import ADMIN_CHANNEL, STATS_CHANNEL, DiscordStandin
from rigs.servers.sshd import Sshd, running
from tests.watch.bench import Bench, a_file, put


@pytest.fixture
def nothing_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting of this machine is heard; logging and umask are as before in the end."""
    for name in (*Settings.model_fields, invocation.FOLDER):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    umask = os.umask(0o022)
    yield
    os.umask(umask)
    root.handlers[:], root.level = before
    invocation.choose(None)


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with running(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture
async def bench(
    tmp_path: Path, sshd: Sshd, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bench]:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    shutil.rmtree(sshd.folder)
    sshd.folder.mkdir()
    async with DiscordStandin() as standin, opened(tmp_path / "stats.db") as db:
        settings = {
            "discord_token": standin.token,
            "stats_channel_id": STATS_CHANNEL,
            "admin_channel_id": ADMIN_CHANNEL,
            "ssh_host": sshd.host,
            "ssh_port": sshd.port,
            "ssh_user": sshd.user,
            "ssh_key_path": sshd.key,
            "ssh_known_hosts": sshd.known_hosts,
            "remote_stats_path": str(sshd.folder),
            "database_path": tmp_path / "stats.db",
            "local_stats_dir": tmp_path / "local_stats",
        }
        made = Bench(tmp_path, sshd, standin, db, caplog, settings)
        put(sshd.folder, *(a_file(minutes) for minutes in (10, 31, 55, 84, 116, 140)))
        yield made
        assert standin.unknown_requests == []
