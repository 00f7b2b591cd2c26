"""`python -m tools.demo`: an evening from the game server's folder to the posts, on this machine alone.

No token, no server, nothing but loopback: an SFTP server of its own, the very same App, and a publisher that prints.
The connection is dropped once and the App restarted once on the way; the account at the end must add up.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import open_app, ssh_source
from bot.ingest.source.ssh_login import fetch_host_key
from bot.logs import set_up
from bot.settings import Settings
from bot.store.file.database import reading
from bot.store.questions.rounds import export
from bot.supervise import running
from tools.demo.publisher import FolderPublisher
from tools.demo.server import DemoServer, demo_server
from tools.demo.session import SampleFile, session_files
from tools.kit.shell import ATTENTION, CLOCK, DONE, app, put, run, talk

OUT = Path("demo_out")
CHANNEL = 1
PATIENCE = 20.0
"""Seconds for a file to be imported; it takes about two."""

cli = app("Run the whole river once, with a made-up evening.")


@cli.command()
def main() -> None:
    """Run the whole river once, with a made-up evening; takes about half a minute."""
    run(_demo())


async def _demo() -> int:
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    set_up([], level=logging.WARNING)
    now = datetime.fromtimestamp(CLOCK.now(), UTC).replace(tzinfo=None, microsecond=0)
    archive = session_files(now - timedelta(days=7), maps=2, seed=1)
    tonight = session_files(now - timedelta(hours=2), maps=4, seed=2)
    publisher = FolderPublisher(OUT)
    with TemporaryDirectory() as tmp:
        async with demo_server(Path(tmp)) as server:
            settings = await _settings(Path(tmp), server)
            return await _play(settings, server, publisher, archive, tonight)


async def _settings(root: Path, server: DemoServer) -> Settings:
    key = await fetch_host_key("127.0.0.1", server.port)
    known_hosts = root / "known_hosts"
    known_hosts.write_text(key.line + "\n", encoding="utf-8")
    return Settings(
        stats_channel_id=CHANNEL,
        admin_channel_id=CHANNEL,
        ssh_host="127.0.0.1",
        ssh_port=server.port,
        ssh_user=server.user,
        ssh_key_path=server.key_path,
        ssh_known_hosts=known_hosts,
        remote_stats_path="/",
        poll_interval_seconds=1,
        local_stats_dir=root / "local_stats",
        database_path=root / "demo.db",
    )


async def _play(
    settings: Settings,
    server: DemoServer,
    publisher: FolderPublisher,
    archive: list[SampleFile],
    tonight: list[SampleFile],
) -> int:
    for file in archive:
        server.put(file.name, file.data)
    server.put(archive[0].name.replace("-round-1", ""), b">>> Map: a client's own report\n")
    _say(f"{len(archive)} files of last week are on the server: the first run takes them in without posting")
    async with _running(settings, publisher):
        await _wait_for(settings, len(archive))
        _say("tonight's rounds appear, one by one")
        for file in tonight[:2]:
            await _round(settings, server, file, len(archive) + tonight.index(file) + 1)
        _say(f"the network breaks ({server.drop_connections()} connection dropped); round 2 arrives before its round 1")
        for place in (3, 2):
            server.put(tonight[place].name, tonight[place].data)
            await asyncio.sleep(0.3)
        await _wait_for(settings, len(archive) + 4)
        _say("the App is stopped; two rounds are played meanwhile")
    for file in tonight[4:6]:
        server.put(file.name, file.data)
    async with _running(settings, publisher):
        _say("the App is started again")
        await _wait_for(settings, len(archive) + 6)
        growing = tonight[6]
        server.put(growing.name, growing.data[:200])
        _say("a file is still being written: it has to wait")
        await asyncio.sleep(0.7)
        await _round(settings, server, growing, len(archive) + 7)
        await _round(settings, server, tonight[7], len(archive) + 8)
        await asyncio.sleep(2.5)  # the last posts and their corrections
    return await _account(settings, server, publisher, tonight)


def _running(settings: Settings, publisher: FolderPublisher) -> AsyncExitStack:
    return _Running(settings, publisher)


class _Running(AsyncExitStack):
    """The App, polling and posting as the bot does; a recap would be one message more than there are rounds."""

    def __init__(self, settings: Settings, publisher: FolderPublisher) -> None:
        super().__init__()
        self._settings = settings
        self._publisher = publisher

    async def __aenter__(self) -> _Running:
        await super().__aenter__()
        settings = self._settings
        opened = open_app(settings, source=ssh_source(settings), publisher=self._publisher, program="the demo")
        app_now = await self.enter_async_context(opened)
        await app_now.sync_local()
        services = [service for service in app_now.services if service.name in ("polling", "posting")]
        await self.enter_async_context(running(services, clock=app_now.clock, heartbeats=app_now.heartbeats))
        return self


async def _round(settings: Settings, server: DemoServer, file: SampleFile, rounds: int) -> None:
    server.put(file.name, file.data)
    await _wait_for(settings, rounds)


async def _wait_for(settings: Settings, rounds: int) -> None:
    async with asyncio.timeout(PATIENCE), reading(settings.database_path) as db:
        while len(await export.files(db, state=("counted", "set_aside"))) < rounds:  # noqa: ASYNC110  (it is a file)
            await asyncio.sleep(0.1)


async def _account(
    settings: Settings, server: DemoServer, publisher: FolderPublisher, tonight: list[SampleFile]
) -> int:
    async with reading(settings.database_path) as db:
        files, rounds = await export.files(db), await export.rounds(db)
    on_server = sorted(path.name for path in server.folder.iterdir())
    states = Counter(file["state"] for file in files)
    doubled = len(rounds) - len({file["file"] for file in rounds})
    messages = len(list(OUT.glob("*.md")))
    put("\n=== the account ===\n")
    put(f"files on the server        {len(on_server)}\n")
    put(f"files known                {len(files)}: {', '.join(f'{n} {s}' for s, n in sorted(states.items()))}\n")
    put(f"rounds                     {len(rounds)}, imported twice: {doubled}\n")
    replaced = f"{publisher.deleted} of them replaced by their match's"
    put(f"posts                      {publisher.sent} for tonight's {len(tonight)} rounds, {replaced}\n")
    put(f"kept in                    {OUT}/\n")
    adds_up = (
        sorted(file["file"] for file in files) == on_server
        and sum(states.values()) == len(on_server)
        and states["counted"] == len(rounds)
        and not doubled
        and publisher.sent == len(tonight)
        and messages == publisher.sent - publisher.deleted
    )
    put("every file is in one state, and nothing was imported or posted twice\n" if adds_up else "IT DOES NOT ADD UP\n")
    return DONE if adds_up else ATTENTION


def _say(text: str) -> None:
    talk.print(f"\n>>> {text}", style="bold", markup=False)


if __name__ == "__main__":
    cli()
