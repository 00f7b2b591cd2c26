"""What an audit looks for: each check says why something happens, what it means, and what repairs it."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.audit.audit import Audit, AuditVerdict, Severity, Survey, classify, count
from bot.domain.audit.checks import clock, folders, posts, rounds
from bot.domain.audit.checks.common import AFRESH, Check

CHECKS: tuple[Check, ...] = (*rounds.CHECKS, *folders.CHECKS, *clock.CHECKS, *posts.CHECKS)


def audit(survey: Survey) -> Audit:
    """Run every check; the worst finding decides."""
    classes = classify(survey)
    found = [finding for one in CHECKS for finding in one(survey, classes)]
    if survey.older:
        found = [replace(finding, repair=AFRESH if finding.repair else "") for finding in found]
    worst = max((finding.severity for finding in found), default=Severity.OK)
    verdict = {Severity.WARNING: AuditVerdict.ATTENTION, Severity.CRITICAL: AuditVerdict.CRITICAL}.get(
        worst, AuditVerdict.HEALTHY
    )
    return Audit(
        verdict=verdict,
        counts=count(survey),
        classes=classes,
        findings=tuple(sorted(found, key=lambda finding: -finding.severity)),
        now=survey.now,
        looked_at_server=survey.server is not None,
    )
