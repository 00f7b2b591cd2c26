"""The SFTP source against servers and networks that do what a good one never does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncssh
import pytest

from bot.domain.files import MAX_BYTES
from bot.errors import FileChanged, FileUnreadable, FileVanished, SourceAway, SourceError, SourceRefused
from bot.ingest.sftp import SftpSource, quiet_aborted_tasks
from bot.ingest.source import Entry, Kind
from tests.ingest.conftest import Opener
from tests.rigs.asyncssh_server import FakeServer, named
from tests.rigs.relay import Relay, relaying
from tests.rigs.sshd import Sshd

NAME = "2025-10-02-211808-supply-round-1.txt"

HOSTILE = {
    b"../evil.txt": "../evil.txt",
    b"/etc/evil": "/etc/evil",
    b"..\\evil": r"..\x5cevil",
    b"nul\0.txt": r"nul\x00.txt",
    b"two\nlines": r"two\x0alines",
    b"caf\xe9": r"caf\xe9",
    b"\xe2\x80\xaetxt.exe": r"\xe2\x80\xaetxt.exe",
    b"x" * 300: "x" * 300,
    b"": "",
}


def through(relay: Relay, rig: Sshd | FakeServer) -> dict[str, object]:
    """Settings that go by the relay, whose address has the server's key."""
    _, algorithm, blob, *_ = rig.known_hosts.read_text().split()
    path = rig.home / "known_by_relay"
    path.write_text(f"[127.0.0.1]:{relay.port} {algorithm} {blob}\n")
    return {"port": relay.port, "known_hosts": path}


def hurry(source: SftpSource) -> None:
    """Let its deadlines pass soon."""
    source.connect_timeout = source.login_timeout = source.answer_timeout = source.file_grace = 0.25
    source.listing_timeout = 0.5


def calm(source: SftpSource) -> None:
    """Give it time, also on a busy machine."""
    source.connect_timeout = source.login_timeout = source.answer_timeout = source.file_grace = 10
    source.listing_timeout = 20


def put(rig: Sshd | FakeServer, content: bytes, name: str = NAME) -> Entry:
    """Write a file for the server to serve; its entry."""
    (rig.folder / name).write_bytes(content)
    return Entry(name, len(content), 0)


async def test_hostile_names_are_listed_escaped_and_never_opened(fake: FakeServer, open_source: Opener) -> None:
    fake.listing = [named(b"."), named(b".."), *(named(raw) for raw in HOSTILE)]
    source = open_source(fake)
    entries = await source.list()
    assert [entry.name for entry in entries] == list(HOSTILE.values())
    for entry in entries:
        with pytest.raises((FileUnreadable, FileVanished)):
            await source.read(entry)
    assert fake.opened == [bytes(fake.folder) + b"/" + b"x" * 300]


async def test_what_a_server_leaves_out_or_exaggerates_is_no_file(fake: FakeServer, open_source: Opener) -> None:
    bare = asyncssh.SFTPName(b"bare.txt", b"", asyncssh.SFTPAttrs(size=5))
    fake.listing = [bare, named(b"huge.txt", size=(1 << 64) - 1), named(b"device", mode=0o020644)]
    bare_one, huge, device = await open_source(fake).list()
    assert (bare_one.kind, device.kind) == (Kind.OTHER, Kind.OTHER)
    assert huge.size == (1 << 63) - 1  # what the database can hold


async def test_a_listing_that_fails_half_way_gives_nothing(fake: FakeServer, open_source: Opener) -> None:
    fake.listing = [named(b"%d.txt" % number) for number in range(500)]
    fake.list_error = asyncssh.SFTPFailure("disk on fire\n\x1b[31m")
    source = open_source(fake)
    with pytest.raises(SourceAway, match=r"disk on fire\\x0a\\x1b\[31m"):
        await source.list()
    fake.list_error = None
    assert len(await source.list()) == 500


async def test_a_listing_that_cannot_be_decoded_is_away(fake: FakeServer, open_source: Opener) -> None:
    class Torn(asyncssh.SFTPName):
        def encode(self, sftp_version: int) -> bytes:
            return b"\xff\xff\xff\xff"

    fake.listing = [named(b"good.txt"), Torn(b"", b"", asyncssh.SFTPAttrs())]
    source = open_source(fake)
    with pytest.raises(SourceAway):
        await source.list()
    fake.listing = []
    assert await source.list() == []


async def test_no_permission_on_the_folder_needs_a_person(fake: FakeServer, open_source: Opener) -> None:
    fake.errors["list"] = fake.errors["stat"] = asyncssh.SFTPPermissionDenied("no")
    source = open_source(fake)
    for ask in (source.list, source.folder_mtime):
        with pytest.raises(SourceRefused, match=r"stats on .* cannot be read: no permission"):
            await ask()


