"""Repairs as they are told: a command that works as it stands, or what a person has to do."""

from __future__ import annotations

import shlex

from bot.domain.audit.audit import Finding
from bot.domain.audit.repairs import ByHand, Repair

NAMED = 3
"""So many files are named in a command; more come from the diagnosis itself."""
_SYNC = "python -m tools.sync_stats"


def commands(finding: Finding) -> list[str]:
    """What repairs it, the first choice first; none where nothing does."""
    return [command(offer.repair, finding) for offer in finding.offers]


def command(repair: Repair | ByHand, finding: Finding) -> str:
    """A command line over this finding's files, or the advice."""
    if isinstance(repair, ByHand):
        return repair.advice
    option = f'{repair.option} --reason "{repair.reason}"' if repair.reason else repair.option
    if not repair.names_files:
        return f"{_SYNC} {option}".rstrip()
    if len(finding.files) <= NAMED:
        return f"{_SYNC} {option} {shlex.join(finding.files)}"
    return f"python -m tools.diagnose_file_sync --names {finding.code} | {_SYNC} --yes {option} -"
