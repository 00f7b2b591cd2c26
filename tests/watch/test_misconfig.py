"""Mistakes of a set-up on this machine: the doctor names each with its fix, and so does the start, in one sentence."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot import process
from bot.app import open_app
from bot.errors import BackupFailed, SettingsError, StatsBotError
from bot.ingest.source.remote import Entry
from bot.settings import BOT_NEEDS, Settings, load, mistake_in
from bot.store.file import backups
from bot.watch.doctor import database, home
from bot.watch.doctor.server import on_server
from rigs.builders import RoundFile, an_r1
from rigs.world import NIGHT, FakeSource, ManualClock, time_of
from tests.watch.mistakes import as_nobody, named, open_up, the_doctor, the_start, write_env
from tools import doctor, export
from tools.kit import run as kit_run
from tools.setup import __main__ as setup

pytestmark = pytest.mark.usefixtures("nothing_is_set")

SETTINGS = [
    pytest.param({"STATS_CHANNEL_ID": "#stats"}, ["STATS_CHANNEL_ID", "no number", "copy its id"], id="3 a name"),
    pytest.param({"STATS_CHANNEL_ID": "1,2"}, ["STATS_CHANNEL_ID", "no number"], id="3 two"),
    pytest.param({"SSH_KEY_PATH": "nowhere"}, ["SSH_KEY_PATH", "no file"], id="14 missing"),
    pytest.param({"SSH_KEY_PATH": "."}, ["SSH_KEY_PATH", "is a folder", "name the file"], id="14 a folder"),
    pytest.param({"REMOTE_STATS_PATH": "~et/stats"}, ["REMOTE_STATS_PATH", "~/"], id="22 a home"),
    pytest.param({"SERVER_TIMEZONE": "CET+1"}, ["SERVER_TIMEZONE", "Europe/Berlin"], id="26 CET+1"),
    pytest.param({"SERVER_TIMEZONE": "Berlin"}, ["SERVER_TIMEZONE", "Europe/Berlin"], id="26 Berlin"),
    pytest.param({"SSH_HOST": "host:22"}, ["SSH_HOST", "SSH_PORT=22"], id="29 a port"),
    pytest.param({"SSH_HOST": "sftp://u@h/stats"}, ["SSH_HOST=h", "SSH_USER=u"], id="29 an address"),
    pytest.param({"SESSION_GAP_MINUTES": "5"}, ["SESSION_GAP_MINUTES", "from 30 to 1440"], id="40 gap"),
    pytest.param({"WIN_POINTS": "3"}, ["WIN_POINTS", "from 1 to 2"], id="40 points"),
    pytest.param({"POLL_INTERVAL_SECONDS": "0"}, ["POLL_INTERVAL_SECONDS", "from 1 to 3600"], id="40 interval"),
    pytest.param(
        {"SSH_HOST": "game..example.org"}, ["SSH_HOST: this can be no host's name", "single dots"], id="two dots"
    ),
    pytest.param({"SSH_HOST": "a" * 64}, ["SSH_HOST: this can be no host's name", "63"], id="a long name"),
    pytest.param(
        {"AUDIT_GAP_HEALTHY": "200"},
        ["AUDIT_GAP_HEALTHY: 200 is above AUDIT_GAP_WARNING=100", "write 100 or less"],
        id="crossed gaps",
    ),
    pytest.param({"AUDIT_OLD_DAYS": "6"}, ["AUDIT_RECENT_DAYS: 7 is above AUDIT_OLD_DAYS=6"], id="crossed days"),
    pytest.param({"AUDIT_OLD_DAYS": "99999999999"}, ["AUDIT_OLD_DAYS", "from 1 to 3650"], id="too many days"),
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


@pytest.mark.parametrize("zeros", [b"\0", b"\0" * 512], ids=["one", "those of a power cut"])
def test_a_nul_byte_is_no_utf16(zeros: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    write_env()
    with Path(".env").open("ab") as file:
        file.write(b"SEASONS=" + zeros + b"\n")
    for said in (named(the_doctor()), the_start(capsys)):
        assert "line 8 has a NUL byte" in said
        assert "UTF-16" not in said


def test_no_file_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    for said in (named(the_doctor()), the_start(capsys)):
        assert f"there is no .env in {Path.cwd()}" in said
        assert "--dir" in said
        assert "tools.setup" in said
        assert "ETSTATS_DIR" in said


NUMBERS = [name for name, field in Settings.model_fields.items() if field.annotation in (int, float)]


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_is_refused_in_words_with_its_range(name: str) -> None:
    field = Settings.model_fields[name]
    least, most = (next((getattr(r, end) for r in field.metadata if hasattr(r, end)), None) for end in ("ge", "le"))
    assert least is not None, "a setting without an end could be anything"
    if name.startswith("audit_"):
        assert most is not None
    ends = f"from {least} to {most}" if most is not None else f"{least} or more"
    for value in ("x", "1x", str(least - 1), *([str(most + 1)] if most is not None else [])):
        said = mistake_in(name, value) or ""
        assert said.endswith(ends), (value, said)
        assert said.startswith(("this is no number: write a ", "this is out of range: write a ")), said
    assert mistake_in(name, str(least)) is None


def test_no_setting_is_refused_in_the_words_of_a_library() -> None:
    for name in Settings.model_fields:
        for value in ("x y", "-1", "0", "1e99", "nan", "~nobody/x", "#", "maybe", "9" * 30):
            said = mistake_in(name, value)
            assert said is None or ("Input" not in said and ": " in said), (name, value, said)


def test_a_zone_that_is_none_is_one_mistake_and_the_files_are_not_held_against_another() -> None:
    write_env(SERVER_TIMEZONE="CET+1")
    assert [check.name for check in the_doctor() if check.name == "SERVER_TIMEZONE"] == ["SERVER_TIMEZONE"]


def test_the_doctor_says_once_what_is_odd() -> None:
    write_env(SSH_HOTS="x")
    done = CliRunner().invoke(doctor.cli, [])
    assert (done.stdout + done.stderr).count("did you mean SSH_HOST?") == 1


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
    write_env(DISCORD_TOKEN="a.b.c")
    Path(".env").chmod(0o666)
    for said in (named(the_doctor()), the_start(capsys)):
        assert said.count("can be written by other users") == 1
        assert "DISCORD_TOKEN" not in said, "it is there"


def test_a_folder_in_place_of_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".env").mkdir()
    for said in (named(the_doctor()), the_start(capsys)):
        assert ".env is a folder" in said
        assert "chmod" not in said


@pytest.mark.parametrize("there", ["nowhere", "file"])
def test_a_folder_that_is_none_is_told_in_json_too_and_every_other_tool_refuses_it(there: str) -> None:
    Path("file").touch()
    done = CliRunner().invoke(doctor.cli, ["--json", "--dir", there])
    told = {check["name"]: check["text"] for check in json.loads(done.stdout)["checks"]}
    assert (done.exit_code, f"there is no .env in {Path(there).absolute()} (--dir)") == (1, told[".env"])
    for cli, ends in ((export.cli, 2), (setup.cli, 2), (kit_run.cli, process.CONFIGURATION)):
        words = ["rounds"] if cli is export.cli else []
        done = CliRunner().invoke(cli, [*words, "--dir", there])
        assert (done.exit_code, f"there is no folder {there}: " in done.stderr) == (ends, True), done.stderr
        assert "nobody is there to answer" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_copies_and_charts_without_a_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(
        database_path=tmp_path / "stats.db", local_stats_dir=tmp_path / "local_stats", backup_dir=tmp_path / "backups"
    )
    open_up(tmp_path)
    tmp_path.chmod(0o555)
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "no" / "where"))
    try:
        with as_nobody():
            places = database.local_copies(tmp_path / "local_stats"), database.copies(settings)
            charts = named([*home.program()])
            with caplog.at_level(logging.WARNING):
                process._warn(settings)
    finally:
        tmp_path.chmod(0o755)
    for said in (named([*places]) + charts, caplog.text):
        assert "no backup can be made" in said
        assert "to a folder that the bot's user may write" in said
        assert "MPLCONFIGDIR" in said
    assert "LOCAL_STATS_DIR: " in named([*places])
    assert "LOCAL_STATS_DIR: " not in caplog.text, "it ends the start, which says so"


@pytest.mark.parametrize("name", ["LOCAL_STATS_DIR", "BACKUP_DIR"])
@pytest.mark.parametrize("is_link", [False, True], ids=["a file", "a link to nowhere"])
def test_what_is_no_folder_in_the_place_of_one_is_told_once(
    name: str, is_link: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "place"
    place.symlink_to("gone") if is_link else place.touch()
    why = f"{name}: {place} is {'a link to gone, which is not there' if is_link else 'a file'}"
    write_env(**{name: str(place)})
    process._warn(load())
    doctors = named(the_doctor())
    assert why in doctors
    assert f"set {name} to a folder" in doctors
    if name == "LOCAL_STATS_DIR":
        with pytest.raises(SettingsError, match=f"{why}: name a folder"):
            asyncio.run(_opened(load()))
        assert name not in caplog.text
    else:
        assert f"{why}, so " in caplog.text


async def _opened(settings: Settings) -> None:
    async with open_app(settings):
        pass


@pytest.mark.skipif(os.name != "posix", reason="modes")
async def test_folders_that_this_user_may_not_enter_are_told_and_no_traceback(
    tmp_path: Path,
) -> None:
    open_up(tmp_path)
    closed, blind = tmp_path / "closed", tmp_path / "blind"
    closed.mkdir(mode=0o700)
    blind.mkdir(mode=0o333)
    blind.chmod(0o333)
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o777)
    if os.geteuid() != 0:
        closed.chmod(0o000)
    mistakes: list[tuple[dict[str, Any], str]] = [
        ({"database_path": closed / "in" / "stats.db"}, "set DATABASE_PATH to a file in a folder of"),
        ({"local_stats_dir": closed / "copies"}, "LOCAL_STATS_DIR"),
        ({"local_stats_dir": blind}, "LOCAL_STATS_DIR"),
    ]
    for changed, error in mistakes:
        settings = Settings(**{"database_path": home / "stats.db", "local_stats_dir": home / "copies", **changed})
        with as_nobody():
            assert settings.stray_known_hosts is None
            doctors = named([*database.at(settings.database_path, settings.backups)])
            doctors += named([database.local_copies(settings.local_stats_dir), database.copies(settings)])
            with pytest.raises(StatsBotError, match=error):
                async with open_app(settings):
                    pass
        assert error in doctors
    with as_nobody():
        settings = Settings(database_path=home / "stats.db", backup_dir=closed / "backups")
        async with open_app(settings.model_copy(update={"local_stats_dir": home / "copies"})):
            pass
        with pytest.raises(BackupFailed, match="no backup was made in"):
            backups.make(settings.database_path, settings.backups, now=1, reached=lambda _step: None)
        assert "set BACKUP_DIR to a folder" in named([database.copies(settings)])
        unread = settings.model_copy(update={"backup_dir": blind})
        assert "set BACKUP_DIR to a folder" in named([database.copies(unread)])
    closed.chmod(0o700)
    blind.chmod(0o700)


@pytest.mark.parametrize("files", [[], [an_r1()]], ids=["empty", "a round"])
async def test_a_folder_that_no_setting_names_is_called_what_it_is(files: list[RoundFile]) -> None:
    source = FakeSource(ManualClock())
    for file in files:
        source.put(file.name, file.data, time_of(file.name))
    checks = await on_server(source, Settings(_env_file=None), zone=UTC, now=NIGHT, may_write=_nobody_may)
    told = [check.sentence for check in checks]
    assert [sentence for sentence in told if "None" in sentence] == []
    assert any("the game server's folder" in sentence for sentence in told)


async def _nobody_may(_entry: Entry) -> bool:
    return False


async def test_copies_that_cannot_be_kept_anywhere_end_the_bot_for_good(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"LOCAL_STATS_DIR: .*: name a folder"):
        async with open_app(Settings(database_path=tmp_path / "stats.db", local_stats_dir=tmp_path / "file")):
            pass


def test_fonts_and_packages_that_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert "packages" not in named([*home.program()])
    monkeypatch.setattr(home, "_FONTS", tmp_path)
    monkeypatch.setattr(home, "_PACKAGES", ("asyncssh", "no-such-package"))
    process._warn(Settings())
    for said in (named([*home.program()]), caplog.text):
        assert "missing: no-such-package" in said
        assert "posts come as text" in said
