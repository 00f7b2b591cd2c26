"""The gate: four layers that say whether a file is to be brought in, and where from (ARCHITECTURE, "The gate").

1 memory, 3 processed_files and 4 rounds decide *whether*; 2 local_stats decides only *where from*: bytes on disk
prove nothing. A listing is judged as a set: memory by comparison; what it leaves open is looked up at once, layers 3
and 4 with one query each, and then `should_process_file` answers for each entry.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.clock import Clock
from bot.domain.audit.states import (
    Action,
    FileStanding,
    FileState,
    GateReason,
    GateReasonCode,
    GateVerdict,
    KnownFile,
    KnownRound,
    Layer,
    LedgerRow,
    ServerVersion,
    Settled,
)
from bot.domain.game.file.files import MAX_BYTES, NotARound, RoundName, round_name
from bot.domain.game.file.reasons import FileReason, FileReasonCode
from bot.ingest.mirror import Mirror
from bot.ingest.source.remote import Entry, EntryKind
from bot.store import ledger, rounds
from bot.store.file.database import Reader

Decision = tuple[Action, Layer, GateReason]
"""What to do, the layer that says so, and the reason."""
USUAL = (Layer.LEDGER, GateReason(GateReasonCode.SETTLED, FileStanding(FileState.IMPORTED)))
"""Who settled most files, and why."""
_BITS = 34
"""Of a time in seconds, of five centuries from 1970 on."""
Version = int | tuple[int | None, int | None]
"""A file's size and mtime: for nearly every file in one number, which takes a quarter of the memory."""


def _packed(size: int | None, mtime: int | None) -> Version:
    if size is None or mtime is None or not 0 <= mtime < 1 << _BITS:
        return size, mtime
    return size << _BITS | mtime


def _unpacked(version: Version) -> tuple[int | None, int | None]:
    return version if isinstance(version, tuple) else (version >> _BITS, version & (1 << _BITS) - 1)


def changed_to(entry: Entry) -> ServerVersion:
    """How the server's file differs now, as the ledger keeps it."""
    return ServerVersion(entry.size, entry.mtime, entry.kind.value)


def unfit(entry: Entry, name: RoundName | NotARound) -> FileReason | None:
    """Why this entry, of this name, is never opened; None for a round file by name, kind and size."""
    if isinstance(name, NotARound):
        return name.reason
    if entry.kind is not EntryKind.FILE:
        return FileReason(FileReasonCode.NOT_REGULAR, what=entry.kind.value)
    if entry.size is not None and entry.size > MAX_BYTES:
        return FileReason(FileReasonCode.TOO_LARGE, figure=entry.size, limit=MAX_BYTES)
    return None


