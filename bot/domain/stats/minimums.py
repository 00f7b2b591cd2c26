"""What a ratio takes before it is compared: the one table for boards, awards and records.

One lucky round must lead no board, and neither must twelve shots in twelve rounds: a place takes rounds, and enough of
what the ratio divides by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

MANY = 10
"""Rounds that a ratio needs in a long period; fewer in a short one, see `Minimum.of_scope`."""
MATCHES = 5
"""Matches that the win rate needs in a long period."""


class Needed(NamedTuple):
    """What somebody needs to be compared: rounds (or matches), and so much of what the ratio divides by."""

    rounds: int
    amount: int = 0


class Minimum(NamedTuple):
    """What a figure needs.

    `rounds`: rounds, or matches of a figure of matches; `each`: of its own denominator, for each of these rounds;
    `denominator`: that, as a sum over lines; `noun`: one, and several of it; `records`: what the divisor
    of a record must reach in a round, a match, a session, since a ratio of next to nothing is no feat.
    """

    rounds: int = 1
    each: int = 0
    denominator: str = ""
    noun: tuple[str, str] = ("", "")
    records: tuple[int, int, int] = (0, 0, 0)

    def of_scope(self, played: int) -> Needed:
        """In a scope of so many rounds, or matches: a third of them at most, one at least."""
        rounds = max(1, min(self.rounds, -(-played // 3)))
        return Needed(rounds, rounds * self.each)


_FIGHTS = ("kill or death", "kills and deaths")
_ROUNDS = Minimum(MANY)
MINIMUMS: Mapping[str, Minimum] = {
    "kd": Minimum(MANY, 3, "kills + deaths", _FIGHTS),
    "efficiency": Minimum(MANY, 3, "kills + deaths", _FIGHTS),
    "kpr": _ROUNDS,
    "dpr": _ROUNDS,
    "dpm": Minimum(MANY, records=(300, 600, 1800)),  # seconds on a team
    "damage_ratio": _ROUNDS,
    # 100 shots in a round is what the game's own awards ask for
    "accuracy": Minimum(MANY, 20, "light_shots", ("shot", "shots"), records=(100, 200, 500)),
    "headshots": Minimum(MANY, 8, "light_hits", ("hit", "hits")),
    "useful_share": Minimum(MANY, 1, "kills", ("kill", "kills")),
    "denied_rate": _ROUNDS,
    "survival": _ROUNDS,
    "win_rate": Minimum(MATCHES),
}
"""By the figure's name; whatever is not in it is a sum, and one round is enough."""
NO_MINIMUM = Minimum()
