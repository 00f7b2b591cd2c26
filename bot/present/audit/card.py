"""An audit as a message: verdict, numbers, the findings that matter."""

from __future__ import annotations

from bot.domain.audit.audit import Audit, AuditVerdict, Severity
from bot.present.audit.text import headline, numbers, summary
from bot.present.card import ALLIES_BLUE, AMBER, AXIS_RED, Card
from bot.present.words.text import plain, safe_name, when

TOP = 5
"""Findings in the message; the attached report has them all."""
_COLOURS = {AuditVerdict.HEALTHY: ALLIES_BLUE, AuditVerdict.ATTENTION: AMBER, AuditVerdict.CRITICAL: AXIS_RED}


def audit_card(audit: Audit, *, note: str = "", buttons: tuple[tuple[str, str], ...] = ()) -> Card:
    """What an admin reads first; `note` stands above everything."""
    found = audit.findings[:TOP]
    fields = [(plain(what, limit=100), f"{number}, {status}") for what, number, status in numbers(audit)]
    fields += [
        (
            f"{Severity(finding.severity).name.lower()}: {plain(headline(finding), limit=180)}",
            f"{safe_name(finding.meaning, limit=400)}.",
        )
        for finding in found
    ]
    more = len(audit.findings) - len(found)
    return Card(
        title="File sync",
        lines=tuple(line for line in (note, f"**{safe_name(summary(audit), limit=400)}**", when(audit.now)) if line),
        fields=tuple(fields),
        footer="The full report is attached" + (f", with {more} more findings" if more > 0 else ""),
        colour=_COLOURS[audit.verdict],
        buttons=buttons,
    )
