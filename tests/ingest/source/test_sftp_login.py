"""Who is trusted and who is let in, against a real OpenSSH server."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

import pytest

from bot.errors import HostKeyChanged, HostKeyUnknown, LoginRefused, SourceAway
from bot.ingest.source.sftp import SftpSource
from bot.ingest.source.ssh_login import fetch_host_key, known_fingerprints
from rigs.servers.sshd import Sshd, fingerprint, free_port, new_key, running
from tests.ingest.conftest import Opener

TALKATIVE = "LogLevel DEBUG1"
MANY = ("rsa", "ecdsa", "ed25519")


def nobody_logged_in(sshd: Sshd) -> bool:
    """Whether no authentication of any kind was begun."""
    return "userauth-request" not in sshd.log()


@pytest.mark.parametrize("text", [None, "", "# nothing yet\n", "other.example ssh-ed25519 {blob}\n"])
async def test_a_host_that_is_not_known_is_never_logged_in_to(
    tmp_path: Path, open_source: Opener, text: str | None
) -> None:
    with running(tmp_path / "sshd", extra=TALKATIVE) as sshd:
        blob = sshd.known_hosts.read_text().split()[2]
        sshd.known_hosts.unlink()
        if text is not None:
            sshd.known_hosts.write_text(text.format(blob=blob))
        with pytest.raises(HostKeyUnknown) as caught:
            await open_source(sshd).folder_mtime()
        assert sshd.fingerprint() in str(caught.value)
        assert "python -m tools.trust" in str(caught.value)
        assert nobody_logged_in(sshd)


async def test_the_home_folders_known_hosts_counts_for_nothing(
    sshd: Sshd, open_source: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sshd.home / ".ssh").mkdir()
    sshd.known_hosts.rename(sshd.home / ".ssh/known_hosts")
    monkeypatch.setenv("HOME", str(sshd.home))
    with pytest.raises(HostKeyUnknown):
        await open_source(sshd).folder_mtime()


async def test_a_key_known_for_the_host_without_its_port_counts_for_nothing(sshd: Sshd, open_source: Opener) -> None:
    _, algorithm, blob, *_ = sshd.known_hosts.read_text().split()
    sshd.known_hosts.write_text(f"127.0.0.1 {algorithm} {blob}\n")
    with pytest.raises(HostKeyUnknown):
        await open_source(sshd).folder_mtime()


async def test_a_changed_key_stops_everything_and_shows_both(tmp_path: Path, open_source: Opener) -> None:
    with running(tmp_path / "sshd", extra=TALKATIVE) as sshd:
        source = open_source(sshd)
        await source.folder_mtime()
        sshd.stop()
        before, said = sshd.fingerprint(), len(sshd.log())
        sshd.replace_host_keys("ed25519")
        sshd.start()
        for _ in range(2):
            await raises_changed(source, before, sshd.fingerprint())
        assert "userauth-request" not in sshd.log()[said:]


async def raises_changed(source: SftpSource, before: str, after: str) -> None:
    """The next look finds a changed key, perhaps after the lost connection was noticed."""
    with contextlib.suppress(SourceAway, HostKeyChanged):
        await source.folder_mtime()
    with pytest.raises(HostKeyChanged) as caught:
        await source.folder_mtime()
    for text in (before, after, "attack", "ssh-keygen -lf", "python -m tools.trust"):
        assert text in str(caught.value)


@pytest.mark.parametrize("kind", MANY)
async def test_one_known_key_is_enough_for_a_server_with_several(
    tmp_path: Path, open_source: Opener, kind: str
) -> None:
    with running(tmp_path / "sshd", host_keys=MANY) as sshd:
        sshd.trust(kind)
        await open_source(sshd).folder_mtime()


@pytest.mark.parametrize("now", [("rsa", "ed25519"), ("ecdsa", "rsa")])
async def test_a_key_that_was_replaced_or_removed_is_not_replaced_by_one_of_another_kind(
    tmp_path: Path, open_source: Opener, now: tuple[str, ...]
) -> None:
    with running(tmp_path / "sshd", extra=TALKATIVE) as sshd:
        before = sshd.fingerprint()
        sshd.stop()
        sshd.replace_host_keys(*now)
        sshd.start()
        shown = "ed25519" if "ed25519" in now else "ecdsa"
        await raises_changed(open_source(sshd), before, sshd.fingerprint(shown))
        assert nobody_logged_in(sshd)


async def test_a_hashed_name_is_found(sshd: Sshd, open_source: Opener) -> None:
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", sshd.known_hosts], check=True, capture_output=True)
    assert "127.0.0.1" not in sshd.known_hosts.read_text()
    await open_source(sshd).folder_mtime()


async def test_a_revoked_key_is_refused_even_if_it_is_known(sshd: Sshd, open_source: Opener) -> None:
    line = sshd.known_hosts.read_text()
    sshd.known_hosts.write_text(f"{line}@revoked {line}")
    with pytest.raises(HostKeyChanged, match="revoked"):
        await open_source(sshd).folder_mtime()


async def test_a_host_certificate_of_a_known_authority_is_trusted(tmp_path: Path, open_source: Opener) -> None:
    with running(tmp_path / "sshd") as sshd:
        sshd.stop()
        authority = new_key(tmp_path / "authority", "ed25519")
        public = sshd.home / "host_ed25519.pub"
        subprocess.run(["ssh-keygen", "-q", "-s", authority, "-I", "host", "-h", "-n", "127.0.0.1", public], check=True)
        sshd.extra = f"HostCertificate {sshd.home / 'host_ed25519-cert.pub'}"
        signer = authority.with_suffix(".pub").read_text()
        sshd.known_hosts.write_text(f"@cert-authority {sshd.place.pattern} {signer}")
        sshd.start()
        await open_source(sshd).folder_mtime()


async def test_the_fetched_key_is_the_servers_best_and_needs_no_login(tmp_path: Path) -> None:
    with running(tmp_path / "sshd", host_keys=MANY, extra=TALKATIVE) as sshd:
        key = await fetch_host_key(sshd.host, sshd.port)
        assert (key.algorithm, key.fingerprint) == ("ssh-ed25519", sshd.fingerprint())
        sshd.known_hosts.write_text(f"{key.line}\n")
        assert known_fingerprints(sshd.known_hosts, sshd.host, sshd.port) == [sshd.fingerprint()]
        assert known_fingerprints(sshd.known_hosts, sshd.host, 22) == []
        assert nobody_logged_in(sshd)


async def test_a_key_cannot_be_fetched_where_nobody_listens() -> None:
    with pytest.raises(SourceAway, match="Connection refused"):
        await fetch_host_key("127.0.0.1", free_port())


async def test_another_persons_key_is_refused_and_the_user_named(sshd: Sshd, open_source: Opener) -> None:
    source = open_source(sshd, key_path=new_key(sshd.home / "other", "ed25519"))
    with pytest.raises(LoginRefused, match=rf"does not let {sshd.user} in with the key .*other"):
        await source.folder_mtime()


async def test_a_server_that_counts_one_attempt_too_many_has_refused_the_login(
    tmp_path: Path, open_source: Opener
) -> None:
    with running(tmp_path / "sshd", extra="MaxAuthTries 1") as sshd, pytest.raises(LoginRefused):
        await open_source(sshd, key_path=new_key(sshd.home / "other", "ed25519")).folder_mtime()


async def test_a_key_file_that_is_missing_or_no_key_is_said_to_be(sshd: Sshd, open_source: Opener) -> None:
    with pytest.raises(LoginRefused, match=r"nothing cannot be read \(No such file.*set SSH_KEY_PATH"):
        await open_source(sshd, key_path=sshd.home / "nothing").folder_mtime()
    (sshd.home / "text").write_text("hello")
    (sshd.home / "text").chmod(0o600)
    with pytest.raises(LoginRefused, match="text cannot be used, since it is no private key: set SSH_KEY_PATH"):
        await open_source(sshd, key_path=sshd.home / "text").folder_mtime()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
async def test_a_key_that_others_can_read_is_not_used(sshd: Sshd, open_source: Opener, mode: int) -> None:
    sshd.key.chmod(mode)
    with pytest.raises(LoginRefused, match="chmod 600"):
        await open_source(sshd).folder_mtime()
    sshd.key.chmod(0o400)
    await open_source(sshd).folder_mtime()


async def test_a_passphrase_opens_the_key_and_is_never_shown(sshd: Sshd, open_source: Opener) -> None:
    command = ["ssh-keygen", "-q", "-p", "-m", "PKCS8", "-P", "", "-N", "correct horse", "-f"]
    rsa = new_key(sshd.home / "rsa", "rsa")  # ssh-keygen writes PKCS8 for RSA only
    subprocess.run([*command, rsa], check=True, capture_output=True)
    (sshd.home / "authorized_keys").write_bytes(rsa.with_suffix(".pub").read_bytes())
    await open_source(sshd, key_path=rsa, passphrase="correct horse").folder_mtime()
    with pytest.raises(LoginRefused, match=r"its passphrase is wrong: set SSH_KEY_PASSPHRASE") as caught:
        await open_source(sshd, key_path=rsa, passphrase="battery staple").folder_mtime()
    assert "battery" not in str(caught.value)
    with pytest.raises(LoginRefused, match=r"it has a passphrase, and none is set: set SSH_KEY_PASSPHRASE"):
        await open_source(sshd, key_path=rsa).folder_mtime()


async def test_no_agent_and_no_key_of_the_home_folder_is_used(
    sshd: Sshd, open_source: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sshd.home / ".ssh").mkdir()
    sshd.key.rename(sshd.home / ".ssh/id_ed25519")
    (sshd.home / ".ssh/config").write_text("Host *\n  StrictHostKeyChecking no\n  User nobody\n")
    monkeypatch.setenv("HOME", str(sshd.home))
    other = new_key(sshd.home / "other", "ed25519")
    with pytest.raises(LoginRefused):
        await open_source(sshd, key_path=other).folder_mtime()


async def test_the_fast_cipher_is_used_and_nothing_is_compressed(tmp_path: Path, open_source: Opener) -> None:
    with running(tmp_path / "sshd", extra=TALKATIVE) as sshd:
        await open_source(sshd).folder_mtime()
        assert "client->server cipher: aes128-gcm@openssh.com MAC: <implicit> compression: none" in sshd.log()


def test_a_fingerprint_is_what_ssh_keygen_prints(sshd: Sshd) -> None:
    key = sshd.home / "host_ed25519"
    assert known_fingerprints(sshd.known_hosts, sshd.host, sshd.port) == [fingerprint(key)]
