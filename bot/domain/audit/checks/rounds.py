"""Rounds against the ledger and against each other: is anything lost, or doubled?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from bot.domain.audit.audit import FileClass, Finding, Severity, Survey
from bot.domain.audit.checks.common import NAMED, Check, Classes, noun, of
from bot.domain.audit.repairs import FindingCode
from bot.domain.game.file.files import NotARound, local_time, round_name
from bot.domain.game.model import Aside, Reason, State
from bot.domain.game.pairing import WINDOW

ENOUGH_ALIKE = 4
"""So many people never have the same figures in two rounds; where fewer played, all of them."""
_UNPAIRED = Reason(Aside.UNPAIRED)
_SETTLED = {
    FileClass.IGNORED,
    FileClass.COMPLETE,
    FileClass.ARCHIVE_GAP,
    FileClass.GONE_FROM_SERVER,
    FileClass.DATABASE_ONLY,
    FileClass.LOCAL_DIFFERS,
    FileClass.SERVER_DIFFERS,
    FileClass.UNLEDGERED,
}


def lost_rounds(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """The ledger promises what the database does not have."""
    if files := of(classes, FileClass.LOST):
        yield Finding(
            code=FindingCode.LOST_ROUND,
            severity=Severity.CRITICAL,
            files=files,
            title="the ledger says imported, but there is no round",
            why="rows were deleted by hand or by another program; the importer writes both in one transaction",
            meaning="data are missing: these rounds are in no statistic, and no poll will fetch them again",
        )


def surplus_rounds(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """More rounds than files: the same round stands twice, and is counted twice."""
    again = [name for name, later in pairwise(sorted(stored.file for stored in survey.rounds)) if name == later]
    files = tuple(dict.fromkeys(again))
    if files:
        yield Finding(
            code=FindingCode.DUPLICATE_ROUND,
            severity=Severity.CRITICAL,
            files=files,
            title=f"imported more than once, {noun(len(again), 'round')} more than files",
            why="a file was imported more than once: by an older design, or after a constraint was dropped",
            meaning="data are doubled: every sum over these rounds is too high",
        )


def doubled_content(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """The same bytes under two names, both counted."""
    # first by a number in place of each sum: that is less to have in memory, and nearly none comes twice
    times = Counter(hash(stored.sha256) for stored in survey.rounds if stored.state == State.COUNTED)
    names: dict[str, set[str]] = defaultdict(set)
    for stored in survey.rounds:
        if stored.state == State.COUNTED and stored.sha256 is not None and times[hash(stored.sha256)] > 1:
            names[stored.sha256].add(stored.file)
    later = tuple(sorted(name for same in names.values() if len(same) > 1 for name in sorted(same)[1:]))
    if later:
        yield Finding(
            code=FindingCode.DUPLICATE_CONTENT,
            severity=Severity.CRITICAL,
            files=later,
            title="the same content under two names, counted twice",
            why="a file was copied under another name on the server",
            meaning="data are doubled: the first name is the round, these are its copies",
        )


def same_figures(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """One round in two files of other bytes: brought in again with other line ends, by two scripts, of two hosts."""
    named = {name for pair in survey.alike for name in (pair.file, pair.again)}
    sums = {stored.file: stored.sha256 for stored in survey.rounds if stored.file in named} if named else {}
    pairs = [
        pair
        for pair in survey.alike
        if (pair.lines >= ENOUGH_ALIKE or pair.lines == pair.of >= 2) and sums.get(pair.file) != sums.get(pair.again)
    ]
    if pairs:
        told = "; ".join(f"{pair.again} tells what {pair.file} tells" for pair in pairs[:NAMED])
        more = f"; and {len(pairs) - NAMED} more" if len(pairs) > NAMED else ""
        yield Finding(
            code=FindingCode.SAME_FIGURES,
            severity=Severity.CRITICAL,
            files=tuple(sorted({pair.again for pair in pairs})),
            title="the same people with the same figures in two rounds, counted twice",
            why=f"the round was brought in again, or two scripts or servers wrote it: {told}{more}",
            meaning="data are doubled: the earlier one is taken for the round, these are its copies",
        )


def unledgered_rounds(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """Rounds that the ledger does not know of."""
    if files := of(classes, FileClass.UNLEDGERED):
        yield Finding(
            code=FindingCode.ROUND_WITHOUT_LEDGER_ROW,
            severity=Severity.WARNING,
            files=files,
            title="rounds without a ledger row",
            why="the ledger's rows were deleted, or the database was filled by another program",
            meaning="no duplicates: the identity of a round is unique, and the next poll writes these rows again",
        )


def set_aside(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """What is stored and not counted; a warning only where the missing round 1 could be had."""
    unpaired = [stored.file for stored in survey.rounds if stored.reason == _UNPAIRED]
    there = (survey.local, survey.server or {})
    waiting = {
        name
        for name, file_class in classes.items()
        if file_class not in _SETTLED and any(name in names for names in there)
    }
    could = tuple(sorted(file for file in unpaired if _first_rounds(file, waiting)))
    if could:
        yield Finding(
            code=FindingCode.UNPAIRED_BUT_FIRST_IS_THERE,
            severity=Severity.WARNING,
            files=could,
            title="round 2 is set aside, though a round 1 that may be its own is there and not imported",
            why="round 1 was rejected, or is not fetched yet",
            meaning="the figures of these matches are not counted; they heal by themselves when round 1 comes",
        )
    lonely = tuple(sorted({*unpaired} - {*could}))
    if lonely:
        yield Finding(
            code=FindingCode.HOLE_FIRST_ROUND,
            severity=Severity.OK,
            files=lonely,
            title="round 2 without its round 1",
            why="round 1 was never written, or was deleted before the bot saw it",
            meaning="its running totals cannot be split: visible, not counted",
        )
    others = [(stored.file, stored.reason) for stored in survey.rounds if stored.reason not in (None, _UNPAIRED)]
    reasons = Counter(reason for _, reason in others if reason)
    if reasons:
        yield Finding(
            code=FindingCode.SET_ASIDE,
            severity=Severity.OK,
            files=tuple(sorted(file for file, _ in others)),
            title="set aside",
            reasons=tuple(reasons.most_common(4)),
            why="the rules of the file format: /sync why, or the tool of that name, tells which",
            meaning="visible, not counted; nothing is lost",
        )


def _first_rounds(second: str, waiting: Iterable[str]) -> list[str]:
    """Names among `waiting` that may be its round 1: same map, at most the pairing window earlier by the stamps."""
    own = round_name(second)
    names = []
    for name in waiting:
        other = round_name(name)
        if isinstance(other, NotARound) or isinstance(own, NotARound) or (other.map, other.number) != (own.map, 1):
            continue
        apart = (local_time(own.stamp) - local_time(other.stamp)).total_seconds()
        if 0 <= apart <= WINDOW:
            names.append(name)
    return names


def lost_bytes(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """Rounds whose file's bytes the database does not have any more."""
    files = tuple(sorted(stored.file for stored in survey.rounds if stored.size is None and not survey.older))
    if files:
        yield Finding(
            code=FindingCode.BYTES_MISSING,
            severity=Severity.WARNING,
            files=files,
            title="rounds without their file's bytes in the database",
            why="rows were deleted by hand or by another program; the importer writes both in one transaction",
            meaning="the numbers are right; these rounds alone cannot be derived anew until the bytes are back",
        )


CHECKS: tuple[Check, ...] = (
    lost_bytes, lost_rounds, surplus_rounds, doubled_content, same_figures, unledgered_rounds, set_aside,
)  # fmt: skip
