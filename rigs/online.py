"""The real bot in this process and the stand-in that it is online on, with a folder in place of the game server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.client import StatsBot
from bot.ingest.source.folder import FolderSource
from bot.settings import Settings
from bot.store import facts
from rigs.discord_standin import ADMIN_CHANNEL, STATS_CHANNEL, DiscordStandin, eventually


@asynccontextmanager
async def online(folder: Path, **changed: Any) -> AsyncIterator[tuple[StatsBot, DiscordStandin]]:
    """As soon as its commands are registered and the gateway is ready; closed in the end."""
    remote = folder / "remote"
    remote.mkdir()
    settings = Settings(
        _env_file=None,
        stats_channel_id=STATS_CHANNEL,
        admin_channel_id=ADMIN_CHANNEL,
        database_path=folder / "stats.db",
        local_stats_dir=folder / "local_stats",
        poll_interval_seconds=3600,
        **changed,
    )
    async with DiscordStandin() as standin:
        bot = StatsBot(settings, source=FolderSource(remote))
        bot._connection.guild_ready_timeout = 0.02
        running = asyncio.create_task(bot.start(standin.token))
        try:
            await eventually(
                lambda: running.done() or (standin.gateway.connected and standin.command_syncs), timeout=20
            )
            assert not running.done(), running
            await bot.wait_until_ready()
            while await facts.get(bot.app.db, facts.COMMAND_TREE) is None:
                await asyncio.sleep(0.01)
            yield bot, standin
        finally:
            await bot.close()
            await running
