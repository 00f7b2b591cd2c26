"""What a press may cost: of one member's patience, and of the processor."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import cast

import discord

from bot.client import DRAWN_AT_ONCE
from bot.domain.allowance import BURST, Allowance
from cogs.kit.drawing import draw
from rigs.builders import an_r1
from rigs.guild import GuildWorld, text_of, the_answer


async def test_who_presses_too_often_is_refused_in_a_sentence(world: GuildWorld) -> None:
    await world.play(an_r1())
    world.bot.allowance = Allowance()
    message = the_answer(await world.anna.slash(world.channel, "round"))
    shown = [text_of(await world.anna.click(message, label="Players")) for _ in range(2 * BURST)]
    assert "players" in shown[0]
    assert shown[-1].startswith("That is a lot at once")
    assert "players" in text_of(await world.admin.click(message, label="Players"))


async def test_no_answer_with_buttons_stays_in_memory(world: GuildWorld) -> None:
    await world.play(an_r1())
    message = the_answer(await world.anna.slash(world.channel, "round"))
    assert message.components
    await world.anna.click(message, label="Players")
    assert world.bot.persistent_views == []


class _Interaction:
    """One of this bot: all that drawing asks of it."""

    def __init__(self, world: GuildWorld) -> None:
        self.client = world.bot


async def test_no_more_pictures_are_drawn_at_once_than_may(world: GuildWorld) -> None:
    lock, now, most = threading.Lock(), 0, 0

    def drawn() -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.05)
        with lock:
            now -= 1

    itx = cast("discord.Interaction", _Interaction(world))
    await asyncio.gather(*(draw(itx, drawn) for _ in range(4 * DRAWN_AT_ONCE)))
    assert most == DRAWN_AT_ONCE
