"""The client itself: what discord.py is told, and what it may not do once the bot is closed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.client import StatsBot
from bot.deliver.channel import ChannelPublisher
from bot.errors import PostLater
from bot.present.card import Card
from bot.settings import Settings
from rigs.discord_standin import STATS_CHANNEL, DiscordStandin, creates
from rigs.discord_standin.faults import rate_limited


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
