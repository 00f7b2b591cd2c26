"""A small world for tests: a game server's folder in memory, a real database, and the real App between them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any, NamedTuple

from bot.app import App, LiveSource, Posting, open_app
from bot.deliver.publisher import Publisher
from bot.domain.audit.states import FileState, LedgerRow
from bot.domain.game.file.files import TRUSTED_DRIFT, NotARound, end_of, round_name
from bot.domain.game.file.reasons import FileChanged, FileError, FileReason, FileReasonCode, FileVanished
from bot.domain.posts import OutboxItem, PostKind
from bot.domain.rules import Rules
from bot.errors import SourceError
from bot.ingest.outcomes import Arrival, Outcome, Poll
from bot.ingest.poller import Poller
from bot.ingest.service import PollService, settle_first_run
from bot.ingest.source.remote import Entry, EntryKind
from bot.present.words.rounds.sheets import in_words
from bot.settings import Settings
from bot.store import ledger, outbox
from bot.store.file.database import Row
from bot.store.questions.rounds import export
from rigs.builders import RoundFile, a_name
from tools.demo.session import SampleFile

NIGHT = 1772406000
"""2026-03-01 23:00 UTC: two hours after the builders' evenings begin, so that their rounds are news."""


def a_rules(**changed: Any) -> Rules:
    """The rules of settings that nobody changed."""
    return replace(Settings(_env_file=None).rules, **changed)


