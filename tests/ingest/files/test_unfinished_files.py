"""A writer may pause for as long as it likes: no round is told by half a file for good, and none is told twice."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app import App, open_app
from bot.domain.audit.states import FileState
from bot.domain.posts import Correction, CorrectionCode
from bot.ingest.outcomes import Poll
from bot.ingest.settling import PATIENCE
from bot.ingest.source.sftp import SftpSource
from bot.store import outbox
from rigs.builders import RoundFile, a_player, an_r1, an_r2, two_teams
from rigs.servers.sshd import Sshd
from rigs.world import NIGHT, ManualClock, World, a_settings, a_world
from tests.ingest.conftest import Opener

R1 = an_r1()
LINES = R1.data.splitlines(keepends=True)
UNBALANCED = an_r1(players=[a_player("anna", kills=7), a_player("ben", team=2, deaths=6)])
LUCKY = an_r1(players=[*two_teams(), a_player("eve")])
"""Without its last line it is balanced too: nothing but the file that grows tells that it was cut."""
HALF = b"".join(LUCKY.data.splitlines(keepends=True)[:-1])


async def test_a_writer_that_pauses_between_lines_is_waited_for(world: World) -> None:
    world.put(R1.name, b"".join(LINES[:3]))
    report = await world.poll(times=8)
    assert (report.imported, report.rejected, report.pending) == ([], {}, 1)
    world.remote.overwrite(R1.name, R1.data)
    assert (await world.poll(times=2)).imported == [R1.name]


async def test_a_file_that_is_cut_within_a_line_is_waited_for_and_not_rejected(world: World) -> None:
    world.put(R1.name, R1.data[:-7])
    assert not (await world.poll(times=8)).rejected
    world.remote.overwrite(R1.name, R1.data)
    assert (await world.poll(times=2)).imported == [R1.name]


async def test_a_sound_file_that_is_unbalanced_is_taken_after_20_seconds_and_read_twice(world: World) -> None:
    world.put(UNBALANCED.name, UNBALANCED.data)
    before = world.clock.now()
    while not (await world.poll(wait=1)).imported:
        assert world.clock.now() - before < PATIENCE + 3
    assert world.clock.now() - before >= PATIENCE
    assert world.remote.calls["reads"] == 2


async def test_an_old_file_is_not_waited_for(world: World) -> None:
    world.put(UNBALANCED.name, UNBALANCED.data)
    newer = an_r1(map="radar", at="2026-03-01-213000")
    world.put(newer.name, newer.data)
    assert (await world.poll()).imported == [UNBALANCED.name]


async def test_an_archive_that_was_copied_just_now_is_not_waited_for(world: World) -> None:
    old = an_r1(at="2025-03-01-210000", players=UNBALANCED.report.players)
    world.put(old.name, old.data, mtime=int(world.clock.now()))
    assert (await world.poll(times=2)).imported == [old.name]


async def test_the_rest_of_a_file_replaces_the_round_of_its_beginning(world: World) -> None:
    world.put(LUCKY.name, HALF)
    assert (await world.poll(times=2)).imported == [LUCKY.name]
    post = await world.post_of(LUCKY.name)
    await world.app.db.write(lambda tx: outbox.sent(tx, post, message=1, revision=post.revision, now=NIGHT))
    world.put(LUCKY.name, LUCKY.data)
    report = await world.poll(times=3)
    assert (report.finished, report.changed, report.imported) == ([LUCKY.name], [], [])
    assert not report.attention
    row = await world.row(LUCKY.name)
    assert row is not None
    assert (row.state, row.round_id, row.size, row.changed_to) == (
        FileState.IMPORTED, post.round_id, len(LUCKY.data), None
    )  # fmt: skip
    corrected = await world.post_of(LUCKY.name)
    assert (corrected.id, corrected.corrected) == (post.id, Correction(CorrectionCode.FINISHED))
    assert (world.folder / "local_stats" / LUCKY.name).read_bytes() == LUCKY.data
    assert await world.count("rounds") == await world.count("outbox") == 1
    async with a_world(world.folder / "straight") as straight:
        await straight.add(LUCKY)
        assert (await world.export())["rounds"] == (await straight.export())["rounds"]


async def test_a_file_that_was_taken_after_a_long_pause_is_watched_for_its_rest(world: World) -> None:
    world.put(R1.name, b"".join(LINES[:3]))
    assert (await world.poll(times=15, wait=2)).imported == [R1.name]
    world.remote.overwrite(R1.name, R1.data)  # the folder's own time stays
    assert (await world.poll(times=3)).finished == [R1.name]


async def test_a_file_that_grew_and_broke_keeps_its_round_and_is_a_finding(world: World) -> None:
    world.put(R1.name, R1.data)
    await world.poll(times=2)
    before = (await world.export())["rounds"]
    world.put(R1.name, R1.data + b"and more", mtime=int(world.clock.now()))
    assert (await world.poll(times=3, wait=11)).changed == [R1.name]
    assert (await world.export())["rounds"] == before


async def test_what_a_round_2_lacks_comes_with_the_rest_of_its_round_1(world: World) -> None:
    second = an_r2(LUCKY)
    world.put(LUCKY.name, HALF)
    await world.poll(times=2)
    world.put(second.name, second.data)
    await world.poll(times=2)
    world.put(LUCKY.name, LUCKY.data)
    assert (await world.poll(times=3)).finished == [LUCKY.name]
    async with a_world(world.folder / "straight") as straight:
        await straight.add(LUCKY, second)
        assert (await world.export())["rounds"] == (await straight.export())["rounds"]


@given(
    pauses=st.lists(st.floats(0.5, 25), min_size=len(LINES) - 1, max_size=len(LINES) - 1),
    every=st.sampled_from([1.1, 3.0, 9.0]),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
async def test_whatever_the_pauses_the_round_is_the_whole_files_in_the_end(pauses: list[float], every: float) -> None:
    with TemporaryDirectory() as folder:
        async with a_world(Path(folder)) as world:
            await world.poll()
            world.put(R1.name, LINES[0])
            for count, pause in enumerate(pauses, 2):
                for _ in range(int(pause / every)):
                    await world.poll(wait=every)
                world.clock.pass_by(pause % every)
                world.remote.overwrite(R1.name, b"".join(LINES[:count]), mtime=int(world.clock.now()))
            total = await world.poll(times=10, wait=5)
            assert (total.pending, total.changed, total.rejected) == (0, [], {})
            row = await world.row(R1.name)
            assert row is not None
            assert (row.state, row.sha256) == (FileState.IMPORTED, hashlib.sha256(R1.data).hexdigest())
            assert await world.count("rounds") == await world.count("outbox") == 1


@asynccontextmanager
async def on_a_server(folder: Path, source: SftpSource, clock: ManualClock) -> AsyncIterator[App]:
    async with open_app(a_settings(folder), source=source, clock=clock) as app:
        yield app


async def polled(app: App, clock: ManualClock, times: int, *, wait: float) -> Poll:
    total = Poll()
    assert app.live is not None
    for _ in range(times):
        clock.pass_by(wait)
        total.add(await app.live.poller.poll())
    return total


def write(sshd: Sshd, name: str, data: bytes, clock: ManualClock) -> None:
    """The server's own program writes, and its clock is the test's."""
    (sshd.folder / name).write_bytes(data)
    os.utime(sshd.folder / name, (clock.now(), clock.now()))


@pytest.mark.parametrize("pause", [0.5, 1.5, 3, 8, 19, 25])
async def test_over_sftp_a_pausing_writer_gives_one_whole_round(
    tmp_path: Path, sshd: Sshd, open_source: Opener, pause: float
) -> None:
    clock = ManualClock()
    async with on_a_server(tmp_path, open_source(sshd), clock) as app:
        for count in range(1, len(LINES) + 1):
            write(sshd, R1.name, b"".join(LINES[:count]), clock)
            total = await polled(app, clock, max(1, int(pause / 1.1)), wait=min(pause, 1.1))
            if pause < PATIENCE and count < len(LINES):
                assert not total.imported
        await polled(app, clock, 5, wait=1.1)
        digests = [row["sha256"] for row in await app.db.all("SELECT sha256 FROM rounds")]
        assert digests == [hashlib.sha256(R1.data).hexdigest()]


SAMPLES: dict[str, Callable[[str], RoundFile]] = {
    "LF": lambda map_name: an_r1(map=map_name),
    "CRLF": lambda map_name: an_r1(map=map_name, players=two_teams(3), newline="\r\n"),
    "round 2": lambda map_name: an_r2(an_r1(map=map_name)),
}


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
async def test_over_sftp_a_file_cut_at_any_byte_is_imported_once_and_whole(
    tmp_path: Path, sshd: Sshd, open_source: Opener, sample: Callable[[str], RoundFile]
) -> None:
    clock = ManualClock()
    files = [sample(f"map{cut:04}") for cut in range(len(sample("map0000").data))]
    async with on_a_server(tmp_path, open_source(sshd), clock) as app:
        for cut, file in enumerate(files):
            write(sshd, file.name, file.data[:cut], clock)
        half = await polled(app, clock, 3, wait=3)
        assert ([*half.imported, *half.set_aside], half.rejected, half.failed) == ([], {}, {})
        for file in files:
            write(sshd, file.name, file.data, clock)
        whole = await polled(app, clock, 3, wait=3)
        assert {*whole.imported, *whole.set_aside} == {file.name for file in files}
        rows = await app.db.all("SELECT sha256 FROM rounds")
        assert sorted(row["sha256"] for row in rows) == sorted(hashlib.sha256(file.data).hexdigest() for file in files)
