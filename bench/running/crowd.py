"""Sixty commands at once from one member, and another's, of the real client on a database of very many rounds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.importing import imported
from bench.kit.figure import Row
from bench.kit.grown import grow
from bench.kit.workshop import Workshop
from bot.app import open_app
from bot.settings import Settings
from rigs.discord_standin import ADMIN, PLAYER, DiscordStandin, Interaction
from rigs.online import online

AT_ONCE = 60
MOST = 3.0
"""Seconds until Discord takes no first answer any more."""
COMMANDS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("leaderboard", {"stat": "kd"}),
    ("records", {}),
    ("stats", {"player": "bluenote"}),
    ("maps", {}),
    ("session", {}),
    ("awards", {}),
)
"""What is asked, in turns; the other member asks the first of them. The demo's evenings have a player of this name."""


def rows(shop: Workshop) -> Iterator[Row]:
    """The slowest acknowledgement and the slowest whole answer of the other member."""
    home = shop.fresh()
    asyncio.run(imported(home / "small.db", shop.files))
    asyncio.run(_brought_up(home))
    grow(home / "small.db", home / "stats.db", rounds=shop.size.many)
    taken, answered, refused = asyncio.run(_asked(home, times=min(3, shop.size.runs)))
    yield Row(
        figure=f"another member's command beside {AT_ONCE} at once from one, at {shop.size.many:,} rounds",
        anchor="Discord takes no first answer after 3 s",
        took=f"{taken:.2f} s until it is taken; {answered:.1f} s until it is answered; {refused} of the {AT_ONCE} were "
        "asked to wait",
        ratio="",
        cpu="",
        target=f"≤ {MOST:.0f} s",
        met=taken <= MOST,
    )


async def _brought_up(home: Path) -> None:
    """As a start of the bot leaves it."""
    settings = Settings(_env_file=None, database_path=home / "small.db", local_stats_dir=home / "local_stats")
    async with open_app(settings):
        pass


async def _asked(home: Path, *, times: int) -> tuple[float, float, int]:
    """Seconds until another member's command is taken and answered, at worst; how many of the one were put off."""
    taken = answered = 0.0
    refused = 0
    async with online(home) as (_, standin):
        for _ in range(times):
            many = [_ask(standin, number) for number in range(AT_ONCE)]
            began = time.perf_counter()
            other = standin.interactions.slash(*COMMANDS[0], user=ADMIN)
            await other.until(lambda it: it.kind is not None, timeout=60)
            taken = max(taken, time.perf_counter() - began)
            await other.until(lambda it: it.original is not None, timeout=120)
            answered = max(answered, time.perf_counter() - began)
            for interaction in many:
                await interaction.until(lambda it: it.original is not None, timeout=300)
            assert not any(interaction.refusals for interaction in (*many, other)), "an answer came too late"
            refused = sum(interaction.content.startswith("That is a lot at once") for interaction in many)
            await asyncio.sleep(30)  # the member may ask again
    return taken, answered, refused


def _ask(standin: DiscordStandin, number: int) -> Interaction:
    command, options = COMMANDS[number % len(COMMANDS)]
    return standin.interactions.slash(command, options, user=PLAYER)
