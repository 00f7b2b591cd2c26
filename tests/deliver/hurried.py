"""Sleeps of discord.py's HTTP client that take no time."""

from __future__ import annotations

import asyncio
from typing import Any


class Hurried:
    """asyncio as discord.py's HTTP client sees it, with sleeps that take no time."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, _seconds: float) -> None:
        await asyncio.sleep(0)
