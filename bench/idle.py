"""A poll that finds nothing new: what it asks of the server, and what it takes in a small and in a large folder."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.kit.figure import Cost, Pair, Row, absolute, compared
from bench.kit.samples import names
from bench.kit.workshop import Workshop
from bot.app import App, open_app
from bot.domain.audit.states import FileStanding, FileState, Layer
from bot.ingest.source.listing import SECOND_LOOK

POLLS = 50
"""Polls timed as one run: a single one takes a millisecond."""


def rows(shop: Workshop) -> Iterator[Row]:
    """Requests and time of an idle poll."""
    few = shop.fresh()
    for name in names(shop.size.files):
        (few / name).touch()
    yield from asyncio.run(_measured(shop, few, shop.crowd))


async def _measured(shop: Workshop, few: Path, many: Path) -> list[Row]:
    async with _idle(shop, few) as small, _idle(shop, many) as large:
        await asyncio.sleep(SECOND_LOOK + 0.1)
        rows = []
        for app, number in ((small, shop.size.files), (large, shop.size.many)):
            await _poll(app)  # the folder's time has whole seconds: one more listing, the last one
            asked = await _requests(app)
            rows.append(
                absolute(f"idle poll over {number} files", f"SFTP requests: {', '.join(asked)}",
                         value=len(asked), most=1, unit="round trip")
            )  # fmt: skip
        pairs = [Pair(await _polls(large), await _polls(small)) for _ in range(4 * shop.size.runs)]
    figure = f"idle poll over {shop.size.many} files, {POLLS} polls"
    return [*rows, compared(figure, f"the same over {shop.size.files} files", pairs, most=2)]


@asynccontextmanager
async def _idle(shop: Workshop, folder: Path) -> AsyncIterator[App]:
    """The App, which has dealt with every file of the folder."""
    source = shop.source(folder)
    async with open_app(shop.settings(shop.fresh(), folder=folder), source=source) as app:
        for entry in await source.list():
            app.gate.settle(entry, Layer.MEMORY, FileStanding(FileState.REJECTED))
        await _poll(app)
        yield app


async def _poll(app: App) -> None:
    assert app.live is not None
    poll = await app.live.poller.poll()
    assert not poll.imported
    assert not poll.pending


async def _polls(app: App) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(POLLS):
        await _poll(app)
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


class _Requests(logging.Handler):
    """asyncssh's own log names every SFTP request as it sends it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.name.startswith("asyncssh.sftp") and "Sending " in text:
            self.seen.append(text.partition("Sending ")[2].split(" ")[0])


async def _requests(app: App) -> list[str]:
    """The SFTP requests of one poll."""
    log, requests = logging.getLogger("asyncssh"), _Requests()
    before = log.level
    log.addHandler(requests)
    log.setLevel(logging.DEBUG)
    log.propagate = False
    try:
        await _poll(app)
    finally:
        log.propagate = True
        log.setLevel(before)
        log.removeHandler(requests)
    return requests.seen
