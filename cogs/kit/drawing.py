"""Pictures are drawn beside the event loop, few at a time: whoever waits for one has been answered already."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import discord

from cogs.kit.asking import the_bot

P = ParamSpec("P")
T = TypeVar("T")


async def draw(itx: discord.Interaction, work: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
    """What `work` makes, on another thread, when it is its turn."""
    async with the_bot(itx).drawing:
        return await asyncio.to_thread(work, *args, **more)
