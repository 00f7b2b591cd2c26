"""The bot as it runs: from a file complete on the server to a post that Discord's stand-in accepted."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from bench.catchup import MEMORY
from bench.kit.figure import Row, absolute
from bench.kit.process import PYTHON, ROOT, peak
from bench.kit.samples import fill
from bench.kit.workshop import Workshop
from bot.errors import StoreError
from bot.store.file.database import reading
from bot.store.questions.rounds import export
from rigs.discord_standin import ADMIN_CHANNEL, STATS_CHANNEL, DiscordStandin, eventually
from tools.demo.session import SampleFile, session_files

INTERVAL = 3.0
"""Seconds between two polls: the default."""
PATIENCE = 120.0


def rows(shop: Workshop) -> Iterator[Row]:
    """How long posts take, and how much memory the bot had at most."""
    yield from asyncio.run(_measured(shop))


async def _measured(shop: Workshop) -> list[Row]:
    folder, work = shop.fresh(), shop.fresh()
    fill(folder, shop.files)
    async with DiscordStandin() as discord, bot(shop, discord, folder, work) as pid:
        await _caught_up(work / "stats.db", len(shop.files))
        took = [await posted(folder, file, discord) for file in await recent_rounds(shop.size.rounds)]
        most = peak(pid)
    middle, worst = median(took), max(took)
    shown = f"p50 {middle:.1f} s, max {worst:.1f} s ({middle / INTERVAL:.1f} and {worst / INTERVAL:.1f} polls)"
    return [
        absolute(f"live: file complete → post accepted, {len(took)} rounds, a poll every {INTERVAL:.0f} s", shown,
                 value=worst, most=2 * INTERVAL + 1, unit="s (2 polls + 1 s)"),
        absolute(f"memory of the bot, peak (catch-up of {len(shop.files)} files, then {len(took)} rounds)",
                 f"{most:.0f} MB", value=most, most=MEMORY, unit="MB"),
    ]  # fmt: skip


@asynccontextmanager
async def bot(shop: Workshop, discord: DiscordStandin, folder: Path, work: Path) -> AsyncIterator[int]:
    """The real bot in a process of its own."""
    env = {
        **os.environ,
        **shop.environment(work, folder=folder),
        **discord.environment,
        "STANDIN_READY_SECONDS": "0.1",
        "DISCORD_TOKEN": discord.token,
        "STATS_CHANNEL_ID": str(STATS_CHANNEL),
        "ADMIN_CHANNEL_ID": str(ADMIN_CHANNEL),
        "POLL_INTERVAL_SECONDS": str(INTERVAL),
    }
    with (work / "bot.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            PYTHON, "-m", "rigs.launch", env=env, cwd=ROOT, stdout=log, stderr=log
        )
        try:
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                process.kill()


async def _caught_up(path: Path, files: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                async with reading(path) as db:
                    if len(await export.files(db, state=("counted", "set_aside"))) == files:
                        return
            except StoreError:
                pass  # not there yet
            await asyncio.sleep(0.5)


async def recent_rounds(number: int) -> list[SampleFile]:
    """Rounds that ended within the last two hours."""
    start = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(hours=2)
    return session_files(start, maps=(number + 1) // 2, seed=1)[:number]


async def posted(folder: Path, file: SampleFile, discord: DiscordStandin, *, patience: float = PATIENCE) -> float:
    """Seconds from the file's last byte to the post, begun at any moment between two polls."""
    await asyncio.sleep(random.uniform(0, INTERVAL))
    before = {post.id for post in discord.posts()}  # no number: a match's post takes that of its round 1 away
    (folder / file.name).write_bytes(file.data)
    began = time.perf_counter()
    await eventually(lambda: any(post.id not in before for post in discord.posts()), timeout=patience)
    return time.perf_counter() - began
