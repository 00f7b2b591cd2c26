"""The game server's script in a full fight: what it takes of each frame, and of the one that ends the round."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import groupby
from statistics import median, quantiles
from typing import Any

from bench.kit.figure import Row, absolute, seconds
from bench.kit.workshop import Workshop
from rigs.gameserver.engine import GameServer
from rigs.gameserver.events import MP40, TICK, Event, Hit, Kill, Person, Shoot, Spawn, Story
from rigs.gameserver.machine import LUAS

SLOTS, HITS = 64, 10
"""Hits in each frame: 200 a second; every fifth frame somebody is killed, and comes back two seconds later."""
MOST, LONGEST = 1.0, 50.0
"""ms: of a frame on the median; and a whole frame at 20 a second, for the one in which the round ends."""


class Stopwatch(GameServer):
    """Adds up what the script's callbacks take in each frame, with what the imitated engine takes to answer them."""

    spent = 0.0

    def call(self, callback: str, *arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return super().call(callback, *arguments)
        finally:
            self.spent += time.perf_counter() - began


def rows(shop: Workshop) -> Iterator[Row]:
    """64 clients at 20 frames a second, under each Lua."""
    length = 10_000 if shop.size.runs == 1 else 300_000
    for lua in LUAS:
        story = _battle(length)
        server = Stopwatch(shop.fresh(), lua=lua, slots=SLOTS)
        server.map(story.map)
        server.begin(story)
        frames = []
        by_moment = {at: list(group) for at, group in groupby(story.events, key=lambda event: event.at)}
        while server.moment < length - TICK:
            server.spent = 0.0
            server.frame(events=by_moment.get(server.moment + TICK, ()))
            frames.append(1000 * server.spent)
        server.spent = 0.0
        server.finish(story)
        last = 1000 * server.spent
        middle, slow = median(frames), quantiles(frames, n=100)[98]
        took = f"p50 {seconds(middle / 1000)}, p99 {seconds(slow / 1000)}"
        figure = f"script, {SLOTS} clients, {len(frames)} frames of a full fight, {lua}"
        yield absolute(figure, took, value=middle, most=MOST, unit="ms")
        yield absolute(f"script, the frame that ends this round, {lua}", seconds(last / 1000), value=last, most=LONGEST,
                       unit="ms")  # fmt: skip


def _battle(length: int) -> Story:
    people = [Person(f"p{number}", f"{number:08x}" * 4) for number in range(SLOTS)]
    sides = {person: 1 + number % 2 for number, person in enumerate(people)}
    events: list[Event] = [Shoot(1000, person, MP40, 30) for person in people]
    health = dict.fromkeys(people, 100)
    back: dict[Person, int] = {}
    for frame, at in enumerate(range(1000 + TICK, length - TICK, TICK)):
        for person in [person for person, moment in back.items() if moment <= at]:
            del back[person]
            health[person] = 100
            events.append(Spawn(at, person))
        for number in range(HITS):
            by, victim = people[(7 * frame + 2 * number) % SLOTS], people[(5 * frame + 2 * number + 1) % SLOTS]
            if sides[by] == sides[victim] or by in back or victim in back:
                continue
            if health[victim] > 10 and (number or frame % 5):
                health[victim] -= 1
                events.append(Hit(at, by, victim, MP40, 1))
            else:
                back[victim] = at + 2000
                events.append(Kill(at, by, victim, MP40, 100))
    return Story(sides=sides, events=events, length=length)
