"""Who killed whom, as it is stored, exported, rebuilt and derived anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.game.file.report import Tally
from bot.store import rounds
from rigs.builders import a_guid, a_player, a_round, an_r1, an_r2, of_our_script
from rigs.world import World, a_world

FOUR = [
    a_player("anna", kills=3, deaths=1),
    a_player("ben", deaths=0),
    a_player("cleo", team=2, kills=1, deaths=1),
    a_player("dora", team=2, deaths=2),
]
KILLS = {("anna", "cleo"): 1, ("anna", "dora"): 2, ("cleo", "anna"): 1}
PLAIN = an_r1(players=FOUR)
FIRST, SECOND = of_our_script(PLAIN, KILLS), of_our_script(an_r2(PLAIN), KILLS)
EXPORTED = sorted(
    ({"killer": a_guid(k), "victim": a_guid(v), "times": times} for (k, v), times in KILLS.items()),
    key=lambda tally: (tally["killer"], tally["victim"]),
)


async def exported(world: World) -> dict[str, Any]:
    return {one["file"]: one.get("who_killed_whom", "unknown") for one in (await world.export())["rounds"]}


async def test_what_the_files_tell_is_stored_and_exported(world: World) -> None:
    await world.add(FIRST, SECOND)
    assert await exported(world) == {FIRST.name: EXPORTED, SECOND.name: EXPORTED}


async def test_only_rounds_that_know_it_have_it_in_an_export(world: World) -> None:
    other = an_r1(at="2026-03-01-203000", map="te_escape2", players=FOUR)
    nobody = of_our_script(an_r1(at="2026-03-01-200000", map="adlernest", players=[*map(a_player, "ab")]), {})
    reloaded = of_our_script(an_r1(at="2026-03-01-193000", map="frostbite", players=FOUR))
    await world.add(FIRST, other, nobody, reloaded)
    assert await exported(world) == {
        FIRST.name: EXPORTED, other.name: "unknown", nobody.name: [], reloaded.name: "unknown",
    }  # fmt: skip


async def test_whoever_has_no_guid_is_null_in_an_export(world: World) -> None:
    players = [a_player("anna", kills=1), a_player("gus", guid="", team=2, deaths=1)]
    file = of_our_script(an_r1(players=players), {})
    whole = replace(file, report=replace(file.report, tallies=(Tally(a_guid("anna"), "", 1),)))
    await world.add(whole)
    assert await exported(world) == {whole.name: [{"killer": a_guid("anna"), "victim": None, "times": 1}]}


async def test_a_round_told_anew_has_what_its_new_file_tells(world: World) -> None:
    await world.add(SECOND)
    assert await exported(world) == {SECOND.name: EXPORTED}
    await world.add(FIRST)
    assert await exported(world) == {FIRST.name: EXPORTED, SECOND.name: EXPORTED}
    assert await world.count("tallies") == 2 * len(KILLS)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM tallies",
        "UPDATE tallies SET times = times + 1",
        "UPDATE rounds SET knows_kills = 0",
        "INSERT INTO tallies (round_id, killer, victim, times) VALUES (1, 'X', 'Y', 1)",
    ],
)
async def test_newer_rules_derive_it_anew_from_the_bytes(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_world(tmp_path) as before:
        await before.add(FIRST, SECOND)
        whole = await exported(before)
    with closing(sqlite3.connect(tmp_path / "stats.db")) as con:
        con.execute("DELETE FROM facts WHERE key = 'derivation'")
        con.execute(damage)
        con.commit()
    async with a_world(tmp_path, before=before) as again:
        assert await exported(again) == whole
    assert "say something else now" in caplog.text


async def test_a_rebuild_brings_it_back_where_the_digest_is_of_an_older_version(world: World) -> None:
    await world.add(FIRST, SECOND)
    whole = await exported(world)
    await world.app.db.write(lambda tx: tx.execute("DELETE FROM tallies"))
    await world.app.db.write(lambda tx: tx.execute("UPDATE rounds SET digest = 'older'"))
    assert await world.app.importer.rebuild() == (2, 2)
    assert await exported(world) == whole


def test_the_digest_is_over_it_where_it_is_known() -> None:
    plain, told = a_round(PLAIN), a_round(FIRST)
    assert rounds.digest(told) != rounds.digest(replace(told, tallies=None))
    assert rounds.digest(told) != rounds.digest(replace(told, tallies=()))
    # what is unknown leaves the hash of today's files as it always was
    assert rounds.digest(plain) == rounds.digest(replace(plain, tallies=None))


async def test_an_end_in_utc_stays_through_rebuild_and_another_zone(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await world.add(FIRST, an_r1(at="2026-03-01-203000", map="te_escape2", players=FOUR))
        before = {one["file"]: one["ended_at"] for one in (await world.export())["rounds"]}
        await world.app.importer.move(ZoneInfo("America/New_York"))
        after = {one["file"]: one["ended_at"] for one in (await world.export())["rounds"]}
    assert before[FIRST.name] == after[FIRST.name] == "2026-03-01T20:59:57Z"
    assert sum(before[name] != after[name] for name in before) == 1
