"""What a file says. In a round 2 file most figures are running totals: see `differential` before you use one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.game.file import columns

BOT = "OMNIBOT"
"""How the GUIDs of the game's own bots begin."""


class Cells(NamedTuple):
    """One weapon's five counters, in the order of the file; `deaths` are deaths by that weapon."""

    hits: int
    shots: int
    kills: int
    deaths: int
    headshots: int


NO_CELLS = Cells(0, 0, 0, 0, 0)


KILLS_VERSION = 1
"""Of our own script's section that says who killed whom: another one is skipped, never guessed."""


class Tally(NamedTuple):
    """How often one killed another in this round, in round 2 as well; GUIDs as on the player lines."""

    killer: str
    victim: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerReport:
    """One player line.

    `guid`: the eight upper-case characters that identify a client, or whatever stands in their place; `name`: raw,
    with colour codes; `rounds`: how often the session was restored; `team`: 1 Axis, 2 Allies, 3 spectator, 0 none;
    `weapons`: mask bit → cells; `fields`: the known tab fields in order, decimals as integer tenths; `unreadable`: the
    positions of derived fields that hold no number, and stand as 0 in `fields`.
    """

    guid: str
    name: str
    rounds: int
    team: int
    weapons: Mapping[int, Cells]
    fields: tuple[int, ...]
    unreadable: frozenset[int] = frozenset()

    @property
    def is_bot(self) -> bool:
        """One of the game's own bots, which share a few GUIDs."""
        return self.guid.startswith(BOT)

    @property
    def time(self) -> int:
        """Minutes on a team, in tenths."""
        return self.fields[columns.TIME]

    @property
    def counts(self) -> tuple[int, ...]:
        """The running counters that this line has, but for the time."""
        return columns.counts(len(self.fields))(self.fields)

    @property
    def alive(self) -> int:
        """Time alive in units of 0.006 s: tenths of a minute times tenths of a per cent."""
        return self.time * self.fields[columns.ALIVE_SHARE]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundReport:
    """One file.

    Limits in seconds; `playtime`: the ninth header field as written, None where the header has eight;
    `tab_fields`: how many fields each line of this file has; `defender`, `winner`: sides, 1 Axis, 2 Allies, 0 none.
    The rest is our own script's (SCRIPT): `ended_at` in UTC epoch seconds; `writer`: `etstats/1.0.0 …`; `tallies`: who
    killed whom, None where the file does not tell it; `kills_version`: of the section that does.
    """

    host: str
    map: str
    config: str
    number: int
    defender: int
    winner: int
    time_limit: int
    next_time_limit: int
    playtime: int | None
    tab_fields: int
    players: tuple[PlayerReport, ...]
    ended_at: int | None = None
    writer: str | None = None
    tallies: tuple[Tally, ...] | None = None
    kills_version: int | None = None

    @property
    def attackers_won(self) -> bool:
        """The side that did not defend won; no winner at all is a round that was held."""
        return self.winner in (1, 2) and self.winner != self.defender

    @property
    def longest_time(self) -> int:
        """The longest time on a team in this file, in tenths of a minute; bots are asked where nobody else is there."""
        return max((player.time for player in self.players if not player.is_bot), default=0) or max(
            player.time for player in self.players
        )
