"""Files become rounds, ledger rows and posts in one transaction, or nothing happens at all."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.app import open_app
from bot.domain.audit.states import FileState
from bot.domain.game.model import State
from bot.domain.posts import PAIR_PATIENCE, PostKind
from bot.errors import DatabaseBusy, DatabaseDown
from bot.ingest.outcomes import Already, Arrival, Different, Imported, Rejected, Retry
from bot.store import rounds
from rigs.builders import RoundFile, a_player, a_session, an_archive, an_r1, an_r2
from rigs.world import World, a_settings, a_world, time_of

R1 = an_r1()
R2 = an_r2(R1)


class Crash(BaseException):
    """The process ends here."""


async def test_a_round_2_before_its_round_1_is_set_aside_and_healed_when_it_comes(world: World) -> None:
    [before] = await world.add(R2)
    assert isinstance(before, Imported)
    assert before.state is State.SET_ASIDE
    await world.add(R1)
    assert await world.states() == {R1.name: "counted", R2.name: "counted"}
    healed = (await world.export())["rounds"]
    assert healed[1]["first_round"] == R1.name
    row = await world.row(R2.name)
    assert row is not None
    assert row.round_id == before.round_id, "the round keeps its id"


async def test_the_order_of_arrival_leaves_no_trace(tmp_path: Path) -> None:
    exports = []
    for order in ([R1, R2], [R2, R1]):
        async with a_world(tmp_path / order[0].name) as world:
            for file in order:
                await world.add(file)
            exports.append(await world.export())
    assert exports[0] == exports[1]


async def test_every_imported_file_has_its_own_bytes_in_the_database(world: World) -> None:
    await world.add(R1, R2)
    stored = await world.rows("SELECT filename, content FROM rounds JOIN evidence USING (sha256)")
    assert {row["filename"]: rounds.unpacked(row["content"]) for row in stored} == {
        R1.name: R1.data,
        R2.name: R2.data,
    }


async def test_a_file_imported_before_is_known_again(world: World) -> None:
    [first] = await world.add(R1)
    assert isinstance(first, Imported)
    assert await world.add(R1) == [Already(first.round_id)]
    assert await world.count("rounds") == 1


async def test_the_same_name_with_other_bytes_is_never_imported_again(world: World) -> None:
    [first] = await world.add(R1)
    assert isinstance(first, Imported)
    before = await world.export()
    other = an_r1(players=[a_player("eve", kills=50), a_player("ben", team=2, deaths=50)])
    assert await world.add(other) == [Different(first.round_id)]
    assert await world.export() == before


async def test_the_same_name_twice_in_one_batch_counts_once(world: World) -> None:
    other = an_r1(players=[a_player("eve", kills=50), a_player("ben", team=2, deaths=50)])
    first, again, third = await world.add(R1, R1, other)
    assert isinstance(first, Imported)
    assert again == Already(first.round_id)
    assert third == Different(first.round_id)
    assert await world.count("rounds") == 1


async def test_two_names_with_the_same_bytes_are_two_rounds(world: World) -> None:
    later = RoundFile(at="2026-03-01-220000", report=R1.report)
    await world.add(R1, later)
    assert await world.count("rounds") == 2
    assert await world.count("evidence") == 1


async def test_content_against_the_grammar_is_rejected_with_its_reason_and_the_rest_goes_in(world: World) -> None:
    bad = R1.sample._replace(data=b"no round\n")
    outcomes = await world.add(bad, R2)
    assert isinstance(outcomes[0], Rejected)
    assert isinstance(outcomes[1], Imported)
    row = await world.row(R1.name)
    assert row is not None
    assert (row.state, row.reason) == (FileState.REJECTED, outcomes[0].why)


@pytest.mark.parametrize("step", ["parsed", "begun", "rounds stored", "ledger stored", "committing"])
async def test_a_crash_at_any_step_leaves_no_half_of_a_batch(world: World, step: str) -> None:
    def crash(now: str) -> None:
        if now == step:
            raise Crash

    world.on_step = crash
    with pytest.raises(Crash):
        await world.add(R1, R2)
    for table in ("rounds", "player_rounds", "weapon_rounds", "evidence", "processed_files", "outbox"):
        assert await world.count(table) == 0, table
    world.on_step = lambda _step: None
    assert [type(outcome) for outcome in await world.add(R1, R2)] == [Imported, Imported]


async def test_a_batch_that_fails_is_repeated_file_by_file(world: World) -> None:
    files = a_session(3)
    unlucky = files[2].name
    await _trigger(world, f"BEFORE INSERT ON rounds WHEN NEW.filename = '{unlucky}'")
    outcomes = await world.add(*files)
    assert [file.name for file, outcome in zip(files, outcomes, strict=True) if isinstance(outcome, Retry)] == [unlucky]
    assert await world.count("rounds") == len(files) - 1
    row = await world.row(unlucky)
    assert row is not None
    assert (row.state, row.attempts) == (FileState.RETRYING, 1)
    assert row.retry_at == int(world.clock.now()) + 30


async def test_a_file_that_failed_is_imported_by_a_later_poll(world: World) -> None:
    world.put(R1.name, R1.data)
    await _trigger(world, "BEFORE INSERT ON evidence")
    assert list((await world.poll(times=2)).failed) == [R1.name]
    await world.app.db.write(lambda tx: tx.execute("DROP TRIGGER unlucky"))
    assert (await world.poll(times=2, wait=31)).imported == [R1.name]


async def test_the_ledger_row_and_the_round_live_and_die_together(world: World) -> None:
    await _trigger(world, "BEFORE INSERT ON processed_files WHEN NEW.state = 'imported'")
    [outcome] = await world.add(R1)
    assert isinstance(outcome, Retry)
    assert await world.count("rounds") == 0
    assert await world.state(R1.name) is FileState.RETRYING


async def test_a_full_disk_stores_nothing_by_halves_and_the_next_poll_goes_on(world: World) -> None:
    files = an_archive(60)
    world.put_all(files)
    pages = await world.app.db.value("PRAGMA page_count")
    await _limit(world, pages + 20)
    with pytest.raises(DatabaseDown):
        await world.poll(times=2)
    assert await _is_consistent(world)
    await _limit(world, 1 << 30)
    await world.poll(times=2)
    assert await world.count("rounds") == len(files)
    assert await _is_consistent(world)


async def test_a_locked_database_decides_nothing(world: World) -> None:
    await _wait_briefly(world)
    with _locked(world), pytest.raises(DatabaseBusy):
        await world.add(R1)
    assert await world.row(R1.name) is None
    assert isinstance((await world.add(R1))[0], Imported)


async def test_only_news_is_owed_a_post(world: World) -> None:
    old = an_r1(at="2026-02-20-210000")
    await world.add(old)
    assert await world.posts() == []
    await world.add(R1, R2)
    assert await world.posts() == [(PostKind.ROUND, R1.name), (PostKind.MATCH, R2.name)]


async def test_an_archive_that_is_copied_in_is_no_news_though_its_files_are_new(world: World) -> None:
    old = an_r1(at="2026-02-20-210000")
    await world.app.importer.add([Arrival(old.round_name, old.data, int(world.clock.now()))])
    assert await world.posts() == []


async def test_the_first_run_posts_nothing_even_over_a_restart_in_its_middle(tmp_path: Path) -> None:
    files = a_session(2)
    async with a_world(tmp_path) as first:
        first.put_all(files[:2])
        await first.poll()
        assert first.app.importer.silent
    async with a_world(tmp_path, before=first) as second:
        second.put_all(files[2:])
        await second.poll(times=2)
        assert await second.count("rounds") == len(files)
        assert await second.posts() == []
        second.put(R1.name, R1.data)
        await second.poll(times=2)
        assert await second.posts() == [(PostKind.ROUND, R1.name)]
    async with a_world(tmp_path, before=second) as third:
        assert not third.app.importer.silent


async def test_the_post_of_a_round_2_waits_for_its_round_1_ten_minutes_at_most(world: World) -> None:
    await world.add(R2)
    item = await world.post_of(R2.name)
    assert item.not_before == int(world.clock.now()) + PAIR_PATIENCE
    world.clock.pass_by(60)
    await world.add(R1)
    item = await world.post_of(R2.name)
    assert item.not_before == int(world.clock.now()), "due at once when its round 1 is here"


async def test_a_rebuild_derives_the_same_and_mends_what_was_changed(world: World) -> None:
    files = a_session(3)
    await world.add(*files)
    before = await world.export()
    assert await world.app.importer.rebuild() == (len(files), 0)
    await world.app.db.write(lambda tx: tx.execute("UPDATE player_rounds SET kills = kills + 1"))
    await world.app.db.write(lambda tx: tx.execute("UPDATE rounds SET digest = 'older'"))
    assert await world.app.importer.rebuild() == (len(files), len(files))
    assert await world.export() == before


async def test_a_move_to_another_zone_that_was_killed_is_undone_when_the_old_zone_is_set_again(tmp_path: Path) -> None:
    async with a_world(tmp_path) as first:
        await first.add(*an_archive(12))
        good = await first.export()
    steps: list[str] = []

    def die(step: str) -> None:
        steps.append(step)
        if steps.count("committing") == 2:  # one map has new times
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        async with open_app(a_settings(tmp_path, server_timezone="Asia/Tokyo"), reached=die):
            pass
    async with a_world(tmp_path, before=first) as second:
        assert await second.export() == good


async def test_another_zone_moves_every_round_and_nothing_else(tmp_path: Path) -> None:
    files = a_session(2)
    async with a_world(tmp_path) as first:
        await first.add(*files)
        before = (await first.export())["rounds"]
    async with a_world(tmp_path, before=first, server_timezone="Europe/Berlin") as second:
        after = (await second.export())["rounds"]
        assert second.app.rules.zone == ZoneInfo("Europe/Berlin")
    assert [one["ended_at"] for one in after] != [one["ended_at"] for one in before]
    assert [{**one, "ended_at": ""} for one in after] == [{**one, "ended_at": ""} for one in before]


async def test_two_callers_at_once_import_a_file_once(world: World) -> None:
    outcomes = await asyncio.gather(world.add(R1), world.add(R1), world.add(R1))
    assert sorted(type(outcome[0]).__name__ for outcome in outcomes) == ["Already", "Already", "Imported"]
    assert await world.count("rounds") == 1


async def _trigger(world: World, when: str) -> None:
    """The database refuses what fits."""
    sql = f"CREATE TRIGGER unlucky {when} BEGIN SELECT raise(ABORT, 'out of luck'); END"
    await world.app.db.write(lambda tx: tx.execute(sql))


async def _limit(world: World, pages: int) -> None:
    await world.app.db.write(lambda tx: tx.execute(f"PRAGMA max_page_count = {pages}").fetchall())


async def _wait_briefly(world: World) -> None:
    await world.app.db.write(lambda tx: tx.execute("PRAGMA busy_timeout = 50").fetchall())


@contextmanager
def _locked(world: World) -> Iterator[None]:
    other = sqlite3.connect(world.app.db.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def _is_consistent(world: World) -> bool:
    alone = await world.rows(
        "SELECT filename FROM processed_files AS f WHERE (state = 'imported') <>"
        " EXISTS (SELECT 1 FROM rounds WHERE rounds.id = f.round_id AND rounds.sha256 = f.sha256)"
    )
    checked = await world.rows("PRAGMA integrity_check")
    return not alone and [row[0] for row in checked] == ["ok"] and await world.rows("PRAGMA foreign_key_check") == []


def test_the_worlds_times_are_those_of_the_names() -> None:
    assert time_of(R1.name) == R1.filed().ended_at
