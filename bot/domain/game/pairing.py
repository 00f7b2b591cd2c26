"""Which round 1 a round 2 belongs to: a pure function of a set of rounds (FORMAT, "Pairing")."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.game.judgement import aborted, player_key
from bot.domain.game.model import ALLIES, AXIS, FiledReport
from bot.domain.game.report import RoundReport

WINDOW = 3600
"""Seconds from the stamp of a round 1 to that of its round 2, at most; rounds further apart never meet."""
TOLERANCE = 1
"""Seconds by which round 1's next limit and round 2's limit may differ (rounding)."""


def pair(rounds: Iterable[FiledReport]) -> dict[str, FiledReport]:
    """File name of each paired round 2 → its round 1, for the rounds of one server and one map.

    The latest round 1 within the window whose next limit is the round 2's limit, each used once; the header's
    number alone proves nothing, so line-ups that kept their sides, or have another round between, are no pair.
    """
    ordered = sorted(rounds, key=lambda filed: (filed.ended_at, filed.name.text))
    free: list[FiledReport] = []
    pairs: dict[str, FiledReport] = {}
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


def _fits(first: FiledReport, second: FiledReport) -> bool:
    target = first.report.next_time_limit
    return (
        target > 0
        and abs(target - second.report.time_limit) <= TOLERANCE
        and not aborted(second.report)
        and _follows(first.report, second.report)
    )


def _follows(first: RoundReport, second: RoundReport) -> bool:
    """Most of those in both files changed sides, and were restored no more than once since.

    After an aborted round the game numbers matches 2, 1: then a first round has the label of a second.
    """
    before = {player_key(player): player for player in first.players}
    both = [(before[key], now) for now in second.players if (key := player_key(now)) in before]
    played = [(was.team, now.team) for was, now in both if {was.team, now.team} <= {AXIS, ALLIES}]
    kept = sum(was == now for was, now in played)
    skipped = sum(now.rounds > was.rounds + 1 for was, now in both)
    return 2 * kept <= len(played) and 2 * skipped <= len(both)


def clusters(stamps: Iterable[int]) -> list[tuple[int, int]]:
    """Spans (first, last) of instants in which no two neighbours are further apart than the window."""
    spans: list[tuple[int, int]] = []
    for stamp in sorted(stamps):
        if spans and stamp - spans[-1][1] <= WINDOW:
            spans[-1] = (spans[-1][0], stamp)
        else:
            spans.append((stamp, stamp))
    return spans


def reach(stamps: Iterable[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """(map, from, to): where rounds may lie that can be paired with rounds of these maps and ends."""
    by_map: dict[str, list[int]] = {}
    for map_name, ended in stamps:
        by_map.setdefault(map_name, []).append(ended)
    return [(name, low - WINDOW, high + WINDOW) for name, ends in by_map.items() for low, high in clusters(ends)]