class ManualClock:
    """Time that passes only when a test says so."""

    def __init__(self, now: float = NIGHT) -> None:
        self.time = now
        self.behind = 0.0

    def now(self) -> float:
        """The time of day, seconds."""
        return self.time

    def monotonic(self) -> float:
        """The same, as long as nobody sets the clock back."""
        return self.time + self.behind

    def set_back(self, seconds: float) -> None:
        """Somebody sets the time of day."""
        self.time -= seconds
        self.behind += seconds

    def pass_by(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.time += seconds


class RemoteFile(NamedTuple):
    """What lies on the server; `size`: what a listing says, where that is a lie."""

    data: bytes
    mtime: int
    kind: EntryKind = EntryKind.FILE
    size: int | None = None


class FakeSource:
    """A `RemoteSource` in memory that counts every call, and fails where it is told to."""

    def __init__(self, clock: ManualClock) -> None:
        self.files: dict[str, RemoteFile] = {}
        self.mtime = int(clock.now())
        self.calls: Counter[str] = Counter()
        self.away: SourceError | None = None
        self.reads_left: int | None = None
        self.unreadable: dict[str, FileError] = {}
        self.served: dict[str, bytes] = {}
        self.closed = False
        self._clock = clock

    def put(self, name: str, data: bytes, mtime: int, *, kind: EntryKind = EntryKind.FILE) -> None:
        """Make a new entry or replace one by renaming: the folder changes."""
        self.files[name] = RemoteFile(data, mtime, kind)
        self.mtime = int(self._clock.now())

    def overwrite(self, name: str, data: bytes, mtime: int | None = None) -> None:
        """Write into a file that is there: the folder's own mtime stays."""
        self.files[name] = RemoteFile(data, self.files[name].mtime if mtime is None else mtime)

    def remove(self, name: str) -> None:
        """Delete an entry."""
        del self.files[name]
        self.mtime = int(self._clock.now())

    async def folder_mtime(self) -> int:
        await self._call("stats")
        return self.mtime

    async def list(self) -> Sequence[Entry]:
        await self._call("lists")
        return [self._entry(name) for name in self.files]

    async def look_at(self, names: Sequence[str]) -> dict[str, Entry]:
        await self._call("looks")
        return {name: self._entry(name) for name in names if name in self.files}

    async def read(self, entry: Entry) -> bytes:
        if self.reads_left is not None:
            self.reads_left -= 1
            if self.reads_left < 0:
                assert self.away is not None
                raise self.away
        self.calls["reads"] += 1
        await asyncio.sleep(0)
        if entry.name in self.unreadable:
            raise self.unreadable[entry.name]
        if entry.name not in self.files:
            raise FileVanished(FileReason(FileReasonCode.GONE, what=entry.name))
        data = self.served.get(entry.name, self.files[entry.name].data)
        if len(data) != entry.size:
            raise FileChanged(
                FileReason(FileReasonCode.OTHER_SIZE, what=entry.name, figure=len(data), limit=entry.size or 0)
            )
        return data

    async def close(self) -> None:
        self.closed = True

    async def _call(self, what: str) -> None:
        self.calls[what] += 1
        await asyncio.sleep(0)
        if self.away is not None and self.reads_left is None:
            raise self.away

    def _entry(self, name: str) -> Entry:
        data, mtime, kind, size = self.files[name]
        return Entry(name, len(data) if size is None else size, mtime, kind)


class World:
    """The App on a fake server's folder; made by `a_world`."""

    app: App

    def __init__(self, folder: Path, clock: ManualClock, remote: FakeSource) -> None:
        self.folder = folder
        self.clock = clock
        self.remote = remote
        self.steps: list[str] = []
        self.on_step: Callable[[str], None] = lambda _step: None

    @property
    def live(self) -> LiveSource:
        """What the App has because there is a server to look at."""
        assert self.app.live is not None
        return self.app.live

    @property
    def poller(self) -> Poller:
        """The App's poller."""
        return self.live.poller

    @property
    def polling(self) -> PollService:
        """The App's poll loop."""
        return self.live.polling

    @property
    def posting(self) -> Posting:
        """What the App has because there is a channel to post into."""
        assert self.app.posting is not None
        return self.app.posting

    def reached(self, step: str) -> None:
        """What the App is given as `reached`."""
        self.steps.append(step)
        self.on_step(step)

    def put(self, name: str, data: bytes, mtime: int | None = None, *, kind: EntryKind = EntryKind.FILE) -> None:
        """A file on the server; its time is that of its name unless said otherwise."""
        self.remote.put(name, data, time_of(name) if mtime is None else mtime, kind=kind)

    def put_all(self, files: Iterable[SampleFile | RoundFile]) -> None:
        """Files on the server, each with the time of its name."""
        for file in files:
            self.put(file.name, file.data)

    def keep(self, name: str, data: bytes, mtime: int | None = None) -> None:
        """A file in `local_stats/`."""
        self.app.mirror.write(a_name(name), data, time_of(name) if mtime is None else mtime)

    async def poll(self, times: int = 1, *, wait: float = 1.5) -> Poll:
        """So many polls, each `wait` seconds after the one before; what they did together."""
        total = Poll()
        for _ in range(times):
            self.clock.pass_by(wait)
            poll = await self.poller.poll()
            await settle_first_run(self.app.db, self.app.importer, poll)
            total.add(poll)
        return total

    async def add(self, *files: SampleFile | RoundFile) -> list[Outcome]:
        """Hand files to the importer at once; by then it is the day that the last of them was written on."""
        last = max((time_of(file.name) for file in files), default=0)
        if last > self.clock.now() + TRUSTED_DRIFT:
            self.clock.pass_by(last - self.clock.now())
        return await self.app.importer.add(
            [Arrival(a_name(file.name), file.data, time_of(file.name)) for file in files]
        )

    async def export(self) -> dict[str, Any]:
        """What `tools.export rounds` prints."""
        files, rounds = await export.files(self.app.db), await export.rounds(self.app.db)
        return {"files": [in_words(file) for file in files], "rounds": [in_words(round) for round in rounds]}

    async def states(self) -> dict[str, str]:
        """File → its state in the export."""
        return {file["file"]: file["state"] for file in await export.files(self.app.db)}

    async def row(self, name: str) -> LedgerRow | None:
        """A file's row in the ledger."""
        return (await ledger.find(self.app.db, self.app.server, [name])).get(name)

    async def state(self, name: str) -> FileState | None:
        """A file's state in the ledger."""
        row = await self.row(name)
        return None if row is None else row.state

    async def kills_of(self, player: str) -> int:
        """Kills in all counted rounds, by clean name."""
        return int(
            await self.app.db.value(
                "SELECT coalesce(sum(kills), 0) FROM player_rounds JOIN rounds ON rounds.id = round_id"
                " WHERE name = :name AND state = 'counted'",
                name=player,
            )
        )

    async def count(self, table: str) -> int:
        """Rows of a table."""
        return int(await self.app.db.value(f"SELECT count(*) FROM {table}"))

    async def posts(self) -> list[tuple[PostKind, str]]:
        """(kind, file) of every post that is owed or made, in the order of their making."""
        rows = await self.rows(
            "SELECT kind, filename FROM outbox JOIN rounds ON rounds.id = round_id ORDER BY outbox.id"
        )
        return [(PostKind(row["kind"]), row["filename"]) for row in rows]

    async def post_of(self, name: str) -> OutboxItem:
        """The post of a file's round."""
        number = await self.app.db.value("SELECT id FROM rounds WHERE filename = :name", name=name)
        item = await outbox.of_round(self.app.db, number)
        assert item is not None, f"{name} has no post"
        return item

    async def rows(self, sql: str) -> list[Row]:
        """The answer to a question of the test."""
        return await self.app.db.all(sql)


def time_of(name: str) -> int:
    """When the round of this file ended; of another file, an hour before the night."""
    parsed = round_name(name)
    if isinstance(parsed, NotARound):
        return NIGHT - 3600
    return end_of(parsed.stamp, zone=UTC, mtime=None, now=None).at


def a_settings(folder: Path, **changed: Any) -> Settings:
    """Settings of a world that lives in `folder`."""
    values = {"local_stats_dir": folder / "local_stats", "database_path": folder / "stats.db", "stats_channel_id": 1}
    return Settings(_env_file=None, **{**values, **changed})


@asynccontextmanager
async def a_world(
    folder: Path,
    *,
    before: World | None = None,
    begin: float = NIGHT,
    publisher: Publisher | None = None,
    **settings: Any,
) -> AsyncIterator[World]:
    """A world in `folder` that begins then; with `before` it is that one after a restart: same server, same clock."""
    clock = before.clock if before else ManualClock(begin)
    world = World(folder, clock, before.remote if before else FakeSource(clock))
    async with open_app(
        a_settings(folder, **settings),
        source=world.remote,
        publisher=publisher,
        reached=world.reached,
        clock=clock,
        program="a test",
    ) as world.app:
        yield world
