"""A world whose posts go to a Discord in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.deliver.dispatcher import IDLE, Dispatcher
from bot.domain.posts import OutboxItem, PostState
from bot.store import outbox
from rigs.builders import RoundFile
from rigs.world import NIGHT, ManualClock, World, a_world
from tests.deliver.fake_discord import FakeDiscord, Killed
from tools.demo.session import SampleFile

STATS, ADMIN = 1, 2
"""Channels."""


class Posting:
    """A world, its Discord, and the dispatcher between them."""

    def __init__(self, world: World, discord: FakeDiscord) -> None:
        self.world = world
        self.discord = discord
        discord.clock = world.clock

    @property
    def dispatcher(self) -> Dispatcher:
        """The App's."""
        return self.world.posting.dispatcher

    async def play(self, *files: SampleFile | RoundFile) -> None:
        """These rounds are over and imported; nothing is posted yet."""
        await self.world.add(*files)

    async def pass_by(self, seconds: float = 0) -> None:
        """The dispatcher runs for so many seconds; without any, until it has nothing left to do now."""
        until = self.world.clock.now() + seconds
        for _ in range(20):
            if not await self.dispatcher.step():
                break
        while self.world.clock.now() < until:
            self.world.clock.pass_by(IDLE)
            await self.dispatcher.step()

    async def until_killed(self) -> None:
        """One step, in which the process ends."""
        with pytest.raises(Killed):
            await self.dispatcher.step()

    def kill_at(self, step: str) -> None:
        """The process ends when it comes there."""

        def hook(reached: str) -> None:
            if reached == step:
                self.world.on_step = lambda _step: None
                raise Killed

        self.world.on_step = hook

    async def post_of(self, file: SampleFile | RoundFile) -> OutboxItem:
        """A round's post."""
        return await self.world.post_of(file.name)

    async def state_of(self, file: SampleFile | RoundFile) -> PostState:
        """Where its post stands."""
        return (await self.post_of(file)).state

    async def decide(self, file: SampleFile | RoundFile, *, is_there: bool) -> bool:
        """An admin presses one of the two buttons."""
        item = await self.post_of(file)
        return await self.world.app.db.write(lambda tx: outbox.decide(tx, item.id, is_there=is_there))

    async def shown(self) -> list[str]:
        """Map and number of every round whose message can be seen, oldest message first."""
        rows = await self.world.rows("SELECT key, map || ' ' || number AS name FROM rounds")
        names = {row["key"]: row["name"] for row in rows}
        return [names[message.custom_ids[0].split(":")[1]] for message in self.discord.visible(STATS)]

    def alerts(self) -> list[str]:
        """What the admins read."""
        return [message.card.lines[0] for message in self.discord.visible(ADMIN)]

    @asynccontextmanager
    async def restarted(self, folder: Path | None = None, **changed: Any) -> AsyncIterator[Posting]:
        """The same after a restart, while the first bot rests; or another bot beside it in a folder of its own."""
        settings = {"stats_channel_id": STATS, "admin_channel_id": ADMIN, **changed}
        async with a_world(folder or self.world.folder, before=self.world, publisher=self.discord, **settings) as world:
            yield Posting(world, self.discord)


@pytest.fixture
async def posting(tmp_path: Path) -> AsyncIterator[Posting]:
    """The first run is over: what is played now is news."""
    async with a_posting(tmp_path) as opened:
        yield opened


@asynccontextmanager
async def a_posting(folder: Path, **settings: Any) -> AsyncIterator[Posting]:
    """A world in this folder, there since before the evening began, and a Discord that is well."""
    discord, settings = FakeDiscord(ManualClock()), {"stats_channel_id": STATS, "admin_channel_id": ADMIN, **settings}
    async with a_world(folder, publisher=discord, begin=NIGHT - 4 * 3600, **settings) as world:
        await world.poll()
        world.clock.time = NIGHT
        yield Posting(world, discord)
