"""Who plays together: the pairs of teams of a session, recognised by their players, their names, and their scores.

Sides change after every round, and line-ups change now and then: a substitute comes, somebody is late. **A match joins
the present pair of teams if, in the better of both assignments, more than two thirds of all its players stand with
the team that they have stood with most in this pair, and in each line-up at least half do; else a new pair begins.**
Newcomers have stood with nobody, so they count against it. Whoever has no GUID is known by his clean name, within the
session and no further. docs/TEAMS.md has examples from 1v1 to 6v6.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bot.domain.game.model import shown_guid

SHORTEST_TAG = 3
"""Characters; of fewer, any two names share some by chance."""
NOBODY, UNNAMED = "nobody", "somebody"
"""A line-up without players; a player without name or GUID."""


class Member(NamedTuple):
    """A player in one match: the clean name that he wore, and his kills."""

    name: str
    kills: int


Names = tuple[str, str]
"""What two teams, or line-ups, are called."""
LineUp = Mapping[str, Member]
"""Who played together in a match: GUID, or any other identity → member."""


class MatchLineUps(NamedTuple):
    """One match: its id, who attacked first, who defended first, and which of these line-ups won.

    `won`: 1 or 2, 0 for a draw, None where it has no result.
    """

    id: int
    first: LineUp
    second: LineUp
    won: int | None


class TeamMatch(NamedTuple):
    """A match of a pair of teams: `first` is the team (0 or 1) that attacked first; `won` the team, None: nobody."""

    id: int
    first: int
    won: int | None
    is_decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPair:
    """Two teams and their matches, in order. `teams`: players, those of most matches first; `names`: of the teams."""

    teams: tuple[tuple[str, ...], tuple[str, ...]]
    names: Names
    matches: tuple[TeamMatch, ...]

    @property
    def wins(self) -> tuple[int, int]:
        """Maps won by each team."""
        return (sum(m.won == 0 for m in self.matches), sum(m.won == 1 for m in self.matches))

    @property
    def draws(self) -> int:
        """Matches that were played to the end and won by nobody."""
        return sum(m.is_decided and m.won is None for m in self.matches)

    @property
    def winner_first(self) -> TeamPair:
        """The same with the team that won more maps in the first place."""
        if self.wins[0] >= self.wins[1]:
            return self
        swapped = (
            match._replace(first=1 - match.first, won=None if match.won is None else 1 - match.won)
            for match in self.matches
        )
        return replace(self, teams=self.teams[::-1], names=self.names[::-1], matches=tuple(swapped))

    def points(self, win: int) -> tuple[int, int]:
        """`win` points for a map won; where that is two, a draw gives each one."""
        shared = self.draws if win == 2 else 0
        return (win * self.wins[0] + shared, win * self.wins[1] + shared)


def team_pairs(matches: Iterable[MatchLineUps]) -> list[TeamPair]:
    """The pairs of teams of a session, in the order in which they came; `matches` in the order of their ends."""
    pairs: list[TeamPair] = []
    present: list[tuple[MatchLineUps, int]] = []
    stood: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for match in matches:
        first = _attacking_team(stood, match)
        if first is None:
            if present:
                pairs.append(_closed(present, stood))
            present, stood, first = [], (Counter(), Counter()), 0
        present.append((match, first))
        stood[first].update(match.first.keys())
        stood[1 - first].update(match.second.keys())
    return [*pairs, _closed(present, stood)] if present else pairs


def names_by_match(pairs: Iterable[TeamPair]) -> dict[int, Names]:
    """Match → the names of its line-ups: of the team that attacked first, of the one that defended first."""
    return {
        match.id: (pair.names[match.first], pair.names[1 - match.first]) for pair in pairs for match in pair.matches
    }


def _attacking_team(stood: tuple[Counter[str], Counter[str]], match: MatchLineUps) -> int | None:
    """Which team of the pair attacked first in this match; None where it begins a new pair."""
    straight = _at_home(stood[0], stood[1], match.first), _at_home(stood[1], stood[0], match.second)
    crossed = _at_home(stood[1], stood[0], match.first), _at_home(stood[0], stood[1], match.second)
    best = max(straight, crossed, key=sum)
    players = len(match.first) + len(match.second)
    if 3 * sum(best) <= 2 * players or 2 * best[0] < len(match.first) or 2 * best[1] < len(match.second):
        return None
    return 0 if best is straight else 1


def _at_home(mine: Counter[str], other: Counter[str], line_up: Collection[str]) -> int:
    """How many of a line-up have stood with this team more often than with the other."""
    return sum(mine[player] > other[player] for player in line_up)


def _closed(present: Sequence[tuple[MatchLineUps, int]], stood: tuple[Counter[str], Counter[str]]) -> TeamPair:
    opening, _ = present[0]
    return TeamPair(
        teams=(_roster(stood[0], stood[1]), _roster(stood[1], stood[0])),
        names=team_names(opening.first, opening.second),
        matches=tuple(
            TeamMatch(
                match.id,
                first,
                first if match.won == 1 else 1 - first if match.won == 2 else None,
                match.won is not None,
            )
            for match, first in present
        ),
    )


def _roster(mine: Counter[str], other: Counter[str]) -> tuple[str, ...]:
    """Who stood with this team more often than with the other, those of most matches first."""
    members = [player for player in mine if mine[player] > other[player]]
    return tuple(sorted(members, key=lambda player: (-mine[player], player)))


def team_names(first: LineUp, second: LineUp) -> Names:
    """What two teams are called, by the line-ups of their first match: by their tags, else by their best players.

    Two line-ups of one clan share its tag: it is the name of neither, since a score of two teams of one name tells
    nobody who won. Where their best players wear one name, the second is called by its next one, or as a second.
    """
    tags = _tag(first), _tag(second)
    if tags[0] is not None and tags[1] is not None and tags[0].casefold() == tags[1].casefold():
        tags = None, None
    called = tags[0] or next(_by_players(first))
    others = [tags[1]] if tags[1] is not None else [*_by_players(second)]
    told_apart = (name for name in others if name.casefold() != called.casefold())
    return called, next(told_apart, f"{others[0]} (2)")


def _by_players(line_up: LineUp) -> Iterator[str]:
    """What a team may be called, by its best player first."""
    if not line_up:
        yield NOBODY
    for guid in sorted(line_up, key=lambda guid: (line_up[guid].kills, guid), reverse=True):
        name = line_up[guid].name or shown_guid(guid) or UNNAMED
        yield name if len(line_up) == 1 else f"{name}'s team"


def _tag(line_up: LineUp) -> str | None:
    """The beginning or end that two thirds of a team, two people or more, share; None where there is none.

    Of several, the one that most people wear, of these the longest, a beginning before an end. It is spelt as the
    first who wears it, in the order of their GUIDs, spells it. The letters that their own names share are none of it.
    """
    names = [line_up[guid].name for guid in sorted(line_up)]
    wearers: dict[tuple[bool, str], list[str]] = {}
    for name in names:
        for length in range(SHORTEST_TAG, len(name) + 1):
            for is_end, tag in ((False, name[:length]), (True, name[-length:])):
                if tag == tag.strip() and any(map(str.isalnum, tag)):
                    wearers.setdefault((is_end, tag.casefold()), []).append(tag)
    shared = {
        place: spellings
        for place, spellings in wearers.items()
        if len(spellings) >= 2 and 3 * len(spellings) >= 2 * len(names)
    }
    if not shared:
        return None
    best = max(shared, key=lambda place: (len(shared[place]), len(place[1]), not place[0], place[1]))
    is_end, tag = best[0], shared[best][0]
    rests = [_beyond(name, tag, is_end=is_end) for name in names]
    return _without_letters_of_names(tag, is_end=is_end) if any(rest.isalnum() for rest in rests) else tag


def _beyond(name: str, tag: str, *, is_end: bool) -> str:
    """The character of a name that its tag lies next to; empty where there is none, or he wears another tag."""
    if is_end:
        return name[-len(tag) - 1 : -len(tag)] if name.casefold().endswith(tag.casefold()) else ""
    return name[len(tag) : len(tag) + 1] if name.casefold().startswith(tag.casefold()) else ""


def _without_letters_of_names(tag: str, *, is_end: bool) -> str:
    """`.xy.a` of `.xy.anna` and `.xy.alan` is `.xy.`; where no tag would be left, it is what they share."""
    signs = [place for place, letter in enumerate(tag) if not letter.isalnum()]
    if not signs:
        return tag
    cut = (tag[signs[0] :] if is_end else tag[: signs[-1] + 1]).strip()
    return cut if len(cut) >= SHORTEST_TAG and any(map(str.isalnum, cut)) else tag
