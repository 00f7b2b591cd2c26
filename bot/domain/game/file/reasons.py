"""Why a file of the folder has no round, or not yet: codes with what belongs to them, as values and as errors.

The sentences are in `bot.present.words.reasons`: reword one there, and nothing that is stored or compared changes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from bot.errors import StatsBotError


class FileReasonCode(StrEnum):
    """Of a name, of an entry, of a file that could not be read, of what is in it, of what no repair could do."""

    NO_SUCH_TIME = "no_such_time"
    NO_SUCH_YEAR = "no_such_year"
    ENDSTATS = "endstats"
    WEAPON_DUMP = "weapon_dump"
    UNSAFE_NAME = "unsafe_name"
    NEARLY = "nearly"
    CONSOLE = "console"
    OTHER_NAME = "other_name"

    NOT_REGULAR = "not_regular"
    TOO_LARGE = "too_large"
    IGNORED = "ignored"

    GONE = "gone"
    SLOW = "slow"
    REFUSED = "refused"
    NEVER_OPENED = "never_opened"
    NO_FILE = "no_file"
    NO_FILE_NOW = "no_file_now"
    BEYOND_LIMIT = "beyond_limit"
    OUTGROWN = "outgrown"
    OTHER_SIZE = "other_size"
    GREW = "grew"

    EMPTY = "empty"
    CUT = "cut"
    NO_PLAYERS = "no_players"
    MANY_PLAYERS = "many_players"
    OTHER_WIDTH = "other_width"
    FEW_FIELDS = "few_fields"
    LONG_LINE = "long_line"
    NO_PLAYER_LINE = "no_player_line"
    OLD_SCRIPT = "old_script"
    HEADER_WIDTH = "header_width"
    HEADER_MAP = "header_map"
    HEADER_ROUND = "header_round"
    HEADER_NUMBER = "header_number"
    HEADER_CLOCK = "header_clock"
    HEADER_END = "header_end"
    HEADER_WRITER = "header_writer"
    NEWER_WRITER = "newer_writer"
    KILLS_HEAD = "kills_head"
    KILLS_LINE = "kills_line"
    KILLS_TWICE = "kills_twice"
    KILLS_BEYOND = "kills_beyond"
    WEAPON_MASK = "weapon_mask"
    WEAPON_BEYOND = "weapon_beyond"
    FIELD_NOT_A_NUMBER = "field_not_a_number"
    FIELD_NOT_WHOLE = "field_not_whole"
    FIELD_BEYOND = "field_beyond"
    NEW_FIELD = "new_field"

    NO_ROUND = "no_round"
    OTHER_BYTES = "other_bytes"
    NOT_ASKED = "not_asked"
    NOT_THERE = "not_there"
    NOWHERE = "nowhere"
    NEVER_SEEN = "never_seen"
    NOT_FAILED = "not_failed"
    NOT_IGNORED = "not_ignored"

    OLD_DESIGN = "old_design"
    SAID = "said"


class FileReason(NamedTuple):
    """A code with what belongs to it; `line` counts from 1, 0 is the file as a whole.

    `what`: which field, cell or file, or the kind of entry; `value`: what stands there; `place`: the number of a tab
    field or weapon; `figure`, `limit`: what was found, and what would have been right; `words`: an admin's, those of
    the operating system or the game server, or a sentence of a version without codes.
    """

    code: FileReasonCode
    line: int = 0
    what: str = ""
    value: str = ""
    place: int = 0
    figure: int = 0
    limit: int = 0
    words: str = ""


class UnfitFile(StatsBotError):
    """A file that cannot be taken as it is, and why."""

    def __init__(self, reason: FileReason) -> None:
        super().__init__(reason)
        self.reason = reason


class BadFile(UnfitFile):
    """Content that breaks the grammar of a round file."""


class FileError(UnfitFile):
    """One remote file could not be read."""


class FileChanged(FileError):
    """The size read is not the size listed."""


class FileVanished(FileError):
    """It was listed, and is gone."""


class FileUnreadable(FileError):
    """The server refuses to hand it out, or was too slow."""
