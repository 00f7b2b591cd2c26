"""How this process was started, so that every command in a message can be pasted as it stands; and where its `.env` is.

The program is one: `etstats sync` of the installed program is `python -m tools.sync_stats` of the folder.
"""

from __future__ import annotations

import gc
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAM = "etstats"
VERBS = {
    "setup": "setup",
    "run": "kit.run",
    "service": "service",
    "sync": "sync_stats",
    "diagnose": "diagnose_file_sync",
    "doctor": "doctor",
    "why": "why",
    "explain": "explain",
    "export": "export",
    "trust": "trust",
    "backup": "backup",
    "restore": "restore",
    "rebuild": "rebuild",
    "parse": "parse",
    "preview": "preview",
    "demo": "demo",
}
"""The program's subcommands, in the order in which they are listed, each with its module in `tools`."""
FOLDER = "ETSTATS_DIR"
"""The variable that names the folder of `.env`."""
SELDOM = 20_000
"""New objects after which garbage is collected: an import makes very many, and hardly any of them is in a cycle."""
_PLAIN = re.compile(r"[\w@%+=:,./\\~-]+")
_OURS = ("bot", "cogs", "tools")
_chosen: Path | None = None


def command(tool: str, *words: str | Path) -> str:
    """The command line that runs a tool (`sync_stats`) with these words, in the way this process was started."""
    there = () if folder() == Path() else ("--dir", folder().absolute())
    return " ".join(quoted(str(word)) for word in (*_start(tool), *there, *words))


def quoted(word: str) -> str:
    """A word as a shell takes it, in quotes only where it needs them."""
    if _PLAIN.fullmatch(word):
        return word
    return shlex.quote(word) if os.name == "posix" else subprocess.list2cmdline([word])


def _start(tool: str) -> tuple[str, ...]:
    if Path(sys.argv[0]).name.lower() in (PROGRAM, f"{PROGRAM}.exe"):
        verb = next(verb for verb, module in VERBS.items() if module == tool)
        return _program(sys.argv[0]), verb
    return sys.orig_argv[0] or sys.executable or "python", "-m", f"tools.{tool}"


def _program(path: str) -> str:
    """Its name alone where the shell finds it by that."""
    on_path = shutil.which(PROGRAM)
    return PROGRAM if on_path and Path(on_path).resolve() == Path(path).resolve() else path


def choose(there: Path | None) -> None:
    """Take `.env` from this folder, whatever else is said; None: from where it is."""
    global _chosen
    _chosen = there


def folder() -> Path:
    """Where `.env` is: in the folder that was chosen, else in this one, else in that of `ETSTATS_DIR`."""
    if _chosen is not None:
        return _chosen
    named = os.environ.get(FOLDER)
    return Path() if not named or _is_seen(Path(".env")) else Path(named)


def where_env_was_looked_for() -> str:
    """`there is no .env in …` with the ways to name its folder; empty where there is one."""
    if _is_seen(folder() / ".env"):
        return ""
    places = [str(Path.cwd())] if _chosen is None else [f"{_chosen.absolute()} (--dir)"]
    if _chosen is None and (named := os.environ.get(FOLDER)):
        places.append(f"{named} ({FOLDER})")
    make = command("setup")
    return (
        f"there is no .env in {' nor in '.join(places)}: `{make}` makes one; where there is one already, go to its "
        f"folder, or name that with --dir DIR or {FOLDER}=DIR"
    )


def _is_seen(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # in a folder that this user may not enter
        return False


def package_missing(error: ImportError) -> str:
    """What to do about a package that is not there, or does not fit; raises the error where it is one of ours."""
    package = (error.name or "").partition(".")[0]
    if not package or package in _OURS:
        raise error
    root = Path(__file__).resolve().parent.parent
    if (root / "pyproject.toml").exists():
        again = ["-c", str(root / "constraints.txt"), "-e", str(root)]
    else:
        again = ["--force-reinstall", "etlegacy-stats-bot"]
    words = [sys.executable or "python", "-m", "pip", "install", *again]
    return f"the Python package {package} is missing or does not fit ({error}): {' '.join(map(quoted, words))}"


def loaded() -> None:
    """Every module is there: they stay, so the garbage collector looks neither through them nor often."""
    gc.freeze()
    gc.set_threshold(SELDOM)
