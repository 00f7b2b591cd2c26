"""Clocks and zones: the stamps in the names against the files' own times; and holes in an evening."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from heapq import nlargest

from bot.domain.audit.audit import Finding, Severity, StoredRound, Survey
from bot.domain.audit.checks.common import Check, Classes, noun
from bot.domain.audit.repairs import FindingCode
from bot.domain.audit.stored import by_end
from bot.domain.game.file.files import TRUSTED_DRIFT

NEWEST = 50
FEW = 5
"""So many files must agree before the clock is doubted."""
ZONE_STEP = 900
"""Zones differ by quarters of an hour."""
NEAR = 120
"""Seconds by which a stamp and an mtime differ in normal life: the file is written a moment after its stamp."""
EVENING = 6
"""Rounds on each side of a hole, within two hours each, that make the evening dense."""
PAUSE, NIGHT = 5400, 3 * 3600
"""A hole is longer than a break, and shorter than a night, in seconds."""


def wrong_zone(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """Most recent files differ from their names by the same quarters of an hour."""
    drifts = _drifts(survey)
    if step := common_step([drift for _, drift in drifts]):
        hours = step * ZONE_STEP / 3600
        yield Finding(
            code=FindingCode.WRONG_ZONE,
            severity=Severity.WARNING,
            files=tuple(name for name, drift in drifts if not _off_step(drift) and round(drift / ZONE_STEP) == step),
            title=f"the file's time is {hours:+g} h off its name, in most of the newest {len(drifts)}",
            why="SERVER_TIMEZONE is not the zone of the game server's clock, or it forgets daylight saving time",
            meaning="times of rounds are shown wrong; nothing is lost or doubled",
        )


def common_step(drifts: Sequence[int]) -> int:
    """The quarters of an hour by which most of these files' times are later than their names; 0 where none are."""
    steps = Counter(round(drift / ZONE_STEP) for drift in drifts if not _off_step(drift))
    step, number = steps.most_common(1)[0] if steps else (0, 0)
    return step if number >= FEW and 2 * number > len(drifts) else 0


def drifting(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """The newest files' times wander from their names by more than a moment, and by no zone's step."""
    newest = _drifts(survey)[-FEW:]
    odd = [name for name, drift in newest if _off_step(drift)]
    if len(odd) == FEW:
        yield Finding(
            code=FindingCode.CLOCK_DRIFT,
            severity=Severity.NOTICE,
            files=tuple(odd),
            title=f"their names and times differ by up to {noun(max(abs(d) for _, d in newest) // 60, 'minute')}",
            why="the game server's clock was set, or the files were copied",
            meaning="order and pairing go by the names; whether a round is news goes by the file's time",
        )


def _drifts(survey: Survey) -> list[tuple[str, int]]:
    """(file, seconds by which its mtime is later than its name) of the newest files whose mtime is evidence."""
    timed = ((s.ended_at, s.file, s.mtime - s.ended_at) for s in survey.rounds if s.mtime is not None)
    newest = sorted(nlargest(NEWEST, timed))
    return [(name, drift) for _, name, drift in newest if abs(drift) < TRUSTED_DRIFT]


def _off_step(seconds: int) -> bool:
    """Not within a moment of a whole number of quarters of an hour."""
    return NEAR < seconds % ZONE_STEP < ZONE_STEP - NEAR


def holes(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """A long gap in the middle of a dense evening: perhaps rounds whose files never came."""
    around: list[str] = []
    near: deque[StoredRound] = deque(maxlen=2 * EVENING)
    for stored in by_end(survey.rounds):
        near.append(stored)
        if len(near) < 2 * EVENING:
            continue
        before, after = [*near][:EVENING], [*near][EVENING:]
        gap = after[0].ended_at - before[-1].ended_at
        dense = max(before[-1].ended_at - before[0].ended_at, after[-1].ended_at - after[0].ended_at) < 2 * 3600
        if PAUSE < gap <= NIGHT and dense:
            around += [before[-1].file, after[0].file]
    if around:
        yield Finding(
            code=FindingCode.HOLE_IN_EVENING,
            severity=Severity.OK,
            files=tuple(around),
            title=f"around {noun(len(around) // 2, 'long gap')} inside dense evenings",
            why="a break, a crash of the game server, or a stats script that did not write",
            meaning="if rounds were played then, their files were never written: look at the server's log",
        )


CHECKS: tuple[Check, ...] = (wrong_zone, drifting, holes)
