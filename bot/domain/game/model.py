"""What happened: rounds as they are stored. Only `differential` turns a report into one of these."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from bot.domain.game.file import columns
from bot.domain.game.file.files import Dating, RoundName
from bot.domain.game.file.report import BOT, Cells, RoundReport, Tally

AXIS, ALLIES = 1, 2
NEAR = 3600
"""Seconds by which an end and what else tells it may differ before it is another moment."""
UNIDENTIFIED = "UNKNOWN"
_PERSON = re.compile(r"[0-9A-F]{8}", re.ASCII)


def is_bot(key: str) -> bool:
    """A player's key belongs to the game's own bots."""
    return key.startswith(BOT)


@lru_cache(maxsize=4096)  # asked again and again of the same people
def is_person(key: str) -> bool:
    """A player's key is somebody's GUID: no bot, and nobody without an identity."""
    return _PERSON.fullmatch(key) is not None


def shown_guid(key: str) -> str | None:
    """What an export calls this identity; None for whoever has none."""
    return None if key.startswith(f"{UNIDENTIFIED}:") else key


def other_side(team: int) -> int:
    """The side that a line-up has in the other round; 0 stays 0."""
    return {AXIS: ALLIES, ALLIES: AXIS}.get(team, 0)


class State(StrEnum):
    """Whether a round's figures count."""

    COUNTED = "counted"
    SET_ASIDE = "set_aside"


class Aside(StrEnum):
    """Why a stored round does not count: what the database keeps. The sentences are in `bot.present.words.reasons`."""

    ABORTED = "aborted"
    CARRIED_OVER = "carried_over"
    SAVED_TWICE = "saved_twice"
    UNPAIRED = "unpaired"
    UNPAIRED_BROKEN = "unpaired_broken"
    UNPAIRED_NO_TARGET = "unpaired_no_target"
    UNPAIRED_LIMIT = "unpaired_limit"
    UNPAIRED_HOST = "unpaired_host"
    UNPAIRED_STRANGERS = "unpaired_strangers"
    UNPAIRED_ANEW = "unpaired_anew"
    UNPAIRED_TIME = "unpaired_time"
    UNPAIRED_SKIPPED = "unpaired_skipped"
    UNPAIRED_SIDES = "unpaired_sides"
    UNPAIRED_ORDER = "unpaired_order"
    UNPAIRED_TAKEN = "unpaired_taken"
    OVERTIME = "overtime"
    NEGATIVE_TIME = "negative_time"
    AMBIGUOUS = "ambiguous"
    FEW_HUMANS = "few_humans"
    MOSTLY_BOTS = "mostly_bots"
    IGNORED = "ignored"
    OLDER = "older"

    @property
    def has_result(self) -> bool:
        """Who won the round, and in what time, is known all the same."""
        match self:
            case Aside.ABORTED | Aside.CARRIED_OVER | Aside.OVERTIME | Aside.NEGATIVE_TIME:
                return False
            case Aside.SAVED_TWICE | Aside.AMBIGUOUS | Aside.FEW_HUMANS | Aside.MOSTLY_BOTS:
                return True
            case Aside.IGNORED | Aside.OLDER | Aside.UNPAIRED:
                return True
            case Aside.UNPAIRED_BROKEN | Aside.UNPAIRED_NO_TARGET | Aside.UNPAIRED_LIMIT | Aside.UNPAIRED_HOST:
                return True
            case Aside.UNPAIRED_STRANGERS | Aside.UNPAIRED_TIME | Aside.UNPAIRED_SKIPPED | Aside.UNPAIRED_SIDES:
                return True
            case Aside.UNPAIRED_ANEW | Aside.UNPAIRED_ORDER | Aside.UNPAIRED_TAKEN:
                return True


class Reason(NamedTuple):
    """Why a round does not count; `words`: an admin's own of IGNORED, those of a version without codes of OLDER."""

    code: Aside
    words: str = ""


