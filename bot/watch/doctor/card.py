"""The checks as a message for admins."""

from __future__ import annotations

from collections.abc import Sequence

from bot.invocation import command
from bot.present.card import AMBER, AXIS_RED, NEUTRAL, Card
from bot.present.words.text import counted, safe_name
from bot.watch.doctor.check import Check, CheckState

SHOWN = 12
"""Findings in the message; the command line has all."""

_DIAGNOSE = "/sync diagnose"


def health_card(checks: Sequence[Check]) -> Card:
    """What is not well, with its fix, and how many are."""
    bad = [check for check in checks if check.state is not CheckState.OK]
    bad.sort(key=lambda check: check.state is not CheckState.WRONG)
    is_wrong = any(check.state is CheckState.WRONG for check in bad)
    well = [safe_name(check.name, limit=40) for check in checks if check.state is CheckState.OK]
    fields = [
        (
            f"{check.state}: {safe_name(check.name, limit=60)}",
            f"{safe_name(check.text, limit=400)}\n→ {_fix(check)}",
        )
        for check in bad[:SHOWN]
    ]
    more = f"; {len(bad) - SHOWN} more by the doctor on the command line" if len(bad) > SHOWN else ""
    return Card(
        title="Set-up: please have a look" if bad else "Set-up: all is well",
        lines=(f"{counted(len(well), 'check')} well: {', '.join(well)}{more}",),
        fields=tuple(fields),
        colour=AXIS_RED if is_wrong else AMBER if bad else NEUTRAL,
    )


def _fix(check: Check) -> str:
    """What is to be done, by the command of Discord where there is one."""
    here = check.fix.replace(command("diagnose_file_sync"), _DIAGNOSE)
    return safe_name(here, limit=400).replace(_DIAGNOSE, f"`{_DIAGNOSE}`")
