"""Which round 1 a round 2 belongs to: a pure function of a set of rounds (FORMAT §4.4 and §5.2)."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.judgement import aborted, player_key
from bot.domain.model import ALLIES, AXIS, Filed

WINDOW = 3600
"""Seconds from the stamp of a round 1 to that of its round 2, at most; rounds further apart never meet."""
TOLERANCE = 1
"""Seconds by which round 1's next limit and round 2's limit may differ (rounding)."""


def pair(rounds: Iterable[Filed]) -> dict[str, Filed]:
    """File name of each paired round 2 → its round 1, for the rounds of one server and one map.

    The latest round 1 within the window whose next limit is the round 2's limit, each used once; the header's
    number alone proves nothing, so line-ups that did not change sides are no pair.
    """
    ordered = sorted(rounds, key=lambda filed: (filed.ended_at, filed.name.text))
    free: list[Filed] = []
    pairs: dict[str, Filed] = {}
    for filed in ordered:
        if filed.name.number == 1:
            if not aborted(filed.report):
                free.append(filed)
            continue
        for first in reversed(free):
            if filed.ended_at - first.ended_at > WINDOW:
                break
            if _fits(first, filed):
                pairs[filed.name.text] = first
                free.remove(first)
                break
    return pairs


def _fits(first: Filed, second: Filed) -> bool:
    target = first.report.next_time_limit
    return (
        target > 0
        and abs(target - second.report.time_limit) <= TOLERANCE
        and not aborted(second.report)
        and not _sides_kept(first, second)
    )


def _sides_kept(first: Filed, second: Filed) -> bool:
    """Most of those who played both kept their side: after an aborted round the game numbers matches 2, 1."""
    sides = {player_key(p): p.team for p in first.report.players if p.team in (AXIS, ALLIES)}
    changed = [
        sides[key] != p.team
        for p in second.report.players
        if p.team in (AXIS, ALLIES) and (key := player_key(p)) in sides
    ]
    return 2 * sum(changed) < len(changed)


def clusters(stamps: Iterable[int]) -> list[tuple[int, int]]:
    """Spans (first, last) of instants in which no two neighbours are further apart than the window."""
    spans: list[tuple[int, int]] = []
    for stamp in sorted(stamps):
        if spans and stamp - spans[-1][1] <= WINDOW:
            spans[-1] = (spans[-1][0], stamp)
        else:
            spans.append((stamp, stamp))
    return spans
