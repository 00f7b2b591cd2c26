"""Evenings that never were: matches of one-letter players, and any evening at all."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from bot.domain.game.matches import Half
from bot.domain.stats.answers import Figures
from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.people.awards import AWARDS, Award, Awards, Nemesis, PairAward
from bot.domain.stats.rounds.sessions import SessionAnswer, SessionMatch, SessionTable
from bot.domain.stats.teams import LineUp, Member, team_pairs
from bot.present.words.rounds.sessions import METRICS
from tests.present.strategies import INSTANT, MAPS, NAMES
from tests.present.words.people.test_boards import VALUE, a_coverage, coverages

START = 1_772_406_000
FINISHED, BEATEN = Half(1, 2, 720, 462), Half(1, 2, 462, 384)
HELD, NOT_BEATEN = Half(1, 1, 720, 720), Half(1, 1, 462, 462)
ANY_HALF = (None, FINISHED, BEATEN, HELD, NOT_BEATEN, Half(0, 3, 0, None))


def line_up(players: Iterable[str], **kills: int) -> LineUp:
    """Everybody wears his identity in capitals as his name, and has one kill unless told otherwise."""
    return {player: Member(player.upper(), kills.get(player, 1)) for player in players}


def a_match(
    number: int, teams: str = "ab xy", *, first: Half | None = FINISHED, second: Half | None = NOT_BEATEN, **kills: int
) -> SessionMatch:
    """A match of one-letter players: the first team attacks first, and wins unless told otherwise."""
    attackers, defenders = (line_up(team, **kills) for team in teams.split())
    ended_at = START + 1200 * number
    return SessionMatch(
        id=2 * number - 1,
        file=f"{number}",
        map=f"map_{number}",
        ended_at=ended_at,
        first=first,
        second=second,
        attackers=attackers,
        defenders=defenders,
    )


def some_figures(**values: float | None) -> Figures:
    """Figures of a player over two rounds; what is not named is 1."""
    found = {metric.name: values.get(metric.name, 1.0) for metric in METRICS}
    return Figures(rounds=2, values=found, known=dict.fromkeys(found, 2), amounts={})


def a_table(*matches: SessionMatch) -> SessionTable:
    """An evening of these matches; everybody's name is his letter, in capitals."""
    everybody = sorted({player for match in matches for player in match.attackers.keys() | match.defenders.keys()})
    session = SessionAnswer(
        start=START,
        name="2026-03-01",
        zone="UTC",
        ended_at=matches[-1].ended_at if matches else START,
        rounds=2 * len(matches),
        matches=matches,
        pairs=tuple(team_pairs(match.played for match in matches)),
        names={player: player.upper() for player in everybody},
    )
    figures = {player: some_figures() for player in everybody}
    return SessionTable(session=session, figures=figures, coverage=a_coverage())


def no_awards() -> Awards:
    return Awards(awards=(), names={}, coverage=a_coverage(), pairs=())


def the_mvp(*winners: str, second: float | None = 180.0) -> Awards:
    award = Award(AWARDS[0], BY_NAME["dpm"], winners, 213.4, second)
    return Awards(awards=(award,), names={one: one.upper() for one in winners}, coverage=a_coverage(), pairs=())


GUIDS = tuple(f"{place:08X}" for place in range(64))
AMOUNTS = (None, 0.0, -9.0, 1.0, 213.456, 10.0**6, 10.0**12)


@st.composite
def session_tables(draw: st.DrawFn) -> SessionTable:
    """Any evening: up to 64 people with any names, mixed anew as often as they like; who stands where is a seed's."""
    dice = random.Random(draw(st.integers(0, 1 << 32)))
    people = GUIDS[: draw(st.integers(0, len(GUIDS)))]
    names, maps = draw(st.lists(NAMES, min_size=1, max_size=3)), draw(st.lists(MAPS | NAMES, min_size=1, max_size=2))
    found = tuple(
        a_mixed_match(place, people, dice, map=maps[place % len(maps)], names=names)
        for place in range(draw(st.integers(0, 30)))
    )
    session = SessionAnswer(
        start=draw(INSTANT),
        name="2026-03-01b",
        zone="CET",
        ended_at=draw(INSTANT),
        rounds=2 * len(found),
        matches=found,
        pairs=tuple(team_pairs(match.played for match in found)),
        names={guid: names[place % len(names)] for place, guid in enumerate(people)},
    )
    figures = {guid: some_figures(**{m.name: dice.choice(AMOUNTS) for m in METRICS}) for guid in people}
    return SessionTable(session=session, figures=figures, coverage=draw(coverages))


def a_mixed_match(
    place: int, people: Sequence[str], dice: random.Random, *, map: str, names: Sequence[str] = ()
) -> SessionMatch:
    sides = {guid: dice.randrange(3) for guid in people}
    return SessionMatch(
        id=2 * place + 1,
        file=f"{place}",
        map=map,
        ended_at=START + place,
        first=dice.choice(ANY_HALF),
        second=dice.choice(ANY_HALF),
        attackers=line_up(guid for guid, side in sides.items() if side == 1),
        defenders=line_up(guid for guid, side in sides.items() if side == 2),
    )


@st.composite
def awards_of(draw: st.DrawFn) -> Awards:
    """Any awards, each shared by three."""
    names = dict(zip(GUIDS[:4], draw(st.lists(NAMES, min_size=4, max_size=4)), strict=True))
    made = tuple(
        Award(kind, BY_NAME[kind.metric], GUIDS[:3], draw(VALUE), draw(st.none() | VALUE))
        for kind in AWARDS[: draw(st.integers(0, len(AWARDS)))]
    )
    pairs = tuple(
        PairAward(title, "most matches", ((GUIDS[0], GUIDS[1]), (GUIDS[2], GUIDS[3])), 3, 4, title == "Upper hand")
        for title in ("Dream team", "Upper hand")
    )
    rivals = draw(st.none() | st.just(Nemesis(((GUIDS[0], GUIDS[1], 9), (GUIDS[2], GUIDS[3], 0)), 23, 6)))
    return Awards(awards=made, names=names, coverage=a_coverage(), pairs=pairs, nemesis=rivals)
