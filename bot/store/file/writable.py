"""May this user write here? The answer names the file's owner and mode, since those are what has to be changed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from bot.invocation import quoted


def refusal(file: Path) -> str:
    """Why this user cannot keep a database at `file`, with the fix; empty where he can."""
    if is_seen(file) and file.is_dir():
        return f"{file} is a folder: give the name of a file in it, such as {file / 'etlegacy_stats.db'}"
    folder = next(above for above in file.parents if is_seen(above))  # the bot makes what is missing below
    for place in (folder, *(beside for beside in (file, file.with_name(file.name + "-wal")) if is_seen(beside))):
        if not may(place, os.W_OK | (os.X_OK if place.is_dir() else 0)):
            return _said(place)
    return ""


def is_seen(place: Path) -> bool:
    """It is there, and this user may know that."""
    try:
        return place.exists()
    except OSError:
        return False


def may(place: Path, rights: int) -> bool:
    """As `os.access`, for the user whose rights this process has now."""
    return os.access(place, rights, effective_ids=os.access in os.supports_effective_ids)


def _said(place: Path) -> str:
    if os.name != "posix":
        return f"{place} is read-only: let the user that runs the bot write it"
    seen = place.stat()
    rights = f"it belongs to {_name(seen.st_uid)}, mode {stat.S_IMODE(seen.st_mode):04o}"
    me = _name(os.geteuid())
    if os.statvfs(place).f_flag & os.ST_RDONLY:
        return f"{place} is on a file system that is read-only: mount it for writing, or set DATABASE_PATH elsewhere"
    mine = seen.st_uid == os.geteuid()
    fix = f"chmod u+w {quoted(str(place))}" if mine else f"chown {me} {quoted(str(place))}"
    return f"{place} cannot be written by {me} ({rights}): {fix}"


def _name(user: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(user).pw_name
    except (ImportError, KeyError):
        return str(user)
