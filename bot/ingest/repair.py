"""Repairs: what the audit offers. Each can be interrupted and run again, and loses nothing."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.domain.audit.states import FileState, KnownRound, LedgerRow
from bot.domain.game.file.files import NotARound, RoundName, round_name
from bot.domain.game.file.reasons import FileReason, FileReasonCode, UnfitFile
from bot.errors import SourceError, StatsBotError
from bot.ingest.gate import Gate, unfit
from bot.ingest.importer import Importer
from bot.ingest.mirror import Mirror
from bot.ingest.outcomes import Arrival, Rejected, no_progress
from bot.ingest.source.remote import RemoteSource
from bot.store import decisions, ledger, rounds
from bot.store.file.database import Database

BATCH = 50
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class RepairOutcome:
    """What a repair did, or would do: file names, and what was in the way of the others."""

    done: list[str] = field(default_factory=list)
    failed: dict[str, FileReason] = field(default_factory=dict)
    details: dict[str, list[str]] = field(default_factory=dict)

    @property
    def attention(self) -> bool:
        """Something could not be repaired."""
        return bool(self.failed)


class Repairs:
    """The repairs of one server's files; `source` is None where the server is not asked."""

    def __init__(
        self,
        db: Database,
        *,
        server: int,
        mirror: Mirror,
        importer: Importer,
        gate: Gate,
        clock: Clock,
        source: RemoteSource | None,
        look_again: Callable[[], None],
    ) -> None:
        self._db = db
        self._server = server
        self._mirror = mirror
        self._importer = importer
        self._gate = gate
        self._clock = clock
        self._source = source
        self._look_again = look_again

    async def missing(self, names: Sequence[str] = ()) -> list[str]:
        """Imported files that are not on disk as they were imported: gone, or with another content."""
        rows = await ledger.load(self._db, self._server)
        wanted = {r.filename: r for r in rows if r.state is FileState.IMPORTED and (not names or r.filename in names)}
        known = await rounds.find(self._db, self._server, wanted)
        return await asyncio.to_thread(self._damaged, known)

    def _damaged(self, known: dict[str, KnownRound]) -> list[str]:
        damaged = []
        for text, stored in sorted(known.items()):
            name = _stored_name(text)
            local = self._mirror.look(name)
            if local is None or local.size != stored.size or _sha256(self._mirror.read(name)) != stored.sha256:
                damaged.append(text)
        return damaged

    async def restore(self, names: Sequence[str], progress: Progress = no_progress) -> RepairOutcome:
        """Bring files back to `local_stats/`, from the database or the server, verified; nothing is imported."""
        report = RepairOutcome()
        for start in range(0, len(names), BATCH):
            batch = names[start : start + BATCH]
            known = await rounds.find(self._db, self._server, batch)
            kept = await rounds.evidence(self._db, self._server, batch)
            for name in batch:
                await self._restore(name, known.get(name), kept.get(name), report)
            progress(start + len(batch), len(names))
        return report

    async def _restore(self, name: str, known: KnownRound | None, data: bytes | None, report: RepairOutcome) -> None:
        if known is None:
            report.failed[name] = FileReason(FileReasonCode.NO_ROUND)
            return
        try:
            if data is None or _sha256(data) != known.sha256:
                data = await self._from_server(name)
            if _sha256(data) != known.sha256:
                report.failed[name] = FileReason(FileReasonCode.OTHER_BYTES)
                return
            await asyncio.to_thread(self._mirror.write, _stored_name(name), data, known.mtime)
        except (OSError, StatsBotError) as error:
            report.failed[name] = _why(error)
            return
        report.done.append(name)

    async def _from_server(self, name: str) -> bytes:
        if self._source is None:
            raise UnfitFile(FileReason(FileReasonCode.NOT_ASKED))
        entry = (await self._source.look_at([name])).get(name)
        if entry is None:
            raise UnfitFile(FileReason(FileReasonCode.NOT_THERE))
        return await self._source.read(entry)

    async def redownload(self, progress: Progress = no_progress) -> RepairOutcome:
        """Fetch every round file of the server into `local_stats/` again; imports nothing, replaces no round."""
        if self._source is None:
            raise StatsBotError("there is no server to download from")
        listed = ((entry, round_name(entry.name)) for entry in await self._source.list())
        files = sorted((e, name) for e, name in listed if isinstance(name, RoundName) and unfit(e, name) is None)
        report = RepairOutcome()
        for start in range(0, len(files), BATCH):
            batch = files[start : start + BATCH]
            known = await rounds.find(self._db, self._server, [entry.name for entry, _ in batch])
            answers = await asyncio.gather(*(self._source.read(entry) for entry, _ in batch), return_exceptions=True)
            for (entry, name), answer in zip(batch, answers, strict=True):
                if isinstance(answer, SourceError):
                    raise answer
                if isinstance(answer, BaseException):
                    report.failed[entry.name] = _why(answer)
                    continue
                await asyncio.to_thread(self._mirror.write, name, answer, entry.mtime)
                report.done.append(entry.name)
                stored = known.get(entry.name)
                if stored is not None and stored.sha256 != _sha256(answer):
                    report.details[entry.name] = ["it is not the file that was imported: see --reimport"]
            progress(start + len(batch), len(files))
        return report

    async def reimport(self, names: Sequence[str], *, dry_run: bool) -> RepairOutcome:
        """Parse files again and replace their rounds, identity kept; `details` say what differs.

        The bytes are the server's, else the copy's on disk, else the database's own.
        """
        report = RepairOutcome()
        for name in names:
            parsed = round_name(name)
            if isinstance(parsed, NotARound):
                report.failed[name] = parsed.reason
                continue
            try:
                data, mtime = await self._bytes(parsed)
            except (OSError, StatsBotError) as error:
                report.failed[name] = _why(error)
                continue
            arrival = Arrival(parsed, data, mtime)
            outcome, changes = await self._importer.replace(arrival, dry_run=dry_run)
            if isinstance(outcome, Rejected):
                report.failed[name] = outcome.why
                continue
            report.details[name] = changes
            report.done.append(name)
            if not dry_run:
                await asyncio.to_thread(self._mirror.write, parsed, data, mtime)
                self._gate.forget(name)
        return report

    async def _bytes(self, file: RoundName) -> tuple[bytes, int | None]:
        name = file.text
        entry = (await self._source.look_at([name])).get(name) if self._source is not None else None
        if entry is not None and self._source is not None:
            return await self._source.read(entry), entry.mtime
        known = (await rounds.find(self._db, self._server, [name])).get(name)
        local = self._mirror.look(file)
        if local is not None:
            return await asyncio.to_thread(self._mirror.read, file), known.mtime if known else local.mtime
        kept = await rounds.evidence(self._db, self._server, [name])
        if name not in kept:  # its round is gone: what the ledger says was imported
            kept = await ledger.evidence(self._db, self._server, [name])
        if name not in kept:
            raise UnfitFile(FileReason(FileReasonCode.NOWHERE))
        return kept[name], known.mtime if known else None

    async def failed(self) -> list[str]:
        """Files that were rejected or are tried again."""
        rows = await ledger.load(self._db, self._server)
        return sorted(r.filename for r in rows if r.state in (FileState.REJECTED, FileState.RETRYING))

    async def retry(self, names: Sequence[str]) -> RepairOutcome:
        """Let the next poll look at these files as if for the first time."""
        rows = await ledger.find(self._db, self._server, names)
        again = (FileState.REJECTED, FileState.RETRYING)
        report = RepairOutcome(
            failed={name: _not_failed(rows.get(name)) for name in names if not _is(rows.get(name), again)}
        )
        fresh = [
            LedgerRow(row.filename, FileState.SEEN, size=row.size, mtime=row.mtime, sha256=row.sha256)
            for row in rows.values()
            if row.state in again
        ]
        await self._write(fresh)
        report.done = [row.filename for row in fresh]
        return report

    async def ignore(self, names: Sequence[str], *, reason: str, by: str) -> RepairOutcome:
        """Take files out: those without a round are never fetched, rounds are set aside; the reason is shown."""
        await self._db.write(lambda tx: ledger.disown(tx, self._server, names))
        known = await ledger.find(self._db, self._server, names)
        report = RepairOutcome(
            failed={name: FileReason(FileReasonCode.NEVER_SEEN) for name in names if name not in known}
        )
        taken = [name for name in names if name in known]
        now = int(self._clock.now())
        await self._db.write(lambda tx: decisions.ignore(tx, self._server, taken, reason=reason, by=by, now=now))
        await self._write([
            LedgerRow(name, FileState.IGNORED, FileReason(FileReasonCode.IGNORED, words=reason))
            for name in taken
            if known[name].state is not FileState.IMPORTED
        ])  # fmt: skip
        await self._importer.derive_again(taken)
        report.done = taken
        return report

    async def unignore(self, names: Sequence[str]) -> RepairOutcome:
        """Undo `ignore`."""
        decided = await decisions.ignored(self._db, self._server)
        report = RepairOutcome(
            failed={name: FileReason(FileReasonCode.NOT_IGNORED) for name in names if name not in decided}
        )
        back = [name for name in names if name in decided]
        await self._db.write(lambda tx: decisions.unignore(tx, self._server, back))
        rows = await ledger.find(self._db, self._server, back)
        await self._write([
            LedgerRow(name, FileState.SEEN) for name, row in rows.items() if row.state is FileState.IGNORED
        ])  # fmt: skip
        await self._importer.derive_again(back)
        report.done = back
        return report

    async def orphans(self) -> list[str]:
        """Rounds whose ledger row is missing, or says something else than imported."""
        names = await rounds.every_name(self._db, self._server)
        rows = await ledger.find(self._db, self._server, names)
        return [name for name in names if not _is(rows.get(name), (FileState.IMPORTED,))]

    async def adopt(self, names: Sequence[str]) -> RepairOutcome:
        """Write the ledger rows of rounds that lack one."""
        known = await rounds.find(self._db, self._server, names)
        await self._write([round.ledger_row(name) for name, round in known.items()])
        return RepairOutcome(done=sorted(known))

    async def _write(self, rows: Sequence[LedgerRow]) -> None:
        if rows:
            await self._db.write(lambda tx: ledger.record(tx, self._server, rows, now=int(self._clock.now())))
        for row in rows:
            self._gate.forget(row.filename)
        self._look_again()


def _stored_name(text: str) -> RoundName:
    """The name of a stored round's file, taken apart."""
    name = round_name(text)
    assert not isinstance(name, NotARound)  # only such names are imported
    return name


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _is(row: LedgerRow | None, states: Iterable[FileState]) -> bool:
    return row is not None and row.state in states


def _not_failed(row: LedgerRow | None) -> FileReason:
    if row is None:
        return FileReason(FileReasonCode.NEVER_SEEN)
    return FileReason(FileReasonCode.NOT_FAILED, what=row.state.value)


def _why(error: BaseException) -> FileReason:
    return error.reason if isinstance(error, UnfitFile) else FileReason(FileReasonCode.SAID, words=str(error))
