"""An audit in words: for a terminal of 80 columns, as Markdown to keep, and short for Discord."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.audit.audit import Audit, AuditVerdict, Counts, FileClass, Finding, Severity
from bot.domain.audit.checks.common import some, span
from bot.domain.audit.repairs import FindingCode
from bot.domain.game.file.files import iso_utc
from bot.invocation import command as command_line
from bot.present.audit.commands import command, commands
from bot.present.words.reasons import file_reason_text, reason_text
from bot.present.words.text import ELLIPSIS, UNKNOWN, counted

SHOWN = 10
"""Files listed under a finding, unless all are asked for."""

SUMMARY = {
    AuditVerdict.HEALTHY: "Healthy: every file is accounted for, no action required.",
    AuditVerdict.ATTENTION: "Attention: nothing is known to be lost, and something should be looked at.",
    AuditVerdict.CRITICAL: "Critical: data are lost, doubled or damaged. Act on the first finding now.",
}
_NONE_TWICE = ", none is counted twice"
_MEANING = {
    AuditVerdict.HEALTHY: "No round is lost{twice}, and nothing will be downloaded or imported again.",
    AuditVerdict.ATTENTION: "No round is known to be lost{twice}. Something is missing, late or not as it should be: "
    "the findings say what, and what to do.",
    AuditVerdict.CRITICAL: "Rounds are missing, counted twice, or not what their files say: sums are wrong until it is "
    "repaired. Each repair by the command line takes --dry-run, and can be interrupted and run again.",
}
WATCH = (
    "`processed_files` never shrinks by itself; the daily audit says so if it does",
    "the gap between imported files and `local_stats/` should not grow unless somebody cleans up",
    "files rejected or retried for more than a day",
)


def summary(audit: Audit) -> str:
    """The first line of every report."""
    worst = audit.findings[0] if audit.findings else None
    if audit.verdict is AuditVerdict.HEALTHY or worst is None:
        return SUMMARY[audit.verdict]
    return f"{SUMMARY[audit.verdict].split(':')[0]}: {headline(worst)}."


def meaning(audit: Audit) -> str:
    """What the verdict means; that nothing is counted twice only where rounds were compared, and none overlap."""
    is_known = audit.is_compared and not any(finding.code is FindingCode.ROUNDS_OVERLAP for finding in audit.findings)
    return _MEANING[audit.verdict].format(twice=_NONE_TWICE if is_known else "")


def headline(finding: Finding) -> str:
    """`46 files: imported, gone from disk (…)`."""
    what = "post" if finding.code.startswith("post_") else "file"
    return f"{counted(len(finding.files), what)}: {title(finding)}" if finding.files else title(finding)


def title(finding: Finding) -> str:
    """What was seen, in one line: `set aside: 2 unpaired: …; 1 aborted: …`."""
    reasons = "; ".join(f"{rounds} {reason_text(reason)}" for reason, rounds in finding.reasons)
    return f"{finding.title}: {reasons}" if reasons else finding.title


def why(finding: Finding) -> str:
    """What it comes from: `torn, empty, or not written by the stats script: line 4: no players; empty file`."""
    reasons = some(map(file_reason_text, finding.file_reasons))
    return ": ".join(part for part in (finding.why, reasons) if part)


def numbers(audit: Audit) -> list[tuple[str, str, str]]:
    """(what, how many, status) of the four numbers."""
    counts = audit.counts
    base = counts.processed
    return [
        (
            "files on the server",
            UNKNOWN if counts.server is None else str(counts.server),
            _against(counts.server, base),
        ),
        ("files in local_stats/", str(counts.local), _against(counts.local, base)),
        ("processed_files (imported)", str(counts.processed), "the measure"),
        ("rounds", str(counts.rounds), _against(counts.rounds, base)),
    ]


def _against(number: int | None, base: int) -> str:
    if number is None:
        return "not looked at"
    if number == base:
        return "equal"
    return f"{abs(number - base)} {'more' if number > base else 'fewer'} than imported: see below"


def account(audit: Audit) -> list[tuple[str, int]]:
    """(class, files) of every class that has any; they add up to the files."""
    files = audit.in_each_class()
    return [(file_class.value, files[file_class]) for file_class in FileClass if files[file_class]]


def changes(audit: Audit, previous: Counts | None, at: int | None) -> list[str]:
    """What the four numbers were at the last stored audit, where they differ."""
    if previous is None or at is None:
        return []
    pairs = (
        ("server", previous.server, audit.counts.server),
        ("local_stats/", previous.local, audit.counts.local),
        ("processed_files", previous.processed, audit.counts.processed),
        ("rounds", previous.rounds, audit.counts.rounds),
    )
    changed = [f"{what} {was} → {now}" for what, was, now in pairs if None not in (was, now) and was != now]
    return [f"since the audit of {iso_utc(at)}: {', '.join(changed) or 'no number changed'}"]


def shown(files: Sequence[str], *, everything: bool) -> list[str]:
    """The first files, and how many more there are."""
    if everything or len(files) <= SHOWN:
        return list(files)
    return [*files[:SHOWN], f"{ELLIPSIS} and {len(files) - SHOWN} more"]


def options(audit: Audit) -> list[tuple[str, str, str]]:
    """(command, what speaks for it, what against it) of every repair on offer, and of doing nothing."""
    offered: dict[str, tuple[str, str, str]] = {}
    for finding in audit.findings:
        for offer in finding.offers:
            line = command(offer.repair, finding)
            offered.setdefault(line, (line, offer.pros, offer.cons))
    if audit.verdict is AuditVerdict.HEALTHY and offered:
        nothing = ("do nothing", "nothing is lost, doubled or fetched again", "local_stats/ stays as it is")
        return [nothing, *offered.values()]
    return list(offered.values())


def markdown(
    audit: Audit, *, previous: Counts | None = None, previous_at: int | None = None, everything: bool = False
) -> str:
    """The whole report as a page to keep."""
    lines = ["# File sync report", "", f"{iso_utc(audit.now)}", "", f"**{summary(audit)}**", ""]
    lines += ["| | number | status |", "|---|---:|---|"]
    lines += [f"| {what} | {number} | {status} |" for what, number, status in numbers(audit)]
    rounds = [name for name, file_class in audit.classes.items() if file_class is not FileClass.IGNORED]
    lines += ["", f"Files from {span(rounds)}." if rounds else "No files.", ""]
    lines += ["## What it means", "", meaning(audit), ""]
    lines += [f"{line[0].upper()}{line[1:]}.\n" for line in changes(audit, previous, previous_at)]
    lines += ["## Where every file stands", "", "| class | files |", "|---|---:|"]
    lines += [f"| {what} | {number} |" for what, number in account(audit)]
    lines += [f"| **all files seen** | **{len(audit.classes)}** |", "", "## Findings", ""]
    if not audit.findings:
        lines += ["None.", ""]
    for finding in audit.findings:
        lines += [f"### {headline(finding)}", "", f"*{Severity(finding.severity).name.lower()}* (`{finding.code}`)", ""]
        lines += [f"- Why: {why(finding)}.", f"- What it means: {finding.meaning}."]
        lines += [f"- Repair: {_code(line)}" for line in commands(finding)]
        lines += [""]
        if finding.files:
            lines += ["```text", *shown(finding.files, everything=everything), "```", ""]
    if offered := options(audit):
        lines += ["## Recommendations", ""]
    for place, (line, pro, con) in enumerate(offered, start=1):
        lines += [f"{place}. {_code(line)}", f"    - for it: {pro}", f"    - against it: {con}"]
    lines += ["", "## What to monitor", "", *(f"- {line}" for line in WATCH), ""]
    return "\n".join(lines)


def _code(line: str) -> str:
    """A command as code, a piece of advice as text."""
    return f"`{line}`" if line.startswith((command_line("sync_stats"), command_line("diagnose_file_sync"))) else line
