"""All checks of one look, each part within its time; `Asked` is what the parts need of the world outside."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.clock import Clock
from bot.deliver.access import DiscordAccess
from bot.errors import DiscordError, StoreError, TokenRefused
from bot.ingest.source.remote import RemoteSource
from bot.settings import SSH_NEEDS, Settings
from bot.store import facts, preferences
from bot.store.file.database import Reader, is_there, reading
from bot.store.file.writable import is_seen
from bot.watch.doctor import channels, database, home, server
from bot.watch.doctor.check import Check, warning, wrong
from bot.watch.doctor.server import MayWrite

PATIENCE = 8.0
"""Seconds for the database, the game server and Discord, which are asked at the same time."""
_LATER = "try again; the network or that machine may be slow now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`access`: what the bot may do in these channels; `source` and `may_write`: None where the settings lack it."""

    settings: Settings
    clock: Clock
    server: str
    source: RemoteSource | None
    may_write: MayWrite | None
    access: Callable[[Sequence[int]], Awaitable[DiscordAccess]] | None
    invite: Callable[[int], str]


async def everything(asked: Asked, mistakes: Sequence[str]) -> list[Check]:
    """Some thirty checks, within ten seconds, in the order in which they are read."""
    chosen, registered = await _remembered(asked.settings.database_path)
    parts = await asyncio.gather(
        _within(PATIENCE, "database", _database(asked)),
        _within(PATIENCE, server.SERVER, game_server(asked, mistakes)),
        _within(PATIENCE, "Discord", discord_side(asked, mistakes, chosen=chosen, registered=registered)),
    )
    local = [*home.settings_file(is_needed=bool(mistakes)), *home.settings(mistakes), *home.program()]
    return [*local, *(check for part in parts for check in part)]


async def _within(seconds: float, name: str, part: Awaitable[list[Check]]) -> list[Check]:
    try:
        async with asyncio.timeout(seconds):
            return await part
    except TimeoutError:
        return [wrong(name, f"no answer within {seconds:.0f} s", _LATER)]


async def _remembered(path: Path) -> tuple[int | None, dict[str, str]]:
    """The channel that an admin chose, and for whom the commands were registered last."""
    try:
        async with reading(path) as db:
            return await remembered(db)
    except (StoreError, OSError):
        return None, {}


async def remembered(db: Reader) -> tuple[int | None, dict[str, str]]:
    """The channel that an admin chose, and for whom the commands were registered last."""
    tree = (await facts.get(db, facts.COMMAND_TREE) or "").split(":")
    registered = dict(zip(("scope", "application"), tree, strict=False)) if len(tree) == 3 else {}
    return (await preferences.load(db)).channel, registered


async def _database(asked: Asked) -> list[Check]:
    settings = asked.settings
    checks = await asyncio.to_thread(lambda: [*database.at(settings.database_path, settings.backups)])
    checks += database.folders(settings)
    path = settings.database_path
    if is_seen(path) and not path.is_dir() and is_there(path):
        try:
            async with reading(settings.database_path) as db:
                number = await facts.server_id(db, asked.server)
                checks += await database.inside(db, settings, server=number, now=int(asked.clock.now()))
        except StoreError:
            pass  # told by the file's own checks; a schema of before has not all of it
    return checks


async def game_server(asked: Asked, mistakes: Sequence[str]) -> list[Check]:
    """Its checks; where the settings do not lead there, that."""
    if asked.source is None:
        need = [name.upper() for name in SSH_NEEDS if any(m.startswith(name.upper()) for m in mistakes)]
        text = f"not asked, since settings are missing or wrong{': ' + ', '.join(need) if need else ''}"
        return [warning(server.SERVER, text, "mend the settings above, and look again")]
    return await server.on_server(
        asked.source,
        asked.settings,
        zone=None if any(m.startswith(server.ZONE) for m in mistakes) else asked.settings.rules.zone,
        now=asked.clock.now(),
        may_write=asked.may_write,
    )


async def discord_side(
    asked: Asked, mistakes: Sequence[str], *, chosen: int | None, registered: dict[str, str]
) -> list[Check]:
    """Token, servers, channels; where Discord does not answer, that."""
    settings = asked.settings
    if asked.access is None:
        if mistakes and not any(mistake.startswith("DISCORD_TOKEN") for mistake in mistakes):
            return [warning("Discord", "not asked, since the settings are not read", "mend them, and look again")]
        return [warning("Discord", "not asked, since DISCORD_TOKEN is missing", "set it, and look again")]
    try:
        access = await asked.access([*channels.channels(settings, chosen=chosen).values()])
    except TokenRefused as error:
        fix = "make a new one in the Developer Portal (Bot, Reset Token), and put it alone into .env"
        return [wrong("DISCORD_TOKEN", str(error), fix)]
    except DiscordError as error:
        return [warning("Discord", str(error), _LATER)]
    return [
        *channels.on_discord(access, settings, chosen=chosen, invite=asked.invite(access.application)),
        channels.commands(access, registered),
        channels.bot_clock(access, now=asked.clock.now()),
    ]
