"""The gate: four layers that say whether a file is to be brought in, and where from (ARCHITECTURE, "The gate").

1 memory, 3 processed_files and 4 rounds decide *whether*; 2 local_stats decides only *where from*: bytes on disk
prove nothing. A listing is judged as a set: memory by comparison, layers 3 and 4 with one query each.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from bot.domain.audit.states import Action, FileState, GateVerdict, Layer, LedgerRow
from bot.domain.game.files import MAX_BYTES, NotARound, round_name
from bot.ingest.mirror import Mirror
from bot.ingest.source.remote import Entry, EntryKind
from bot.store import ledger, rounds
from bot.store.database import Database, Reader


def changed_to(entry: Entry) -> str:
    """How the server's file differs now, as the ledger keeps it."""
    kind = "" if entry.kind is EntryKind.FILE else f", a {entry.kind}"
    return f"{entry.size} bytes, mtime {entry.mtime}{kind}"


def unfit(entry: Entry) -> str | None:
    """Why this entry is never opened, None for a round file by name, kind and size."""
    name = round_name(entry.name)
    if isinstance(name, NotARound):
        return name.reason
    if entry.kind is not EntryKind.FILE:
        return f"{entry.kind}, not a regular file"
    if entry.size > MAX_BYTES:
        return f"{entry.size} bytes: larger than {MAX_BYTES}"
    return None


class Gate:
    """Judges the entries of one server's folder."""

    def __init__(self, db: Reader, *, server: int, mirror: Mirror, now: Callable[[], float] = time.time) -> None:
        self._db = db
        self._now = now
        self._server = server
        self._mirror = mirror
        self._keys: dict[str, tuple[int, int]] = {}
        self._why: dict[str, GateVerdict] = {}
        self.patient = True
        """A file that failed waits for its time; one sync by hand does not wait."""

    async def load(self) -> None:
        """Fill the memory from the ledger."""
        for row in await ledger.load(self._db, self._server):
            if row.size is None or row.mtime is None or row.changed_to:
                continue
            if row.state in (FileState.IMPORTED, FileState.REJECTED, FileState.IGNORED):
                self.remember(Entry(row.filename, row.size, row.mtime), _settled(row))

    def remember(self, entry: Entry, verdict: GateVerdict) -> None:
        """This entry, with this size and mtime, needs no further look."""
        self._keys[entry.name] = (entry.size, entry.mtime)
        self._why[entry.name] = verdict

    def forget(self, name: str) -> None:
        """Look at this name again: somebody decided something about it."""
        self._keys.pop(name, None)

    def unknown(self, entries: Iterable[Entry]) -> list[Entry]:
        """Layer 1 over a whole listing: the entries that memory does not settle."""
        known = self._keys.get
        return [entry for entry in entries if known(entry[0]) != entry[1:3]]

    def settled(self) -> int:
        """How many entries memory holds."""
        return len(self._keys)

    async def should_process_file(self, entry: Entry) -> GateVerdict:
        """The verdict on one entry, by all four layers."""
        return (await self.judge([entry]))[0]

    async def judge(self, entries: Sequence[Entry]) -> list[GateVerdict]:
        """A verdict for each entry, in order; raises `DatabaseBusy` where a layer cannot answer."""
        asked = self.unknown(entries)
        rows = await ledger.find(self._db, self._server, [e.name for e in asked])
        stored = await rounds.find(self._db, self._server, [e.name for e in asked])
        now = int(self._now())
        fresh = {id(e): self._verdict(e, rows.get(e.name), stored.get(e.name), now) for e in asked}
        return [fresh.get(id(e)) or self._why[e.name] for e in entries]

    def _verdict(self, entry: Entry, row: LedgerRow | None, stored: rounds.KnownRound | None, now: int) -> GateVerdict:
        reason = unfit(entry)
        if reason is not None and stored is None:
            return GateVerdict(Action.IGNORE, Layer.NAME, reason)
        if row is not None:
            said = by_ledger(entry, row, now)
            if said is not None and (self.patient or said.action is not Action.WAIT):
                return said
        if stored is not None and (row is None or row.state is not FileState.IMPORTED):
            return GateVerdict(
                Action.MEND, Layer.ROUNDS, f"round {stored.id} was made from it; its ledger row is missing"
            )
        return self._where_from(entry, row)

    def _where_from(self, entry: Entry, row: LedgerRow | None) -> GateVerdict:
        here = self._mirror.look(entry.name)
        # a file that changed on the server may have kept its size: then only the time tells the copy is the old one
        untouched = row is None or row.state in (FileState.SEEN, FileState.DOWNLOADED)
        if here is not None and here[0] == entry.size and (untouched or here[1] == entry.mtime):
            return GateVerdict(Action.TAKE, Layer.LOCAL, "new; whole on disk, no download needed")
        return GateVerdict(Action.FETCH, Layer.LOCAL, "new; not on disk")


