"""The bot audits itself, and speaks only when something changes for the worse, or is well again."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from bot.domain.audit.audit import AuditVerdict
from bot.errors import SourceAway
from bot.ingest.service import PollStatus
from bot.store.file.database import Tx
from bot.store.questions import survey
from bot.watch.selfaudit import AGAIN, DAILY, SETTLING
from rigs.builders import an_archive, an_r1, an_r2
from rigs.world import World

R1 = an_r1()
R2 = an_r2(R1)


async def alerts(world: World) -> list[str]:
    """What the admins are told, oldest first."""
    return [row["body"] for row in await world.app.db.all("SELECT body FROM outbox WHERE kind = 'alert' ORDER BY id")]


async def over(world: World) -> list[str]:
    """What alerts told of and say now that it is over, oldest first."""
    sql = "SELECT text FROM alert_concerns WHERE over_at IS NOT NULL ORDER BY item"
    return [row["text"] for row in await world.app.db.all(sql)]


async def _lose(world: World) -> None:
    await world.app.db.write(lambda tx: tx.execute("DELETE FROM processed_files WHERE filename = ?", (R1.name,)))


async def test_a_healthy_first_audit_is_stored_and_says_nothing(world: World) -> None:
    assert (await world.live.selfaudit.audit(deep=True)).verdict is AuditVerdict.HEALTHY
    assert await alerts(world) == []
    last = await survey.last(world.app.db)
    assert last is not None
    assert last["verdict"] == "healthy"


async def test_an_audit_is_kept_by_codes_and_numbers_whatever_the_words_are(world: World) -> None:
    files = an_archive(12)
    await world.add(*files)
    await world.live.selfaudit.audit(deep=False)
    last = await survey.last(world.app.db)
    assert last is not None
    names = sorted(file.name for file in files)
    assert last["classes"] == {"database_only": 12}
    assert last["findings"][0] == {"code": "archive_gap", "severity": "notice", "count": 12, "files": names[:10]}
    assert {key for finding in last["findings"] for key in finding} == {"code", "severity", "count", "files"}


async def test_it_tells_what_is_new_once_and_when_it_is_over(new_world: World) -> None:
    world = new_world  # a first run posts nothing
    world.put_all([R1, R2])
    await world.poll(times=2)
    auditor = world.live.selfaudit
    await _lose(world)
    for _ in range(2):
        await auditor.audit(deep=False)
    (told,) = await alerts(world)
    assert told == "The file sync audit found: round without ledger row (1 file). See /sync diagnose."
    await world.app.repairs.adopt([R1.name])
    for _ in range(2):
        await auditor.audit(deep=False)
    assert (await alerts(world), await over(world)) == ([told], [told])


async def test_who_asks_for_the_audit_reads_it_and_is_told_nothing_more(new_world: World) -> None:
    world = new_world
    world.put_all([R1])
    await world.poll(times=2)
    auditor = world.live.selfaudit
    await _lose(world)
    await auditor.audit(deep=False, seen=True)
    await auditor.audit(deep=False)
    assert await alerts(world) == []
    await world.app.repairs.adopt([R1.name])
    await auditor.audit(deep=False)
    assert await alerts(world) == []


async def test_a_copy_that_kept_its_size_is_found_by_the_daily_audit(new_world: World) -> None:
    world = new_world  # a first run posts nothing
    world.put_all([R1])
    await world.poll(times=2)
    world.keep(R1.name, b"x" * len(R1.data))
    auditor = world.live.selfaudit
    assert (await auditor.audit(deep=False)).verdict is AuditVerdict.HEALTHY
    assert (await auditor.audit(deep=True)).verdict is AuditVerdict.ATTENTION


async def test_a_server_that_is_away_postpones_the_audit(world: World) -> None:
    auditor = world.live.selfaudit
    world.remote.away = SourceAway("no route")
    assert await auditor._daily() == AGAIN
    assert await survey.last(world.app.db) is None
    world.remote.away = None
    assert await auditor._daily() == DAILY


async def test_after_the_first_catch_up_sqlite_knows_how_large_its_tables_are(new_world: World) -> None:
    world = new_world
    world.put_all(an_archive(12))
    await world.poll(times=3)
    before = await world.app.db.value("PRAGMA schema_version")
    await world.live.selfaudit._daily()
    # whoever is connected reads the schema anew, and with it what was counted
    assert await world.app.db.value("PRAGMA schema_version") > before
    told = await world.rows("SELECT tbl, max(CAST(stat AS INTEGER)) AS size FROM sqlite_stat1 GROUP BY tbl")
    assert {row["tbl"]: row["size"] for row in told}["rounds"] == 12


def _fill(tx: Tx) -> None:
    """What was counted needs a page anew, and there is none."""
    tx.execute("DROP TABLE IF EXISTS sqlite_stat1")
    for number in range(tx.execute("PRAGMA freelist_count").fetchone()[0]):
        tx.execute(f"CREATE TABLE filling_{number} (empty)")
    tx.execute("PRAGMA max_page_count = 1").fetchall()


async def test_a_full_disk_keeps_no_audit_from_looking(new_world: World, caplog: pytest.LogCaptureFixture) -> None:
    world = new_world
    world.put_all([R1])
    await world.poll(times=2)
    await world.app.work.write(_fill)
    with caplog.at_level("INFO"):
        assert await world.live.selfaudit._daily() == DAILY
    assert "statistics could not be refreshed: database or disk is full" in caplog.text


async def test_files_that_grow_are_waited_for_and_not_for_ever(world: World) -> None:
    status = PollStatus(last_success_at=int(world.clock.now()), pending=1)
    auditor = world.live.selfaudit
    auditor._status = status
    task = asyncio.create_task(auditor.run(lambda: None))
    await asyncio.sleep(0.3)
    assert await survey.last(world.app.db) is None
    world.clock.pass_by(SETTLING)
    async with asyncio.timeout(5):
        while await survey.last(world.app.db) is None:
            await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_it_audits_once_the_first_poll_succeeded(world: World) -> None:
    status, beats = PollStatus(last_success_at=int(world.clock.now())), list[int]()
    auditor = world.live.selfaudit
    auditor._status = status
    task = asyncio.create_task(auditor.run(lambda: beats.append(1)))
    for _ in range(100):
        await asyncio.sleep(0.02)
        if await survey.last(world.app.db) is not None:
            break
    else:
        pytest.fail("no audit after the start")
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
