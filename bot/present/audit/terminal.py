"""An audit for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from bot.domain.audit.audit import Audit, Counts, FileClass, Severity
from bot.domain.audit.checks.common import span
from bot.present.audit.commands import commands
from bot.present.audit.text import WATCH, account, changes, headline, meaning, numbers, options, shown, summary, why

WIDTH = 80
_MARK = {Severity.OK: "ok", Severity.NOTICE: "notice", Severity.WARNING: "WARNING", Severity.CRITICAL: "CRITICAL"}


def terminal(
    audit: Audit, *, previous: Counts | None = None, previous_at: int | None = None, everything: bool = False
) -> str:
    """The whole report as lines of at most 80 columns (file names and commands may be longer)."""
    lines = [*_wrapped(summary(audit)), ""]
    lines += [f"  {what:<28}{number:>8}   {status}" for what, number, status in numbers(audit)]
    rounds = [name for name, file_class in audit.classes.items() if file_class is not FileClass.IGNORED]
    lines += ["", f"  files from {span(rounds)}" if rounds else "  no files"]
    lines += [
        f"  {line}" for change in changes(audit, previous, previous_at) for line in _wrapped(change, width=WIDTH - 2)
    ]
    lines += ["", "WHAT IT MEANS", *_hanging(meaning(audit), "  ", more="  ")]
    lines += ["", "WHERE EVERY FILE STANDS"]
    lines += [f"  {what:<52}{number:>8}" for what, number in account(audit)]
    lines += [f"  {'all files seen':<52}{len(audit.classes):>8}", "", "FINDINGS"]
    if not audit.findings:
        lines += ["  none", ""]
    for finding in audit.findings:
        lines += _hanging(f"{_MARK[finding.severity]}: {headline(finding)} [{finding.code}]", "  ")
        lines += _hanging(f"why: {why(finding)}", "      ")
        lines += _hanging(f"means: {finding.meaning}", "      ")
        lines += [f"      repair: {command}" for command in commands(finding)]
        lines += [f"        {name}" for name in shown(finding.files, everything=everything)]
        lines.append("")
    if offered := options(audit):
        lines.append("RECOMMENDATIONS")
        for place, (command, pro, con) in enumerate(offered, start=1):
            lines.append(f"  {place}. {command}")
            lines += [*_hanging(f"+ {pro}", "       "), *_hanging(f"- {con}", "       ")]
        lines.append("")
    lines += ["WHAT TO MONITOR", *(line for advice in WATCH for line in _hanging(f"* {advice.replace('`', '')}", "  "))]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, *, width: int = WIDTH) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _hanging(text: str, indent: str, *, more: str | None = None) -> Iterable[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  " if more is None else more,
        break_long_words=False,
        break_on_hyphens=False,
    )