class Gate:
    """Judges the entries of one server's folder."""

    def __init__(self, db: Reader, *, server: int, mirror: Mirror, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._server = server
        self._mirror = mirror
        self._versions: dict[str, Version] = {}
        self._why: dict[str, tuple[Layer, GateReason]] = {}
        self._reasons: dict[tuple[Layer, GateReason], tuple[Layer, GateReason]] = {}
        self.patient = True
        """A file that failed waits for its time; one sync by hand does not wait."""

    async def load(self) -> None:
        """Fill the memory from the ledger."""
        await ledger.each(self._db, self._server, self._recall)

    def _recall(self, row: LedgerRow) -> None:
        if row.size is None or row.mtime is None or row.changed_to:
            return
        unfit_once = row.state is FileState.IGNORED and not isinstance(round_name(row.filename), NotARound)
        if row.state.is_settled and not unfit_once:
            self.settle(Entry(row.filename, row.size, row.mtime), Layer.LEDGER, row.standing)

    def settle(self, entry: Entry, layer: Layer, standing: FileStanding) -> None:
        """The same of an entry of which `layer` knows that it stands so."""
        self.remember(entry, layer, GateReason(GateReasonCode.SETTLED, standing))

    def remember(self, entry: Entry, layer: Layer, reason: GateReason) -> None:
        """This entry, with this size and mtime, needs no further look: `layer` settled it."""
        name = sys.intern(entry.name)  # listings and audits have the same names again
        self._versions[name] = _packed(entry.size, entry.mtime)
        if (layer, reason) == USUAL:  # of nearly every file: said once
            self._why.pop(name, None)
        else:
            self._why[name] = self._reasons.setdefault((layer, reason), (layer, reason))

    def forget(self, name: str) -> None:
        """Look at this name again: somebody decided something about it."""
        self._versions.pop(name, None)
        self._why.pop(name, None)

    def unknown(self, entries: Iterable[Entry]) -> list[Entry]:
        """Layer 1 over a whole listing: the entries that memory does not settle."""
        known = self._versions.get
        return [entry for entry in entries if known(entry[0]) != _packed(entry[1], entry[2])]

    def settled(self) -> int:
        """How many entries memory holds."""
        return len(self._versions)

    async def prepare(self, names: Iterable[str]) -> PreparedGate:
        """Look up what every layer knows of these names; raises `DatabaseBusy` where one cannot answer."""
        names = list(names)
        rows = await ledger.find(self._db, self._server, names)
        stored = await rounds.find(self._db, self._server, names)
        files = await asyncio.to_thread(self._known, names, rows, stored)
        return PreparedGate(files=files, now=int(self._clock.now()), patient=self.patient)

    def _known(
        self, names: Iterable[str], rows: Mapping[str, LedgerRow], stored: Mapping[str, KnownRound]
    ) -> dict[str, KnownFile]:
        files = {}
        for text in names:
            name = round_name(text)
            version = self._versions.get(text)
            memory = None if version is None else Settled(*_unpacked(version), *self._why.get(text, USUAL))
            local = None if isinstance(name, NotARound) else self._mirror.look(name)
            files[text] = KnownFile(name, memory, local, rows.get(text), stored.get(text))
        return files


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedGate:
    """The gate with everything looked up that it knows of some names: an answer asks nobody, and changes nothing."""

    files: Mapping[str, KnownFile]
    now: int
    patient: bool

    def should_process_file(self, entry: Entry) -> GateVerdict:
        """The verdict on one entry of a prepared name, by all four layers."""
        known = self.files[entry.name]
        return GateVerdict(*self._decision(entry, known), known)

    def last_seen(self, name: str) -> Entry:
        """A prepared name as an entry: as the ledger knows it, else as it lies on disk; what `why` asks about."""
        _, _, local, row, _ = self.files[name]
        if row is not None and row.size is not None and row.mtime is not None:
            return Entry(name, row.size, row.mtime)
        return Entry(name, *(local or (0, 0)))

    def _decision(self, entry: Entry, known: KnownFile) -> Decision:
        memory, row, stored = known.memory, known.row, known.round
        if memory is not None and (memory.size, memory.mtime) == (entry.size, entry.mtime):
            return Action.SKIP, memory.layer, memory.reason
        reason = unfit(entry, known.name)
        if reason is not None and stored is None:
            standing = FileStanding(FileState.IGNORED, reason)
            return Action.IGNORE, Layer.NAME, GateReason(GateReasonCode.UNFIT, standing)
        if row is not None:
            decision = by_ledger(entry, row, fit=reason is None, now=self.now)
            if decision is not None and (self.patient or decision[0] is not Action.WAIT):
                return decision
        if stored is not None and (row is None or row.state is not FileState.IMPORTED):
            return Action.MEND, Layer.ROUNDS, GateReason(GateReasonCode.UNWRITTEN, number=stored.id)
        return _where_from(entry, known)


def by_ledger(entry: Entry, row: LedgerRow, *, fit: bool, now: int) -> Decision | None:
    """Layer 3's answer; None where it leaves the question open. `fit`: it may be opened; `now`: UTC seconds."""
    # what the ledger or the server does not tell is no difference
    same = entry.size in (None, row.size) and (row.mtime is None or entry.mtime in (None, row.mtime))
    match row.state:
        case FileState.IMPORTED:
            if same or row.size is None:
                return _settled(row._replace(changed_to=None))
            if row.changed_to == changed_to(entry):
                return _settled(row)
            if entry.size in (None, row.size) and fit:
                return Action.VERIFY, Layer.LEDGER, GateReason(GateReasonCode.OTHER_TIME)
            if entry.size is not None and row.size < entry.size and fit:
                return Action.VERIFY, Layer.LEDGER, _against(row.size, entry, GateReasonCode.LONGER)
            return Action.CHANGED, Layer.LEDGER, _against(row.size, entry, GateReasonCode.DIFFERS)
        case FileState.IGNORED if row.size is None:
            return _settled(row)  # by an admin, whatever the file becomes
        case FileState.REJECTED:
            return _settled(row) if same else None
        case FileState.IGNORED:
            return None  # for what it was, and it may be a file now
        case FileState.RETRYING:
            waits = same and (row.retry_at or 0) > now
            reason = GateReason(GateReasonCode.RESTS, row.standing, row.attempts + 1)
            return (Action.WAIT, Layer.LEDGER, reason) if waits else None
        case FileState.SEEN | FileState.DOWNLOADED:
            return None


def _settled(row: LedgerRow) -> Decision:
    return Action.SKIP, Layer.LEDGER, GateReason(GateReasonCode.SETTLED, row.standing)


def _against(imported_size: int, entry: Entry, code: GateReasonCode) -> GateReason:
    return GateReason(code, number=imported_size, now=changed_to(entry))


def _where_from(entry: Entry, known: KnownFile) -> Decision:
    row, local = known.row, known.local
    # a file that changed on the server may have kept its size: then only the time tells the copy is the old one
    untouched = row is None or row.state in (FileState.SEEN, FileState.DOWNLOADED)
    if local is not None and local.size == entry.size and (untouched or local.mtime == entry.mtime):
        return Action.TAKE, Layer.LOCAL, GateReason(GateReasonCode.ON_DISK)
    return Action.FETCH, Layer.LOCAL, GateReason(GateReasonCode.NEW)
