"""Which figures of a round cannot be true (FORMAT, "Figures that cannot be true"): noted on it, found by the audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice, repeat
from typing import NamedTuple

from bot.domain.game.file import columns
from bot.domain.game.file.colours import clean
from bot.domain.game.file.report import Cells, PlayerReport, RoundReport
from bot.domain.game.file.weapons import HEADSHOT_CAPABLE
from bot.domain.game.model import ALLIES, AXIS, Note, NoteCode, PlayerRound


class Bound(NamedTuple):
    """The least and the most that one player's figure of one round can be."""

    least: int
    most: int


_COUNT, _DAMAGE = Bound(0, 1000), Bound(0, 100_000)
BOUNDS: Mapping[str, Bound] = {
    **dict.fromkeys(columns.COUNTERS, _COUNT),
    **dict.fromkeys(("kills", "deaths", "headshots"), _COUNT),
    **dict.fromkeys(("damage_given", "damage_received", "team_damage_given", "team_damage_received"), _DAMAGE),
    "hits": _DAMAGE,
    "shots": Bound(-1000, 100_000),  # in round 2 the game may have taken back more than were fired
    "denied_playtime": Bound(0, 100_000),
    "xp": Bound(-100_000, 100_000),
}
"""By the names of stored figures: ten times and more what the largest real ones are."""
LOST = 40
"""Kills that the engine forgot when somebody reconnected, and the script's own counters have; on real files 1."""
OF_HIS_KILLS = ("killing_spree", "headshot_kills", "useful_kills", "useless_kills",
                *(name for name in columns.COUNTERS if name.startswith("multikills_")))  # fmt: skip
"""Each of these kills is one of the player's."""
MOST_DENIED = 60
"""Seconds that one kill can keep somebody from playing; on real files 24."""
MOST_DAMAGE = 100
"""Damage that one player gives in a second of a round, and of the minute after it; on real files 10."""
MOST_ROUNDS = 200
"""Times that a session can have been restored; on real files 2."""
WHOLE_SHARE = 1000
"""Tenths of a per cent."""
_SIDES, _TEAMS = (AXIS, ALLIES), range(4)


class Played(NamedTuple):
    """A player's line as it is written, and the figures and weapons of this round alone."""

    line: PlayerReport
    figures: PlayerRound
    cells: Mapping[int, Cells]


def impossible(report: RoundReport, played: Sequence[Played], *, is_one_round: bool = True) -> list[Note]:
    """What cannot be true of a round: of its header, of each line the first such figure, of all lines together.

    `is_one_round`: it was neither broken off nor does its file cover more; of such rounds the script works out any
    next limit, honestly.
    """
    header = _of_header(report, has_target=is_one_round)
    notes = [Note(NoteCode.IMPOSSIBLE_HEADER, figure=figure, value=value) for figure, value in header]
    is_timeless = any(_fought(player.figures) for player in played) and all(player.line.time == 0 for player in played)
    kills = sum(max(player.figures.kills, 0) for player in played)
    for player in played:
        untrue = chain(_of_line(player), _of_kills(player.figures, kills), [("time_min", 0)] * is_timeless)
        for figure, value in islice(untrue, 1):
            name = clean(player.line.name)
            notes.append(Note(NoteCode.IMPOSSIBLE, player.figures.guid, name, figure=figure, value=value))
    if _is_by_nobody(played):
        notes.append(Note(NoteCode.NO_ENEMIES))
    return notes


def _of_header(report: RoundReport, *, has_target: bool) -> Iterable[tuple[str, int]]:
    """(field, what it says); sides as they are written, limits in seconds."""
    limit, target = report.time_limit, report.next_time_limit
    if report.defender not in _SIDES:
        yield "defender", report.defender
    if report.winner not in (0, *_SIDES):
        yield "winner", report.winner
    if limit <= 0:
        yield "limit", limit
    # of a round 2 the script works it out where the engine has reset it
    if target < 0 or (has_target and report.number == 1 and target > limit > 0):
        yield "next limit", target


def _of_line(player: Played) -> Iterable[tuple[str, int]]:
    line, figures = player.line, player.figures
    if line.team not in _TEAMS:
        yield "team", line.team
    if line.rounds > MOST_ROUNDS:
        yield "rounds", line.rounds
    if line.time < 0:
        yield "time_min", line.time
    if not 0 <= line.fields[columns.ALIVE_SHARE] <= WHOLE_SHARE:
        yield "time_played_pct", line.fields[columns.ALIVE_SHARE]
    own = ((name, getattr(figures, name)) for name in ("kills", "deaths", "hits", "shots", "headshots"))
    for name, figure in chain(own, figures.counters.items()):
        least, most = BOUNDS[name]
        if figure is not None and not least <= figure <= most:
            yield name, figure
    for bit, cells in player.cells.items():
        if cells.headshots > cells.hits:
            yield "headshots", cells.headshots
        if bit in HEADSHOT_CAPABLE and cells.hits > cells.shots:
            yield "hits", cells.hits


def _of_kills(figures: PlayerRound, kills: int) -> Iterable[tuple[str, int]]:
    """What a player cannot have with so few kills of his own, so few of the round (`kills`), or in so short a time."""
    own = max(figures.kills, 0) + LOST
    others = (
        ("gibs", kills + LOST),
        ("denied_playtime", own * MOST_DENIED),
        ("damage_given", (figures.time_seconds + 60) * MOST_DAMAGE),
    )
    for name, most in chain(zip(OF_HIS_KILLS, repeat(own)), others):
        figure = figures.counters[name]
        if figure is not None and figure > most:
            yield name, figure


def _is_by_nobody(played: Sequence[Played]) -> bool:
    """Enemies were hit or killed, and there is none: all stand on one side, and nobody has left it."""
    sides = {player.figures.team for player in played}
    return len(sides) == 1 and sides <= {*_SIDES} and any(_fought(player.figures) for player in played)


def _fought(figures: PlayerRound) -> bool:
    return figures.kills > 0 or (figures.counters["damage_given"] or 0) > 0
