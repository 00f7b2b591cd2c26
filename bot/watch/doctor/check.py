"""What one check says."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class CheckState(StrEnum):
    """`wrong`: something will not work until somebody acts."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


class Check(NamedTuple):
    """One thing that was looked at; `fix`: what to do, empty where nothing is."""

    name: str
    state: CheckState
    text: str
    fix: str = ""

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        return f"{self.name}: {self.text}" + (f"; {self.fix}" if self.fix else "")


def ok(name: str, text: str) -> Check:
    """Nothing to do."""
    return Check(name, CheckState.OK, text)


def warning(name: str, text: str, fix: str) -> Check:
    """It works, and could be better or may soon not."""
    return Check(name, CheckState.WARNING, text, fix)


def wrong(name: str, text: str, fix: str) -> Check:
    """It does not work."""
    return Check(name, CheckState.WRONG, text, fix)


def as_json(checks: Iterable[Check]) -> dict[str, list[dict[str, str]]]:
    """The form that scripts read."""
    return {"checks": [dict(zip(Check._fields, map(str, check), strict=True)) for check in checks]}
