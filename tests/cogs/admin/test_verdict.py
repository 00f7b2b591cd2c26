"""Status, diagnosis and alerts speak of one verdict, on the real client."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rigs.discord_standin import ADMIN, ADMIN_CHANNEL, DiscordStandin, eventually
from rigs.discord_standin.world import GUILD_ID
from rigs.online import online
from rigs.process import text_of

WRONG = GUILD_ID + 1


async def asked(standin: DiscordStandin, command: str) -> str:
    """What an admin reads."""
    answer = standin.interactions.slash(command, user=ADMIN)
    await answer.until(lambda it: it.original is not None, timeout=10)
    return text_of(answer.original)


async def test_a_server_that_the_bot_is_not_in_is_an_alert_with_those_that_it_is_in(tmp_path: Path) -> None:
    async with online(tmp_path, discord_guild_id=WRONG) as (bot, standin):
        assert bot.app.live is not None
        await bot.app.live.alerts.step()
        await eventually(lambda: standin.posts(ADMIN_CHANNEL), timeout=10)
        (alert,) = standin.posts(ADMIN_CHANNEL)
        for text in (text_of(alert), await asked(standin, "sync status"), await asked(standin, "sync diagnose")):
            assert f"DISCORD_GUILD_ID is {WRONG}" in text.replace("\\", "")
            assert f"({GUILD_ID})" in text.replace("\\", "")
            assert "all is well" not in text
            assert "no action required" not in text


async def test_the_right_server_is_no_news(tmp_path: Path) -> None:
    async with online(tmp_path, discord_guild_id=GUILD_ID) as (bot, standin):
        assert bot.app.live is not None
        await bot.app.live.alerts.step()
        await asyncio.sleep(0.1)
        assert standin.posts(ADMIN_CHANNEL) == []
        assert "all is well" in await asked(standin, "sync status")
        assert "no action required" in await asked(standin, "sync diagnose")
