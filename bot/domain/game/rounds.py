"""A set of reports → the rounds they tell of, with what counts and what is set aside (FORMAT, "Set aside").

Pure and complete: any order, any batches, the same answer. One set is all files of one server and one map between
two gaps longer than the pairing window.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.game import columns
from bot.domain.game.colours import clean
from bot.domain.game.differential import Differential, as_written, player_round, runs_on, second_round
from bot.domain.game.judgement import aborted, carried_over, fresh, player_key, population, twice
from bot.domain.game.model import Aside, FiledReport, Note, NoteCode, Reason, Round, State
from bot.domain.game.pairing import WINDOW, pair
from bot.domain.game.report import RoundReport

DERIVATION = f"3.{columns.MOST}"
"""What these rules are called in a database. Raise the first number whenever the same files tell other rounds than
before, or are hashed otherwise: the next start then derives every stored round anew, and posts nothing about it. The
second number does that for a new column.
"""


def derive(filed: Iterable[FiledReport]) -> list[Round]:
    """Every file's round, in the order of their ends."""
    ordered = sorted(filed, key=lambda one: (one.ended_at, one.name.text))
    pairs = pair(ordered)
    return [
        _round(one, pairs.get(one.name.text), carried=carried_over(one.report) or _continues(previous, one))
        for previous, one in zip([None, *ordered], ordered, strict=False)
    ]


def ruled_out(round: Round, words: str) -> Round:
    """The round as an admin wants it: stored, shown, not counted; `words`: his reason."""
    return replace(round, state=State.SET_ASIDE, reason=Reason(Aside.IGNORED, words))


def _continues(previous: FiledReport | None, filed: FiledReport) -> bool:
    """A round 1 file in which everybody runs on from the file before: a round 2, mislabelled."""
    if previous is None or filed.name.number == 2 or filed.ended_at - previous.ended_at > WINDOW:
        return False
    before = {player_key(player): player for player in previous.report.players}
    both = [(before[key], now) for now in filed.report.players if (key := player_key(now)) in before]
    return any(any(was.counts) for was, _ in both) and all(runs_on(was, now) for was, now in both)


def _round(filed: FiledReport, first: FiledReport | None, *, carried: bool) -> Round:
    report = filed.report
    doubled = twice(report) | (twice(first.report) if first else frozenset())
    splits = first is not None and not doubled
    played = second_round(first.report, report) if first and splits else as_written(report)
    aside = _aside(filed, paired=first is not None, doubled=bool(doubled), carried=carried, played=played)
    return Round(
        filed=filed,
        state=State.SET_ASIDE if aside else State.COUNTED,
        reason=Reason(aside) if aside else None,
        first=first.name.text if first else None,
        duration=played.duration if report.number == 1 or splits else None,
        players=tuple(player_round(share, report) for share in played.shares),
        weapons=tuple(share.cells for share in played.shares),
        notes=(*_about_file(report, splits=splits), *played.notes, *_doubles(doubled)),
    )


def _aside(filed: FiledReport, *, paired: bool, doubled: bool, carried: bool, played: Differential) -> Aside | None:
    """The first reason that applies; the order is that of what the reader should know first."""
    report = filed.report
    if aborted(report):
        return Aside.ABORTED
    if carried:
        return Aside.CARRIED_OVER
    if report.number == 2 and not paired:
        return Aside.ABORTED if fresh(report) else Aside.UNPAIRED
    if doubled:
        return Aside.AMBIGUOUS
    return population(share.key for share in played.shares)


def _about_file(report: RoundReport, *, splits: bool) -> list[Note]:
    notes = []
    if report.number == 2 and not splits and not fresh(report):
        notes.append(Note(NoteCode.CUMULATIVE))
    if report.tab_fields > columns.MOST:
        extra = report.tab_fields - columns.MOST
        notes.append(Note(NoteCode.NEWER, extra=extra, known=columns.MOST))
    if not balanced(report):
        notes.append(Note(NoteCode.UNBALANCED))
    return notes


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
