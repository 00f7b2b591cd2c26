"""Repairs as they are told: a command that works as it stands, or what a person has to do."""

from __future__ import annotations

from bot.domain.audit.audit import Finding
from bot.domain.audit.repairs import ByHand, Repair
from bot.invocation import command as command_line

NAMED = 3
"""So many files are named in a command; more come from the diagnosis itself."""


def commands(finding: Finding) -> list[str]:
    """What repairs it, the first choice first; none where nothing does."""
    return [command(offer.repair, finding) for offer in finding.offers]


def command(repair: Repair | ByHand, finding: Finding) -> str:
    """A command line over this finding's files, or the advice."""
    if isinstance(repair, ByHand):
        return f"{repair.advice}: {command_line(repair.then_tool)}" if repair.then_tool else repair.advice
    options = repair.option.split() + (["--reason", repair.reason] if repair.reason else [])
    if not repair.names_files:
        return command_line("sync_stats", *options)
    if len(finding.files) <= NAMED:
        return command_line("sync_stats", *options, *finding.files)
    names = command_line("diagnose_file_sync", "--names", finding.code)
    return f"{names} | {command_line('sync_stats', '--yes', *options, '-')}"
