"""What a single report proves about itself: aborted, carried over, one GUID twice, bots (FORMAT, "Set aside")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.domain.game.colours import clean
from bot.domain.game.model import BOT, Aside, is_bot
from bot.domain.game.report import PlayerReport, RoundReport

SLACK = 6
"""Seconds: the resolution of the players' times."""
ROUNDING = 3
"""Seconds by which a time in tenths of a minute may be too long."""
LEGACY_SECONDS = 10_000
"""A ninth header field up to this was written in seconds by an older script, above it in milliseconds."""


def player_key(player: PlayerReport) -> str:
    """Identity: the GUID, or for bots (which share a few GUIDs) the clean name."""
    return f"{BOT}:{clean(player.name)}" if is_bot(player.guid) else player.guid


def played_seconds(report: RoundReport) -> int | None:
    """The ninth header field in seconds; None where there is none, the round was aborted, or it cannot be true."""
    if report.playtime is None or report.playtime <= 0:
        return None
    seconds = round(report.playtime / 1000) if report.playtime > LEGACY_SECONDS else report.playtime
    return None if 0 < report.time_limit < seconds - SLACK else seconds


def aborted(report: RoundReport) -> bool:
    """Saved before the round's end was set: the ninth field is then minus the start time, or zero."""
    return report.playtime is not None and report.playtime <= 0


def carried_over(report: RoundReport) -> bool:
    """A round 1 whose longest time on a team is longer than the round: it holds figures from before."""
    if report.number != 1:
        return False
    longest = 6 * report.longest_time
    played = played_seconds(report)
    if played is not None:
        return longest > played + SLACK
    return report.time_limit > 0 and longest > report.time_limit + ROUNDING


def fresh(report: RoundReport) -> bool:
    """Nobody in this round 2 file has a round behind him: a round 1 broken off, saved under the wrong number."""
    return (
        report.number == 2
        and all(player.rounds == 0 for player in report.players)
        and 6 * report.longest_time <= report.time_limit + ROUNDING
    )


def twice(report: RoundReport) -> frozenset[str]:
    """The keys that more than one line of this file claims."""
    count = Counter(map(player_key, report.players))
    return frozenset(key for key, lines in count.items() if lines > 1)


def population(keys: Iterable[str]) -> Aside | None:
    """The reason why these players make no round that counts, if there is one."""
    kinds = [is_bot(key) for key in keys]
    humans = kinds.count(False)
    if humans < 2:
        return Aside.FEW_HUMANS
    return Aside.MOSTLY_BOTS if len(kinds) - humans > humans else None