@pytest.mark.parametrize("sent", [b"", b"1234", b"123456", b"x" * (4 << 20)])
async def test_a_file_that_does_not_have_its_listed_size_has_changed(
    fake: FakeServer, open_source: Opener, sent: bytes
) -> None:
    entry = put(fake, b"12345")
    fake.grown[NAME.encode()] = sent
    with pytest.raises(FileChanged):
        await open_source(fake).read(entry)


async def test_a_file_that_the_server_refuses_is_unreadable_alone(fake: FakeServer, open_source: Opener) -> None:
    entry, other = put(fake, b"12345"), put(fake, b"1", "other.txt")
    source = open_source(fake)
    for verb in ("open", "read"):
        fake.errors = {verb: asyncssh.SFTPPermissionDenied("hands off")}
        with pytest.raises(FileUnreadable, match=f"{NAME}: hands off"):
            await source.read(entry)
    fake.errors = {}
    assert await source.read(other) == b"1"
    assert fake.logins == 1


async def test_at_most_64_files_are_open_at_once(fake: FakeServer, open_source: Opener) -> None:
    entries = [put(fake, b"1", f"{number}.txt") for number in range(300)]
    await asyncio.gather(*map(open_source(fake).read, entries))
    assert 32 <= fake.most_at_once <= 64


async def by_stat(source: SftpSource) -> object:
    return await source.folder_mtime()


async def by_list(source: SftpSource) -> object:
    return await source.list()


async def by_lstat(source: SftpSource) -> object:
    return await source.look_at([NAME])


async def by_read(source: SftpSource) -> object:
    return await source.read(Entry(NAME, 5, 0))


Ask = Callable[[SftpSource], Awaitable[object]]
STAGES = [
    ("stat", by_stat, SourceAway),
    ("list", by_list, SourceAway),
    ("list end", by_list, SourceAway),
    ("lstat", by_lstat, SourceAway),
    ("open", by_read, FileUnreadable),
    ("read", by_read, FileUnreadable),
    ("close", by_read, FileUnreadable),
]


@pytest.mark.parametrize(("verb", "ask", "error"), STAGES)
async def test_an_answer_that_never_comes_ends_the_connection_and_the_next_call_opens_another(
    fake: FakeServer, open_source: Opener, verb: str, ask: Ask, error: type[Exception]
) -> None:
    put(fake, b"12345")
    source = open_source(fake)
    await source.folder_mtime()
    fake.hang.add(verb)
    hurry(source)
    began = time.monotonic()
    with pytest.raises(error):
        await ask(source)
    assert time.monotonic() - began < 2
    fake.hang.clear()
    calm(source)
    await ask(source)
    assert fake.logins == 2


async def test_one_file_that_hangs_is_unreadable_and_the_others_only_have_to_be_asked_for_again(
    fake: FakeServer, open_source: Opener
) -> None:
    slow, quick = put(fake, b"12345"), put(fake, b"x" * 40960, "quick.txt")  # 10 s more patience
    source = open_source(fake)
    await source.folder_mtime()
    fake.hang.add("read")
    hurry(source)
    first, second = await asyncio.gather(source.read(slow), source.read(quick), return_exceptions=True)
    assert isinstance(first, FileUnreadable)
    assert "too slow" in str(first)
    assert isinstance(second, SourceAway)
    fake.hang.clear()
    calm(source)
    assert len(await source.read(quick)) == 40960


@pytest.mark.parametrize("tenths", range(11))
async def test_silence_at_any_moment_of_the_login_ends_it_and_the_next_one_succeeds(
    sshd: Sshd, open_source: Opener, tenths: int
) -> None:
    async with relaying(sshd.port) as relay:
        source = open_source(sshd, **through(relay, sshd))
        await source.folder_mtime()
        await source.close()
        whole = relay.passed
        relay.silent_after = (whole - 1) * tenths // 10  # 0: not even a banner; whole - 1: SFTP is about to start
        hurry(source)
        began = time.monotonic()
        with pytest.raises(SourceAway):
            await source.folder_mtime()
        assert time.monotonic() - began < 2
        relay.heal()
        calm(source)
        await source.folder_mtime()


async def test_a_port_that_accepts_and_says_nothing_is_away(sshd: Sshd, open_source: Opener) -> None:
    async with relaying(sshd.port) as relay:
        relay.silent = True
        source = open_source(sshd, **through(relay, sshd))
        hurry(source)
        with pytest.raises(SourceAway, match="no answer in time"):
            await asyncio.wait_for(source.list(), 2)


async def test_keepalive_finds_a_dead_link_before_a_patient_deadline(sshd: Sshd, open_source: Opener) -> None:
    async with relaying(sshd.port) as relay:
        settings = through(relay, sshd) | {"answer_timeout": 60, "keepalive_interval": 0.1, "keepalive_count_max": 2}
        source = open_source(sshd, **settings)
        await source.folder_mtime()
        relay.silent = True
        with pytest.raises(SourceAway):
            await asyncio.wait_for(source.folder_mtime(), 3)


