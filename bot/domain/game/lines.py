"""Whose line is whose: identities in one file, and which line of a round 2 goes on from which of its round 1.

A pure function of what the lines say: their order means nothing (FORMAT, "Player lines" and "Whose line runs on").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import count, islice
from operator import ge
from typing import NamedTuple

from bot.domain.game.file.colours import clean
from bot.domain.game.file.report import NO_CELLS, Cells, PlayerReport, RoundReport
from bot.domain.game.judgement import player_key
from bot.domain.game.model import ALLIES, AXIS, is_bot, is_person

MOST_NAMESAKES = 10
"""So many lines of one name are told apart by all that they may be; of more, each takes what fits it best."""


class Line(NamedTuple):
    """A player's line with his identity, and his line in round 1 where there is one."""

    key: str
    now: PlayerReport
    before: PlayerReport | None


def keyed(report: RoundReport) -> list[tuple[str, PlayerReport]]:
    """Every line with its key; those of one name among bots and the unidentified are numbered, as they are nobody.

    The numbers go by what the lines say, who did more damage first.
    """
    keys: dict[int, str] = {}
    for name, places in _by_key(report).items():
        keys |= zip(places, _numbered(name, len(places), taken=()), strict=True)
    return [(keys[place], player) for place, player in enumerate(report.players)]


def lines_of(first: RoundReport | None, report: RoundReport) -> list[Line]:
    """Every line of a file in its order, each with the line of its round 1 that is the same player's.

    Of one name without a GUID, or of bots, as many as can run on from a line do, the most of these with sides changed,
    and who did more damage is who did more before. Where a GUID is told in one file alone, a line of that name which
    runs on is his. Whatever is left of a name began anew.
    """
    if first is None:
        return [Line(key, player, None) for key, player in keyed(report)]
    earlier, later = _by_key(first), _by_key(report)
    if all(len(places) == 1 and is_person(key) for of in (earlier, later) for key, places in of.items()):
        return [  # almost every file: a GUID tells
            Line(key, report.players[place], first.players[earlier[key][0]] if key in earlier else None)
            for key, (place,) in later.items()
        ]
    first_keys = [key for key, _ in keyed(first)]
    links: dict[int, int] = {}
    for name, places in later.items():
        links |= _linked(first, earlier.get(name, ()), report, places, is_alone=is_person(name))
    links |= _without_guid_in_one(first, report, earlier, later, links)
    used = {*links.values()}
    for name, places in later.items():  # whose counters began again, by name
        rest = [place for place in earlier.get(name, ()) if place not in used]
        links |= zip((place for place in places if place not in links), rest, strict=False)
    keys: dict[int, str] = {}
    for name, places in later.items():
        known = {place: first_keys[links[place]] for place in places if place in links}
        own = {place: key for place, key in known.items() if player_key(first.players[links[place]]) == name}
        others = [place for place in places if place not in own]
        taken = {first_keys[place] for place in earlier.get(name, ())}
        keys |= own | dict(zip(others, _numbered(name, len(others), taken=taken), strict=True))
    return [
        Line(keys[place], player, first.players[links[place]] if place in links else None)
        for place, player in enumerate(report.players)
    ]


def runs_on(before: PlayerReport, now: PlayerReport) -> bool:
    """The line of round 2 continues that of round 1: restored once more, and no counter that only grows fell.

    Shots are no such counter: the game takes one back when it hits a corpse.
    """
    return (
        now.rounds == before.rounds + 1
        and all(map(ge, now.counts, before.counts))
        and now.time >= before.time
        and not any(_fell(cells, now.weapons.get(bit, NO_CELLS)) for bit, cells in before.weapons.items())
    )


def _fell(before: Cells, now: Cells) -> bool:
    return (
        now.hits < before.hits
        or now.kills < before.kills
        or now.deaths < before.deaths
        or now.headshots < before.headshots
    )


