"""`/sync` end to end: the bot as a process, a real SSH server on one side, Discord's stand-in on the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from rigs.builders import an_archive
from rigs.discord_standin import ADMIN, ADMIN_CHANNEL, PLAYER, DiscordStandin, DiscordUser
from rigs.discord_standin.interactions import Interaction
from rigs.process import TOKEN, House, a_key
from rigs.servers.sshd import Sshd, running


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[tuple[House, Sshd]]:
    """A house with its own server and its own Discord."""
    (tmp_path / "sshd").mkdir()
    with running(tmp_path / "sshd") as sshd:
        async with DiscordStandin(token=TOKEN) as standin:
            yield House(tmp_path, sshd, a_key(sshd), standin), sshd
            assert standin.violations == []
            assert standin.unknown_requests == []


TOO_MANY = "That is a lot at once"


def shown(interaction: Interaction) -> str:
    """All that the one who asked sees now."""
    messages = [m for m in (interaction.original, *interaction.followups) if m is not None]
    parts: list[Any] = []
    for message in messages:
        parts.append(message.content)
        for embed in message.embeds:
            parts += [embed.get("title"), embed.get("description")]
            parts += [text for field in embed.get("fields", []) for text in (field["name"], field["value"])]
    return "\n".join(str(part) for part in parts if part)


async def ask(house: House, command: str, wanted: str, *, user: DiscordUser = ADMIN, **options: Any) -> Interaction:
    """Use a command, and wait until the answer holds `wanted`; again after a moment where it was one too many."""
    while True:
        asked = house.standin.interactions.slash(command, options, user=user, channel_id=ADMIN_CHANNEL)
        await asked.until(lambda it: it.original is not None, timeout=10)
        if not shown(asked).startswith(TOO_MANY):
            return await until(asked, wanted)
        await asyncio.sleep(1)


async def press(house: House, asked: Interaction, custom_id: str, wanted: str) -> Interaction:
    """Press a button under an answer; the message that asked may be the one that answers."""
    message = asked.original
    assert message is not None
    pressed = house.standin.interactions.press(custom_id, message=message, user=ADMIN)
    for _ in range(200):
        if wanted in shown(pressed) or wanted in message.content:
            return pressed
        if shown(pressed).startswith(TOO_MANY):
            await asyncio.sleep(1)
            pressed = house.standin.interactions.press(custom_id, message=message, user=ADMIN)
        await asyncio.sleep(0.05)
    raise AssertionError(f"{wanted!r} is not in {shown(pressed)!r} or {message.content!r}")


async def until(asked: Interaction, wanted: str) -> Interaction:
    for _ in range(200):
        if wanted in shown(asked):
            return asked
        await asyncio.sleep(0.05)
    raise AssertionError(f"{wanted!r} is not in {shown(asked)!r}")


async def test_an_admin_diagnoses_repairs_and_asks_why_and_others_see_nothing(house: tuple[House, Sshd]) -> None:
    home, sshd = house
    files = an_archive(6)
    for file in files:
        (home.remote / file.name).write_bytes(file.data)
    broken = files[0].name.replace("-round-1", "-round-2")
    (home.remote / broken).write_bytes(b"broken\n")
    local = home.home / "local_stats"
    async with home.running():
        (local / files[1].name).unlink()
        diagnosis = await ask(home, "sync diagnose", "gone from disk")
        assert "rejected" in shown(diagnosis)
        assert diagnosis.original is not None
        assert len(diagnosis.original.now.attachments) == 1
        question = await press(home, diagnosis, "repair:restore", "1 file will be written")
        assert question.original is not None
        await press(home, question, question.original.custom_ids[0], "1 file restored.")
        assert (local / files[1].name).read_bytes() == files[1].data
        await ask(home, "sync why", "rejected as broken since", file=broken)
        await ask(home, "sync retry", "1 rejected")
        await ask(home, "sync ignore", "is ignored", file=broken, reason="never a round")
        await ask(home, "sync restore", "Nothing is left")
        await ask(home, "sync run", "nothing new")
        await ask(home, "sync diagnose", "Healthy")
        await ask(home, "sync status", "The game server answers")
        await ask(home, "admin log", "1 file restored")
        for command in ("sync diagnose", "sync run", "sync status", "sync restore", "sync retry", "admin log"):
            refused = await ask(home, command, "That is for the admins", user=PLAYER)
            assert shown(refused) == "That is for the admins of this bot's server."
            assert refused.ephemeral
        sshd.stop()
        await ask(home, "sync diagnose", "could not be looked at")
        await ask(home, "sync run", "could not be done")
        for _ in range(20):  # until the poll loop has noticed too
            if "away" in shown(await ask(home, "sync status", "Sync:")):
                break
            await asyncio.sleep(0.5)
        else:
            pytest.fail("the state does not tell that the server is away")
