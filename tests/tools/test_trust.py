"""The host key is learned from a person, never from the network alone."""

from __future__ import annotations

import os
import pty
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ingest.source.ssh_login import known_fingerprints
from rigs.servers.sshd import Sshd, free_port, new_key, running

OTHERS = "# our servers\nother.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHk1d2l0aCBhIHRlc3Qga2V5\n"


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    with running(tmp_path / "sshd") as server:
        server.known_hosts.unlink()
        yield server


def environment(sshd: Sshd) -> dict[str, str]:
    """Settings that name the server; the known-hosts file lies in the folder where the tool runs."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SSH_")},
        "SSH_HOST": sshd.host,
        "SSH_PORT": str(sshd.port),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }


def trust(sshd: Sshd, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the tool with no terminal."""
    return subprocess.run(
        [sys.executable, "-m", "tools.trust", *arguments],
        env=environment(sshd) | settings,
        cwd=sshd.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def trust_by_hand(sshd: Sshd, answer: str) -> tuple[int, str]:
    """Run the tool on a terminal and type an answer; the exit code and what was shown."""
    ours, its = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "tools.trust"],
        env=environment(sshd),
        cwd=sshd.home,
        stdin=its,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        os.write(ours, f"{answer}\n".encode())
        shown, _ = process.communicate(timeout=30)
    os.close(ours)
    os.close(its)
    return process.returncode, shown


def known(sshd: Sshd) -> list[str]:
    """The fingerprints that the file has for the server."""
    return known_fingerprints(sshd.known_hosts, sshd.host, sshd.port)


def test_with_nobody_to_ask_it_shows_the_key_and_how_to_check_it_and_writes_nothing(sshd: Sshd) -> None:
    done = trust(sshd)
    assert done.returncode == 2
    assert done.stdout == ""
    for text in (sshd.place.pattern, "ssh-ed25519", sshd.fingerprint(), "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key"):
        assert text in done.stderr
    assert not sshd.known_hosts.exists()


def test_the_right_fingerprint_writes_the_key_for_this_user_alone(sshd: Sshd) -> None:
    done = trust(sshd, "--fingerprint", sshd.fingerprint())
    assert done.returncode == 0, done.stderr
    assert known(sshd) == [sshd.fingerprint()]
    assert stat.S_IMODE(sshd.known_hosts.stat().st_mode) == 0o600
    assert [path.name for path in sshd.home.glob("*.part")] == []
    again = trust(sshd)
    assert (again.returncode, "already" in again.stderr) == (0, True)


@pytest.mark.parametrize("change", [lambda text: text[:-1], str.lower, lambda text: "SHA256:" + "A" * 43, lambda _: ""])
def test_any_other_fingerprint_is_a_mismatch(sshd: Sshd, change: type[str]) -> None:
    done = trust(sshd, "--fingerprint", change(sshd.fingerprint()))
    assert done.returncode == 2
    assert "does not show" in done.stderr
    assert not sshd.known_hosts.exists()


def test_on_a_terminal_only_yes_is_yes(sshd: Sshd) -> None:
    code, shown = trust_by_hand(sshd, "y")
    assert (code, sshd.known_hosts.exists()) == (2, False)
    assert sshd.fingerprint() in shown
    code, _ = trust_by_hand(sshd, "yes")
    assert (code, known(sshd)) == (0, [sshd.fingerprint()])


def test_another_known_key_is_a_loud_warning_and_is_replaced_alone(sshd: Sshd) -> None:
    old = new_key(sshd.home / "old", "ed25519").with_suffix(".pub").read_text()
    shared = f"{sshd.place.pattern},friend.example {old}"
    sshd.known_hosts.write_text(f"{OTHERS}{sshd.place.pattern}\t{old}{shared}@revoked * {old}")
    sshd.known_hosts.chmod(0o640)
    before = sshd.known_hosts.read_text()
    refused = trust(sshd)
    assert (refused.returncode, sshd.known_hosts.read_text()) == (2, before)
    assert "ANOTHER KEY IS KNOWN" in refused.stderr
    assert trust(sshd, "--fingerprint", sshd.fingerprint()).returncode == 0
    after = sshd.known_hosts.read_text()
    assert after.startswith(f"{OTHERS}friend.example {old}@revoked * {old}{sshd.place.pattern} ssh-ed25519 ")
    assert known(sshd) == [sshd.fingerprint()]
    assert stat.S_IMODE(sshd.known_hosts.stat().st_mode) == 0o640


