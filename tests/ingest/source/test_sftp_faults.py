"""The SFTP source against servers and networks that do what a good one never does."""

from __future__ import annotations

import asyncio
import time

import asyncssh
import pytest

from bot.domain.game.file.reasons import FileChanged, FileReasonCode, FileUnreadable, FileVanished
from bot.errors import SourceAway, SourceRefused
from bot.ingest.source.remote import EntryKind
from bot.ingest.source.sftp import quiet_aborted_tasks
from rigs.servers.asyncssh_server import FakeServer, named
from tests.ingest.conftest import NAME, Ask, Opener, by_list, by_lstat, by_read, by_stat, calm, hurry, put

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
    assert (bare_one.kind, device.kind) == (EntryKind.OTHER, EntryKind.OTHER)
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
        with pytest.raises(SourceRefused, match=r"stats on .* cannot be read, no permission"):
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
        with pytest.raises(FileUnreadable, match=f"{NAME}.*hands off"):
            await source.read(entry)
    fake.errors = {}
    assert await source.read(other) == b"1"
    assert fake.logins == 1


async def test_at_most_64_files_are_open_at_once(fake: FakeServer, open_source: Opener) -> None:
    entries = [put(fake, b"1", f"{number}.txt") for number in range(300)]
    await asyncio.gather(*map(open_source(fake).read, entries))
    assert 32 <= fake.most_at_once <= 64


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
    assert time.monotonic() - began < 10  # it does not wait for the verb
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
    assert first.reason.code is FileReasonCode.SLOW
    assert isinstance(second, SourceAway)
    fake.hang.clear()
    calm(source)
    assert len(await source.read(quick)) == 40960


async def test_closing_ends_what_hangs_without_waiting_for_it(fake: FakeServer, open_source: Opener) -> None:
    entry = put(fake, b"12345")
    source = open_source(fake)
    fake.hang.update({"read", "list"})
    asking = [asyncio.create_task(work) for work in (source.read(entry), source.list())]
    await asyncio.sleep(0.3)
    await asyncio.wait_for(source.close(), 2)
    for outcome in await asyncio.gather(*asking, return_exceptions=True):
        assert isinstance(outcome, SourceAway)


async def test_only_what_the_ssh_library_left_behind_is_quiet(caplog: pytest.LogCaptureFixture) -> None:
    reports = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reports.append(context["message"]))
    quiet_aborted_tasks(loop)
    loop.call_exception_handler({"message": "ssh", "exception": asyncssh.ConnectionLost("gone")})
    loop.call_exception_handler({"message": "ours", "exception": ValueError("bug")})
    loop.call_exception_handler({"message": "no exception"})
    assert reports == ["ours", "no exception"]
