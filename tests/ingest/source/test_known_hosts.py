"""The known-hosts file: a person wrote it, perhaps on Windows, perhaps long ago; it is read as ssh reads it."""

from __future__ import annotations

import codecs
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bot.errors import HostKeyUnknown
from bot.ingest.source.known_hosts import Place, lines_about, remember
from rigs.servers.sshd import Sshd, new_key
from tests.ingest.conftest import Opener

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHk1d2l0aCBhIHRlc3Qga2V5"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place("Games.Example", 2222, tmp_path / "known_hosts")


def numbers(place: Place, text: str) -> list[int]:
    place.file.write_text(text)
    return [line.number for line in lines_about(place)]


STRANGE = ["one-word", "@strange host ssh-ed25519 AAAA", "|1|x|y|z ssh-ed25519 AAAA", "@revoked", "\x00\xff", "@"]


async def test_lines_that_say_nothing_about_this_host_may_be_whatever_they_are(sshd: Sshd, open_source: Opener) -> None:
    good = sshd.known_hosts.read_text()
    sshd.known_hosts.write_text("\n".join([*STRANGE, good]), errors="surrogateescape")
    await open_source(sshd).folder_mtime()
    sshd.known_hosts.write_text("\n".join(STRANGE))
    with pytest.raises(HostKeyUnknown, match="is not in"):
        await open_source(sshd).folder_mtime()


@pytest.mark.parametrize(
    "line", ["{host}", "{host} ssh-ed25519", "@strange {host} ssh-ed25519 AAAA", "{host} ssh-rsa x"]
)
async def test_a_damaged_line_about_this_host_trusts_nobody_and_is_named(
    sshd: Sshd, open_source: Opener, line: str
) -> None:
    good = sshd.known_hosts.read_text()
    sshd.known_hosts.write_text(f"# ours\n{line.format(host=sshd.place.pattern)}\n{good}")
    with pytest.raises(HostKeyUnknown, match=r"line 2 names .* cannot be read"):
        await open_source(sshd).folder_mtime()


async def test_a_key_of_a_kind_from_the_future_is_left_out(sshd: Sshd, open_source: Opener) -> None:
    good = sshd.known_hosts.read_text()
    sshd.known_hosts.write_text(f"{sshd.place.pattern} ssh-quantum AAAA\n{good}")
    await open_source(sshd).folder_mtime()


@pytest.mark.parametrize(
    ("bom", "encoding"),
    [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF8, "utf-8"),
     (b"", "utf-16-le"), (b"", "utf-16-be")],
)  # fmt: skip
async def test_what_windows_wrote_is_read(sshd: Sshd, open_source: Opener, bom: bytes, encoding: str) -> None:
    text = sshd.known_hosts.read_text().replace("\n", "\r\n")
    sshd.known_hosts.write_bytes(bom + text.encode(encoding))
    await open_source(sshd).folder_mtime()


async def test_a_host_is_the_same_in_upper_and_lower_case(sshd: Sshd, open_source: Opener) -> None:
    sshd.known_hosts.write_text(sshd.known_hosts.read_text().replace("127.0.0.1", "LocalHost"))
    await open_source(sshd, host="LOCALHOST").folder_mtime()
    sshd.known_hosts.write_text(sshd.known_hosts.read_text().lower().split(" ")[0] + " " + line_of(sshd))
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", sshd.known_hosts], check=True, capture_output=True)
    await open_source(sshd, host="LOCALHOST").folder_mtime()


def line_of(sshd: Sshd) -> str:
    return (sshd.home / "host_ed25519.pub").read_text()


async def test_a_key_that_is_known_without_the_port_is_mentioned(sshd: Sshd, open_source: Opener) -> None:
    sshd.known_hosts.write_text(f"127.0.0.1 {line_of(sshd)}")
    with pytest.raises(HostKeyUnknown, match=r"knows of 127\.0\.0\.1 without the port is for port 22 alone"):
        await open_source(sshd).folder_mtime()


def test_names_are_matched_as_ssh_does(place: Place) -> None:
    text = "\n".join(
        f"{names} {KEY}"
        for names in (
            "[games.example]:2222", "other,[GAMES.example]:2222", "*", "[games.*]:2222", "[games.exampl?]:2222",
            "games.example", "[games.example]:22", "*,![games.example]:2222", "[games?example]", "[g]:2222",
        )
    )  # fmt: skip
    assert numbers(place, f"# {text}") == [2, 3, 4, 5]
    assert numbers(place, f"@revoked *:2222 {KEY}\n@cert-authority *.example {KEY}") == [1]
    assert numbers(place._replace(port=22), f"games.example {KEY}") == [1]


def test_a_written_key_replaces_every_spelling_of_the_host_and_nothing_else(place: Place) -> None:
    place.file.write_bytes(f"odd line\r\n[GAMES.Example]:2222 {KEY}\r\n".encode("utf-16"))
    remember(place, f"{place.pattern} {KEY}")
    assert place.file.read_text() == f"odd line\n[games.example]:2222 {KEY}\n"


async def test_no_name_is_looked_up_but_the_hosts(
    sshd: Sshd, open_source: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    look_up = socket.getaddrinfo

    def noted(host: Any, *arguments: Any, **named: Any) -> Any:
        asked.append(host)
        return look_up(host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    new_key(sshd.home / "other", "ed25519")
    await open_source(sshd).folder_mtime()
    assert set(asked) <= {sshd.host}
