"""What an audit looks for: each check says why something happens and what it means; `repairs` says what to do."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.audit.audit import Audit, AuditVerdict, Severity, Survey, classify, count
from bot.domain.audit.checks import clock, database, folders, possible, posts, rounds
from bot.domain.audit.checks.common import Check
from bot.domain.audit.repairs import offers
from bot.domain.audit.stored import ByName

CHECKS: tuple[Check, ...] = (
    *database.CHECKS, *rounds.CHECKS, *possible.CHECKS, *folders.CHECKS, *clock.CHECKS, *posts.CHECKS,
)  # fmt: skip


def audit(survey: Survey) -> Audit:
    """Run every check; the worst finding decides."""
    classes = ByName(classify(survey))
    findings = [
        replace(finding, offers=offers(finding.code, older=survey.older))
        for check in CHECKS
        for finding in check(survey, classes)
    ]
    worst = max((finding.severity for finding in findings), default=Severity.OK)
    return Audit(
        verdict=_verdict(worst),
        counts=count(survey),
        classes=classes,
        findings=tuple(sorted(findings, key=lambda finding: -finding.severity)),
        is_compared=not survey.older,
        now=survey.now,
    )


def _verdict(worst: Severity) -> AuditVerdict:
    match worst:
        case Severity.OK | Severity.NOTICE:
            return AuditVerdict.HEALTHY
        case Severity.WARNING:
            return AuditVerdict.ATTENTION
        case Severity.CRITICAL:
            return AuditVerdict.CRITICAL
