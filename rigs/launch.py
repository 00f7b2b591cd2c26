"""`python -m rigs.launch [MODULE …]`: the real bot, or another module, as a subprocess that speaks to the stand-in.

Environment: STANDIN_URL (http://127.0.0.1:PORT), STANDIN_GATEWAY (ws://127.0.0.1:PORT/gateway/), and optionally
STANDIN_READY_SECONDS, how long discord.py waits for more guilds before it says that it is ready (2 without it), and
STANDIN_KILL_AT, a step at which the process kills itself (see `open_app`), with a number behind it: the nth time.

A plain Client asks for exactly these two addresses: REST goes to `Route.BASE`, webhooks included, and the first
websocket to `DEFAULT_GATEWAY`; /gateway/bot is asked by sharded clients alone, and a RESUME uses READY's address.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
from typing import Any

import discord
import yarl
from discord.state import ConnectionState


def point_discord_at(url: str, gateway: str) -> None:
    """Send all that discord.py sends to the stand-in at `url` and `gateway`."""
    discord.http.Route.BASE = f"{url}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)


def hasten_ready(seconds: float) -> None:
    """Make every client that does not say otherwise wait only `seconds` for more guilds."""
    original = ConnectionState.__init__

    def hastened(self: ConnectionState[Any], **options: Any) -> None:
        original(self, **{"guild_ready_timeout": seconds, **options})

    ConnectionState.__init__ = hastened  # type: ignore[method-assign]


def kill_at(step: str, nth: int = 1) -> None:
    """Make the bot end like a power cut when it reaches this step for the nth time."""
    from bot.client import StatsBot

    original = StatsBot.__init__
    passed = 0

    def reached(here: str) -> None:
        nonlocal passed
        passed += here == step
        if passed == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    def doomed(self: StatsBot, *args: Any, **options: Any) -> None:
        original(self, *args, **{**options, "reached": reached})

    StatsBot.__init__ = doomed  # type: ignore[method-assign]


def main(module: str = "bot") -> None:
    """Run `module` as `python -m` would."""
    point_discord_at(os.environ["STANDIN_URL"], os.environ["STANDIN_GATEWAY"])
    if seconds := os.environ.get("STANDIN_READY_SECONDS"):
        hasten_ready(float(seconds))
    if step := os.environ.get("STANDIN_KILL_AT"):
        name, _, nth = step.rpartition(" ")
        kill_at(name, int(nth)) if nth.isdigit() else kill_at(step)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    module = sys.argv.pop(1) if len(sys.argv) > 1 else "bot"
    main(module)