def _by_key(report: RoundReport) -> dict[str, list[int]]:
    """Identity without its number → the places of its lines, who did more damage first."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, player in enumerate(report.players):
        places[player_key(player)].append(place)
    for same in places.values():
        if len(same) > 1:
            same.sort(key=lambda place: _content(report.players[place]), reverse=True)
    return places


def _content(player: PlayerReport) -> tuple[object, ...]:
    return (player.counts, player.time, player.rounds, player.team, sorted(player.weapons.items()), player.fields,
            player.name, player.guid)  # fmt: skip


def _numbered(name: str, lines: int, *, taken: Collection[str]) -> list[str]:
    """So many keys for lines of one identity; a person has one, however many lines claim it."""
    if is_person(name):
        return [name] * lines
    keys = (name if number == 1 else f"{name} ({number})" for number in count(1))
    return [*islice((key for key in keys if key not in taken), lines)]


def _linked(
    first: RoundReport, before: Sequence[int], report: RoundReport, now: Sequence[int], *, is_alone: bool
) -> dict[int, int]:
    """Place in round 2 → place in round 1, of lines of one identity; a person's line is his, whatever it says."""
    if not before:
        return {}
    if is_alone and len(before) == len(now) == 1:
        return {now[0]: before[0]}
    was, total = [first.players[place] for place in before], [report.players[place] for place in now]
    return {now[to]: before[at] for at, to in assigned(len(was), len(total), _fits(was, total)).items()}


def _without_guid_in_one(
    first: RoundReport,
    report: RoundReport,
    earlier: Mapping[str, Sequence[int]],
    later: Mapping[str, Sequence[int]],
    links: Mapping[int, int],
) -> dict[int, int]:
    """The lines that are in both files under one name, with a GUID in one of them alone, and run on."""
    first_of: dict[int, int] = {}
    used = {*links.values()}
    lost = _by_name(first, (key for key in earlier if key not in later or not is_person(key)), earlier)
    new = _by_name(report, (key for key in later if key not in earlier or not is_person(key)), later)
    for name, places in new.items():
        for with_guid in (True, False):
            now = [p for p in places if p not in links and _has_guid(report.players[p]) is with_guid]
            before = [p for p in lost.get(name, ()) if p not in used and _has_guid(first.players[p]) is not with_guid]
            first_of |= _linked(first, before, report, now, is_alone=False)
    return first_of


def _has_guid(player: PlayerReport) -> bool:
    return is_person(player_key(player))


def _by_name(report: RoundReport, keys: Iterable[str], lines: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """Name without colours → places of those of these people who wear it, who did more damage first."""
    names: dict[str, list[int]] = defaultdict(list)
    for key in keys:
        if not is_bot(key):
            for place in lines[key]:
                names[clean(report.players[place].name)].append(place)
    for same in names.values():
        same.sort(key=lambda place: _content(report.players[place]), reverse=True)
    return names


Fit = Callable[[int, int], tuple[int, int] | None]
"""How well a line goes on from another by their places: (1, whether the side changed); None where it does not."""


def _fits(before: Sequence[PlayerReport], now: Sequence[PlayerReport]) -> Fit:
    @cache
    def fit(at: int, to: int) -> tuple[int, int] | None:
        was, total = before[at], now[to]
        changed = {was.team, total.team} == {AXIS, ALLIES}
        return (1, int(changed)) if runs_on(was, total) else None

    return fit


def assigned(before: int, now: int, fit: Fit) -> dict[int, int]:
    """The lines (`before`, `now`: how many) that belong together: as many as can be, then the best, then the first."""
    if max(before, now) > MOST_NAMESAKES:
        return _one_by_one(before, now, fit)

    @cache
    def best(at: int, free: int) -> tuple[int, int, tuple[int, ...]]:
        if at == before:
            return 0, 0, ()
        lines, changed, choice = best(at + 1, free)
        most = lines, changed, (-now, *choice)
        for to in range(now):
            fits = fit(at, to) if free >> to & 1 else None
            if fits is not None:
                lines, changed, choice = best(at + 1, free & ~(1 << to))
                most = max(most, (lines + fits[0], changed + fits[1], (-to, *choice)))
        return most

    return {at: -to for at, to in enumerate(best(0, (1 << now) - 1)[2]) if -to < now}


def _one_by_one(before: int, now: int, fit: Fit) -> dict[int, int]:
    linked: dict[int, int] = {}
    for at in range(before):
        fitting = [(fits, -to) for to in range(now) if to not in linked.values() and (fits := fit(at, to))]
        if fitting:
            linked[at] = -max(fitting)[1]
    return linked
