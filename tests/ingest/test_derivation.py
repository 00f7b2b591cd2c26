"""Newer rules: at the next start every stored round is derived anew, once, in silence, wherever it was broken off."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import open_app
from bot.deliver.recap import Recaps
from bot.domain.game.rounds import DERIVATION
from bot.ingest import derivation
from bot.store import facts
from bot.store.rounds import packed
from rigs.builders import a_player, an_archive, an_r1, an_r2, later
from rigs.world import World, a_settings, a_world, time_of
from tests.deliver.conftest import STATS, Posting, a_posting

FILES = an_archive(24)


def by_older_rules(folder: Path, *statements: str) -> None:
    """The database as another version left it: other hashes, no number, and what these statements make of it."""
    with closing(sqlite3.connect(folder / "stats.db")) as con:
        con.execute("DELETE FROM facts WHERE key = 'derivation'")
        con.execute("UPDATE rounds SET digest = 'of another version'")
        for sql in statements:
            con.execute(sql)
        con.commit()


async def filled(folder: Path) -> World:
    async with a_world(folder) as world:
        await world.add(*FILES)
    return world


async def tables(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Everything stored, but for the facts."""
    names = (
        "rounds",
        "player_rounds",
        "weapon_rounds",
        "round_notes",
        "tallies",
        "outbox",
        "evidence",
        "processed_files",
    )
    return {name: [tuple(row) for row in await world.rows(f"SELECT * FROM {name}")] for name in names}


async def test_a_new_database_has_the_rules_of_now(world: World) -> None:
    assert await facts.get(world.app.db, facts.DERIVATION) == DERIVATION


async def test_newer_rules_that_change_nothing_leave_everything_as_it_was(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = await filled(tmp_path)
    async with a_world(tmp_path, before=before) as again:
        whole = await tables(again)
    by_older_rules(tmp_path)
    caplog.set_level("INFO")
    async with a_world(tmp_path, before=before) as world:
        assert await tables(world) == whole
        assert await facts.get(world.app.db, facts.DERIVATION) == DERIVATION
        assert await facts.get(world.app.db, facts.REDERIVED) is None
    assert f"the rules are {DERIVATION} now, were 1: {len(FILES)} rounds are derived anew" in caplog.text
    assert f"all {len(FILES)} rounds say what they said before" in caplog.text


async def test_it_happens_once(tmp_path: Path) -> None:
    before = await filled(tmp_path)
    by_older_rules(tmp_path)
    async with a_world(tmp_path, before=before) as once:
        assert "rederived" in once.steps
    async with a_world(tmp_path, before=before) as twice:
        assert "rederived" not in twice.steps


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE player_rounds SET xp = NULL", f"{len(FILES)} of {len(FILES)} rounds .*: xp in {len(FILES)}"),
        (
            "UPDATE player_rounds SET light_hits = 999 WHERE round_id = 1",
            f"1 of {len(FILES)} rounds .*: light_hits in 1",
        ),
        ("UPDATE weapon_rounds SET shots = 999 WHERE round_id = 1", f"1 of {len(FILES)} rounds .*: weapons in 1"),
        ("INSERT INTO round_notes (round_id, position, code, guid) VALUES (1, 99, 'watched', '')", "notes in 1"),
        ("UPDATE rounds SET duration = NULL WHERE id = 2", f"1 of {len(FILES)} rounds .*: duration in 1"),
    ],
)
async def test_what_says_something_else_is_mended_and_told_by_name(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, sql: str, told: str
) -> None:
    before = await filled(tmp_path)
    async with a_world(tmp_path, before=before) as again:
        whole = await tables(again)
    by_older_rules(tmp_path, sql)
    async with a_world(tmp_path, before=before) as world:
        assert await tables(world) == whole
    assert caplog.text.count("say something else now") == 1
    assert re.search(told, caplog.text), caplog.text


async def test_it_goes_on_where_it_was_killed_and_still_tells_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(derivation, "AT_ONCE", 1)
    before = await filled(tmp_path)
    async with a_world(tmp_path, before=before) as again:
        whole = await tables(again)
    by_older_rules(tmp_path, "UPDATE player_rounds SET kills = 999")
    steps: list[str] = []
    with pytest.raises(RuntimeError, match="killed"):
        async with open_app(a_settings(tmp_path), reached=dying_at(3, steps), clock=before.clock):
            raise AssertionError("it was to die before")
    async with a_world(tmp_path, before=before) as world:
        assert await tables(world) == whole
        runs = (world.steps + steps).count("rederived")
    by_older_rules(tmp_path)
    async with a_world(tmp_path, before=before) as another:
        assert another.steps.count("rederived") == runs
    assert f"{len(FILES)} of {len(FILES)} rounds say something else now, and nothing is posted about it: kills in" in (
        caplog.text
    )


def dying_at(number: int, steps: list[str]) -> Callable[[str], None]:
    def reached(step: str) -> None:
        steps.append(step)
        if steps.count("rederived") == number:
            raise RuntimeError("killed")

    return reached


