"""What an admin should look at now: one list, from which status, diagnosis and alerts all speak."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from bot.domain.audit.audit import AuditVerdict


class ConcernCode(StrEnum):
    """Stored with what the admins were told: keep the values."""

    SILENT = "silent"
    """A part of the bot has had no success for too long, for whatever reason; `about`: its name."""
    SERVER = "server"
    """The last look at the game server failed."""
    REFUSED = "refused"
    """The game server refuses, and a person has to act; `about`: its reason."""
    POSTING = "posting"
    """The last post did not get through."""
    PARKED = "parked"
    """Discord refused posts."""
    UNSURE = "unsure"
    """An admin must say whether posts are there."""
    BROKEN = "broken"
    """A file of these days is no valid round file; `about`: its name."""
    FAILING = "failing"
    """A file fails again and again; `about`: its name."""
    FINDING = "finding"
    """The last audit found something; `about`: the finding's code."""
    DATABASE = "database"
    """It is damaged or cannot be used; `about`: which of both."""
    BACKUP = "backup"
    """The last backup of it could not be made."""
    GUILD = "guild"
    """The bot is not in the server that the settings name."""
    SETUP = "setup"
    """A setting leads nowhere; `about`: the check that says so."""
    PERMISSIONS = "permissions"
    """What posts need in the channels is lacking."""


ONCE_TOLD = frozenset({ConcernCode.REFUSED, ConcernCode.PARKED, ConcernCode.UNSURE, ConcernCode.SERVER})
"""Who notices these tells the admins himself, or nobody need hear of them before they last."""


class Concern(NamedTuple):
    """`text`: as admins read it, markdown not yet escaped."""

    code: ConcernCode
    about: str
    text: str
    is_critical: bool = False

    @property
    def key(self) -> str:
        """The same concern, however its text changes."""
        return f"{self.code}:{self.about}"


class ToldConcern(NamedTuple):
    """A concern as an alert tells it; `over_at`: UTC epoch seconds, None as long as it lasts."""

    key: str
    text: str
    over_at: int | None = None

    @property
    def code(self) -> ConcernCode | None:
        """What it is; None of one that this version knows no more."""
        code = self.key.partition(":")[0]
        return ConcernCode(code) if code in [*ConcernCode] else None

    @property
    def about(self) -> str:
        """Which one of its kind."""
        return self.key.partition(":")[2]


def verdict(concerns: Iterable[Concern]) -> AuditVerdict:
    """The one verdict over everything."""
    critical = [concern.is_critical for concern in concerns]
    if any(critical):
        return AuditVerdict.CRITICAL
    return AuditVerdict.ATTENTION if critical else AuditVerdict.HEALTHY
