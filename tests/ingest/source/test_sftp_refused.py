"""What only a person can mend is refused with its reason, never taken for a server that is away."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.errors import HostKeyChanged, HostKeyUnknown, LoginRefused, SourceAway, SourceRefused
from bot.ingest.source.ssh_login import HANG_UPS
from rigs.servers.asyncssh_server import FakeServer
from rigs.servers.sshd import Sshd, new_key, running
from tests.ingest.conftest import Opener

PASSWORD = "canary-password-77aa"


def restart(sshd: Sshd, *, subsystem: str | None = "internal-sftp", extra: str = "") -> None:
    sshd.stop()
    sshd.subsystem, sshd.extra = subsystem, extra
    sshd.start()


@pytest.mark.parametrize("text", ["Welcome to our server", "", "hi"])
async def test_a_login_that_prints_text_is_said_to(sshd: Sshd, open_source: Opener, text: str) -> None:
    script = sshd.home / "login"
    script.write_text(f"#!/bin/sh\necho {text}\nexec /usr/lib/openssh/sftp-server\n")
    script.chmod(0o755)
    restart(sshd, subsystem=str(script))
    with pytest.raises(SourceRefused, match=r"with text in place of SFTP: a login script.*ForceCommand internal-sftp"):
        await open_source(sshd).folder_mtime()


@pytest.mark.parametrize("program", ["/bin/false", "/no/such/sftp-server"])
async def test_a_shell_or_program_that_ends_at_once_is_said_to(sshd: Sshd, open_source: Opener, program: str) -> None:
    restart(sshd, subsystem=program)
    with pytest.raises(SourceRefused, match="ends SFTP at once: there is no sftp-server"):
        await open_source(sshd).folder_mtime()


async def test_a_chroot_that_is_not_roots_alone_is_refused(sshd: Sshd, open_source: Opener) -> None:
    sshd.folder.chmod(0o777)
    restart(sshd, extra=f"ChrootDirectory {sshd.folder}")
    with pytest.raises(SourceRefused, match="ChrootDirectory"):
        await open_source(sshd).folder_mtime()


async def test_a_server_that_hangs_up_after_each_login_refuses(fake: FakeServer, open_source: Opener) -> None:
    fake.closes = math.inf
    source = open_source(fake)
    for _ in range(2):
        with pytest.raises(SourceRefused, match="closes the connection each time"):
            await source.folder_mtime()
    fake.closes = 0
    await source.folder_mtime()


async def test_a_server_that_let_us_in_before_is_away_for_a_while_before_its_settings_are_blamed(
    fake: FakeServer, open_source: Opener
) -> None:
    source = open_source(fake)
    for _ in range(2):
        fake.closes = 0
        await source.folder_mtime()
        await source.close()
        fake.closes = math.inf
        for _ in range(HANG_UPS - 1):
            with pytest.raises(SourceAway):
                await source.folder_mtime()
    with pytest.raises(SourceRefused, match="closes the connection each time"):
        await source.folder_mtime()


async def test_a_server_that_hangs_up_once_may_be_going_down_and_is_asked_again(
    fake: FakeServer, open_source: Opener
) -> None:
    fake.closes = 1
    await open_source(fake).folder_mtime()


@pytest.mark.parametrize(
    ("extra", "offered"),
    [
        ("Ciphers aes256-cbc", "encryption algorithm.*only aes256-cbc"),
        ("KexAlgorithms diffie-hellman-group1-sha1", "key exchange algorithm.*only diffie-hellman-group1-sha1"),
        ("Ciphers aes256-ctr\nMACs hmac-md5", "MAC algorithm.*only hmac-md5"),
    ],
)
async def test_a_server_with_old_algorithms_alone_is_refused_with_what_it_offers(
    sshd: Sshd, open_source: Opener, extra: str, offered: str
) -> None:
    restart(sshd, extra=extra)
    for _ in range(3):
        with pytest.raises(SourceRefused, match=offered):
            await open_source(sshd).folder_mtime()


async def test_sha1_is_good_enough_only_for_a_key_that_is_pinned(
    tmp_path: Path, open_source: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    with running(tmp_path / "sshd", host_keys=("rsa",), extra="HostKeyAlgorithms ssh-rsa\nLogLevel DEBUG1") as sshd:
        source = open_source(sshd)
        with caplog.at_level(logging.WARNING):
            for _ in range(2):
                await source.folder_mtime()
                await source.close()
        assert [record.message for record in caplog.records if "SHA-1 alone" in record.message] != []
        assert len(caplog.records) == 1
        sshd.known_hosts.write_text("")
        said = len(sshd.log())
        with pytest.raises(HostKeyUnknown, match=re.escape(sshd.fingerprint("rsa"))):
            await open_source(sshd).folder_mtime()
        other = new_key(tmp_path / "other", "ed25519").with_suffix(".pub").read_text()
        sshd.known_hosts.write_text(f"{sshd.place.pattern} {other}")
        with pytest.raises(HostKeyChanged):
            await open_source(sshd).folder_mtime()
        assert len(caplog.records) == 1, "it was let by with nothing"
        assert "userauth-request" not in sshd.log()[said:]


async def test_an_rsa_key_that_signs_as_it_should_gives_no_warning(
    tmp_path: Path, open_source: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    with running(tmp_path / "sshd", host_keys=("rsa",)) as sshd:
        await open_source(sshd).folder_mtime()
    assert [record for record in caplog.records if record.levelname != "INFO"] == []


BY_PASSWORD = "AuthenticationMethods password\nPasswordAuthentication yes"
TWO_STEPS = "AuthenticationMethods publickey,password\nPasswordAuthentication yes"


@pytest.mark.parametrize(
    ("extra", "why"),
    [
        (BY_PASSWORD, "in by password only: set SSH_PASSWORD, or allow keys"),
        (TWO_STEPS, "takes the key .* and asks for a second step, password: set SSH_PASSWORD"),
    ],
)
async def test_a_server_that_wants_more_than_a_key_is_said_to(
    sshd: Sshd, open_source: Opener, extra: str, why: str
) -> None:
    restart(sshd, extra=extra)
    with pytest.raises(LoginRefused, match=why):
        await open_source(sshd).folder_mtime()
    with pytest.raises(LoginRefused, match="with SSH_PASSWORD") as caught:
        await open_source(sshd, password=PASSWORD).folder_mtime()
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("method", ["password", "keyboard-interactive"])
async def test_a_password_lets_in_where_there_is_no_key(fake: FakeServer, open_source: Opener, method: str) -> None:
    fake.password, fake.steps = PASSWORD, [method]
    source = open_source(fake, key_path=None, password=PASSWORD)
    await source.folder_mtime()
    assert fake.passwords == [PASSWORD]
    assert PASSWORD not in repr(source)
    fake.password = "another"
    with pytest.raises(LoginRefused, match=r"does not let stats in with SSH_PASSWORD: correct SSH_PASSWORD") as caught:
        await open_source(fake, key_path=None, password=PASSWORD).folder_mtime()
    assert PASSWORD not in str(caught.value)
    with pytest.raises(LoginRefused, match=f"in by {method} only"):
        await open_source(fake, key_path=None).folder_mtime()


async def test_a_key_that_is_enough_keeps_the_password_at_home(fake: FakeServer, open_source: Opener) -> None:
    fake.password, fake.steps = PASSWORD, ["password", "keyboard-interactive"]
    await open_source(fake, password=PASSWORD).folder_mtime()
    assert fake.passwords == []


async def test_a_password_goes_to_nobody_whose_key_is_not_known(fake: FakeServer, open_source: Opener) -> None:
    fake.password, fake.steps = PASSWORD, ["password"]
    fake.known_hosts.write_text("")
    with pytest.raises(HostKeyUnknown):
        await open_source(fake, key_path=None, password=PASSWORD).folder_mtime()
    assert fake.passwords == []


async def test_a_question_that_no_program_can_answer_is_shown(fake: FakeServer, open_source: Opener) -> None:
    fake.password, fake.steps, fake.prompt = PASSWORD, ["keyboard-interactive"], "Verification code: \x1b[31m"
    with pytest.raises(LoginRefused, match=r"asks stats 'Verification code: \\\\x1b\[31m'"):
        await open_source(fake, key_path=None, password=PASSWORD).folder_mtime()
    assert fake.passwords == []


@pytest.mark.parametrize(
    ("greets", "answers", "shown"),
    [(b"220 FTP\r\n", b"500 what\r\n", "220 FTP"), (b"", b"HTTP/1.1 400 Bad\r\n", "HTTP/1.1")],
)
async def test_a_port_of_another_service_is_named(
    sshd: Sshd, open_source: Opener, greets: bytes, answers: bytes, shown: str
) -> None:
    async with await asyncio.start_server(saying(greets, answers), sshd.host, 0) as other:
        port = other.sockets[0].getsockname()[1]
        sshd.known_hosts.write_text(sshd.known_hosts.read_text().replace(f":{sshd.port}", f":{port}"))
        with pytest.raises(SourceRefused, match=rf"port {port} answers, but not with SSH \({shown}"):
            await open_source(sshd, port=port).folder_mtime()
        sshd.known_hosts.write_text("")
        with pytest.raises(SourceRefused, match="is SSH_PORT right"):
            await open_source(sshd, port=port).folder_mtime()


@pytest.mark.parametrize("line", [b"Exceeded MaxStartups\r\n", b"Not allowed at this time\r\n", b""])
async def test_a_server_that_is_full_and_says_so_is_away(sshd: Sshd, open_source: Opener, line: bytes) -> None:
    async with await asyncio.start_server(saying(line, b""), sshd.host, 0) as full:
        port = full.sockets[0].getsockname()[1]
        sshd.known_hosts.write_text(sshd.known_hosts.read_text().replace(f":{sshd.port}", f":{port}"))
        with pytest.raises(SourceAway):
            await open_source(sshd, port=port).folder_mtime()


def saying(greets: bytes, answers: bytes) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """What a service does that says this, hears a line, answers that, and hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greets)
        with contextlib.suppress(OSError):
            await reader.readline()
            writer.write(answers)
            await writer.drain()
        writer.close()

    return serve


