"""Sessions, who played with whom in them, and what the teams are called: the rules in plain words, reckoned anew.

A match is who attacked first and who defended first: GUID → (name, kills). Whoever has none stands under his name
without colours, which is his within the session; of two of one name in a file the second is another one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from tests.whole.reckoning.lines import COLOUR, Line, is_bot, is_person
from tests.whole.reckoning.rounds import Verdict

Side = Mapping[str, tuple[str, int]]


@dataclass
class Match:
    """A match by the file of its first known round; `won`: 0 who attacked first, 1 who defended, None nobody."""

    file: str
    end: int
    sides: tuple[Side, Side]
    won: int | None = None
    is_decided: bool = False


@dataclass
class Pair:
    """Two teams: how often everybody stood with each, and the matches, with the team that attacked first."""

    stood: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    matches: list[tuple[Match, int]] = field(default_factory=list)

    def rosters(self) -> tuple[list[str], list[str]]:
        """Who stood with a team more often than with the other, those of most matches first."""
        one, other = self.stood
        return _more(one, other), _more(other, one)

    def score(self) -> tuple[int, int]:
        """Maps won."""
        winners = [first if match.won == 0 else 1 - first for match, first in self.matches if match.won is not None]
        return winners.count(0), winners.count(1)

    def draws(self) -> int:
        """Played to the end, and won by nobody."""
        return sum(match.is_decided and match.won is None for match, _ in self.matches)


def _more(one: Counter[str], other: Counter[str]) -> list[str]:
    return sorted((who for who in one if one[who] > other[who]), key=lambda who: (-one[who], who))


def matches_of(verdicts: Mapping[str, Verdict]) -> list[Match]:
    """The matches of what counts, in the order of their ends."""
    seconds = {
        verdict.first: name for name, verdict in verdicts.items() if verdict.outcome == "counted" and verdict.first
    }
    found = []
    for name, verdict in verdicts.items():
        if verdict.outcome != "counted":
            continue
        second = seconds.get(name)
        if verdict.first is None:
            found.append(_match(name, verdict, verdicts[second] if second else None))
        elif verdicts[verdict.first].outcome != "counted":
            found.append(_match(verdict.first, None, verdict))
    return sorted(found, key=lambda match: (match.end, match.file))


def _match(name: str, first: Verdict | None, second: Verdict | None) -> Match:
    """Who changed teams in between stands where he was last, under the name that he wore last."""
    where: dict[str, int] = {}
    who: dict[str, tuple[str, int]] = {}
    for number, half in ((1, first), (2, second)):
        if half is None or half.played is None:
            continue
        for line in half.lines:
            if line.team not in (1, 2) or is_bot(line):
                continue
            attacks = line.team != half.played.defender
            where[line.key] = 0 if attacks == (number == 1) else 1
            kills = line.sum(2) + (who[line.key][1] if line.key in who else 0)
            who[line.key] = (COLOUR.sub("", line.name), kills)
    sides = [{guid: who[guid] for guid, side in where.items() if side == wanted} for wanted in (0, 1)]
    last = second or first
    assert last is not None
    match = Match(name, last.end or 0, (sides[0], sides[1]))
    if first and second and first.played and second.played:
        match.is_decided = True
        match.won = 1 if second.played.finished else 0 if first.played.finished else None
    return match


def sessions(verdicts: Mapping[str, Verdict], *, gap: int = 3600) -> list[list[str]]:
    """The files of each session, in order; who idles alone connects nothing, and a match is never torn."""
    ends = {name: verdict.end for name, verdict in verdicts.items() if verdict.end is not None}
    playing = sorted((name for name in ends if not _is_idle(verdicts[name])), key=lambda name: (ends[name], name))
    found: list[list[str]] = []
    for name in playing:
        here = found[-1] if found else []
        open_matches = [
            other for other in playing
            if verdicts[other].first in here and ends[other] >= ends[name] and verdicts[other].first != other
        ]  # fmt: skip
        if here and (ends[name] - ends[here[-1]] <= gap or open_matches):
            here.append(name)
        else:
            found.append([name])
    return found


def _is_idle(verdict: Verdict) -> bool:
    """It does not count, and nobody stood against anybody."""
    if verdict.outcome == "counted":
        return False
    return 0 in [sum(_stands(line, team) for line in verdict.lines) for team in (1, 2)]


def _stands(line: Line, team: int) -> bool:
    return line.team == team and not is_bot(line)


def pairs(matches: Sequence[Match]) -> list[Pair]:
    """More than two thirds of all, and half of each side, stand where they have stood most: else a new pair begins."""
    found: list[Pair] = []
    for match in matches:
        first = _joins(found[-1], match) if found else None
        if first is None:
            found.append(Pair())
            first = 0
        pair = found[-1]
        pair.matches.append((match, first))
        for side, team in zip(match.sides, (first, 1 - first), strict=True):
            pair.stood[team].update(side.keys())
    return found


def _joins(pair: Pair, match: Match) -> int | None:
    rosters = [set(roster) for roster in pair.rosters()]
    at_home = {
        first: [len(rosters[team] & side.keys()) for side, team in zip(match.sides, (first, 1 - first), strict=True)]
        for first in (0, 1)
    }
    best = 0 if sum(at_home[0]) >= sum(at_home[1]) else 1
    sizes = [len(side) for side in match.sides]
    if not sum(sizes) or Fraction(sum(at_home[best]), sum(sizes)) <= Fraction(2, 3):
        return None
    return best if all(2 * home >= size for home, size in zip(at_home[best], sizes, strict=True)) else None


def names(match: Match) -> list[str]:
    """What a pair's teams are called, by its first match alone."""
    tags = [_tag([name for _, (name, _) in sorted(side.items())]) for side in match.sides]
    if None not in tags and len({(tag or "").casefold() for tag in tags}) == 1:
        tags = [None, None]
    first = tags[0] or _ranked(match.sides[0])[0]
    seconds = [tags[1]] if tags[1] else _ranked(match.sides[1])
    others = [name for name in seconds if name.casefold() != first.casefold()]
    return [first, (others or [f"{seconds[0]} (2)"])[0]]


