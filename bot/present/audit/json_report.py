"""An audit as data: what the diagnosis prints with --json."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bot.domain.audit.audit import Audit
from bot.present.audit.commands import commands
from bot.present.audit.text import title, why


def json_report(audit: Audit) -> dict[str, Any]:
    """`{"verdict", "counts", "classes", "findings"}`; a finding's `repair` is the first command that repairs it."""
    return {
        "verdict": audit.verdict.value,
        "counts": asdict(audit.counts),
        "classes": dict(
            sorted((file_class.name.lower(), files) for file_class, files in audit.in_each_class().items())
        ),
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity.name.lower(),
                "count": len(finding.files),
                "files": list(finding.files),
                "title": title(finding),
                "why": why(finding),
                "meaning": finding.meaning,
                "repair": next(iter(commands(finding)), ""),
            }
            for finding in audit.findings
        ],
    }
