"""What the checks share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.domain.audit.audit import FileClass, Finding, Survey
from bot.domain.game.files import NotARound, round_name

DAY = 86400
SYNC = "python -m tools.sync_stats"
AFRESH = "set DATABASE_PATH in .env to a new file, then run: python -m tools.sync_stats"
"""The way on from a database that cannot be mended: the files, here and on the server, tell everything again."""
OR = "; or: "
"""Between two commands of one repair."""
NAMED = 3
"""So many files or reasons are named; more are told in another way."""
Classes = Mapping[str, FileClass]
Check = Callable[[Survey, Classes], Iterable[Finding]]


def of(classes: Classes, *wanted: FileClass) -> tuple[str, ...]:
    """The names in these classes, in order."""
    return tuple(name for name, one in classes.items() if one in wanted)


def span(names: Sequence[str]) -> str:
    """`2024-03-24 … 2024-09-17`, by the files' own dates."""
    days = sorted(found.stamp[:10] for name in names if not isinstance(found := round_name(name), NotARound))
    if not days:
        return "no dates"
    return days[0] if days[0] == days[-1] else f"{days[0]} … {days[-1]}"


def repair(option: str, code: str, names: Sequence[str]) -> str:
    """A command over these files that works as it stands: few are named, many come from the diagnosis itself."""
    if len(names) <= NAMED:
        return f"{SYNC} {option} {' '.join(names)}"
    return f"python -m tools.diagnose_file_sync --names {code} | {SYNC} --yes {option} -"


def some(reasons: Iterable[str | None]) -> str:
    """Different reasons, each once, the first few."""
    told = sorted({reason for reason in reasons if reason})
    more = f"; and {len(told) - NAMED} more" if len(told) > NAMED else ""
    return "; ".join(told[:NAMED]) + more


def noun(amount: int, what: str) -> str:
    """`1 round`, `2 rounds`."""
    return f"{amount} {what}" + ("" if amount == 1 else "s")
