"""The SFTP source against a real OpenSSH server."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.domain.game.file.reasons import FileChanged, FileUnreadable, FileVanished
from bot.errors import SourceAway, SourceRefused
from bot.ingest.source.remote import Entry, EntryKind
from rigs.servers.sshd import Sshd
from tests.ingest.conftest import Opener

ROUND = "2025-10-02-211808-supply-round-1.txt"


async def test_the_folders_mtime_is_the_servers(sshd: Sshd, open_source: Opener) -> None:
    os.utime(sshd.folder, (1_700_000_000, 1_700_000_123))
    assert await open_source(sshd).folder_mtime() == 1_700_000_123


async def test_a_listing_tells_size_time_and_kind_of_everything_and_follows_no_link(
    sshd: Sshd, open_source: Opener
) -> None:
    (sshd.folder / ROUND).write_bytes(b"12345")
    os.utime(sshd.folder / ROUND, (0, 1_700_000_001))
    (sshd.folder / "folder").mkdir()
    (sshd.folder / "link").symlink_to(ROUND)
    (sshd.folder / "broken").symlink_to("nowhere")
    os.mkfifo(sshd.folder / "pipe")
    seen = {entry.name: entry for entry in await open_source(sshd).list()}
    assert seen[ROUND] == Entry(ROUND, 5, 1_700_000_001, EntryKind.FILE)
    assert {name: entry.kind for name, entry in seen.items()} == {
        ROUND: EntryKind.FILE,
        "folder": EntryKind.DIRECTORY,
        "link": EntryKind.LINK,
        "broken": EntryKind.LINK,
        "pipe": EntryKind.OTHER,
    }


async def test_names_that_are_no_text_survive_a_listing(sshd: Sshd, open_source: Opener) -> None:
    for raw in (b"caf\xe9.txt", b"two\nlines", b"back\\slash"):
        Path(os.fsdecode(os.fsencode(sshd.folder) + b"/" + raw)).touch()
    names = {entry.name for entry in await open_source(sshd).list()}
    assert names == {r"caf\xe9.txt", r"two\x0alines", r"back\x5cslash"}


async def test_an_empty_folder_is_an_empty_listing(sshd: Sshd, open_source: Opener) -> None:
    assert await open_source(sshd).list() == []


async def test_looking_at_names_gives_what_is_there_now(sshd: Sshd, open_source: Opener) -> None:
    source = open_source(sshd)
    (sshd.folder / "a.txt").write_bytes(b"1")
    (sshd.folder / "l.txt").symlink_to("a.txt")
    assert (await source.look_at(["a.txt", "gone.txt"])).keys() == {"a.txt"}
    (sshd.folder / "a.txt").write_bytes(b"12")
    seen = await source.look_at(["a.txt", "l.txt"])
    assert (seen["a.txt"].size, seen["l.txt"].kind) == (2, EntryKind.LINK)
    assert await source.look_at([]) == {}


async def test_a_file_of_any_size_is_read_whole(sshd: Sshd, open_source: Opener) -> None:
    sizes = [0, 1, 1500, 261_119, 261_120, 261_121, 1 << 20]  # OpenSSH answers with 255 KiB at most
    contents = {f"{size}.txt": os.urandom(size) for size in sizes}
    for name, content in contents.items():
        (sshd.folder / name).write_bytes(content)
    source = open_source(sshd)
    for entry in await source.list():
        assert await source.read(entry) == contents[entry.name]


@pytest.mark.parametrize("size", [5, 261_120])
@pytest.mark.parametrize("step", [-1, 1])
async def test_a_file_of_another_size_than_listed_has_changed(
    sshd: Sshd, open_source: Opener, size: int, step: int
) -> None:
    (sshd.folder / ROUND).write_bytes(bytes(size))
    source = open_source(sshd)
    (entry,) = await source.list()
    (sshd.folder / ROUND).write_bytes(bytes(size + step))
    with pytest.raises(FileChanged, match=f"limit={size}"):
        await source.read(entry)


async def test_what_became_of_one_file_does_not_touch_the_others(sshd: Sshd, open_source: Opener) -> None:
    for name in ("gone.txt", "folder.txt", "good.txt"):
        (sshd.folder / name).write_bytes(b"123")
    source = open_source(sshd)
    seen = await source.look_at(["gone.txt", "folder.txt", "good.txt"])
    (sshd.folder / "gone.txt").unlink()
    (sshd.folder / "folder.txt").unlink()
    (sshd.folder / "folder.txt").mkdir()
    gone, folder, good = await asyncio.gather(*map(source.read, seen.values()), return_exceptions=True)
    assert isinstance(gone, FileVanished)
    assert isinstance(folder, FileUnreadable)
    assert good == b"123"
    assert logins(sshd) == 1


@pytest.mark.parametrize(
    "entry",
    [
        Entry("link.txt", 3, 0, EntryKind.LINK),
        Entry("pipe", 3, 0, EntryKind.OTHER),
        Entry("huge.txt", (1 << 20) + 1, 0),
        Entry("negative.txt", -1, 0),
        Entry("../evil.txt", 3, 0),
        Entry("..", 3, 0),
        Entry(r"nul\x00.txt", 3, 0),
        Entry("nul\0.txt", 3, 0),
    ],
)
async def test_what_is_no_safe_regular_file_is_refused_without_asking_the_server(
    sshd: Sshd, open_source: Opener, entry: Entry
) -> None:
    with pytest.raises(FileUnreadable):
        await open_source(sshd).read(entry)
    assert logins(sshd) == 0


async def test_everything_goes_over_one_connection(sshd: Sshd, open_source: Opener) -> None:
    for number in range(200):
        (sshd.folder / f"{number}.txt").write_bytes(b"x" * number)
    source = open_source(sshd)
    await asyncio.gather(*(source.folder_mtime() for _ in range(20)))
    entries = await source.list()
    files = await asyncio.gather(*map(source.read, entries))
    assert [len(content) for content in files] == [entry.size for entry in entries]
    assert logins(sshd) == 1


async def test_a_missing_folder_needs_a_person_and_is_found_when_it_comes(sshd: Sshd, open_source: Opener) -> None:
    source = open_source(sshd, folder=str(sshd.home / "later"))
    asks: list[Callable[[], Awaitable[object]]] = [source.folder_mtime, source.list, lambda: source.look_at([ROUND])]
    for ask in asks:
        with pytest.raises(SourceRefused, match=r"later on 127\.0\.0\.1 cannot be read, it is not there"):
            await ask()
    (sshd.home / "later").mkdir()
    assert await source.list() == []
    assert logins(sshd) == 1


async def test_a_server_that_restarts_is_away_and_then_there_again(sshd: Sshd, open_source: Opener) -> None:
    source = open_source(sshd)
    await source.folder_mtime()
    sshd.stop()
    with pytest.raises(SourceAway):
        await source.folder_mtime()
    with pytest.raises(SourceAway, match="Connection refused"):
        await source.folder_mtime()
    sshd.start()
    await source.folder_mtime()
    assert logins(sshd) == 2


async def test_a_host_that_does_not_exist_is_away(sshd: Sshd, open_source: Opener) -> None:
    sshd.known_hosts.write_text(sshd.known_hosts.read_text().replace("127.0.0.1", "no.such.host.invalid"))
    with pytest.raises(SourceAway, match=r"no\.such\.host\.invalid port \d+: "):
        await open_source(sshd, host="no.such.host.invalid").list()


async def test_a_server_without_sftp_needs_a_person(sshd: Sshd, open_source: Opener) -> None:
    sshd.stop()
    sshd.subsystem = None
    sshd.start()
    with pytest.raises(SourceRefused, match="offers no SFTP"):
        await open_source(sshd).list()


async def test_a_server_that_is_full_is_away_until_it_has_room(sshd: Sshd, open_source: Opener) -> None:
    sshd.stop()
    sshd.extra = "MaxStartups 1"
    sshd.start()
    source = open_source(sshd)
    with contextlib.ExitStack() as stack:
        for _ in range(50):  # until the probe that found it listening is forgotten
            other = stack.enter_context(socket.create_connection((sshd.host, sshd.port)))
            if other.recv(100).startswith(b"SSH-2.0-"):  # a session that never logs in
                break
            await asyncio.sleep(0.1)
        with pytest.raises(SourceAway):
            await source.folder_mtime()
    for _ in range(50):
        try:
            await source.folder_mtime()
            break
        except SourceAway:
            await asyncio.sleep(0.1)
    await source.folder_mtime()


async def test_a_caller_that_is_cancelled_leaves_the_connection_whole(sshd: Sshd, open_source: Opener) -> None:
    for number in range(300):
        (sshd.folder / f"{number}.txt").write_bytes(b"x")
    source = open_source(sshd)
    entries = await source.list()
    for pause in (0, 0.001, 0.01, 0.02):
        reading = asyncio.gather(*map(source.read, entries))
        await asyncio.sleep(pause)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    assert len(await source.list()) == 300
    assert await source.read(entries[0]) == b"x"
    assert logins(sshd) == 1


async def test_a_closed_source_may_be_closed_again_and_opens_anew_when_used(sshd: Sshd, open_source: Opener) -> None:
    source = open_source(sshd)
    await source.close()
    await source.folder_mtime()
    await source.close()
    await source.close()
    await source.folder_mtime()
    assert logins(sshd) == 2


def logins(sshd: Sshd) -> int:
    """How many log-ins its log tells of."""
    return sshd.log().count("Accepted publickey")
