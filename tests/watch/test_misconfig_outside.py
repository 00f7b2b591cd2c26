"""Mistakes that only the game server or Discord can show: named with their fix by the doctor, and by the start."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from bot.store import facts
from bot.watch.doctor.check import CheckState
from bot.watch.doctor.checkup import everything
from rigs.discord_standin import ADMIN_CHANNEL, STATS_CHANNEL, DiscordStandin, Fault, Request, world
from rigs.process import House, a_key
from rigs.servers.sshd import Sshd, free_port, new_key, running
from tests.watch.bench import Bench, a_file, put

GUILD = str(world.GUILD_ID)


async def test_where_all_is_well_only_the_right_to_write_is_a_warning(bench: Bench) -> None:
    put_before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in bench.sshd.folder.iterdir()}
    checks = await bench.doctor()
    bad = {check.name: check.sentence for check in checks if check.state is not CheckState.OK}
    assert {*bad} - {"last backup", "commands"} == {"write access"}, bad
    assert "internal-sftp -R" in bad["write access"]
    assert len(checks) >= 24
    assert "write access" in await bench.start()
    assert {
        path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in bench.sshd.folder.iterdir()
    } == put_before


async def test_an_account_that_may_read_alone_is_well(tmp_path: Path, bench: Bench) -> None:
    with running(tmp_path / "read-only", extra="ForceCommand internal-sftp -R") as server:
        put(server.folder, a_file(10))
        checks = await bench.doctor(
            ssh_port=server.port,
            ssh_key_path=server.key,
            ssh_known_hosts=server.known_hosts,
            remote_stats_path=str(server.folder),
        )
    assert [check.state for check in checks if check.name == "write access"] == [CheckState.OK]


@pytest.mark.parametrize("token", ["abc", "Bot abc.def.ghi"])
async def test_a_wrong_token(bench: Bench, token: str) -> None:
    await bench.both("DISCORD_TOKEN", "does not accept", "Reset Token", discord_token=token)


@pytest.mark.parametrize("name", ["stats_channel_id", "admin_channel_id"])
async def test_a_channel_that_no_server_of_the_bot_has(bench: Bench, name: str) -> None:
    await bench.both(
        name.upper(), "no server that the bot is in has a channel 123", "copy its id", "invite", **{name: 123}
    )
    assert (bench.checked[name.upper()] or "").startswith(f"{name.upper()}: "), "the admins are told"


def of_kind(kind: int) -> Fault:
    import json

    listed = [{**world.channel(STATS_CHANNEL), "type": kind}, world.channel(ADMIN_CHANNEL)]
    return Fault(name="other kinds", accept=False, status=200, body=json.dumps(listed))


def lists_channels(request: Request) -> bool:
    return request.path.endswith("/channels")


@pytest.mark.parametrize(("kind", "word"), [(15, "forum"), (4, "category")])
async def test_a_channel_in_which_nobody_can_post(bench: Bench, kind: int, word: str) -> None:
    bench.standin.faults.add(of_kind(kind), when=lists_channels, times=None)
    await bench.both("STATS_CHANNEL_ID", f"is a {word}", "choose a text channel")


@pytest.mark.parametrize(
    ("bit", "name"),
    [
        (1 << 10, "View Channel"),
        (1 << 11, "Send Messages"),
        (1 << 14, "Embed Links"),
        (1 << 15, "Attach Files"),
        (1 << 16, "Read Message History"),
    ],
)
async def test_a_missing_permission_by_its_name_and_in_both_channels(bench: Bench, bit: int, name: str) -> None:
    bench.standin.gateway.bot_permissions &= ~bit
    await bench.both(name, "#stats in The Stand-in", "#admin in The Stand-in", "Permissions")


async def test_a_wrong_server(bench: Bench) -> None:
    await bench.both(
        "DISCORD_GUILD_ID", "not in the server 5", f"The Stand-in ({GUILD})", "set DISCORD_GUILD_ID", discord_guild_id=5
    )
    bench.standin.gateway.uninvited = True
    await bench.both("the bot is in no server", "invite it with https://discord.com")


async def test_a_role_that_the_server_does_not_have(bench: Bench) -> None:
    await bench.both("ADMIN_ROLE_ID", "the server has no role 5", "copy its id, and set ADMIN_ROLE_ID", admin_role_id=5)
    checks = await bench.doctor(admin_role_id=world.ADMIN_ROLE)
    (check,) = (check for check in checks if check.name == "ADMIN_ROLE_ID")
    assert (check.state, "admins" in check.text) == (CheckState.OK, True)


async def test_a_new_application_on_an_old_database(bench: Bench) -> None:
    await bench.db.write(lambda tx: facts.put(tx, facts.COMMAND_TREE, "global:1:abc"))
    (check,) = (check for check in await bench.doctor() if check.name == "commands")
    assert (check.state, "not registered yet" in check.text) == (CheckState.WARNING, True)


@pytest.mark.parametrize(("hours", "word"), [(3, "ahead of"), (-3, "behind")])
async def test_the_clock_of_the_bot(bench: Bench, hours: int, word: str) -> None:
    bench.clock.seconds = hours * 3600
    await bench.both("clock", f"3.0 h {word} Discord's", "timedatectl")


async def test_a_server_whose_files_come_from_the_future(bench: Bench) -> None:
    put(bench.sshd.folder, a_file(-120))
    await bench.both("game server's clock", "minutes in the future", "timedatectl")


async def test_a_zone_that_the_files_contradict(bench: Bench) -> None:
    shutil.rmtree(bench.sshd.folder)
    bench.sshd.folder.mkdir()
    files = [a_file(minutes, zone="Asia/Tokyo") for minutes in (10, 31, 55, 84, 116, 140)]
    put(bench.sshd.folder, *files, zone="Asia/Tokyo")
    await bench.both("SERVER_TIMEZONE", "-9 h off", "such as Asia/Tokyo")
    assert "SERVER_TIMEZONE" not in await bench.start(server_timezone="Asia/Tokyo")


async def test_a_folder_without_any_round_file(bench: Bench) -> None:
    await bench.both("REMOTE_STATS_PATH", "no round file among them", "docs/SERVER.md", remote_stats_path="/etc")
    (bench.home / "empty").mkdir()
    await bench.both("is empty", "play a round", remote_stats_path=str(bench.home / "empty"))


async def test_a_port_that_nobody_listens_at_is_said_before_the_first_contact_and_never_again(bench: Bench) -> None:
    port = free_port()
    await bench.both("game server", f"port {port}", "SSH_PORT", ssh_port=port)
    assert bench.checked["game server"], "the admins are told"
    await bench.db.write(lambda tx: facts.put(tx, facts.FIRST_RUN, "done"))
    assert "game server" not in await bench.start(ssh_port=port), "the poll says it, and is patient"


async def test_a_zone_that_is_none_is_not_judged_by_the_files(bench: Bench) -> None:
    asked, close = bench.asked(Settings(**bench.settings))
    checks = await everything(asked, ["SERVER_TIMEZONE: 'CET+1' is no time zone: use a name such as Europe/Berlin"])
    await close()
    assert [(check.state, check.fix) for check in checks if check.name == "SERVER_TIMEZONE"] == [
        (CheckState.WRONG, "use a name such as Europe/Berlin (.env)")
    ]


async def test_a_file_in_place_of_the_folder(bench: Bench) -> None:
    file = next(bench.sshd.folder.iterdir())
    for folder, word in ((str(file), "it is a file"), ("~/nowhere", f"(~ is the home of {bench.sshd.user})")):
        (check,) = (c for c in await bench.doctor(remote_stats_path=folder) if c.name == "game server")
        assert check.state is CheckState.WRONG
        assert word in check.text
        assert check.fix.startswith("set REMOTE_STATS_PATH to the folder")


async def test_what_the_server_refuses_is_the_doctors_to_repeat_and_the_polls_to_say(bench: Bench) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        stranger = new_key(bench.home / "stranger", "ed25519")
        locked = new_key(bench.home / "locked", "ed25519", passphrase="canary")
        open_ = new_key(bench.home / "open", "ed25519")
        open_.chmod(0o644)
        ppk = bench.home / "putty.ppk"
        ppk.write_text("PuTTY-User-Key-File-3: ssh-ed25519\n")
        nobody = bench.home / "known_nobody"
        nobody.touch()
        refused: list[tuple[dict[str, Any], str]] = [
            ({"ssh_key_path": stranger}, "authorized_keys"),
            ({"ssh_key_path": locked}, "SSH_KEY_PASSPHRASE"),
            ({"ssh_key_path": open_}, "chmod 600"),
            ({"ssh_key_path": bench.sshd.key.with_suffix(".pub")}, "without .pub"),
            ({"ssh_key_path": ppk}, "PuTTYgen"),
            ({"ssh_known_hosts": nobody}, "tools.trust"),
            ({"remote_stats_path": "/nowhere"}, "REMOTE_STATS_PATH"),
        ]
        for changed, word in refused:
            (check,) = (c for c in await bench.doctor(**changed) if c.name == "game server")
            assert check.state is CheckState.WRONG
            assert word in check.sentence, check
            assert check.fix
            assert "that sentence" not in check.fix
    assert "game server" not in await bench.start(ssh_key_path=stranger)


async def test_a_chroot_of_the_wrong_owner_is_called_so_at_the_first_look(tmp_path: Path, bench: Bench) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with running(tmp_path / "chroot", extra=f"ChrootDirectory {tmp_path / 'open'}") as server:
        changed = {"ssh_port": server.port, "ssh_key_path": server.key, "ssh_known_hosts": server.known_hosts}
        (check,) = (c for c in await bench.doctor(**changed) if c.name == "game server")
    assert check.state is CheckState.WRONG
    assert "its ChrootDirectory does not belong to root alone" in check.sentence


async def test_the_whole_bot_says_every_mistake_at_once_and_alerts_until_it_is_mended(
    tmp_path: Path, sshd: Sshd
) -> None:
    (tmp_path / "house").mkdir()
    async with DiscordStandin(token="canary-token-93ab") as standin:
        house = House(tmp_path / "house", sshd, a_key(sshd), standin)
        (house.remote / "notes.txt").write_text("x")
        async with house.started(STATS_CHANNEL_ID="123", DISCORD_GUILD_ID="5") as bot:
            for words in (
                "STATS_CHANNEL_ID: no server that the bot is in has a channel 123",
                "DISCORD_GUILD_ID: the bot is not in the server 5",
                "REMOTE_STATS_PATH: ",
                "no round file among them",
            ):
                await bot.says(words)
            assert await bot.stop() == 0
        assert standin.unknown_requests == []
