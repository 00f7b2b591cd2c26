"""python -m tools.trust: learn the game server's host key, once, after a person has compared it."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from bot.errors import HostKeyUnknown, SettingsError, SourceError
from bot.ingest.source.known_hosts import Place, remember
from bot.ingest.source.ssh_files import HostKey
from bot.ingest.source.ssh_login import fetch_host_key, known_fingerprints
from bot.settings import load
from tools.kit.shell import DONE, FAILED, USAGE, app, leave

cli = app("Confirm the game server's host key.")


@cli.command()
def main(
    fingerprint: Annotated[
        str | None, typer.Option(help="The key's SHA256:… as the server's own console shows it; no question is asked.")
    ] = None,
) -> None:
    """Fetch the SSH host key of SSH_HOST, show it, and on your word write it to the known-hosts file.

    Exit code 0: done. 2: not confirmed, or another fingerprint. 3: the server cannot be reached.
    """
    leave(lambda: trust(fingerprint))


def trust(fingerprint: str | None) -> int:
    """Everything that the command does; the exit code."""
    try:
        settings = load("ssh_host")
        place = Place(settings.ssh_host or "", settings.ssh_port, settings.known_hosts)
        return learn(place, fingerprint, may_ask=sys.stdin.isatty())
    except SettingsError as error:
        return _leave(USAGE, str(error))
    except HostKeyUnknown as error:
        return _leave(USAGE, f"{error}.")
    except SourceError as error:
        return _leave(FAILED, f"no key can be had: {error}")


def learn(place: Place, fingerprint: str | None, *, first: bool = False, may_ask: bool) -> int:
    """Fetch the key, show it, and write it where somebody vouches for it; the exit code.

    `first`: a server that was never met is believed. Raises `SourceError`, `HostKeyUnknown` for a damaged file.
    """
    known = known_fingerprints(place.file, place.host, place.port)
    key = asyncio.run(fetch_host_key(place.host, place.port))
    _show(place, key, known)
    if known == [key.fingerprint] and fingerprint in (None, key.fingerprint):
        return _leave(DONE, "This key is known already: nothing to do.")
    is_believed = first and not known and fingerprint is None
    refusal = "" if is_believed else _unconfirmed(key, fingerprint, may_ask=may_ask)
    if refusal:
        return _leave(USAGE, f"{refusal} {place.file} is as it was.")
    try:
        remember(place, key.line)
    except OSError as error:
        return _leave(USAGE, f"{place.file} cannot be written: {error.strerror or error}")
    left = [other for other in known_fingerprints(place.file, place.host, place.port) if other != key.fingerprint]
    if left:
        _say(f"Note: a pattern in {place.file} still trusts {', '.join(left)}: edit it by hand.")
    return _leave(DONE, f"Written to {place.file}.")


def _show(place: Place, key: HostKey, known: list[str]) -> None:
    kind = key.algorithm.removeprefix("ssh-").partition("-")[0]
    _say(f"host         {place.pattern}")
    _say(f"algorithm    {key.algorithm}")
    _say(f"fingerprint  {key.fingerprint}")
    if key.sha1:
        _say("")
        _say("Note: the server proves this key by SHA-1 alone, which is weak: its SSH server needs an update. The bot")
        _say("      accepts that only from a server whose key is written down here.")
    if known and key.fingerprint not in known:
        _say("")
        _say("WARNING: ANOTHER KEY IS KNOWN FOR THIS HOST. This may be an attack.")
        _say(f"known so far {', '.join(known)}")
        _say("Go on only if you know why the key has changed, such as a reinstalled server.")
    _say("")
    _say("Check it on the server itself, not over this connection; both must agree, letter for letter:")
    _say(f"    ssh-keygen -lf /etc/ssh/ssh_host_{kind}_key.pub")


def _unconfirmed(key: HostKey, fingerprint: str | None, *, may_ask: bool) -> str:
    """Why the key must not be written; empty if a person vouches for it."""
    if fingerprint is not None:
        return "" if fingerprint.strip() == key.fingerprint else f"The server does not show {fingerprint}."
    if not may_ask:
        return "Nobody is there to ask: run it on a terminal, or give --fingerprint SHA256:…"
    typer.echo("Do both agree? Type yes to trust it: ", nl=False, err=True)
    return "" if sys.stdin.readline().strip().lower() == "yes" else "Not confirmed."


def _leave(code: int, text: str) -> int:
    _say(text)
    return code


def _say(text: str) -> None:
    typer.echo(text, err=True)


if __name__ == "__main__":
    cli()
