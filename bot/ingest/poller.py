"""One poll: look, judge, bring in, import. Nothing about Discord or the hour decides whether it happens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from bot.clock import Clock
from bot.domain.audit.states import (
    Action,
    FileStanding,
    FileState,
    GateReason,
    GateReasonCode,
    GateVerdict,
    Layer,
    LedgerRow,
)
from bot.domain.game.file.files import NotARound, RoundName, was_copied
from bot.domain.game.file.reasons import FileChanged, FileError, FileReason, FileReasonCode, FileVanished
from bot.episodes import Episode
from bot.errors import SourceError
from bot.ingest.failures import Failures
from bot.ingest.gate import Gate, changed_to
from bot.ingest.importer import BATCH, Importer
from bot.ingest.mirror import Mirror
from bot.ingest.outcomes import (
    Already,
    Arrival,
    Different,
    Finished,
    Imported,
    Outcome,
    Poll,
    Rejected,
    Retry,
    no_progress,
    no_sign,
    retry_delay,
)
from bot.ingest.settling import PATIENCE, Ripeness, Settling
from bot.ingest.source.listing import Watcher
from bot.ingest.source.remote import Entry, RemoteSource
from bot.present.words.reasons import file_reason_text, gate_reason_text, reason_text
from bot.store import ledger
from bot.store.file.database import Database

log = logging.getLogger(__name__)

_ENDS = ("-round-1.txt", "-round-2.txt")
MAX_JUNK = 1000
"""Entries that are no round files get a ledger row up to this many; more are only counted."""
_KEPT = {GateReasonCode.DIFFERS: GateReasonCode.KEPT, GateReasonCode.OTHER_CONTENT: GateReasonCode.KEPT_CONTENT}
"""Of a file that is found to differ → of one that was found so before."""


@dataclass(frozen=True, slots=True)
class _Job:
    """An entry with the gate's answer: whatever a poll needs to know of it."""

    entry: Entry
    verdict: GateVerdict
    ripeness: Ripeness = Ripeness.GROWING

    @property
    def row(self) -> LedgerRow | None:
        return self.verdict.known.row

    @property
    def attempts(self) -> int:
        return self.row.attempts if self.row else 0

    @property
    def is_fetched(self) -> bool:
        """Its bytes are the server's."""
        return self.verdict.action is not Action.TAKE

    @property
    def may_be_in_writing(self) -> bool:
        """These bytes may be the beginning of what the game server writes just now."""
        return self.ripeness is Ripeness.YOUNG and self.is_fetched and not was_copied(self.file, self.entry.mtime)

    @property
    def file(self) -> RoundName:
        """The name of a file that is brought in."""
        name = self.verdict.known.name
        assert not isinstance(name, NotARound)  # what is no round file is never brought in
        return name


