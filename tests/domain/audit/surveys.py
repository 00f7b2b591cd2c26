"""Surveys for tests: a file that is imported, on disk and on the server, and whatever is changed about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.audit.audit import Copy, Finding, LedgerEntry, ListedEntry, StoredRound, Survey
from bot.domain.audit.checks import audit
from bot.domain.audit.states import FileState
from bot.domain.game.file.files import end_of
from bot.domain.game.model import State
from rigs.builders import STAMP, a_name
from rigs.world import a_rules

DAY = 86400
NOW = 1780000000
SIZE = 100
THRESHOLDS = a_rules().thresholds


def a_file(*, age: int = 400 * DAY, map: str = "supply", number: int = 1) -> str:
    """The name of a round that ended so many seconds ago."""
    return f"{datetime.fromtimestamp(NOW, UTC) - timedelta(seconds=age):{STAMP}}-{map}-round-{number}.txt"


def entered(state: FileState = FileState.IMPORTED, **changed: Any) -> LedgerEntry:
    """A ledger row, long known."""
    row = LedgerEntry(state, None, None, None, None, NOW - 300 * DAY, NOW - 300 * DAY)
    return row._replace(**changed)


def stored(name: str, **changed: Any) -> StoredRound:
    """A counted round."""
    parsed = a_name(name)
    end = end_of(parsed.stamp, zone=UTC, mtime=None, now=None).at
    one = StoredRound(name, parsed.map, parsed.number, end, State.COUNTED, None, f"sha of {name}", SIZE, end)
    return one._replace(**changed)


def a_survey(*names: str, **changed: Any) -> Survey:
    """These files imported, on disk and on the server; but whole sets `changed`."""
    sets: dict[str, Any] = {
        "server": {name: ListedEntry(SIZE, NOW) for name in names},
        "local": {name: Copy(SIZE) for name in names},
        "ledger": {name: entered() for name in names},
        "rounds": [] if "rounds" in changed else [stored(name) for name in names],
        "now": NOW,
        "thresholds": THRESHOLDS,
    }
    return Survey(**{**sets, **changed})


def findings(survey: Survey) -> dict[str, Finding]:
    """What the audit finds, by code."""
    return {finding.code: finding for finding in audit(survey).findings}
