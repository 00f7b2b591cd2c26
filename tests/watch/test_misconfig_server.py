"""Mistakes on the way to the game server: the doctor and the first poll say the same, and the doctor has the fix."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from bot.watch.doctor.check import CheckState
from rigs.servers.asyncssh_server import FakeServer, serving
from rigs.servers.sshd import Sshd, free_port, new_key, running
from tests.watch.bench import Bench

Changed = dict[str, Any]


def way_to(server: Sshd | FakeServer) -> Changed:
    return {
        "ssh_port": server.port,
        "ssh_user": server.user,
        "ssh_key_path": server.key,
        "ssh_known_hosts": server.known_hosts,
        "remote_stats_path": str(server.folder),
    }


def a_file_with(bench: Bench, text: str | bytes, *, mode: int = 0o600) -> Path:
    path = bench.home / f"file-{len([*bench.home.iterdir()])}"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return path


def a_key(bench: Bench, *, passphrase: str = "", mode: int = 0o600) -> Path:
    key = new_key(bench.home / f"key-{len([*bench.home.iterdir()])}", "ed25519", passphrase=passphrase)
    key.chmod(mode)
    return key


def known(bench: Bench) -> str:
    return bench.sshd.known_hosts.read_text()


def with_another_key(bench: Bench) -> str:
    public = a_key(bench).with_suffix(".pub").read_text()
    return f"{bench.sshd.place.pattern} {public}"


REFUSED: list[Any] = [
    pytest.param(
        lambda b: {"ssh_known_hosts": a_file_with(b, "")}, ["tools.trust", "nobody has logged in"], id="11 new"
    ),
    pytest.param(
        lambda b: {"ssh_known_hosts": a_file_with(b, with_another_key(b))},
        ["shows another key", "ssh-keygen -lf", "tools.trust"],
        id="11 changed",
    ),
    pytest.param(
        lambda b: {"ssh_known_hosts": a_file_with(b, f"{b.sshd.place.pattern} ssh-ed25519\n")},
        ["is damaged: line 1", "remove that line", "tools.trust"],
        id="11 and 12 garbage about this host",
    ),
    pytest.param(
        lambda b: {"ssh_known_hosts": a_file_with(b, known(b).replace(b.sshd.place.pattern, b.sshd.host))},
        ["without the port is for port 22 alone", "tools.trust"],
        id="13 no port",
    ),
    pytest.param(
        lambda b: {"ssh_key_path": a_key(b, mode=0o644)}, ["can be read by others", "chmod 600"], id="14 mode"
    ),
    pytest.param(
        lambda b: {"ssh_key_path": a_key(b, passphrase="canary")},
        ["it has a passphrase, and none is set", "set SSH_KEY_PASSPHRASE"],
        id="16 none",
    ),
    pytest.param(
        lambda b: {"ssh_key_path": a_key(b, passphrase="canary"), "ssh_key_passphrase": "wrong"},
        ["its passphrase is wrong", "set SSH_KEY_PASSPHRASE"],
        id="16 wrong",
    ),
    pytest.param(
        lambda b: {"ssh_key_path": b.sshd.key.with_suffix(".pub")}, ["the public half", "without .pub"], id="17 .pub"
    ),
    pytest.param(
        lambda b: {"ssh_key_path": a_file_with(b, "PuTTY-User-Key-File-3: ssh-ed25519\n")},
        ["is PuTTY's", "Export OpenSSH key"],
        id="17 .ppk",
    ),
    pytest.param(
        lambda b: {"ssh_key_path": a_key(b)}, ["does not let", "authorized_keys on the server"], id="18 another key"
    ),
    pytest.param(
        lambda _b: {"remote_stats_path": "/nowhere"}, ["it is not there", "set REMOTE_STATS_PATH"], id="22 missing"
    ),
    pytest.param(
        lambda b: {"remote_stats_path": str(next(b.sshd.folder.iterdir()))},
        ["it is a file", "set REMOTE_STATS_PATH"],
        id="22 a file",
    ),
    pytest.param(
        lambda _b: {"remote_stats_path": "~/nowhere"}, ["~ is the home of", "set REMOTE_STATS_PATH"], id="22 home"
    ),
    pytest.param(
        lambda _b: {"ssh_port": free_port()}, ["Connection refused", "are SSH_HOST and SSH_PORT right"], id="28 closed"
    ),
]


@pytest.mark.parametrize(("change", "words"), REFUSED)
async def test_what_is_refused(bench: Bench, change: Callable[[Bench], Changed], words: list[str]) -> None:
    await bench.both_ask(*words, **change(bench))


GOOD: list[Any] = [
    pytest.param(lambda b: b"\xff\xfe" + known(b).encode("utf-16-le"), id="12 UTF-16"),
    pytest.param(lambda b: f"other.example.org ssh-ed25519 ???\n{known(b)}".encode(), id="12 another host's line"),
]


@pytest.mark.parametrize("text", GOOD)
async def test_what_is_no_mistake(bench: Bench, text: Callable[[Bench], bytes]) -> None:
    changed = {"ssh_known_hosts": a_file_with(bench, text(bench))}
    assert [c.state for c in await bench.doctor(**changed) if c.name == "game server"] == [CheckState.OK]
    assert await bench.poll(**changed) == ""


async def test_13_a_host_in_capitals_is_the_one_that_is_known(bench: Bench) -> None:
    text = known(bench).replace(bench.sshd.host, "localhost")
    changed = {"ssh_host": "LOCALHOST", "ssh_known_hosts": a_file_with(bench, text)}
    (check,) = (c for c in await bench.doctor(**changed) if c.name == "game server")
    assert check.state is CheckState.OK or "not in" not in check.text, check


@pytest.mark.parametrize(
    ("subsystem", "extra", "words"),
    [
        pytest.param(
            "a script that prints", "", ["with text in place of SFTP", "ForceCommand internal-sftp"], id="script"
        ),
        pytest.param("/bin/false", "", ["ends SFTP at once", "ForceCommand internal-sftp"], id="nologin"),
        pytest.param(
            "internal-sftp", "ChrootDirectory {open}", ["its ChrootDirectory does not", "chown root:root"], id="chroot"
        ),
        pytest.param(
            "internal-sftp",
            "KexAlgorithms diffie-hellman-group1-sha1",
            ["no key exchange algorithm that is still safe", "update its SSH server"],
            id="21 old",
        ),
    ],
)
async def test_20_and_21_logins_that_lead_nowhere(bench: Bench, subsystem: str, extra: str, words: list[str]) -> None:
    (bench.home / "open").mkdir(mode=0o777)
    (bench.home / "open").chmod(0o777)
    with running(bench.home / "server", extra=extra.format(open=bench.home / "open")) as server:
        if subsystem.startswith("a script"):
            script = server.home / "login"
            script.write_text("#!/bin/sh\necho Welcome to our server\nexec /usr/lib/openssh/sftp-server\n")
            script.chmod(0o755)
            subsystem = str(script)
        server.stop()
        server.subsystem = subsystem
        server.start()
        await bench.both_ask(*words, **way_to(server))


async def test_19_a_server_that_takes_passwords_alone(bench: Bench) -> None:
    async with serving(bench.home / "rented") as rented:
        rented.password, rented.steps = "canary", ["password"]
        stranger = {**way_to(rented), "ssh_key_path": None}
        await bench.both_ask("by password only", "set SSH_PASSWORD", **stranger)
        await bench.both_ask("with SSH_PASSWORD", "correct SSH_PASSWORD", **{**stranger, "ssh_password": "wrong"})


async def test_24_and_25_a_folder_that_comes_and_is_closed_is_a_second_trouble(bench: Bench) -> None:
    async with serving(bench.home / "late") as server:
        changed = way_to(server)
        shutil.rmtree(server.folder)
        await bench.both_ask("it is not there", "set REMOTE_STATS_PATH", **changed)
        server.folder.mkdir()
        server.errors["list"] = server.errors["stat"] = asyncssh.SFTPPermissionDenied("no")
        await bench.both_ask("no permission", "mode 0755, or 0750 and a group", **changed)


async def test_24_files_that_only_their_owner_may_read(bench: Bench) -> None:
    async with serving(bench.home / "closed") as server:
        for file in bench.sshd.folder.iterdir():
            shutil.copy2(file, server.folder)
        server.errors["open"] = asyncssh.SFTPPermissionDenied("no")
        changed = way_to(server)
        await bench.both("read access", "let the account's group read the files", **changed)
        assert "could not be read" in await bench.poll(**changed)


async def test_28_the_port_of_another_service(bench: Bench) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as web:
        port = web.sockets[0].getsockname()[1]
        pattern = f"[{bench.sshd.host}]:{port}"
        text = known(bench).replace(bench.sshd.place.pattern, pattern)
        await bench.both_ask(
            "but not with SSH", "is SSH_PORT right?", ssh_port=port, ssh_known_hosts=a_file_with(bench, text)
        )
