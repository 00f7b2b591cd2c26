"""Mistakes of a set-up on this machine: the doctor names each with its fix, and so does the start, in one sentence."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot import invocation, process
from bot.app import open_app
from bot.errors import StoreError
from bot.lock import instance_lock
from bot.settings import BOT_NEEDS, Settings, load
from bot.store.file.database import opened
from bot.store.file.migrate import APPLICATION_ID
from bot.watch.doctor import database, home
from bot.watch.doctor.check import Check, CheckState
from tools import doctor

NOBODY = 65534


@pytest.fixture(autouse=True)
def nothing_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting of this machine is heard; logging and umask are as before in the end."""
    for name in (*Settings.model_fields, invocation.FOLDER):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    umask = os.umask(0o022)
    yield
    os.umask(umask)
    root.handlers[:], root.level = before
    invocation.choose(None)


GOOD = {
    "STATS_CHANNEL_ID": "1", "ADMIN_CHANNEL_ID": "2", "SSH_HOST": "127.0.0.1", "SSH_PORT": "1", "SSH_USER": "user",
    "SSH_KEY_PATH": "key", "REMOTE_STATS_PATH": "/stats",
}  # fmt: skip
"""Without a token: Discord is not asked."""


def write_env(**changed: str) -> None:
    lines = [f"{name}={value}\n" for name, value in {**GOOD, **changed}.items()]
    Path(".env").write_text("".join(lines), encoding="utf-8")
    Path(".env").chmod(0o600)
    Path("key").touch(mode=0o600)


def the_doctor() -> list[Check]:
    """What `--json` prints, which is always of this form."""
    done = CliRunner().invoke(doctor.cli, ["--json"])
    assert done.exit_code in (0, 1), done.output
    told: dict[str, Any] = json.loads(done.stdout)
    checks = [Check(c["name"], CheckState(c["state"]), c["text"], c["fix"]) for c in told["checks"]]
    assert all((check.fix == "") == (check.state is CheckState.OK) for check in checks)
    assert done.exit_code == any(check.state is not CheckState.OK for check in checks)
    return checks


def named(checks: list[Check]) -> str:
    """What is not well."""
    return "\n".join(check.sentence for check in checks if check.state is not CheckState.OK)


def the_start(capsys: pytest.CaptureFixture[str]) -> str:
    """What a start says that ends at once for its settings."""
    assert process.main() == process.CONFIGURATION
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said


SETTINGS = [
    pytest.param({"STATS_CHANNEL_ID": "#stats"}, ["STATS_CHANNEL_ID", "no number", "copy its id"], id="3 a name"),
    pytest.param({"STATS_CHANNEL_ID": "1,2"}, ["STATS_CHANNEL_ID", "no number"], id="3 two"),
    pytest.param({"SSH_KEY_PATH": "nowhere"}, ["SSH_KEY_PATH", "no file"], id="14 missing"),
    pytest.param({"SSH_KEY_PATH": "."}, ["SSH_KEY_PATH", "no file"], id="14 a folder"),
    pytest.param({"REMOTE_STATS_PATH": "~et/stats"}, ["REMOTE_STATS_PATH", "~/"], id="22 a home"),
    pytest.param({"SERVER_TIMEZONE": "CET+1"}, ["SERVER_TIMEZONE", "Europe/Berlin"], id="26 CET+1"),
    pytest.param({"SERVER_TIMEZONE": "Berlin"}, ["SERVER_TIMEZONE", "Europe/Berlin"], id="26 Berlin"),
    pytest.param({"SSH_HOST": "host:22"}, ["SSH_HOST", "SSH_PORT=22"], id="29 a port"),
    pytest.param({"SSH_HOST": "sftp://u@h/stats"}, ["SSH_HOST=h", "SSH_USER=u"], id="29 an address"),
    pytest.param({"SESSION_GAP_MINUTES": "5"}, ["SESSION_GAP_MINUTES", "30"], id="40 gap"),
    pytest.param({"WIN_POINTS": "3"}, ["WIN_POINTS", "2"], id="40 points"),
    pytest.param({"POLL_INTERVAL_SECONDS": "0"}, ["POLL_INTERVAL_SECONDS", "1"], id="40 interval"),
    pytest.param({"SSH_HOSTT": "x", "SSH_HOST": ""}, ["SSH_HOSTT", "did you mean SSH_HOST"], id="34 misspelt"),
]