class Poller:
    """Brings the files of one folder into the database."""

    def __init__(
        self,
        source: RemoteSource,
        *,
        db: Database,
        server: int,
        gate: Gate,
        importer: Importer,
        mirror: Mirror,
        clock: Clock,
        full_every: float,
        reached: Callable[[str], None],
        alive: Callable[[], None] = no_sign,
    ) -> None:
        self.source = source
        self._db = db
        self._server = server
        self._gate = gate
        self._importer = importer
        self._mirror = mirror
        self._reached = reached
        self._alive = alive
        self._clock = clock
        self._watcher = Watcher(source, full_every=full_every, clock=clock)
        self._settling = Settling()
        self._unsettled: set[str] = set()
        self._misread: dict[str, Entry] = {}
        self._later: dict[str, int] = {}
        self._junk: int | None = None
        self._keeping = Episode(log, "files are kept in local_stats again")
        self._failures = Failures()
        self.rounds = 0
        """Round files in the last full listing."""
        self.newest: str | None = None
        """The name of the newest round file in the last full listing."""
        self.progress: Callable[[int, int], None] = no_progress
        """Called with (files brought in, files wanted) while a poll works."""

    @property
    def pending(self) -> int:
        """Files seen that wait for a second look."""
        return len(self._unsettled)

    @property
    def listed(self) -> int:
        """Entries in the last full listing."""
        return self._watcher.listed

    def look_again(self) -> None:
        """List the whole folder at the next poll: somebody decided something about its files."""
        self._watcher.distrust()

    async def poll(self) -> Poll:
        """Look once, and bring in whatever is new and settled; raises `SourceError` or `StoreError`."""
        now = int(self._clock.now())
        due = [name for name, at in self._later.items() if at <= now]
        entries, whole = await self._watcher.look([*self._unsettled, *due])
        self._reached("listed")
        self._alive()
        report = Poll(listed=whole, looked_at=len(entries))
        if whole:
            # names begin with their time: this is no parsing, in a folder of any size
            rounds = [entry.name for entry in entries if entry.name[:1].isdigit() and entry.name.endswith(_ENDS)]
            self.rounds, self.newest = len(rounds), max(rounds, default=None)
            here = {entry.name for entry in entries}
            self._later = {name: at for name, at in self._later.items() if name in here}
            self._misread = {name: entry for name, entry in self._misread.items() if name in here}
            self._failures.keep(here)
        asked = self._gate.unknown(entries)
        self._unsettled &= {entry.name for entry in asked}
        try:
            if asked:
                await self._work(asked, report)
        except BaseException:
            self._watcher.distrust()  # whatever was not dealt with is found again by the next listing
            raise
        finally:
            self._failures.tell()
        seconds = self._clock.monotonic()
        report.pending = sum(not self._settling.is_restless(name, now=seconds) for name in self._unsettled)
        return report

    async def _work(self, asked: Sequence[Entry], report: Poll) -> None:
        gate = await self._gate.prepare(entry.name for entry in asked)
        jobs = [_Job(entry, gate.should_process_file(entry)) for entry in asked]
        await self._record(jobs, report)
        wanted = [job for job in jobs if job.verdict.action.needs_bytes]
        ripe = self._settling.ripeness([job.entry for job in wanted], now=self._clock.monotonic())
        jobs = [replace(job, ripeness=ripeness) for job, ripeness in zip(wanted, ripe, strict=True)]
        self._unsettled = {job.entry.name for job in jobs if job.ripeness is Ripeness.GROWING}
        await self._bring_in([job for job in jobs if job.ripeness is not Ripeness.GROWING], report)

    async def _record(self, jobs: Iterable[_Job], report: Poll) -> None:
        """What needs no download: names that are none, changed files, lost ledger rows, first sightings."""
        written: list[LedgerRow] = []
        unfit: list[str] = []
        for job in jobs:
            entry, row, (action, layer, reason, known) = job.entry, job.row, job.verdict
            match action:
                case Action.SKIP:
                    if row is not None and row.changed_to not in (None, changed_to(entry)):
                        written.append(row._replace(changed_to=None))  # the server has the imported one again
                    self._gate.remember(entry, layer, reason)
                case Action.WAIT:
                    assert row is not None
                    assert row.retry_at is not None
                    self._later[entry.name] = row.retry_at
                case Action.IGNORE:
                    report.ignored += 1
                    if not isinstance(known.name, NotARound):
                        unfit.append(f"{entry.name} ({gate_reason_text(reason)})")
                    assert reason.standing is not None
                    if row is not None or await self._room_for_junk():
                        why = reason.standing.reason
                        written.append(LedgerRow(entry.name, FileState.IGNORED, why, entry.size, entry.mtime))
                    self._gate.settle(entry, Layer.NAME, reason.standing)
                case Action.CHANGED:
                    assert row is not None
                    written.append(row._replace(changed_to=changed_to(entry)))
                    report.changed.append(entry.name)
                    self._note_change(entry, reason)
                case Action.MEND:
                    assert known.round is not None
                    written.append(known.round.ledger_row(entry.name))
                    log.warning("%s: %s: written again", entry.name, gate_reason_text(reason))
                case Action.TAKE | Action.FETCH | Action.VERIFY:
                    if row is None:
                        written.append(LedgerRow(entry.name, FileState.SEEN, None, entry.size, entry.mtime))
                    elif row.state is FileState.SEEN and (row.size, row.mtime) != (entry.size, entry.mtime):
                        written.append(row._replace(size=entry.size, mtime=entry.mtime))
                case _:
                    assert_never(action)
        if unfit:
            log.warning("%d round files are never opened: %s", len(unfit), ", ".join(unfit[:3]))
        if written:
            await self._write(written)
            self._reached("seen")

    async def _room_for_junk(self) -> bool:
        self._junk = 1 + (await ledger.ignored(self._db, self._server) if self._junk is None else self._junk)
        return self._junk <= MAX_JUNK

    def _note_change(self, entry: Entry, reason: GateReason) -> None:
        self._gate.remember(entry, Layer.LEDGER, reason._replace(code=_KEPT[reason.code]))
        why = gate_reason_text(reason)
        log.warning("%s changed on the server, its imported round is kept (--reimport): %s", entry.name, why)

    async def _bring_in(self, jobs: list[_Job], report: Poll) -> None:
        """Download, keep and import in batches; one batch is downloaded and kept while the one before is imported."""
        jobs.sort(key=lambda job: job.entry.name)
        importing: asyncio.Task[None] | None = None
        away: SourceError | None = None
        try:
            for start in range(0, len(jobs), BATCH):
                batch = jobs[start : start + BATCH]
                got, away = await self._here(batch, report)
                if importing is not None:
                    await importing
                importing = asyncio.create_task(self._import(got, report))
                self.progress(start + len(batch), len(jobs))
                if away is not None:
                    break
        finally:
            if importing is not None:
                await importing
        if away is not None:
            raise away

    async def _here(self, batch: Sequence[_Job], report: Poll) -> tuple[list[tuple[_Job, bytes]], SourceError | None]:
        """The bytes of a batch that are whole, and what was downloaded of them kept."""
        got, away = await self._get(batch, report)
        got = await self._whole(got)
        if fetched := [(job, data) for job, data in got if job.verdict.action is Action.FETCH]:
            await asyncio.to_thread(self._keep, fetched)
            self._reached("kept")
        return got, away

    async def _get(self, batch: Sequence[_Job], report: Poll) -> tuple[list[tuple[_Job, bytes]], SourceError | None]:
        """The bytes of a batch; a source that goes away costs only the files that were not read yet."""
        answers = await asyncio.gather(*map(self._bytes, batch), return_exceptions=True)
        got: list[tuple[_Job, bytes]] = []
        failed: list[LedgerRow] = []
        away: SourceError | None = None
        for job, answer in zip(batch, answers, strict=True):
            match answer:
                case bytes():
                    got.append((job, answer))
                case FileChanged() | FileVanished() if self._misread.get(job.entry.name) != job.entry:
                    self._misread[job.entry.name] = job.entry  # it may be growing: look again
                    self._unsettled.add(job.entry.name)
                case FileError() | OSError():
                    failed.append(self._failed(job, _why_not_read(answer), report))
                case SourceError():
                    away = answer
                case _:
                    raise answer
        self._reached("downloaded")
        if failed:
            await self._write(failed)
        return got, away

    async def _bytes(self, job: _Job) -> bytes:
        if not job.is_fetched:
            return await asyncio.to_thread(self._mirror.read, job.file)
        data = await self.source.read(job.entry)
        self._alive()
        return data

    async def _whole(self, got: Sequence[tuple[_Job, bytes]]) -> list[tuple[_Job, bytes]]:
        """Without the young files whose content looks cut: the writer may be pausing."""
        young = [(job, data) for job, data in got if job.may_be_in_writing]
        cut = await self._importer.unfinished([_arrival(job, data) for job, data in young])
        waiting = {job.entry.name for (job, _), unfinished in zip(young, cut, strict=True) if unfinished}
        for name in sorted(waiting):
            self._settling.unfinished(name)
            log.info("%s looks unfinished: it is taken when it stands still for %.0f s", name, PATIENCE)
        self._unsettled |= waiting
        return [(job, data) for job, data in got if job.entry.name not in waiting]

    def _keep(self, fetched: Iterable[tuple[_Job, bytes]]) -> None:
        for job, data in fetched:
            try:
                self._mirror.write(job.file, data, job.entry.mtime)
            except OSError as error:  # the copy is a convenience: the database gets the bytes all the same
                why = str(error.strerror or error)
                self._keeping.tell(f"{job.entry.name} cannot be kept in local_stats: {why}", about=why)
                return
            self._keeping.over()

    def _failed(self, job: _Job, why: FileReason, report: Poll) -> LedgerRow:
        entry = job.entry
        report.failed[entry.name] = why
        at = int(self._clock.now()) + retry_delay(job.attempts)
        self._later[entry.name] = at
        self._failures.note(entry.name, f"could not be read ({file_reason_text(why)})")
        if job.row is not None and job.row.state is FileState.IMPORTED:
            return job.row._replace(attempts=job.attempts + 1)
        return LedgerRow(
            entry.name, FileState.RETRYING, why, entry.size, entry.mtime, attempts=job.attempts + 1, retry_at=at
        )

    async def _import(self, got: Sequence[tuple[_Job, bytes]], report: Poll) -> None:
        outcomes = await self._importer.add([_arrival(job, data) for job, data in got])
        self._reached("imported")
        if grown := [pair for pair, outcome in zip(got, outcomes, strict=True) if isinstance(outcome, Finished)]:
            await asyncio.to_thread(self._keep, grown)
        doubtful = []
        for (job, _), outcome in zip(got, outcomes, strict=True):
            if isinstance(outcome, Rejected) and not job.is_fetched:
                doubtful.append(replace(job, verdict=job.verdict._replace(action=Action.FETCH)))
            else:
                await self._settle(job, outcome, report)
        if doubtful:  # a power cut may have torn what is on disk: the server's bytes decide
            again, away = await self._here(doubtful, report)
            await self._import(again, report)
            if away is not None:
                raise away

    async def _settle(self, job: _Job, outcome: Outcome, report: Poll) -> None:
        entry = job.entry
        self._alive()
        self._settling.forget(entry.name)
        self._misread.pop(entry.name, None)
        self._later.pop(entry.name, None)
        self._failures.forget(entry.name)
        if job.ripeness is Ripeness.WAITED:
            self._watcher.keep_an_eye(entry.name)
        report.note(entry.name, outcome)
        match outcome:
            case Imported(round_id, _, reason):
                self._gate.settle(entry, Layer.LEDGER, FileStanding(FileState.IMPORTED))
                aside = "" if reason is None else f", set aside: {reason_text(reason)}"
                log.info("%s imported as round %d%s", entry.name, round_id, aside)
            case Finished(round_id):
                self._gate.settle(entry, Layer.LEDGER, FileStanding(FileState.IMPORTED))
                log.info("%s was not finished when it was imported: round %d is replaced", entry.name, round_id)
            case Already():
                self._gate.settle(entry, Layer.LEDGER, FileStanding(FileState.IMPORTED))
            case Rejected(why):
                self._gate.settle(entry, Layer.LEDGER, FileStanding(FileState.REJECTED, why))
                self._watcher.keep_an_eye(entry.name)
                log.warning("%s rejected: %s", entry.name, file_reason_text(why))
            case Different() if job.row is not None and job.row.state is FileState.IMPORTED:
                await self._write([job.row._replace(changed_to=changed_to(entry))])
                self._note_change(entry, GateReason(GateReasonCode.OTHER_CONTENT))
            case Different():
                self._watcher.distrust()  # it was imported since it was judged: it is judged anew
            case Retry(why):
                self._later[entry.name] = int(self._clock.now()) + retry_delay(job.attempts)
                self._failures.note(entry.name, f"could not be imported ({file_reason_text(why)})")

    async def _write(self, rows: Sequence[LedgerRow]) -> None:
        now = int(self._clock.now())
        await self._db.write(lambda tx: ledger.record(tx, self._server, rows, now=now))


def _why_not_read(error: FileError | OSError) -> FileReason:
    return error.reason if isinstance(error, FileError) else FileReason(FileReasonCode.SAID, words=str(error))


def _arrival(job: _Job, data: bytes) -> Arrival:
    return Arrival(job.file, data, job.entry.mtime, job.attempts, certain=job.is_fetched)
