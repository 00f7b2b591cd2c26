"""Servers that tell less of a file than others do, or what is not so: absent is not wrong, and a lie is no hold-up."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import asyncssh
import pytest

from bot.app import App, open_app
from bot.domain.audit.audit import AuditVerdict, DatabaseState
from bot.domain.audit.checks import audit
from bot.domain.audit.states import FileState, LedgerRow
from bot.domain.game.file.reasons import FileUnreadable
from bot.ingest.service import settle_first_run
from bot.ingest.source.listing import ALWAYS
from bot.ingest.source.remote import Entry, EntryKind
from bot.store import facts, ledger
from bot.watch.survey import gather
from rigs.builders import a_file_reason, an_r1
from rigs.servers.asyncssh_server import FakeServer
from rigs.servers.sshd import Sshd
from rigs.world import NIGHT, ManualClock, a_settings
from tests.ingest.conftest import NAME, Opener, put

R1 = an_r1()
FIELDS = ("size", "mtime", "permissions", "type")
EVERYWHERE = ("list", "lstat", "stat")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def put_round(rig: FakeServer | Sshd, clock: ManualClock, name: str = R1.name) -> None:
    (rig.folder / name).write_bytes(R1.data)
    os.utime(rig.folder / name, (clock.now(), clock.now()))


async def poll(app: App, clock: ManualClock, times: int, *, wait: float = 1.5) -> int:
    """So many polls as the bot makes them; how many files wait at the end."""
    assert app.live is not None
    pending = 0
    for _ in range(times):
        clock.pass_by(wait)
        done = await app.live.poller.poll()
        await settle_first_run(app.db, app.importer, done)
        pending = done.pending
    return pending


async def verdict(app: App) -> AuditVerdict:
    assert app.live is not None
    survey = await gather(
        app.db, server=app.server, mirror=app.mirror, source=app.live.source, thresholds=app.rules.thresholds,
        now=int(app.clock.now()), database=DatabaseState(), deep=True,
    )  # fmt: skip
    return audit(survey).verdict


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("silent", [("list",), ("list", "lstat"), EVERYWHERE])
async def test_what_a_listing_leaves_out_is_asked_for_or_done_without(
    fake: FakeServer, open_source: Opener, silent: tuple[str, ...], field: str
) -> None:
    put(fake, b"12345")
    os.utime(fake.folder / NAME, (NIGHT, NIGHT))
    (fake.folder / "server.log").touch()
    fake.withheld = {verb: {field} for verb in silent}
    source = open_source(fake)
    never = field if silent == EVERYWHERE else None
    entry = Entry(NAME, None if never == "size" else 5, None if never == "mtime" else NIGHT)
    listed = {one.name: one for one in await source.list()}
    assert (listed[NAME], len(listed)) == (entry, 2)
    assert await source.look_at([NAME]) == {NAME: entry}
    assert await source.read(entry) == b"12345"


@pytest.mark.parametrize("silent", [{"list": {"permissions"}}, {"list": {"type"}, "lstat": {"size"}}])
async def test_a_link_is_none_of_it_although_the_listing_does_not_say_so(
    fake: FakeServer, open_source: Opener, silent: dict[str, set[str]]
) -> None:
    (fake.folder / "target").write_bytes(b"12345")
    (fake.folder / NAME).symlink_to("target")
    other = NAME.replace("supply", "radar")
    (fake.folder / other).symlink_to("nowhere")
    fake.withheld = silent
    listed = {one.name: one.kind for one in await open_source(fake).list()}
    assert (listed[NAME], listed[other]) == (EntryKind.LINK, EntryKind.LINK)


async def test_a_server_without_lstat_is_asked_by_stat(fake: FakeServer, open_source: Opener) -> None:
    put(fake, b"12345")
    fake.listing = [asyncssh.SFTPName(NAME.encode(), b"", asyncssh.SFTPAttrs(mtime=NIGHT, atime=NIGHT))]
    fake.errors["lstat"] = asyncssh.SFTPOpUnsupported("never heard of it")
    (entry,) = await open_source(fake).list()
    assert entry.size == 5
    fake.errors["stat"] = asyncssh.SFTPOpUnsupported("nor of that")
    (entry,) = await open_source(fake).list()
    assert (entry.size, entry.kind) == (None, EntryKind.FILE)


async def test_a_file_of_unknown_size_is_read_to_its_end_and_to_the_limit(
    fake: FakeServer, open_source: Opener
) -> None:
    put(fake, b"")
    source = open_source(fake)
    for size in (0, 1, 261_120, 300_000, 1 << 20):
        fake.grown[NAME.encode()] = bytes(size)
        assert len(await source.read(Entry(NAME, None, None))) == size
    fake.grown[NAME.encode()] = bytes((1 << 20) + 1)
    with pytest.raises(FileUnreadable, match="outgrown"):
        await source.read(Entry(NAME, None, None))


@pytest.mark.parametrize("fields", [*({field} for field in FIELDS), {*FIELDS[:3]}])
async def test_whatever_a_server_never_tells_its_rounds_are_imported_once_and_are_news(
    tmp_path: Path, fake: FakeServer, open_source: Opener, clock: ManualClock, fields: set[str]
) -> None:
    fake.withheld = dict.fromkeys(EVERYWHERE, fields)
    async with open_app(a_settings(tmp_path), source=open_source(fake), clock=clock) as app:
        assert await poll(app, clock, 2) == 0
        put_round(fake, clock)
        assert await poll(app, clock, 6) == 0
        assert [row["state"] for row in await app.db.all("SELECT state FROM rounds")] == ["counted"]
        assert await app.db.value("SELECT count(*) FROM outbox") == 1
        assert await verdict(app) is AuditVerdict.HEALTHY
        opened = len(fake.opened)
        await poll(app, clock, 5, wait=700)
        assert len(fake.opened) == opened
    async with open_app(a_settings(tmp_path), source=open_source(fake), clock=clock) as app:
        await poll(app, clock, 5)
        assert (await app.db.value("SELECT count(*) FROM rounds"), len(fake.opened)) == (1, opened)


async def test_a_folder_without_a_time_is_listed_every_few_seconds(
    tmp_path: Path, fake: FakeServer, open_source: Opener, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    fake.withheld = {"stat": {"mtime"}}
    async with open_app(a_settings(tmp_path), source=open_source(fake), clock=clock) as app:
        await poll(app, clock, 3)
        put_round(fake, clock)
        await poll(app, clock, 3, wait=ALWAYS)
        assert await app.db.value("SELECT count(*) FROM rounds") == 1
    assert len([record for record in caplog.records if "does not move" in record.message]) == 1


async def test_a_file_that_sends_another_size_than_it_lists_holds_up_nothing(
    tmp_path: Path, fake: FakeServer, open_source: Opener, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    put_round(fake, clock)
    fake.grown[R1.name.encode()] = R1.data[:-5]
    async with open_app(a_settings(tmp_path), source=open_source(fake), clock=clock) as app:
        with caplog.at_level(logging.WARNING):
            assert await poll(app, clock, 4) == 0
            assert await facts.get(app.db, facts.FIRST_RUN) == "done"
            await poll(app, clock, 10, wait=100)
        row = (await ledger.find(app.db, app.server, [R1.name]))[R1.name]
        assert (row.state, row.attempts > 2) == (FileState.RETRYING, True)
        assert row.retry_at is not None
        assert row.retry_at > clock.now()
        assert len([record for record in caplog.records if "could not be read" in record.message]) == 1
        assert len(fake.opened) < 8
        fake.grown.clear()
        await poll(app, clock, 2, wait=5000)
        assert await app.db.value("SELECT count(*) FROM rounds") == 1


async def test_round_files_that_are_links_are_a_finding(
    tmp_path: Path, sshd: Sshd, open_source: Opener, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = sshd.home / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / R1.name).write_bytes(R1.data)
    (sshd.folder / R1.name).symlink_to(elsewhere / R1.name)
    async with open_app(a_settings(tmp_path), source=open_source(sshd), clock=clock) as app:
        await poll(app, clock, 3)
        assert await verdict(app) is AuditVerdict.ATTENTION
        assert "1 round files are never opened" in caplog.text
        (sshd.folder / R1.name).unlink()
        put_round(sshd, clock)
        await poll(app, clock, 4)
        assert await verdict(app) is AuditVerdict.HEALTHY


async def test_what_an_older_version_took_for_no_file_is_looked_at_again(
    tmp_path: Path, fake: FakeServer, open_source: Opener, clock: ManualClock
) -> None:
    put_round(fake, clock)
    async with open_app(a_settings(tmp_path), source=open_source(fake), clock=clock) as app:
        row = LedgerRow(R1.name, FileState.IGNORED, a_file_reason("device or other"), len(R1.data), int(clock.now()))
        await app.db.write(lambda tx: ledger.record(tx, app.server, [row], now=1))
    async with open_app(a_settings(tmp_path), source=open_source(fake), clock=clock) as app:
        await poll(app, clock, 3)
        assert await app.db.value("SELECT count(*) FROM rounds") == 1
