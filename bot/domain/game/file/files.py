"""The grammar of file names (FORMAT, "Files in the folder"): which entries are round files, and when a round ended."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import NamedTuple, NewType

from bot.domain.game.file.reasons import FileReason, FileReasonCode

MAX_BYTES = 1 << 20
"""Larger files are never read: some thirty times the largest real one."""

# what the engine takes for a map's name, but for what leads out of a folder, or what Windows has no files for:
# printable ASCII without " * / : < > ? \ |
_OF_MAP = r"[ !#-)+-.0-9;=@-\[\]-{}~]"
_ROUND = re.compile(
    rf"(?P<stamp>\d{{4}}-\d{{2}}-\d{{2}}-\d{{6}})-(?P<map>{_OF_MAP}{{1,64}})-round-(?P<number>[12])\.txt",
    re.ASCII,
)
_STAMPED = re.compile(rf"\d{{4}}-\d{{2}}-\d{{2}}-\d{{6}}-{_OF_MAP}+\.txt", re.ASCII)
_ROUND_LIKE = re.compile(
    r"\d{4}-\d{2}-\d{2}-\d{6}.*-round-\d.*\.txt(?P<part>\.part)?", re.ASCII | re.IGNORECASE | re.DOTALL
)
_OTHER = ("-endstats.txt", "_endstats.txt", "_ws.txt")
PART_IS_LATE = 600
"""Seconds after which a `.part` is no file on its way any more."""
_PLAIN = re.compile(rb"[\x20-\x5b\x5d-\x7e]*")

YEARS = range(1970, 3000)
"""Any clock's years, a reset one's included; beyond them the calendar's arithmetic has an end in some zones."""
GAME_BEGAN = int(datetime(2003, 5, 29, tzinfo=UTC).timestamp())
"""When the game appeared: an older stamp or mtime is that of a clock that was reset."""
TRUSTED_DRIFT = 26 * 3600
"""Seconds by which a name and its mtime may differ (a whole zone, and some) before the mtime is no evidence."""


class RoundName(NamedTuple):
    """A file name that fits the grammar, taken apart.

    `stamp` is the server's local wall clock at the end of the round, as written.
    """

    text: str
    stamp: str
    map: str
    number: int


RoundKey = NewType("RoundKey", str)
"""What names a round for good, in every database made of the same files: see `round_key`."""


class NotARound(NamedTuple):
    """A name that is no round file's, and why."""

    reason: FileReason


# a folder may hold many such names: each reason is kept once
_OTHER_NAMES = {
    code: NotARound(FileReason(code))
    for code in (
        FileReasonCode.NO_SUCH_TIME,
        FileReasonCode.ENDSTATS,
        FileReasonCode.WEAPON_DUMP,
        FileReasonCode.UNSAFE_NAME,
        FileReasonCode.NEARLY,
        FileReasonCode.CONSOLE,
        FileReasonCode.OTHER_NAME,
    )
}


def escaped(raw: bytes) -> str:
    """A printable, unambiguous text for any bytes; the identity on names that fit the grammar."""
    if _PLAIN.fullmatch(raw):
        return raw.decode("ascii")
    return "".join(chr(b) if 0x20 <= b < 0x7F and b != 0x5C else f"\\x{b:02x}" for b in raw)


def round_name(text: str) -> RoundName | NotARound:
    """Read a name; total: any text gives one or the other."""
    match = _ROUND.fullmatch(text)
    if match is None:
        return _OTHER_NAMES[_why_not(text)]
    try:
        year = local_time(match["stamp"]).year
    except ValueError:
        return _OTHER_NAMES[FileReasonCode.NO_SUCH_TIME]
    if year not in YEARS:
        return NotARound(FileReason(FileReasonCode.NO_SUCH_YEAR, figure=year))
    return RoundName(text, match["stamp"], match["map"], int(match["number"]))


def is_round_like(text: str, *, age: int | None) -> bool:
    """A name that looks like a round's, whether it is taken or not; `age`: seconds since the file last changed."""
    match = _ROUND_LIKE.fullmatch(text)
    if match is None or text.casefold().removesuffix(".part").endswith(_OTHER):
        return False
    return match["part"] is None or (age is not None and age > PART_IS_LATE)


def round_key(server: str, file: str) -> RoundKey:
    """The first 16 hex digits of SHA-256 over the server's name and the file's; one file is one round."""
    return RoundKey(hashlib.sha256(f"{server}\0{file}".encode()).hexdigest()[:16])


