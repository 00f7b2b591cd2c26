"""Putting it there: the user, its folder with all that the bot needs, the unit. Every step may be repeated."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SettingsError
from bot.invocation import quoted
from bot.lock import holder_of
from bot.settings import env_text, looked_through
from bot.store.file import backups
from tools.kit.env_text import values_in, with_values, write
from tools.kit.shell import CLOCK, talk
from tools.service.unit import HOME, UNITS, USER, file_name, folder_of, name_of, unit

_HIDDEN = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # noqa: S108  (what the unit hides from the service)
OLDEST = (3, 11)
"""The Python that the bot needs."""
_DATA = ("database_path", "local_stats_dir", "backup_dir")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What is done to this machine: `run` a command as root, `own` a file by the service's user."""

    run: Callable[[Sequence[str]], None]
    own: Callable[[Path], None]
    has_user: Callable[[], bool]
    has_systemd: bool
    root: Path = Path("/")

    def at(self, path: Path) -> Path:
        """A path of this machine."""
        return self.root / path.relative_to("/")


def out_of_reach(paths: Sequence[Path]) -> str | None:
    """Why the service's user could not use one of these; None where he can."""
    for path in paths:
        real = path.resolve()
        if real.as_posix().startswith(tuple(f"{hidden}/" for hidden in _HIDDEN)):
            return f"{real} is below {real.parts[0]}{real.parts[1]}, which the service cannot see"
        for place in (real, *real.parents):
            mode = place.stat().st_mode
            needed = stat.S_IROTH if place.is_file() else stat.S_IXOTH
            if not mode & needed:
                return f"{place} is closed to other users (mode {stat.S_IMODE(mode):04o})"
    return None


def python_for_all(folders: Sequence[Path]) -> Path | None:
    """A Python of these folders that is new enough and that the service's user can run; None where there is none."""
    names = ("python3", *(f"python3.{minor}" for minor in range(20, OLDEST[1] - 1, -1)))
    for python in (folder / name for folder in folders for name in names):
        if not python.exists() or out_of_reach([python]) is not None:
            continue
        words = [str(python), "-c", f"import sys; sys.exit(sys.version_info < {OLDEST})"]
        if subprocess.run(words, check=False, capture_output=True).returncode == 0:  # noqa: S603  (words of ours)
            return python
    return None


def elsewhere(text: str) -> list[Path]:
    """Folders outside of its own that settings name and that the bot writes to."""
    values = {name.lower(): value for name, value in values_in(text).items()}
    named = [Path(values[name]).expanduser() for name in _DATA if name in values]
    places = [path.parent if path.suffix == ".db" else path for path in named if path.is_absolute()]
    return [place for place in dict.fromkeys(places) if not place.is_relative_to(HOME)]


def install(program: Path, *, instance: str | None, machine: Machine) -> None:
    """User, folder, files, unit; then it is started, where systemd runs. Raises `SettingsError`, `StoreError`."""
    settings, mistakes = looked_through()
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    if holder := holder_of(settings.database_path):
        raise SettingsError(f"{settings.database_path} is in use by {holder}: stop it first")
    if not machine.has_user():
        _do(
            machine,
            "useradd",
            "--system",
            "--user-group",
            "--home-dir",
            str(HOME),
            "--shell",
            "/usr/sbin/nologin",
            USER,
        )
    home = machine.at(folder_of(instance))
    for place in (machine.at(HOME), home):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    _fill(home)
    for path in (machine.at(HOME), home, *_below(home)):
        machine.own(path)
    text = (home / ".env").read_text(encoding="utf-8")
    twins = _same_token(home / ".env", [machine.at(HOME) / ".env", *machine.at(HOME).glob("*/.env")])
    target = machine.at(UNITS) / file_name(is_template=instance is not None)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(unit(program, is_template=instance is not None, writable=elsewhere(text)), encoding="utf-8")
    target.chmod(0o644)
    _say(f"The unit is {target}.")
    service = name_of(instance)
    start = (["systemctl", "daemon-reload"], ["systemctl", "enable", "--now", service])
    if twins:
        text = (
            f"It is not started: its DISCORD_TOKEN is that of {twins[0]} too, and both would post everything. Put the "
            f"token and the channels of its own community into {home / '.env'}, then: "
        )
        talk.print(text + " && ".join(" ".join(words) for words in start), style="yellow", markup=False)
    elif machine.has_systemd:
        for words in start:
            _do(machine, *words)
        _say(f"It runs. What it says: journalctl -u {service} -f")
    else:
        _say(f"systemd does not run here. Where it does: {' && '.join(' '.join(words) for words in start)}")


def _same_token(env: Path, others: Sequence[Path]) -> list[Path]:
    """Settings of other communities that have the same application."""
    token = values_in(env.read_text(encoding="utf-8")).get("DISCORD_TOKEN")
    return [
        other
        for other in others
        if token and other != env and values_in(other.read_text(encoding="utf-8")).get("DISCORD_TOKEN") == token
    ]


def _fill(home: Path) -> None:
    """The settings, and what they name by a path of their own; what is there already stays."""
    if (home / ".env").exists():
        _say(f"{home} has its settings already, and keeps them.")
        return
    text = env_text()
    if not text:
        raise SettingsError("there are no settings yet: run etstats setup first, or name their folder with --dir")
    settings, _ = looked_through()
    values = {name.lower(): value for name, value in values_in(text).items()}
    changed: dict[str, str] = {}
    for name, path in (("ssh_key_path", settings.ssh_key_path), ("ssh_known_hosts", settings.known_hosts)):
        if path is not None and path.is_file():
            target = home / ("known_hosts" if name == "ssh_known_hosts" else path.name)
            _copied(path, target)
            if name in values:
                changed[name.upper()] = target.name
    if not Path(values.get("database_path", "")).is_absolute() and settings.database_path.is_file():
        target = home / (values.get("database_path") or settings.database_path.name)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            kept = target.parent / "backups"
            copy = backups.make(settings.database_path, kept, now=int(CLOCK.now()), reached=lambda _step: None)
            shutil.copyfile(copy.path, target)
            target.chmod(0o600)
            _say(f"A checked copy of {settings.database_path} is {target}.")
    if not Path(values.get("local_stats_dir", "")).is_absolute() and settings.local_stats_dir.is_dir():
        shutil.copytree(
            settings.local_stats_dir, home / values.get("local_stats_dir", "local_stats"), dirs_exist_ok=True
        )
    write(home / ".env", with_values(text, changed, {}))
    _say(f"The settings, the key and the known host are in {home} now; those here are not read by the service.")


def _copied(path: Path, target: Path) -> None:
    if not target.exists() or not target.samefile(path):
        opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(opened, "wb") as file:
            file.write(path.read_bytes())


def _below(folder: Path) -> Iterator[Path]:
    yield from folder.rglob("*")


def _do(machine: Machine, *words: str) -> None:
    _say(f"# {' '.join(map(quoted, words))}")
    machine.run(words)


def _say(text: str) -> None:
    talk.print(text, markup=False)
