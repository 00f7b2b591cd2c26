"""An audit as a message: verdict, numbers, the findings that matter."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.audit.audit import Audit, AuditVerdict, Severity
from bot.domain.concerns import Concern, verdict
from bot.present.audit.text import headline, numbers, summary
from bot.present.card import ALLIES_BLUE, AMBER, AXIS_RED, Card
from bot.present.words.text import plain, safe_name, when

TOP = 5
"""Findings in the message; the attached report has them all."""
ALL_ACCOUNTED = "Attention: every file is accounted for, and something else should be looked at."
_COLOURS = {AuditVerdict.HEALTHY: ALLIES_BLUE, AuditVerdict.ATTENTION: AMBER, AuditVerdict.CRITICAL: AXIS_RED}


def audit_card(
    audit: Audit, *, note: str = "", buttons: tuple[tuple[str, str], ...] = (), concerns: Sequence[Concern] = ()
) -> Card:
    """What an admin reads first; `note` stands above everything; `concerns`: those beside the files."""
    worst = max(audit.verdict, verdict(concerns), key=[*AuditVerdict].index)
    first = summary(audit) if worst is audit.verdict or not concerns else ALL_ACCOUNTED
    shown_findings = audit.findings[:TOP]
    fields = [(plain(what, limit=100), f"{number}, {status}") for what, number, status in numbers(audit)]
    fields += [
        (
            f"{Severity(finding.severity).name.lower()}: {plain(headline(finding), limit=180)}",
            f"{safe_name(finding.meaning, limit=400)}.",
        )
        for finding in shown_findings
    ]
    more = len(audit.findings) - len(shown_findings)
    return Card(
        title="File sync",
        lines=tuple(
            line
            for line in (
                note,
                f"**{safe_name(first, limit=400)}**",
                *(f"**{safe_name(concern.text, limit=300)}**" for concern in concerns[:TOP]),
                when(audit.now),
            )
            if line
        ),
        fields=tuple(fields),
        footer="The full report is attached" + (f", with {more} more findings" if more > 0 else ""),
        colour=_COLOURS[worst],
        buttons=buttons,
    )
