"""The bot audits itself, and speaks only when something changes for the worse, or is well again."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from bot.domain.audit.audit import AuditVerdict
from bot.domain.audit.states import FileState, LedgerRow
from bot.domain.trouble import Trouble, TroubleCode
from bot.errors import SourceAway, StoreError
from bot.ingest.service import PollStatus
from bot.store import ledger, survey
from bot.watch.selfaudit import AGAIN, DAILY, OFTEN, PATIENCE, SelfAudit
from rigs.builders import an_archive, an_r1, an_r2
from rigs.world import World, a_rules

R1 = an_r1()
R2 = an_r2(R1)


class Ears:
    """Hears what the admins are told, and says how posting goes."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.posting: Trouble | None = None

    async def alert(self, text: str) -> None:
        self.heard.append(text)


def _self(world: World, ears: Ears, **changed: Any) -> SelfAudit:
    values: dict[str, Any] = {
        "server": world.app.server, "mirror": world.app.mirror, "source": world.remote, "status": PollStatus(),
        "rules": a_rules(silence=1800), "clock": world.clock, "alert": ears.alert, "posting": lambda: ears.posting,
    }  # fmt: skip
    return SelfAudit(world.app.db, **{**values, **changed})


async def _lose(world: World) -> None:
    await world.app.db.write(lambda tx: tx.execute("DELETE FROM processed_files WHERE filename = ?", (R1.name,)))


async def test_a_healthy_first_audit_is_stored_and_says_nothing(world: World) -> None:
    ears = Ears()
    assert (await _self(world, ears).audit(deep=True)).verdict is AuditVerdict.HEALTHY
    assert ears.heard == []
    last = await survey.last(world.app.db)
    assert last is not None
    assert last["verdict"] == "healthy"


async def test_an_audit_is_kept_by_codes_and_numbers_whatever_the_words_are(world: World) -> None:
    files = an_archive(12)
    await world.add(*files)
    await _self(world, Ears()).audit(deep=False)
    last = await survey.last(world.app.db)
    assert last is not None
    names = sorted(file.name for file in files)
    assert last["classes"] == {"database_only": 12}
    assert last["findings"][0] == {"code": "archive_gap", "severity": "notice", "count": 12, "files": names[:10]}
    assert {key for finding in last["findings"] for key in finding} == {"code", "severity", "count", "files"}


async def test_it_speaks_when_the_verdict_gets_worse_once_and_when_all_is_well_again(new_world: World) -> None:
    world = new_world  # a first run posts nothing
    world.put_all([R1, R2])
    await world.poll(times=2)
    ears = Ears()
    auditor = _self(world, ears)
    await auditor.audit(deep=False)
    await _lose(world)
    for _ in range(2):
        await auditor.audit(deep=False)
    (told,) = ears.heard
    assert "healthy before: Attention" in told
    assert "/sync diagnose" in told
    await world.app.repairs.adopt([R1.name])
    for _ in range(2):
        await auditor.audit(deep=False)
    assert len(ears.heard) == 2
    assert "attention before: Healthy" in ears.heard[1]


async def test_a_copy_that_kept_its_size_is_found_by_the_daily_audit(new_world: World) -> None:
    world = new_world  # a first run posts nothing
    world.put_all([R1])
    await world.poll(times=2)
    world.keep(R1.name, b"x" * len(R1.data))
    auditor = _self(world, Ears())
    assert (await auditor.audit(deep=False)).verdict is AuditVerdict.HEALTHY
    assert (await auditor.audit(deep=True)).verdict is AuditVerdict.ATTENTION


async def test_a_server_that_is_away_postpones_the_audit(world: World) -> None:
    auditor = _self(world, Ears())
    world.remote.away = SourceAway("no route")
    assert await auditor._daily() == AGAIN
    assert await survey.last(world.app.db) is None
    world.remote.away = None
    assert await auditor._daily() == DAILY


async def test_it_audits_once_the_first_poll_succeeded(world: World) -> None:
    status = PollStatus(last_success_at=int(world.clock.now()))
    task = asyncio.create_task(_self(world, Ears(), status=status).run())
    for _ in range(100):
        await asyncio.sleep(0.02)
        if await survey.last(world.app.db) is not None:
            break
    else:
        pytest.fail("no audit after the start")
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_silence_is_told_once_per_episode_and_only_in_trouble(world: World) -> None:
    ears = Ears()
    status = PollStatus(last_success_at=int(world.clock.now()) - 1801)
    auditor = _self(world, ears, status=status)
    await auditor.watch()
    assert ears.heard == [], "a poll may last long while nothing is wrong"
    for text in ("no route", "no route to host", None, "no route"):
        status.trouble = None if text is None else Trouble(TroubleCode.SERVER_AWAY, text)
        await auditor.watch()
    assert len(ears.heard) == 2
    assert ears.heard[0] == "No contact with the game server for 30 minutes: the game server is away: no route"
    status.last_success_at = int(world.clock.now())
    await auditor.watch()
    assert len(ears.heard) == 2


async def test_a_server_that_never_answered_is_silent_since_the_start(world: World) -> None:
    ears = Ears()
    await _self(world, ears, status=PollStatus(trouble=Trouble(TroubleCode.SERVER_AWAY, "no route"))).watch()
    assert ears.heard == []
    away = PollStatus(trouble=Trouble(TroubleCode.SERVER_AWAY, "no route"))
    await _self(world, ears, status=away, rules=a_rules(silence=0)).watch()
    assert len(ears.heard) == 1


async def test_posts_that_do_not_get_through_are_told_once(world: World) -> None:
    ears = Ears()
    auditor = _self(world, ears)
    refused = Trouble(TroubleCode.POST_REFUSED, "no permission")
    for trouble in (refused, None, refused):
        ears.posting = trouble
        for _ in range(3):
            await auditor.watch()
            world.clock.pass_by(PATIENCE)
    assert ears.heard == ["Posts do not get through: no permission"] * 2


async def test_a_hiccup_of_posting_is_no_news(world: World) -> None:
    ears = Ears()
    auditor = _self(world, ears)
    ears.posting = Trouble(TroubleCode.OUTCOME_UNKNOWN, "Discord answered 503")
    await auditor.watch()
    world.clock.pass_by(PATIENCE - 1)
    await auditor.watch()
    assert ears.heard == []


@pytest.mark.parametrize(("attempts", "told"), [(OFTEN - 1, 0), (OFTEN, 1)])
async def test_a_file_that_fails_again_and_again_is_told_once(world: World, attempts: int, told: int) -> None:
    row = LedgerRow(R1.name, FileState.RETRYING, "permission denied", attempts=attempts, retry_at=1)
    await world.app.db.write(lambda tx: ledger.record(tx, world.app.server, [row], now=1))
    ears = Ears()
    auditor = _self(world, ears)
    for _ in range(2):
        await auditor.watch()
    assert len(ears.heard) == told


async def test_an_alert_that_could_not_be_stored_is_told_at_the_next_look(world: World) -> None:
    ears = Ears()
    broken = [True]

    async def alert(text: str) -> None:
        if broken.pop():
            raise StoreError("the disk is full")
        await ears.alert(text)

    ears.posting = Trouble(TroubleCode.POST_REFUSED, "no permission")
    auditor = _self(world, ears, alert=alert)
    await auditor.watch()
    world.clock.pass_by(PATIENCE)
    with pytest.raises(StoreError):
        await auditor.watch()
    broken.append(False)
    await auditor.watch()
    assert len(ears.heard) == 1
