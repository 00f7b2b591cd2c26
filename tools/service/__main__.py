"""`python -m tools.service`, which is `etstats service`: the bot as a systemd service with a user of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import bot
from bot.errors import SettingsError, StoreError
from bot.invocation import PROGRAM, folder, quoted
from bot.settings import env_text
from tools.kit.shell import DONE, app, leave, put, talk
from tools.service.install import Machine, elsewhere, install, out_of_reach, python_for_all
from tools.service.unit import USER, unit

cli = app("Run the bot as a service.")
SOURCE = Path(bot.__file__).parent.parent
_PLACES = (Path("/usr/bin"), Path("/usr/local/bin"))
_RUNNING = Path("/run/systemd/system")


@cli.command()
def main(
    *,
    show: Annotated[bool, typer.Option("--print", help="print the unit, and do nothing")] = False,
    name: Annotated[
        str | None, typer.Option(help="one of several communities: etstats-bot@NAME, with a folder of its own")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="ask nothing")] = False,
) -> None:
    """Make a hardened systemd service of the bot, with a user and a folder of its own; as root.

    It makes the user etstats-bot, copies settings, key, known host and database to /var/lib/etstats-bot (with --name: a
    folder NAME in there), writes the unit and starts it. What is there already stays. Exit code: 0 done, 2 it cannot be
    done so, 3 a command failed.
    """

    def work() -> int:
        if name is not None and not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
            raise SettingsError("--name: small letters, digits and - only")
        if show:
            program = _program()
            if (why := _out_of_reach(program)) is not None:
                talk.print(_moved(why, name), style="yellow", markup=False)
            put(unit(program, is_template=name is not None, writable=elsewhere(env_text())))
            return DONE
        if hindered := hindrance(name):
            raise SettingsError(hindered)  # before the question: whoever says yes wants it done
        if not yes and not typer.confirm(f"Install the service with the settings of {folder().absolute()}?", err=True):
            raise SettingsError("nothing was done")
        make_service(name)
        return DONE

    leave(work)


def hindrance(name: str | None = None) -> str:
    """Why this process cannot install the service, with the lines that do it; empty where it can."""
    if os.name != "posix" or shutil.which("systemctl") is None:
        return "systemd is not here; docs/OPERATION.md tells of Windows and of containers"
    try:
        program = _program()
    except SettingsError as error:
        return str(error)
    if (why := _out_of_reach(program)) is not None:
        return _moved(why, name)
    if os.geteuid() != 0:
        return f"this needs root: sudo {_service_of(program, name)}"
    return ""


def is_possible() -> bool:
    """Whoever asks may install it, on a machine where systemd runs."""
    return _RUNNING.is_dir() and not hindrance()


def make_service(name: str | None) -> None:
    """Install it; raises `SettingsError` where that is not possible, `StoreError` where a step failed."""
    if hindered := hindrance(name):
        raise SettingsError(hindered)
    install(_program(), instance=name, machine=_this_machine())


def _service_of(program: Path, name: str | None) -> str:
    """The command line that makes it."""
    words = [str(program), "--dir", str(folder().absolute()), "service", *([] if name is None else ["--name", name])]
    return " ".join(map(quoted, words))


def _program() -> Path:
    """The program beside this Python."""
    path = Path(sys.executable).with_name(PROGRAM)
    if not path.exists():
        raise SettingsError(f"there is no {path}: install the program first, pip install -c constraints.txt .")
    return path.absolute()


def _out_of_reach(program: Path) -> str | None:
    return out_of_reach([program, Path(bot.__file__), Path(sys.executable), Path(os.__file__)])


def _moved(why: str, name: str | None) -> str:
    """What to do about a program that the service's user could not run: each line can be pasted."""
    python = python_for_all(_PLACES)
    lines = [f"{why}, so the service's user could not run the program. Put it where every user can read it, as root:"]
    if python is None:
        lines.append("  (first a Python that every user can read: on Debian, apt install python3 python3-venv)")
    if not (SOURCE / "pyproject.toml").exists():
        lines.append("  (in the bot's folder, where pyproject.toml is)")
    source = SOURCE if (SOURCE / "pyproject.toml").exists() else Path()
    lines += [
        f"  {python or 'python3'} -m venv /opt/{USER}",
        f"  /opt/{USER}/bin/python -m pip install -c {quoted(str(source / 'constraints.txt'))} {quoted(str(source))}",
        f"  {_service_of(Path(f'/opt/{USER}/bin/{PROGRAM}'), name)}",
    ]
    return "\n".join(lines)


def _this_machine() -> Machine:
    return Machine(run=_run, own=_own, has_user=_has_user, has_systemd=_RUNNING.is_dir())


def _run(words: Sequence[str]) -> None:
    done = subprocess.run(words, check=False)  # noqa: S603  (words of ours)
    if done.returncode:
        raise StoreError(f"{' '.join(words)} ended with {done.returncode}")


def _own(path: Path) -> None:
    shutil.chown(path, USER, USER)


def _has_user() -> bool:
    import pwd  # not on Windows

    try:
        pwd.getpwnam(USER)
    except KeyError:
        return False
    return True


if __name__ == "__main__":
    cli()