@pytest.mark.parametrize(("changed", "words"), SETTINGS)
def test_a_wrong_setting(changed: dict[str, str], words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    write_env(**changed)
    for said in (named(the_doctor()), the_start(capsys)):
        assert [word for word in words if word not in said] == [], said


ENCODINGS = [
    pytest.param("SSH_HOST=x\n".encode("utf-16"), "UTF-16", id="35 UTF-16"),
    pytest.param("SSH_HOST=x\n".encode("utf-16-le"), "UTF-16", id="35 UTF-16 without a mark"),
    pytest.param("SSH_HOST=x\nSSH_USER=Jürgen\n".encode("latin-1"), "line 2", id="35 Latin-1"),
]


@pytest.mark.parametrize(("data", "word"), ENCODINGS)
def test_a_file_that_is_no_utf8(data: bytes, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(".env").write_bytes(data)
    Path(".env").chmod(0o600)
    for said in (named(the_doctor()), the_start(capsys)):
        assert ".env" in said
        assert word in said
        assert "save it as UTF-8" in said


def test_no_file_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    for said in (named(the_doctor()), the_start(capsys)):
        assert f"there is no .env in {Path.cwd()}" in said
        assert "--dir" in said
        assert "ETSTATS_DIR" in said


def test_where_nothing_is_set_every_part_says_so() -> None:
    names = [check.name for check in the_doctor()]
    assert {name.upper() for name in BOT_NEEDS} <= {*names}
    assert {".env", "packages", "database", "disk space", "game server", "Discord"} <= {*names}


def test_what_discord_copies_is_taken_as_the_id_that_is_in_it() -> None:
    link = "https://discord.com/channels/200000000000000001/300000000000000002"
    mention = "<#123456789012345678>"
    write_env(DISCORD_TOKEN="a.b.c", STATS_CHANNEL_ID=mention, ADMIN_CHANNEL_ID=link, ADMIN_ROLE_ID="<@&7>")
    settings = load(*BOT_NEEDS)
    ids = (settings.stats_channel_id, settings.admin_channel_id, settings.admin_role_id)
    assert ids == (123456789012345678, 300000000000000002, 7)


ODD = [
    pytest.param("SSH_PORT=1\nSSH_PORT=2\n", ["SSH_PORT", "more than once"], id="34 twice"),
    pytest.param("SSH_PASSWORD=ab #cd\n", ["SSH_PASSWORD", "#", "single quotes"], id="36 a hash"),
    pytest.param("SSH_PASSWORD=#ab #cd\n", ["SSH_PASSWORD", "single quotes"], id="36 a hash first"),
    pytest.param("ab cd\n", [".env, line 8 is no NAME=value"], id="a line that is no setting"),
    pytest.param("ab\n", [".env, line 8 is no NAME=value"], id="a pasted word"),
    pytest.param("SSH_PASSWORD='ab\n", [".env, line 8", "quotes"], id="an open quote"),
    pytest.param("SERVER_TIMEZON=UTC\n", ["did you mean SERVER_TIMEZONE"], id="34 misspelt"),
]


@pytest.mark.parametrize(("lines", "words"), ODD)
def test_what_is_not_what_it_seems_is_said(
    lines: str, words: list[str], capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    write_env()
    with Path(".env").open("a") as file:
        file.write(lines)
    process._warn(Settings())
    for said in (named(the_doctor()), caplog.text):
        assert [word for word in words if word not in said] == [], said
        assert "ab" not in said.replace("about", ""), "a secret"


def test_what_is_odd_is_said_beside_what_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    write_env(SSH_PORT="no port", SSH_PASSWORD="#canary #rest")
    with Path(".env").open("a") as file:
        file.write("a canary line\nSSH_HOTS=x\n")
    assert process.main() == process.CONFIGURATION
    said = capsys.readouterr().err
    for words in (
        "SSH_PORT: this is no number",
        "the value of SSH_PASSWORD is taken for a comment",
        ".env, line 9 is no NAME=value",
        "SSH_HOTS: did you mean SSH_HOST?",
    ):
        assert said.count(words) == 1, said
    assert "canary" not in said


def test_a_password_is_what_stands_in_the_file() -> None:
    write_env(SSH_PASSWORD="'a${HOME}b #c'")
    password = load().ssh_password
    assert password is not None
    assert password.get_secret_value() == "a${HOME}b #c"
    assert "SSH_PASSWORD" not in named(the_doctor())


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_settings_for_everybody(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    write_env()
    Path(".env").chmod(0o644)
    process._warn(Settings())
    for said in (named(the_doctor()), caplog.text):
        assert "can be read by other users" in said
        assert "chmod 600 .env" in said
    Path(".env").chmod(0o666)
    for said in (named(the_doctor()), the_start(capsys)):
        assert "can be written by other users" in said


async def start_of_the_database(**changed: Any) -> str:
    """What the start says, which ends there."""
    settings = Settings(**changed)
    with pytest.raises(StoreError) as caught:
        async with open_app(settings):
            pass
    return str(caught.value)


def open_up(folder: Path) -> None:
    """Let others in, as they are let into the folders of a machine."""
    above = [place for place in folder.parents if place.is_relative_to(tempfile.gettempdir())]
    for place in (folder, *above):
        if place.stat().st_uid == os.geteuid() and not place.stat().st_mode & 0o001:
            place.chmod(place.stat().st_mode | 0o055)


async def looked_at(path: Path) -> str:
    return named([*await asyncio.to_thread(lambda: [*database.at(path)])])


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


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
        checks = [*database.at(path)]
        assert [check.text for check in checks if check.name == "instance"] == [
            f"the bot, process {os.getpid()} has the database"
        ]
    assert any(check.text == "the bot does not run now" for check in database.at(path))
    (tmp_path / "second.db").hardlink_to(path)
    for said in (await looked_at(path), await start_of_the_database(database_path=path)):
        assert "2 names (hard links)" in said


async def test_a_damaged_database_is_named_with_the_way_back(tmp_path: Path) -> None:
    path = tmp_path / "stats.db"
    async with opened(path):
        pass
    data = bytearray(path.read_bytes())
    data[4096 * 2 : 4096 * 4] = b"\xff" * 4096 * 2
    path.write_bytes(data)
    assert "tools.restore" in await looked_at(path)


def test_little_room_and_a_disk_of_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LITTLE", 1 << 60)
    path = tmp_path / "stats.db"
    assert "are free on the disk" in named([*database.at(path)])
    monkeypatch.setattr(database, "_NETWORK", (database._kind_of_mount(tmp_path),))
    if database._kind_of_mount(tmp_path):
        assert "network file system" in named([*database.at(path)])


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_copies_and_charts_without_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_up(tmp_path)
    tmp_path.chmod(0o555)
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "no" / "where"))
    try:
        with as_nobody():
            copies, charts = database.local_copies(tmp_path / "local_stats"), named([*home.program()])
    finally:
        tmp_path.chmod(0o755)
    assert copies.state is CheckState.WARNING
    assert "MPLCONFIGDIR" in charts


def test_fonts_and_packages_that_are_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "packages" not in named([*home.program()])
    monkeypatch.setattr(home, "_FONTS", tmp_path)
    monkeypatch.setattr(home, "_PACKAGES", ("asyncssh", "no-such-package"))
    said = named([*home.program()])
    assert "missing: no-such-package" in said
    assert "posts come as text" in said
