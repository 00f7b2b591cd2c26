"""A database that is not what was written there is never "all is well": audit, status, alert and answers say so."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import open_app
from bot.domain.audit.audit import AuditVerdict, Finding, Severity
from bot.domain.audit.repairs import FindingCode
from bot.errors import BackupFailed, DatabaseDamaged, DatabaseDown
from bot.store import facts, outbox
from bot.store.file import backups
from bot.store.file.place import Place
from bot.watch.backups import DAILY
from bot.watch.guard import WEEKLY, Guard
from rigs.builders import an_r1, an_r2
from rigs.world import World, a_settings, a_world
from tests.deliver.fake_discord import FakeDiscord
from tests.watch.test_selfaudit import alerts, over

R1 = an_r1()
R2 = an_r2(R1)


def break_an_index(path: Path) -> None:
    """What only the whole check finds: an entry of an index that leads to no row, as after the WAL-reset bug."""
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        con.execute("PRAGMA writable_schema = ON")
        sql = "SELECT sql FROM sqlite_schema WHERE name = 'rounds_by_key'"
        (schema,) = con.execute(sql).fetchone()
        con.execute("UPDATE sqlite_schema SET sql = ? || ' WHERE key < 0' WHERE name = 'rounds_by_key'", (schema,))


async def codes(world: World) -> list[FindingCode]:
    return [finding.code for finding in (await world.live.selfaudit.audit(deep=False)).findings]


async def finding(world: World, code: FindingCode) -> Finding:
    (one,) = [one for one in (await world.live.selfaudit.audit(deep=False)).findings if one.code is code]
    return one


async def a_filled(folder: Path) -> World:
    async with a_world(folder) as world:
        world.put_all([R1, R2])
        await world.poll(times=3)
        await world.live.backups.step()
    return world


async def test_a_fault_that_the_quick_check_misses_turns_everything_red_and_names_the_backup(tmp_path: Path) -> None:
    before = await a_filled(tmp_path)
    break_an_index(tmp_path / "stats.db")
    async with a_world(tmp_path, before=before) as world:
        found = await world.live.selfaudit.audit(deep=True)
        assert found.verdict is AuditVerdict.CRITICAL
        first = found.findings[0]
        assert first.code is FindingCode.DATABASE_DAMAGED
        (backup,) = backups.listed(tmp_path / "stats.db", tmp_path / "backups")
        assert str(backup.path) in first.meaning
        assert (await world.app.health()).damage
        assert await facts.damaged(world.app.db) == world.app.db.damage.faults
    async with a_world(tmp_path, before=world) as again:
        assert (await again.app.health()).damage, "a restart knows it still"


@pytest.mark.parametrize(
    ("astray", "told"),
    [
        (
            "UPDATE outbox SET round_id = 77 WHERE id = (SELECT min(id) FROM outbox)",
            "rows of outbox refer to rounds that are not there",
        ),
        ("UPDATE outbox SET digest_id = 77", "of outbox refers to a row of outbox that is not there"),
    ],
)
async def test_a_row_that_refers_to_none_is_damage(new_world: World, astray: str, told: str) -> None:
    """`integrity_check` sees nothing of it: each row is what SQLite wrote."""
    world = new_world
    await world.poll()
    world.clock.time = R2.filed().ended_at
    world.put_all([R1, R2])
    await world.poll(times=3)
    with closing(sqlite3.connect(world.app.db.path)) as con, con:
        assert con.execute(astray).rowcount > 0
    found = await world.live.selfaudit.audit(deep=True)
    assert (found.verdict, found.findings[0].code) == (AuditVerdict.CRITICAL, FindingCode.DATABASE_DAMAGED)
    assert told in world.app.db.damage.faults[0]
    with pytest.raises(BackupFailed, match=told):
        backups.make(world.app.db.path, world.folder / "backups", now=1, reached=lambda _step: None)


async def test_the_admins_are_told_once_of_a_damaged_database(tmp_path: Path) -> None:
    before = await a_filled(tmp_path)
    break_an_index(tmp_path / "stats.db")
    async with a_world(tmp_path, before=before) as world:
        await world.live.selfaudit.audit(deep=True)
        for _ in range(3):
            await world.live.alerts.step()
        told = [row["body"] for row in await world.rows("SELECT body FROM outbox WHERE kind = 'alert'")]
    assert len([text for text in told if "The database is damaged. The last good backup is " in text]) == 1
    assert "tools.restore" in "".join(told)


async def test_a_database_that_is_whole_again_is_well_again(tmp_path: Path) -> None:
    before = await a_filled(tmp_path)
    (backup,) = backups.listed(tmp_path / "stats.db", tmp_path / "backups")
    break_an_index(tmp_path / "stats.db")
    async with a_world(tmp_path, before=before) as world:
        await world.live.selfaudit.audit(deep=True)
    backups.put_back(backup.path, tmp_path / "stats.db", now=1)
    async with a_world(tmp_path, before=world) as again:
        assert FindingCode.DATABASE_DAMAGED not in await codes(again)
        assert not (await again.app.health()).damage


MOVED = "the database file was moved or deleted while the bot runs: stop the bot and put it back, or restore the last"
OTHER = "another file took the place of the database while the bot runs: stop the bot and put it back, or restore the"


@pytest.mark.skipif(os.name != "posix", reason="elsewhere an open file cannot be moved")
@pytest.mark.parametrize("is_replaced", [False, True])
async def test_a_database_that_is_moved_away_under_the_bot_is_told_until_it_is_back(
    tmp_path: Path, is_replaced: bool
) -> None:
    before = await a_filled(tmp_path)
    (backup,) = backups.listed(tmp_path / "stats.db", tmp_path / "backups")
    path, elsewhere, told = tmp_path / "stats.db", tmp_path / "elsewhere.db", OTHER if is_replaced else MOVED
    async with a_world(tmp_path, before=before) as world:
        assert not (await world.app.health()).damage
        path.rename(elsewhere)
        if is_replaced:
            shutil.copy(backup.path, path)
        for _ in range(3):
            await world.live.alerts.step()
        found = await finding(world, FindingCode.DATABASE_DAMAGED)
        assert (found.severity, found.why.startswith(told)) == (Severity.CRITICAL, True)
        assert str(backup.path) in found.meaning
        assert told in str((await world.app.health()).damage)
        world.clock.pass_by(2 * DAILY)
        assert await world.live.backups.step() is None, "nor is another file taken for it"
        assert told in str((await world.app.health()).backup_failed)
        elsewhere.rename(path)
        await world.live.backups.step()
        await world.live.alerts.step()
        assert not (await world.app.health()).damage
        assert FindingCode.DATABASE_DAMAGED not in await codes(world)
        (alert,) = [text for text in await alerts(world) if "The database is not in its place" in text]
        assert alert in await over(world)
    async with a_world(tmp_path, before=world) as again:
        assert not (await again.app.health()).damage


@pytest.mark.skipif(os.name != "posix", reason="elsewhere an open file cannot be deleted")
async def test_a_file_system_without_numbers_tells_no_file_from_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "stats.db"
    path.touch()
    known = Place(path)
    path.with_name("another").touch()
    path.with_name("another").replace(path)
    assert str(known.astray()).startswith(OTHER)
    numbered = Path.stat

    def without_numbers(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        return os.stat_result([0 if at == 1 else value for at, value in enumerate(numbered(self))][:10])

    monkeypatch.setattr(Path, "stat", without_numbers)
    assert known.astray() is None
    assert Place(path).astray() is None


async def test_a_page_that_is_garbled_is_known_from_the_first_second(tmp_path: Path) -> None:
    before = await a_filled(tmp_path)
    data = bytearray((tmp_path / "stats.db").read_bytes())
    with closing(sqlite3.connect(tmp_path / "stats.db")) as con:
        (page,) = con.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'player_rounds'").fetchone()
    data[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    (tmp_path / "stats.db").write_bytes(data)
    async with a_world(tmp_path, before=before) as world:
        assert (await world.app.health()).damage, "the quick check at the start"
        with pytest.raises(DatabaseDamaged):
            await world.rows("SELECT * FROM player_rounds")
        assert await codes(world)


async def test_a_word_that_means_nothing_is_damage_and_no_bug(tmp_path: Path) -> None:
    before = await a_filled(tmp_path)
    async with a_world(tmp_path, before=before) as world:
        await world.app.db.write(
            lambda tx: tx.executescript(
                "PRAGMA ignore_check_constraints = ON; UPDATE processed_files SET state = 'imqorted';"
                "PRAGMA ignore_check_constraints = OFF; BEGIN IMMEDIATE"
            )
        )
        found = await world.live.selfaudit.audit(deep=False)
        assert found.findings[0].code is FindingCode.DATABASE_DAMAGED
        assert found.verdict is AuditVerdict.CRITICAL
        assert (await world.app.health()).damage


async def test_weekly_every_round_is_derived_anew_and_what_differs_is_found_and_set_right(new_world: World) -> None:
    world = new_world
    world.put_all([R1, R2])
    await world.poll(times=3)
    guard = a_guard(world)
    await guard.compare_weekly()  # a new database was just derived
    await world.app.db.write(lambda tx: tx.execute("UPDATE player_rounds SET kills = kills + 1 WHERE round_id = 2"))
    rows = [tuple(row) for row in await world.rows("SELECT * FROM player_rounds")]
    await guard.compare_weekly()
    assert FindingCode.ROUNDS_DIFFER not in await codes(world)
    world.clock.pass_by(WEEKLY + 1)
    await guard.compare_weekly()
    assert [tuple(row) for row in await world.rows("SELECT * FROM player_rounds")] == rows, "it only looks"
    assert (await finding(world, FindingCode.ROUNDS_DIFFER)).files == (R2.name,)
    await world.app.repairs.reimport([R2.name], dry_run=False)
    assert FindingCode.ROUNDS_DIFFER not in await codes(world)


async def test_bytes_that_are_damaged_in_the_database_are_found_and_brought_back(new_world: World) -> None:
    world = new_world
    world.put_all([R1, R2])
    await world.poll(times=3)
    guard = a_guard(world)
    await guard.compare_weekly()
    garbled = "UPDATE evidence SET content = x'00' WHERE sha256 = (SELECT sha256 FROM rounds WHERE id = 1)"
    await world.app.db.write(lambda tx: tx.execute(garbled))
    world.clock.pass_by(WEEKLY + 1)
    await guard.compare_weekly()
    differing = (await finding(world, FindingCode.ROUNDS_DIFFER)).files
    assert R1.name in differing
    await world.app.repairs.reimport(differing, dry_run=False)
    assert FindingCode.ROUNDS_DIFFER not in await codes(world)


async def test_a_backup_that_fails_or_is_old_is_a_finding(world: World) -> None:
    await world.live.backups.step()
    assert not {FindingCode.BACKUP_FAILED, FindingCode.BACKUP_OLD} & set(await codes(world))
    world.clock.pass_by(3 * DAILY)
    assert (await finding(world, FindingCode.BACKUP_OLD)).title == "the last backup is 3 days old"
    (world.folder / "backups").rename(world.folder / "elsewhere")
    (world.folder / "backups").touch()
    await world.live.backups.step()
    assert FindingCode.BACKUP_FAILED in await codes(world)
    await world.live.alerts.step()
    told = [row["body"] for row in await world.rows("SELECT body FROM outbox WHERE kind = 'alert'")]
    assert any("The database has no new backup: " in text for text in told)


async def test_an_alert_that_a_full_database_cannot_hold_is_sent_straight_and_once(tmp_path: Path) -> None:
    async with a_world(tmp_path) as first:
        await first.poll()
    discord = FakeDiscord(first.clock)
    async with open_app(
        a_settings(tmp_path), source=first.remote, publisher=discord, clock=first.clock, program="a test"
    ) as app:
        assert app.live is not None
        await app.live.polling.step()
        pages = await app.db.value("PRAGMA page_count")
        await app.db.write(lambda tx: tx.execute(f"PRAGMA max_page_count = {pages}").fetchall())
        for size in (3000, 300, 30, 3):  # until not even a short alert finds room
            with contextlib.suppress(DatabaseDown):
                for _ in range(1000):
                    await app.db.write(lambda tx, size=size: outbox.alert(tx, "x" * size, now=0))  # type: ignore[misc]
        first.put_all([R1, R2])
        for _ in range(4):
            first.clock.pass_by(30)
            await app.live.polling.step()
        for _ in range(3):
            await app.live.alerts.step()
        (told,) = discord.messages
        assert "The database cannot be used, and nothing can be brought in" in str(told.card)
        assert told.channel == 1


def a_guard(world: World) -> Guard:
    return Guard(
        world.app.db, folder=world.folder / "backups", server=world.app.server, importer=world.app.importer,
        clock=world.clock,
    )  # fmt: skip
