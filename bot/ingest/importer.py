"""The one way into the database: files → rounds, ledger rows and posts (ARCHITECTURE, "A transaction")."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, TypeVar

from bot.clock import Clock
from bot.domain.audit.states import FileState, KnownRound, LedgerRow
from bot.domain.game.changes import changes
from bot.domain.game.file.files import Dating, NotARound, RoundName, end_of, round_name
from bot.domain.game.file.parser import parse
from bot.domain.game.file.reasons import BadFile, FileReason, FileReasonCode
from bot.domain.game.file.report import RoundReport
from bot.domain.game.model import FiledReport, Round, State
from bot.domain.game.rounds import balanced, derive, taken_out
from bot.domain.rules import Rules
from bot.errors import DatabaseBusy, DatabaseDown, StoreError
from bot.ingest.outcomes import (
    Already,
    Arrival,
    Different,
    Finished,
    Imported,
    Outcome,
    Rejected,
    Retry,
    ledger_row,
    retry_delay,
)
from bot.ingest.owing import amend_names, owe_posts
from bot.present.words.reasons import state_text
from bot.store import decisions, images, ledger, played, rounds
from bot.store.file.database import Database, Row, Tx

log = logging.getLogger(__name__)

T = TypeVar("T")
BATCH = 100
"""Files in one transaction, at most."""


class _ParsedArrival(NamedTuple):
    arrival: Arrival
    filed: FiledReport
    packed: bytes


class MapRun(NamedTuple):
    """The files of stored rounds of one map that no pair connects with any other; `begin`: first end, UTC seconds."""

    map: str
    begin: int
    names: tuple[str, ...]


class Importer:
    """Imports files of one server; every caller shares this one."""

    def __init__(
        self,
        db: Database,
        *,
        server: int,
        server_name: str,
        rules: Rules,
        clock: Clock,
        reached: Callable[[str], None],
    ) -> None:
        self._db = db
        self._server = server
        self._server_name = server_name
        self._rules = rules
        self._clock = clock
        self._reached = reached
        self._one_at_a_time = asyncio.Lock()
        self._report = lru_cache(maxsize=2 * BATCH)(self._parse)  # this batch, and the rounds before it
        self._bugs: set[type[Exception]] = set()
        self.silent = False
        """A first run fills the database without posting anything."""
        self.old: frozenset[str] = frozenset()
        """Files that were there before the bot, and could not be imported then: no news whenever they come."""

    @property
    def server(self) -> int:
        """Whose files these are."""
        return self._server

    async def add(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        """Import these files; the outcomes stand in the same order.

        Raises `DatabaseBusy` or `DatabaseDown` where the database is at fault: nothing was decided then, ask again.
        """
        outcomes: list[Outcome] = []
        batch: dict[str, Arrival] = {}
        for arrival in arrivals:
            if len(batch) == BATCH or arrival.name in batch:
                outcomes += await self._together([*batch.values()])
                batch = {}
            batch[arrival.name] = arrival
        return outcomes + (await self._together([*batch.values()]) if batch else [])

    async def unfinished(self, arrivals: Sequence[Arrival]) -> list[bool]:
        """For each file: its content breaks the grammar or the balance, as that of an unfinished one does."""
        return await asyncio.to_thread(lambda: [self._is_unfinished(arrival) for arrival in arrivals])

    def _is_unfinished(self, arrival: Arrival) -> bool:
        try:
            report = self._report(hashlib.sha256(arrival.data).hexdigest(), arrival.file, arrival.data)
        except BadFile:
            return True
        return not balanced(report)

    async def counted(self, names: Iterable[str]) -> list[str]:
        """Those of these files whose rounds count."""
        known = await rounds.find(self._db, self._server, names)
        return [name for name in known if known[name].state == State.COUNTED]

    async def move(self, zone: tzinfo) -> int:
        """Re-time every stored round, and whatever comes, in another zone; how many rounds there are.

        Posts are corrected only where more than the times changed.
        """
        self._rules = replace(self._rules, zone=zone)
        rounds_there, _ = await self._map_by_map(self._retime)
        return rounds_there

    async def rebuild(self) -> tuple[int, int]:
        """Derive every stored round anew from its evidence; (rounds, how many changed)."""
        return await self._map_by_map(lambda tx, placed: self._store(tx, [], [], placed, {}))

    async def _map_by_map(self, store: Callable[[Tx, list[rounds.DerivedRound]], object]) -> tuple[int, int]:
        """Have `store` write what says something else now, a transaction for each map; (rounds, how many changed)."""
        async with self._one_at_a_time:
            await rounds.require_evidence(self._db, self._server)
            by_map: dict[str, list[str]] = {}
            for filename in await rounds.every_name(self._db, self._server):
                name = round_name(filename)
                assert not isinstance(name, NotARound)
                by_map.setdefault(name.map, []).append(filename)
            changed = 0
            for map_name in sorted(by_map):
                rows = await rounds.of_map(self._db, self._server, map_name)
                placed = await self._placed([], rows)
                await self._db.write(lambda tx, placed=placed: store(tx, placed))  # type: ignore[misc]
                changed += len(placed)
            return sum(map(len, by_map.values())), changed

    def _retime(self, tx: Tx, placed: list[rounds.DerivedRound]) -> None:
        now, names = int(self._clock.now()), [p.round.filed.name.text for p in placed]
        before, images_before = rounds.told(tx, self._server, placed), images.of_rounds(tx, self._server, names)
        ids = rounds.put(tx, self._server, placed, now=now, gap=self._rules.session_gap)
        after = images.of_rounds(tx, self._server, names)
        changed = images.changes(names, images_before, after, but=images.TIMES).files
        others = [p for p in placed if p.round.filed.name.text in changed]
        owe_posts(tx, others, ids, before, finished=(), old=(), max_age=None, now=now)
        self._reached("committing")

    async def rederive(self, runs: Sequence[MapRun], keep: Callable[[Tx, images.Changes, list[str]], T]) -> T:
        """Derive these runs by the rules of now, and tell nobody; a run that cannot be read stays as it is.

        `keep` is called in the transaction, with what says something else and the files of runs that stay.
        """
        async with self._one_at_a_time:
            every = [name for run in runs for name in run.names]
            rows = {row["filename"]: row for row in await rounds.of_files(self._db, self._server, every)}
            by_run = [(run, [rows.get(name) for name in run.names]) for run in runs]
            readable = await asyncio.to_thread(lambda: [self._readable(of_run) for _, of_run in by_run])
            left = [name for (run, _), whole in zip(by_run, readable, strict=True) if not whole for name in run.names]
            placed = await self._placed([], [row for name, row in rows.items() if name not in left], all_again=True)
            kept = await self._db.write(lambda tx: keep(tx, self._rewrite(tx, placed), left))
            self._reached("rederived")
            return kept

    def _readable(self, rows: Sequence[Row | None]) -> bool:
        try:
            return len(self._stored([row for row in rows if row is not None])) == len(rows)
        except (StoreError, BadFile):
            return False

    def _rewrite(self, tx: Tx, placed: Sequence[rounds.DerivedRound]) -> images.Changes:
        names = [p.round.filed.name.text for p in placed]
        before = images.of_rounds(tx, self._server, names)
        rounds.put(tx, self._server, placed, now=int(self._clock.now()), gap=self._rules.session_gap)
        return images.changes(names, before, images.of_rounds(tx, self._server, names))

    async def derive_again(self, names: Sequence[str]) -> None:
        """Derive these files' rounds anew, with whatever pairs with them: an admin decided something."""
        async with self._one_at_a_time:
            places = await rounds.places(self._db, self._server, names)
            placed = await self._placed([], await rounds.around(self._db, self._server, places))
            await self._db.write(lambda tx: self._store(tx, [], [], placed, {}))

    async def replace(self, arrival: Arrival, *, dry_run: bool) -> tuple[Outcome, list[str]]:
        """Put these bytes in the place of what is stored for the file, round id kept; and what differs, in words."""
        async with self._one_at_a_time:
            parsed, outcomes = await asyncio.to_thread(self._judge, [arrival], {}, {})
            if not parsed:
                return outcomes[arrival.name], []
            filed = await self._dated_as_before(parsed[0].filed)
            parsed = [parsed[0]._replace(filed=filed)]
            placed = await self._placed(parsed, await rounds.around(self._db, self._server, [_place_of(filed)]))
            round = next(p.round for p in placed if p.round.filed.name == filed.name)
            differs = await self._differences(round)
            if dry_run:
                return Imported(0, round.state, round.reason), differs
            done = await self._db.write(lambda tx: self._store(tx, [arrival], parsed, placed, outcomes, news=False))
            return done[0], differs

    async def _dated_as_before(self, filed: FiledReport) -> FiledReport:
        """What an impossible stamp meant was decided when the file was first read, and stays so."""
        first_look = await rounds.first_look(self._db, self._server, filed.name.text)
        if first_look is None:
            return filed
        return self._filed(filed.name, filed.mtime, filed.sha256, filed.report, *first_look)

    async def _differences(self, round: Round) -> list[str]:
        stored = (await rounds.find(self._db, self._server, [round.filed.name.text])).get(round.filed.name.text)
        if stored is None:
            return [f"there was no round: {len(round.players)} players, {state_text(round.state, round.reason)}"]
        lines = []
        if stored.reason != round.reason:
            lines.append(f"{state_text(stored.state, stored.reason)} → {state_text(round.state, round.reason)}")
        return lines + changes(await rounds.players(self._db, stored.id), round.players)

    async def _together(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        try:
            async with self._one_at_a_time:
                return await self._transaction(arrivals)
        except (DatabaseBusy, DatabaseDown):
            raise
        except Exception as error:
            if len(arrivals) > 1:
                log.warning("a batch of %d files failed (%s): repeated file by file", len(arrivals), error)
                return [outcome for arrival in arrivals for outcome in await self._together([arrival])]
            if not isinstance(error, StoreError) and type(error) not in self._bugs:
                self._bugs.add(type(error))  # one traceback tells where; what each file met is told by its poll
                log.exception("%s could not be imported", arrivals[0].name)
            words = str(error) or type(error).__name__
            return [await self._later(arrivals[0], FileReason(FileReasonCode.SAID, words=words))]

    async def _later(self, arrival: Arrival, why: FileReason) -> Retry:
        row = LedgerRow(
            arrival.name,
            FileState.RETRYING,
            reason=why,
            size=len(arrival.data),
            mtime=arrival.mtime,
            attempts=arrival.attempts + 1,
            retry_at=int(self._clock.now()) + retry_delay(arrival.attempts),
        )
        await self._db.write(lambda tx: ledger.record(tx, self._server, [row], now=int(self._clock.now())))
        return Retry(why)

    async def _transaction(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        known = await rounds.find(self._db, self._server, [a.name for a in arrivals])
        before = await rounds.evidence(self._db, self._server, known) if known else {}
        parsed, outcomes = await asyncio.to_thread(self._judge, arrivals, known, before)
        self._reached("parsed")
        rows = await rounds.around(self._db, self._server, [_place_of(arrived.filed) for arrived in parsed])
        placed = await self._placed(parsed, rows)
        finished = known.keys() & {arrived.filed.name.text for arrived in parsed}
        return await self._db.write(lambda tx: self._store(tx, arrivals, parsed, placed, outcomes, finished=finished))

    def _judge(
        self, arrivals: Sequence[Arrival], known: Mapping[str, KnownRound], evidence: Mapping[str, bytes]
    ) -> tuple[list[_ParsedArrival], dict[str, Outcome]]:
        parsed: dict[str, _ParsedArrival] = {}
        outcomes: dict[str, Outcome] = {}
        for arrival in arrivals:
            sha256 = hashlib.sha256(arrival.data).hexdigest()
            before, beginning = known.get(arrival.name), evidence.get(arrival.name)
            if before is not None and before.sha256 == sha256:
                outcomes[arrival.name] = Already(before.id)
                continue
            if before is not None and (beginning is None or not arrival.data.startswith(beginning)):
                outcomes[arrival.name] = Different(before.id)
                continue
            try:
                report = self._report(sha256, arrival.file, arrival.data)
            except BadFile as error:
                outcomes[arrival.name] = Rejected(error.reason) if before is None else Different(before.id)
                continue
            filed = self._filed(arrival.file, arrival.mtime, sha256, report, int(self._clock.now()), None)
            parsed[arrival.name] = _ParsedArrival(arrival, filed, rounds.packed(arrival.data))
        return list(parsed.values()), outcomes

    def _filed(
        self, name: RoundName, mtime: int | None, sha256: str, report: RoundReport, seen_at: int, dated_at: int | None
    ) -> FiledReport:
        """`seen_at`: when it was read for the first time; `dated_at`: what was made then of an impossible stamp."""
        end = end_of(name.stamp, zone=self._rules.zone, mtime=mtime, now=seen_at, said=report.ended_at)
        if dated_at is not None and not end.dating.is_impossible_stamp:  # decided in another zone, or by another mtime
            end = end._replace(dating=Dating.AHEAD, other=None, stamped_at=end.at)
        return FiledReport(
            server=self._server_name,
            name=name,
            ended_at=end.at if dated_at is None else dated_at,
            sha256=sha256,
            report=report,
            mtime=mtime,
            second_reading=end.other,
            dating=end.dating,
            stamped_at=end.stamped_at,
        )

    @staticmethod
    def _parse(_sha256: str, name: RoundName, data: bytes) -> RoundReport:
        return parse(data, name)

    async def _placed(
        self, parsed: Sequence[_ParsedArrival], rows: Sequence[Row], *, all_again: bool = False
    ) -> list[rounds.DerivedRound]:
        ignored = await decisions.ignored(self._db, self._server)
        return await asyncio.to_thread(self._place, parsed, rows, ignored, all_again=all_again)

    def _place(
        self, parsed: Sequence[_ParsedArrival], rows: Sequence[Row], ignored: Mapping[str, str], *, all_again: bool
    ) -> list[rounds.DerivedRound]:
        """The new rounds, and those stored ones that say something else now that these are here (or all of them)."""
        new = {arrived.filed.name.text: arrived for arrived in parsed}
        known = {row["filename"]: row for row in rows}
        by_map: dict[str, list[FiledReport]] = {}
        stored = self._stored([row for row in rows if row["filename"] not in new])
        for filed in [*stored, *(arrived.filed for arrived in parsed)]:
            by_map.setdefault(filed.name.map, []).append(filed)
        placed = []
        for round in chain.from_iterable(derive(filed, ruled_out=ignored) for filed in by_map.values()):
            name = round.filed.name.text
            if name in ignored:
                round = taken_out(round, ignored[name])
            digest = rounds.digest(round)
            arrived, before = new.get(name), known.get(name)
            if arrived is not None:
                data = arrived.arrival
                again = before is not None
                placed.append(rounds.DerivedRound(round, digest, data.mtime, arrived.packed, len(data.data), again))
            elif before is not None and (
                all_again or before["digest"] != digest or round.first in new.keys() - known.keys()
            ):
                placed.append(rounds.DerivedRound(round, digest, before["mtime"], None, 0, again=True))
        return sorted(placed, key=lambda p: (p.round.filed.ended_at, p.round.filed.name.text))

    def _stored(self, rows: Sequence[Row]) -> list[FiledReport]:
        filed = []
        for row in rows:
            name = round_name(row["filename"])
            assert not isinstance(name, NotARound)  # only such names are imported
            report = self._report(row["sha256"], name, rounds.unpacked(row["content"]))
            filed.append(self._filed(name, row["mtime"], row["sha256"], report, row["imported_at"], row["dated_at"]))
        return filed

    def _store(
        self,
        tx: Tx,
        arrivals: Sequence[Arrival],
        parsed: Sequence[_ParsedArrival],
        placed: Sequence[rounds.DerivedRound],
        outcomes: dict[str, Outcome],
        *,
        finished: Collection[str] = (),
        news: bool = True,
    ) -> list[Outcome]:
        """Everything in one transaction; those of `finished` replace the round of their beginning."""
        self._reached("begun")
        now = int(self._clock.now())
        before = rounds.told(tx, self._server, placed)
        named = played.called(tx, self._posted_around(tx, placed))
        ids = rounds.put(tx, self._server, placed, now=now, gap=self._rules.session_gap)
        self._reached("rounds stored")
        by_name = {p.round.filed.name.text: p.round for p in placed}
        for name in (p.filed.name.text for p in parsed):
            new = Imported(ids[name], by_name[name].state, by_name[name].reason)
            outcomes[name] = Finished(ids[name]) if name in finished else new
        rows = [row for a in arrivals if (row := ledger_row(a, outcomes[a.name])) is not None]
        ledger.record(tx, self._server, rows, now=now)
        self._reached("ledger stored")
        max_age = self._rules.post_max_age if news and not self.silent else None
        owe_posts(tx, placed, ids, before, finished=finished, old=self.old, max_age=max_age, now=now)
        amend_names(tx, named, told=ids.values(), now=now)
        self._reached("committing")
        return [outcomes[a.name] for a in arrivals]

    def _posted_around(self, tx: Tx, placed: Sequence[rounds.DerivedRound]) -> list[int]:
        """The posted matches whose teams these rounds may give other names."""
        names = [p.round.filed.name.text for p in placed if p.again]
        ends = [p.round.filed.ended_at for p in placed] + rounds.ends_of(tx, self._server, names)
        return played.posted_around(tx, ends, gap=self._rules.session_gap)


def _place_of(filed: FiledReport) -> rounds.Whereabouts:
    return rounds.Whereabouts(filed.name.map, filed.ended_at, filed.elsewhere)
