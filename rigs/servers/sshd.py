"""A real OpenSSH server on loopback, with throw-away keys and a configuration of its own."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.ingest.source.known_hosts import Place

_CONFIG = """\
ListenAddress 127.0.0.1:{port}
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AuthorizedKeysFile {authorized}
"""


class Sshd:
    """One server in `home`; it serves the whole file system to the user who runs the tests.

    `key` is the client's private key, `folder` an empty folder to serve, `known_hosts` a file with the host keys.
    """

    host = "127.0.0.1"

    def __init__(self, home: Path, *, host_keys: tuple[str, ...] = ("ed25519",), extra: str = "") -> None:
        self._program = shutil.which("sshd") or "/usr/sbin/sshd"
        if not Path(self._program).exists() or shutil.which("ssh-keygen") is None:
            pytest.skip("OpenSSH's sshd is not installed here")
        self.home = home
        self.user = getpass.getuser()
        self.port = free_port()
        self.extra = extra
        self.subsystem: str | None = "internal-sftp"
        self.folder = home / "stats"
        self.folder.mkdir(parents=True)
        self.key = new_key(home / "client", "ed25519")
        self._authorized = home / "authorized_keys"
        self._authorized.write_bytes(self.key.with_suffix(".pub").read_bytes())
        self._host_keys = {kind: new_key(home / f"host_{kind}", kind) for kind in host_keys}
        self.known_hosts = home / "known_hosts"
        self.trust(*host_keys)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def place(self) -> Place:
        """What the bot calls it."""
        return Place(self.host, self.port, self.known_hosts)

    def start(self) -> None:
        """Start it, and wait until it listens."""
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd's separation folder
        config = self.home / "sshd_config"
        text = (
            f"{self.extra}\n{_CONFIG.format(port=self.port, authorized=self._authorized)}\n"  # the first value counts
        )
        text += f"Subsystem sftp {self.subsystem}\n" if self.subsystem else ""
        text += "".join(f"HostKey {path}\n" for path in self._host_keys.values())
        config.write_text(text)
        with (self.home / "sshd.log").open("ab") as log:
            self._process = subprocess.Popen([self._program, "-D", "-e", "-f", config], stderr=log)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex((self.host, self.port)) == 0:
                    return
            time.sleep(0.05)
        pytest.fail(f"sshd did not start: {self.log()}")

    def stop(self) -> None:
        """Stop listening and end every session."""
        if self._process is None:
            return
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self._process.pid)], capture_output=True, check=False, text=True
        ).stdout.split()
        self._process.terminate()
        self._process.wait(10)
        for child in children:  # sessions outlive the listener
            subprocess.run(["kill", child], check=False, capture_output=True)
        self._process = None

    def log(self) -> str:
        """What it said so far."""
        return (self.home / "sshd.log").read_text()

    def replace_host_keys(self, *kinds: str) -> None:
        """New keys of these kinds alone, as after a reinstallation; restart to show them."""
        self._host_keys = {kind: new_key(self.home / f"host_{kind}", kind) for kind in kinds}

    def trust(self, *kinds: str) -> None:
        """Make the known-hosts file know these host keys, and no other."""
        lines = (f"{self.place.pattern} {self._host_keys[kind].with_suffix('.pub').read_text()}" for kind in kinds)
        self.known_hosts.write_text("".join(lines))

    def fingerprint(self, kind: str = "ed25519") -> str:
        """What `ssh-keygen -lf` prints for a host key."""
        return fingerprint(self._host_keys[kind])


@contextmanager
def running(home: Path, *, host_keys: tuple[str, ...] = ("ed25519",), extra: str = "") -> Iterator[Sshd]:
    """A started server."""
    server = Sshd(home, host_keys=host_keys, extra=extra)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def new_key(path: Path, kind: str, *, passphrase: str = "") -> Path:
    """A new key pair at `path` and `path`.pub, in place of an old one."""
    for old in (path, path.with_suffix(".pub")):
        old.unlink(missing_ok=True)
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "throw-away", "-f", str(path)]
    if kind == "rsa":
        command += ["-b", "2048"]
    subprocess.run(command, check=True)
    return path


def fingerprint(key: Path) -> str:
    """A key's SHA256 fingerprint, by ssh-keygen."""
    shown = subprocess.run(["ssh-keygen", "-lf", key], capture_output=True, check=True, text=True).stdout
    return shown.split()[1]


def free_port() -> int:
    """A loopback port that was free just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
