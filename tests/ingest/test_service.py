"""The poll loop goes on for ever, slower while the server is away, and asks for a person once per episode."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Sequence

import pytest

from bot.domain.audit.states import FileState
from bot.domain.trouble import Trouble, TroubleCode
from bot.errors import HostKeyChanged, LoginRefused, SourceAway, SourceRefused
from bot.ingest.service import LONGEST_PAUSE, REFUSED_PAUSE, PollService, once
from bot.ingest.source.remote import Entry
from bot.store import facts
from bot.supervise import Service, ServiceName, running
from rigs.builders import an_r1
from rigs.world import World

R1 = an_r1()
INTERVAL = 3.0


class Heard:
    """What the service told others."""

    def __init__(self) -> None:
        self.alerts: list[str] = []
        self.news = 0

    async def alert(self, _reason: str, text: str) -> None:
        self.alerts.append(text)

    def something_new(self) -> None:
        self.news += 1


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def service(world: World, heard: Heard) -> PollService:
    return PollService(
        world.poller,
        db=world.app.db,
        importer=world.app.importer,
        clock=world.clock,
        interval=INTERVAL,
        alert=heard.alert,
        news=heard.something_new,
    )


async def test_a_quiet_poll_is_followed_by_the_next_after_the_interval(service: PollService, heard: Heard) -> None:
    assert await service.step() == INTERVAL
    assert service.status.trouble is None
    assert service.status.last_success_at is not None
    assert heard.news == 0


async def test_a_file_that_waits_for_its_second_look_gets_it_soon(world: World, service: PollService) -> None:
    world.put(R1.name, R1.data)
    assert 1.0 <= await service.step() < INTERVAL
    world.clock.pass_by(1.5)
    assert await service.step() == INTERVAL


async def test_an_import_is_told_and_remembered(world: World, service: PollService, heard: Heard) -> None:
    world.put(R1.name, R1.data)
    await service.step()
    world.clock.pass_by(1.5)
    await service.step()
    assert (heard.news, service.status.last_file) == (1, R1.name)


async def test_while_the_server_is_away_the_pauses_grow_up_to_a_minute(
    world: World, service: PollService, caplog: pytest.LogCaptureFixture
) -> None:
    world.remote.away = SourceAway("no route to host")
    with caplog.at_level(logging.WARNING):
        pauses = [await service.step() for _ in range(12)]
    assert 0.75 * INTERVAL <= pauses[0] <= INTERVAL
    assert all(0.75 * LONGEST_PAUSE <= pause <= LONGEST_PAUSE for pause in pauses[6:])
    assert len(set(pauses)) == len(pauses), "jitter"
    assert len(caplog.records) == 1, "one line per episode"
    assert service.status.trouble == Trouble(TroubleCode.SERVER_AWAY, "no route to host")
    assert "are SSH_HOST and SSH_PORT right" in caplog.text


async def test_when_the_server_is_back_the_pauses_begin_anew(world: World, service: PollService) -> None:
    for _ in range(2):
        world.remote.away = SourceAway("no route to host")
        pauses = [await service.step() for _ in range(4)]
        assert pauses[0] <= INTERVAL
        world.remote.away = None
        assert await service.step() == INTERVAL
        assert service.status.trouble is None


async def test_a_refusal_is_asked_again_every_five_minutes_with_one_alert_per_episode(
    world: World, service: PollService, heard: Heard
) -> None:
    world.remote.away = LoginRefused("the key is not accepted")
    assert [await service.step() for _ in range(5)] == [REFUSED_PAUSE] * 5
    assert len(heard.alerts) == 1
    assert "the key is not accepted" in heard.alerts[0]
    world.remote.away = None
    await service.step()
    world.remote.away = LoginRefused("the key is not accepted")
    await service.step()
    assert len(heard.alerts) == 2


async def test_another_reason_in_the_same_episode_is_another_alert(
    world: World, service: PollService, heard: Heard
) -> None:
    for error in (
        LoginRefused("no"), HostKeyChanged("another key"), SourceAway("gone"), HostKeyChanged("another key"),
        SourceRefused("not there"), SourceRefused("no permission"), SourceRefused("not there"), LoginRefused("no"),
    ):  # fmt: skip
        world.remote.away = error
        await service.step()
    assert [alert.rpartition(": ")[2] for alert in heard.alerts] == ["no", "another key", "not there", "no permission"]


async def test_a_database_that_does_not_answer_is_a_trouble_and_not_the_end(world: World, service: PollService) -> None:
    world.put(R1.name, R1.data)
    await world.app.db.write(lambda tx: tx.execute("PRAGMA busy_timeout = 50").fetchall())
    other = sqlite3.connect(world.app.db.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert await service.step() >= 10
    trouble = service.status.trouble or Trouble(TroubleCode.SERVER_AWAY, "")
    assert (trouble.code, "locked" in trouble.text) == (TroubleCode.DATABASE, True)
    other.execute("ROLLBACK")
    other.close()
    await service.step()
    world.clock.pass_by(1.5)
    await service.step()
    assert service.status.trouble is None
    assert await world.state(R1.name) is FileState.IMPORTED


async def test_an_alert_that_cannot_be_stored_is_tried_again(world: World, heard: Heard) -> None:
    world.remote.away = LoginRefused("no")
    await world.app.db.write(lambda tx: tx.execute("PRAGMA busy_timeout = 50").fetchall())
    other = sqlite3.connect(world.app.db.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert await world.polling.step() == REFUSED_PAUSE
    other.execute("ROLLBACK")
    other.close()
    await world.polling.step()
    await world.polling.step()
    assert [row["kind"] for row in await world.rows("SELECT kind FROM outbox")] == ["alert"]


async def test_what_was_imported_before_the_link_broke_is_told(
    world: World, service: PollService, heard: Heard
) -> None:
    world.remote.away = SourceAway("cut")
    await service.step()
    assert heard.news == 1


async def test_a_one_shot_takes_its_second_look_before_it_ends(world: World) -> None:
    world.put(R1.name, R1.data)
    world.on_step = lambda step: world.clock.pass_by(1.1) if step == "listed" else None
    report = await once(world.poller, world.app.db, world.app.importer)
    assert (report.imported, report.pending) == ([R1.name], 0)


async def test_the_first_run_ends_with_a_poll_that_leaves_nothing_waiting(new_world: World) -> None:
    assert new_world.app.importer.silent
    new_world.put(R1.name, R1.data)
    await new_world.poll()
    assert await facts.get(new_world.app.db, facts.FIRST_RUN) == "running"
    await new_world.poll()
    assert await facts.get(new_world.app.db, facts.FIRST_RUN) == "done"
    assert not new_world.app.importer.silent


async def test_only_round_files_are_counted_as_such(
    world: World, service: PollService, caplog: pytest.LogCaptureFixture
) -> None:
    world.put(R1.name, R1.data)
    world.put("2025-10-02-notes.txt", b"")
    world.put("9.txt", b"")
    with caplog.at_level(logging.INFO):
        await service.step()
    assert f"the game server answers: 1 round file, the newest {R1.name}; 2 of other names" in caplog.text


async def test_nothing_ends_the_loop_not_even_a_bug(world: World, caplog: pytest.LogCaptureFixture) -> None:
    imported = asyncio.Event()

    def pass_time(step: str) -> None:
        world.clock.pass_by(2)
        if step == "imported":
            imported.set()

    bugs = iter([ValueError("a bug"), SourceAway("a fault")])
    list_files = world.remote.list

    async def list_with_bugs() -> Sequence[Entry]:
        if (bug := next(bugs, None)) is not None:
            raise bug
        return await list_files()

    world.remote.list = list_with_bugs  # type: ignore[method-assign]
    world.on_step = pass_time
    world.put(R1.name, R1.data)
    world.polling._interval = 0.01
    polling = Service(ServiceName.POLLING, world.polling.run)
    async with running([polling], clock=world.clock, heartbeats=world.app.heartbeats):
        await asyncio.wait_for(imported.wait(), 10)
    assert [record.levelname for record in caplog.records if record.exc_info] == ["ERROR"]
