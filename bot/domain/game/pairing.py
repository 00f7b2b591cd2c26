"""Which round 1 a round 2 belongs to: a pure function of a set of rounds (FORMAT, "Pairing").

A pair needs evidence: the limits agree, people are in both files, and nothing contradicts it. Where no round 1 passes,
the answer names the test that the likeliest one failed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.game.differential import TENTH
from bot.domain.game.file.files import Dating
from bot.domain.game.file.report import PlayerReport, RoundReport
from bot.domain.game.judgement import SLACK, aborted
from bot.domain.game.lines import Line, lines_of, runs_on
from bot.domain.game.model import ALLIES, AXIS, NEAR, Aside, FiledReport

WINDOW = 3600
"""Seconds from the stamp of a round 1 to that of its round 2, at most; rounds further apart never meet."""
REACH = 2 * WINDOW
"""Seconds between two stamps that may still be less than a window apart, since the clock repeats an hour."""
AMISS = 600
"""Seconds by which stamps and mtimes differ before that is no delay of writing, and no drift of two clocks."""
MOMENT = 60
"""Seconds between two mtimes before one file was written after the other: a folder is copied in any order."""
MANY = 6
"""So many people do not reconnect all between two rounds; on real files one did."""
TOLERANCE = 1
"""Seconds by which round 1's next limit and round 2's limit may differ (rounding)."""

_TESTS = (
    Aside.UNPAIRED_BROKEN,
    Aside.UNPAIRED_LIMIT,
    Aside.UNPAIRED_NO_TARGET,  # it contradicts nothing, as another limit does
    Aside.UNPAIRED_HOST,
    Aside.UNPAIRED_STRANGERS,
    Aside.UNPAIRED_ANEW,
    Aside.UNPAIRED_TIME,
    Aside.UNPAIRED_SKIPPED,
    Aside.UNPAIRED_SIDES,
    Aside.UNPAIRED_ORDER,
    Aside.UNPAIRED_TAKEN,
)
"""What a round 1 may fail, in the order of asking: the later the test, the likelier it was the one."""
_LIKELIHOOD = {Aside.UNPAIRED: -1, **{test: place for place, test in enumerate(_TESTS)}}


@dataclass(frozen=True, slots=True)
class Pairing:
    """`first`: file name of each paired round 2 → its round 1; `failed`: of each other one → why it has none."""

    first: dict[str, FiledReport] = field(default_factory=dict)
    failed: dict[str, Aside] = field(default_factory=dict)
    rival: dict[str, str] = field(default_factory=dict)
    """File name of each round 2 whose only round 1 belongs to another → the file of that other one."""


def pair(
    rounds: Iterable[FiledReport], *, twins: Mapping[str, str] | None = None, ruled_out: Collection[str] = ()
) -> Pairing:
    """The pairs among the rounds of one server and one map.

    `twins`: file name of each round that was saved twice → the one that counts, which has what its twin would have;
    `ruled_out`: file names that an admin took out. Of the round 1s within the window that pass every test, the one of
    its own host, written before it, the latest; each is used once.
    """
    copies = twins or {}
    ordered = sorted(rounds, key=lambda filed: (filed.ended_at, filed.name.text))
    by_name = {filed.name.text: filed for filed in ordered}
    firsts = [filed for filed in reversed(ordered) if filed.name.number == 1]
    pairing = Pairing()
    owner: dict[str, str] = {}
    for second in ordered:
        name = second.name.text
        if second.name.number == 1 or name in copies:
            continue
        tests = [*_tests(firsts, second)]
        fitting = [first for first, test in tests if test is None]
        fitting.sort(key=lambda first: (_doubts(first, second, ruled_out), gap(first, second)))
        stand_ins = [(first.name.text, _counting(first.name.text, copies)) for first in fitting]
        counting = [
            counts  # what fits by itself has been asked
            for fits, counts in stand_ins
            if counts == fits or not _begin_anew(in_both(by_name[counts].report, second.report))
        ]
        free = [first for first in counting if first not in owner]
        if free:
            pairing.first[name] = by_name[free[0]]
            owner[free[0]] = name
        elif counting:
            pairing.failed[name] = Aside.UNPAIRED_TAKEN
            pairing.rival[name] = owner[counting[0]]
        else:
            failed = [test or Aside.UNPAIRED_ANEW for _, test in tests]  # of one that fits, from the twin that counts
            pairing.failed[name] = max(failed, key=_LIKELIHOOD.__getitem__, default=Aside.UNPAIRED)
    return pairing


def _counting(name: str, twins: Mapping[str, str]) -> str:
    while name in twins:
        name = twins[name]
    return name


def _tests(firsts: Iterable[FiledReport], second: FiledReport) -> Iterable[tuple[FiledReport, Aside | None]]:
    """The round 1s that are not beyond the window, the latest first, each with the first test that it fails."""
    for first in firsts:
        apart = gap(first, second)
        if apart <= WINDOW:
            yield first, _late(first, second) if apart < 0 else unlike(first.report, second.report)
        elif not second.dating.is_impossible_stamp:
            return


def _doubts(first: FiledReport, second: FiledReport, ruled_out: Collection[str]) -> tuple[bool, bool, bool]:
    """What speaks against a round 1 that fits, the heaviest first, where another one fits as well."""
    is_after = mtimes_tell(first, second) and (first.mtime or 0) - (second.mtime or 0) > MOMENT
    return first.report.host != second.report.host, first.name.text in ruled_out, is_after


def gap(first: FiledReport, second: FiledReport) -> int:
    """Seconds from end to end; of two whose stamps cannot be true from stamp to stamp, where nothing else tells.

    Then is only known when they were first seen, or the files' times are of one moment: they were copied.
    """
    apart = second.ended_at - first.ended_at
    if not (first.dating.is_impossible_stamp and second.dating.is_impossible_stamp):
        return apart
    is_of_one_moment = first.dating is second.dating is Dating.SEEN or abs(apart) <= MOMENT
    return (second.stamped_at or 0) - (first.stamped_at or 0) if is_of_one_moment else apart


def _late(first: FiledReport, second: FiledReport) -> Aside:
    """A round 1 that was stamped after this round 2 is named only where it cannot be the next match's.

    That one began after this round 2 had ended; what continues in every counter did not. Nor is it told by a stamp
    that cannot be true.
    """
    may_be_before = first.dating.is_impossible_stamp or -gap(first, second) < TENTH * first.report.longest_time
    belongs = may_be_before and unlike(first.report, second.report) is None and _runs_on(first, second)
    return Aside.UNPAIRED_ORDER if belongs else Aside.UNPAIRED


def unlike(first: RoundReport, second: RoundReport) -> Aside | None:
    """The first test of their content that these two fail, None where they fit; when they ended is not asked."""
    target = first.next_time_limit
    if aborted(first) or aborted(second):
        return Aside.UNPAIRED_BROKEN
    if target <= 0:
        return Aside.UNPAIRED_NO_TARGET
    if abs(target - second.time_limit) > TOLERANCE:
        return Aside.UNPAIRED_LIMIT
    lines = _of_people(first, second)
    both = [(line.before, line.now) for line in lines if line.before is not None]
    running = [line.before is not None for line in lines if line.now.rounds >= 1]
    if first.host != second.host and not (all(running) and _all_run_on(both)):
        return Aside.UNPAIRED_HOST
    if not both or 2 * sum(running) < len(running):
        return Aside.UNPAIRED_STRANGERS
    if _begin_anew(both):
        return Aside.UNPAIRED_ANEW
    # what round 1 carried over proves nothing against it
    longest = max(first.time_limit, TENTH * first.longest_time) + second.time_limit
    if any(TENTH * now.time > longest + SLACK for _, now in both if not now.is_bot):
        return Aside.UNPAIRED_TIME
    skipped = 2 * sum(now.rounds > was.rounds + 1 for was, now in both) > len(both)
    played = [(was.team, now.team) for was, now in both if {was.team, now.team} <= {AXIS, ALLIES}]
    kept = 2 * sum(was == now for was, now in played) > len(played)
    # where every line runs on, sides and numbers are outvoted
    if not (skipped or kept) or (all(running) and _all_run_on(both)):
        return None
    return Aside.UNPAIRED_SKIPPED if skipped else Aside.UNPAIRED_SIDES


Lines = Sequence[tuple[PlayerReport, PlayerReport]]
"""Whoever is in two files: his line in the earlier one, and in the later one."""


def in_both(first: RoundReport, second: RoundReport) -> Lines:
    """The lines of everybody who is in both files: bots prove nothing, they are called the same on every evening."""
    return [(line.before, line.now) for line in _of_people(first, second) if line.before is not None]


def _of_people(first: RoundReport, second: RoundReport) -> list[Line]:
    """The lines of the later file, each with his of the earlier one; those of bots where there is nobody else."""
    lines = lines_of(first, second)
    return [line for line in lines if not line.now.is_bot] or lines


def _all_run_on(both: Lines) -> bool:
    """Whoever is in both files goes on where he stopped, in every counter."""
    return bool(both) and all(runs_on(was, now) for was, now in both)


def _begin_anew(both: Lines) -> bool:
    """Many sessions were restored, and none goes on from the earlier file: there was another round between.

    Of a few people all may have reconnected before the round, which looks the same.
    """
    restored = [(was, now) for was, now in both if now.rounds >= 1]
    return len(restored) >= MANY and not any(runs_on(was, now) for was, now in restored)


def dated(rounds: Iterable[FiledReport]) -> list[FiledReport]:
    """The rounds of one server and one map with their ends put right, where a pair proves the server's clock wrong.

    In the hour that the clock repeats, the reading by which a round 2 follows its round 1. Where it continues that in
    every counter and follows it by their mtimes, but not by their stamps, the time between the mtimes.
    """
    by_name = {filed.name.text: filed for filed in rounds}
    seconds = sorted(name for name, filed in by_name.items() if filed.name.number == 2)
    for name in seconds:
        second = by_name[name]
        near = [filed for filed in by_name.values() if filed.name.number == 1 and _is_near(filed, second)]
        if not any(_may_be_wrong(first, second) for first in near):
            continue  # almost every round: what the two files say need not be compared for it
        likely = [first for first in near if unlike(first.report, second.report) is None]
        latest_first = sorted(likely, key=lambda filed: (-filed.ended_at, filed.name.text))
        by_name |= {filed.name.text: filed for filed in _put_right(latest_first, second, [*by_name.values()])}
    return list(by_name.values())


def _put_right(
    likely: Sequence[FiledReport], second: FiledReport, every: Sequence[FiledReport]
) -> Sequence[FiledReport]:
    """Those of a round 2 and the likely round 1s that ended at another time than they say; the likeliest come first."""
    following = [first for first in likely if _may_follow(first, second, gap(first, second))]
    witnessed = [first for first in likely if _is_witnessed(first, second)]
    if not following:
        ends_of_each = (_other_reading(first, second) or _by_mtime(first, second) for first in likely)
    elif any(_runs_on(first, second) for first in following):
        # these stamps can be true, but for what is proof of its own
        ends_of_each = (_by_mtime(first, second) for first in witnessed if _is_proven_wrong(first, second, every))
    else:
        ends_of_each = (_by_mtime(first, second) for first in witnessed)
    return next((ends for ends in ends_of_each if ends is not None), ())


def _is_near(first: FiledReport, second: FiledReport) -> bool:
    return abs(second.ended_at - first.ended_at) <= REACH or _is_witnessed(first, second)


def _may_be_wrong(first: FiledReport, second: FiledReport) -> bool:
    """Another reading or the mtimes could put these two ends right."""
    is_ambiguous = first.second_reading is not None or second.second_reading is not None
    return is_ambiguous or second.ended_at <= first.ended_at or _is_witnessed(first, second)


def _may_follow(first: FiledReport, second: FiledReport, gap: int) -> bool:
    """So many seconds between two ends are enough to play the second round, and not too many."""
    return _length(first.report, second.report) - SLACK <= gap <= WINDOW


def _length(first: RoundReport, second: RoundReport) -> int:
    """Seconds that round 2 lasted, by whoever played longest in it."""
    return TENTH * max((now.time - was.time for was, now in in_both(first, second) if not now.is_bot), default=0)


def _other_reading(first: FiledReport, second: FiledReport) -> Sequence[FiledReport] | None:
    """Both rounds, read so that the second one follows the first, if a repeated hour allows for that."""
    for reading in readings(first):
        for other in readings(second):
            if _may_follow(first, second, other.ended_at - reading.ended_at):
                return reading, other
    return None


def readings(filed: FiledReport) -> list[FiledReport]:
    """A round by what its stamp may mean: twice in the hour that the clock repeats, where nothing told which it was."""
    if filed.second_reading is None:
        return [filed]
    return [filed, replace(filed, ended_at=filed.second_reading, dating=Dating.SECOND_READING)]


def _by_mtime(first: FiledReport, second: FiledReport) -> Sequence[FiledReport] | None:
    """The one whose stamp is wrong, with the time between the mtimes for that between the ends."""
    if first.mtime is None or second.mtime is None:
        return None
    gap = second.mtime - first.mtime
    if not _runs_on(first, second) or not _may_follow(first, second, gap):
        return None
    if not _is_witnessed(first, second):  # no file's time is that of its name: their order alone is evidence
        return None if second.ended_at > first.ended_at else _moved(second, to=first.ended_at + gap)
    if _is_witness(first, second):
        return _moved(second, to=first.ended_at + gap)
    return _moved(first, to=second.ended_at - gap)


def _moved(filed: FiledReport, *, to: int) -> Sequence[FiledReport] | None:
    """At another end; None where it says itself when it ended, or was dated by something else than its stamp."""
    if filed.dating is not Dating.STAMP:
        return None
    return (replace(filed, ended_at=to, dating=Dating.MTIME_ORDER, stamped_at=filed.ended_at),)


def _is_witnessed(first: FiledReport, second: FiledReport) -> bool:
    """By their mtimes the one followed the other within the window, which is not what their stamps say."""
    gap, stamped = (second.mtime or 0) - (first.mtime or 0), second.ended_at - first.ended_at
    if not 0 < gap <= WINDOW or (0 < stamped <= WINDOW and abs(stamped - gap) <= AMISS):
        return False
    return mtimes_tell(first, second)


def mtimes_tell(one: FiledReport, other: FiledReport) -> bool:
    """The mtimes say how far apart two rounds were: that of one is that of its stamp, within an hour.

    Where files were copied, that of neither is.
    """
    if one.mtime is None or other.mtime is None or Dating.SEEN in (one.dating, other.dating):
        return False
    return min(_drift(one), _drift(other)) <= NEAR


def _is_witness(one: FiledReport, other: FiledReport) -> bool:
    """This file's time is nearer to its stamp than the other one's: the other stamp is the wrong one."""
    return _drift(one) <= _drift(other)


def _drift(filed: FiledReport) -> int:
    return abs((filed.mtime or 0) - filed.ended_at)


def _is_proven_wrong(first: FiledReport, second: FiledReport, every: Iterable[FiledReport]) -> bool:
    """Of the two the stamp that is wrong, if one is, cannot be true whatever the other says.

    It is later than its own file (nothing is copied before it was written), or the round of one of these people that
    is stamped right was played at that time.
    """
    wrong = second if _is_witness(first, second) else first
    if wrong.mtime is not None and wrong.ended_at - wrong.mtime > AMISS:
        return True
    return any(_is_at_once(wrong, other) for other in every if _drift(other) <= AMISS and other is not wrong)


def _is_at_once(one: FiledReport, other: FiledReport) -> bool:
    """By their stamps the two overlap, and have somebody in common; by their files' times they do not."""
    length = _at_least(max(one, other, key=lambda filed: filed.ended_at).report)
    return (
        abs(one.ended_at - other.ended_at) < length <= abs((one.mtime or 0) - (other.mtime or 0))
        and one.report.host == other.report.host
        and bool(in_both(one.report, other.report))
    )


