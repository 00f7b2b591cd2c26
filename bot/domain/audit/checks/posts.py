"""Posts that are owed and not made."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.audit.audit import Finding, Severity, Survey
from bot.domain.audit.checks.common import Check, Classes, noun, some
from bot.domain.audit.repairs import FindingCode

LATE = 900
"""Seconds after which a post that still waits is a finding: a round 2 may wait ten minutes for its round 1."""


def unposted(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """Waiting too long, refused, or of unknown fate."""
    for state, code, title in (
        ("parked", FindingCode.POST_PARKED, "Discord refuses these posts"),
        ("unsure", FindingCode.POST_UNSURE, "nobody knows whether these posts were made"),
    ):
        owed = [post for post in survey.posts if post.state == state]
        if owed:
            yield Finding(
                code=code,
                severity=Severity.WARNING,
                files=tuple(post.about for post in owed),
                title=title,
                why=some(post.reason for post in owed) or "no reason is known",
                meaning="the rounds are imported and counted; only their messages are missing",
            )
    late = [o for o in survey.posts if o.state in ("waiting", "sending") and survey.now - o.created_at > LATE]
    if late:
        first = min(post.created_at for post in late)
        yield Finding(
            code=FindingCode.POST_LATE,
            severity=Severity.WARNING,
            files=tuple(post.about for post in late),
            title=f"posts waiting, the oldest for {noun((survey.now - first) // 60, 'minute')}",
            why="the bot is not running, or Discord is away",
            meaning="the rounds are imported and counted; the posts follow in order",
        )


CHECKS: tuple[Check, ...] = (unposted,)
