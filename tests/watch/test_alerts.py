"""One verdict: what status, diagnosis and alerts say is the same, and the admins are told once, also over a restart."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from bot.deliver.render import render
from bot.domain.audit.audit import AuditVerdict
from bot.domain.audit.repairs import FindingCode
from bot.domain.audit.states import FileState, LedgerRow
from bot.domain.concerns import Concern, ConcernCode, ToldConcern, verdict
from bot.domain.trouble import Trouble, TroubleCode
from bot.errors import DatabaseBusy, HostKeyChanged, SourceAway
from bot.ingest.service import PollService
from bot.present.audit.alerts import alert_card, title
from bot.present.audit.concerns import failing, finding
from bot.present.card import AMBER, AXIS_RED, NEUTRAL, Card
from bot.store import alerts as alerts_store
from bot.store import facts, ledger, outbox
from bot.store.file import database
from bot.store.file.database import Tx
from bot.supervise import ServiceName, running
from bot.watch.health import OFTEN
from rigs.builders import a_file_reason, an_r1
from rigs.world import ManualClock, World, a_world
from tests.deliver.fake_discord import FakeDiscord
from tests.watch.test_selfaudit import alerts, over

REFUSED = Trouble(TroubleCode.POST_REFUSED, "no permission")
MINUTE = 60


async def _settled(world: World) -> AuditVerdict:
    """Look for alerts, and the verdict that status and diagnosis have at the same moment."""
    await world.live.alerts.step()
    return verdict((await world.app.health()).concerns)


async def _polled(world: World, polling: PollService) -> None:
    """One poll of the loop itself, which knows what is a success."""
    polling.status.next_poll_at = 0
    loop = asyncio.create_task(polling.run(lambda: world.app.heartbeats.beat(ServiceName.POLLING)))
    async with asyncio.timeout(10):
        while polling.status.next_poll_at == 0:
            await asyncio.sleep(0.001)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)


async def test_a_bug_in_every_poll_is_silence_whatever_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fails = asyncio.Event()

    async def poll() -> None:
        fails.set()
        raise KeyError("a bug")

    monkeypatch.setattr(world.poller, "poll", poll)
    services = [service for service in world.live.services if service.name is ServiceName.POLLING]
    async with running(services, clock=world.clock, heartbeats=world.app.heartbeats):
        await asyncio.wait_for(fails.wait(), 5)
        await asyncio.sleep(0)
        assert world.polling.status.trouble is None
        assert await _settled(world) is AuditVerdict.HEALTHY
        world.clock.pass_by(31 * MINUTE)
        assert await _settled(world) is AuditVerdict.ATTENTION
        await _settled(world)
    assert await alerts(world) == [
        "No contact with the game server for 31 minutes: it fails with KeyError, see the log"
    ]


def test_a_file_that_fails_for_no_known_reason_says_how_often_and_no_more() -> None:
    row = LedgerRow("a.txt", FileState.RETRYING, None, 1, 1, attempts=6)
    assert failing(row) == "a.txt failed 6 times. It is tried again by itself."


@pytest.mark.parametrize("name", [*ServiceName])
async def test_each_service_that_does_not_succeed_is_told_and_so_is_its_return(world: World, name: ServiceName) -> None:
    world.app.heartbeats.begin(name)
    assert await _settled(world) is AuditVerdict.HEALTHY
    world.clock.pass_by(3 * 86400)
    assert await _settled(world) is AuditVerdict.ATTENTION
    (told,) = await alerts(world)
    assert "3 days" in told
    world.app.heartbeats.beat(name)
    assert await _settled(world) is AuditVerdict.HEALTHY
    assert (await alerts(world), await over(world)) == ([told], [told])


async def test_an_absent_server_is_silence_once_per_episode(world: World) -> None:
    world.app.heartbeats.begin(ServiceName.POLLING)
    for _ in range(2):
        world.remote.away = SourceAway("no route")
        await _polled(world, world.polling)
        assert await _settled(world) is AuditVerdict.ATTENTION, "it is shown at once, and no alert yet"
        world.clock.pass_by(30 * MINUTE + 1)
        for _ in range(3):
            await _polled(world, world.polling)  # tried again, and that is no success
            await _settled(world)
        world.remote.away = None
        await _polled(world, world.polling)
        assert await _settled(world) is AuditVerdict.HEALTHY
    silent = "No contact with the game server for 30 minutes: the game server is away: no route"
    assert (await alerts(world), await over(world)) == ([silent, silent], [silent, silent])


async def test_posts_that_do_not_get_through_are_told_when_it_lasts(tmp_path: Path) -> None:
    async with a_world(tmp_path, publisher=FakeDiscord(ManualClock()), stats_channel_id=1) as world:
        for trouble, told_before in ((REFUSED, 0), (None, 1), (REFUSED, 1)):
            diary = world.posting.dispatcher._diary
            diary.is_well() if trouble is None else diary.say(*trouble)
            await _settled(world)
            world.clock.pass_by(899)
            await _settled(world)
            assert len(await alerts(world)) == told_before
            world.clock.pass_by(1)
            await _settled(world)
        told = "Posts do not get through: no permission"
        assert (await alerts(world), await over(world)) == ([told, told], [told])


@pytest.mark.parametrize(("attempts", "is_told"), [(OFTEN - 1, False), (OFTEN, True)])
async def test_a_file_that_fails_again_and_again_is_told_once(world: World, attempts: int, is_told: bool) -> None:
    name = an_r1().name
    row = LedgerRow(name, FileState.RETRYING, a_file_reason("permission denied"), attempts=attempts, retry_at=1)
    await world.app.db.write(lambda tx: ledger.record(tx, world.app.server, [row], now=1))
    for _ in range(2):
        await _settled(world)
    told = f"{name} failed 5 times: permission denied. It is tried again by itself."
    assert await alerts(world) == [told] * is_told


async def test_what_was_told_before_a_restart_is_not_told_again_but_that_it_is_over(tmp_path: Path) -> None:
    world: World | None = None
    for number in range(3):
        async with AsyncExitStack() as stack:
            world = await stack.enter_async_context(a_world(tmp_path, before=world))
            if number == 0:
                await world.poll()
            world.app.heartbeats.begin(ServiceName.POLLING)
            world.remote.away = None if number == 2 else HostKeyChanged("another key")
            world.app.noticed[ConcernCode.GUILD] = "not there" if number < 2 else None
            await _settled(world)  # nothing is known of the game server yet, so nothing is over
            assert (len(await alerts(world)), len(await over(world))) == ((1, 0), (2, 0), (2, 1))[number]
            await _polled(world, world.polling)
            await _settled(world)
            told, ended = await alerts(world), await over(world)
            assert (len(told), len(ended)) == (2, 2 if number == 2 else 0)
    refused = "The game server cannot be read, and needs you: another key"
    assert told == ended == ["not there", refused]


async def _read(world: World) -> None:
    """Poll until a file that looks unfinished is believed to be as it will stay."""
    for _ in range(4):
        await world.poll()
        world.clock.pass_by(30)


async def _card(world: World, item: int = 1) -> Card:
    """What the alert's message says now."""
    (row,) = [row for row in await outbox.due(world.app.db, now=int(world.clock.now())) if row.id == item]
    return await render(world.app.db, row, rules=world.app.rules)