async def test_the_public_half_and_a_putty_key_are_named_as_what_they_are(sshd: Sshd, open_source: Opener) -> None:
    with pytest.raises(LoginRefused, match=r"is the public half: set SSH_KEY_PATH to the private one, without \.pub"):
        await open_source(sshd, key_path=sshd.key.with_suffix(".pub")).folder_mtime()
    ppk = sshd.home / "stats.ppk"
    ppk.write_text("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n")
    with pytest.raises(LoginRefused, match="is PuTTY's: open it in PuTTYgen"):
        await open_source(sshd, key_path=ppk).folder_mtime()


async def test_a_tilde_is_the_accounts_home_on_the_server(sshd: Sshd, open_source: Opener) -> None:
    restart(sshd, subsystem=f"internal-sftp -d {sshd.home}")
    (sshd.folder / "file").touch()
    assert [entry.name for entry in await open_source(sshd, folder="~/stats").list()] == ["file"]
    assert "stats" in [entry.name for entry in await open_source(sshd, folder="~").list()]


async def test_a_folder_that_may_not_be_read_is_said_with_its_account(fake: FakeServer, open_source: Opener) -> None:
    new_key(fake.home / "unused", "ed25519")
    with pytest.raises(SourceRefused, match=r"it is not there: set REMOTE_STATS_PATH"):
        await open_source(fake, folder="/no/such/folder").list()
