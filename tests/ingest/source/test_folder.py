"""The folder source, on real folders."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from bot.domain.game.file.reasons import FileChanged, FileUnreadable, FileVanished
from bot.errors import SourceRefused
from bot.ingest.source.folder import FolderSource
from bot.ingest.source.remote import Entry, EntryKind, RemoteSource

NAME = "2025-10-02-211808-supply-round-1.txt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "stats"
    path.mkdir()
    return path


def source_of(folder: Path) -> RemoteSource:
    """A folder source is a remote source."""
    return FolderSource(folder)


async def test_a_listing_tells_size_time_and_kind_and_follows_no_link(folder: Path) -> None:
    (folder / NAME).write_bytes(b"12345")
    os.utime(folder / NAME, (0, 1_700_000_001.9))
    (folder / "folder").mkdir()
    (folder / "link").symlink_to(NAME)
    (folder / "broken").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")
    seen = {entry.name: entry for entry in await source_of(folder).list()}
    assert seen[NAME] == Entry(NAME, 5, 1_700_000_001, EntryKind.FILE)
    assert {name: entry.kind for name, entry in seen.items()} == {
        NAME: EntryKind.FILE,
        "folder": EntryKind.DIRECTORY,
        "link": EntryKind.LINK,
        "broken": EntryKind.LINK,
        "pipe": EntryKind.OTHER,
    }


async def test_names_that_are_no_text_survive(folder: Path) -> None:
    for raw in (b"caf\xe9.txt", b"two\nlines", b"back\\slash"):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + raw)).touch()
    names = {entry.name for entry in await source_of(folder).list()}
    assert names == {r"caf\xe9.txt", r"two\x0alines", r"back\x5cslash"}


async def test_the_folders_mtime_moves_when_a_file_comes(folder: Path) -> None:
    os.utime(folder, (0, 1_700_000_000))
    assert await source_of(folder).folder_mtime() == 1_700_000_000
    (folder / NAME).touch()
    assert (await source_of(folder).folder_mtime() or 0) > 1_700_000_000


async def test_looking_at_names_leaves_out_the_vanished(folder: Path) -> None:
    (folder / NAME).write_bytes(b"12")
    seen = await source_of(folder).look_at([NAME, "gone.txt"])
    assert list(seen) == [NAME]
    assert seen[NAME].size == 2


async def test_a_missing_folder_is_refused_and_not_mistaken_for_an_empty_one(folder: Path) -> None:
    source = source_of(folder)
    shutil.rmtree(folder)
    for ask in (source.list, source.folder_mtime):
        with pytest.raises(SourceRefused, match="stats cannot be read: No such file"):
            await ask()
    with pytest.raises(SourceRefused):
        await source.look_at([NAME])
    await source.close()


@pytest.mark.parametrize("size", [0, 1, 1 << 20])
async def test_a_file_is_read_whole(folder: Path, size: int) -> None:
    content = os.urandom(size)
    (folder / NAME).write_bytes(content)
    source = source_of(folder)
    (entry,) = await source.list()
    assert await source.read(entry) == content


@pytest.mark.parametrize("size", [4, 6])
async def test_a_file_of_another_size_has_changed(folder: Path, size: int) -> None:
    (folder / NAME).write_bytes(bytes(size))
    with pytest.raises(FileChanged):
        await source_of(folder).read(Entry(NAME, 5, 0))


async def test_a_file_that_is_gone_has_vanished(folder: Path) -> None:
    with pytest.raises(FileVanished):
        await source_of(folder).read(Entry(NAME, 5, 0))


async def test_what_took_a_files_place_is_not_followed_nor_waited_for(folder: Path) -> None:
    (folder / "secret").write_bytes(b"12345")
    (folder / "link.txt").symlink_to("secret")
    (folder / "folder.txt").mkdir()
    os.mkfifo(folder / "pipe.txt")
    for name in ("link.txt", "folder.txt", "pipe.txt"):
        with pytest.raises(FileUnreadable, match=name):
            await source_of(folder).read(Entry(name, 5, 0))


@pytest.mark.parametrize(
    "entry",
    [
        Entry("secret", 5, 0, EntryKind.LINK),
        Entry("secret", (1 << 20) + 1, 0),
        Entry("../stats/secret", 5, 0),
        Entry("nul\0", 5, 0),
        Entry(r"esc\x61ped", 5, 0),
        Entry("\u202esecret", 5, 0),
        Entry("", 5, 0),
    ],
)
async def test_what_is_no_safe_regular_file_is_not_opened(folder: Path, entry: Entry) -> None:
    (folder / "secret").write_bytes(b"12345")
    with pytest.raises(FileUnreadable):
        await source_of(folder).read(entry)
