"""Marks are what the rounds say, in whatever order and batches they came: reckoned a second time, in plain Python."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.game.file.report import Cells
from bot.domain.game.model import Round
from bot.ingest.outcomes import Arrival
from bot.present.words.reasons import reason_text
from bot.store import facts, marks
from bot.store.file.migrate import scripts
from bot.store.rounds import packed
from rigs.builders import RoundFile, a_player, a_session, an_r1, an_r2, later, swapped, two_teams
from rigs.world import World, a_world, time_of
from tests.store.marks_reckoned import HOUR, File, check, derived, from_scratch, stored

BERLIN = ZoneInfo("Europe/Berlin")
ARMS = {0: (2, -1, 1, 0, 0), 2: (3, 9, 1, 0, 2), 4: (20, 70, 4, 1, 5), 11: (4, 2, 2, 3, 0), 27: (3, 5, 0, 0, 0)}


def a_match(at: str, *, map: str, defender: int = 1, **said: Any) -> tuple[RoundFile, RoundFile]:
    """Three against three. One watches round 1, one round 2, one comes for it, one changes teams; all kinds of arms."""
    armed = a_player("armed", team=2, minutes=8.0, weapons=ARMS)
    players = [*two_teams(2), armed, a_player("axel"), a_player("watcher", team=3)]
    first = an_r1(map=map, at=at, defender=defender, players=players, **said)
    axis0, axis1, allies0, *_ = swapped(two_teams(2))
    sits = a_player("allies1", team=3, minutes=0.0, alive=0.0, weapons={})
    late = a_player("late", team=1, kills=2, weapons={26: (5, 20, 2, 1, 1)})
    armed_again = a_player("armed", team=1, minutes=6.0, weapons={3: (4, 8, 1, 0, 1), 4: (10, 30, 2, 2, 1)})
    changed = a_player("axel", team=1, kills=3)  # on Axis again: his line-up has gone over to Allies
    return first, an_r2(first, players=[axis0, axis1, allies0, sits, late, armed_again, changed])


def twins() -> list[RoundFile]:
    """Two round 1s that one round 2 fits: the later one has it, and with it the result."""
    left = a_player("gone", team=2, kills=3)
    early = an_r1(map="frostbite", at="2026-03-01-120000", players=[*two_teams(2), left])
    late = an_r1(map="frostbite", at="2026-03-01-121500")
    return [early, late, an_r2(late)]


def three_days() -> list[File]:
    ice = a_match("2026-03-02-200000", map="etl_ice", defender=2)
    held = an_r1(map="supply", at="2026-03-02-203000", players=two_teams(3, minutes=12.0), winner=1)
    draw = an_r2(held, winner=1)
    bots = [*two_teams(2), a_player("[BOT]one", guid="OMNIBOT0"), a_player("[BOT]two", guid="OMNIBOT0", team=2)]
    away = an_r1(map="sw_goldrush_te", at="2026-03-02-201000")
    over = later(draw.at, HOUR)
    return [
        *a_session(3, seed=2),
        *twins(), *ice, held, draw,
        an_r1(map="braundorf_b4", at=over, players=bots),  # exactly an hour after the round before
        an_r1(map="braundorf_b4", at=later(over, HOUR + 1)),  # and one second more
        an_r2(away),  # without its round 1
        an_r1(map="et_beach", at="2026-03-03-233000", playtime=-5000),
        an_r1(map="et_beach", at="2026-03-03-235500", players=[a_player("anna", kills=1)]),
        *a_match("2026-03-04-001500", map="et_beach"),
        *a_match("2026-03-04-001000", map="radar", host="another server"),
        *a_match("2026-03-04-011500", map="karsiah", host="another server"),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
async def test_after_every_batch_of_any_order_the_marks_are_those_from_scratch(tmp_path: Path, seed: int) -> None:
    files, dice = three_days(), random.Random(seed)
    dice.shuffle(files)
    async with a_world(tmp_path) as world:
        come: list[File] = []
        while files:
            size = dice.choice((1, 1, 2, 5))
            batch, files = files[:size], files[size:]
            await world.add(*batch)
            come += batch
            check(await stored(world), from_scratch(come))


async def test_the_reckoning_itself_knows_every_kind_of_mark() -> None:
    marked = from_scratch(three_days())
    assert {size for _, size in marked.rounds.values()} == {0, 2, 3}
    counted, attack, result = ({line[at] for line in marked.lines.values()} for at in (1, 5, 6))
    assert (counted, attack, result) == ({0, 1}, {0, 1, None}, {-1, 0, 1, None})
    assert len({session for session, _ in marked.rounds.values()}) == 6


async def test_a_late_round_1_gives_its_round_2_a_match_and_a_result(world: World) -> None:
    first, second = a_match("2026-03-02-200000", map="etl_ice", defender=2)
    await world.add(second)
    alone = await stored(world)
    assert {(line[1], line[4], line[6]) for line in alone.lines.values()} == {(0, second.name, None)}
    await world.add(first)
    found = await stored(world)
    check(found, from_scratch([first, second]))
    marks = {(name, line[0]): line for (name, _), line in found.lines.items()}
    assert {line[4] for line in marks.values()} == {first.name}
    assert {name for (name, _), line in marks.items() if line[6] is not None} == {first.name, second.name}
    assert sum(line[6] is not None for line in marks.values()) == 7, "everybody has his result once, also who sat out"


async def test_the_round_1_that_loses_its_round_2_to_another_loses_its_result_too(world: World) -> None:
    early, late, second = twins()
    await world.add(early, second)
    before = await stored(world)
    assert {line[6] for (name, _), line in before.lines.items() if name == early.name} == {None, -1}
    await world.add(late)
    found = await stored(world)
    assert {line[6] for (name, _), line in found.lines.items() if name == early.name} == {None}
    check(found, from_scratch([early, late, second]))


async def test_a_round_that_moves_leaves_no_trace_in_the_session_it_began(tmp_path: Path) -> None:
    """In the hour that Berlin's clock repeats, the file's own time says which of the two it was."""
    moves, stays = an_r1(at="2026-10-25-023000"), an_r1(at="2026-10-25-024500", map="radar")
    first = time_of("2026-10-25-003000-supply-round-1.txt")
    ends = {moves.name: first, stays.name: first + 900}
    berlin: dict[str, Any] = {"server_timezone": "Europe/Berlin", "session_gap_minutes": 30}
    async with a_world(tmp_path, begin=first + HOUR, **berlin) as world:
        await world.app.importer.add([Arrival(file.round_name, file.data, ends[file.name]) for file in (moves, stays)])
        assert {session for session, _ in (await stored(world)).rounds.values()} == {first}
        await world.app.importer.replace(Arrival(moves.round_name, moves.data, first + HOUR), dry_run=False)
        found = await stored(world)
        assert {name: session for name, (session, _) in found.rounds.items()} == {
            stays.name: first + 900, moves.name: first + HOUR,
        }  # fmt: skip
        assert {(line[2], line[3]) for line in found.lines.values()} == {(first + 900,) * 2, (first + HOUR,) * 2}


async def test_a_round_in_between_makes_one_session_of_two(world: World) -> None:
    early, bridge, late = (an_r1(map="supply", at=f"2026-03-02-{at}") for at in ("200000", "205000", "214000"))
    await world.add(early, late)
    assert len({session for session, _ in (await stored(world)).rounds.values()}) == 2
    await world.add(bridge)
    found = await stored(world)
    assert {session for session, _ in found.rounds.values()} == {time_of(early.name)}
    check(found, from_scratch([early, bridge, late]))


async def test_who_idles_between_two_sessions_does_not_make_one_of_them(world: World) -> None:
    early, late = (an_r1(map="supply", at=f"2026-03-02-{at}") for at in ("200000", "214000"))
    idle = an_r1(map="radar", at="2026-03-02-205000", players=[a_player("anna", kills=1)])
    await world.add(late)
    await world.add(idle)
    await world.add(early)
    found = await stored(world)
    assert [found.rounds[file.name][0] for file in (early, idle, late)] == [
        time_of(early.name), time_of(early.name), time_of(late.name),
    ]  # fmt: skip
    check(found, from_scratch([early, idle, late]))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_a_match_with_a_long_pause_between_its_rounds_is_in_one_session(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    first = an_r1(map="supply", at="2026-03-02-200000")
    files = [first, an_r2(first, at="2026-03-02-205000"), an_r1(map="radar", at="2026-03-02-212959")]
    async with a_world(tmp_path, session_gap_minutes=30) as world:
        for place in order:
            await world.add(files[place])
        found = await stored(world)
        assert {session for session, _ in found.rounds.values()} == {time_of(first.name), time_of(files[2].name)}
        check(found, from_scratch(files, gap=1800))


async def test_a_round_before_a_session_moves_its_start(world: World) -> None:
    await world.add(late := an_r1(at="2026-03-02-210000"))
    await world.add(early := an_r1(at="2026-03-02-201000", map="braundorf"))
    found = await stored(world)
    assert {session for session, _ in found.rounds.values()} == {time_of(early.name)}
    check(found, from_scratch([early, late]))


async def test_in_another_zone_sessions_fall_together_and_apart(tmp_path: Path) -> None:
    """On 2026-03-29 Berlin's clocks go from 02:00 to 03:00: what is 75 minutes apart in UTC is 15 there."""
    night = [an_r1(at=f"2026-03-29-{at}", map=map) for at, map in (("015500", "supply"), ("031000", "braundorf"))]
    files = [*three_days(), *night]
    async with a_world(tmp_path) as world:
        await world.add(*files)
        check(await stored(world), from_scratch(files))
    for zone, apart in ((BERLIN, 1), (ZoneInfo("UTC"), 2)):
        async with a_world(tmp_path, before=world, server_timezone=zone.key) as world:
            found = await stored(world)
        check(found, from_scratch(files, zone=zone))
        assert len({found.rounds[file.name][0] for file in night}) == apart


