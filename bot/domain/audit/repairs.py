"""The findings of an audit by code, and what repairs each: the tool prints a command of it, Discord shows a button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FindingCode(StrEnum):
    """What a finding is, whatever its words; stored, compared, printed beside them."""

    ARCHIVE_GAP = "archive_gap"
    GONE_FROM_SERVER = "gone_from_server"
    NOT_IMPORTED = "not_imported"
    PENDING = "pending"
    STUCK = "stuck"
    NEVER_OPENED = "never_opened"
    REJECTED = "rejected"
    RETRYING = "retrying"
    RETRY_OVERDUE = "retry_overdue"
    VANISHED = "vanished"
    LOCAL_DIFFERS = "local_differs"
    CHANGED_ON_SERVER = "changed_on_server"
    LEDGER_SHRUNK = "ledger_shrunk"
    BYTES_MISSING = "bytes_missing"
    LOST_ROUND = "lost_round"
    DUPLICATE_ROUND = "duplicate_round"
    DUPLICATE_CONTENT = "duplicate_content"
    SAME_FIGURES = "same_figures"
    ROUND_WITHOUT_LEDGER_ROW = "round_without_ledger_row"
    UNPAIRED_BUT_FIRST_IS_THERE = "unpaired_but_first_is_there"
    HOLE_FIRST_ROUND = "hole_first_round"
    SET_ASIDE = "set_aside"
    WRONG_ZONE = "wrong_zone"
    CLOCK_DRIFT = "clock_drift"
    HOLE_IN_EVENING = "hole_in_evening"
    LOOKS_LIKE_A_ROUND = "looks_like_a_round"
    SAVED_TWICE = "saved_twice"
    ROUNDS_OVERLAP = "rounds_overlap"
    SERVER_CLOCK = "server_clock"
    TWO_SERVERS = "two_servers"
    STRANGERS = "strangers"
    IMPLAUSIBLE = "implausible_figures"
    CONTRADICTED = "contradicted_figures"
    KILLS_DIFFER = "kills_differ"
    CARRIED_OVER = "carried_over"
    UNBALANCED = "unbalanced"
    POST_PARKED = "post_parked"
    POST_UNSURE = "post_unsure"
    POST_LATE = "post_late"
    DATABASE_DAMAGED = "database_damaged"
    DATABASE_UNREADABLE = "database_unreadable"
    ROUNDS_DIFFER = "rounds_differ"
    BACKUP_FAILED = "backup_failed"
    BACKUP_OLD = "backup_old"


class RepairKind(StrEnum):
    """What the program repairs itself; the value is in the ids of buttons, and stays."""

    RESTORE = "restore"
    RETRY = "retry"
    ADOPT = "adopt"
    RUN = "run"
    REIMPORT_LOST = "reimport_lost"
    REIMPORT_BYTES = "reimport_bytes"
    REIMPORT_CHANGED = "reimport_changed"
    REIMPORT_DIFFERING = "reimport_differing"
    IGNORE_BROKEN = "ignore_broken"
    IGNORE_VANISHED = "ignore_vanished"
    IGNORE_COPIES = "ignore_copies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What the program can do, on the command line and by a button.

    `changes` goes on after `3 files`; `option`: of `tools.sync_stats`; `names_files`: the option takes the finding's
    files; `reason`: the one that ignored files are given; `asks`: it wants a yes before it changes anything.
    """

    kind: RepairKind
    label: str
    changes: str
    option: str
    names_files: bool = False
    reason: str = ""
    asks: bool = True


