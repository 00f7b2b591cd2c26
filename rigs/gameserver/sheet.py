"""The score sheet: what a round's figures must be, reckoned from its events alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rigs.gameserver.events import (
    ALLIES,
    AXIS,
    PRESENT_FROM,
    SPECTATOR,
    TICK,
    Connect,
    Deed,
    Event,
    Gib,
    Hit,
    Join,
    Kill,
    Leave,
    Pause,
    Person,
    Rename,
    Revive,
    ScoreChange,
    SelfKill,
    Shoot,
    Spawn,
    Story,
)  # fmt: skip

PERIODS = (11, 3, 13, 7, 2, 5, 1, 17)
DEED_FIGURES = {"plant": "dynamites_planted", "defuse": "dynamites_defused", "repair": "repairs"}
Pairs = Counter[tuple[str, str]]


class Blow(NamedTuple):
    """A hit or a kill, with what was left of the victim before; `order`: the number of the event."""

    order: int
    at: int
    by: Person
    victim: Person
    enemies: bool
    damage: int
    side: int
    event: Hit | Kill


@dataclass(slots=True)
class Walker:
    """Somebody at one moment of the walk through the events; `counts`: since his last connect, in this round."""

    team: int
    alive: bool
    name: str
    since: int
    connection: int = 0
    here: bool = True
    health: int = 100
    counts: Counter[str] = field(default_factory=Counter)


class TrueLine(NamedTuple):
    """What a person's line of one round is about; times in ms, of this round and of what he brought into it."""

    person: Person
    name: str
    team: int
    connection: int
    counts: Counter[str]
    brought_time: int
    brought_alive: int


class Carried(NamedTuple):
    """What somebody's connection brings into the next round."""

    time: int
    alive: int


class Walk:
    """One pass over a round's events, which gathers what the figures are made of."""

    def __init__(self, story: Story, before: Mapping[Person, Carried]) -> None:
        # the clock's end is seen a frame later; what is broken off ends with the last frame before
        self.end = story.length + {"timelimit": TICK, "aborted": -TICK}.get(story.end, 0)
        self._last = min(story.length, self.end)
        self._before = before
        self.now: dict[Person, Walker] = {}
        self.lines: dict[Person, TrueLine] = {}
        self.blows: list[Blow] = []
        self.marks: dict[Person, list[tuple[int, str]]] = {}
        self.returns: dict[Person, list[tuple[int, int]]] = {}
        self.tally: dict[Person, Counter[str]] = {}
        self.waits: list[tuple[int, Person, int]] = []
        for person, team in story.sides.items():
            self._arrive(person, team, PRESENT_FROM, connection=0)
        self._order = 0
        for event in sorted(story.events, key=lambda event: event.at):
            if event.at <= self._last:
                self._order += 1
                self._see(event)
        for person, standing in self.now.items():
            if standing.here:
                self._look(person, standing, self._last)

    def _arrive(self, person: Person, team: int, at: int, *, connection: int) -> None:
        self.now[person] = Walker(team, team != SPECTATOR, person.name, at, connection)
        self.tally.setdefault(person, Counter())
        self.marks.setdefault(person, [])
        self.returns.setdefault(person, [])

    def _settle(self, standing: Walker, at: int) -> None:
        if standing.team in (AXIS, ALLIES):
            standing.counts["time"] += at - standing.since
            standing.counts["alive"] += (at - standing.since) * standing.alive
        standing.since = at

    def _look(self, person: Person, standing: Walker, at: int) -> None:
        """The last look of a connection: it is his line, unless no weapon figure is in it."""
        self._settle(standing, at)
        brought = self._before.get(person, Carried(0, 0)) if standing.connection == 0 else Carried(0, 0)
        if standing.counts["cells"] or brought.time:
            self.lines[person] = TrueLine(
                person, standing.name, standing.team, standing.connection, standing.counts, brought.time, brought.alive
            )

    def _die(self, person: Person, at: int, mark: str) -> None:
        standing = self.now[person]
        self._settle(standing, at)
        standing.alive = False
        self.marks[person].append((at, mark))

    def _back(self, person: Person, at: int, health: int) -> None:
        standing = self.now[person]
        self._settle(standing, at)
        standing.alive, standing.health = True, health
        self._end_wait(person, at)

    def _end_wait(self, person: Person, at: int) -> None:
        self.returns[person].append((self._order, at))

    def _see(self, event: Event) -> None:
        match event:
            case Connect(at, who):
                self._arrive(who, SPECTATOR, at, connection=self.now[who].connection + 1 if who in self.now else 1)
            case Leave(at, who):
                self._look(who, self.now[who], at)
                self.now[who].here = False
                self._end_wait(who, at)
            case Join(at, who, team):
                standing = self.now[who]
                self._settle(standing, at)
                standing.team, standing.alive = team, False
                if team == SPECTATOR:
                    self._end_wait(who, at)
            case Spawn(at, who):
                self._back(who, at, 100)
            case Shoot(_, who, _, shots):
                self.now[who].counts.update(shots=shots, cells=1)
            case Hit() | Kill():
                self._blow(event)
            case Gib(_, by, victim):
                enemies = self.now[by].team != self.now[victim].team
                self.now[by].counts["gibs" if enemies else "teamgibs"] += 1
            case SelfKill(at, who, how):
                self.now[who].counts["selfkills"] += 1
                self._die(who, at, "x")
                if how == "kill":
                    self.waits.append((at, who, self.now[who].team))
            case Revive(at, medic, patient):
                self.now[medic].counts.update(hits=1, shots=1, cells=1)
                self.tally[medic]["revives_given"] += 1
                self.tally[patient]["times_revived"] += 1
                self._back(patient, at, 60)
            case Deed(_, who, what):
                own = {AXIS: "red", ALLIES: "blue"}[self.now[who].team]
                taken = "objectives_returned" if what == own else "objectives_stolen"
                self.tally[who][DEED_FIGURES.get(what, taken)] += 1
            case ScoreChange(_, who, points):
                self.now[who].counts["xp"] += points
            case Rename(_, who, name):
                self.now[who].name = name
            case Pause():
                pass  # the clock's own affair

    def _blow(self, event: Hit | Kill) -> None:
        by, victim = self.now[event.by], self.now[event.victim]
        enemies = by.team != victim.team
        damage = min(event.damage, victim.health)
        victim.health -= damage
        by.counts["damage_given" if enemies else "team_damage_given"] += damage
        victim.counts["damage_received" if enemies else "team_damage_received"] += damage
        if enemies and event.weapon is not None:
            by.counts.update(hits=1, headshots=event.head, cells=1)
        self.blows.append(Blow(self._order, event.at, event.by, event.victim, enemies, damage, victim.team, event))
        if isinstance(event, Hit):
            return
        if not enemies:
            by.counts["teamkills"] += 1
        elif event.weapon is not None:
            by.counts.update(kills=1, cells=1)
            victim.counts.update(deaths=1, cells=1)
        self._die(event.victim, event.at, "d" if enemies else "x")
        if enemies:
            self.marks[event.by].append((event.at, "k"))


