"""What happens in a round, as facts: who did what to whom, and when on the clock of play (ms, pauses excluded)."""

from __future__ import annotations

from dataclasses import dataclass, field

AXIS, ALLIES, SPECTATOR = 1, 2, 3
KNIFE, LUGER, COLT, MP40, THOMPSON, GRENADE, DYNAMITE, LANDMINE, SYRINGE = 0, 2, 3, 4, 5, 11, 14, 19, 27
PRESENT_FROM = 600
"""ms: everybody enters a round so long after its start."""
TICK = 50
"""ms from frame to frame; events happen at multiples of it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may connect; `guid` as his client sends it, `name` one character per byte."""

    name: str
    guid: str
    bot: bool = False

    @property
    def guid8(self) -> str:
        """As it stands in files."""
        return self.guid.upper()[:8]


@dataclass(frozen=True, slots=True)
class Connect:
    """Comes in as a spectator."""

    at: int
    who: Person


@dataclass(frozen=True, slots=True)
class Leave:
    """Disconnects."""

    at: int
    who: Person


@dataclass(frozen=True, slots=True)
class Join:
    """Changes to a team, where he waits for the next wave; or to the spectators."""

    at: int
    who: Person
    team: int


@dataclass(frozen=True, slots=True)
class Spawn:
    """Is alive again, or for the first time."""

    at: int
    who: Person


@dataclass(frozen=True, slots=True)
class Shoot:
    """So many shots; below zero: hit a corpse, and the engine takes them back."""

    at: int
    who: Person
    weapon: int
    shots: int = 1


@dataclass(frozen=True, slots=True)
class Hit:
    """Damage that leaves the victim alive, an enemy or a team mate."""

    at: int
    by: Person
    victim: Person
    weapon: int
    damage: int
    head: bool = False


@dataclass(frozen=True, slots=True)
class Kill:
    """The final blow; `weapon` None: shoved to death. `damage` may be more than was left of the victim."""

    at: int
    by: Person
    victim: Person
    weapon: int | None
    damage: int
    head: bool = False


@dataclass(frozen=True, slots=True)
class Gib:
    """Destroys a dead enemy's or team mate's body."""

    at: int
    by: Person
    victim: Person


@dataclass(frozen=True, slots=True)
class SelfKill:
    """/kill, or an own grenade, or the world's doing."""

    at: int
    who: Person
    how: str = "kill"


@dataclass(frozen=True, slots=True)
class Revive:
    """A medic brings a dead team mate back."""

    at: int
    medic: Person
    patient: Person


@dataclass(frozen=True, slots=True)
class Deed:
    """What only the log tells: `plant`, `defuse`, `repair`, `red` and `blue` (a flag touched)."""

    at: int
    who: Person
    what: str


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """Experience points, also lost ones."""

    at: int
    who: Person
    points: int


@dataclass(frozen=True, slots=True)
class Rename:
    """Another name from now on."""

    at: int
    who: Person
    name: str


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock of play stands still for so many ms."""

    at: int
    length: int


Event = (
    Connect | Leave | Join | Spawn | Shoot | Hit | Kill | Gib | SelfKill | Revive | Deed | ScoreChange | Rename | Pause
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One round: who is there from its start, on which side, what happens, and how it ends.

    `end`: `objective` (the attackers win), `timelimit`, `surrender` (of the attackers), or `aborted`: no end at all.
    `seeds`: the ten numbers that the respawn waves follow; `cycles`: ms between two waves, Axis and Allies.
    """

    map: str = "supply"
    number: int = 1
    sides: dict[Person, int]
    events: list[Event] = field(default_factory=list)
    length: int = 60_000
    end: str = "objective"
    limit: str = "12"
    defender: int = AXIS
    seeds: tuple[int, ...] = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    cycles: tuple[int, int] = (30_000, 20_000)

    @property
    def winner(self) -> int:
        """The side that wins this round."""
        return 3 - self.defender if self.end == "objective" else self.defender
