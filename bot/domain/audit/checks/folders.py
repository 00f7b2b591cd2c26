"""The folders against the database: what is missing where, what differs, what is stuck."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.audit.audit import FileClass, Finding, Severity, Survey, is_round_file
from bot.domain.audit.checks.common import DAY, Check, Classes, noun, of, span
from bot.domain.audit.repairs import FindingCode
from bot.domain.audit.states import FileState
from bot.domain.game.file.files import NotARound, is_round_like, round_name
from bot.domain.game.file.reasons import FileReason, FileReasonCode


def archive_gap(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """Imported, gone from disk: harmless, unless it is recent or much."""
    files = of(classes, FileClass.ARCHIVE_GAP, FileClass.DATABASE_ONLY)
    if not files:
        return
    limits = survey.thresholds
    ended = {stored.file: stored.ended_at for stored in survey.rounds}
    youngest = min(survey.now - ended[name] for name in files)
    severity, advice = Severity.WARNING, "; but something deletes files that it should not: find out what"
    if len(files) > limits.gap_warning:
        status = f"more than {limits.gap_warning}"
    elif youngest < limits.recent_days * DAY:
        status = f"some of them of the last {limits.recent_days} days"
    elif len(files) > limits.gap_notice or youngest <= limits.old_days * DAY:
        status, advice = "watch", "; watch whether it grows"
    else:
        severity, status, advice = Severity.NOTICE, "healthy, no action required", ""
    kept = "" if survey.older else ", and so are their bytes"
    yield Finding(
        code=FindingCode.ARCHIVE_GAP,
        severity=severity,
        files=files,
        title=f"imported, gone from disk ({span(files)}): {status}",
        why="files were cleaned from local_stats/ after their import",
        meaning=f"no duplicates, no lost data, no re-downloads: ledger rows and rounds are there{kept}{advice}",
    )


def gone_from_server(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """Imported, and the server has cleaned up."""
    if files := of(classes, FileClass.GONE_FROM_SERVER, FileClass.DATABASE_ONLY):
        yield Finding(
            code=FindingCode.GONE_FROM_SERVER,
            severity=Severity.OK,
            files=files,
            title=f"imported, gone from the server ({span(files)})",
            why="the server's folder was cleaned, or the server was set up anew",
            meaning="these files exist in local_stats/ alone now"
            if survey.older
            else "nothing is lost: the database keeps each file's bytes",
        )


def not_imported(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """On disk, and not imported."""
    if files := of(classes, FileClass.NOT_IMPORTED):
        yield Finding(
            code=FindingCode.NOT_IMPORTED,
            severity=Severity.WARNING,
            files=files,
            title="on disk, not imported",
            why="copied there by hand, or an import was interrupted; the bot imports them at its next start or poll",
            meaning="these rounds are in no statistic yet",
        )


def on_the_server(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """On the server, not here: on its way, or stuck."""
    if files := of(classes, FileClass.PENDING):
        yield Finding(
            code=FindingCode.PENDING,
            severity=Severity.NOTICE,
            files=files,
            title="on the server, not imported yet",
            why="just written, or the bot is not running",
            meaning="the next poll brings them in",
        )
    if files := of(classes, FileClass.STUCK):
        first = min(survey.ledger[name].first_seen_at for name in files)
        yield Finding(
            code=FindingCode.STUCK,
            severity=Severity.WARNING,
            files=files,
            title=f"on the server, and not coming, the oldest for {noun((survey.now - first) // 60, 'minute')}",
            why="the bot does not run, or the files never stop changing",
            meaning="these rounds are in no statistic yet",
        )


def never_opened(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """Named as round files, and something else: links, folders, or too large."""
    if survey.server is None:
        return
    named = (name for name in of(classes, FileClass.IGNORED) if is_round_file(name))
    files = tuple(name for name in named if (entry := survey.server.get(name)) is not None and not entry.regular)
    if files:
        reasons = _reasons(survey, (name for name in files if name in survey.ledger))
        yield Finding(
            code=FindingCode.NEVER_OPENED,
            severity=Severity.WARNING,
            files=files,
            title="on the server under a round file's name, and never opened",
            why="" if reasons else "not a regular file",
            file_reasons=reasons,
            meaning="links are not followed, since they may lead anywhere; no statistic has these rounds",
        )


def not_taken(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """Named nearly as round files are, and not taken: never in silence. What an admin ignored he has decided."""
    there = survey.ledger if survey.server is None else survey.server
    files = tuple(sorted(name for name in there if _is_not_taken(name, survey)))
    if files:
        yield Finding(
            code=FindingCode.LOOKS_LIKE_A_ROUND,
            severity=Severity.WARNING,
            files=files,
            title="named nearly as round files are, and not taken",
            why="",
            file_reasons=frozenset(
                parsed.reason for name in files if isinstance(parsed := round_name(name), NotARound)
            ),
            meaning="if they are rounds, no statistic has them",
        )


def _is_not_taken(name: str, survey: Survey) -> bool:
    parsed = round_name(name)
    row = survey.ledger.get(name)
    is_decided = row is not None and row.reason is not None and row.reason.code is FileReasonCode.IGNORED
    if not isinstance(parsed, NotARound) or is_decided:
        return False
    entry = None if survey.server is None else survey.server.get(name)
    changed = (row.mtime if row is not None else None) if entry is None else entry.mtime
    return is_round_like(name, age=None if changed is None else survey.now - changed)


def _reasons(survey: Survey, files: Iterable[str]) -> frozenset[FileReason]:
    return frozenset(reason for name in files if (reason := survey.ledger[name].reason) is not None)


MANY = 5
"""So many files that fail at one time are no accident of one file: something keeps the bot from all of them."""


def broken(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """Rejected, failed and overdue."""
    if files := of(classes, FileClass.REJECTED):
        recent = any(survey.now - survey.ledger[n].updated_at < survey.thresholds.recent_days * DAY for n in files)
        yield Finding(
            code=FindingCode.REJECTED,
            severity=Severity.WARNING if recent else Severity.NOTICE,
            files=files,
            title="rejected",
            why="torn, empty, or not written by the stats script",
            file_reasons=_reasons(survey, files),
            meaning="no statistic has them; a file that changes on the server is looked at again by itself",
        )
    if files := of(classes, FileClass.RETRYING):
        late = survey.now - 60 * survey.thresholds.stuck_minutes
        overdue = [n for n in files if (survey.ledger[n].retry_at or 0) < late]
        yield Finding(
            code=FindingCode.RETRY_OVERDUE if overdue else FindingCode.RETRYING,
            severity=Severity.WARNING if overdue or len(files) >= MANY else Severity.NOTICE,
            files=tuple(overdue) or files,
            title="failed, " + ("and nobody tries again" if overdue else "and tried again by itself"),
            why="",
            file_reasons=_reasons(survey, files),
            meaning="no statistic has them yet; nothing is lost as long as they are on the server",
        )
    if files := of(classes, FileClass.VANISHED):
        yield Finding(
            code=FindingCode.VANISHED,
            severity=Severity.WARNING,
            files=files,
            title="seen on the server once, gone before they were imported",
            why="deleted or renamed on the server between two looks",
            meaning="if they were rounds, the server's backups are the only place left to look",
        )


def differs(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """Another content than the imported one, here or on the server."""
    if files := of(classes, FileClass.LOCAL_DIFFERS):
        yield Finding(
            code=FindingCode.LOCAL_DIFFERS,
            severity=Severity.WARNING,
            files=files,
            title="the copy on disk is not what was imported",
            why="edited by hand, or torn by a power cut",
            meaning="the numbers are right: they come from the database's own bytes",
        )
    if files := of(classes, FileClass.SERVER_DIFFERS):
        yield Finding(
            code=FindingCode.CHANGED_ON_SERVER,
            severity=Severity.WARNING,
            files=files,
            title="the server's file is not the imported one any more",
            why="it grew after it was imported, was replaced, or the server was restored from a backup",
            meaning="the imported round is kept until you decide; it is never replaced in silence",
        )


def ledger_shrunk(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """Fewer imported files than at the last audit."""
    now = sum(1 for row in survey.ledger.values() if row.state is FileState.IMPORTED)
    if survey.previous is not None and now < survey.previous.processed:
        yield Finding(
            code=FindingCode.LEDGER_SHRUNK,
            severity=Severity.WARNING,
            files=(),
            title=f"processed_files had {survey.previous.processed} imported files at the last audit, now {now}",
            why="rows were deleted by hand, or an older copy of the database was put in place",
            meaning="deleted rows alone lose nothing: they are written again; an older copy fetches the rest again",
        )


CHECKS: tuple[Check, ...] = (
    archive_gap,
    gone_from_server,
    not_imported,
    on_the_server,
    never_opened,
    not_taken,
    broken,
    differs,
    ledger_shrunk,
)
