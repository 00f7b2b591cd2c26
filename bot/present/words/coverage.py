"""What every answer says of itself: its scope, the rounds it rests on, what was left out and why, how fresh it is."""

from __future__ import annotations

from bot.domain.stats.answers import Coverage
from bot.present.words.text import counted, safe_name, when


def covered(coverage: Coverage, *, own: int | None = None) -> str:
    """`-# all time · 132 rounds · left out: 9 unpaired, 1 aborted · newest round 2 hours ago`, as one small line.

    `own`: how many of these rounds the player in question played.
    """
    rounds = counted(coverage.rounds, "round")
    parts = [safe_name(coverage.label, limit=160), rounds if own is None else f"his {own} of {rounds}"]
    if coverage.left_out:
        parts.append("left out: " + ", ".join(f"{rounds} {safe_name(why)}" for why, rounds in coverage.left_out))
    if coverage.newest is not None:
        parts.append(f"newest round {when(coverage.newest, 'R')}")
    return "-# " + " · ".join(parts)


def nothing(coverage: Coverage) -> str:
    """What to say where no round is in the scope: what was looked for, and how fresh the data are."""
    if coverage.newest is None:
        return "No round has been imported yet."
    why = ", ".join(f"{rounds} {safe_name(reason)}" for reason, rounds in coverage.left_out)
    left = f" ({why}: stored, not counted)" if why else ""
    return (
        f"No round counts in this scope: {safe_name(coverage.label, limit=160)}{left}. "
        f"The newest round of all ended {when(coverage.newest, 'R')}. Try `all`, or pick another scope while you type."
    )
