"""Exactly one visible message, where one `send` of the real client may be many requests: POSTING, "Tries".

500 schedules, each made from its number, over the stand-in: the first request of a send is accepted or not and answered
with a 5xx, or its connection breaks; what discord.py would repeat by itself meets a rate limit, a refusal, a broken
connection or no connection at all; and the nonce is forgotten at once, so nothing but the look saves anybody.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import discord
import pytest

from bot.deliver import channel
from bot.deliver.channel import ChannelPublisher
from bot.deliver.dispatcher import REFUSED_PAUSE, Dispatcher
from bot.domain.posts import PostKind, PostState
from bot.store import outbox
from rigs.builders import an_r1
from rigs.client import Client
from rigs.discord_standin import ADMIN_CHANNEL, STATS_CHANNEL, DiscordStandin, Fault, creates, lists
from rigs.discord_standin.faults import (
    FORBIDDEN,
    UNKNOWN_CHANNEL,
    banned_by_cloudflare,
    closed,
    rate_limited,
    reset,
    server_error,
)
from rigs.world import ManualClock, World, a_rules, a_world
from tests.deliver.hurried import Hurried

SCHEDULES = 500
ROUND = an_r1()


class Schedule:
    """What happens to the requests of one post, in their order; the same number makes the same."""

    def __init__(self, number: int) -> None:
        self.random = random.Random(number)
        self.creates = [fault for _ in range(self.random.randint(1, 3)) for fault in self._one_send()]
        self.lists = [self._unknown(accept=False) for _ in range(self.random.randint(0, 2))]
        self.cut_after = self.random.choice([None, None, self.random.randint(1, 4)])
        """The creation after which Discord is away for a while."""

    def _one_send(self) -> list[Fault]:
        first = self._unknown(accept=self.random.random() < 0.6)
        return [first, *(self._repeated() for _ in range(self.random.randint(0, 3)))]

    def _unknown(self, *, accept: bool) -> Fault:
        errors = [server_error(status, accept=accept) for status in (500, 502, 503, 504, 524)]
        return self.random.choice([*errors, *errors, reset(accept=accept), closed(accept=accept)])

    def _repeated(self) -> Fault:
        no = [rate_limited(0.01), rate_limited(600.0), banned_by_cloudflare(), FORBIDDEN, UNKNOWN_CHANNEL]
        return self.random.choice([*no, self._unknown(accept=self.random.random() < 0.5)])


async def run(number: int, world: World, standin: DiscordStandin, client: Client) -> None:
    """Until the post is at rest: exactly one message is there, and the row knows it."""
    schedule, clock = Schedule(number), world.clock
    standin.faults.clear()
    standin.messages.all.clear()
    for fault in schedule.creates:
        standin.faults.add(fault, when=creates)
    for fault in schedule.lists:
        standin.faults.add(fault, when=lists)
    dispatcher = a_dispatcher(world, client)
    now = int(clock.now())
    await world.app.db.write(lambda tx: tx.execute("DELETE FROM outbox"))
    await world.app.db.write(lambda tx: outbox.enqueue(tx, PostKind.ROUND, 1, not_before=now, now=now))
    for _ in range(60):
        standin.post("somebody talks")  # so that it is seen that the history can be read
        await dispatcher.step()
        item = await world.post_of(ROUND.name)
        if item.state is PostState.SENT and item.sent_revision == item.revision:
            break
        if schedule.cut_after is not None and len(standin.asked("POST", ".*/messages")) >= schedule.cut_after:
            schedule.cut_after = None
            await standin.pull_out()
            await dispatcher.step()
            await standin.plug_in()
        clock.pass_by(schedule.random.choice([2, 30, 100, REFUSED_PAUSE]))
    item = await world.post_of(ROUND.name)
    posts = [message for message in standin.posts() if item.marker in message.custom_ids]
    assert [message.id for message in posts] == [item.message_id]
    assert item.state is PostState.SENT


def a_dispatcher(world: World, client: Client) -> Dispatcher:
    return Dispatcher(
        world.app.db,
        ChannelPublisher(client, client.wire),
        channel=STATS_CHANNEL,
        admin_channel=ADMIN_CHANNEL,
        server_name="main",
        rules=a_rules(),
        clock=world.clock,
        reached=lambda _step: None,
    )


@asynccontextmanager
async def a_client(clock: ManualClock) -> AsyncIterator[tuple[DiscordStandin, Client]]:
    async with DiscordStandin(clock=clock.now, nonce_window=0, check=None) as standin, Client(clock) as client:
        await client.login(standin.token)
        yield standin, client


async def test_a_send_of_many_requests_makes_one_message_on_500_schedules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord.http, "asyncio", Hurried())
    monkeypatch.setattr(channel, "PATIENCE", 5)
    async with a_world(tmp_path) as world, a_client(world.clock) as (standin, client):
        await world.poll()
        await world.add(ROUND)
        for number in range(SCHEDULES):
            standin.requests.clear()
            try:
                await asyncio.wait_for(run(number, world, standin, client), 60)
            except BaseException as failure:
                failure.add_note(f"in schedule {number}")
                raise
