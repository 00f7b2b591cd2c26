"""An evening as cards: teams that are people, a score that follows them, and everything within Discord's limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answers import Figures
from bot.domain.awards import AWARDS, Award, Awards, PairAward
from bot.domain.evenings import SessionAnswer, SessionMatch, SessionTable
from bot.domain.matches import Half
from bot.domain.metrics import BY_NAME
from bot.domain.teams import rivals
from bot.present.card import Card
from bot.present.coverage import covered
from bot.present.evenings import map_lines, result_text, score_text, team_lines, team_names
from bot.present.sessions import (
    METRICS,
    VIEWS,
    awards_view,
    figures_card,
    maps_card,
    overview_card,
    session_menu,
    sessions_card,
    text_card,
)
from bot.present.text import MINE, UNKNOWN
from tests.present.checks import check, prose, tables
from tests.present.discord_markup import live
from tests.present.strategies import INSTANT, MAPS, NAMES, halves
from tests.present.test_boards import VALUE, a_coverage, coverages

START = 1_772_406_000
FINISHED, BEATEN = Half(1, 2, 720, 462), Half(1, 2, 462, 384)
HELD, NOT_BEATEN = Half(1, 1, 720, 720), Half(1, 1, 462, 462)
OWN = ("**Session ", "**", "-# ", "`#", "<t:")
TABLES = tuple(name for name, view in VIEWS.items() if view.columns)


def a_match(
    number: int, teams: str = "ab xy", *, first: Half | None = FINISHED, second: Half | None = NOT_BEATEN
) -> SessionMatch:
    """A match of one-letter players: the first team attacks first, and wins unless told otherwise."""
    attackers, defenders = map(frozenset, teams.split())
    ended_at = START + 1200 * number
    return SessionMatch(
        id=2 * number - 1,
        map=f"map_{number}",
        ended_at=ended_at,
        first=first,
        second=second,
        attackers=attackers,
        defenders=defenders,
    )


def some_figures(rounds: int = 2, **values: float | None) -> Figures:
    """Figures of a player; what is not named is 1."""
    found = {metric.name: values.get(metric.name, 1.0) for metric in METRICS}
    return Figures(rounds=rounds, values=found, known=dict.fromkeys(found, rounds))


def a_table(*matches: SessionMatch, **kills: int) -> SessionTable:
    """An evening of these matches; everybody's name is his letter, in capitals."""
    everybody = sorted({player for match in matches for player in match.attackers | match.defenders})
    session = SessionAnswer(
        start=START,
        name="2026-03-01",
        ended_at=matches[-1].ended_at if matches else START,
        rounds=2 * len(matches),
        matches=matches,
        rivals=tuple(rivals(match.played for match in matches)),
        names={player: player.upper() for player in everybody},
    )
    figures = {player: some_figures(kills=kills.get(player, 1)) for player in everybody}
    return SessionTable(session=session, figures=figures, coverage=a_coverage())


def no_awards() -> Awards:
    return Awards(awards=(), names={}, coverage=a_coverage(), pairs=())


def the_mvp(*winners: str, second: float | None = 180.0) -> Awards:
    award = Award(AWARDS[0], BY_NAME["dpm"], winners, 213.4, second)
    return Awards(awards=(award,), names={one: one.upper() for one in winners}, coverage=a_coverage(), pairs=())


GUIDS = tuple(f"{place:08X}" for place in range(64))
VALUES = st.fixed_dictionaries({metric.name: st.none() | VALUE for metric in METRICS})


@st.composite
def session_tables(draw: st.DrawFn) -> SessionTable:
    """Any evening: up to 64 people with any names, mixed anew as often as they like."""
    people = GUIDS[: draw(st.integers(0, len(GUIDS)))]
    sides = st.lists(st.integers(0, 2), min_size=len(people), max_size=len(people))
    matches = tuple(
        SessionMatch(
            id=2 * place + 1,
            map=draw(st.one_of(MAPS, NAMES)),
            ended_at=START + place,
            first=draw(st.none() | halves),
            second=draw(st.none() | halves),
            attackers=frozenset(guid for guid, one in zip(people, side, strict=True) if one == 1),
            defenders=frozenset(guid for guid, one in zip(people, side, strict=True) if one == 2),
        )
        for place, side in enumerate(draw(st.lists(sides, max_size=24)))
    )
    shared = draw(st.lists(NAMES, min_size=1, max_size=8))
    values = draw(st.lists(VALUES, min_size=1, max_size=4))
    session = SessionAnswer(
        start=draw(INSTANT),
        name="2026-03-01b",
        ended_at=draw(INSTANT),
        rounds=2 * len(matches),
        matches=matches,
        rivals=tuple(rivals(match.played for match in matches)),
        names={guid: shared[place % len(shared)] for place, guid in enumerate(people)},
    )
    figures = {
        guid: Figures(rounds=2, values=values[place % len(values)], known=dict.fromkeys(values[0], 2))
        for place, guid in enumerate(people)
    }
    return SessionTable(session=session, figures=figures, coverage=draw(coverages))


@st.composite
def awards_of(draw: st.DrawFn) -> Awards:
    """Any awards, each shared by three."""
    names = dict(zip(GUIDS[:4], draw(st.lists(NAMES, min_size=4, max_size=4)), strict=True))
    made = tuple(
        Award(kind, BY_NAME[kind.metric], GUIDS[:3], draw(VALUE), draw(st.none() | VALUE))
        for kind in AWARDS[: draw(st.integers(0, len(AWARDS)))]
    )
    pairs = tuple(
        PairAward(title, "most matches", ((GUIDS[0], GUIDS[1]), (GUIDS[2], GUIDS[3])), 3, 4, title == "Nemesis")
        for title in ("Dream team", "Nemesis")
    )
    return Awards(awards=made, names=names, coverage=a_coverage(), pairs=pairs)


def whole(card: Card, table: SessionTable) -> None:
    """Within the limits, nothing alive in it, and the last line says what it rests on."""
    check(card)
    assert card.lines[-1] == covered(table.coverage)
    for line in prose(card):
        assert not {found for found in live(line) if not _is_ours(found)}, line


def _is_ours(found: str) -> bool:
    return found in ("*", "`", "<", ">", "-# ") or found.startswith("<t:")


@given(session_tables(), awards_of(), st.sampled_from([None, *GUIDS[:3]]), st.sampled_from([1, 2]))
def test_every_view_of_any_evening_is_whole(table: SessionTable, awards: Awards, me: str | None, points: int) -> None:
    whole(overview_card(table, awards, win_points=points, me=me), table)
    whole(maps_card(table), table)
    whole(awards_view(table, awards, me=me), table)
    for view in TABLES:
        whole(figures_card(table, view, me=me), table)


@given(st.lists(session_tables(), max_size=8))
def test_a_page_of_any_evenings_keeps_the_limits(tables_: list[SessionTable]) -> None:
    buttons = (("Newer", "sessions:1:0"), ("Older", "sessions:1:2"))
    card = sessions_card([table.session for table in tables_], page=1, pages=3, buttons=buttons)
    check(card)
    for line in prose(card):
        assert not {found for found in live(line) if not _is_ours(found)}, line
