"""What the players of one made-up round did: every kill has its death, every damage its victim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import NamedTuple

from bot.domain.game.file import columns
from bot.domain.game.file.report import NO_CELLS, Cells, PlayerReport
from bot.domain.game.file.weapons import HEADSHOT_CAPABLE, SYRINGE
from tools.demo.roster import Fighter

KNIFE = 0
_HITS, _SHOTS, _KILLS, _DEATHS, _HEADSHOTS = range(5)
_ARMS: Mapping[int, tuple[tuple[int, ...], tuple[int, ...]]] = {
    1: ((4, 11, 2, 8, 15, 16, KNIFE), (66, 80, 86, 91, 95, 98, 100)),
    2: ((5, 11, 3, 8, 15, 16, KNIFE), (66, 80, 86, 91, 95, 98, 100)),
}
"""Per side: weapons, and the running sum of how often each of a hundred kills is made with it."""


class Soldier(NamedTuple):
    """A fighter on a side for one round; `rounds` is what the session had counted when it began."""

    fighter: Fighter
    name: str
    side: int
    rounds: int


@dataclass(slots=True)
class _Tally:
    fields: list[int] = field(default_factory=lambda: [0] * columns.MOST)
    cells: dict[int, list[int]] = field(default_factory=dict)

    def add(self, name: str, amount: int = 1) -> None:
        self.fields[columns.POSITION[name]] += amount

    def weapon(self, bit: int) -> list[int]:
        return self.cells.setdefault(bit, [0] * 5)


def battle(rng: Random, soldiers: Sequence[Soldier], *, seconds: int, dead_time: bool) -> list[PlayerReport]:
    """The lines of a round of this length, this round alone; `dead_time`: the writer counts time dead right."""
    tallies = [_Tally() for _ in soldiers]
    sides: dict[int, list[int]] = {1: [], 2: []}
    for number, soldier in enumerate(soldiers):
        sides[soldier.side].append(number)
    weights = {side: [*accumulate(soldiers[n].fighter.skill for n in own)] for side, own in sides.items()}
    for _ in range(round(len(soldiers) * seconds * rng.uniform(0.017, 0.023))):
        side = rng.choice((1, 2))
        if sides[side] and sides[3 - side]:
            killer = rng.choices(sides[side], cum_weights=weights[side])[0]
            victim = rng.choice(sides[3 - side])
            _kill(rng, tallies, killer, victim, side=side)
    for side, own in sides.items():
        for number in own:
            _chores(rng, tallies, number, own, side=side)
    pairs = zip(soldiers, tallies, strict=True)
    return [_line(rng, soldier, tally, seconds, dead_time=dead_time) for soldier, tally in pairs]


def _kill(rng: Random, tallies: list[_Tally], killer: int, victim: int, *, side: int) -> None:
    arms, odds = _ARMS[side]
    bit = rng.choices(arms, cum_weights=odds)[0]
    own, his = tallies[killer], tallies[victim]
    cell = own.weapon(bit)
    hits = rng.randint(4, 9) if bit in HEADSHOT_CAPABLE else 1
    cell[_HITS] += hits
    cell[_SHOTS] += hits + (rng.randint(4, 20) if bit in HEADSHOT_CAPABLE else 1)
    cell[_KILLS] += 1
    his.weapon(bit)[_DEATHS] += 1
    damage = rng.randint(120, 320)
    own.add("damage_given", damage)
    his.add("damage_received", damage)
    luck = rng.random()
    if bit in HEADSHOT_CAPABLE and luck < 0.5:
        cell[_HEADSHOTS] += 1
        own.add("headshot_kills", luck < 0.2)
    own.add("gibs", luck > 0.7)
    own.add("useful_kills", 0.3 < luck < 0.65)
    own.add("useless_kills", luck > 0.92)
    own.add("kill_steals", 0.65 < luck < 0.7)
    own.add("multikills_2", 0.2 < luck < 0.25)
    own.add("multikills_3", 0.25 < luck < 0.256)
    own.add("denied_playtime", rng.randint(3, 26))


def _chores(rng: Random, tallies: list[_Tally], number: int, team: list[int], *, side: int) -> None:
    """What is no kill of an enemy: revives, mishaps among friends, the objective, the sprees."""
    own = tallies[number]
    fields = own.fields
    kills = sum(cell[_KILLS] for cell in own.cells.values())
    deaths = sum(cell[_DEATHS] for cell in own.cells.values())
    own.add("selfkills", rng.randint(0, 4))
    own.add("full_selfkills", rng.random() < 0.05)
    own.add("kill_assists", rng.randint(0, 1 + kills // 2))
    own.add("repairs", rng.choice((0, 0, 0, 1, 2)))
    own.add("dynamites_planted" if side == 2 else "dynamites_defused", rng.random() < 0.2)
    friend = tallies[rng.choice(team)]
    if friend is not own:
        slip = rng.choice((0, 0, 17, 18, 35, 90))
        own.add("team_damage_given", slip)
        friend.add("team_damage_received", slip)
        own.add("teamkills", slip == 90)
        own.add("teamgibs", slip == 90 and rng.random() < 0.3)
        revives = rng.choice((0, 0, 1, 2, 4))
        if revives:
            needle = own.weapon(SYRINGE)
            needle[_HITS] += revives
            needle[_SHOTS] += revives + rng.randint(0, 1)
        own.add("revives_given", revives)
        friend.add("times_revived", revives)
    own.add("killing_spree", spree if (spree := rng.randint(0, min(kills, 8))) >= 3 else 0)
    own.add("death_spree", spree if (spree := rng.randint(0, min(deaths, 8))) >= 3 else 0)
    own.add("xp", 4 * kills + 3 * fields[columns.POSITION["revives_given"]] + rng.randint(0, 20))


def _line(rng: Random, soldier: Soldier, tally: _Tally, seconds: int, *, dead_time: bool) -> PlayerReport:
    if not tally.cells:
        tally.weapon(KNIFE)[_SHOTS] += 1  # whoever never used a weapon has no line at all
    cells = {bit: Cells._make(figures) for bit, figures in sorted(tally.cells.items())}
    deaths = sum(cell.deaths for cell in cells.values()) + tally.fields[columns.POSITION["selfkills"]]
    dead = min(0.8 * seconds, deaths * rng.uniform(7, 12))
    tally.fields[columns.ALIVE_SHARE] = round(1000 * (1 - dead / seconds))
    tally.fields[columns.TIME] = round(seconds / 6)
    tally.fields[columns.TIME_DEAD] = round(dead / 6 * (1 if dead_time else 2.2))
    derive(tally.fields, cells)
    return PlayerReport(
        guid=soldier.fighter.guid,
        name=soldier.name,
        rounds=soldier.rounds,
        team=soldier.side,
        weapons=cells,
        fields=tuple(tally.fields),
    )


def derive(fields: list[int], cells: Mapping[int, Cells]) -> None:
    """Fill in the ratios as the script writes them."""
    kills = sum(cell.kills for cell in cells.values())
    deaths = sum(cell.deaths for cell in cells.values())
    received = fields[columns.POSITION["damage_received"]]
    tank = received / (130 * deaths) if deaths and received > 1000 else 0
    fields[columns.POSITION["bullets_fired"]] = sum(cell.shots for cell in cells.values())
    fields[columns.POSITION["kd"]] = round(10 * kills / deaths) if deaths else 10 * (kills + 1)
    fields[columns.POSITION["tank"]] = round(10 * tank) if tank > 3 else 0
    if fields[columns.TIME]:
        share = 1000 * fields[columns.TIME_DEAD] / fields[columns.TIME]
        fields[columns.POSITION["time_dead_ratio"]] = round(share)


def running_total(first: PlayerReport, alone: PlayerReport) -> PlayerReport:
    """The line that the game writes at the end of round 2, from that of round 1 and what happened since.

    Counters and weapon figures run on, what the script counts itself starts anew, the share alive covers both.
    """
    fields = list(alone.fields)
    for position in columns.running(min(len(fields), len(first.fields))):
        fields[position] += first.fields[position]
    fields[columns.TIME] = time = first.time + alone.time
    fields[columns.ALIVE_SHARE] = round((first.alive + alone.alive) / time) if time else 0
    cells = {
        bit: Cells(*map(int.__add__, first.weapons.get(bit, NO_CELLS), alone.weapons.get(bit, NO_CELLS)))
        for bit in sorted(first.weapons.keys() | alone.weapons.keys())
    }
    cells = {bit: figures for bit, figures in cells.items() if any(figures)}
    derive(fields, cells)
    return PlayerReport(
        guid=alone.guid,
        name=alone.name,
        rounds=first.rounds + 1,
        team=alone.team,
        weapons=cells,
        fields=tuple(fields),
    )
