"""The game server's part of the questions: the machine, its host key, the account, the folder, the zone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from bot.app import ssh_source
from bot.domain.audit.checks.clock import NEWEST
from bot.errors import SettingsError, SourceError, SourceRefused
from bot.ingest.source import key_pair
from bot.ingest.source.known_hosts import Place
from bot.ingest.source.sftp import SftpSource
from bot.invocation import folder
from bot.present.words.text import counted
from bot.settings import mistake_in
from bot.watch.doctor.server import fits, telling, zones_that_fit
from tools.kit.shell import CLOCK, put
from tools.setup.asking import Choice, say
from tools.setup.draft import Draft
from tools.setup.folders import RoundsFolder, look_into, search, seconds_to_import
from tools.trust import learn

T = TypeVar("T")
ACCOUNT, KEY = "statsreader", "etstats_key"


class Access(NamedTuple):
    """The options about the way in."""

    host: str | None
    port: str | None
    user: str | None
    key: str | None
    password: bool
    fingerprint: str | None
    trust_first: bool


def way_in(draft: Draft, access: Access) -> int:
    """Machine, host key, account, and its key, each looked at and written down; an exit code that is not 0 ends it.

    Raises `SettingsError`, `SourceError`.
    """
    host = draft.answered("ssh_host", "The game server's name or address", option="--host", given=access.host)
    port = draft.answered("ssh_port", "Its SSH port", option="--port", given=access.port, proposal="22")
    draft.keep(ssh_host=host, ssh_port=port)
    place = Place(host, int(port), draft.settings().known_hosts)
    is_scripted = access.fingerprint is not None or access.trust_first or draft.is_scripted
    while True:
        try:
            code = learn(place, access.fingerprint, first=access.trust_first, may_ask=not is_scripted)
            break
        except SourceError as error:
            draft.answers.tried_again(error)
    if code:
        return code
    user = draft.answered(
        "ssh_user", "The account that reads the files", option="--user", given=access.user, proposal=ACCOUNT
    )
    draft.keep(ssh_user=user)
    _proof(draft, access)
    return 0


def _proof(draft: Draft, access: Access) -> None:
    """A key, made where there is none; or a password."""
    by_password = access.password or (draft.written("ssh_password") is not None and access.key is None)
    if not by_password and access.key is None and draft.written("ssh_key_path") is None:
        by_password = not draft.answers.agrees(
            "Log in with a key? It is better than a password", option="--key or --password", proposal=True
        )
    if by_password:
        password = draft.written("ssh_password") or draft.answers.secret(
            f"The password of {draft.written('ssh_user')}", option="SSH_PASSWORD in the environment"
        )
        draft.keep(ssh_password=password)
        return
    written = draft.answered(
        "ssh_key_path", "The file of its private key", option="--key", given=access.key, proposal=KEY
    )
    path = folder() / Path(written).expanduser()
    if not path.exists():
        try:
            key_pair.make(path)
        except OSError as error:
            raise SettingsError(f"the key {path} cannot be made: {error.strerror or error}") from None
        say(f"A new key is in {path.absolute()}; nobody else can read it.")
    draft.keep(ssh_key_path=written)
    if secret := draft.written("ssh_key_passphrase"):
        draft.keep(ssh_key_passphrase=secret)
    passphrase = draft.settings().ssh_key_passphrase
    line = key_pair.public_line(path, passphrase.get_secret_value() if passphrase else None)
    say("The game server has to know its public half, this one line (docs/SERVER.md says where it goes):")
    put(f"{line}\n")


def rounds_folder(draft: Draft, *, given: str | None) -> RoundsFolder:
    """The folder of the round files; raises as `way_in`."""
    if given is not None and (why := mistake_in("remote_stats_path", given)):
        raise SettingsError(f"--folder: {why}")
    written = given or draft.written("remote_stats_path")
    folders = _asked(draft, lambda source: _candidates(source, written, is_sure=given is not None))
    path = given or _chosen_folder(draft, folders, written)
    folder_ = next((folder for folder in folders if folder.path == path), RoundsFolder(path, ()))
    because = f"that folder has {counted(len(folder_.rounds), 'round file')}"
    draft.replace("remote_stats_path", path, "--folder says so" if given is not None else because)
    if folder_.rounds:
        say(f"{path} has {counted(len(folder_.rounds), 'round file')}, the newest of {folder_.newest}.")
        seconds = _asked(draft, lambda source: seconds_to_import(source, folder_, clock=CLOCK))
        say(
            f"The first start brings them in, {folder_.size / 1e6:.1f} MB in about {max(1, round(seconds))} s, and "
            "posts nothing about them: only rounds that end from then on are news."
        )
    else:
        say(f"{path} has no round file yet: finish a round, and look again with the doctor.", style="yellow")
    return folder_


def _chosen_folder(draft: Draft, folders: Sequence[RoundsFolder], written: str | None) -> str:
    if not any(folder.rounds for folder in folders):
        question = "No folder with round files was found. In which will they be"
        return draft.answered("remote_stats_path", question, option="--folder", given=None)
    choices = [
        Choice(folder.path, folder.path, f"{counted(len(folder.rounds), 'round file')}, the newest of {folder.newest}")
        for folder in folders
        if folder.rounds
    ]
    has_rounds = written in [choice.value for choice in choices]
    only = choices[0].value if len(choices) == 1 else None
    return draft.answers.choice(
        "Which folder has the round files", choices, option="--folder", proposal=written if has_rounds else only
    )


async def _candidates(source: SftpSource, written: str | None, *, is_sure: bool) -> list[RoundsFolder]:
    """What was written, if it can be looked into, and what is found beside it."""
    if is_sure and written is not None:
        return [await look_into(source, written)]
    folders = await search(source)
    if written is not None and written not in [folder.path for folder in folders]:
        with contextlib.suppress(SourceRefused):
            folders.insert(0, await look_into(source, written))
    return folders


def _asked(draft: Draft, work: Callable[[SftpSource], Coroutine[None, None, T]]) -> T:
    """What the game server answers over a connection of its own; again, where somebody can mend what hinders it."""

    async def connected(source: SftpSource) -> T:
        try:
            return await work(source)
        finally:
            await source.close()

    while True:
        settings = draft.settings()
        if settings.remote_stats_path is None:
            settings = settings.model_copy(update={"remote_stats_path": "/"})
        try:
            return asyncio.run(connected(ssh_source(settings)))
        except SourceError as error:
            draft.answers.tried_again(error)


def zone(draft: Draft, rounds: RoundsFolder, *, given: str | None) -> None:
    """The zone of the names' stamps, by the files' times."""
    newest = [(name.stamp, entry.mtime) for name, entry in rounds.rounds[-NEWEST:] if entry.mtime is not None]
    files = telling(newest)
    fit = zones_that_fit(files)
    written = draft.written("server_timezone")
    if written is not None and mistake_in("server_timezone", written) is None and fits(written, files):
        fit = [written]
    question = "The time zone of the game server's clock"
    if fit:
        question += f" (by the files' times it may be {', '.join(fit)})"
    proposal = fit[0] if len(fit) == 1 else written if not files else None
    chosen_zone = given
    if given is None:
        chosen_zone = draft.answers.text(
            question, option="--timezone", proposal=proposal, mistake=lambda name: mistake_in("server_timezone", name)
        )
    elif why := mistake_in("server_timezone", given):
        raise SettingsError(f"--timezone: {why}")
    assert chosen_zone is not None
    if files and not fits(chosen_zone, files):
        say(
            f"{chosen_zone} does not fit the files' times; {' or '.join(fit) or 'no common zone'} does.", style="yellow"
        )
    because = "--timezone says so" if given is not None else "that zone was chosen"
    if given is None and proposal == chosen_zone:
        because = "the files' times fit no other"
    draft.replace("server_timezone", chosen_zone, because)
