"""Mistakes about the database: the doctor names each with its fix, and so does the start, in the same words."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_app
from bot.errors import DatabaseClosed, StoreError
from bot.lock import instance_lock
from bot.settings import Settings, raw_values
from bot.store.file import backups
from bot.store.file.database import opened
from bot.store.file.migrate import APPLICATION_ID
from bot.watch.doctor import database
from bot.watch.doctor.check import CheckState
from tests.watch.mistakes import NOBODY, as_nobody, named, open_up, the_start, write_env

pytestmark = pytest.mark.usefixtures("nothing_is_set")


async def start_of_the_database(**changed: Any) -> str:
    """What the start says, which ends there."""
    settings = Settings(**changed)
    with pytest.raises(StoreError) as caught:
        async with open_app(settings):
            pass
    return str(caught.value)


async def looked_at(path: Path) -> str:
    return named(await asyncio.to_thread(lambda: [*database.at(path, path.parent / "backups")]))


@pytest.mark.skipif(os.name != "posix", reason="modes and owners")
@pytest.mark.parametrize("closed", ["folder", "file"])
async def test_a_database_that_may_not_be_written(tmp_path: Path, closed: str) -> None:
    open_up(tmp_path)
    folder = tmp_path / "data"
    folder.mkdir()
    async with opened(folder / "stats.db"):
        pass
    folder.chmod(0o555 if closed == "folder" else 0o777)
    (folder / "stats.db").chmod(0o666 if closed == "folder" else 0o444)
    (folder / "stats.db.lock").touch(mode=0o666)
    try:
        with as_nobody():
            doctors, starts = (
                await looked_at(folder / "stats.db"),
                await start_of_the_database(database_path=folder / "stats.db", local_stats_dir=folder),
            )
    finally:
        folder.chmod(0o755)
    for said in (doctors, starts):
        assert "DATABASE_PATH" in said
        assert "cannot be written" in said
        assert "mode 0" in said
        assert "chown" in said


async def test_a_folder_for_a_database(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for said in (await looked_at(tmp_path / "data"), await start_of_the_database(database_path=tmp_path / "data")):
        assert "is a folder" in said
        assert "DATABASE_PATH" in said
    assert await looked_at(tmp_path / "no" / "such" / "folder" / "stats.db") == "", "the bot makes it"


def a_file_above(home: Path) -> Path:
    (home / "known_hosts").touch()
    return home / "known_hosts" / "stats.db"


def a_pipe(home: Path) -> Path:
    os.mkfifo(home / "stats.db")
    return home / "stats.db"


def a_circle(home: Path) -> Path:
    (home / "a.db").symlink_to("b.db")
    (home / "b.db").symlink_to("a.db")
    return home / "a.db"


def a_link_below_a_file(home: Path) -> Path:
    (home / "file").touch()
    (home / "stats.db").symlink_to(home / "file" / "stats.db")
    return home / "stats.db"


@pytest.mark.skipif(os.name != "posix", reason="pipes")
@pytest.mark.parametrize(
    ("made", "words"),
    [
        (a_file_above, "known_hosts is a file, so there can be no database in it"),
        (a_pipe, "is no ordinary file, but a pipe"),
        (a_circle, "is a link that leads in a circle"),
        (a_link_below_a_file, "stats.db is a link to "),
    ],
)
def test_a_path_that_no_database_can_have_is_one_mistake_with_one_name(
    tmp_path: Path, made: Callable[[Path], Path], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_env(DISCORD_TOKEN="a.b.c", DATABASE_PATH=str(made(tmp_path)))
    settings = Settings(_env_file=None, database_path=Path(raw_values()["database_path"]))
    doctors = [*database.at(settings.database_path, settings.backups), *database.folders(settings)]
    assert [check.name for check in doctors if check.state is not CheckState.OK] == ["DATABASE_PATH"]
    starts = the_start(capsys)
    for said in (named(doctors), starts):
        assert words in said
        assert said.count("set DATABASE_PATH to a file in a folder") == 1
        assert "BACKUP_DIR" not in said
        assert "File exists" not in said


async def test_somebody_elses_database(tmp_path: Path) -> None:
    other, older, newer = (tmp_path / f"{name}.db" for name in ("other", "older", "newer"))
    for path, script in (
        (other, "CREATE TABLE bookmarks (url TEXT)"),
        (older, "CREATE TABLE processed_files (filename, success); CREATE TABLE sessions (session_date)"),
        (newer, f"CREATE TABLE x (y); PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 999"),
    ):
        with closing(sqlite3.connect(path)) as con:
            con.executescript(script)
    for path, words in (
        (other, ["belongs to another program", "DATABASE_PATH"]),
        (older, ["older design", f"tools.diagnose_file_sync --database {older}", "DATABASE_PATH"]),
        (newer, ["newer version", "install that version again"]),
    ):
        for said in (await looked_at(path), await start_of_the_database(database_path=path)):
            assert [word for word in words if word not in said] == [], said


async def test_a_second_instance_and_a_second_name(tmp_path: Path) -> None:
    path = tmp_path / "stats.db"
    async with opened(path):
        pass
    with instance_lock(path, program="the bot"):
        checks = [*database.at(path, tmp_path / "backups")]
        assert [check.text for check in checks if check.name == "instance"] == [
            f"the bot, process {os.getpid()} has the database"
        ]
    assert any(check.text == "the bot does not run now" for check in database.at(path, tmp_path / "backups"))
    (tmp_path / "second.db").hardlink_to(path)
    for said in (await looked_at(path), await start_of_the_database(database_path=path)):
        assert "2 names (hard links)" in said


def overwritten(path: Path) -> None:
    path.write_bytes(b"\xff" * path.stat().st_size)


def damaged_inside(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096 * 2 : 4096 * 4] = b"\xff" * 4096 * 2
    path.write_bytes(data)


def damaged_at_once(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100:4096] = b"\xff" * (4096 - 100)
    path.write_bytes(data)


def made_newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as con:
        con.execute("PRAGMA user_version = 999")


def emptied(path: Path) -> None:
    path.write_bytes(b"")


BROKEN = [
    pytest.param(overwritten, "is no SQLite database", id="overwritten"),
    pytest.param(damaged_at_once, "is damaged", id="damaged, and cannot be opened"),
    pytest.param(damaged_inside, "is damaged", id="damaged, and can be opened"),
    pytest.param(made_newer, "install that version again; or ", id="38 newer"),
    pytest.param(emptied, "a new one", id="empty"),
    pytest.param(Path.unlink, "a new one", id="gone"),
]


@pytest.mark.parametrize(("break_it", "words"), BROKEN)
async def test_where_a_good_backup_is_there_both_name_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, break_it: Callable[[Path], None], words: str
) -> None:
    path = tmp_path / "stats.db"
    async with opened(path):
        pass
    good = backups.make(path, tmp_path / "backups", now=1_700_000_000, reached=lambda _step: None)
    bad = backups.make(path, tmp_path / "backups", now=1_700_000_100, reached=lambda _step: None)
    bad.path.write_bytes(b"")
    break_it(path)
    doctors, started = await looked_at(path), ""
    with caplog.at_level(logging.WARNING):
        try:
            async with open_app(Settings(database_path=path, local_stats_dir=tmp_path / "local_stats")):
                pass
        except StoreError as error:
            started = str(error)
    way_back = f"stop the bot, then `python -m tools.restore {good.path}` puts the last good backup, of 2023-11-14"
    for said in (doctors, started or caplog.text):
        assert words in said, said
        assert way_back in re.sub(r"`\S*python\S* -m", "`python -m", said), said
        assert "to a new file" not in said, "the backup is the better way"
    told = f"{started}\n{caplog.text}"
    assert told.count("the database is damaged") <= 1, "one sentence, and not itself in brackets"
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) + bool(started) <= 1, "one line in all"


async def test_a_start_that_goes_on_with_a_damaged_database_says_so_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "stats.db"
    async with opened(path) as db:
        page = await db.value("SELECT rootpage FROM sqlite_schema WHERE name = 'admin_log'")
    data = bytearray(path.read_bytes())
    data[4096 * (page - 1) : 4096 * page] = b"\xff" * 4096
    path.write_bytes(data)
    with caplog.at_level(logging.WARNING):
        async with open_app(Settings(database_path=path, local_stats_dir=tmp_path / "local_stats")):
            pass
    (line,) = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert line.startswith(f"{path} is damaged (")


async def test_a_damaged_database_without_a_backup_can_be_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "stats.db"
    async with opened(path):
        pass
    damaged_inside(path)
    assert "tools.rebuild --from" in await looked_at(path)


@pytest.mark.skipif(os.name != "posix", reason="modes")
@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (0o400, ["mode 0400", "chmod u+rw "]),
        (0o000, ["mode 0000", "chmod u+rw "]),
        (None, ["is a folder", "a file in it"]),
    ],
)
async def test_a_database_that_no_restart_makes_usable_is_an_error_of_its_own(
    tmp_path: Path, mode: int | None, words: list[str]
) -> None:
    open_up(tmp_path)
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    if os.geteuid() == 0:
        shutil.chown(home, NOBODY)
    path = home / "stats.db"
    with as_nobody():
        if mode is None:
            path.mkdir()
        else:
            with closing(sqlite3.connect(path)) as con:
                con.executescript(f"CREATE TABLE x (y); PRAGMA application_id = {APPLICATION_ID}")
            path.chmod(mode)
        doctors = await looked_at(path)
        with pytest.raises(DatabaseClosed) as caught:
            async with open_app(Settings(database_path=path, local_stats_dir=home)):
                pass
    for said in (str(caught.value), doctors):
        assert [word for word in [*words, "DATABASE_PATH"] if word not in said] == [], said


def test_little_room_and_a_disk_of_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LITTLE", 1 << 60)
    path = tmp_path / "stats.db"
    assert "are free on the disk" in named([*database.at(path, tmp_path)])
    monkeypatch.setattr(database, "_NETWORK", (database._kind_of_mount(tmp_path),))
    if database._kind_of_mount(tmp_path):
        assert "network file system" in named([*database.at(path, tmp_path)])