async def test_new_broken_files_are_named_with_line_and_reason_in_one_alert_that_ends_with_the_last(
    new_world: World,
) -> None:
    world = new_world
    await world.poll()
    names = [f"2026-03-01-2{number}0000-supply-round-1.txt" for number in range(3)]
    for name in names:
        world.remote.put(name, b"not a round\n", mtime=int(world.clock.now()) - 3600)
    await _read(world)
    for _ in range(2):
        assert await _settled(world) is AuditVerdict.ATTENTION
    assert len(await alerts(world)) == 1
    card = await _card(world)
    assert card.title == "3 files are broken"
    assert [label for label, _ in card.buttons] == ["Seen", "Diagnose", "Ignore these 3"]
    for name in names:
        assert any(line.startswith(f"{name}: line 1: ") for line in card.lines), card.lines
    await world.app.repairs.ignore(names[:1], reason="junk", by="boss")
    await _settled(world)
    card = await _card(world)
    assert card.title == "2 files are broken"
    assert card.lines[0].startswith(f"~~{names[0]}: ")
    assert [label for label, _ in card.buttons] == ["Seen", "Diagnose", "Ignore these 2"]
    await world.app.repairs.ignore(names[1:], reason="junk", by="boss")
    assert await _settled(world) is AuditVerdict.HEALTHY
    card = await _card(world)
    assert card.title == "Over: 3 files are broken"
    assert [label for label, _ in card.buttons] == ["Seen"]
    assert card.lines[-1].startswith("-# over since <t:")
    assert len(await alerts(world)) == 1


async def test_a_broken_file_is_no_concern_any_more_after_some_days_but_its_alert_does_not_say_that_it_is_over(
    new_world: World,
) -> None:
    world = new_world
    await world.poll()
    world.remote.put("2026-03-01-200000-supply-round-1.txt", b"not a round\n", mtime=int(world.clock.now()) - 3600)
    await _read(world)
    await _settled(world)
    world.clock.pass_by(30 * 86400)
    assert await _settled(world) is AuditVerdict.HEALTHY
    assert (len(await alerts(world)), await over(world)) == (1, [])


async def test_the_message_of_an_alert_is_edited_when_it_is_over_also_after_a_restart(tmp_path: Path) -> None:
    discord: FakeDiscord | None = None
    world: World | None = None
    for number in range(2):
        async with AsyncExitStack() as stack:
            clock = ManualClock() if world is None else world.clock
            discord = discord or FakeDiscord(clock)
            world = await stack.enter_async_context(
                a_world(tmp_path, before=world, publisher=discord, stats_channel_id=1)
            )
            world.app.noticed[ConcernCode.GUILD] = "not there" if number == 0 else None
            await _settled(world)
            await world.posting.dispatcher.step()
    assert discord is not None
    (message,) = discord.messages
    assert [card.title for card in message.cards] == [
        "The bot is not in its Discord server",
        "Over: The bot is not in its Discord server",
    ]


