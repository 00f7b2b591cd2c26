"""An alert as a message: titled by what happened, with the next step; at its end it says that it is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.audit.repairs import FindingCode
from bot.domain.concerns import ConcernCode, ToldConcern
from bot.present.audit.concerns import CRITICAL
from bot.present.card import AMBER, AXIS_RED, NEUTRAL, Card
from bot.present.words.text import ELLIPSIS, counted, safe_name, when

SHOWN, LINE = 10, 300
"""Concerns that an alert names; characters of each."""
LONG = 1500
"""Characters of one that has the alert for itself."""

FINDING_TITLES: Mapping[FindingCode, str] = {
    FindingCode.ARCHIVE_GAP: "Imported files are gone from local_stats",
    FindingCode.GONE_FROM_SERVER: "Files are gone from the game server",
    FindingCode.NOT_IMPORTED: "Files on disk were never imported",
    FindingCode.PENDING: "Files wait to be read",
    FindingCode.STUCK: "Files on the server do not come in",
    FindingCode.NEVER_OPENED: "Files on the server are not plain files",
    FindingCode.REJECTED: "Files are broken",
    FindingCode.RETRYING: "Files cannot be read",
    FindingCode.RETRY_OVERDUE: "Files failed, and nobody tries again",
    FindingCode.VANISHED: "Files vanished before they were read",
    FindingCode.LOCAL_DIFFERS: "Copies in local_stats are not what was imported",
    FindingCode.CHANGED_ON_SERVER: "Files on the server changed after their import",
    FindingCode.LEDGER_SHRUNK: "The ledger has lost rows",
    FindingCode.BYTES_MISSING: "The bytes of some rounds are lost",
    FindingCode.LOST_ROUND: "Rounds are lost",
    FindingCode.DUPLICATE_ROUND: "Rounds are stored twice",
    FindingCode.DUPLICATE_CONTENT: "Files are copies of others",
    FindingCode.SAME_FIGURES: "Rounds are counted twice",
    FindingCode.ROUND_WITHOUT_LEDGER_ROW: "Rounds are missing from the ledger",
    FindingCode.UNPAIRED_BUT_FIRST_IS_THERE: "Matches wait for a round 1 that is there",
    FindingCode.HOLE_FIRST_ROUND: "Matches have no round 1",
    FindingCode.SET_ASIDE: "Rounds do not count",
    FindingCode.WRONG_ZONE: "The time zone is wrong",
    FindingCode.CLOCK_DRIFT: "The game server's clock is off",
    FindingCode.HOLE_IN_EVENING: "Rounds of an evening are missing",
    FindingCode.LOOKS_LIKE_A_ROUND: "Files look like rounds, and are named otherwise",
    FindingCode.SAVED_TWICE: "Rounds were saved twice",
    FindingCode.ROUNDS_OVERLAP: "Rounds overlap in time",
    FindingCode.SERVER_CLOCK: "The game server's clock cannot be right",
    FindingCode.TWO_SERVERS: "Two game servers write into one folder",
    FindingCode.STRANGERS: "Matches of players who were not in round 1",
    FindingCode.IMPLAUSIBLE: "Stats cannot be true",
    FindingCode.CONTRADICTED: "Files contradict themselves",
    FindingCode.KILLS_DIFFER: "Kills and deaths do not fit",
    FindingCode.CARRIED_OVER: "Stats cover more than their round",
    FindingCode.UNBALANCED: "Stats of the two teams do not fit",
    FindingCode.POST_PARKED: "Discord refuses posts",
    FindingCode.POST_UNSURE: "Is a post there?",
    FindingCode.POST_LATE: "Posts are late",
    FindingCode.DATABASE_DAMAGED: "The database is damaged",
    FindingCode.DATABASE_UNREADABLE: "The database cannot be read",
    FindingCode.ROUNDS_DIFFER: "Rounds are not what their files say",
    FindingCode.BACKUP_FAILED: "The database has no new backup",
    FindingCode.BACKUP_OLD: "The last backup is old",
}
_SILENT = {
    "polling": "No contact with the game server",
    "posting": "Posting has stopped",
    "auditing": "The audit does not succeed",
    "watching": "The watch does not succeed",
    "backing up": "The backup does not succeed",
    "recaps": "Recaps do not succeed",
}
_TITLES: Mapping[ConcernCode, str] = {
    ConcernCode.SILENT: "A part of the bot does not succeed",
    ConcernCode.SERVER: "The game server does not answer",
    ConcernCode.REFUSED: "The game server refuses the bot",
    ConcernCode.POSTING: "Posts do not get through",
    ConcernCode.PARKED: "Discord refuses a post",
    ConcernCode.UNSURE: "Is this post there?",
    ConcernCode.BROKEN: "A file is broken",
    ConcernCode.FAILING: "A file cannot be read",
    ConcernCode.FINDING: "The audit found something",
    ConcernCode.DATABASE: "The database cannot be used",
    ConcernCode.BACKUP: "The database has no new backup",
    ConcernCode.GUILD: "The bot is not in its Discord server",
    ConcernCode.SETUP: "A setting leads nowhere",
    ConcernCode.PERMISSIONS: "The bot lacks permissions on Discord",
}
_OF_SEVERAL = {ConcernCode.BROKEN: "files are broken", ConcernCode.FAILING: "files cannot be read"}
_NEXT: Mapping[ConcernCode, str] = {
    ConcernCode.SILENT: "`/sync status` shows how it is now. It is tried again by itself, "
    "and this message says so when it works again.",
    ConcernCode.SERVER: "It is tried again by itself.",
    ConcernCode.REFUSED: "do what it says. It is tried again every 5 minutes.",
    ConcernCode.POSTING: "`/sync health` looks at the channels. It is tried again by itself, and no post is lost.",
    ConcernCode.PARKED: "give the bot what it lacks in that channel. No post is lost.",
    ConcernCode.UNSURE: "look in the channel, and press a button.",
    ConcernCode.BROKEN: "whoever runs the game server may mend it there: then it is taken in by itself. "
    "What is no round can be ignored, with a reason; no statistic has it either way.",
    ConcernCode.FAILING: "`/sync why` with the file's name tells what each try met.",
    ConcernCode.FINDING: "*Diagnose* tells what it means, and has the repair.",
    ConcernCode.DATABASE: "look at the disk that the database is on, then do what it says above.",
    ConcernCode.BACKUP: "look at the disk that the backups are on.",
    ConcernCode.GUILD: "invite the bot, or set the right id and start it again.",
    ConcernCode.SETUP: "`/sync health` looks at all settings again.",
    ConcernCode.PERMISSIONS: "grant them. It is looked at again at once.",
}
DIAGNOSED = frozenset({ConcernCode.FINDING, ConcernCode.BROKEN, ConcernCode.FAILING, ConcernCode.SILENT})
"""Where *Diagnose* tells more."""
_CRITICAL = frozenset({ConcernCode.DATABASE, ConcernCode.REFUSED})


def alert_card(
    told: Sequence[ToldConcern], *, buttons: tuple[tuple[str, str], ...] = (), seen_by: int | None = None
) -> Card:
    """What the admins are told; each concern says when it is over, and the message when all are.

    Without a code, as alerts of before these were kept, a text speaks for itself.
    """
    is_over = all(concern.over_at is not None for concern in told)
    lasting = [concern for concern in told if concern.over_at is None] or list(told)
    code = lasting[0].code
    lines = [] if seen_by is None else [f"-# seen by <@{seen_by}>"]
    limit = LONG if len(told) == 1 else LINE
    lines += [line for concern in told[:SHOWN] for line in _lines(concern, limit=limit, is_over=is_over)]
    if len(told) > SHOWN:
        lines.append(f"{ELLIPSIS} and {len(told) - SHOWN} more: `/sync diagnose` has them all")
    if is_over:
        lines.append(f"-# over since {when(max(concern.over_at or 0 for concern in told))}")
        return Card(title=f"Over: {title(lasting)}"[:256], lines=tuple(lines), colour=NEUTRAL, buttons=buttons)
    if code is not None:
        lines.append(f"**Next:** {_NEXT[code]}")
    is_critical = code in _CRITICAL or any(concern.text.startswith(CRITICAL) for concern in lasting)
    return Card(
        title=title(lasting)[:256],
        lines=tuple(lines),
        colour=AXIS_RED if is_critical else AMBER,
        buttons=buttons,
    )


def title(told: Sequence[ToldConcern]) -> str:
    """What happened, in a few words: what a notification shows."""
    first = told[0]
    if first.code is None:
        return "Please have a look"
    if first.code in _OF_SEVERAL and len(told) > 1:
        return f"{len(told)} {_OF_SEVERAL[first.code]}"
    more = len({concern.key for concern in told}) - 1
    return _title(first) + (f", and {counted(more, 'more thing')}" if more else "")


def _title(told: ToldConcern) -> str:
    match told.code:
        case None:
            return "Please have a look"
        case ConcernCode.SILENT:
            return _SILENT.get(told.about, _TITLES[told.code])
        case ConcernCode.FINDING if told.about in [*FindingCode]:
            return FINDING_TITLES[FindingCode(told.about)]
        case ConcernCode.DATABASE if told.about == "damaged":
            return "The database is damaged"
        case code:
            return _TITLES[code]


def _lines(told: ToldConcern, *, limit: int, is_over: bool) -> list[str]:
    """Its own lines, as text alone; struck through where it is over and the rest is not."""
    lines = [safe_name(line, limit=limit) for line in told.text.splitlines() if line.strip()]
    if told.over_at is None or is_over:
        return lines
    return [f"~~{lines[0]}~~ over since {when(told.over_at, 't')}"] if lines else []
