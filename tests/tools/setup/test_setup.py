"""`etstats setup --yes` from nothing to a bot that posts; and each answer that is missing or no good, by its option."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from rigs.builders import an_r1
from rigs.discord_standin import ADMIN_CHANNEL, STATS_CHANNEL, world
from rigs.process import PASSWORD, TOKEN, Bot, minutes_ago
from rigs.servers.asyncssh_server import serving
from rigs.servers.sshd import Sshd
from tests.tools.setup.conftest import CHANNELS, Desk, played, way_to
from tools.service.__main__ import hindrance


async def test_one_command_sets_up_a_bot_that_starts_and_posts(desk: Desk, sshd: Sshd) -> None:
    played(sshd.folder, 3, 4, 5, 27, 28)
    everything = (
        "--yes", *CHANNELS, *way_to(sshd), "--key", str(sshd.key), "--fingerprint", sshd.fingerprint(),
        "--timezone", "UTC",
    )  # fmt: skip
    done = await desk.setup(*everything, DISCORD_TOKEN=TOKEN)
    assert done.code == 0, done.err + done.out
    assert stat.S_IMODE(desk.env.stat().st_mode) == 0o600
    assert desk.settings == {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_GUILD_ID": str(world.GUILD_ID),
        "STATS_CHANNEL_ID": str(STATS_CHANNEL),
        "ADMIN_CHANNEL_ID": str(ADMIN_CHANNEL),
        "SSH_HOST": sshd.host,
        "SSH_PORT": str(sshd.port),
        "SSH_USER": sshd.user,
        "SSH_KEY_PATH": str(sshd.key),
        "REMOTE_STATS_PATH": str(sshd.folder),
        "SERVER_TIMEZONE": "UTC",
        "LINKS_NEED_ADMIN": "false",
    }
    assert "permissions=117760" in done.err
    assert "5 round files, the newest of" in done.err
    assert "posts nothing about them" in done.err
    assert sshd.key.with_suffix(".pub").read_text().split()[1] in done.out
    assert "write access" in done.err, "the doctor has the last word"
    hindered = hindrance().partition(" --dir ")[0]  # of here: the folder is another
    assert f"hardened and after every start{'.' if hindered else ': '}" in done.err
    assert hindered in done.err, "what the service needs is said at once"

    bot = Bot(desk.home / "output.log")
    await bot.start({}, desk.standin)
    try:
        await bot.says("the first run is complete")
        file = an_r1(at=minutes_ago(1))
        (sshd.folder / file.name).write_bytes(file.data)
        await bot.until(lambda: desk.standin.posts(), timeout=40)
    finally:
        await bot.kill()
    assert len(desk.standin.posts()) == 1


async def test_a_second_time_everything_is_there_and_stays(desk: Desk, sshd: Sshd) -> None:
    played(sshd.folder, 3, 4)
    first = await desk.setup(
        "--yes", *CHANNELS, *way_to(sshd), "--key", str(sshd.key), "--trust-first", "--timezone", "UTC",
        DISCORD_TOKEN=TOKEN,
    )  # fmt: skip
    assert first.code == 0, first.err
    desk.env.write_text(f"# by hand\nPOLL_INTERVAL_SECONDS=7\n{desk.env.read_text()}MINE=1\n")
    before = desk.env.read_text()
    again = await desk.setup("--yes")
    assert (again.code, desk.env.read_text()) == (0, before), again.err
    assert "known already" in again.err
    moved = await desk.setup("--yes", "--stats-channel", str(ADMIN_CHANNEL))
    assert moved.code == 0
    assert desk.env.read_text() == before.replace(str(STATS_CHANNEL), str(ADMIN_CHANNEL))


async def test_it_makes_a_key_and_says_what_the_server_has_to_know(desk: Desk, sshd: Sshd) -> None:
    played(sshd.folder, 3)
    words = ("--yes", *CHANNELS, *way_to(sshd), "--trust-first", "--key", "etstats_key", "--timezone", "UTC")
    done = await desk.setup(*words, DISCORD_TOKEN=TOKEN)
    assert (done.code, "authorized_keys" in done.err) == (3, True), done.err
    key = desk.home / "etstats_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert done.out.splitlines()[-1] == (desk.home / "etstats_key.pub").read_text().strip()
    with (sshd.home / "authorized_keys").open("a") as authorized:
        authorized.write(done.out)
    made = key.read_bytes()
    again = await desk.setup(*words)
    assert (again.code, key.read_bytes()) == (0, made), again.err
    assert desk.settings["SSH_KEY_PATH"] == "etstats_key"


async def test_a_host_that_takes_passwords_alone(desk: Desk, tmp_path: Path) -> None:
    async with serving(tmp_path / "rented") as rented:
        rented.password, rented.steps = PASSWORD, ["password"]
        played(rented.folder, 3)
        words = ["--yes", *CHANNELS, "--host", rented.host, "--port", str(rented.port), "--user", rented.user]
        words += ["--trust-first", "--password", "--timezone", "UTC", "--folder", str(rented.folder)]
        missing = await desk.setup(*words, DISCORD_TOKEN=TOKEN)
        assert (missing.code, "SSH_PASSWORD in the environment" in missing.err) == (2, True), missing.err
        done = await desk.setup(*words, SSH_PASSWORD=PASSWORD)
        assert done.code == 0, done.err + done.out
        assert desk.settings["SSH_PASSWORD"] == PASSWORD
        assert "SSH_KEY_PATH" not in desk.settings


@pytest.mark.parametrize(
    ("left_out", "option"),
    [
        ("--stats-channel", "give --stats-channel: one of #stats"),
        ("--admin-channel", "give --admin-channel: one of #stats"),
        ("--host", "give --host"),
        ("--trust-first", "--fingerprint SHA256:"),
    ],
)
async def test_a_missing_answer_names_its_option(desk: Desk, sshd: Sshd, left_out: str, option: str) -> None:
    pairs: list[tuple[str, ...]] = [CHANNELS[:2], CHANNELS[2:], *zip(*[iter(way_to(sshd))] * 2, strict=True)]
    pairs += [("--key", str(sshd.key)), ("--trust-first",), ("--timezone", "UTC")]
    words = [word for pair in pairs for word in pair if pair[0] != left_out]
    done = await desk.setup("--yes", *words, DISCORD_TOKEN=TOKEN)
    assert (done.code, option in done.err) == (2, True), done.err


async def test_without_a_token_nothing_is_asked_of_anybody(desk: Desk) -> None:
    done = await desk.setup("--yes")
    assert (done.code, "give --token-file FILE, or DISCORD_TOKEN" in done.err) == (2, True), done.err
    assert desk.standin.requests == []
    nobody = await desk.setup()
    assert (nobody.code, "nobody is there to answer" in nobody.err) == (2, True)


async def test_a_wrong_token_is_not_written(desk: Desk) -> None:
    (desk.home / "token").write_text("wrong\n")
    done = await desk.setup("--yes", "--token-file", "token")
    assert (done.code, "does not accept DISCORD_TOKEN" in done.err) == (3, True), done.err
    assert not desk.env.exists()


async def test_a_bot_in_no_server_is_invited_first(desk: Desk) -> None:
    desk.standin.gateway.uninvited = True
    done = await desk.setup("--yes", DISCORD_TOKEN=TOKEN)
    assert (done.code, "in no server yet; invite it with https://" in done.err) == (3, True), done.err


async def test_a_channel_that_is_not_there_is_named_with_those_that_are(desk: Desk) -> None:
    done = await desk.setup("--yes", "--stats-channel", "general", DISCORD_TOKEN=TOKEN)
    assert done.code == 2
    assert f"there are #stats ({STATS_CHANNEL}), #admin ({ADMIN_CHANNEL})" in done.err


async def test_a_host_key_that_changed_is_believed_on_nobodys_word_but_a_fingerprint(desk: Desk, sshd: Sshd) -> None:
    played(sshd.folder, 3)
    words = ("--yes", *CHANNELS, *way_to(sshd), "--key", str(sshd.key), "--timezone", "UTC")
    assert (await desk.setup(*words, "--trust-first", DISCORD_TOKEN=TOKEN)).code == 0
    sshd.replace_host_keys("ed25519")
    sshd.stop()
    sshd.start()
    changed = await desk.setup("--yes", "--trust-first")
    assert (changed.code, "ANOTHER KEY IS KNOWN" in changed.err) == (2, True), changed.err
    assert (await desk.setup("--yes", "--fingerprint", sshd.fingerprint())).code == 0


async def test_a_chroot_of_the_wrong_owner_is_called_so_at_the_first_try(desk: Desk, sshd: Sshd) -> None:
    sshd.stop()
    sshd.folder.chmod(0o777)
    sshd.extra = f"ChrootDirectory {sshd.folder}"
    sshd.start()
    done = await desk.setup(
        "--yes", *CHANNELS, *way_to(sshd), "--key", str(sshd.key), "--trust-first", DISCORD_TOKEN=TOKEN
    )
    assert (done.code, "its ChrootDirectory does not belong to root alone" in done.err) == (3, True), done.err


async def test_the_zone_is_the_one_that_the_files_times_show(desk: Desk, sshd: Sshd) -> None:
    played(sshd.folder, *range(3, 20), hours_east=9)
    words = ("--yes", *CHANNELS, *way_to(sshd), "--key", str(sshd.key), "--trust-first")
    done = await desk.setup(*words, DISCORD_TOKEN=TOKEN)
    assert (done.code, desk.settings.get("SERVER_TIMEZONE")) == (0, "Asia/Tokyo"), done.err
    contradicted = await desk.setup("--yes", "--timezone", "Europe/Berlin")
    assert (contradicted.code, "Europe/Berlin does not fit" in contradicted.err) == (1, True), contradicted.err


async def test_what_stands_there_and_is_no_good_is_replaced_by_a_line_of_its_own(desk: Desk, sshd: Sshd) -> None:
    played(sshd.folder, *range(3, 20), hours_east=9)
    words = ("--yes", *CHANNELS, *way_to(sshd), "--key", str(sshd.key), "--trust-first")
    assert (await desk.setup(*words, DISCORD_TOKEN=TOKEN)).code == 0
    good = desk.env.read_text()
    for name, wrong, why in (
        ("SERVER_TIMEZONE", "America/New_York", "the files' times fit no other"),
        ("DISCORD_GUILD_ID", "123456789012345678", "which the bot is in"),
        ("REMOTE_STATS_PATH", "/gamestatz", "that folder has 17 round files"),
    ):
        right = desk.settings[name]
        desk.env.write_text(good.replace(f"{name}={right}", f"{name}={wrong}"))
        again = await desk.setup("--yes")
        assert (again.code, desk.env.read_text()) == (0, good), again.err
        assert f"{name}: {wrong} is replaced by {right}, because " in again.err
        assert why in again.err
    assert "is replaced" not in (await desk.setup("--yes")).err


async def test_files_that_were_copied_there_contradict_no_zone(desk: Desk, sshd: Sshd) -> None:
    played(sshd.folder, *range(200, 220))
    for file in sshd.folder.iterdir():
        os.utime(file)
    words = ("--yes", *CHANNELS, *way_to(sshd), "--key", str(sshd.key), "--trust-first", "--timezone", "Europe/Berlin")
    done = await desk.setup(*words, DISCORD_TOKEN=TOKEN)
    assert (done.code, "does not fit" in done.err) == (0, False), done.err
    assert "the files' times do not tell whether it fits" in done.err


async def test_where_no_file_tells_the_zone_it_is_a_missing_answer(desk: Desk, sshd: Sshd) -> None:
    words = ("--yes", *CHANNELS, *way_to(sshd), "--key", str(sshd.key), "--trust-first", "--folder", str(sshd.folder))
    done = await desk.setup(*words, DISCORD_TOKEN=TOKEN)
    assert (done.code, "give --timezone" in done.err) == (2, True), done.err
