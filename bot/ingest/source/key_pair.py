"""The account's own key: how one is made, and which line of it the game server has to know."""

from __future__ import annotations

import os
from pathlib import Path

import asyncssh

from bot.ingest.source import ssh_files

COMMENT = "etstats-bot"
"""By which whoever looks at the game server's list of keys knows it."""


def make(path: Path) -> None:
    """A new ed25519 key without a passphrase, for its owner alone, and `path`.pub beside it; raises `OSError`."""
    key = asyncssh.generate_private_key("ssh-ed25519", comment=COMMENT)
    _new(path, key.export_private_key(), mode=0o600)
    path.with_name(f"{path.name}.pub").unlink(missing_ok=True)
    _new(path.with_name(f"{path.name}.pub"), key.export_public_key(), mode=0o644)


def public_line(path: Path, passphrase: str | None) -> str:
    """The public half of a private key, as `authorized_keys` has it; raises `LoginRefused` where it is none."""
    key = ssh_files.own_key(path, passphrase, asyncssh.import_private_key)
    return key.export_public_key().decode("ascii").strip()


def _new(path: Path, data: bytes, *, mode: int) -> None:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(opened, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
