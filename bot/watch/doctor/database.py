"""The database and what lies beside it: whose it is, is it sound, has it room, and when was it last backed up?"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from bot.domain.audit.audit import AuditVerdict
from bot.domain.audit.states import FileState
from bot.domain.game.file.files import iso_utc
from bot.domain.posts import PostState
from bot.errors import DatabaseDamaged, StoreError
from bot.invocation import command
from bot.lock import holder_of
from bot.present.words.text import counted
from bot.settings import Settings
from bot.store import facts, ledger, outbox
from bot.store.file import backups, soundness
from bot.store.file.database import Reader, check_file, is_there
from bot.store.file.migrate import newest
from bot.store.file.translation import real
from bot.store.file.writable import in_the_way, is_seen, may, refusal
from bot.store.questions import survey
from bot.watch.doctor.check import Check, ok, warning, wrong
from bot.watch.opening import restoring, with_way_back

LOCAL_STATS = "LOCAL_STATS_DIR"
DAY = 86400
LARGE = 400_000_000
"""Bytes from which on the quick check takes longer than somebody waits."""
LITTLE, TOO_LITTLE = 500_000_000, 50_000_000
"""Free bytes."""
_DISK = "look at the disk that it is on"
_NETWORK = (
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "afs",
    "ncpfs",
    "fuse.sshfs",
    "fuse.rclone",
    "glusterfs",
    "ceph",
)


def at(path: Path, folder: Path) -> Iterator[Check]:
    """The file itself, with its backups in `folder`; blocks for a third of a second per 40 MB: for a thread."""
    if refused := refusal(path):
        yield wrong("DATABASE_PATH", refused.what, refused.fix)
        if not refused.passes:
            return  # nothing more can be seen of it
    if not is_seen(path) or not is_there(path):
        yield _none_there(path, folder)
    else:
        yield from _file(path, folder)
    yield _who_runs(path)
    if is_seen(real(path).parent):
        yield _space(path)
        yield _file_system(path)


def _none_there(path: Path, folder: Path) -> Check:
    if back := restoring(path, folder):
        text = f"there is none at {path}, so the next start begins a new one, although a backup of one is there"
        return warning("database", text, back)
    return ok("database", f"there is none at {path} yet: the first start makes it")


def _file(path: Path, folder: Path) -> Iterator[Check]:
    try:
        schema = check_file(path)
        large = path.stat().st_size > LARGE
        faults = [] if large else soundness.check(path, full=False)
    except StoreError as error:
        named = with_way_back(error, path, folder)
        yield wrong("database", named.what, named.fix or _DISK)
        return
    text = f"{path}: {path.stat().st_size / 1e6:.0f} MB, schema {schema}"
    if schema < newest():
        text += f"; the next start brings it to {newest()}, after a backup"
    yield ok("database", text)
    if faults:
        named = with_way_back(DatabaseDamaged(f"{path} is damaged ({'; '.join(faults[:3])})"), path, folder)
        yield wrong("database soundness", named.what, named.fix)
    else:
        yield ok("database soundness", "too large for a quick look: the daily audit checks it" if large else "sound")


def _who_runs(path: Path) -> Check:
    holder = holder_of(path)
    return ok("instance", f"{holder} has the database" if holder else "the bot does not run now")


def _space(path: Path) -> Check:
    free = shutil.disk_usage(real(path).parent).free
    text = f"{free / 1e6:.0f} MB are free on the disk of {path}"
    if free >= LITTLE:
        return ok("disk space", text)
    judge = wrong if free < TOO_LITTLE else warning
    return judge(
        "disk space",
        text,
        "free some: the database grows by about 10 MB per 1,000 rounds, and backups are copies of it",
    )


def _file_system(path: Path) -> Check:
    kind = _kind_of_mount(real(path).parent)
    if kind in _NETWORK:
        text = f"{path} is on a network file system ({kind}), where SQLite's locks do not hold"
        return wrong("file system", text, "set DATABASE_PATH to a disk of this machine")
    return ok("file system", f"a disk of this machine{f' ({kind})' if kind else ''}")


def _kind_of_mount(folder: Path) -> str:
    """Of Linux; empty elsewhere."""
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    mounts = [
        (Path(_unescaped(left.split()[4])), right.split()[0])
        for left, _, right in (li.partition(" - ") for li in lines)
    ]
    around = [(len(place.parts), kind) for place, kind in mounts if folder.is_relative_to(place)]
    return max(around, key=lambda pair: pair[0])[1] if around else ""


def _unescaped(text: str) -> str:
    return text.replace("\\040", " ")


def folders(settings: Settings) -> Iterator[Check]:
    """Those of the copies and of the backups. Backups beside a database that cannot be there are no second mistake."""
    yield local_copies(settings.local_stats_dir)
    if settings.backup_dir is not None or refusal(settings.database_path) is None:
        yield copies(settings)


def local_copies(folder: Path) -> Check:
    """`local_stats/`: where it is there and cannot be written all goes on; where it cannot be made the bot ends."""
    if is_seen(folder) and folder.is_dir() and not may(folder, os.R_OK | os.X_OK):
        text = f"{folder} cannot be read, and without that the bot does not start"
        return wrong(LOCAL_STATS, text, "give that folder to the user that runs the bot")
    if is_seen(folder) and folder.is_dir() and not may(folder, os.W_OK | os.X_OK):
        text = f"{folder} cannot be written, so no copies of the round files are kept there"
        return warning(LOCAL_STATS, text, "give that folder to the user that runs the bot")
    return _folder(LOCAL_STATS, folder, without="no copies of the round files can be kept there")


def copies(settings: Settings) -> Check:
    """Where the backups go."""
    return _folder("BACKUP_DIR", settings.backups, without="no backup can be made, and no migration without one")


def _folder(name: str, folder: Path, *, without: str) -> Check:
    if blocked := in_the_way(folder):
        return wrong(name, f"{blocked}, so {without}", f"set {name} to a folder")
    there = next(place for place in (folder, *folder.absolute().parents) if is_seen(place))
    rights = os.W_OK | os.X_OK | (os.R_OK if there == folder else 0)
    if not may(there, rights):
        text = f"{there} cannot be read and written, so {without}"
        return wrong(name, text, f"set {name} to a folder that the bot's user may write")
    return ok(name, f"{folder} can be written")


async def inside(db: Reader, settings: Settings, *, server: int, now: int) -> list[Check]:
    """What the database remembers: backups, files, audit, posts."""
    newest_backup = await asyncio.to_thread(backups.listed, settings.database_path, settings.backups)
    return [
        _backup(newest_backup[0].at if newest_backup else None, await facts.backup(db), settings, now=now),
        _files(await ledger.count(db, server), await ledger.last_seen(db, server), now=now),
        _audit(await survey.last(db), now=now),
        _posts(await outbox.count(db)),
    ]


def _backup(last: int | None, told: facts.BackupFact | None, settings: Settings, *, now: int) -> Check:
    if told is not None and told.failed:
        return wrong("last backup", told.failed, f"then try it: {command('backup')}")
    if last is None:
        return warning(
            "last backup",
            f"there is none in {settings.backups}",
            f"the bot makes one a day; or now: {command('backup')}",
        )
    if now - last > 2 * DAY:
        return warning(
            "last backup", f"of {iso_utc(last)}", f"the bot makes one a day while it runs; or now: {command('backup')}"
        )
    return ok("last backup", f"of {iso_utc(last)}, in {settings.backups}")


def _files(files: dict[FileState, int], last: int | None, *, now: int) -> Check:
    known = counted(sum(files.values()), "file")
    if last is None:
        return ok("last file", "none was seen yet: the first poll takes in all that is there, and posts nothing of it")
    stuck = files.get(FileState.RETRYING, 0) + files.get(FileState.REJECTED, 0)
    text = f"{known} known, the last one seen {_ago(now - last)}"
    if stuck:
        return warning(
            "last file", f"{text}; {counted(stuck, 'file')} could not be read", f"see {command('diagnose_file_sync')}"
        )
    return ok("last file", text)


def _ago(seconds: int) -> str:
    """`5 hours ago`."""
    for unit, size in (("day", DAY), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            return f"{counted(seconds // size, unit)} ago"
    return "just now"


def _audit(last: dict[str, object] | None, *, now: int) -> Check:
    if last is None:
        return ok("last audit", "none was made yet: the bot makes one after its first poll, and daily")
    verdict, at_ = AuditVerdict(str(last["verdict"])), int(str(last["at"]))
    text = f"of {iso_utc(at_)}: {verdict}"
    fix = f"see {command('diagnose_file_sync')}"
    match verdict:
        case AuditVerdict.CRITICAL:
            return wrong("last audit", text, fix)
        case AuditVerdict.ATTENTION:
            return warning("last audit", text, fix)
        case AuditVerdict.HEALTHY:
            if now - at_ > 3 * DAY:
                return warning(
                    "last audit",
                    text,
                    f"the bot makes one a day while it runs; or now: {command('diagnose_file_sync')}",
                )
            return ok("last audit", text)


def _posts(posts: dict[PostState, int]) -> Check:
    bad = [(state, posts.get(state, 0)) for state in (PostState.PARKED, PostState.UNSURE) if posts.get(state)]
    if bad:
        text = ", ".join(f"{counted(number, 'post')} {state}" for state, number in bad)
        return warning("posts", text, "the alerts in the admin channel say why; /sync status has the numbers")
    return ok("posts", f"{counted(sum(posts.values()), 'post')} and none is stuck")
