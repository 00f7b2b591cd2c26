"""A game server with the script, under each Lua."""

from __future__ import annotations

from pathlib import Path

import pytest

from rigs.gameserver.engine import GameServer
from rigs.gameserver.machine import LUAS


@pytest.fixture(params=LUAS)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> GameServer:
    """Twelve slots, ET:Legacy 2.83."""
    return GameServer(tmp_path / "home", lua=request.param)