async def test_another_zone_at_the_next_start_marks_everything_anew(tmp_path: Path) -> None:
    files = three_days()
    async with a_world(tmp_path) as world:
        await world.add(*files)
    async with a_world(tmp_path, before=world, server_timezone="Europe/Berlin") as again:
        check(await stored(again), from_scratch(files, zone=BERLIN))


async def test_another_gap_at_the_next_start_groups_everything_anew(tmp_path: Path) -> None:
    files = three_days()
    async with a_world(tmp_path) as world:
        await world.add(*files)
        sixty = await stored(world)
    before = world
    for minutes in (30, 1440, 60):
        async with a_world(tmp_path, before=before, session_gap_minutes=minutes) as again:
            found = await stored(again)
            check(found, from_scratch(files, gap=60 * minutes))
            assert (found == sixty) is (minutes == 60)
        before = again


async def test_a_round_that_an_admin_takes_out_is_not_counted_and_its_match_has_no_result(world: World) -> None:
    files = three_days()
    await world.add(*files)
    whole = await stored(world)
    ice = [file.name for file in files if "etl_ice" in file.name and file.name.startswith("2026-03-02")]
    assert len(ice) == 2
    for name in ice:
        await world.app.repairs.ignore([name], reason="a test", by="a test")
        found = await stored(world)
        check(found, from_scratch(files, ignored=[name]))
        lines = {key: line for key, line in found.lines.items() if key[0] in ice}
        assert {line[6] for line in lines.values()} == {None}
        assert {line[1] for key, line in lines.items() if key[0] == name} == {0}
        await world.app.repairs.unignore([name])
        assert await stored(world) == whole