def test_a_hashed_line_is_replaced_and_a_pattern_is_told_about(sshd: Sshd) -> None:
    old = new_key(sshd.home / "old", "ed25519").with_suffix(".pub").read_text()
    sshd.known_hosts.write_text(f"{sshd.place.pattern} {old}")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", sshd.known_hosts], check=True, capture_output=True)
    with sshd.known_hosts.open("a") as file:
        file.write(f"*:{sshd.port} {old}")
    done = trust(sshd, "--fingerprint", sshd.fingerprint())
    assert done.returncode == 0
    assert "still trusts SHA256:" in done.stderr
    lines = sshd.known_hosts.read_text().splitlines()
    assert [line.split()[0] for line in lines] == [f"*:{sshd.port}", sshd.place.pattern]


def test_a_file_of_an_earlier_version_beside_the_database_is_found(sshd: Sshd) -> None:
    (sshd.home / "data").mkdir()
    stray = sshd.home / "data/known_hosts"
    stray.write_text("# where it was\n")
    assert trust(sshd, "--fingerprint", sshd.fingerprint(), DATABASE_PATH="data/stats.db").returncode == 0
    assert known_fingerprints(stray, sshd.host, sshd.port) == [sshd.fingerprint()]
    assert not sshd.known_hosts.exists()


def test_a_server_that_cannot_be_reached_is_3(sshd: Sshd) -> None:
    done = trust(sshd, SSH_PORT=str(free_port()))
    assert (done.returncode, "Connection refused" in done.stderr) == (3, True)


def test_wrong_settings_end_with_2(sshd: Sshd) -> None:
    done = trust(sshd, SSH_HOST="")
    assert (done.returncode, "SSH_HOST" in done.stderr) == (2, True)


def test_a_damaged_file_is_left_for_a_person(sshd: Sshd) -> None:
    damaged = f"{sshd.place.pattern} nonsense\n"
    sshd.known_hosts.write_text(damaged)
    done = trust(sshd, "--fingerprint", sshd.fingerprint())
    assert (done.returncode, sshd.known_hosts.read_text()) == (2, damaged)
    assert "line 1 names" in done.stderr


def test_lines_about_nobody_are_kept_and_hinder_nobody(sshd: Sshd) -> None:
    sshd.known_hosts.write_text("nonsense\n")
    assert trust(sshd, "--fingerprint", sshd.fingerprint()).returncode == 0
    assert sshd.known_hosts.read_text().startswith("nonsense\n")
    assert known(sshd) == [sshd.fingerprint()]


def test_a_key_that_is_proved_by_sha1_alone_is_named_as_weak(tmp_path: Path) -> None:
    with running(tmp_path / "old", host_keys=("rsa",), extra="HostKeyAlgorithms ssh-rsa") as old:
        old.known_hosts.unlink()
        done = trust(old, "--fingerprint", old.fingerprint("rsa"))
        assert (done.returncode, "SHA-1 alone" in done.stderr) == (0, True)
        assert known(old) == [old.fingerprint("rsa")]


def test_a_server_with_nothing_in_common_is_3_and_says_what_it_offers(tmp_path: Path) -> None:
    with running(tmp_path / "old", extra="KexAlgorithms diffie-hellman-group1-sha1") as old:
        old.known_hosts.unlink()
        done = trust(old)
        assert (done.returncode, "only diffie-hellman-group1-sha1" in done.stderr) == (3, True)
