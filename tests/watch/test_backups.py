"""The bot backs itself up daily, and remembers what became of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.ingest.service import PollStatus
from bot.store import facts
from bot.store.file import backups
from bot.store.questions import survey
from bot.watch import turns
from bot.watch.backups import DAILY
from bot.watch.turns import Turns
from rigs.world import World, a_world


def kept(world: World) -> list[backups.Backup]:
    return backups.listed(world.app.db.path, world.folder / "backups")


async def test_one_at_the_first_look_and_the_next_a_day_later(world: World) -> None:
    assert await world.live.backups.step() is not None
    world.clock.pass_by(DAILY - 60)
    assert await world.live.backups.step() is None
    world.clock.pass_by(120)
    assert await world.live.backups.step() is not None
    assert len(kept(world)) == 2
    assert await facts.backup(world.app.db) == facts.BackupFact(kept(world)[0].at, None)


async def test_a_restart_makes_no_second_one(tmp_path: Path) -> None:
    async with a_world(tmp_path) as first:
        await first.live.backups.step()
    async with a_world(tmp_path, before=first) as again:
        assert await again.live.backups.step() is None


async def test_one_that_fails_is_remembered_until_one_is_made(world: World) -> None:
    good = await world.live.backups.step()
    assert good is not None
    world.clock.pass_by(DAILY + 1)
    folder = world.folder / "backups"
    folder.rename(world.folder / "elsewhere")
    folder.touch()
    assert await world.live.backups.step() is None
    fact = await facts.backup(world.app.db)
    assert fact is not None
    assert "no backup was made" in str(fact.failed)
    folder.unlink()
    (world.folder / "elsewhere").rename(folder)
    assert await world.live.backups.step() is not None
    assert (await facts.backup(world.app.db)) == facts.BackupFact(int(world.clock.now()), None)


async def test_backups_go_where_the_setting_says(tmp_path: Path) -> None:
    async with a_world(tmp_path, backup_dir=tmp_path / "other" / "place") as world:
        made = await world.live.backups.step()
    assert made is not None
    assert made.path.parent == tmp_path / "other" / "place"


async def test_one_with_a_time_in_the_future_counts_for_nothing(world: World) -> None:
    await world.live.backups.step()
    world.clock.pass_by(-2 * DAILY)
    assert await world.live.backups.step() is not None


@pytest.mark.parametrize("step", ["backup copied", "backup kept"])
async def test_a_backup_that_is_broken_off_leaves_whole_ones_alone(world: World, step: str) -> None:
    def die(reached: str) -> None:
        if reached == step:
            raise KeyboardInterrupt

    world.on_step = die
    with pytest.raises(KeyboardInterrupt):
        backups.make(world.app.db.path, world.folder / "backups", now=1_000_000, reached=world.reached)
    world.on_step = lambda _step: None
    made = await world.live.backups.step()
    assert made is not None
    assert all(backups.fault(backup.path) is None for backup in kept(world))


async def test_an_audit_and_a_backup_take_turns_at_reading_the_whole_database(world: World) -> None:
    async with world.live.selfaudit._turns.turn():  # as while it audits
        step = asyncio.create_task(world.live.backups.step())
        await asyncio.sleep(0.2)
        assert kept(world) == []
    assert await step is not None
    auditor = world.live.selfaudit
    auditor._status = PollStatus(last_success_at=int(world.clock.now()))
    async with world.live.backups._turns.turn():
        auditing = asyncio.create_task(auditor.run(lambda: None))
        await asyncio.sleep(0.2)
        assert await survey.last(world.app.db) is None
    while await survey.last(world.app.db) is None:
        await asyncio.sleep(0.02)
    auditing.cancel()
    await asyncio.gather(auditing, return_exceptions=True)


async def _stay(taken: Turns, *, until: asyncio.Event, seen: list[str], name: str) -> None:
    async with taken.turn():
        seen.append(name)
        await until.wait()


async def test_the_second_begins_when_the_first_is_done() -> None:
    taken, done, seen = Turns(), asyncio.Event(), list[str]()
    first = asyncio.create_task(_stay(taken, until=done, seen=seen, name="audit"))
    second = asyncio.create_task(_stay(taken, until=done, seen=seen, name="backup"))
    await asyncio.sleep(0.05)
    assert seen == ["audit"]
    done.set()
    await asyncio.gather(first, second)
    assert seen == ["audit", "backup"]


async def test_what_hangs_holds_up_the_other_for_its_patience_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    taken, never, seen = Turns(), asyncio.Event(), list[str]()
    hangs = asyncio.create_task(_stay(taken, until=never, seen=seen, name="backup"))
    goes_on = asyncio.create_task(_stay(taken, until=never, seen=seen, name="audit"))
    await asyncio.sleep(0.3)
    assert seen == ["backup", "audit"]
    goes_on.cancel()
    hangs.cancel()
    await asyncio.gather(hangs, goes_on, return_exceptions=True)
    async with asyncio.timeout(1), taken.turn():
        pass