@dataclass(frozen=True, slots=True)
class ByHand:
    """What only a person can do: neither a command of ours nor a button; `then_tool`: one to run after it."""

    advice: str
    then_tool: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A repair for a finding: what speaks for it, and what against it."""

    repair: Repair | ByHand
    pros: str
    cons: str


@dataclass(frozen=True, slots=True)
class NoRepair:
    """Nothing is offered, and why."""

    why: str


_RESTORE = Repair(
    kind=RepairKind.RESTORE,
    label="Restore to disk",
    changes="will be written into local_stats/ from the database; nothing is imported, no round changes",
    option="--restore-missing",
)
_RETRY = Repair(
    kind=RepairKind.RETRY,
    label="Try failed ones again",
    changes="will be looked at as if for the first time",
    option="--retry --failed",
)
_ADOPT = Repair(
    kind=RepairKind.ADOPT,
    label="Write ledger rows",
    changes="will get their rows in processed_files; no round changes",
    option="--adopt",
)
_RUN = Repair(
    kind=RepairKind.RUN,
    label="Sync now",
    changes="that are new on the server will be brought in",
    option="",
    asks=False,
)
_REIMPORT_LOST = Repair(
    kind=RepairKind.REIMPORT_LOST,
    label="Bring lost rounds back",
    changes="will be imported again, each under its own name",
    option="--reimport",
    names_files=True,
)
_REIMPORT_BYTES = Repair(
    kind=RepairKind.REIMPORT_BYTES,
    label="Bring lost bytes back",
    changes="will be parsed again, and their rounds replaced as shown; each keeps its identity",
    option="--reimport",
    names_files=True,
)
_REIMPORT_CHANGED = Repair(
    kind=RepairKind.REIMPORT_CHANGED,
    label="Take the server's files",
    changes="will be parsed again, and their rounds replaced as shown; each keeps its identity",
    option="--reimport",
    names_files=True,
)
_REIMPORT_DIFFERING = Repair(
    kind=RepairKind.REIMPORT_DIFFERING,
    label="Set these rounds right",
    changes="will be parsed again, and their rounds replaced as shown; each keeps its identity",
    option="--reimport",
    names_files=True,
)
_IGNORED = "will be ignored: not fetched, their rounds set aside; /sync ignore undo takes it back"
_IGNORE_BROKEN = Repair(
    kind=RepairKind.IGNORE_BROKEN,
    label="Ignore broken files",
    changes=_IGNORED,
    option="--ignore",
    names_files=True,
    reason="broken",
)
_IGNORE_VANISHED = Repair(
    kind=RepairKind.IGNORE_VANISHED,
    label="Ignore vanished files",
    changes=_IGNORED,
    option="--ignore",
    names_files=True,
    reason="deleted on the server",
)
_IGNORE_COPIES = Repair(
    kind=RepairKind.IGNORE_COPIES,
    label="Ignore the copies",
    changes=_IGNORED,
    option="--ignore",
    names_files=True,
    reason="copy",
)

AFRESH = Offer(
    ByHand("set DATABASE_PATH in .env to a new file, then run", then_tool="sync_stats"),
    "each file is imported once; the old database is not touched",
    "it takes a while",
)
"""The way on from a database that cannot be mended: the files, here and on the server, tell everything again."""

_TAKE_OUT = Offer(
    ByHand("look at these rounds, and take those out with /sync ignore that are not true"),
    "no statistic has what was never played",
    "somebody has to decide; /sync ignore undo takes it back",
)
_BACK_UP = Offer(
    ByHand("look at the disk that the backups are on; then run", then_tool="backup"),
    "a lost database can be brought back as it is now",
    "disk space, as much as the database takes",
)
_AGAIN = Offer(_RETRY, "what can be read now is taken in now", "none: what fails again is tried again by itself")
_SYNC = Offer(_RUN, "the rounds are in the statistics now", "none: each file is imported once")
_SETTLED = (
    "settled, with a reason that is shown; --unignore takes it back",
    "no statistic will have them",
)

OFFERS: Mapping[FindingCode, tuple[Offer, ...] | NoRepair] = {
    FindingCode.ARCHIVE_GAP: (
        Offer(_RESTORE, "local_stats/ is complete again, verified byte for byte", "disk space; nothing else needs it"),
    ),
    FindingCode.GONE_FROM_SERVER: NoRepair("the server's folder is not the bot's to write, and nothing is lost"),
    FindingCode.NOT_IMPORTED: (_SYNC,),
    FindingCode.PENDING: (_SYNC,),
    FindingCode.STUCK: (_SYNC,),
    FindingCode.NEVER_OPENED: (
        Offer(
            ByHand("put the files themselves into the folder, or set REMOTE_STATS_PATH to the one where they are"),
            "the rounds come by themselves at the next poll",
            "somebody has to do it on the game server",
        ),
    ),
    FindingCode.REJECTED: (
        Offer(_RETRY, "a file that was repaired is taken in", "a file that is still broken is rejected again"),
        Offer(_IGNORE_BROKEN, *_SETTLED),
    ),
    FindingCode.RETRYING: (_AGAIN,),
    FindingCode.RETRY_OVERDUE: (_AGAIN,),
    FindingCode.VANISHED: (Offer(_IGNORE_VANISHED, *_SETTLED),),
    FindingCode.LOCAL_DIFFERS: (
        Offer(_RESTORE, "the copy is again what was imported", "your own edits of that file are overwritten"),
    ),
    FindingCode.CHANGED_ON_SERVER: (
        Offer(
            _REIMPORT_CHANGED,
            "the round says what the server's file says now",
            "the imported figures are replaced",
        ),
    ),
    FindingCode.LEDGER_SHRUNK: (
        Offer(_ADOPT, "rows that only the ledger lost are written again", "an older database is not brought back"),
    ),
    FindingCode.BYTES_MISSING: (
        Offer(
            _REIMPORT_BYTES,
            "these rounds can be derived anew again, whenever the rules change",
            "where the file is another one by now, its round's figures are replaced; the difference is shown first",
        ),
    ),
    FindingCode.LOST_ROUND: (
        Offer(
            _REIMPORT_LOST,
            "the round is back, from the database, disk or server",
            "none: the file's identity stays the same",
        ),
    ),
    FindingCode.DUPLICATE_ROUND: (AFRESH,),
    FindingCode.DUPLICATE_CONTENT: (Offer(_IGNORE_COPIES, *_SETTLED),),
    FindingCode.SAME_FIGURES: (Offer(_IGNORE_COPIES, *_SETTLED),),
    FindingCode.ROUND_WITHOUT_LEDGER_ROW: (
        Offer(_ADOPT, "the ledger is whole again at once", "none: the next poll would do the same"),
    ),
    FindingCode.UNPAIRED_BUT_FIRST_IS_THERE: (
        Offer(
            _RETRY,
            "the match counts as soon as its round 1 is taken in",
            "a round 1 that is still broken is rejected again",
        ),
    ),
    FindingCode.HOLE_FIRST_ROUND: NoRepair("what was never written, or never seen, cannot be brought in"),
    FindingCode.SET_ASIDE: NoRepair("the rules of the file format decide, and they decide the same every time"),
    FindingCode.WRONG_ZONE: (
        Offer(
            ByHand("set SERVER_TIMEZONE in .env and start the bot again: all rounds are re-timed"),
            "every round is shown at the time when it was played",
            "the bot starts again; a round near midnight may move to another day",
        ),
    ),
    FindingCode.CLOCK_DRIFT: NoRepair("the game server's clock is set there; what is stored goes by the names"),
    FindingCode.HOLE_IN_EVENING: NoRepair("files that were never written cannot be brought in"),
    FindingCode.LOOKS_LIKE_A_ROUND: (
        Offer(
            ByHand(
                "give these files on the game server the names that their rounds have, or ignore them with a reason"
            ),
            "their rounds come by themselves at the next poll",
            "somebody has to do it on the game server",
        ),
    ),
    FindingCode.SAVED_TWICE: NoRepair("one of the two counts, and the rules decide which, the same every time"),
    FindingCode.ROUNDS_OVERLAP: (_TAKE_OUT,),
    FindingCode.SERVER_CLOCK: (
        Offer(
            ByHand(
                "let the game server keep its clock right (NTP), and take rounds out with /sync ignore that are wrong"
            ),
            "names tell when rounds ended, and pairs are found by that",
            "what is stored stays as it is dated",
        ),
    ),
    FindingCode.TWO_SERVERS: (
        Offer(
            ByHand("give each game server a folder, and a bot, of its own"),
            "statistics of one server are not mixed with another's",
            "somebody has to do it on the game server",
        ),
    ),
    FindingCode.STRANGERS: NoRepair("what was never written, or never seen, cannot be brought in"),
    FindingCode.IMPLAUSIBLE: (_TAKE_OUT,),
    FindingCode.CONTRADICTED: NoRepair("nothing in the file tells which of the two is right"),
    FindingCode.KILLS_DIFFER: (_TAKE_OUT,),
    FindingCode.CARRIED_OVER: NoRepair("the rules of the file format decide, and they decide the same every time"),
    FindingCode.UNBALANCED: NoRepair("the files say so, and nothing tells which of their figures is the wrong one"),
    FindingCode.POST_PARKED: (
        Offer(
            ByHand("give the bot its permissions in the channel: it tries again by itself"),
            "the messages come by themselves, in order",
            "none: each is posted once",
        ),
    ),
    FindingCode.POST_UNSURE: (
        Offer(
            ByHand("press a button under the alert in the admin channel"),
            "each message is there once",
            "somebody has to look whether it is there",
        ),
    ),
    FindingCode.DATABASE_DAMAGED: (
        Offer(
            ByHand("stop the bot, then run", then_tool="restore"),
            "the last good backup is in its place, and what was played since then comes in again by itself",
            "links, settings and decisions made on Discord since that backup are lost; what is there now is kept",
        ),
    ),
    FindingCode.DATABASE_UNREADABLE: (
        Offer(
            ByHand("look at the disk that the database is on: is it full, read-only or failing?"),
            "the bot goes on by itself as soon as it can be read",
            "none: nothing is lost as long as the files are on the server",
        ),
    ),
    FindingCode.ROUNDS_DIFFER: (
        Offer(
            _REIMPORT_DIFFERING,
            "the rounds say again what their files say",
            "none where the file is the same one; else the difference is shown first",
        ),
    ),
    FindingCode.BACKUP_FAILED: (_BACK_UP,),
    FindingCode.BACKUP_OLD: (_BACK_UP,),
    FindingCode.POST_LATE: (
        Offer(ByHand("start the bot"), "the messages follow in order", "none: what is no news any more is not posted"),
    ),
}


def offers(code: FindingCode, *, older: bool) -> tuple[Offer, ...]:
    """The repairs of a finding; `older`: in a database of the older design, which this program only reads."""
    offered = OFFERS[code]
    if isinstance(offered, NoRepair):
        return ()
    return (AFRESH,) if older else offered


def repair_of(kind: RepairKind) -> Repair:
    """The repair of this kind."""
    return _BY_KIND[kind]


def found_by(kind: RepairKind) -> frozenset[FindingCode]:
    """The findings that a repair is for."""
    return frozenset(
        code
        for code, offered in OFFERS.items()
        if not isinstance(offered, NoRepair)
        for offer in offered
        if isinstance(offer.repair, Repair) and offer.repair.kind is kind
    )


_BY_KIND = {
    offer.repair.kind: offer.repair
    for offered in OFFERS.values()
    if not isinstance(offered, NoRepair)
    for offer in offered
    if isinstance(offer.repair, Repair)
}
