"""The audit: four sets compared file by file, never by their counts. Pure; `bot.watch.survey` gathers the sets.

Every file seen is in exactly one class, and the classes add up to the files; what is wrong is a finding, with its
reasons, its meaning and what repairs it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from heapq import merge
from itertools import groupby
from typing import NamedTuple

from bot.domain.audit.repairs import FindingCode, Offer
from bot.domain.audit.states import FileState, ServerVersion
from bot.domain.game.file.files import NotARound, round_name
from bot.domain.game.file.reasons import FileReason
from bot.domain.game.model import NoteCode, Reason, State
from bot.domain.rules import Thresholds


class Severity(IntEnum):
    """How much a finding matters; the worst one decides the verdict."""

    OK = 0
    NOTICE = 1
    WARNING = 2
    CRITICAL = 3


class AuditVerdict(StrEnum):
    """What the admin should do: nothing, look, or act at once."""

    HEALTHY = "healthy"
    ATTENTION = "attention"
    CRITICAL = "critical"


class FileClass(StrEnum):
    """Where one file stands, over all four sets."""

    COMPLETE = "imported, here and on the server"
    ARCHIVE_GAP = "imported, gone from disk"
    GONE_FROM_SERVER = "imported, gone from the server"
    DATABASE_ONLY = "imported, gone from disk and server"
    LOCAL_DIFFERS = "imported, the copy on disk is another one"
    SERVER_DIFFERS = "imported, the server's file is another one"
    LOST = "the ledger says imported, and there is no round"
    UNLEDGERED = "a round without its ledger row"
    NOT_IMPORTED = "on disk, not imported"
    PENDING = "on the server, on its way"
    STUCK = "on the server, and not coming"
    REJECTED = "rejected: broken content"
    RETRYING = "failed, tried again"
    VANISHED = "seen once, gone before it was imported"
    IGNORED = "no round file, or ignored by an admin"


class ListedEntry(NamedTuple):
    """An entry of the server's folder; bytes, and UTC seconds of the server's clock, None where it does not tell.

    `mtime` is told of names that are no round file's alone: so most of many files are one and the same entry.
    """

    size: int | None
    mtime: int | None
    regular: bool = True


class Copy(NamedTuple):
    """A file in `local_stats/`; `sha256` in hex where it was read, and is another one than its round's."""

    size: int
    sha256: str | None = None


class LedgerEntry(NamedTuple):
    """A row of `processed_files`; instants in UTC epoch seconds. `mtime` as in a `ListedEntry`."""

    state: FileState
    reason: FileReason | None
    mtime: int | None
    changed_to: ServerVersion | None
    retry_at: int | None
    first_seen_at: int
    updated_at: int


class StoredRound(NamedTuple):
    """A row of `rounds`; `size` and `sha256` of its file as it was imported, None in a database that keeps none.

    `duration` in seconds; `notes`: about the file as a whole, and of players' lines what makes a finding;
    `has_strangers`: it is paired with a round 1 in which none of its players was; `is_repeated_hour`: its stamp means
    two instants. An older design knows none of these.
    """

    file: str
    map: str
    number: int
    ended_at: int
    state: State
    reason: Reason | None
    sha256: str | None
    size: int | None
    mtime: int | None
    host: str = ""
    duration: int | None = None
    notes: frozenset[NoteCode] = frozenset()
    has_strangers: bool = False
    is_repeated_hour: bool = False


class Alike(NamedTuple):
    """Two rounds that count, of one map and number, the earlier first, in which people have the same figures.

    `lines`: how many people have; `of`: how many people did anything, in the round where more did.
    """

    file: str
    again: str
    lines: int
    of: int


