from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.posts import PostKind
from bot.domain.stats.people.records import FEATS, Level, Post, Record
from bot.domain.stats.scope import Scope
from bot.store import outbox
from bot.store.file.database import reading
from bot.store.file.migrate import migrate
from bot.store.questions import scopes
from bot.store.questions.people import baselines, records
from bot.store.questions.people.records import RecordBook, best, broken
from bot.store.questions.scopes import ChosenRounds, choose
from rigs.builders import RoundFile, a_guid, a_player, a_session, an_archive, an_r1, an_r2
from rigs.world import NIGHT, World, a_rules


async def chosen(world: World, scope: Scope | None = None) -> ChosenRounds:
    return await choose(world.app.db, scope or Scope(), now=NIGHT, rules=a_rules())


async def held(world: World, level: Level, scope: Scope | None = None) -> dict[str, Record]:
    found = await best(world.app.db, await chosen(world, scope), level)
    return {one.metric.name: one for one in found.records}


async def reckoned(world: World, level: Level, where: str = "1") -> dict[str, tuple[float, int, str]]:
    """Figure → value, when its last round ended, and who; from every line, one by one."""
    rows = await world.rows(
        f"SELECT p.*, r.number FROM player_rounds AS p JOIN rounds AS r ON r.id = p.round_id WHERE counted AND {where}"
    )
    return by_plain_sums([dict(row) for row in rows], level)


def by_plain_sums(rows: Iterable[Mapping[str, Any]], level: Level) -> dict[str, tuple[float, int, str]]:
    """The same of these lines."""
    keys = {Level.ROUND: ("guid", "round_id"), Level.MATCH: ("guid", "match_id"), Level.SESSION: ("guid", "session")}
    groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[key] for key in keys[level])].append(row)
    minimum = {Level.ROUND: (300, 100), Level.MATCH: (600, 200), Level.SESSION: (1800, 500)}[level]
    found: dict[str, tuple[float, int, str]] = {}
    for lines in groups.values():
        total = {
            key: sum(line[key] or 0 for line in lines)
            for key in (
                "kills", "damage_given", "time_seconds", "light_hits", "light_shots", "headshot_kills",
                "useful_kills", "gibs", "revives_given", "kill_assists",
            )
        }  # fmt: skip
        sums: dict[str, float | None] = {
            "kills": total["kills"],
            "damage": total["damage_given"],
            "dpm": 60 * total["damage_given"] / total["time_seconds"] if total["time_seconds"] >= minimum[0] else None,
            "accuracy": 100 * total["light_hits"] / total["light_shots"]
            if total["light_shots"] >= minimum[1]
            else None,
            "headshot_kills": total["headshot_kills"],
            "spree": max(line["killing_spree"] or 0 for line in lines),
            "useful": total["useful_kills"],
            "gibs": total["gibs"],
            "revives": total["revives_given"],
            "assists": total["kill_assists"],
        }
        at, guid = max(line["ended_at"] for line in lines), lines[0]["guid"]
        for name, value in sums.items():
            if value is not None and value > 0:
                before = found.get(name, (0, 0, ""))
                found[name] = min(before, (value, at, guid), key=lambda one: (-one[0], one[1], one[2]))
    return found


