"""A set of reports → the rounds they tell of, with what counts and what is set aside (FORMAT, "Set aside").

Pure and complete: any order, any batches, the same answer. One set is all files of one server and one map between
two gaps longer than the pairing window.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from bot.domain.game.differential import Differential, as_written, player_round, second_round, tells_alive
from bot.domain.game.file import columns
from bot.domain.game.file.colours import clean
from bot.domain.game.file.files import Dating
from bot.domain.game.file.report import KILLS_VERSION, RoundReport
from bot.domain.game.judgement import (
    SLACK,
    aborted,
    carried_over,
    contradicted,
    fresh,
    population,
    sound,
    twice,
)
from bot.domain.game.lines import Line, lines_of, runs_on
from bot.domain.game.model import Aside, FiledReport, Note, NoteCode, Reason, Round, State, is_bot, is_person
from bot.domain.game.pairing import TOLERANCE, WINDOW, Pairing, dated, in_both, pair
from bot.domain.game.plausible import Played, impossible
from bot.domain.game.tallies import by_identity, contradictions
from bot.domain.game.twins import saved_twice

DERIVATION = f"11.{columns.MOST}"
"""What these rules are called in a database. Raise the first number whenever the same files tell other rounds than
before, or are hashed otherwise: the next start then derives every stored round anew, and posts nothing about it. The
second number does that for a new column.
"""


def derive(filed: Iterable[FiledReport], *, ruled_out: Collection[str] = ()) -> list[Round]:
    """Every file's round, in the order of their ends; `ruled_out`: file names that an admin took out.

    Ends are put right first, then pairs are found, and then what was saved twice, which may pair otherwise.
    """
    ordered = sorted(dated(filed), key=lambda report: (report.ended_at, report.name.text))
    twins: dict[str, str] = {}
    while True:
        pairing = pair(ordered, twins=twins, ruled_out=ruled_out)
        rounds = [
            _round(current, pairing, carried=_carried(previous, current), is_twin=current.name.text in twins)
            for previous, current in zip([None, *ordered], ordered, strict=False)
        ]
        again = saved_twice(rounds, pairing, ruled_out=ruled_out)
        if again is None:
            return rounds
        twins[again.aside] = again.counts


def taken_out(round: Round, words: str) -> Round:
    """The round as an admin wants it: stored, shown, not counted; `words`: his reason."""
    return replace(round, state=State.SET_ASIDE, reason=Reason(Aside.IGNORED, words))


def _carried(previous: FiledReport | None, filed: FiledReport) -> bool:
    """The figures of this round 1 cover more than it; one that is as long as its header says is sound in any case."""
    return carried_over(filed.report) or (not sound(filed.report) and _continues(previous, filed))


def _continues(previous: FiledReport | None, filed: FiledReport) -> bool:
    """A round 1 file in which everybody runs on from the file before: a round 2, mislabelled."""
    if previous is None or filed.name.number == 2 or filed.ended_at - previous.ended_at > WINDOW:
        return False
    both = in_both(previous.report, filed.report)
    return any(any(was.counts) for was, _ in both) and all(runs_on(was, now) for was, now in both)


def _round(filed: FiledReport, pairing: Pairing, *, carried: bool, is_twin: bool) -> Round:
    report, first = filed.report, pairing.first.get(filed.name.text)
    doubled = twice(report) | (twice(first.report) if first else frozenset())
    splits = first is not None and not doubled
    played = second_round(first.report, report) if first and splits else as_written(report)
    aside = _aside(filed, pairing, is_doubled=bool(doubled), is_carried=carried, is_twin=is_twin, played=played)
    is_alone = report.number == 1 or splits
    differ = contradictions(report, played) if is_alone else []
    players = tuple(player_round(share, report) for share in played.shares)
    weapons = tuple(share.cells for share in played.shares)
    written = (share.player for share in played.shares)
    is_one_round = aside not in (Aside.ABORTED, Aside.CARRIED_OVER)
    contradicted_header = _header_differs(report, first.report if first else None) if is_one_round else []
    untrue = impossible(report, [*map(Played, written, players, weapons)], is_one_round=is_one_round)
    lines = lines_of(first.report if first and splits else None, report)
    return Round(
        filed=filed,
        state=State.SET_ASIDE if aside else State.COUNTED,
        reason=Reason(aside) if aside else None,
        first=first.name.text if first else None,
        duration=played.duration if is_alone else None,
        players=players,
        weapons=weapons,
        notes=(
            *_about_file(filed, splits=splits), *played.notes, *_about_lines(lines), *_doubles(doubled), *differ,
            *untrue, *contradicted_header,
        ),
        tallies=by_identity(report, [line.key for line in lines]),
    )  # fmt: skip


def _aside(
    filed: FiledReport, pairing: Pairing, *, is_doubled: bool, is_carried: bool, is_twin: bool, played: Differential
) -> Aside | None:
    """The first reason that applies; the order is that of what the reader should know first."""
    report = filed.report
    if aborted(report):
        return Aside.ABORTED
    if is_carried:
        return Aside.CARRIED_OVER
    if is_twin:
        return Aside.SAVED_TWICE
    if report.number == 2 and filed.name.text not in pairing.first:
        return Aside.ABORTED if fresh(report) else pairing.failed[filed.name.text]
    if is_doubled:
        return Aside.AMBIGUOUS
    first = pairing.first.get(filed.name.text)
    if any(_has_negative_time(half) for half in (report, first.report if first else report)):
        return Aside.NEGATIVE_TIME
    longest = max((share.time for share in played.shares if not is_bot(share.key)), default=0)
    if 0 < report.time_limit < longest - SLACK:
        return Aside.OVERTIME
    return population(share.key for share in played.shares)


def _has_negative_time(report: RoundReport) -> bool:
    return any(player.time < 0 and not player.is_bot for player in report.players)


_CLOCK = {
    Dating.AHEAD: NoteCode.CLOCK_AHEAD,
    Dating.BEFORE: NoteCode.CLOCK_BEFORE,
    Dating.SEEN: NoteCode.CLOCK_SEEN,
    Dating.MTIME_ORDER: NoteCode.CLOCK_BACK,
    Dating.SECOND_READING: NoteCode.REPEATED_HOUR,
}


def _about_file(filed: FiledReport, *, splits: bool) -> list[Note]:
    report = filed.report
    notes = [Note(_CLOCK[filed.dating])] if filed.dating in _CLOCK else []
    if report.number == 2 and not splits and not fresh(report):
        notes.append(Note(NoteCode.CUMULATIVE))
    if report.tab_fields > columns.MOST:
        extra = report.tab_fields - columns.MOST
        notes.append(Note(NoteCode.NEWER, extra=extra, known=columns.MOST))
    if report.kills_version not in (None, KILLS_VERSION):
        notes.append(Note(NoteCode.KILLS_NEWER, extra=report.kills_version or 0, known=KILLS_VERSION))
    if not balanced(report):
        notes.append(Note(NoteCode.UNBALANCED))
    if contradicted(report):
        notes.append(Note(NoteCode.RATIOS))
    return notes


def _header_differs(report: RoundReport, first: RoundReport | None) -> list[Note]:
    """Who won, and how long it took, contradict each other; or the two rounds of a match have other defenders."""
    is_held = report.number == 1 and not report.attackers_won
    if is_held and 0 < report.next_time_limit < report.time_limit - TOLERANCE:
        return [Note(NoteCode.HEADER_DIFFERS, figure="next limit", value=report.next_time_limit)]
    if first is not None and first.defender != report.defender:
        return [Note(NoteCode.HEADER_DIFFERS, figure="defender", value=report.defender)]
    return []


def _about_lines(lines: Iterable[Line]) -> list[Note]:
    """Whoever has no identity, and whose time alive is not told."""
    return [
        Note(code, key, clean(player.name))
        for key, player, before in lines
        for code, applies in (
            (NoteCode.UNIDENTIFIED, not is_person(key) and not is_bot(key)),
            (NoteCode.ALIVE, player.time > 0 and not tells_alive(player, before)),
        )
        if applies
    ]


def balanced(report: RoundReport) -> bool:
    """Kills and deaths over all lines agree, and damage given and received (FORMAT, "Whole files")."""
    given, received, team_given, team_received = (
        sum(player.fields[columns.POSITION[name]] for player in report.players)
        for name in ("damage_given", "damage_received", "team_damage_given", "team_damage_received")
    )
    kills = sum(cells.kills - cells.deaths for p in report.players for cells in p.weapons.values())
    return kills == 0 and given == received and team_given == team_received


def _doubles(doubled: frozenset[str]) -> list[Note]:
    return [Note(NoteCode.TWICE, key, clean(key)) for key in sorted(doubled)]
