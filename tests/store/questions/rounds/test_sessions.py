"""Evenings have names that people can type, and teams that are people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from bot.domain.stats.rounds.sessions import SessionAnswer, SessionMatch
from bot.store.questions.rounds import sessions
from rigs.builders import RoundFile, a_guid, a_player, a_session, an_r1, an_r2, swapped, two_teams
from rigs.world import NIGHT, World, time_of

BERLIN = ZoneInfo("Europe/Berlin")


def a_map(at: str, teams: str = "abc xyz", *, map: str = "supply", won: int = 1) -> list[RoundFile]:
    """A match of one-letter players: the first team attacks first; `won`: 1 or 2, 0 for a draw."""
    attackers, defenders = teams.split()
    lines = [a_player(name, team=2) for name in attackers] + [a_player(name) for name in defenders]
    first = an_r1(map=map, at=at, players=lines, winner=2 if won else 1)
    return [first, an_r2(first, players=swapped(lines), winner=2 if won == 2 else 1)]


async def only(world: World) -> SessionAnswer:
    [start] = await sessions.starts(world.app.db, limit=5)
    return await sessions.session_answer(world.app.db, start, zone=UTC)


async def names(world: World, zone: ZoneInfo | None = None) -> list[str]:
    """Of every session, oldest first."""
    found = await sessions.starts(world.app.db, limit=100)
    return await sessions.labels(world.app.db, reversed(found), zone=zone or UTC)


def letters(guids: Iterable[str]) -> str:
    known = {a_guid(name): name for name in "abcdefgxyzqw"}
    return "".join(sorted(known[guid] for guid in guids))


async def test_further_sessions_of_a_day_are_called_b_and_c(world: World) -> None:
    await world.add(*a_map("2026-03-01-120000"), *a_map("2026-03-01-160000"), *a_map("2026-03-01-200000"))
    await world.add(*a_map("2026-03-02-200000"))
    assert await names(world) == ["2026-03-01", "2026-03-01b", "2026-03-01c", "2026-03-02"]


async def test_an_earlier_session_that_comes_late_takes_the_first_name(world: World) -> None:
    await world.add(*a_map("2026-03-01-200000"))
    [start] = await sessions.starts(world.app.db, limit=1)
    await world.add(*a_map("2026-03-01-120000"))
    assert await sessions.labels(world.app.db, [start], zone=UTC) == ["2026-03-01b"]


async def test_a_session_across_midnight_has_the_date_of_its_start(world: World) -> None:
    await world.add(*a_map("2026-03-01-235000"), *a_map("2026-03-02-003000"), *a_map("2026-03-02-200000"))
    assert await names(world) == ["2026-03-01", "2026-03-02"]
    found = await sessions.session_answer(world.app.db, time_of(a_map("2026-03-01-235000")[0].name), zone=UTC)
    assert (found.name, found.rounds, len(found.matches)) == ("2026-03-01", 4, 2)
    assert found.ended_at == time_of(a_map("2026-03-02-003000")[1].name)


async def test_the_date_is_that_of_the_servers_clock(world: World) -> None:
    await world.add(*a_map("2026-03-01-233000"), *a_map("2026-03-02-120000"))
    assert await names(world, BERLIN) == ["2026-03-02", "2026-03-02b"]


async def test_a_session_in_which_nothing_counts_is_none_and_takes_no_letter(world: World) -> None:
    alone = an_r1(at="2026-03-01-120000", players=[a_player("a", kills=1)])
    await world.add(alone, *a_map("2026-03-01-200000"))
    assert await names(world) == ["2026-03-01"]
    assert await sessions.count(world.app.db) == 1
    assert await sessions.counted_at(world.app.db, time_of(alone.name)) is None
    assert await sessions.around(world.app.db, time_of(alone.name)) == time_of(alone.name)


FIRST, B, C, LAST = (time_of(a_map(f"2026-03-{at}0000")[0].name) for at in ("01-12", "01-16", "01-20", "02-20"))


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("", LAST), ("  ", LAST), ("last", LAST), ("LATEST", LAST), ("last session", LAST), ("session", LAST),
        ("session 2026-03-01", FIRST), ("2026-03-01", FIRST), ("2026-03-01b", B), (" 2026-03-01C ", C),
        ("2026-03-02 · 2 maps · 4 players", LAST), ("-0", LAST), ("-1", C), ("-3", FIRST), ("-4", None),
        ("-9999", None), ("2026-03-01d", None), ("2026-03-01z", None), ("2026-03-03", None), ("2026-02-31", None),
        ("2026-13-45", None), ("9999-12-31", None), ("--1", None), ("1", None), ("supply", None),
        ("%", None), ("'; DROP TABLE rounds", None), ("2026-03-01\x00", None), ("²", None), ("-²", None),
        ("0001-01-01", None),
    ],
)  # fmt: skip
async def test_free_text_means_a_session_or_none(world: World, text: str, start: int | None) -> None:
    for at in ("01-12", "01-16", "01-20", "02-20"):
        await world.add(*a_map(f"2026-03-{at}0000"))
    for zone in (UTC, BERLIN):
        assert await sessions.resolve(world.app.db, text, zone=zone, now=NIGHT) == start


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("today", LAST), ("yesterday", B), ("this week", LAST), ("last week", B), ("this month", LAST),
        ("last month", None), ("march", LAST), ("last march", LAST), ("march 2026", LAST), ("2026-03", LAST),
        ("february", None), ("7d", LAST), ("2 weeks", LAST), ("tonight", LAST), ("on sunday", B), ("this year", LAST),
        ("last year", None),
    ],
)  # fmt: skip
async def test_the_calendar_s_words_mean_the_larger_session_of_a_day_and_the_newest_of_more(
    world: World, text: str, start: int | None
) -> None:
    await world.add(*a_map("2026-03-01-120000"), *a_map("2026-03-01-160000"), *a_map("2026-03-01-164000"))
    await world.add(*a_map("2026-03-02-200000"))
    now = time_of(a_map("2026-03-02-233000")[0].name)
    assert await sessions.resolve(world.app.db, text, zone=UTC, now=now) == start


async def test_an_evening_that_went_on_beyond_midnight_was_played_in_the_month_too(world: World) -> None:
    [first, second] = a_map("2026-02-28-235500")
    await world.add(first, second)
    assert time_of(first.name) < time_of(a_map("2026-03-01-000000")[0].name) <= time_of(second.name)
    db, late, now = world.app.db, time_of(a_map("2026-03-20-210000")[0].name), time_of(second.name) + 60
    assert await sessions.resolve(db, "march", zone=UTC, now=late) == time_of(first.name)
    for text in ("today", "yesterday"):
        assert await sessions.resolve(db, text, zone=UTC, now=now) == time_of(first.name)


async def test_without_any_round_there_is_no_session(world: World) -> None:
    db = world.app.db
    assert await sessions.starts(db, limit=10) == []
    assert await sessions.count(db) == 0
    for text in ("", "last", "-1", "2026-03-01"):
        assert await sessions.resolve(db, text, zone=UTC, now=NIGHT) is None
    assert await sessions.around(db, LAST) is None
    assert await sessions.of_round(db, 1) is None


async def test_the_newest_sessions_come_first_a_page_at_a_time(world: World) -> None:
    for at in ("01-12", "01-16", "01-20", "02-20"):
        await world.add(*a_map(f"2026-03-{at}0000"))
    db = world.app.db
    assert await sessions.starts(db, limit=10) == [LAST, C, B, FIRST]
    assert await sessions.starts(db, limit=2, skip=1) == [C, B]
    assert await sessions.starts(db, limit=2, before=C) == [B, FIRST]
    assert await sessions.starts(db, limit=2, skip=4) == []
    assert await sessions.count(db) == 4


async def test_a_session_is_found_from_any_of_its_rounds_also_after_it_has_grown(world: World) -> None:
    late = a_map("2026-03-01-210000")
    await world.add(*late)
    await world.add(*(early := a_map("2026-03-01-201500", map="radar")))
    rows = await world.rows("SELECT id, ended_at FROM rounds")
    assert len(rows) == 4
    for row in rows:
        assert await sessions.around(world.app.db, row["ended_at"]) == time_of(early[0].name)
        assert await sessions.of_round(world.app.db, row["id"]) == time_of(early[0].name)


async def test_dpm_of_a_match_is_the_sum_of_both_rounds_over_the_time_of_both(world: World) -> None:
    first = an_r1(players=[a_player("a", minutes=10, damage_given=1000), a_player("x", team=2, minutes=10)])
    alone = [a_player("a", team=2, minutes=5, damage_given=2000), a_player("x", minutes=5, damage_given=150)]
    await world.add(first, an_r2(first, players=alone))
    found = await sessions.dpm_by_match(world.app.db, time_of(first.name))
    [match] = await world.rows("SELECT id FROM rounds WHERE number = 1")
    assert found == {(match["id"], a_guid("a")): 200.0, (match["id"], a_guid("x")): 10.0}


async def test_dpm_of_who_never_played_a_second_is_unknown(world: World) -> None:
    only_seen = a_player("q", team=2, minutes=0.0, alive=0.0)
    await world.add(first := an_r1(players=[a_player("a"), a_player("x", team=2), only_seen]))
    found = await sessions.dpm_by_match(world.app.db, time_of(first.name))
    assert {guid for (_, guid), value in found.items() if value is None} == {a_guid("q")}


async def the_match(world: World, *files: RoundFile) -> SessionMatch:
    await world.add(*files)
    [match] = (await only(world)).matches
    return match


async def test_line_ups_hold_who_joined_late_and_who_left(world: World) -> None:
    first = an_r1(players=[*(a_player(n, team=2) for n in "abc"), *(a_player(n) for n in "xyz")])
    late = [*(a_player(n) for n in "abd"), *(a_player(n, team=2) for n in "xyz")]
    match = await the_match(world, first, an_r2(first, players=late))
    assert (letters(match.attackers), letters(match.defenders)) == ("abcd", "xyz")


async def test_who_changes_teams_in_between_stands_where_he_was_last(world: World) -> None:
    first = an_r1(players=[*(a_player(n, team=2) for n in "abc"), *(a_player(n) for n in "xyz")])
    mixed = [*(a_player(n) for n in "abz"), *(a_player(n, team=2) for n in "xyc")]
    match = await the_match(world, first, an_r2(first, players=mixed))
    assert (letters(match.attackers), letters(match.defenders)) == ("abz", "cxy")


async def test_who_watches_is_in_no_line_up_and_who_goes_to_watch_stays_in_his(world: World) -> None:
    watcher = a_player("w", team=3)
    first = an_r1(players=[*(a_player(n, team=2) for n in "abc"), *(a_player(n) for n in "xyz"), watcher])
    alone = [*(a_player(n) for n in "ab"), *(a_player(n, team=2) for n in "xyz")]
    match = await the_match(
        world, first, an_r2(first, players=[*alone, a_player("c", team=3, minutes=0, alive=0, weapons={})])
    )
    assert (letters(match.attackers), letters(match.defenders)) == ("abc", "xyz")


async def test_the_games_own_bots_are_in_no_line_up(world: World) -> None:
    bots = [a_player("[BOT]one", guid="OMNIBOT0"), a_player("[BOT]two", guid="OMNIBOT0", team=2)]
    match = await the_match(world, an_r1(players=[*two_teams(2), *bots]))
    assert set(match.attackers) == {a_guid("allies0"), a_guid("allies1")}
    assert set(match.defenders) == {a_guid("axis0"), a_guid("axis1")}


async def test_where_the_allies_defend_the_axis_attacks_first(world: World) -> None:
    first = an_r1(
        map="etl_ice", defender=2, players=[*(a_player(n) for n in "abc"), *(a_player(n, team=2) for n in "xyz")]
    )
    match = await the_match(world, first, an_r2(first))
    assert (letters(match.attackers), letters(match.defenders)) == ("abc", "xyz")
    assert match.played.won == 2


async def test_a_match_without_its_round_2_is_told_without_a_result_and_an_orphan_is_not_told(world: World) -> None:
    orphan = a_map("2026-03-01-203000", map="radar")[1]
    lone = a_map("2026-03-01-210000")[0]
    await world.add(orphan, lone)
    found = await only(world)
    assert (found.rounds, [match.map for match in found.matches]) == (1, ["supply"])
    assert found.matches[0].result is None
    assert (found.pairs[0].wins, found.pairs[0].draws) == ((0, 0), 0)


async def test_teams_keep_their_score_when_a_substitute_plays_and_sides_change(world: World) -> None:
    await world.add(
        *a_map("2026-03-01-200000", "abc xyz", won=1, map="one"),
        *a_map("2026-03-01-203000", "xyq abc", won=1, map="two"),  # q for z
        *a_map("2026-03-01-210000", "abd xyz", won=2, map="three"),  # d for c
        *a_map("2026-03-01-213000", "xyz abc", won=2, map="four"),
        *a_map("2026-03-01-220000", "xyz abc", won=0, map="five"),
    )
    [pair] = (await only(world)).pairs
    assert (letters(pair.teams[0]), letters(pair.teams[1])) == ("abcd", "qxyz")
    assert (pair.wins, pair.draws) == ((2, 2), 1)
    assert pair.points(2) == (5, 5)
    assert [placed.first for placed in pair.matches] == [0, 1, 0, 1, 1]


async def test_teams_that_are_mixed_anew_have_a_score_of_their_own(world: World) -> None:
    await world.add(
        *a_map("2026-03-01-200000", "abcd wxyz", won=1), *a_map("2026-03-01-203000", "abwx cdyz", won=2, map="radar")
    )
    first, second = (await only(world)).pairs
    assert (letters(first.teams[0]), letters(first.teams[1]), first.wins) == ("abcd", "wxyz", (1, 0))
    assert (letters(second.teams[0]), letters(second.teams[1]), second.wins) == ("abwx", "cdyz", (0, 1))


async def test_everybody_who_played_has_his_newest_name(world: World) -> None:
    first = an_r1(players=[a_player("old", guid="A0000001"), a_player("x", team=2)])
    again = an_r1(
        map="radar", at="2026-03-01-213000", players=[a_player("new", guid="A0000001"), a_player("x", team=2)]
    )
    await world.add(again, first)
    assert (await only(world)).names == {"A0000001": "new", a_guid("x"): "x"}


async def test_matches_stand_in_the_order_of_their_ends_whatever_came_first(world: World) -> None:
    files = a_session(5, seed=3)
    for file in reversed(files):
        await world.add(file)
    found = await only(world)
    assert len(found.matches) == 5
    assert found.rounds == 10
    assert [match.ended_at for match in found.matches] == [time_of(file.name) for file in files[1::2]]
