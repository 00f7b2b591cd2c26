"""The game server: does it answer, may the bot list and not write, are round files there, and do their times fit?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import tzinfo
from heapq import nlargest
from zoneinfo import ZoneInfo

from bot.domain.audit.audit import is_round_file
from bot.domain.audit.checks.clock import NEAR, NEWEST, ZONE_STEP, common_step
from bot.domain.game.file.files import TRUSTED_DRIFT, RoundName, local_time, round_name
from bot.domain.game.file.reasons import FileChanged, FileError, FileVanished
from bot.errors import SourceAway, SourceError
from bot.ingest.source.remote import Entry, RemoteSource
from bot.present.words.reasons import AWAY, file_reason_text
from bot.settings import Settings
from bot.watch.doctor.check import Check, ok, warning, wrong

SERVER, FOLDER, ZONE, READING = "game server", "REMOTE_STATS_PATH", "SERVER_TIMEZONE", "read access"
_ITS_LOG = "look into the log of that machine's SSH server"
_ZONES = (
    "UTC", "Europe/London", "Europe/Berlin", "Europe/Helsinki", "Europe/Moscow", "America/New_York", "America/Chicago",
    "America/Denver", "America/Los_Angeles", "America/Sao_Paulo", "Asia/Dubai", "Asia/Kolkata", "Asia/Shanghai",
    "Asia/Tokyo", "Australia/Perth", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip
"""One of each kind of clock that is common, to be proposed."""
MayWrite = Callable[[Entry], Awaitable[bool]]


async def on_server(
    source: RemoteSource, settings: Settings, *, zone: tzinfo | None, now: float, may_write: MayWrite | None
) -> list[Check]:
    """Everything about it.

    `zone`: that of the settings, None where they name none; `may_write`: whether an entry could be written, where that
    can be asked.
    """
    try:
        entries = await source.list()
        checks = [ok(SERVER, f"it answers, and lists {len(entries)} entries"), *_folder(entries, settings)]
        newest = _newest(entries)
        if newest:
            checks += _times(newest, zone, now=now)
            checks.append(await _reading(source, newest[-1][1], settings))
            if may_write is not None:
                checks.append(_access(settings, can=await may_write(newest[-1][1])))
    except SourceError as error:
        return [wrong(SERVER, error.what, AWAY if isinstance(error, SourceAway) else error.fix or _ITS_LOG)]
    return checks


def _newest(entries: Sequence[Entry]) -> list[tuple[RoundName, Entry]]:
    """The last round files by their names, the newest last."""
    named = ((name, entry) for entry in entries if isinstance(name := round_name(entry.name), RoundName))
    return nlargest(NEWEST, named, key=lambda pair: pair[0].stamp)[::-1]


def _folder(entries: Sequence[Entry], settings: Settings) -> Iterator[Check]:
    folder = settings.remote_stats_path or "the game server's folder"
    rounds = sum(is_round_file(entry.name) for entry in entries)
    if rounds:
        yield ok(FOLDER, f"{folder} has {rounds} round files")
    elif entries:
        some = ", ".join(entry.name for entry in entries[:3])
        text = f"{folder} has {len(entries)} entries and no round file among them ({some} …)"
        yield wrong(FOLDER, text, "set it to the folder in which the stats script writes (docs/SERVER.md)")
    else:
        text = f"{folder} is empty: no round was finished yet, or the stats script writes elsewhere"
        yield warning(FOLDER, text, "play a round to its end, and look again")


def _times(rounds: Sequence[tuple[RoundName, Entry]], zone: tzinfo | None, *, now: float) -> Iterator[Check]:
    newest = [(name.stamp, entry.mtime) for name, entry in rounds if entry.mtime is not None]
    if zone is not None:
        yield _zone(newest, zone)
    ahead = max((mtime for _, mtime in newest), default=0) - now
    if ahead > NEAR:
        text = f"its newest file is {ahead / 60:.0f} minutes in the future"
        yield wrong(
            "game server's clock", text, "its clock or this machine's is wrong: set both (timedatectl set-ntp true)"
        )
    else:
        yield ok("game server's clock", "no file of it is in the future")


def _zone(newest: Sequence[tuple[str, int]], zone: tzinfo) -> Check:
    told = telling(newest)
    if not told:
        return ok(ZONE, f"{zone}; the files' times do not tell whether it fits: these files were copied there")
    step = common_step([drift for drift in _drifts(told, zone) if abs(drift) < TRUSTED_DRIFT])
    if not step:
        return ok(ZONE, f"{zone} fits the files' times")
    fit = zones_that_fit(told)
    text = f"{zone} is contradicted by the files: most are {step * ZONE_STEP / 3600:+g} h off their names"
    return wrong(ZONE, text, f"set it to the game server's zone{', such as ' + ' or '.join(fit[:3]) if fit else ''}")


def _drifts(files: Sequence[tuple[str, int]], zone: tzinfo) -> list[int]:
    return [mtime - int(local_time(stamp).replace(tzinfo=zone).timestamp()) for stamp, mtime in files]


def telling(files: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Those (stamp, mtime) of which the time may be that of the round's end, in whatever zone: no later copy's."""
    drifts = _drifts(files, ZoneInfo("UTC"))
    return [file for file, drift in zip(files, drifts, strict=True) if abs(drift) < TRUSTED_DRIFT]


def zones_that_fit(files: Sequence[tuple[str, int]]) -> list[str]:
    """Common zones in which most of these (stamp, mtime) agree, the best first."""
    fit = [(_near(name, files), name) for name in _ZONES if fits(name, files)]
    return [name for _, name in sorted(fit, key=lambda pair: -pair[0])]


def fits(zone: str, files: Sequence[tuple[str, int]]) -> bool:
    """In this zone most of these (stamp, mtime) agree."""
    return 2 * _near(zone, files) > len(files) > 0


def _near(zone: str, files: Sequence[tuple[str, int]]) -> int:
    return sum(-NEAR <= drift <= NEAR for drift in _drifts(files, ZoneInfo(zone)))


async def _reading(source: RemoteSource, newest: Entry, settings: Settings) -> Check:
    try:
        await source.read(newest)
    except (FileVanished, FileChanged):
        pass  # it is being written: it was opened
    except FileError as error:
        why = file_reason_text(error.reason)
        text = f"{_account(settings)} may list the folder and not read its newest round file ({why})"
        return wrong(READING, text, "let the account's group read the files, or set an ACL (docs/SERVER.md, 0750)")
    return ok(READING, f"{_account(settings)} may read its newest round file")


def _account(settings: Settings) -> str:
    return settings.ssh_user or "the bot's account"


def _access(settings: Settings, *, can: bool) -> Check:
    if not can:
        return ok("write access", f"{_account(settings)} may not write there")
    text = f"{_account(settings)} may change the round files there, which the bot never does"
    return warning("write access", text, "let the account read alone: ForceCommand internal-sftp -R (docs/SERVER.md)")