def in_schema_2(path: Path, rounds: Mapping[str, Round], files: Iterable[File]) -> None:
    """A database as the release before marks left it."""
    content = {file.name: file.data for file in files}
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        for _, script in scripts()[:2]:
            con.executescript(script)
        con.execute("INSERT INTO servers (id, name, timezone) VALUES (1, 'main', 'UTC')")
        for number, (name, one) in enumerate(rounds.items(), 1):
            put(con, number, one, content[name])
        for name, one in rounds.items():
            con.execute(
                "UPDATE rounds SET first_round_id = (SELECT id FROM rounds WHERE filename = ?) WHERE filename = ?",
                (one.first, name),
            )


def put(con: sqlite3.Connection, number: int, one: Round, content: bytes) -> None:
    name, report = one.filed.name.text, one.filed.report
    row = {
        "id": number, "server_id": 1, "filename": name, "sha256": one.filed.sha256, "map": report.map,
        "number": report.number, "ended_at": one.filed.ended_at, "host": report.host, "config": report.config,
        "defender": report.defender, "winner": report.winner, "time_limit": report.time_limit,
        "next_limit": report.next_time_limit, "duration": one.duration, "tab_fields": report.tab_fields,
        "state": one.state, "reason": one.reason and reason_text(one.reason), "digest": "", "imported_at": 0,
    }  # fmt: skip
    con.execute(
        "INSERT INTO evidence (sha256, size, content) VALUES (?, ?, ?)",
        (one.filed.sha256, len(content), packed(content)),
    )
    con.execute(f"INSERT INTO rounds ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})", row)
    for line, (player, cells) in enumerate(zip(one.players, one.weapons, strict=True)):
        values = {"round_id": number, "line": line, **player.by_name}
        names = [row[1] for row in con.execute("PRAGMA table_info(player_rounds)")]  # a later column is not there yet
        holes = ", ".join(f":{name}" for name in names)
        con.execute(f"INSERT INTO player_rounds ({', '.join(names)}) VALUES ({holes})", values)
        columns = ", ".join(("round_id", "line", "weapon", *Cells._fields))
        con.executemany(
            f"INSERT INTO weapon_rounds ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(number, line, weapon, *figures) for weapon, figures in cells.items()],
        )


async def test_a_database_from_before_the_marks_gets_them_at_its_first_start(tmp_path: Path) -> None:
    files = three_days()
    in_schema_2(tmp_path / "stats.db", derived(files, UTC), files)
    async with a_world(tmp_path) as world:
        check(await stored(world), from_scratch(files))
        assert await facts.get(world.app.db, facts.SESSION_GAP) == f"{HOUR}.{marks.SESSION_RULE}"
        assert (await world.rows("PRAGMA user_version"))[0][0] == scripts()[-1][0]
