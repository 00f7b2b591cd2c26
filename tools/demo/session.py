"""A made-up evening of stopwatch matches, as the files that the game server would have written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from bot.domain.game.file.report import PlayerReport, RoundReport
from bot.domain.game.file.writer import write
from tools.demo.battle import KNIFE, Soldier, battle, running_total
from tools.demo.roster import fighter

HOST = "^2demo ^7server"
MAPS = (
    ("supply", 720, 1),
    ("te_escape2", 720, 1),
    ("etl_adlernest", 600, 1),
    ("etl_frostbite", 600, 1),
    ("etl_sp_delivery", 720, 1),
    ("sw_goldrush_te", 900, 1),
    ("et_brewdog", 600, 1),
    ("erdenberg_t2", 900, 1),
    ("braundorf_b4", 720, 1),
    ("etl_ice", 720, 2),
)
"""Map, limit in seconds, the side that defends round 1."""


class SampleFile(NamedTuple):
    """A round file: its name, and what is in it."""

    name: str
    data: bytes


class _Map(NamedTuple):
    name: str
    limit: int
    defender: int


def session_files(
    start: datetime, *, maps: int, seed: int, players: int = 6, nine_fields: bool = False
) -> list[SampleFile]:
    """Two files per map, oldest first; the same arguments give the same bytes.

    `start`: the server's wall clock when the first round begins, without zone; `players`: at least two, half of
    them on each side; `nine_fields`: the header ends with the time played, as the latest script writes it.
    """
    rng = Random(f"{start:%Y-%m-%d %H:%M:%S} {seed}")  # noqa: S311  (nothing here is secret)
    crew = [fighter(number) for number in rng.sample(range(max(players, 12)), players)]
    looks = [rng.choice(soldier.looks) for soldier in crew]
    files: list[SampleFile] = []
    clock = start
    last = ""
    for _ in range(maps):
        where = _Map(*rng.choice(MAPS))
        again = int(where.name == last)  # the sessions live on when a map is played again
        last = where.name
        team = [
            Soldier(f, name, 2 - number % 2, again) for number, (f, name) in enumerate(zip(crew, looks, strict=True))
        ]
        clock = _match(rng, where, team, clock, files, nine_fields=nine_fields)
        clock += timedelta(seconds=rng.randint(60, 200))
        if rng.random() < 0.15:
            looks = [rng.choice(soldier.looks) for soldier in crew]
    return files


def _match(
    rng: Random, where: _Map, team: list[Soldier], clock: datetime, files: list[SampleFile], *, nine_fields: bool
) -> datetime:
    """Play both rounds from `clock` on, and say when the second one ended."""
    finished, length = _attack(rng, where.limit, odds=0.75)
    target = length if finished else where.limit
    first = _report(
        where,
        number=1,
        winner=3 - where.defender if finished else where.defender,
        limits=(where.limit, target),
        playtime=length * 1000 + rng.randint(-400, 400) if nine_fields else None,
        players=battle(rng, team, seconds=length, dead_time=nine_fields),
    )
    clock += timedelta(seconds=length + 3)
    files.append(_file(rng, first, clock))
    swapped = [soldier._replace(side=3 - soldier.side) for soldier in team]
    finished, length = _attack(rng, target, odds=0.55)
    alone = battle(rng, swapped, seconds=length, dead_time=nine_fields)
    totals = [running_total(before, now) for before, now in zip(first.players, alone, strict=True)]
    second = _report(
        where,
        number=2,
        winner=3 - where.defender if finished else where.defender,
        limits=(target, length if finished else target),
        playtime=length * 1000 + rng.randint(-400, 400) if nine_fields else None,
        players=[_corpse_knifed(rng, before, now) for before, now in zip(first.players, totals, strict=True)],
    )
    clock += timedelta(seconds=length + rng.randint(32, 90))
    files.append(_file(rng, second, clock))
    return clock


def _attack(rng: Random, limit: int, *, odds: float) -> tuple[bool, int]:
    """Whether the attackers finish, and how many seconds were played."""
    if rng.random() < odds:
        return True, max(30, round(limit * rng.uniform(0.45, 0.97)))
    surrendered = rng.random() < 0.15
    return False, round(limit * rng.uniform(0.5, 0.9)) if surrendered else limit


def _corpse_knifed(rng: Random, before: PlayerReport, total: PlayerReport) -> PlayerReport:
    """Now and then the game takes a knife's shot back, because it hit a corpse: the total falls."""
    knife = total.weapons.get(KNIFE)
    if knife is None or KNIFE not in before.weapons or before.weapons[KNIFE].shots < 2 or rng.random() < 0.7:
        return total
    fewer = knife._replace(shots=before.weapons[KNIFE].shots - 1)
    return replace(total, weapons={**total.weapons, KNIFE: fewer})


def _report(
    where: _Map,
    *,
    number: int,
    winner: int,
    limits: tuple[int, int],
    playtime: int | None,
    players: Sequence[PlayerReport],
) -> RoundReport:
    return RoundReport(
        host=HOST,
        map=where.name,
        config="legacy3",
        number=number,
        defender=where.defender,
        winner=winner,
        time_limit=limits[0],
        next_time_limit=limits[1],
        playtime=playtime,
        tab_fields=len(players[0].fields),
        players=tuple(players),
    )


def _file(rng: Random, report: RoundReport, stamp: datetime) -> SampleFile:
    shuffled = list(report.players)
    rng.shuffle(shuffled)  # the script writes its table in any order
    name = f"{stamp:%Y-%m-%d-%H%M%S}-{report.map}-round-{report.number}.txt"
    return SampleFile(name, write(replace(report, players=tuple(shuffled))))