def by_ledger(entry: Entry, row: LedgerRow, now: int) -> GateVerdict | None:
    """Layer 3's answer; None where it leaves the question open. `now`: UTC seconds."""
    same = row.size == entry.size and row.mtime in (None, entry.mtime)
    if row.state is FileState.IMPORTED:
        if same or row.size is None:
            return _settled(row._replace(changed_to=None))
        if row.changed_to == changed_to(entry):
            return _settled(row)
        if row.size == entry.size and unfit(entry) is None:
            return GateVerdict(Action.VERIFY, Layer.LEDGER, "imported; only its time changed: its content is compared")
        return GateVerdict(Action.CHANGED, Layer.LEDGER, f"imported with {row.size} bytes; now {changed_to(entry)}")
    if row.state is FileState.IGNORED and row.size is None:
        return _settled(row)  # by an admin, whatever the file becomes
    if row.state in (FileState.REJECTED, FileState.IGNORED):
        return _settled(row) if same else None
    if row.state is FileState.RETRYING and same and (row.retry_at or 0) > now:
        return GateVerdict(Action.WAIT, Layer.LEDGER, f"{row.reason}; attempt {row.attempts + 1} is due later")
    return None


def _settled(row: LedgerRow) -> GateVerdict:
    said: str = row.state if row.reason is None else f"{row.state}: {row.reason}"
    if row.changed_to:
        said += f"; the server's file differs now ({row.changed_to})"
    return GateVerdict(Action.SKIP, Layer.LEDGER, said)


async def explain(
    db: Database | Reader, *, server: int, mirror: Mirror, name: str, now: int
) -> list[tuple[Layer, str]]:
    """All layers asked afresh about one name, for `why`: (layer, its answer in words)."""
    rows = await ledger.find(db, server, [name])
    stored = await rounds.find(db, server, [name])
    row, known = rows.get(name), stored.get(name)
    parsed = round_name(name)
    answers = [(Layer.NAME, parsed.reason if isinstance(parsed, NotARound) else "a round file by its name")]
    settled = row is not None and row.state in (FileState.IMPORTED, FileState.REJECTED, FileState.IGNORED)
    remembered = f"settled: {row.state}" if row is not None and settled else "not settled: the other layers decide"
    answers.append((Layer.MEMORY, f"(as a restart loads it) {remembered}"))
    here = None if isinstance(parsed, NotARound) else mirror.look(name)
    answers.append((Layer.LOCAL, "not on disk" if here is None else f"on disk, {here[0]} bytes: no download needed"))
    answers.append((Layer.LEDGER, "no row" if row is None else _in_words(row, now)))
    answers.append((Layer.ROUNDS, "no round" if known is None else f"round {known.id} was made from it"))
    return answers


def _in_words(row: LedgerRow, now: int) -> str:
    said = _settled(row).reason
    if row.retry_at is not None:
        said += f"; {row.attempts} attempts, next one in {max(0, row.retry_at - now)} s"
    return said
