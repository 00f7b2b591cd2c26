"""May this user write here? The answer names the file's owner and mode, since those are what has to be changed."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from bot.invocation import quoted

DATABASE = "etlegacy_stats.db"
_ANOTHER = "set DATABASE_PATH to a file in a folder"


class Refusal(NamedTuple):
    """Why it cannot be, and what to do; `passes`: it may end by itself."""

    what: str
    fix: str
    passes: bool = False


def refusal(path: Path) -> Refusal | None:
    """Why this user cannot keep a database at `path`, or where that leads to; None where he can."""
    file = Path(os.path.realpath(path))
    if os.path.islink(file):  # noqa: PTH114  (`Path` raises in a folder that this user may not enter)
        return Refusal(f"{path} is a link that leads in a circle", _ANOTHER)
    refused = _of_file(file)
    if refused is None or not os.path.islink(path):  # noqa: PTH114  (as above)
        return refused
    return refused._replace(what=f"{path} is a link to {file}, and {refused.what}")


def in_the_way(folder: Path) -> str | None:
    """What keeps a folder from being there or being made: a file, or a link to nowhere; None where nothing does."""
    for place in (folder, *folder.absolute().parents):
        try:
            if place.exists():
                return None if place.is_dir() else f"{place} is a file"
            if place.is_symlink():
                return f"{place} is a link to {place.readlink()}, which is not there"
        except OSError:
            continue  # below a folder that this user may not enter: its rights say so
    return None


def _of_file(file: Path) -> Refusal | None:
    if is_seen(file) and file.is_dir():
        return Refusal(f"{file} is a folder", f"set DATABASE_PATH to a file in it, such as {file / DATABASE}")
    if is_seen(file) and not file.is_file():
        return Refusal(f"{file} is no ordinary file, but a pipe, a socket or a device", _ANOTHER)
    if blocked := in_the_way(file.parent):
        return Refusal(f"{blocked}, so there can be no database in it", _ANOTHER)
    folder = next(above for above in file.parents if is_seen(above))  # the bot makes what is missing below
    for place in (folder, *(beside for beside in (file, file.with_name(file.name + "-wal")) if is_seen(beside))):
        if not may(place, os.W_OK | (os.X_OK if place.is_dir() else 0)):
            return _said(place, is_parent=place == file.parent)
    if is_seen(file) and not may(file, os.R_OK):
        return _said(file, is_parent=False)
    return None


def is_seen(place: Path) -> bool:
    """It is there, and this user may know that."""
    try:
        return place.exists()
    except OSError:
        return False


def may(place: Path, rights: int) -> bool:
    """As `os.access`, for the user whose rights this process has now."""
    return os.access(place, rights, effective_ids=os.access in os.supports_effective_ids)


def _said(place: Path, *, is_parent: bool) -> Refusal:
    if os.name != "posix":
        return Refusal(f"{place} is read-only", "let the user that runs the bot write it (DATABASE_PATH)")
    seen = place.stat()
    rights = f"it belongs to {_name(seen.st_uid)}, mode {stat.S_IMODE(seen.st_mode):04o}"
    me = _name(os.geteuid())
    if os.statvfs(place).f_flag & os.ST_RDONLY:
        fix = "mount it for writing, or set DATABASE_PATH elsewhere"
        return Refusal(f"{place} is on a file system that is read-only", fix, passes=True)
    mine = seen.st_uid == os.geteuid()
    mode = "u+rwx" if place.is_dir() else "u+rw"
    fix = f"chmod {mode} {quoted(str(place))}" if mine else f"chown {me} {quoted(str(place))}"
    if place.is_dir() and not mine:
        own = f"set DATABASE_PATH to a file in a folder of {me}"
        # a folder of its own may be handed over; one of the machine's, or far above the file, is none of ours
        fix = f"{own}, or let {me} have this one: {fix}" if is_parent and len(place.parts) > 2 else own
    return Refusal(
        f"{place} cannot be written by {me} ({rights})", fix if "DATABASE_PATH" in fix else f"{fix} (DATABASE_PATH)"
    )


def _name(user: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(user).pw_name
    except (ImportError, KeyError):
        return str(user)