async def test_what_a_database_of_before_told_has_its_end_in_a_message_of_its_own(world: World) -> None:
    told = {"guild:": "not there"}
    await world.app.db.write(lambda tx: facts.put(tx, facts.TOLD, json.dumps(told)))
    world.app.noticed[ConcernCode.GUILD] = None
    for _ in range(2):
        await _settled(world)
    assert (await alerts(world), await over(world)) == (["not there"], ["not there"])
    assert (await _card(world)).title == "Over: The bot is not in its Discord server"


async def test_the_message_of_an_alert_of_before_is_edited_when_it_is_over(world: World) -> None:
    stuck, drift = "finding:stuck", "finding:clock_drift"
    told = {stuck: finding("stuck", 3, is_critical=False), drift: finding("clock_drift", 0, is_critical=False)}

    def before(tx: Tx) -> None:
        for text in ("", told[stuck] + "0", "\n".join(["not there", *told.values(), "Over: another thing"])):
            outbox.alert(tx, text, now=int(world.clock.now()))
        facts.put(tx, facts.TOLD, json.dumps(told))
        tx.execute(
            "INSERT INTO audits (at, verdict, counts, classes, findings) VALUES (1, 'attention', '{}', '{}', ?)",
            (json.dumps([{"code": "clock_drift", "severity": "warning", "count": 0, "files": []}]),),
        )

    await world.app.db.write(before)
    await _settled(world)
    card = await _card(world, 3)
    assert card.title == "The game server's clock is off", "which lasts"
    (over_now,) = [line for line in card.lines if line.startswith("~~")]
    assert "stuck (3 files)" in over_now
    await world.app.db.write(lambda tx: tx.execute("DELETE FROM audits"))
    await _settled(world)
    assert (await _card(world, 3)).title.startswith("Over: ")
    assert len(await alerts(world)) == 3, "and no message of its own"


async def test_that_discord_refuses_posts_is_over_when_none_is_parked_any_more(world: World) -> None:
    told = "I cannot make the match post of round 5, and try every 10 minutes: no permission"
    parked = "INSERT INTO outbox (kind, state, not_before, created_at) VALUES ('digest', 'parked', 1, 1)"
    await world.app.db.write(lambda tx: tx.execute(parked))
    await world.app.db.write(lambda tx: alerts_store.owe(tx, [Concern(ConcernCode.PARKED, "", told)], now=1))
    await _settled(world)
    assert (await alerts(world), await over(world)) == ([told], [])
    await world.app.db.write(lambda tx: tx.execute("UPDATE outbox SET state = 'dropped' WHERE kind = 'digest'"))
    await _settled(world)
    assert (await alerts(world), await over(world)) == ([told], [told])


@pytest.mark.parametrize(("code", "colour"), [("lost_round", AXIS_RED), ("stuck", AMBER)])
def test_lost_data_are_red_and_what_is_late_is_not(code: str, colour: int) -> None:
    text = finding(code, 1, is_critical=colour == AXIS_RED)
    assert alert_card([ToldConcern(f"finding:{code}", text)]).colour == colour
    assert alert_card([ToldConcern(f"finding:{code}", text, 1)]).colour == NEUTRAL


def test_every_concern_and_finding_has_its_title_and_its_next_step() -> None:
    for code in ConcernCode:
        card = alert_card([ToldConcern(f"{code}:x", "text")])
        assert card.title
        assert any(line.startswith("**Next:** ") for line in card.lines)
    titles = [title([ToldConcern(f"finding:{code}", "text")]) for code in FindingCode]
    assert len({*titles}) == len(titles)
    assert title([ToldConcern("finding:of_tomorrow", "text")]) == "The audit found something"


async def test_a_lock_that_lasts_keeps_no_alert_back_and_a_short_one_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WRITE_SECONDS", 0.01)
    clock = ManualClock()
    discord = FakeDiscord(clock)
    async with a_world(tmp_path, publisher=discord) as world:
        with closing(sqlite3.connect(world.app.db.path, isolation_level=None)) as other:
            for is_short in (True, False):
                world.app.heartbeats.begin(ServiceName.POLLING)
                other.execute("BEGIN IMMEDIATE")
                await _settled(world)
                assert discord.messages == [], "a lock is no alert of its own"
                world.clock.pass_by(31 * MINUTE)
                with pytest.raises(DatabaseBusy):
                    await _settled(world)
                if not is_short:
                    for _ in range(3):
                        assert await _settled(world) is AuditVerdict.ATTENTION
                other.execute("ROLLBACK")
                await _settled(world)
                assert (len(discord.messages), len(await alerts(world))) == ((0, 1) if is_short else (1, 1))
                world.app.heartbeats.beat(ServiceName.POLLING)
                assert await _settled(world) is AuditVerdict.HEALTHY
    (told,) = discord.messages
    assert "No contact with the game server for 31 minutes" in str(told.card)
    async with a_world(tmp_path, before=world) as again:
        assert await alerts(again) == await over(again) == ["No contact with the game server for 31 minutes"] * 2
