"""The guild in memory: what the bot sends there is judged, whether Discord's own description is at hand or not."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest

from rigs.discord_rules import openapi
from rigs.guild import opened

ALL = discord.AllowedMentions.all()


async def _call_everybody(folder: Path) -> None:
    async with opened(folder) as world:
        await world.bot.get_partial_messageable(world.channel.id).send("hello", allowed_mentions=ALL)


async def test_a_message_that_breaks_a_rule_fails_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openapi, "document", lambda: None)
    with pytest.raises(AssertionError, match="allowed_mentions: parse, replied_user may be mentioned"):
        await _call_everybody(tmp_path)
