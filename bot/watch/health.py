"""How the bot is, as values: one look, and the one list of concerns that status, diagnosis and alerts are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.audit.audit import Severity
from bot.domain.audit.repairs import FindingCode
from bot.domain.audit.states import BrokenFile, FileState, LedgerRow
from bot.domain.concerns import Concern, ConcernCode
from bot.domain.posts import PostState
from bot.domain.trouble import Trouble, TroubleCode
from bot.errors import DatabaseDown
from bot.ingest.service import PollService, PollStatus
from bot.present.audit import concerns as words
from bot.present.words.reasons import trouble_text
from bot.store import facts, ledger, outbox
from bot.store.file.database import Reader
from bot.store.questions import survey
from bot.supervise import Heartbeats, ServiceName, Silence

OFTEN = 5
"""A file that failed so many times is a concern."""
_WAITS = (TroubleCode.SERVER_AWAY, TroubleCode.DATABASE)
"""Troubles of polling that nobody need act on."""
_LIVE = (
    FindingCode.REJECTED,
    FindingCode.POST_PARKED,
    FindingCode.POST_UNSURE,
    FindingCode.DATABASE_DAMAGED,
    FindingCode.DATABASE_UNREADABLE,
    FindingCode.BACKUP_FAILED,
)
"""Findings of which ledger, outbox and database themselves tell how they are now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One look at everything; `now` in UTC epoch seconds."""

    now: int
    polling: PollStatus | None
    listed: int
    pending: int
    files: dict[FileState, int]
    posts: dict[PostState, int]
    posting_trouble: Trouble | None
    silent: Sequence[Silence]
    failing: Sequence[LedgerRow]
    broken: Sequence[BrokenFile]
    recent: int
    """So many seconds a broken file is a concern; as long as it stays broken, it is not over."""
    audit: Mapping[str, Any] | None
    """The last stored one."""
    noticed: Mapping[ConcernCode, str | None]
    """What the client noticed; None where it looked and all was well."""
    damage: str | None
    """What is wrong in the database, and what to do; it is known also where the database cannot tell."""
    unreadable: str | None
    """Why the database could not be asked just now."""
    backup_failed: str | None
    checked: Mapping[str, str | None]
    """What the checks of the start found wrong, by their names; None where all is well."""
    beaten: frozenset[ServiceName]
    """What succeeded since the start of this program."""

    @property
    def concerns(self) -> tuple[Concern, ...]:
        """What an admin should look at now, the most urgent first."""
        parts = (*self._database(), *self._polling(), *self._parts(), *self._posting())
        every = (*parts, *self._files(), *self._noticed())
        return tuple(sorted(every, key=lambda concern: not concern.is_critical))

    def is_open(self, code: ConcernCode | None, about: str = "") -> bool:
        """Nothing was seen since the start that could tell whether a concern of before it is over."""
        match code:
            case ConcernCode.SILENT:
                return about not in self.beaten
            case ConcernCode.REFUSED | ConcernCode.SERVER:
                return ServiceName.POLLING not in self.beaten or (
                    self.polling is not None and bool(self.polling.trouble)
                )
            case ConcernCode.POSTING:
                return any(self.posts.get(state) for state in (PostState.PARKED, PostState.SENDING))
            case ConcernCode.BROKEN:
                return any(file.filename == about for file in self.broken)
            case ConcernCode.UNSURE | ConcernCode.PERMISSIONS:
                return True  # who notices that it is over says so
            case ConcernCode.GUILD:
                return ConcernCode.GUILD not in self.noticed
            case ConcernCode.SETUP:
                return about not in self.checked
            case _:
                return False

    def _database(self) -> Iterator[Concern]:
        trouble = self.polling.trouble if self.polling else None
        if self.damage is not None:
            yield Concern(ConcernCode.DATABASE, "damaged", self.damage, is_critical=True)
        elif self.unreadable is not None:
            yield Concern(ConcernCode.DATABASE, "down", words.down(self.unreadable), is_critical=True)
        elif trouble is not None and trouble.code is TroubleCode.DATABASE_DOWN:
            yield Concern(ConcernCode.DATABASE, "down", words.down(trouble.text), is_critical=True)
        if self.backup_failed is not None:
            yield Concern(ConcernCode.BACKUP, "", words.unbacked(self.backup_failed))

    def _polling(self) -> Iterator[Concern]:
        trouble = self.polling.trouble if self.polling else None
        if trouble is None or trouble.code is TroubleCode.DATABASE_DOWN:
            return
        text = trouble_text(trouble)
        is_refusal = trouble.code not in _WAITS
        yield Concern(ConcernCode.REFUSED, trouble.text, text) if is_refusal else Concern(ConcernCode.SERVER, "", text)

    def _parts(self) -> Iterator[Concern]:
        for silence in self.silent:
            trouble = self.polling.trouble if self.polling and silence.name is ServiceName.POLLING else None
            why = trouble_text(trouble) if trouble else silence.failure
            yield Concern(ConcernCode.SILENT, silence.name, words.silent(silence.name, silence.seconds, why))

    def _posting(self) -> Iterator[Concern]:
        if self.posting_trouble is not None:
            text = f"Posts do not get through: {trouble_text(self.posting_trouble)}"
            yield Concern(ConcernCode.POSTING, "", text)
        for state, code in ((PostState.PARKED, ConcernCode.PARKED), (PostState.UNSURE, ConcernCode.UNSURE)):
            if count := self.posts.get(state):
                yield Concern(code, "", words.posts(state, count))

    def _files(self) -> Iterator[Concern]:
        for file in self.broken:
            if self.now - file.since < self.recent:
                yield Concern(ConcernCode.BROKEN, file.filename, words.broken(file))
        for row in self.failing:
            yield Concern(ConcernCode.FAILING, row.filename, words.failing(row))
        for finding in self.audit["findings"] if self.audit is not None else ():
            severity = Severity[finding["severity"].upper()]
            if severity >= Severity.WARNING and finding["code"] not in _LIVE:
                is_critical = severity is Severity.CRITICAL
                text = words.finding(finding["code"], finding["count"], is_critical=is_critical)
                yield Concern(ConcernCode.FINDING, finding["code"], text, is_critical)

    def _noticed(self) -> Iterator[Concern]:
        for code, text in self.noticed.items():
            if text is not None:
                yield Concern(code, "", text)
        for name, text in self.checked.items():
            if text is not None:
                yield Concern(ConcernCode.SETUP, name, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """What only the database knows."""

    files: dict[FileState, int]
    posts: dict[PostState, int]
    failing: Sequence[LedgerRow] = ()
    broken: Sequence[BrokenFile] = ()
    audit: Mapping[str, Any] | None = None
    backup_failed: str | None = None
    unreadable: str | None = None


async def _stored(db: Reader, server: int) -> _Stored:
    try:
        backup = await facts.backup(db)
        return _Stored(
            files=await ledger.count(db, server),
            posts=await outbox.count(db),
            failing=await ledger.failing(db, server, at_least=OFTEN),
            broken=await ledger.broken(db, server),
            audit=await survey.last(db),
            backup_failed=backup.failed if backup else None,
        )
    except DatabaseDown as error:
        return _Stored(files=dict.fromkeys(FileState, 0), posts=dict.fromkeys(PostState, 0), unreadable=str(error))


async def health(
    db: Reader,
    *,
    server: int,
    now: int,
    polling: PollService | None,
    posting_trouble: Trouble | None,
    heartbeats: Heartbeats,
    noticed: Mapping[ConcernCode, str | None],
    damage: str | None,
    checked: Mapping[str, str | None],
    recent: int,
) -> Health:
    """Ask every part how it is; a database that cannot be read is an answer too."""
    stored = await _stored(db, server)
    return Health(
        now=now,
        polling=polling.status if polling else None,
        listed=polling.poller.listed if polling else 0,
        pending=polling.poller.pending if polling else 0,
        files=stored.files,
        posts=stored.posts,
        posting_trouble=posting_trouble,
        silent=heartbeats.silent(),
        failing=stored.failing,
        broken=stored.broken,
        recent=recent,
        audit=stored.audit,
        noticed=dict(noticed),
        damage=damage,
        unreadable=stored.unreadable,
        backup_failed=stored.backup_failed,
        checked=dict(checked),
        beaten=heartbeats.beaten(),
    )
