"""What the checks share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.domain.audit.audit import FileClass, Finding, Survey
from bot.domain.game.file.files import NotARound, round_name

DAY = 86400
NAMED = 3
"""So many reasons are named; more are counted."""
Classes = Mapping[str, FileClass]
Check = Callable[[Survey, Classes], Iterable[Finding]]


def of(classes: Classes, *wanted: FileClass) -> tuple[str, ...]:
    """The names in these classes, in order."""
    return tuple(name for name, file_class in classes.items() if file_class in wanted)


def span(names: Sequence[str]) -> str:
    """`2024-03-24 … 2024-09-17`, by the files' own dates."""
    days = sorted(parsed.stamp[:10] for name in names if not isinstance(parsed := round_name(name), NotARound))
    if not days:
        return "no dates"
    return days[0] if days[0] == days[-1] else f"{days[0]} … {days[-1]}"


def some(reasons: Iterable[str | None]) -> str:
    """Different reasons, each once, the first few."""
    told = sorted({reason for reason in reasons if reason})
    more = f"; and {len(told) - NAMED} more" if len(told) > NAMED else ""
    return "; ".join(told[:NAMED]) + more


def noun(amount: int, what: str) -> str:
    """`1 round`, `2 rounds`."""
    return f"{amount} {what}" + ("" if amount == 1 else "s")
