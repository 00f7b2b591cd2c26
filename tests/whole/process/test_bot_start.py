"""How the process begins and ends: exit codes, what it says, and what it registers with Discord."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.store.file import backups
from rigs.builders import an_r1
from rigs.discord_standin import DiscordStandin, Message
from rigs.discord_standin.faults import NO_ACCESS, hang, reset
from rigs.discord_standin.world import ADMIN, ADMIN_CHANNEL, APPLICATION_ID, GUILD_ID, guild_create
from rigs.process import ROOT, TOKEN, House, a_key, minutes_ago, text_of
from rigs.servers.sshd import Sshd, running

PERMISSIONS = 117_760
_TREE = "SELECT value FROM facts WHERE key = 'command_tree'"
CONFIGURATION, ALREADY_RUNNING = 78, 75


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sshd, Path]]:
    with running(tmp_path_factory.mktemp("sshd")) as sshd:
        yield sshd, a_key(sshd)


@pytest.fixture
async def house(tmp_path: Path, server: tuple[Sshd, Path]) -> AsyncIterator[House]:
    async with DiscordStandin(token=TOKEN) as standin:
        yield House(tmp_path, *server, standin)
        assert standin.violations == []
        assert standin.unknown_requests == []


async def test_a_second_instance_says_who_is_first(house: House) -> None:
    async with house.running() as first, house.started() as second:
        began = time.monotonic()
        assert await second.ended() == ALREADY_RUNNING
        assert time.monotonic() - began < 10
        assert f"in use by the bot, process {first.pid}" in second.output
        assert first.is_running
        assert await first.stop() == 0
    assert len(house.standin.gateway.identifies) == 1


async def test_sigterm_ends_it_in_peace_at_any_time(house: House) -> None:
    async with house.running() as bot:
        house.drop(an_r1(at=minutes_ago(10)))
        began = time.monotonic()
        assert await bot.stop() == 0
        assert time.monotonic() - began < 10
    await house.standin.pull_out()
    async with house.started() as bot:
        await bot.says("Discord is away")
        assert await bot.stop() == 0
    assert house.ask("PRAGMA integrity_check") == "ok"


@pytest.mark.skipif(os.name != "posix", reason="modes")
async def test_all_that_it_writes_is_for_its_owner_alone_whatever_the_umask_is(house: House) -> None:
    house.drop(an_r1(at=minutes_ago(600)))
    before = {house.home, *house.home.rglob("*")}
    umask = os.umask(0o022)
    try:
        async with house.running() as bot:
            await bot.until(lambda: list(house.home.glob("backups/*.db")))
            made = [path for path in house.home.rglob("*") if path not in before and path.suffix != ".log"]
            modes = {path.relative_to(house.home): path.stat().st_mode for path in made if path.exists()}
    finally:
        os.umask(umask)
    assert {"stats.db", "stats.db-wal", "local_stats", "backups"} <= {str(path) for path in modes}
    assert len(modes) > 6
    assert {path: oct(mode) for path, mode in modes.items() if mode & 0o077} == {}


async def test_a_bad_token_is_a_matter_of_configuration(house: House) -> None:
    async with house.started(DISCORD_TOKEN="wrong-token-value") as bot:
        assert await bot.ended() == CONFIGURATION
        assert "DISCORD_TOKEN" in bot.output
        assert "wrong-token-value" not in bot.output


async def test_a_token_that_is_revoked_ends_it_for_good(house: House) -> None:
    async with house.running() as bot:
        house.standin.revoke_token()
        assert await bot.ended() == CONFIGURATION
        assert "DISCORD_TOKEN" in bot.output
    assert len(house.standin.gateway.identifies) == 1


@pytest.mark.parametrize(("code", "named"), [(4004, "DISCORD_TOKEN"), (4013, "intents"), (4014, "intents")])
async def test_what_discord_refuses_for_good_ends_it_with_one_line(house: House, code: int, named: str) -> None:
    house.standin.gateway.close_identify_with = code
    async with house.started() as bot:
        assert await bot.ended() == CONFIGURATION
        (line,) = [line for line in bot.output.splitlines() if "ERROR" in line]
        assert f"({code})" in line
        assert named in line


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("words", ["bot", "tools run", "tools --dir . run", "tools run --dir ."])
async def test_a_signal_while_it_loads_ends_it_in_peace(tmp_path: Path, words: str, sent: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *words.split(), cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    terminates = 1 << (signal.SIGTERM - 1)
    caught = re.compile(r"SigCgt:\s*(\w+)")
    while not int(caught.findall(Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8"))[0], 16) & terminates:
        await asyncio.sleep(0.001)
    process.send_signal(sent)
    output, _ = await process.communicate()
    assert (process.returncode, output) == (0, b"")


async def test_missing_settings_are_all_named_at_once(house: House) -> None:
    async with house.started(DISCORD_TOKEN="", SSH_HOST="", STATS_CHANNEL_ID="stats") as bot:
        assert await bot.ended() == CONFIGURATION
        for name in ("DISCORD_TOKEN is missing", "SSH_HOST is missing", "STATS_CHANNEL_ID: "):
            assert name in bot.output
    assert not house.database.exists()


async def test_another_programs_database_is_not_touched(house: House) -> None:
    with closing(sqlite3.connect(house.database)) as con, con:
        con.execute("CREATE TABLE bookmarks (url TEXT)")
    before = hashlib.sha256(house.database.read_bytes()).digest()
    async with house.started() as bot:
        assert await bot.ended() == CONFIGURATION
        assert str(house.database) in bot.output
    assert hashlib.sha256(house.database.read_bytes()).digest() == before
    assert [path.name for path in house.home.glob("stats.db?*") if path.suffix != ".lock"] == []


async def test_an_unknown_host_key_is_shown_and_told_once_and_the_bot_stays_up(
    house: House, server: tuple[Sshd, Path]
) -> None:
    sshd = server[0]

    def alerts() -> list[Message]:
        return house.standin.posts(ADMIN_CHANNEL)

    async with house.started(SSH_KNOWN_HOSTS=str(house.home / "nobody")) as bot:
        await bot.until(alerts)
        for text in (sshd.fingerprint(), "tools.trust"):
            assert text in bot.output
        (alert,) = alerts()
        assert sshd.fingerprint() in text_of(alert).replace("\\", "")  # escaped for Discord's markdown
        asked = house.standin.interactions.slash("sync status", user=ADMIN)
        await asked.until(lambda it: it.answered)
        assert "tools.trust" in str(asked.embeds)
        assert await bot.stop() == 0
    assert len(alerts()) == 1


async def test_commands_are_registered_once_and_move_with_their_scope(house: House) -> None:
    standin, guild = house.standin, str(GUILD_ID)
    async with house.running():
        everywhere = [command["name"] for command in standin.commands[None]]
        assert "round" in everywhere
    async with house.running():
        assert standin.command_syncs == 1
    async with house.running(DISCORD_GUILD_ID=guild) as bot:
        await bot.says("commands registered")
        assert [command["name"] for command in standin.commands[guild]] == everywhere
        assert standin.commands[None] == []
        assert standin.command_syncs == 3
        asked = standin.interactions.slash("sync status", user=ADMIN)
        await asked.until(lambda it: it.answered)
    async with house.running(DISCORD_GUILD_ID=guild) as bot:
        assert standin.command_syncs == 3
        asked = standin.interactions.slash("sync status", user=ADMIN)
        await asked.until(lambda it: it.answered)
        assert await bot.stop() == 0
    async with house.running() as bot:
        await bot.says("commands registered")
        assert standin.commands[guild] == []
        assert [command["name"] for command in standin.commands[None]] == everywhere


async def test_commands_that_are_not_registered_hold_up_nothing(house: House) -> None:
    rule = house.standin.faults.add(hang(), when=lambda request: request.method == "PUT", times=None)
    async with house.started() as bot:
        await bot.until(lambda: rule.hits)
        await bot.says("the first run is complete")
        house.drop(an_r1(at=minutes_ago(10)))
        await bot.until(house.standin.posts)
        assert house.standin.command_syncs == 0
        assert await bot.stop() == 0
    rule.cancel()
    rule = house.standin.faults.add(reset(), when=lambda request: request.method == "PUT", times=None)
    async with house.started() as bot:
        await bot.says("the commands could not be registered")
        assert bot.is_running
    rule.cancel()
    async with house.running():
        assert house.standin.command_syncs == 1


async def test_a_new_application_on_an_old_database_gets_its_commands(house: House) -> None:
    async with house.running() as bot:
        await bot.until(lambda: house.ask(_TREE))
    with closing(sqlite3.connect(house.database)) as con, con:
        con.execute(
            "UPDATE facts SET value = replace(value, ?, '7') WHERE key = 'command_tree'", (str(APPLICATION_ID),)
        )
    syncs = house.standin.command_syncs
    async with house.running() as bot:
        await bot.until(lambda: house.standin.command_syncs > syncs)
        await bot.until(lambda: str(APPLICATION_ID) in house.ask(_TREE))


async def test_commands_are_registered_as_soon_as_the_bot_joins_the_server(house: House) -> None:
    standin = house.standin
    standin.gateway.uninvited = True
    rule = standin.faults.add(NO_ACCESS, when=lambda request: request.method == "PUT", times=None)
    async with house.started(DISCORD_GUILD_ID=str(GUILD_ID)) as bot:
        await bot.says("the commands could not be registered")
        await bot.says("the bot is in no server")
        rule.cancel()
        standin.gateway.uninvited = False
        joined = guild_create(standin.bot_permissions)
        del joined["unavailable"]  # which Discord tells of the servers alone that were there before
        standin.gateway.dispatch("GUILD_CREATE", joined)
        await bot.until(lambda: standin.commands.get(str(GUILD_ID)))


async def test_a_bot_that_nobody_has_invited_says_how_to(house: House) -> None:
    house.standin.gateway.uninvited = True
    async with house.running() as bot:
        await bot.says(f"client_id={APPLICATION_ID}")
        assert f"permissions={PERMISSIONS}" in bot.output
        assert "scope=bot+applications.commands" in bot.output


async def test_a_database_too_damaged_to_start_with_is_one_line_with_the_way_back_and_no_restart(house: House) -> None:
    async with house.running() as bot:
        await bot.says("made and checked")
        assert await bot.stop() == 0
    (made,) = backups.listed(house.database, house.home / "backups")  # the bot's own, of its first minute
    data = bytearray(house.database.read_bytes())
    data[100:4096] = bytes(3996)
    house.database.write_bytes(data)
    async with house.started() as bot:
        assert await bot.ended() == CONFIGURATION
        assert str(made.path) in bot.output
    assert house.database.read_bytes() == data


async def test_a_folder_in_place_of_a_database_is_one_line_and_no_restart(house: House) -> None:
    async with house.started(DATABASE_PATH=str(house.home)) as bot:
        assert await bot.ended() == CONFIGURATION
        assert f"{house.home} is a folder: set DATABASE_PATH to a file in it" in bot.output
        assert "Traceback" not in bot.output


@pytest.mark.skipif(os.name != "posix", reason="links")
async def test_copies_without_a_place_are_one_line_and_no_restart(house: House) -> None:
    link = house.home / "link"
    link.symlink_to("gone")
    async with house.started(LOCAL_STATS_DIR=str(link)) as bot:
        assert await bot.ended() == CONFIGURATION
        (line,) = [line for line in bot.output.splitlines() if "LOCAL_STATS_DIR" in line]
        assert f"{link} is a link to gone, which is not there: name a folder" in line
