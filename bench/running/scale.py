"""The bot as it runs at 100,000 rounds and files: its start, its memory, and a post while the audit goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.kit.figure import Row, absolute
from bench.kit.process import peak
from bench.kit.samples import LONG_AGO, archive, fill, written_at
from bench.kit.workshop import Workshop
from bench.running.live import bot, posted, recent_rounds
from bot.app import open_app
from bot.ingest.importer import BATCH
from bot.ingest.outcomes import Arrival
from bot.settings import Settings
from bot.store import facts
from rigs.builders import a_name
from rigs.discord_standin import DiscordStandin, eventually

MEMORY = 200.0
LATER = 10.0
START = 10.0
AT_REST = 3
PATIENCE = 900.0


def rows(shop: Workshop) -> Iterator[Row]:
    """Two starts: the first makes a backup beside its audit, the second has nothing beside it."""
    folder, work = shop.fresh(), shop.fresh()
    asyncio.run(prepare(folder, work, shop.size.many))
    yield from asyncio.run(measured(shop, folder, work))


async def prepare(folder: Path, work: Path, files: int) -> None:
    """An archive that is on the server, in `local_stats/` and in the database."""
    every = archive(files, first=LONG_AGO)
    settings = Settings(
        _env_file=None, database_path=work / "stats.db", local_stats_dir=work / "local_stats", server_timezone="UTC"
    )
    async with open_app(settings) as app:
        for place in (folder, work / "local_stats"):
            fill(place, every)
        for start in range(0, files, BATCH):
            part = every[start : start + BATCH]
            await app.importer.add([Arrival(a_name(file.name), file.data, written_at(file.name)) for file in part])
        await app.db.write(lambda tx: facts.put(tx, facts.FIRST_RUN, "done"))


async def measured(shop: Workshop, folder: Path, work: Path) -> list[Row]:
    """The rows, of a prepared archive."""
    at_rest, meanwhile, starts, listed, most = [], [], [], [], []
    files = f"{shop.size.many:,} files"
    async with DiscordStandin() as discord:
        for _ in range(2):
            rounds = iter(await recent_rounds(AT_REST + 1))
            began = time.perf_counter()
            async with bot(shop, discord, folder, work) as pid:
                await _says(work, "the game server answers")
                starts.append(time.perf_counter() - began)
                listed.append(peak(pid))
                meanwhile.append(await posted(folder, next(rounds), discord, patience=PATIENCE))
                await _says(work, "audit: ")
                most.append(peak(pid))
                at_rest += [await posted(folder, file, discord, patience=PATIENCE) for file in rounds]
    later = max(meanwhile) - median(at_rest)
    shown = f"{', '.join(f'{seconds:.1f}' for seconds in meanwhile)} s; at rest {median(at_rest):.1f} s"
    return [
        absolute(f"start → end of the first poll, {files}", " and ".join(f"{seconds:.1f} s" for seconds in starts),
                 value=max(starts), most=START, unit="s"),
        absolute(f"memory of the bot, peak until the first listing is done; until the audit is ({files})",
                 f"{max(listed):.0f} MB; {max(most):.0f} MB", value=max(most), most=MEMORY, unit="MB"),
        absolute(f"file complete → post accepted while the audit of {files} goes on",
                 shown, value=later, most=LATER, unit="s later than at rest"),
    ]  # fmt: skip


async def _says(work: Path, text: str) -> None:
    await eventually(lambda: text in (work / "bot.log").read_text(encoding="utf-8"), timeout=PATIENCE)
