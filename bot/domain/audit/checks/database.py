"""The database as a file: damaged, unreadable, without a backup, or with rounds that are not what their bytes say."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.audit.audit import Finding, Severity, Survey
from bot.domain.audit.checks.common import DAY, Check, Classes, noun, some
from bot.domain.audit.repairs import FindingCode

OLD = 2 * DAY
"""Seconds after which the last backup is an old one: it is made daily."""


def damaged(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """SQLite finds faults in it, or it cannot be read at all."""
    state = survey.database
    back = f"the last good backup is {state.last_good}" if state.last_good else "there is no good backup of it"
    if state.faults:
        yield Finding(
            code=FindingCode.DATABASE_DAMAGED,
            severity=Severity.CRITICAL,
            files=(),
            title="the database is damaged",
            why=some(state.faults),
            meaning=f"any number may be wrong, and what else stands here is what could still be read; {back}",
        )
    if state.unreadable is not None:
        yield Finding(
            code=FindingCode.DATABASE_UNREADABLE,
            severity=Severity.CRITICAL,
            files=(),
            title="the database cannot be read",
            why=state.unreadable,
            meaning=f"nothing is known of ledger and rounds, and nothing can be brought in; {back}",
        )


def rounds_that_differ(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """Derived anew from its own bytes, a round says something else: damage that no check of the file can see."""
    if survey.database.differing:
        yield Finding(
            code=FindingCode.ROUNDS_DIFFER,
            severity=Severity.CRITICAL,
            files=survey.database.differing,
            title="rounds that say something else than their own bytes",
            why="a value was changed in the database by damage or by hand, or the bytes of these rounds are damaged",
            meaning="every number that these rounds are part of may be wrong",
        )


def backups(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """None could be made, or the last one is old."""
    state = survey.database
    if state.backup_failed is not None:
        yield Finding(
            code=FindingCode.BACKUP_FAILED,
            severity=Severity.WARNING,
            files=(),
            title="the last backup could not be made",
            why=state.backup_failed,
            meaning="nothing is lost; what happens now would be, if the database were lost",
        )
    elif state.backup_at is not None and survey.now - state.backup_at > OLD:
        yield Finding(
            code=FindingCode.BACKUP_OLD,
            severity=Severity.WARNING,
            files=(),
            title=f"the last backup is {noun((survey.now - state.backup_at) // DAY, 'day')} old",
            why="the bot makes one daily, and is not running",
            meaning="nothing is lost; what happened since then would be, if the database were lost",
        )


CHECKS: tuple[Check, ...] = (damaged, rounds_that_differ, backups)
