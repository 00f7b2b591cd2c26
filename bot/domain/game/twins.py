"""Rounds that were saved twice: one of them counts, or every sum of the session would be doubled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations
from typing import NamedTuple

from bot.domain.game.differential import TENTH
from bot.domain.game.file.columns import POSITION
from bot.domain.game.file.report import PlayerReport
from bot.domain.game.judgement import player_key
from bot.domain.game.model import Aside, FiledReport, Round, State, is_bot
from bot.domain.game.pairing import Pairing, gap, in_both, mtimes_tell, readings

_DAMAGE = POSITION["damage_given"]


class Twins(NamedTuple):
    """Two files of one round, by their names: what `counts` has the other one would only double."""

    aside: str
    counts: str


def saved_twice(rounds: Sequence[Round], pairing: Pairing, *, ruled_out: Collection[str] = ()) -> Twins | None:
    """A round of which another one of these is a better copy; None where every round is its own.

    `rounds`: of one server and one map, in the order of their ends. Only those that would count otherwise are
    compared: of one host and number, with two thirds of their people in common, whose ends lie closer than the later
    one's own length. The one with more lines counts, then the one with more damage, then the one whose file tells
    more (of two scripts, our own), then the later one.
    """
    counting = [round for round in rounds if round.state is State.COUNTED and round.filed.name.text not in ruled_out]
    for earlier, later in combinations(counting, 2):
        length = later.duration or TENTH * later.filed.report.longest_time
        if _are_twins(earlier.filed, later.filed, length):
            return _told_apart(earlier.filed, later.filed)
    by_name = {round.filed.name.text: round for round in counting}
    for round in rounds:  # a round 2 that has no round 1 left, since its twin has it
        rival = by_name.get(pairing.rival.get(round.filed.name.text, ""))
        if rival is None or round.reason is None or round.reason.code is not Aside.UNPAIRED_TAKEN:
            continue
        if round.filed.name.text not in ruled_out and _are_twins(rival.filed, round.filed, rival.duration or 0):
            return _told_apart(rival.filed, round.filed)
    return None


def _told_apart(one: FiledReport, other: FiledReport) -> Twins:
    worse, better = sorted((one, other), key=_worth)
    return Twins(worse.name.text, better.name.text)


def _are_twins(one: FiledReport, other: FiledReport, length: int) -> bool:
    """`length`: of the later one, in seconds. Files that were written further apart are two rounds of one stamp.

    Unless they say the same of everybody: such a file was copied, or is one of two scripts'. Where the clock repeats an
    hour, and nothing tells which of the two it was, they are two rounds unless they say the same of every other player.
    """
    if one.report.host != other.report.host or one.name.number != other.name.number:
        return False
    if abs(gap(one, other)) >= length:
        return False
    people, others = _people(one), _people(other)
    if 3 * len(people & others) < 2 * max(len(people), len(others)):
        return False
    is_apart = mtimes_tell(one, other) and abs((one.mtime or 0) - (other.mtime or 0)) >= length
    may_be_apart = any(abs(was.ended_at - now.ended_at) >= length for was in readings(one) for now in readings(other))
    if not (is_apart or may_be_apart):
        return True
    same = [_figures(was) == _figures(now) for was, now in in_both(one.report, other.report)]
    return all(same) if is_apart else 2 * sum(same) >= len(same)


def _figures(player: PlayerReport) -> tuple[object, ...]:
    return player.counts, player.time, player.weapons


def _people(filed: FiledReport) -> set[str]:
    """Whoever has no GUID is known by his name: minutes apart he wears the same one."""
    return {key for key in map(player_key, filed.report.players) if not is_bot(key)}


def _worth(filed: FiledReport) -> tuple[int, int, int, int, str]:
    report = filed.report
    damage = sum(player.fields[_DAMAGE] for player in report.players)
    told = (report.ended_at is not None) + (report.tallies is not None)
    return len(report.players), damage, told, filed.ended_at, filed.name.text
