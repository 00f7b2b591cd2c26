"""Who is in a slot, and what the engine counts for him; what of it outlives a level, and what does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from rigs.gameserver.events import ALLIES, AXIS, SPECTATOR, Person

SHOTS, DEATHS, HEADSHOTS, HITS, KILLS = range(5)
NO_CELL = (0, 0, 0, 0, 0)
GONE, CONNECTING, CONNECTED = 0, 1, 2
TALLIES = (
    "damage_given", "damage_received", "team_damage_given", "team_damage_received", "gibs", "team_gibs",
    "self_kills", "team_kills", "kills", "deaths", "time_axis", "time_allies", "time_played", "rounds",
)  # fmt: skip
DAMAGE = TALLIES[:4]


def _nothing() -> dict[str, int]:
    return dict.fromkeys(TALLIES, 0)


@dataclass(slots=True)
class SavedSession:
    """What the engine writes to disk for each client when a level ends."""

    team: int = SPECTATOR
    tallies: dict[str, int] = field(default_factory=_nothing)
    cells: dict[int, list[int]] = field(default_factory=dict)

    def clear(self) -> None:
        """Zero for all but the team, as a match reset does."""
        self.tallies = _nothing()
        self.cells = {}

    def stored(self) -> SavedSession:
        """As it comes back in the next level: without any weapon figure the damage is lost."""
        kept = replace(self, tallies=dict(self.tallies), cells={w: list(c) for w, c in self.cells.items()})
        if not any(map(any, self.cells.values())):
            kept.tallies.update(dict.fromkeys(DAMAGE, 0))
        return kept

    def cell(self, weapon: int) -> list[int]:
        """The five counters of a weapon, to be changed."""
        return self.cells.setdefault(weapon, list(NO_CELL))


@dataclass(slots=True)
class GameClient:
    """A slot. `settled_at`: the moment of play up to which his times are counted."""

    slot: int
    person: Person | None = None
    userinfo: str = ""
    netname: str = ""
    connected: int = GONE
    session: SavedSession = field(default_factory=SavedSession)
    health: int = 0
    xp: int = 0
    regions: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    settled_at: int = 0

    @property
    def plays(self) -> bool:
        """On a team."""
        return self.session.team in (AXIS, ALLIES)

    def settle(self, moment: int) -> None:
        """Count his times up to this moment of play."""
        elapsed, self.settled_at = moment - self.settled_at, moment
        if not self.plays or elapsed <= 0:
            return
        self.session.tallies["time_axis" if self.session.team == AXIS else "time_allies"] += elapsed
        if self.health > 0:
            self.session.tallies["time_played"] += elapsed


def _tally(name: str) -> Callable[[GameClient, Any], int]:
    return lambda client, _: client.session.tallies[name] % (1 << 32)


FIELDS: dict[str, Callable[[GameClient, Any], Any]] = {
    "pers.connected": lambda client, _: client.connected,
    "pers.netname": lambda client, _: client.netname,
    "pers.playerstats.hitregions": lambda client, index: client.regions[index],
    "sess.sessionteam": lambda client, _: client.session.team,
    "ps.persistant": lambda client, index: client.xp if index == 0 else 0,
    "health": lambda client, _: client.health,
    **{f"sess.{name}": _tally(name) for name in TALLIES},
}
"""What can be read of a client, by the lower-case name; the weapons' cells are made where there is a Lua to hold them.

Counters are unsigned: below zero they come out far above."""
