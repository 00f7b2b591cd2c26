"""What an admin should look at, in sentences."""

from __future__ import annotations

from bot.domain.audit.states import BrokenFile, LedgerRow
from bot.domain.posts import PostState
from bot.present.words.reasons import file_reason_text
from bot.present.words.text import counted

CRITICAL = "Critical"
"""The first word about data that are lost, doubled or damaged."""
_NAMES = {
    "auditing": "The audit",
    "watching": "The watch over all this",
    "backing up": "The backup",
    "posting": "Posting",
    "recaps": "The recap",
}
_HOUR, _DAY = 3600, 86400


def silent(service: str, seconds: float, why: str | None) -> str:
    """A part without success for so long, and why if that is known."""
    because = f": {why}" if why else ""
    if service == "polling":
        return f"No contact with the game server for {_long(seconds)}{because}"
    return f"{_NAMES[service]} has had no success for {_long(seconds)}{because}"


def _long(seconds: float) -> str:
    if seconds < 2 * _HOUR:
        return counted(int(seconds // 60), "minute")
    return counted(int(seconds // _HOUR), "hour") if seconds < 2 * _DAY else counted(int(seconds // _DAY), "day")


def posts(state: PostState, count: int) -> str:
    """Posts that are not out."""
    what = (
        "Discord refuses" if state is PostState.PARKED else "An admin must say whether they are there (see the alert)"
    )
    return f"{what}: {counted(count, 'post')}"


def broken(file: BrokenFile) -> str:
    """A file that is no valid round file: which, where, why."""
    return file.filename if file.reason is None else f"{file.filename}: {file_reason_text(file.reason)}"


def failing(row: LedgerRow) -> str:
    """A file that fails again and again."""
    why = "" if row.reason is None else f": {file_reason_text(row.reason)}"
    return f"{row.filename} failed {row.attempts} times{why}. It is tried again by itself."


def down(why: str) -> str:
    """The database can be neither read nor written now, or one of both."""
    return f"The database cannot be used, and nothing can be brought in: {why}"


def damaged(fault: str, last_good: str | None, restore: str) -> str:
    """The database is not what was written there; `restore`: the command that puts a backup in its place."""
    return f"The database is damaged. {_back(last_good)}. Stop the bot, and run `{restore}`. What was found: {fault}"


def away(fault: str, last_good: str | None, restore: str) -> str:
    """The file of the database is not where it was opened."""
    how = "" if last_good is None else f" (`{restore}`)"
    return f"The database is not in its place: {fault}. {_back(last_good)}{how}."


def _back(last_good: str | None) -> str:
    return "There is no good backup of it" if last_good is None else f"The last good backup is {last_good}"


def unbacked(why: str) -> str:
    """The last backup failed."""
    return f"The database has no new backup: {why}"


def finding(code: str, files: int, *, is_critical: bool) -> str:
    """What the last audit found."""
    count = f" ({counted(files, 'file')})" if files else ""
    level = f"{CRITICAL}: data are lost, doubled or damaged. " if is_critical else ""
    return f"{level}The file sync audit found: {code.replace('_', ' ')}{count}. See /sync diagnose."
