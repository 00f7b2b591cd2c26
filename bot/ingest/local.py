"""Start-up sync: `local_stats/` into `processed_files`. What is on disk and not imported is imported from disk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from itertools import islice

from bot.clock import Clock
from bot.domain.audit.states import FileState, LedgerRow, LocalCopy
from bot.domain.game.file.files import RoundName
from bot.domain.game.file.reasons import FileReason, FileReasonCode
from bot.ingest.importer import BATCH, Importer
from bot.ingest.mirror import Mirror
from bot.ingest.outcomes import Arrival, Different, Poll
from bot.store import ledger
from bot.store.file.database import Database

log = logging.getLogger(__name__)

PART = 50 * BATCH
"""Files that are compared with the ledger at once: an archive of many years never lies in memory as a whole."""


async def sync_local(db: Database, *, server: int, mirror: Mirror, importer: Importer, clock: Clock) -> Poll:
    """Give every round file on disk a ledger row, and import those that are not imported yet.

    A copy whose size is not the one that the server listed is left to the next poll, which fetches it again.
    What is imported and gone from disk stays imported.
    """
    report = Poll()
    files = mirror.files()
    while part := await asyncio.to_thread(lambda: [*islice(files, PART)]):
        await _sync(part, db, server=server, mirror=mirror, importer=importer, clock=clock, report=report)
    if report.imported or report.set_aside or report.rejected:
        log.info("local_stats: %s", report.summary())
    return report


async def _sync(
    files: Sequence[tuple[RoundName, LocalCopy]],
    db: Database,
    *,
    server: int,
    mirror: Mirror,
    importer: Importer,
    clock: Clock,
    report: Poll,
) -> None:
    rows = await ledger.find(db, server, [name.text for name, _ in files])
    wanted: list[tuple[RoundName, int]] = []
    for name, (size, mtime) in files:
        row = rows.get(name.text)
        if row is None or not row.state.is_settled:
            if row is None or row.size in (None, size):
                wanted.append((name, row.mtime if row and row.mtime is not None else mtime))
        elif row.state is FileState.REJECTED and row.size is None:
            wanted.append((name, mtime))  # rejected from disk, never seen on the server: the copy may be another now
    new = [
        LedgerRow(name.text, FileState.DOWNLOADED, size=size, mtime=mtime)
        for name, (size, mtime) in files
        if name.text not in rows
    ]
    if new:
        await db.write(lambda tx: ledger.record(tx, server, new, now=int(clock.now())))
    for start in range(0, len(wanted), BATCH):
        await _import(wanted[start : start + BATCH], mirror, importer, report)
    report.rejected = {name: why for name, why in report.rejected.items() if not _known(rows.get(name), why)}


def _known(row: LedgerRow | None, why: FileReason) -> bool:
    return row is not None and (row.state, row.reason) == (FileState.REJECTED, why)


async def _import(batch: list[tuple[RoundName, int]], mirror: Mirror, importer: Importer, report: Poll) -> None:
    def read() -> list[Arrival]:
        arrivals = []
        for name, mtime in batch:
            try:
                arrivals.append(Arrival(name, mirror.read(name), mtime, certain=False))
            except OSError as error:
                report.failed[name.text] = FileReason(FileReasonCode.SAID, words=str(error))
        return arrivals

    arrivals = await asyncio.to_thread(read)
    for arrival, outcome in zip(arrivals, await importer.add(arrivals), strict=True):
        if not isinstance(outcome, Different):  # the audit compares the copies
            report.note(arrival.name, outcome)