def _why_not(text: str) -> FileReasonCode:
    plain = text.casefold()
    if plain.endswith(("-endstats.txt", "_endstats.txt")):
        return FileReasonCode.ENDSTATS
    if plain.endswith("_ws.txt"):
        return FileReasonCode.WEAPON_DUMP
    if "/" in text or "\\" in text or text in ("", ".", ".."):
        return FileReasonCode.UNSAFE_NAME
    if _ROUND_LIKE.fullmatch(text):
        return FileReasonCode.NEARLY
    if _STAMPED.fullmatch(text) and "-round-" not in text:
        return FileReasonCode.CONSOLE
    return FileReasonCode.OTHER_NAME


def local_time(stamp: str) -> datetime:
    """The wall clock of a stamp as the grammar has it, without zone; `ValueError` where no clock shows it."""
    year, month, day = int(stamp[:4]), int(stamp[5:7]), int(stamp[8:10])
    return datetime(year, month, day, int(stamp[11:13]), int(stamp[13:15]), int(stamp[15:]))  # noqa: DTZ001  (a setting)


class Dating(StrEnum):
    """What a round's end was taken from.

    FILE: what our own script says in it, which no stamp or mtime outvotes. AHEAD, BEFORE, SEEN: the stamp cannot be
    true, since it is in the future or older than the game; so the file's mtime, or where that cannot be true either,
    the moment when the file was first seen. SECOND_READING, MTIME_ORDER: what its other round proves.
    """

    STAMP = "stamp"
    FILE = "file"
    AHEAD = "ahead"
    BEFORE = "before"
    SEEN = "seen"
    SECOND_READING = "second_reading"
    MTIME_ORDER = "mtime_order"

    @property
    def is_impossible_stamp(self) -> bool:
        """The stamp alone is proof enough that it is wrong."""
        return self in (Dating.AHEAD, Dating.BEFORE, Dating.SEEN)


class End(NamedTuple):
    """When a round ended, UTC seconds since the epoch, and what tells it.

    `other`: the second instant that the stamp may mean, in the hour that the clock repeats and where no mtime settles
    it. `stamped_at`: what the stamp (or the file) says, where that cannot be true.
    """

    at: int
    other: int | None = None
    dating: Dating = Dating.STAMP
    stamped_at: int | None = None


def was_copied(name: RoundName, mtime: int | None) -> bool:
    """The file is of another day than its name, in any zone: nobody plays that round now, and writes it line by line.

    `mtime` in seconds since the epoch; without one nothing is known.
    """
    return mtime is not None and abs(local_time(name.stamp).replace(tzinfo=UTC).timestamp() - mtime) > TRUSTED_DRIFT


def end_of(stamp: str, *, zone: tzinfo, mtime: int | None, now: int | None, said: int | None = None) -> End:
    """When a stamp in the server's zone says that a round ended; or what the file says itself in UTC (`said`).

    That has neither zone nor repeated hours, so it outvotes stamp, zone and mtime. Without it, the hour that the clock
    repeats is settled by `mtime` where that is evidence at all, else by the first reading. A stamp (or `said`) that is
    older than the game, or later than the file's mtime and than `now` by more than a whole zone, is no evidence: the
    mtime is, or where that can as little be true, `now`: when the file was first seen (None: nobody asked).
    """
    naive = local_time(stamp)
    first = int(naive.replace(tzinfo=zone, fold=0).timestamp()) if said is None else said
    second = int(naive.replace(tzinfo=zone, fold=1).timestamp())
    if now is not None and now < GAME_BEGAN:
        now = None  # our own clock was reset: it proves nothing
    latest = None if now is None else now + TRUSTED_DRIFT
    can_be_true = mtime is not None and mtime >= GAME_BEGAN and (latest is None or mtime <= latest)
    is_ahead = latest is not None and first > latest and not (can_be_true and first <= (mtime or 0) + TRUSTED_DRIFT)
    if is_ahead or first < GAME_BEGAN:
        if can_be_true and mtime is not None:
            return End(mtime, dating=Dating.AHEAD if is_ahead else Dating.BEFORE, stamped_at=first)
        if now is not None:
            return End(now, dating=Dating.SEEN, stamped_at=first)
    if said is not None:
        return End(first, dating=Dating.FILE)
    if second <= first:
        return End(first)
    if mtime is None or abs(mtime - first) > TRUSTED_DRIFT:
        return End(first, other=second)
    return End(second if abs(mtime - second) < abs(mtime - first) else first)


def iso_utc(seconds: int) -> str:
    """`2025-10-02T21:18:08Z` of UTC epoch seconds."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