def _at_least(report: RoundReport) -> int:
    """Seconds that a round lasted at least: of the times in a round 2 its limit at most is round 1's."""
    return TENTH * report.longest_time - (report.time_limit if report.number == 2 else 0)


def _runs_on(first: FiledReport, second: FiledReport) -> bool:
    """Whoever is in both files goes on where he stopped, but for a third at most who came anew to the round.

    Who reconnects before it may be restored once, as everybody is, and from nothing.
    """
    both = in_both(first.report, second.report)
    return bool(both) and 3 * sum(runs_on(was, now) for was, now in both) >= 2 * len(both)


def clusters(stamps: Iterable[int]) -> list[tuple[int, int]]:
    """Spans (first, last) of instants in which no two neighbours are further apart than the reach."""
    spans: list[tuple[int, int]] = []
    for stamp in sorted(stamps):
        if spans and stamp - spans[-1][1] <= REACH:
            spans[-1] = (spans[-1][0], stamp)
        else:
            spans.append((stamp, stamp))
    return spans


def reach(stamps: Iterable[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """(map, from, to): where rounds may lie that can be paired with rounds of these maps and ends."""
    by_map: dict[str, list[int]] = {}
    for map_name, ended in stamps:
        by_map.setdefault(map_name, []).append(ended)
    return [(name, low - REACH, high + REACH) for name, ends in by_map.items() for low, high in clusters(ends)]