class NoteCode(StrEnum):
    """What was judged about a player or a file: what the database keeps."""

    JOINED = "joined"
    RECONNECTED = "reconnected"
    RESET = "reset"
    WATCHED = "watched"
    LEFT = "left"
    TIME = "time"
    TWICE = "twice"
    CUMULATIVE = "cumulative"
    NEWER = "newer"
    UNBALANCED = "unbalanced"
    UNIDENTIFIED = "unidentified"
    ALIVE = "alive"
    RATIOS = "ratios"
    CLOCK_AHEAD = "clock_ahead"
    CLOCK_BEFORE = "clock_before"
    CLOCK_SEEN = "clock_seen"
    CLOCK_BACK = "clock_back"
    REPEATED_HOUR = "repeated_hour"
    KILLS_DIFFER = "kills_differ"
    KILLS_NEWER = "kills_newer"
    IMPOSSIBLE = "impossible"
    IMPOSSIBLE_HEADER = "impossible_header"
    NO_ENEMIES = "no_enemies"
    HEADER_DIFFERS = "header_differs"
    OLDER = "older"


class Note(NamedTuple):
    """A judgement kept on a round: `guid` is empty where it is about the whole file.

    `name`: the player's, without colour codes; `extra`, `known`: of NEWER, tab fields beyond those that were known, of
    KILLS_NEWER, the section's version and the one that was known;
    `words`: of OLDER, those of a version without codes; `figure`, `value`: of IMPOSSIBLE and IMPOSSIBLE_HEADER, the
    column's or field's name, and what the file says there (tenths where the column is in tenths).
    """

    code: NoteCode
    guid: str = ""
    name: str = ""
    extra: int = 0
    known: int = 0
    words: str = ""
    figure: str = ""
    value: int = 0


class PlayerRound(NamedTuple):
    """What one player did in one round; None is unknown to that version of the writer, never 0.

    `guid`: identity (`OMNIBOT:<clean name>` for a bot); times in seconds; `hits`, `shots`, `headshots`: over all
    weapons; `counters`: the tab fields that are stored, by the names of `columns.COUNTERS`. Shots may be negative in a
    round 2: the game takes a shot back when it hits a corpse (FORMAT, "Weapons").
    """

    guid: str
    name: str
    raw_name: str
    team: int
    kills: int
    deaths: int
    hits: int
    shots: int
    headshots: int
    time_seconds: int
    alive_seconds: int
    counters: Mapping[str, int | None]
    time_dead_seconds: int | None

    @property
    def stored(self) -> tuple[Any, ...]:
        """Everything that is known, in the order of `STORED`."""
        return (*self[:_COUNTERS], *map(self.counters.__getitem__, columns.COUNTERS), *self[_COUNTERS + 1 :])

    @property
    def by_name(self) -> dict[str, Any]:
        """The same by the names of `STORED`."""
        return dict(zip(STORED, self.stored, strict=True))


_COUNTERS = PlayerRound._fields.index("counters")
STORED = tuple(
    name for field in PlayerRound._fields for name in (columns.COUNTERS if field == "counters" else (field,))
)
"""What is known of a player's round, by the names that the database and the exports have for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledReport:
    """A report and the file it came from; `sha256` in hex, instants in UTC epoch seconds.

    `ended_at`: the round's end, as `dating` says; `second_reading`: the other instant that the stamp may mean, in the
    hour that the clock repeats and where no mtime settles it; `mtime`: of the file on its server; `stamped_at`: what
    the stamp says, where `ended_at` is something else.
    """

    server: str
    name: RoundName
    ended_at: int
    sha256: str
    report: RoundReport
    mtime: int | None = None
    second_reading: int | None = None
    dating: Dating = Dating.STAMP
    stamped_at: int | None = None

    @property
    def elsewhere(self) -> int | None:
        """Where else than at its end this round may belong: by its stamp, or by its mtime; None where both are near."""
        others = (self.stamped_at, self.mtime)
        return next((at for at in others if at is not None and abs(at - self.ended_at) > NEAR), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One finished round.

    `first`: the file name of the round 1 that this round 2 belongs to; `duration`: seconds, None where nothing
    tells it; `players` and `weapons` run in parallel, in the file's order; `tallies`: who killed whom, by identity,
    None where the file does not tell it.
    """

    filed: FiledReport
    state: State
    reason: Reason | None
    first: str | None
    duration: int | None
    players: tuple[PlayerRound, ...]
    weapons: tuple[Mapping[int, Cells], ...]
    notes: tuple[Note, ...]
    tallies: tuple[Tally, ...] | None = None