def _tag(worn: Sequence[str]) -> str | None:
    """What two thirds, two at least, begin or end with; most wearers, then the longest, then a beginning."""
    best: tuple[int, int, int, str] | None = None
    spelt = None
    for length in range(3, max(map(len, worn), default=0) + 1):
        for is_begin in (1, 0):
            parts = [name[:length] if is_begin else name[-length:] for name in worn if len(name) >= length]
            for part in dict.fromkeys(map(str.casefold, parts)):
                own = [
                    one for one in parts if one.casefold() == part and one == one.strip() and re.search(r"[^\W_]", one)
                ]
                if len(own) < 2 or 3 * len(own) < 2 * len(worn):
                    continue
                rank = (len(own), len(part), is_begin, part)
                if best is None or rank > best:
                    best, spelt = rank, own[0]
    if best is None or spelt is None:
        return None
    begins = bool(best[2])
    folded = [(name, name.casefold()) for name in worn]
    own = [name for name, fold in folded if (fold.startswith(best[3]) if begins else fold.endswith(best[3]))]
    nexts = [name[len(spelt) :][:1] if begins else name[: -len(spelt)][-1:] for name in own]
    word = re.fullmatch(r"(.*[\W_])[^\W_]*" if begins else r"[^\W_]*([\W_].*)", spelt, re.DOTALL)
    if word and any(letter.isalnum() for letter in nexts):  # it cuts into the names themselves
        shorter = word[1].strip()
        if len(shorter) >= 3 and re.search(r"[^\W_]", shorter):
            return shorter
    return spelt


def _ranked(side: Side) -> list[str]:
    """By kills, and then by GUID."""
    best = sorted(side, key=lambda who: (side[who][1], who), reverse=True)
    names = [side[guid][0] or (guid if is_person(guid) else "somebody") for guid in best]
    return [name if len(side) == 1 else f"{name}'s team" for name in names] or ["nobody"]