SCOPES = [(Scope(), "1"), (Scope(number=2), "r.number = 2"), (Scope(maps=("supply",)), "r.map = 'supply'"),
          (Scope(role="attack"), "p.attack = 1")]  # fmt: skip


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("wide", [False, True])
async def test_records_are_those_of_a_reckoning_line_by_line(
    world: World, level: Level, wide: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.add(*an_archive(90))
    await world.add(an_r1(at="2025-06-01-210000", tab_fields=33), an_r1(at="2025-06-03-210000", tab_fields=36))
    if wide:  # as if this were very much
        monkeypatch.setattr(scopes, "WIDE", 0)
        monkeypatch.setattr(records, "_MANY", 0)
    for scope, where in SCOPES:
        found = await held(world, level, scope)
        told = {name: (one.value, one.ended_at, one.guid) for name, one in found.items()}
        assert told == await reckoned(world, level, where), scope
        assert [*found] == [feat.name for feat in FEATS if feat.name in found]


async def test_of_equal_records_the_earliest_stands(world: World) -> None:
    one = [a_player("anna", kills=9), a_player("ben", team=2)]
    two = [a_player("anna"), a_player("ben", team=2, kills=9)]
    await world.add(an_r1(at="2026-03-02-210000", players=two), an_r1(at="2026-03-01-210000", players=one))
    assert (await held(world, Level.ROUND))["kills"].name == "anna"
    assert (await held(world, Level.MATCH))["kills"].name == "anna"
    assert (await held(world, Level.SESSION))["kills"].name == "anna"


async def test_a_ratio_of_next_to_nothing_is_no_record(world: World) -> None:
    weapons = {4: (9, 10, 1, 0, 0)}
    short = [a_player("anna", minutes=1, damage_given=2000, weapons=weapons), a_player("ben", team=2, minutes=1)]
    await world.add(an_r1(players=short))
    found = await held(world, Level.ROUND)
    assert "dpm" not in found
    assert "accuracy" not in found
    assert found["damage"].value == 2000


async def test_nothing_is_no_record(world: World) -> None:
    assert await held(world, Level.ROUND) == {}
    await world.add(an_r1(players=[a_player("anna"), a_player("ben", team=2)]))
    for level in Level:
        assert await held(world, level) == {}


async def test_a_record_knows_its_map_its_session_and_its_post(world: World) -> None:
    first = an_r1(players=[a_player("anna", kills=9), a_player("ben", team=2)])
    await world.add(first, an_r2(first, players=[a_player("anna", team=2, kills=5), a_player("ben")]))
    second = int(await world.app.db.value("SELECT id FROM rounds WHERE number = 2"))
    await post(world, second, message=77)
    assert (await held(world, Level.ROUND))["kills"].post is None
    match = (await held(world, Level.MATCH))["kills"]
    assert (match.value, match.map, match.round_id, match.post) == (14, "supply", second, Post(5, 77))
    session = (await held(world, Level.SESSION))["kills"]
    assert (session.map, session.post) == (None, None)
    await world.app.db.write(lambda tx: outbox.recap(tx, session.session, now=0))
    sql = "UPDATE outbox SET state = 'sent', channel_id = 6, message_id = 78 WHERE kind = 'recap'"
    await world.app.db.write(lambda tx: tx.execute(sql))
    assert (await held(world, Level.SESSION))["kills"].post == Post(6, 78)


async def post(world: World, round_id: int, *, message: int) -> None:
    db = world.app.db
    await db.write(lambda tx: outbox.enqueue(tx, PostKind.ROUND, round_id, not_before=0, now=0))
    item = await outbox.of_round(db, round_id)
    assert item is not None
    await db.write(lambda tx: outbox.claim(tx, item, channel=5, nonce=f"n{round_id}", now=0))
    await db.write(lambda tx: outbox.sent(tx, item, message=message, revision=1, now=0))


@pytest.mark.parametrize("many", [0, 2000])
async def test_a_book_remembers_until_something_is_written(
    world: World, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_MANY", many)
    await world.add(an_r1(players=[a_player("anna", kills=9), a_player("ben", team=2)]))
    book = RecordBook(world.app.db)
    before = await book.best(await chosen(world), Level.ROUND)
    assert (await book.best(await chosen(world), Level.ROUND)).records is before.records
    assert (await book.best(await chosen(world, Scope(number=1)), Level.ROUND)).coverage.label == "all time, round 1"
    await world.add(an_r1(at="2026-03-02-210000", players=[a_player("anna"), a_player("ben", team=2, kills=10)]))
    after = await book.best(await chosen(world), Level.ROUND)
    assert after.records[0].name == "ben"
    assert after.coverage.rounds == 2


def many(*, kills: int = 5, days: int = 50) -> list[RoundFile]:
    """So many rounds of anna and ben, one a day, from January on."""
    players = [a_player("anna", kills=kills, minutes=8), a_player("ben", team=2, minutes=8)]
    return [an_r1(at=f"2026-0{1 + day // 28}-{1 + day % 28:02}-210000", players=players) for day in range(days)]


async def new_records(world: World, name: str) -> dict[tuple[str, str], tuple[float, float]]:
    number = await world.app.db.value("SELECT id FROM rounds WHERE filename = :name", name=name)
    return {
        (one.record.level, one.record.metric.name): (one.record.value, one.before.value)
        for one in await broken(world.app.db, number)
    }


async def test_a_record_is_broken_by_a_round_and_by_its_match(world: World) -> None:
    first = an_r1(at="2026-03-01-210000", players=[a_player("anna", kills=6), a_player("ben", team=2, gibs=1)])
    second = an_r2(first, players=[a_player("anna", team=2, kills=4), a_player("ben")])
    await world.add(*many(), first, second)
    assert await new_records(world, first.name) == {("round", "kills"): (6, 5)}
    assert await new_records(world, second.name) == {("match", "kills"): (10, 5)}


async def test_what_equals_a_record_breaks_none_and_later_rounds_say_nothing(world: World) -> None:
    again = an_r1(at="2026-03-01-210000", players=[a_player("anna", kills=5), a_player("ben", team=2)])
    later = an_r1(at="2026-03-02-210000", players=[a_player("anna", kills=50), a_player("ben", team=2)])
    await world.add(*many(), again, later)
    assert await new_records(world, again.name) == {}
    assert await new_records(world, later.name) == {("round", "kills"): (50, 5)}


async def test_a_young_archive_has_no_news_and_neither_has_what_does_not_count(world: World) -> None:
    better = an_r1(at="2026-03-01-210000", players=[a_player("anna", kills=9), a_player("ben", team=2)])
    alone = an_r1(at="2026-03-02-210000", players=[a_player("anna", kills=99)])
    await world.add(*many(days=49), better, alone)
    assert await new_records(world, better.name) == {}
    assert await new_records(world, alone.name) == {}
    assert await broken(world.app.db, 99999) == []


async def test_records_broken_over_an_archive_are_those_that_stood_in_the_end(world: World) -> None:
    await world.add(*an_archive(80))
    found: dict[tuple[str, str], float] = {}
    for row in await world.rows("SELECT id FROM rounds ORDER BY ended_at"):
        for one in await broken(world.app.db, row["id"]):
            key = (str(one.record.level), one.record.metric.name)
            assert one.record.value > one.before.value >= found.get(key, 0)
            found[key] = one.record.value
    for level in (Level.ROUND, Level.MATCH):
        stands = {name: one.value for name, one in (await held(world, level)).items()}
        told = {name: value for (where, name), value in found.items() if where == level}
        assert told.items() <= stands.items()


async def test_a_round_stands_beside_the_player_s_other_rounds_on_its_map(world: World) -> None:
    players = [a_player("anna", kills=11), a_player("ben", team=2)]
    await world.add(*many(kills=5, days=12), an_r1(at="2026-03-01-210000", players=players))
    number = await world.app.db.value("SELECT max(id) FROM rounds")
    found = {one.metric.name: one for one in await baselines.of_round(world.app.db, number, a_guid("anna"))}
    kills = found["kills"]
    assert (kills.value, kills.usual, kills.rounds, kills.map) == (11, 5, 12, "supply")
    assert "headshots" in found  # hits are known; share is 0 of some
    start = await world.app.db.value("SELECT session FROM rounds WHERE id = :id", id=number)
    session = {one.metric.name: one for one in await baselines.of_session(world.app.db, start, a_guid("anna"))}
    assert (session["kills"].value, session["kills"].usual, session["kills"].map) == (11, 5, None)


async def test_another_map_gives_way_to_all_rounds_and_few_rounds_to_nothing(world: World) -> None:
    players = [a_player("anna", kills=11), a_player("ben", team=2)]
    elsewhere = an_r1(at="2026-03-01-210000", map="braundorf", players=players)
    await world.add(*many(days=10), elsewhere)
    number = await world.app.db.value("SELECT id FROM rounds WHERE map = 'braundorf'")
    found = {one.metric.name: one for one in await baselines.of_round(world.app.db, number, a_guid("anna"))}
    assert (found["kills"].usual, found["kills"].map) == (5, None)
    await world.app.db.write(lambda tx: tx.execute("UPDATE player_rounds SET counted = 0 WHERE round_id = 1"))
    assert await baselines.of_round(world.app.db, number, a_guid("anna")) == []
    assert await baselines.of_round(world.app.db, number, "nobody") == []
    assert await baselines.of_round(world.app.db, 9999, a_guid("anna")) == []


async def test_old_writers_rounds_have_no_baseline_of_what_they_did_not_know(world: World) -> None:
    old = [an_r1(at=f"2025-01-{day:02}-210000", tab_fields=36) for day in range(1, 13)]
    await world.add(*old, an_r1(at="2026-03-01-210000"))
    number = await world.app.db.value("SELECT max(id) FROM rounds")
    names = {one.metric.name for one in await baselines.of_round(world.app.db, number, a_guid("axis0"))}
    assert "kills" in names
    assert "objectives" not in names


async def test_a_session_has_records_of_every_kind(world: World) -> None:
    await world.add(*a_session(8))
    for level in Level:
        assert len(await held(world, level)) >= 8


@pytest.mark.parametrize("level", [Level.MATCH, Level.SESSION])
async def test_all_lines_are_grouped_in_the_order_of_the_index(world: World, level: Level) -> None:
    await world.add(*a_session(2))
    every = await chosen(world)
    plan = await world.app.db.all(f"EXPLAIN QUERY PLAN {records._groups(level, FEATS, every.lines)}")
    steps = [row["detail"] for row in plan]
    assert any("COVERING INDEX player_figures" in step for step in steps)
    assert not any("TEMP B-TREE" in step for step in steps), steps


GUIDS = ("0000AAAA", "0000BBBB", "0000CCCC", "OMNIBOT:1")
SMALL = st.integers(0, 2)
LINE = st.fixed_dictionaries(
    dict.fromkeys(("kills", "gibs"), SMALL)
    | dict.fromkeys(
        ("headshot_kills", "killing_spree", "useful_kills", "revives_given", "kill_assists"), st.none() | SMALL
    )
    | {
        "damage_given": st.integers(0, 3).map(lambda hundreds: 100 * hundreds),
        "time_seconds": st.sampled_from([0, 150, 300, 900]),
        "light_hits": st.sampled_from([0, 1, 30, 50]),
        "light_shots": st.sampled_from([50, 100, 250]),
        "attack": st.none() | st.integers(0, 1),
        "guid": st.sampled_from(GUIDS),
    }
)  # fmt: skip
"""A player's line of few different figures, so that many records are equal."""
HALF = st.lists(LINE, min_size=1, max_size=3, unique_by=lambda line: line["guid"])
Match = tuple[bool, bool, int, list[list[dict[str, Any]]]]
MATCH = st.tuples(st.integers(0, 5).map(bool), st.booleans(), st.integers(0, 1), st.lists(HALF, min_size=1, max_size=2))
"""Whether it counts, whether another session begins, on which of two servers, and one round or both."""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A database without a round."""
    path = tmp_path_factory.mktemp("law") / "stats.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        con.execute("PRAGMA journal_mode = WAL")
        con.row_factory = sqlite3.Row
        migrate(con, path)
        con.execute("INSERT INTO servers VALUES (1, 'main', 'UTC')")
        yield path


def stored(path: Path, matches: Iterable[Match]) -> None:
    """These matches instead of all others."""
    with closing(sqlite3.connect(path)) as con, con:
        con.execute("DELETE FROM player_rounds")
        con.execute("DELETE FROM rounds")
        session = {0: 0, 1: 0}
        at = 1000
        for counts, is_new, server, halves in matches:
            first = None
            for half, lines in enumerate(halves):
                at += 10
                if half == 0 and (is_new or not session[server]):
                    session[server] = at
                row = {
                    "id": at, "server_id": 1, "filename": f"{at}", "sha256": "", "map": "supply", "number": 1 + half,
                    "ended_at": at, "host": f"{server}", "config": "", "defender": 1, "winner": 1, "time_limit": 0,
                    "next_limit": 0, "tab_fields": 38, "state": "counted" if counts else "set_aside",
                    "reason": None if counts else "aborted", "first_round_id": first, "digest": "", "imported_at": 0,
                    "session": session[server],
                }  # fmt: skip
                insert(con, "rounds", row)
                first = first or at
                for place, line in enumerate(lines):
                    marks = {
                        "round_id": at, "line": place, "counted": int(counts), "ended_at": at, "match_id": first,
                        "session": session[server], "name": line["guid"], "raw_name": "", "team": 1,
                    }  # fmt: skip
                    insert(con, "player_rounds", dict.fromkeys(REST, 0) | line | marks)


REST = (
    "deaths", "hits", "shots", "headshots", "alive_seconds", "damage_received", "team_damage_given",
    "team_damage_received", "selfkills", "teamkills", "teamgibs",
)  # fmt: skip
"""Columns that no record is about."""


def insert(con: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> None:
    con.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", [*row.values()])


@settings(max_examples=30, deadline=None)
@given(matches=st.lists(MATCH, min_size=8, max_size=14), share=st.sampled_from([3, 6]))
def test_records_are_those_of_plain_sums(empty: Path, matches: list[Match], share: int) -> None:
    stored(empty, matches)

    async def ask() -> None:
        async with reading(empty) as db:
            for scope, where in SCOPES:
                every = await choose(db, scope, now=NIGHT, rules=a_rules())
                rows = await db.all(
                    "SELECT p.*, r.number FROM player_rounds AS p JOIN rounds AS r ON r.id = p.round_id"
                    f" WHERE counted AND length(guid) = 8 AND {where}"
                )
                for level in Level:
                    told = (await best(db, every, level)).records
                    those = {one.metric.name: (one.value, one.ended_at, one.guid) for one in told}
                    assert those == by_plain_sums([dict(row) for row in rows], level), (scope, level)

    for most in (1000, 0):  # as if this were little, and very much
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(records, "_MANY", most)
            patched.setattr(records, "_SHARE", share)
            patched.setattr(scopes, "WIDE", most)
            asyncio.run(ask())