class OwedPost(NamedTuple):
    """A post that is not out yet, or never will be by itself."""

    about: str
    state: str
    reason: str | None
    created_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseState:
    """How the database is: `faults` of its checks, why it is `unreadable`, rounds `differing` from their bytes.

    `last_good`: the newest backup that passes its checks, looked for only where something is wrong; `backup_at`: when
    the last one was made (UTC epoch seconds), `backup_failed`: why the one after it was not.
    """

    faults: tuple[str, ...] = ()
    unreadable: str | None = None
    differing: tuple[str, ...] = ()
    last_good: str | None = None
    backup_at: int | None = None
    backup_failed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Names of the grammar: server and local are files, processed are ledger rows with success, rounds are rows."""

    server: int | None
    local: int
    processed: int
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The four sets at one moment (`now`: UTC epoch seconds); `server` is None where it was not looked at.

    `previous`: the counts of the last stored audit, None where there is none. `older`: a database of the older design,
    which this program only reads.
    """

    server: Mapping[str, ListedEntry] | None
    local: Mapping[str, Copy]
    ledger: Mapping[str, LedgerEntry]
    rounds: Sequence[StoredRound]
    alike: Sequence[Alike] = ()
    posts: Sequence[OwedPost] = ()
    previous: Counts | None = None
    older: bool = False
    database: DatabaseState = DatabaseState()
    now: int
    thresholds: Thresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something an audit saw; `offers`: what repairs it, empty where nothing does (`repairs` says why).

    `reasons`: why rounds do not count, and how many each: the title goes on with them. `file_reasons`: why files have
    no round: `why` goes on with some of them, or is nothing else.
    """

    code: FindingCode
    severity: Severity
    files: tuple[str, ...]
    why: str
    meaning: str
    title: str
    reasons: tuple[tuple[Reason, int], ...] = ()
    file_reasons: frozenset[FileReason] = frozenset()
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The whole answer; `classes`: each file's class; findings worst first.

    `is_compared`: rounds were compared with each other, so that it is known whether one is counted twice.
    """

    verdict: AuditVerdict
    counts: Counts
    classes: Mapping[str, FileClass]
    findings: tuple[Finding, ...]
    is_compared: bool
    now: int

    def in_each_class(self) -> Counter[FileClass]:
        """How many files are in each class; they add up to the files."""
        return Counter(self.classes.values())


def is_round_file(name: str) -> bool:
    """The name fits the grammar."""
    return not isinstance(round_name(name), NotARound)


def count(survey: Survey) -> Counts:
    """The four numbers that people compare."""
    listed = None
    if survey.server is not None:
        listed = sum(1 for name, entry in survey.server.items() if entry.regular and is_round_file(name))
    return Counts(
        server=listed,
        local=sum(map(is_round_file, survey.local)),
        processed=sum(1 for row in survey.ledger.values() if row.state is FileState.IMPORTED),
        rounds=len(survey.rounds),
    )


def classify(survey: Survey) -> Iterator[tuple[str, FileClass]]:
    """Every name in any of the four sets with its one class, in the order of the names."""
    files = [stored.file for stored in survey.rounds]
    places = sorted(range(len(files)), key=files.__getitem__)
    sets = (survey.server or (), survey.local, survey.ledger, files)
    at = 0
    for name, _ in groupby(merge(*(sorted(names) for names in sets))):
        stored = None
        while at < len(places) and files[places[at]] == name:  # the last one, should there be more
            stored, at = survey.rounds[places[at]], at + 1
        yield name, _class(name, survey, stored)


def _class(name: str, survey: Survey, stored: StoredRound | None) -> FileClass:
    row = survey.ledger.get(name)
    if stored is not None:
        if row is None or row.state is not FileState.IMPORTED:
            return FileClass.UNLEDGERED
        return _imported(name, survey, stored, row)
    match row.state if row is not None else FileState.SEEN:
        case FileState.IMPORTED:
            return FileClass.LOST
        case FileState.REJECTED:
            return FileClass.REJECTED
        case FileState.RETRYING:
            return FileClass.RETRYING
        case FileState.IGNORED:
            return FileClass.IGNORED
        case FileState.SEEN | FileState.DOWNLOADED:
            pass
    entry = None if survey.server is None else survey.server.get(name)
    if not is_round_file(name) or (entry is not None and not entry.regular):
        return FileClass.IGNORED
    return _not_imported(name, survey, row)


def _imported(name: str, survey: Survey, stored: StoredRound, row: LedgerEntry) -> FileClass:
    copy = survey.local.get(name)
    entry = None if survey.server is None else survey.server.get(name)
    if copy is not None and (stored.size not in (None, copy.size) or copy.sha256 not in (None, stored.sha256)):
        return FileClass.LOCAL_DIFFERS
    sizes = {stored.size, None if entry is None else entry.size} - {None}
    if row.changed_to is not None or len(sizes) > 1:
        return FileClass.SERVER_DIFFERS
    gone = survey.server is not None and entry is None
    if copy is None:
        return FileClass.DATABASE_ONLY if gone else FileClass.ARCHIVE_GAP
    return FileClass.GONE_FROM_SERVER if gone else FileClass.COMPLETE


def _not_imported(name: str, survey: Survey, row: LedgerEntry | None) -> FileClass:
    if name in survey.local:
        return FileClass.NOT_IMPORTED
    if survey.server is None or name in survey.server:
        first = row.first_seen_at if row is not None else survey.now
        late = survey.now - first > 60 * survey.thresholds.stuck_minutes
        return FileClass.STUCK if late else FileClass.PENDING
    return FileClass.VANISHED