async def test_rules_that_change_while_it_is_under_way_begin_from_the_start(tmp_path: Path) -> None:
    before = await filled(tmp_path)
    async with a_world(tmp_path, before=before) as again:
        whole = await tables(again)
    halfway = """{"to": "1.99", "names": {}, "after": ["zzz", 0], "rounds": 9, "changed": 9, "left": []}"""
    by_older_rules(
        tmp_path,
        "UPDATE player_rounds SET kills = 999",
        f"INSERT INTO facts (key, value) VALUES ('rederived', '{halfway}')",
    )
    async with a_world(tmp_path, before=before) as world:
        assert await tables(world) == whole


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE evidence SET content = x'00' WHERE sha256 = :hash",
        "UPDATE evidence SET content = :rubbish WHERE sha256 = :hash",
        "DELETE FROM evidence WHERE sha256 = :hash",
    ],
)
async def test_a_match_whose_file_cannot_be_read_keeps_what_it_says_and_the_others_do_not_wait(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    first, other = an_r1(map="supply"), an_r1(map="radar", at="2026-03-01-220000")
    files = [first, an_r2(first), other, an_r2(other)]
    async with a_world(tmp_path) as before:
        await before.add(*files)
        whole = await before.export()
    by_older_rules(tmp_path, "UPDATE player_rounds SET kills = 999 WHERE round_id IN (3, 4)")
    with closing(sqlite3.connect(tmp_path / "stats.db")) as con:
        values = {"hash": first.filed().sha256, "rubbish": packed(b"no round\n")}
        con.execute(damage, values)
        con.commit()
    async with a_world(tmp_path, before=before) as world:
        assert await world.export() == whole
    assert "2 rounds keep what they said" in caplog.text
    assert f"cannot be read: --reimport {first.name}" in caplog.text


async def test_what_an_admin_took_out_stays_out(tmp_path: Path) -> None:
    before = await filled(tmp_path)
    async with a_world(tmp_path, before=before) as world:
        await world.app.repairs.ignore([FILES[0].name], reason="a test", by="a test")
        whole = await tables(world)
    by_older_rules(tmp_path)
    async with a_world(tmp_path, before=before) as again:
        assert await tables(again) == whole


async def test_what_a_wrong_clock_tore_apart_is_a_match_again_years_between_its_stamps_or_not(
    tmp_path: Path,
) -> None:
    """As rules that believed every stamp left it: a round 2 of a day, and one of three years, before; one of 2036."""
    files, mtimes = [], dict[str, int]()
    for number, off in enumerate((-86_400, -3 * 365 * 86_400)):
        first = an_r1(at=f"2026-03-01-2{number}0000", map=f"map{number}")
        second = an_r2(first)
        shown = replace(second, at=later(second.at, off))
        files += [first, shown]
        mtimes |= {first.name: time_of(first.name), shown.name: time_of(second.name)}
    future = an_r1(at="2036-03-01-210000", map="radar")
    async with a_world(tmp_path) as before:
        for file in (*files, future):
            before.put(file.name, file.data, mtimes.get(file.name))
        await before.poll(times=2)
        whole = await before.export()
        stamps = {file.name: time_of(file.name) for file in (*files, future)}
    assert [one["state"] for one in whole["files"]] == ["counted"] * 5
    by_older_rules(
        tmp_path, "UPDATE rounds SET state = 'set_aside', reason = 'unpaired', first_round_id = NULL WHERE number = 2",
        *(f"UPDATE rounds SET ended_at = {end}, dated_at = NULL WHERE filename = '{n}'" for n, end in stamps.items()),
        "UPDATE rounds SET elsewhere = NULL",
        "UPDATE rounds SET elsewhere = mtime WHERE abs(mtime - ended_at) > 3600",
    )  # fmt: skip
    async with a_world(tmp_path, before=before) as world:
        assert await world.export() == whole


async def test_newer_rules_and_another_zone_at_the_same_start_are_both_followed(tmp_path: Path) -> None:
    before = await filled(tmp_path)
    async with a_world(tmp_path, before=before, server_timezone="Asia/Tokyo") as moved:
        whole = await moved.export()
    async with a_world(tmp_path, before=before):
        pass
    by_older_rules(tmp_path)
    async with a_world(tmp_path, before=before, server_timezone="Asia/Tokyo") as world:
        assert await world.export() == whole


async def test_nothing_is_posted_edited_or_owed_for_it(tmp_path: Path) -> None:
    players = [a_player(name, team=1 + n % 2, kills=9, deaths=4) for n, name in enumerate("abcd")]
    first = an_r1(at="2026-03-01-220000", players=players)
    again = an_r1(map="radar", at="2026-03-01-223000", players=players)
    async with a_posting(tmp_path) as posting:
        for file in (first, an_r2(first), again, an_r2(again)):
            posting.world.clock.time = max(posting.world.clock.now(), file.filed().ended_at + 5)
            await posting.play(file)
            await posting.pass_by(4)
        posting.world.clock.pass_by(2 * 3600)
        assert await recaps(posting).step()
        await posting.pass_by(30)
        said = [message.card for message in posting.discord.visible(STATS)]
        owed = (await tables(posting.world))["outbox"]
    assert len(said) == 3
    asked = len(posting.discord.asked)
    by_older_rules(tmp_path, "UPDATE player_rounds SET kills = 999", "UPDATE rounds SET duration = 1")
    async with posting.restarted() as restarted:
        assert (await tables(restarted.world))["outbox"] == owed
        assert not await recaps(restarted).step()
        await restarted.pass_by(120)
        assert (await tables(restarted.world))["outbox"] == owed
    assert len(posting.discord.asked) == asked
    assert [message.card for message in posting.discord.visible(STATS)] == said


def recaps(posting: Posting) -> Recaps:
    return posting.world.posting.recaps
