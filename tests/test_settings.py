"""Every mistake in the settings is reported at once, each with its fix."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.invocation import FOLDER
from bot.settings import BOT_NEEDS, SSH_NEEDS, Settings, broken_lines, cut_secrets, example, load, unknown_names

GOOD = {
    "DISCORD_TOKEN": "a.secret.token", "STATS_CHANNEL_ID": "1", "ADMIN_CHANNEL_ID": "2", "SSH_HOST": "host",
    "SSH_USER": "user", "SSH_KEY_PATH": "key", "REMOTE_STATS_PATH": "/stats",
}  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of this machine is heard, and `.env` is looked for in an empty folder."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def write_env(**values: str) -> None:
    Path(".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()), encoding="utf-8")
    Path("key").touch()


def mistakes(*needs: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(*needs)
    return [line.strip() for line in str(caught.value).splitlines()[1:]]


def test_a_tool_that_needs_nothing_runs_without_settings() -> None:
    settings = load()
    assert settings.database_path == Path("etlegacy_stats.db")
    assert settings.server_timezone == "UTC"


def test_what_the_bot_needs_comes_from_the_env_file() -> None:
    write_env(**GOOD)
    settings = load(*BOT_NEEDS)
    assert (settings.ssh_host, settings.stats_channel_id) == ("host", 1)


@pytest.mark.skipif(os.name != "posix", reason="modes")
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_settings_that_others_may_write_are_refused(mode: int) -> None:
    write_env(**GOOD)
    Path(".env").chmod(mode)
    for needs in (BOT_NEEDS, ()):
        with pytest.raises(SettingsError, match=r"can be written by other users: chmod 600 \.env"):
            load(*needs)
    Path(".env").chmod(0o644)
    assert load(*BOT_NEEDS).ssh_host == "host", "that others may read it is said at the start"


def test_the_environment_outweighs_the_env_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write_env(**GOOD)
    monkeypatch.setenv("SSH_HOST", "another")
    assert load(*BOT_NEEDS).ssh_host == "another"


def test_everything_that_is_missing_is_named_at_once_with_what_it_is() -> None:
    said = mistakes(*BOT_NEEDS)
    assert [line.split(" ")[0] for line in said] == sorted(name.upper() for name in BOT_NEEDS)
    assert all(" is missing: " in line for line in said)


def test_mistakes_and_missing_ones_are_reported_together() -> None:
    write_env(
        **GOOD | {"STATS_CHANNEL_ID": "general", "SSH_PORT": "70000", "SERVER_TIMEZONE": "Mars/Base", "SSH_HOST": ""}
    )
    said = mistakes(*BOT_NEEDS)
    assert [line.split(" ")[0].rstrip(":") for line in said] == [
        "SERVER_TIMEZONE", "SSH_HOST", "SSH_PORT", "STATS_CHANNEL_ID",
    ]  # fmt: skip
    assert "Europe/Berlin" in said[0]
    assert "65535" in said[2]


def test_a_mistake_in_what_is_not_needed_is_nobodys_business() -> None:
    write_env(STATS_CHANNEL_ID="general")
    assert load().stats_channel_id is None
    write_env(SSH_PORT="zero")
    assert load().ssh_port == 22
    assert any(line.startswith("SSH_PORT") for line in mistakes(*SSH_NEEDS))


@pytest.mark.parametrize("zone", ["Mars/Base", "../../etc/passwd", "/etc/localtime", "CET+5", "Europe"])
def test_a_zone_that_does_not_exist_is_a_mistake_for_everybody(zone: str) -> None:
    write_env(SERVER_TIMEZONE=zone)
    assert mistakes() != []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POLL_INTERVAL_SECONDS", "0"), ("FULL_LISTING_SECONDS", "1"), ("POST_MAX_AGE_MINUTES", "soon"),
        ("SSH_PORT", "0"), ("ADMIN_ROLE_ID", "@admins"), ("SESSION_GAP_MINUTES", "29"), ("WIN_POINTS", "3"),
    ],
)  # fmt: skip
def test_a_value_out_of_its_range_is_named(name: str, value: str) -> None:
    write_env(**GOOD | {name: value})
    assert [line.split(":")[0] for line in mistakes(*BOT_NEEDS)] == [name]


def test_an_unknown_name_is_shown_with_the_likeliest_one() -> None:
    write_env(SSH_HOTS="x", WHATEVER_ELSE="y", SSH_HOST="z")
    assert unknown_names() == ["SSH_HOTS: did you mean SSH_HOST?", "WHATEVER_ELSE"]


def test_the_value_of_a_secret_is_in_no_message() -> None:
    write_env(**GOOD | {"SSH_PORT": "s3cret-port"})
    assert "s3cret" not in "\n".join(mistakes(*BOT_NEEDS))
    assert "secret" not in repr(Settings(_env_file=".env", ssh_port=22))


def test_the_secrets_are_known_to_whoever_hides_them() -> None:
    write_env(**GOOD | {"SSH_KEY_PASSPHRASE": "open sesame", "SSH_PASSWORD": "hunter2"})
    assert load(*BOT_NEEDS).secrets() == ["a.secret.token", "open sesame", "hunter2"]


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(load(), "ssh_port", 23)  # noqa: B010  (mypy knows it too)


def test_the_example_file_is_a_valid_env_file_with_every_setting() -> None:
    Path(".env").write_text(example(), encoding="utf-8")
    assert unknown_names() == []
    fresh = {"links_need_admin": False}  # where the line is absent an admin still confirms
    assert load().model_dump() == Settings(_env_file=None).model_dump() | fresh
    for name in Settings.model_fields:
        assert f"{name.upper()}=" in example()
    assert [line.split(" ")[0] for line in mistakes(*BOT_NEEDS)] == sorted(name.upper() for name in BOT_NEEDS)


def test_a_key_file_that_is_not_there_is_a_mistake() -> None:
    write_env(**GOOD | {"SSH_KEY_PATH": "nowhere"})
    (said,) = mistakes(*BOT_NEEDS)
    assert said.startswith("SSH_KEY_PATH: there is no file nowhere: correct it")


@pytest.mark.parametrize("name", ["STATS_CHANNEL_ID", "ADMIN_CHANNEL_ID", "DISCORD_GUILD_ID", "ADMIN_ROLE_ID"])
def test_an_id_is_a_positive_number(name: str) -> None:
    write_env(**GOOD | {name: "-5"})
    assert [line.split(":")[0] for line in mistakes(*BOT_NEEDS)] == [name]


def test_a_home_folder_is_understood() -> None:
    write_env(DATABASE_PATH="~/stats.db")
    assert load().database_path == Path.home() / "stats.db"


def test_a_value_is_taken_as_it_stands() -> None:
    write_env(**{**GOOD, "DISCORD_TOKEN": "pa${SSH_HOST}ss", "SSH_KEY_PASSPHRASE": "'quoted #1'"})
    settings = load(*BOT_NEEDS)
    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == "pa${SSH_HOST}ss"
    assert settings.ssh_key_passphrase is not None
    assert settings.ssh_key_passphrase.get_secret_value() == "quoted #1"
    assert cut_secrets() == []


def test_a_secret_that_is_cut_by_a_comment_is_named_and_nothing_of_it_is_told() -> None:
    write_env(**{**GOOD, "SSH_KEY_PASSPHRASE": "abc #def", "SSH_HOST": "host # the game server"})
    assert cut_secrets() == ["SSH_KEY_PASSPHRASE"]


@pytest.mark.parametrize(
    ("line", "is_cut"),
    [("#abc #def", True), (" #abc", True), ("\t#abc", True), ("a#bc #d", True), ("#abc", False), ("a#b", False),
     (" # what for", False), ("'#abc #def'", False), ("'#abc'  # what for", False)],
)  # fmt: skip
def test_a_secret_may_begin_with_the_sign_of_a_comment(line: str, *, is_cut: bool) -> None:
    Path(".env").write_text(f"SSH_PASSWORD={line}\n", encoding="utf-8")
    assert cut_secrets() == (["SSH_PASSWORD"] if is_cut else [])


def test_a_line_that_is_no_setting_is_told_by_its_number_alone() -> None:
    write_env(**GOOD)
    with Path(".env").open("a", encoding="utf-8") as file:
        file.write("a pasted canary-token\ncanary-token\nDISCORD_GUILD_ID='canary-open\n")
    number = len(GOOD) + 1
    assert broken_lines() == [number, number + 1, number + 2]
    assert unknown_names() == []


def test_an_editor_may_mark_the_file_as_utf_8() -> None:
    Path(".env").write_text("SERVER_TIMEZONE=Europe/Berlin\n", encoding="utf-8-sig")
    assert load().server_timezone == "Europe/Berlin"
    assert unknown_names() == []


def test_an_env_file_that_is_no_text_is_one_sentence() -> None:
    Path(".env").write_bytes("SSH_HOST=x\n".encode("utf-16"))
    with pytest.raises(SettingsError, match=r"\.env cannot be read as UTF-8 text: it is UTF-16"):
        load()
    with pytest.raises(SettingsError, match="cannot be read as UTF-8 text"):
        unknown_names()


@pytest.mark.parametrize(
    ("host", "fix"),
    [
        ("games.example:2222", "SSH_HOST=games.example, SSH_PORT=2222"),
        ("anna@games.example", "SSH_HOST=games.example, SSH_USER=anna"),
        ("ssh://anna@games.example:2222", "SSH_HOST=games.example, SSH_PORT=2222, SSH_USER=anna"),
        ("sftp://anna:hunter2@games.example/srv/stats",
         "SSH_HOST=games.example, SSH_USER=anna, REMOTE_STATS_PATH=/srv/stats"),
        ("[2001:db8::1]:2222", "SSH_HOST=2001:db8::1, SSH_PORT=2222"),
        ("games.example/", "SSH_HOST=games.example"),
        ("ssh anna@games.example", "SSH_HOST=games.example, SSH_USER=ssh anna"),
        ("games.example -p 2222", "its name or address alone"),
    ],
)  # fmt: skip
def test_a_host_with_more_to_it_is_taken_apart_for_whoever_wrote_it(host: str, fix: str) -> None:
    write_env(**GOOD | {"SSH_HOST": host})
    assert mistakes(*SSH_NEEDS) == [f"SSH_HOST: this is more than a host: write {fix}"]


@pytest.mark.parametrize("host", ["games.example", "Games", "10.0.0.7", "2001:db8::1", "::1", "fe80::1%eth0"])
def test_a_bare_host_is_taken_as_it_is(host: str) -> None:
    write_env(**GOOD | {"SSH_HOST": host})
    assert load(*SSH_NEEDS).ssh_host == host


def test_a_key_in_a_folder_that_may_not_be_entered_is_named_with_the_way_out(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    (folder / "key").touch()
    folder.chmod(0o000)
    write_env(**GOOD | {"SSH_KEY_PATH": str(folder / "key")})
    Path(".env").chmod(0o644)
    tmp_path.chmod(0o755)
    for above in (*tmp_path.parents[:2], tmp_path):
        above.chmod(0o755)
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)  # root may enter everything
    try:
        said = mistakes(*SSH_NEEDS)
    finally:
        if was == 0:
            os.seteuid(0)
        folder.chmod(0o700)
    assert len(said) == 1
    assert "cannot be reached (Permission denied)" in said[0]
    assert "enter each folder above it" in said[0]


def test_a_password_does_in_place_of_a_key() -> None:
    write_env(**{name: value for name, value in GOOD.items() if name != "SSH_KEY_PATH"} | {"SSH_PASSWORD": "hunter2"})
    settings = load(*BOT_NEEDS)
    assert settings.ssh_key_path is None
    assert "hunter2" not in f"{settings!r} {settings.model_dump()}"


def test_homes_are_understood_here_and_on_the_server_and_those_of_nobody_are_not() -> None:
    write_env(**GOOD | {"REMOTE_STATS_PATH": "~/stats", "SSH_KEY_PATH": "~/no-such-key-anywhere"})
    (line,) = mistakes(*SSH_NEEDS)
    assert line.startswith(f"SSH_KEY_PATH: there is no file {Path.home() / 'no-such-key-anywhere'}")
    write_env(**GOOD | {"REMOTE_STATS_PATH": "~et/stats", "SSH_KEY_PATH": "~nobody-here-has-this-name/key"})
    said = mistakes(*SSH_NEEDS)
    assert [line.split(":")[0] for line in said] == ["REMOTE_STATS_PATH", "SSH_KEY_PATH"]
    assert "~/ for the home of SSH_USER" in said[0]


def test_known_hosts_lies_beside_the_settings_and_an_older_one_beside_the_database_is_still_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_env(DATABASE_PATH="data/stats.db")
    beside_settings, beside_database = tmp_path / "known_hosts", tmp_path / "data/known_hosts"
    assert (load().known_hosts, load().stray_known_hosts) == (beside_settings, None)
    beside_database.parent.mkdir()
    beside_database.touch()
    assert (load().known_hosts, load().stray_known_hosts) == (beside_database, beside_database)
    beside_settings.touch()
    assert (load().known_hosts, load().stray_known_hosts) == (beside_settings, None)
    write_env(DATABASE_PATH="data/stats.db", SSH_KNOWN_HOSTS="elsewhere")
    assert load().known_hosts == Path("elsewhere")
    write_env(DATABASE_PATH="data/stats.db")
    monkeypatch.setenv(FOLDER, str(tmp_path))
    monkeypatch.chdir(beside_database.parent)
    assert load().known_hosts == beside_settings


@pytest.mark.parametrize(("name", "value"), [("SESSION_GAP_MINUTES", "29"), ("WIN_POINTS", "3"), ("WIN_POINTS", "0")])
def test_a_rule_that_cannot_be_is_refused_by_every_tool(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load()