class TrueSheet:
    """A round's truth: figures by person, as the bot exports them; pairs by GUID8; the length of play in ms."""

    def __init__(self, story: Story, before: Mapping[Person, Carried] | None = None) -> None:
        self.story = story
        walk = Walk(story, before or {})
        self.played = walk.end
        self.pairs: Pairs = Counter()
        self.lines = walk.lines
        self.figures: dict[Person, Counter[str]] = {}
        for person, tally in walk.tally.items():
            figures = Counter(tally)
            figures.update(_runs("".join(mark for _, mark in walk.marks[person])))
            figures.update(_multikills(walk.marks[person]))
            self.figures[person] = figures
        for blow in walk.blows:
            if blow.enemies and isinstance(blow.event, Kill):
                self._kill(blow, walk)
        for at, who, side in walk.waits:
            wait, cycle = self._wait(side, at)
            self.figures[who]["full_selfkills"] += 10 * wait >= 9 * cycle
        for figures in self.figures.values():
            figures["denied_playtime"] = (figures.pop("denied_ms", 0) + 500) // 1000
        self.carried = {
            person: Carried(standing.counts["time"] + came.time, standing.counts["alive"] + came.alive)
            for person, standing in walk.now.items()
            if standing.here
            for came in [(before or {}).get(person, Carried(0, 0)) if standing.connection == 0 else Carried(0, 0)]
        }

    def _wait(self, side: int, at: int) -> tuple[int, int]:
        """From this death to the side's next wave, and from one wave to the next."""
        index = self.story.seeds[1] // 4 if side == AXIS else self.story.seeds[0] // 8
        offset = 1000 * self.story.seeds[2 + index] // PERIODS[index]
        cycle = self.story.cycles[side - 1]
        return cycle - (offset + at) % cycle, cycle

    def _kill(self, kill: Blow, walk: Walk) -> None:
        figures = self.figures[kill.by]
        returns = walk.returns[kill.victim]
        born = max((order for order, _ in returns if order < kill.order), default=0)
        recent: Counter[Person] = Counter()
        for blow in walk.blows:
            is_of_this_life = blow.victim == kill.victim and born < blow.order <= kill.order
            if is_of_this_life and blow.enemies and kill.at - blow.at <= 1500:
                recent[blow.by] += blow.damage
        for helper in recent:
            self.figures[helper]["kill_assists"] += helper != kill.by
        figures["kill_steals"] += max(recent.values()) > recent[kill.by]
        figures["headshot_kills"] += kill.event.head
        wait, cycle = self._wait(kill.side, kill.at)
        figures["useful_kills"] += 2 * wait >= cycle
        figures["useless_kills"] += wait < 5000
        back = next((at for order, at in returns if order > kill.order), walk.end)
        figures["denied_ms"] += back - kill.at
        if kill.event.weapon is not None:
            self.pairs[kill.by.guid8, kill.victim.guid8] += 1


def _runs(marks: str) -> dict[str, int]:
    """k: a kill, d: a death by an enemy, x: another death."""
    kills = max(map(len, re.findall("k+", marks)), default=0)
    deaths = max(map(len, re.findall("d+", marks.replace("x", ""))), default=0)
    return {"killing_spree": kills if kills >= 3 else 0, "death_spree": deaths if deaths >= 3 else 0}


def _multikills(marks: list[tuple[int, str]]) -> Counter[str]:
    sizes: list[int] = []
    last: int | None = None
    for at, mark in marks:
        if mark != "k":
            last = None
        elif last is not None and at - last <= 3000:
            sizes[-1] += 1
            last = at
        else:
            sizes.append(1)
            last = at
    return Counter(f"multikills_{min(size, 6)}" for size in sizes if size >= 2)
