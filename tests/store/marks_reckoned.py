"""A second reckoning of the marks, in plain Python over whole files: what `bot.store.marks` must have written."""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, tzinfo
from typing import Any, NamedTuple

from bot.domain.game.file.files import end_of
from bot.domain.game.file.parser import parse
from bot.domain.game.model import FiledReport, Round
from bot.domain.game.rounds import derive
from rigs.builders import RoundFile, a_name
from rigs.world import World, time_of
from tools.demo.session import SampleFile

HOUR = 3600
LIGHT = (2, 3, 4, 5, 6, 26)
File = SampleFile | RoundFile


class Marked(NamedTuple):
    """Every mark, by the names of files, since ids depend on the order."""

    rounds: dict[str, tuple[int, int]]
    lines: dict[tuple[str, int], tuple[Any, ...]]
    weapons: dict[tuple[str, int, int], tuple[int, str]]


def filed(file: File, zone: tzinfo) -> FiledReport:
    name = a_name(file.name)
    end = end_of(name.stamp, zone=zone, mtime=time_of(file.name), now=None).at
    sha256 = hashlib.sha256(file.data).hexdigest()
    return FiledReport(server="main", name=name, ended_at=end, sha256=sha256, report=parse(file.data, name))


def derived(files: Iterable[File], zone: tzinfo) -> dict[str, Round]:
    maps: dict[str, list[FiledReport]] = defaultdict(list)
    for file in files:
        maps[a_name(file.name).map].append(filed(file, zone))
    return {one.filed.name.text: one for its in maps.values() for one in derive(its)}


def in_sessions(rounds: Mapping[str, Round], counted: Mapping[str, bool], gap: int) -> dict[str, int]:
    """File → the end of the first round of its session: each host has its own; a match is its round 1's host's."""
    hosts: dict[str, dict[str, Round]] = defaultdict(dict)
    for name, one in rounds.items():
        hosts[rounds[one.first or name].filed.report.host][name] = one
    return {name: end for its in hosts.values() for name, end in _of_host(its, counted, gap).items()}


def _of_host(rounds: Mapping[str, Round], counted: Mapping[str, bool], gap: int) -> dict[str, int]:
    """File → the end of the first round of its session: what is connected, by a short pause or by a match, is one.

    An idle round is connected with what is at most a gap away: with what was before it, else with what came after.
    """
    ends = {name: one.filed.ended_at for name, one in rounds.items()}
    names = sorted(rounds, key=lambda name: (ends[name], name))
    idle = {name for name in names if not counted[name] and team_size(rounds[name]) == 0}
    group = {name: {name} for name in names}

    def connect(one: str, other: str) -> None:
        group[one] |= group[other]
        for name in group[one]:
            group[name] = group[one]

    playing = [name for name in names if name not in idle]
    for earlier, later in itertools.pairwise(playing):
        if ends[later] - ends[earlier] <= gap:
            connect(earlier, later)
    for name in playing:
        first = rounds[name].first
        if first is not None and first not in idle:
            for between in playing:
                if ends[first] <= ends[between] <= ends[name]:
                    connect(first, between)
    lonely = []
    for name in sorted(idle, key=names.index):
        before = [other for other in playing if 0 <= ends[name] - ends[other] <= gap]
        after = [other for other in playing if 0 <= ends[other] - ends[name] <= gap]
        if before or after:
            connect((before or after)[0], name)
        else:
            lonely.append(name)
    for earlier, later in itertools.pairwise(lonely):
        if ends[later] - ends[earlier] <= gap:
            connect(earlier, later)
    return {name: min(ends[other] for other in group[name]) for name in names}


def team_size(one: Round) -> int:
    """Humans on the smaller side."""
    humans = [player.team for player in one.players if not player.guid.startswith("OMNIBOT")]
    return min(humans.count(1), humans.count(2))


def attackers_finished(one: Round) -> bool:
    report = one.filed.report
    return report.winner in (1, 2) and report.winner != report.defender


def results(rounds: Mapping[str, Round], counted: Mapping[str, bool]) -> dict[tuple[str, int], int]:
    """(file, line) → 1 won, 0 draw, -1 lost: of a finished match, on each player's last line of it on a side."""
    found: dict[tuple[str, int], int] = {}
    for name, second in rounds.items():
        if second.first is None or not (counted[name] and counted[second.first]):
            continue
        first = rounds[second.first]
        defends = second.filed.report.defender
        won = 3 - defends if attackers_finished(second) else defends if attackers_finished(first) else 0
        last: dict[str, tuple[str, int, int]] = {}
        for file, one in ((second.first, first), (name, second)):
            for line, player in enumerate(one.players):
                if player.team in (1, 2):
                    side = player.team if one is second else 3 - player.team
                    last[player.guid] = (file, line, side)
        for file, line, side in last.values():
            found[file, line] = 0 if not won else 1 if side == won else -1
    return found


def from_scratch(
    files: Iterable[File], *, zone: tzinfo = UTC, gap: int = HOUR, ignored: Collection[str] = ()
) -> Marked:
    rounds = derived(files, zone)
    counted = {name: one.state == "counted" and name not in ignored for name, one in rounds.items()}
    session = in_sessions(rounds, counted, gap)
    result = results(rounds, counted)
    marked = Marked({}, {}, {})
    for name, one in rounds.items():
        marked.rounds[name] = (session[name], team_size(one))
        for line, (player, cells) in enumerate(zip(one.players, one.weapons, strict=True)):
            played = player.team in (1, 2)
            light = [cells[weapon] for weapon in LIGHT if weapon in cells]
            marked.lines[name, line] = (
                player.guid,
                int(counted[name]),
                one.filed.ended_at,
                session[name],
                one.first or name,
                int(player.team != one.filed.report.defender) if played else None,
                result.get((name, line)),
                sum(cell.hits for cell in light),
                sum(cell.shots for cell in light),
                sum(cell.headshots for cell in light),
            )
            for weapon in cells:
                marked.weapons[name, line, weapon] = (int(counted[name]), player.guid)
    return marked


async def stored(world: World) -> Marked:
    rounds = await world.rows("SELECT filename, session, team_size FROM rounds")
    lines = await world.rows(
        "SELECT r.filename, p.line, p.guid, p.counted, p.ended_at, p.session, m.filename AS match, p.attack, p.result,"
        " p.light_hits, p.light_shots, p.light_headshots FROM player_rounds AS p JOIN rounds AS r ON r.id = p.round_id"
        " LEFT JOIN rounds AS m ON m.id = p.match_id"
    )
    weapons = await world.rows(
        "SELECT r.filename, w.line, w.weapon, w.counted, w.guid"
        " FROM weapon_rounds AS w JOIN rounds AS r ON r.id = w.round_id"
    )
    return Marked(
        {name: (session, size) for name, session, size in map(tuple, rounds)},
        {(name, line): tuple(marks) for name, line, *marks in map(tuple, lines)},
        {(name, line, weapon): (counted, guid) for name, line, weapon, counted, guid in map(tuple, weapons)},
    )


def check(found: Marked, wanted: Marked) -> None:
    for has, should in zip(found, wanted, strict=True):
        assert has == should
