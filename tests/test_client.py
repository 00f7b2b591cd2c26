"""The client itself: what discord.py is told, and what it may not do once the bot is closed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import discord
import pytest

from bot import client
from bot.client import StatsBot
from bot.deliver.channel import ChannelPublisher
from bot.errors import PostLater
from bot.ingest.source.folder import FolderSource
from bot.present.card import Card
from bot.settings import Settings
from rigs.discord_standin import STATS_CHANNEL, DiscordStandin, creates
from rigs.discord_standin.faults import rate_limited
from rigs.launch import point_discord_at


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, database_path=tmp_path / "stats.db", local_stats_dir=tmp_path / "local_stats")


async def test_nothing_is_dispatched_once_the_bot_is_closed(settings: Settings) -> None:
    heard: list[str] = []

    async def on_ping(word: str) -> None:
        heard.append(word)

    async with StatsBot(settings) as bot:
        bot.add_listener(on_ping)
        bot.dispatch("ping", "open")
        await asyncio.sleep(0)
        assert heard == ["open"]
    bot.dispatch("ping", "closed")
    await asyncio.sleep(0)
    assert heard == ["open"]


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between two tries of the gateway take no time, and a silent one is given up at once."""

    class Hurried:
        """asyncio as discord.py's client sees it."""

        def __getattr__(self, name: str) -> Any:
            return getattr(asyncio, name)

        async def sleep(self, _seconds: float) -> None:
            await asyncio.sleep(0.01)

        async def wait_for(self, what: Any, timeout: float) -> Any:
            return await asyncio.wait_for(what, min(timeout, 0.5))

    monkeypatch.setattr(discord.client, "asyncio", Hurried())
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.02)


def _refuse(standin: DiscordStandin) -> None:
    standin.gateway.down = True


def _reset(standin: DiscordStandin) -> None:
    standin.gateway.resets = True


def _close(standin: DiscordStandin) -> None:
    standin.gateway.close_greeting_with = 4000


def _hang(standin: DiscordStandin) -> None:
    standin.gateway.zombie = True


def _no_address(standin: DiscordStandin) -> None:
    point_discord_at(standin.url, "ws://nowhere.invalid/gateway/")


def _heal(standin: DiscordStandin) -> None:
    gateway = standin.gateway
    gateway.down = gateway.resets = gateway.zombie = False
    gateway.close_greeting_with = None
    point_discord_at(standin.url, gateway.url)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("fault", [_refuse, _reset, _close, _hang, _no_address])
async def test_the_first_handshake_is_tried_until_it_succeeds(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: Callable[[DiscordStandin], None]
) -> None:
    caplog.set_level(logging.DEBUG, "bot.client")  # each further try
    (tmp_path / "remote").mkdir()
    async with DiscordStandin() as standin, StatsBot(settings, source=FolderSource(tmp_path / "remote")) as bot:
        fault(standin)
        online = asyncio.create_task(bot.start(standin.token))
        async with asyncio.timeout(10):
            while caplog.text.count("Discord's gateway is away") < 2 and not online.done():
                await asyncio.sleep(0.02)
            _heal(standin)
            while not (standin.gateway.connected or online.done()):
                await asyncio.sleep(0.02)
        assert not online.done()
        await bot.close()
        await online
    assert not any(record.exc_info for record in caplog.records)


async def test_a_long_rate_limit_is_given_back_and_not_slept_through(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    class Hurried:
        """asyncio as discord.py's HTTP client sees it, with sleeps that take no time."""

        def __getattr__(self, name: str) -> Any:
            return getattr(asyncio, name)

        async def sleep(self, seconds: float) -> None:
            slept.append(seconds)

    monkeypatch.setattr(discord.http, "asyncio", Hurried())
    async with DiscordStandin() as standin, StatsBot(settings) as bot:
        await bot.http.static_login(standin.token)
        send = ChannelPublisher(bot, bot.wire).send
        standin.faults.add(rate_limited(30.0), when=creates)
        await send(Card(short="a moment"), channel=STATS_CHANNEL, nonce="n1")
        assert max(slept) == 30.0
        slept.clear()
        standin.faults.add(rate_limited(90.0), when=creates)
        with pytest.raises(PostLater) as error:
            await send(Card(short="not now"), channel=STATS_CHANNEL, nonce="n2")
        assert (error.value.seconds, slept) == (90.0, [])
        assert [message.content for message in standin.posts()] == ["a moment"]
