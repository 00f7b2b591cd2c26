"""What a single report proves about itself: aborted, carried over, one GUID twice, bots (FORMAT, "Set aside")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.domain.game.file import columns
from bot.domain.game.file.colours import clean
from bot.domain.game.file.report import BOT, PlayerReport, RoundReport
from bot.domain.game.model import UNIDENTIFIED, Aside, is_bot, is_person

SLACK = 6
"""Seconds: the resolution of the players' times."""
ROUNDING = 3
"""Seconds by which a time in tenths of a minute may be too long."""
FEWEST_CONTRADICTED = 4
"""Lines; single ones differ honestly, by kills without a weapon."""
LEGACY_SECONDS = 10_000
"""A ninth header field up to this was written in seconds by an older script, above it in milliseconds."""


def player_key(player: PlayerReport) -> str:
    """Identity: the GUID; of a bot (which share a few GUIDs) and of whoever has none, a word and the clean name."""
    if player.is_bot:
        return f"{BOT}:{clean(player.name)}"
    return player.guid if is_person(player.guid) else f"{UNIDENTIFIED}:{clean(player.name)}"


def played_seconds(report: RoundReport) -> int | None:
    """The ninth header field in seconds; None where there is none, the round was aborted, or it cannot be true."""
    if report.playtime is None or report.playtime <= 0:
        return None
    seconds = round(report.playtime / 1000) if report.playtime > LEGACY_SECONDS else report.playtime
    return None if 0 < report.time_limit < seconds - SLACK else seconds


def aborted(report: RoundReport) -> bool:
    """Saved before the round's end was set: the ninth field is then minus the start time, or zero."""
    return report.playtime is not None and report.playtime <= 0


def own_length(report: RoundReport) -> int | None:
    """How long a round 1 lasted in seconds, where its header tells: the ninth field, or the attackers' time."""
    played = played_seconds(report)
    if played is not None:
        return played
    target = report.next_time_limit
    return target if report.attackers_won and target > 0 else None


def sound(report: RoundReport) -> bool:
    """A round 1 whose longest time on a team is the round's own length: it holds this round alone.

    One that was held to its end is as long as its limit; of one that was given up the header tells no length.
    """
    length = own_length(report)
    if length is None and not report.attackers_won and report.time_limit > 0:
        length = report.time_limit
    return length is not None and abs(6 * report.longest_time - length) <= SLACK


def carried_over(report: RoundReport) -> bool:
    """A round 1 whose longest time on a team is longer than the round: it holds figures from before."""
    if report.number != 1:
        return False
    longest, length = 6 * report.longest_time, own_length(report)
    if length is not None and longest > length + SLACK:
        return True
    return played_seconds(report) is None and 0 < report.time_limit < longest - ROUNDING


def fresh(report: RoundReport) -> bool:
    """Nobody in this round 2 file has a round behind him: a round 1 broken off, saved under the wrong number."""
    return (
        report.number == 2
        and all(player.rounds == 0 for player in report.players)
        and 6 * report.longest_time <= report.time_limit + ROUNDING
    )


def twice(report: RoundReport) -> frozenset[str]:
    """The GUIDs that more than one line of this file claims."""
    count = Counter(key for key in map(player_key, report.players) if is_person(key))
    return frozenset(key for key, lines in count.items() if lines > 1)


def contradicted(report: RoundReport) -> bool:
    """Most lines of a round 1, four or more, have a K/D that is not that of their weapons.

    The game's own counters make the one, its weapon figures the other: one of them holds more than this round.
    Something that is no number, or 0.0 on every line, says nothing.
    """
    readable = [player for player in report.players if columns.KD not in player.unreadable]
    if report.number != 1 or not any(player.fields[columns.KD] for player in readable):
        return False
    wrong = sum(not _is_kd(player) for player in readable)
    return wrong >= FEWEST_CONTRADICTED and 2 * wrong > len(report.players)


def _is_kd(player: PlayerReport) -> bool:
    """The K/D field is kills / deaths, or kills + 1 where there were no deaths, to one decimal."""
    kills = sum(cells.kills for cells in player.weapons.values())
    deaths = sum(cells.deaths for cells in player.weapons.values())
    tenths = player.fields[columns.KD]
    return 2 * abs(tenths * deaths - 10 * kills) <= deaths if deaths else tenths == 10 * (kills + 1)


def population(keys: Iterable[str]) -> Aside | None:
    """The reason why these players make no round that counts, if there is one."""
    kinds = [is_bot(key) for key in keys]
    humans = kinds.count(False)
    if humans < 2:
        return Aside.FEW_HUMANS
    return Aside.MOSTLY_BOTS if len(kinds) - humans > humans else None