async def test_a_trickle_is_too_slow_for_its_file_and_polling_goes_on(sshd: Sshd, open_source: Opener) -> None:
    entry = put(sshd, bytes(MAX_BYTES))
    async with relaying(sshd.port) as relay:
        source = open_source(sshd, **through(relay, sshd) | {"file_rate": 1e9})
        await source.list()
        relay.trickle_after = relay.passed
        hurry(source)
        with pytest.raises(FileUnreadable, match="too slow"):
            await source.read(entry)
        relay.heal()
        calm(source)
        assert (await source.list())[0].size == MAX_BYTES


@pytest.mark.parametrize("after", [0, 1, 100, 2_000, 50_000, 200_000])
async def test_a_connection_that_breaks_during_a_read_gives_no_part(
    sshd: Sshd, open_source: Opener, after: int
) -> None:
    entry = put(sshd, b"x" * 204_800)
    async with relaying(sshd.port) as relay:
        source = open_source(sshd, **through(relay, sshd))
        await source.folder_mtime()
        relay.reset_after = relay.passed + after
        with pytest.raises(SourceAway):
            await source.read(entry)
        relay.heal()
        assert len(await source.read(entry)) == 204_800


@pytest.mark.parametrize("breaks", [True, False])
async def test_a_listing_cut_anywhere_gives_all_or_nothing(sshd: Sshd, open_source: Opener, breaks: bool) -> None:
    for number in range(1000):
        put(sshd, b"", f"{number}.txt")
    async with relaying(sshd.port) as relay:
        source = open_source(sshd, **through(relay, sshd))
        await source.folder_mtime()
        for after in range(0, 100_000, 10_000 if breaks else 50_000):
            limit = relay.passed + after
            relay.reset_after, relay.silent_after = (limit, None) if breaks else (None, limit)
            hurry(source)
            with pytest.raises(SourceAway):
                await source.list()
            relay.heal()
            calm(source)
            await source.folder_mtime()
        assert len(await source.list()) == 1000


@pytest.mark.parametrize("ask", [by_stat, by_list, by_lstat, by_read])
async def test_a_cancelled_caller_leaves_at_once_even_on_a_dead_link(sshd: Sshd, open_source: Opener, ask: Ask) -> None:
    put(sshd, b"12345")
    async with relaying(sshd.port) as relay:
        source = open_source(sshd, **through(relay, sshd))
        await source.folder_mtime()
        relay.silent = True
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask(source), 0.1)
        assert time.monotonic() - began < 0.3


async def test_closing_ends_what_hangs_without_waiting_for_it(fake: FakeServer, open_source: Opener) -> None:
    entry = put(fake, b"12345")
    source = open_source(fake)
    fake.hang.update({"read", "list"})
    asking = [asyncio.create_task(work) for work in (source.read(entry), source.list())]
    await asyncio.sleep(0.3)
    await asyncio.wait_for(source.close(), 2)
    for outcome in await asyncio.gather(*asking, return_exceptions=True):
        assert isinstance(outcome, SourceAway)


async def test_closing_while_it_is_being_opened_is_no_cancellation_of_the_caller(
    sshd: Sshd, open_source: Opener
) -> None:
    async with relaying(sshd.port) as relay:
        relay.silent = True
        source = open_source(sshd, **through(relay, sshd) | {"connect_timeout": 30, "login_timeout": 30})
        asking = asyncio.create_task(source.folder_mtime())
        await asyncio.sleep(0.1)
        await asyncio.wait_for(source.close(), 1)
        with pytest.raises(SourceAway, match="closed"):
            await asking


async def test_an_outage_at_any_moment_is_an_expected_error(sshd: Sshd, open_source: Opener, tmp_path: Path) -> None:
    entries = [put(sshd, b"12345", f"{number}.txt") for number in range(200)]
    async with relaying(sshd.port) as relay:
        source = open_source(sshd, **through(relay, sshd))
        for pause in (0.02, 0.05, 0.08, 0.1, 0.12):
            reading = asyncio.gather(*map(source.read, entries), return_exceptions=True)
            await asyncio.sleep(pause)
            await relay.drop()
            outcomes = await reading
            assert all(outcome == b"12345" or isinstance(outcome, SourceError) for outcome in outcomes)
        await asyncio.sleep(0.05)  # the end of the last connection has to arrive
        assert await source.read(entries[0]) == b"12345"


async def test_only_what_the_ssh_library_left_behind_is_quiet(caplog: pytest.LogCaptureFixture) -> None:
    reports = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reports.append(context["message"]))
    quiet_aborted_tasks(loop)
    loop.call_exception_handler({"message": "ssh", "exception": asyncssh.ConnectionLost("gone")})
    loop.call_exception_handler({"message": "ours", "exception": ValueError("bug")})
    loop.call_exception_handler({"message": "no exception"})
    assert reports == ["ours", "no exception"]
