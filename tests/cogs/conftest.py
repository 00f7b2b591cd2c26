"""The bot in a simulated guild, for the tests of its commands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rigs.guild import GuildWorld, opened


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[GuildWorld]:
    """No round has been played yet; whatever the bot sends is checked against Discord's limits and description."""
    async with opened(tmp_path) as made:
        yield made
