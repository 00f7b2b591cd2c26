"""Evenings that never were: some maps, people who come and go, and everything that may happen in a round."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from rigs.gameserver.engine import GameServer
from rigs.gameserver.events import (
    ALLIES,
    AXIS,
    COLT,
    GRENADE,
    KNIFE,
    LANDMINE,
    MP40,
    PRESENT_FROM,
    SPECTATOR,
    THOMPSON,
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
from rigs.gameserver.sheet import TrueSheet

MAPS = ("supply", "etl_adlernest", "sw_goldrush_te", "te_escape2", "braundorf_b4")
NAMES = ("^1anna", "ben", "^7c^4leo", "d\tora", "\xc3\xa9mile", "fr%da", "\xffgus", "h e i d i", "%1", "^^jo")
WEAPONS = (KNIFE, COLT, MP40, MP40, THOMPSON, THOMPSON, GRENADE, LANDMINE)


class PlayedRound(NamedTuple):
    """A round, its sheet, its match's round 1's sheet (None: it is that), and the second of its end in UTC."""

    story: Story
    sheet: TrueSheet
    first: TrueSheet | None
    ended: int


def play_session(server: GameServer, random: Random) -> list[PlayedRound]:
    """Some matches on a server, each of two rounds; now and then a round is broken off before."""
    people = [Person(name, f"{random.getrandbits(128):032x}") for name in random.sample(NAMES, random.randint(4, 7))]
    if random.random() < 0.3:
        people.append(Person("bot", f"OMNIBOT{random.randint(0, 19):02d}{' ' * 23}", bot=True))
    played: list[PlayedRound] = []
    for _ in range(random.randint(1, 3)):
        chosen = random.choice(MAPS)
        if chosen == server.cvars["mapname"]:
            server.match_reset()  # else the releases before 2.84 carry some counters into the new round 1
        else:
            server.map(chosen)
        if random.random() < 0.15:
            played.append(_played(server, _story(server, people, random, end="aborted"), None))
            server.match_reset()
        first = _played(server, _story(server, people, random), None)
        server.intermission(random.choice((0, 1000, 10_000)))
        server.map_restart()
        second = _played(server, _story(server, people, random, first=first), first.sheet)
        server.intermission()
        played += [first, second]
    server.end_level(restart=0)
    return played


def _played(server: GameServer, story: Story, first: TrueSheet | None) -> PlayedRound:
    # a replay of a map starts from zero, so nobody brings anything into a round 1
    sheet = TrueSheet(story, first.carried if first else None)
    began = server.play(story)
    pauses = sum(event.length for event in story.events if isinstance(event, Pause))
    return PlayedRound(story, sheet, first, (began + sheet.played + pauses) // 1000)


def _story(
    server: GameServer,
    people: list[Person],
    random: Random,
    *,
    first: PlayedRound | None = None,
    end: str | None = None,
) -> Story:
    """Somebody who left during round 1 stays away; the others change sides for round 2."""
    if first is None:
        sides = {person: AXIS + number % 2 for number, person in enumerate(people)}
        for person in people:
            if not any(client.person == person and client.connected for client in server.clients):
                server.connect(person)
        limit, defender = random.choice((2, 3)), random.choice((AXIS, AXIS, ALLIES))
        length = random.randrange(60_000, limit * 60_000, TICK)
    else:
        here = [person for person in people if person in first.sheet.carried]
        sides = {person: 3 - first.story.sides[person] for person in here}
        if len(here) > 4 and random.random() < 0.3:
            sides[here[-1]] = SPECTATOR
        limit, defender = int(first.story.limit), first.story.defender
        most = first.story.length if first.story.end == "objective" else limit * 60_000
        length = random.randrange(40_000, most + TICK, TICK)
    end = end or random.choice(("objective", "objective", "timelimit", "surrender"))
    if end == "timelimit":
        length = most if first is not None else limit * 60_000
    story = Story(
        map=server.cvars["mapname"], number=1 if first is None else 2, sides=sides, length=length, end=end,
        limit=str(limit), defender=defender, cycles=(random.choice((20_000, 30_000)), random.choice((8000, 15_000))),
        seeds=(random.randrange(64), random.randrange(32), *(random.randrange(20) for _ in range(8))),
    )  # fmt: skip
    story.events.extend(_Fight(story, random, may_leave=first is not None or len(people) > 5).events())
    return story


class _Fight:
    """Thinks up what happens, keeping in mind who is alive where, so that nothing impossible does."""

    def __init__(self, story: Story, random: Random, *, may_leave: bool) -> None:
        self._story = story
        self._random = random
        self._may_leave = may_leave
        self._team = dict(story.sides)
        self._health = {person: 100 for person, team in story.sides.items() if team != SPECTATOR}
        self._waiting: dict[Person, int] = {}
        self._away: dict[Person, int] = {}
        self._found: list[Event] = []

    def events(self) -> list[Event]:
        """All of a round, in order; everybody fires at least once, so that everybody has a line."""
        now = PRESENT_FROM + 400
        self._found += [Shoot(now, person, MP40, 1) for person in self._health]
        while True:
            now += TICK * self._random.choice((0, 1, 1, 2, 5, 10, 20, 30, 40))
            if now >= self._story.length - 500:
                return self._found
            self._return(now)
            alive = [person for person, health in self._health.items() if health > 0]
            if alive:
                self._act(now, self._random.choice(alive))

    def _return(self, now: int) -> None:
        for person, at in list(self._waiting.items()):
            if at <= now:
                del self._waiting[person]
                self._health[person] = 100
                self._found += [Spawn(now, person), Shoot(now, person, MP40, 1)]
        for person, at in list(self._away.items()):
            if at <= now:
                del self._away[person]
                self._team[person] = self._story.sides[person]
                self._found += [Connect(now, person), Join(now, person, self._team[person])]
                self._waiting[person] = now + TICK * self._random.randint(20, 200)

    def _act(self, now: int, who: Person) -> None:
        random, weapon = self._random, self._random.choice(WEAPONS)
        enemies = [p for p, team in self._team.items() if team == 3 - self._team[who] and p in self._health]
        friends = [p for p, team in self._team.items() if team == self._team[who] and p != who and p in self._health]
        target = random.choice(enemies) if enemies and random.random() < 0.93 else random.choice(friends or [who])
        what = random.random()
        if what < 0.15 or target == who:
            self._found.append(Shoot(now, who, weapon, random.choice((1, 3, 12, -1))))
        elif what < 0.80:
            self._attack(now, who, target, weapon)
        elif what < 0.90:
            deed = random.choice(("plant", "defuse", "repair", "red", "blue", "score", "score"))
            self._found.append(
                ScoreChange(now, who, random.randint(-3, 9)) if deed == "score" else Deed(now, who, deed)
            )
        elif what < 0.94 and any(friend in self._waiting for friend in friends):
            patient = random.choice([friend for friend in friends if friend in self._waiting])
            del self._waiting[patient]
            self._health[patient] = 60
            self._found.append(Revive(now, who, patient))
        elif what < 0.97:
            self._die(now, who)
            self._found.append(SelfKill(now, who, random.choice(("kill", "kill", "fall"))))
        elif what < 0.975:
            self._found.append(Pause(now, TICK * random.randint(20, 200)))
        elif what < 0.98:
            self._found.append(Rename(now, who, random.choice(NAMES)) if not who.bot else ScoreChange(now, who, 1))
        elif what < 0.99 and self._may_leave and len(self._team) > 4:
            self._leave(now, who)

    def _attack(self, now: int, who: Person, target: Person, weapon: int) -> None:
        random, head = self._random, self._random.random() < 0.3
        if self._health[target] <= 0:
            if random.random() < 0.3:
                self._found.append(Gib(now, who, target))
            return
        damage = random.choice((9, 18, 27, 50, 120))
        if damage < self._health[target]:
            self._health[target] -= damage
            self._found.append(Hit(now, who, target, weapon, damage, head))
        else:
            self._die(now, target)
            shoved = random.random() < 0.02
            self._found.append(Kill(now, who, target, None if shoved else weapon, damage, head and not shoved))

    def _die(self, now: int, who: Person) -> None:
        self._health[who] = 0
        self._waiting[who] = now + TICK * self._random.randint(10, 300)

    def _leave(self, now: int, who: Person) -> None:
        if sum(team == self._team[who] for team in self._team.values()) < 3:
            return
        del self._health[who], self._team[who]
        self._found.append(Leave(now, who))
        back = now + TICK * self._random.randint(40, 400)
        # who comes back so late that he never fires has his old line, and brings seconds into round 2 that it lacks
        if self._random.random() < 0.6 and back + 15_000 < self._story.length:
            self._away[who] = back
