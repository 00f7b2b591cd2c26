"""Whatever the order, the batches, the repetitions and the crashes: the same files tell the same rounds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.audit.states import FileState
from bot.ingest.outcomes import Arrival
from rigs.builders import a_name, a_player, a_session, an_r1, an_r2, later, of_our_script, two_teams
from rigs.world import World, a_world, time_of
from tools.demo.session import SampleFile

STEPS = ("parsed", "begun", "rounds stored", "ledger stored", "committing")


class Crash(BaseException):
    """The process ends here."""


def _session() -> list[SampleFile]:
    """Pairs, a rematch, an aborted round, a round 2 alone, a carried-over round 1, and one that nobody can read.

    One match was written by two scripts, its round 1 as a whole by ours alone.
    """
    first = an_r1(at="2026-03-01-210000")
    second = an_r2(first)
    aborted = an_r1(at=later(second.at, 200), limit="12:00", next_limit="12:00", winner=0)
    rematch = an_r1(at=later(aborted.at, 300))
    orphan = an_r2(an_r1(map="te_escape2", players=[a_player("anna", kills=3), a_player("ben", team=2, deaths=3)]))
    mislabelled = an_r2(rematch, number=1, at=later(rematch.at, 500))
    files = [first, second, aborted, rematch, an_r2(rematch, at=later(rematch.at, 900)), orphan, mislabelled]
    met = an_r1(map="radar", at="2026-03-01-203000", players=two_teams(3))
    again = an_r2(met)
    theirs = replace(met, at=later(met.at, 4), report=replace(met.report, players=met.report.players[:5]))
    kills = {("axis0", "allies0"): 2, ("allies1", "axis1"): 1}
    of_two_scripts = [
        of_our_script(met, kills),
        theirs,
        of_our_script(again, kills),
        replace(again, at=later(again.at, 4)),
    ]
    return [
        *(file.sample for file in [*files, *of_two_scripts]),
        *a_session(1, seed=5),
        SampleFile("2026-03-01-220000-supply-round-1.txt", b"no round\n"),
    ]


EVENING = _session()
orders = st.lists(st.sampled_from(EVENING), max_size=6).flatmap(
    lambda again: st.permutations([*EVENING, *again])  # every file once, some of them again
)
cuts = st.lists(st.integers(1, len(EVENING)), max_size=4)
crashes = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 3)), max_size=3)


@pytest.fixture(scope="module")
def expected() -> list[dict[str, Any]]:
    return asyncio.run(_rounds_of([EVENING], []))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=orders, cuts=cuts, crashes=crashes)
def test_any_order_any_batches_any_crashes_give_the_same_rounds(
    expected: list[dict[str, Any]],
    order: list[SampleFile],
    cuts: list[int],
    crashes: list[tuple[str, int]],
) -> None:
    assert asyncio.run(_rounds_of(_batches(order, cuts), crashes)) == expected


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=st.permutations(EVENING))
def test_deriving_everything_anew_changes_nothing(expected: list[dict[str, Any]], order: list[SampleFile]) -> None:
    async def play() -> tuple[int, int]:
        with TemporaryDirectory() as folder:
            async with a_world(Path(folder)) as world:
                for file in order:
                    await world.add(file)
                return await world.app.importer.rebuild()

    assert asyncio.run(play()) == (len(expected), 0)


@st.composite
def timelines(draw: st.DrawFn) -> list[SampleFile]:
    """Rounds of one map, at gaps around the pairing window, each of which may or may not fit the one before."""
    at, files, last = "2026-03-01-120000", [], None
    for _ in range(draw(st.integers(2, 7))):
        if last is None or draw(st.booleans()):
            last = an_r1(at=at, players=two_teams(minutes=draw(st.sampled_from([4.0, 8.0]))))
        else:
            last = an_r2(last, at=at, number=draw(st.sampled_from([1, 2, 2])))
        files.append(last.sample)
        at = later(at, draw(st.sampled_from([60, 600, 1800, 3000, 3599, 3600, 3601, 5000])))
    return files


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(timeline=timelines(), data=st.data())
def test_one_map_played_on_and_on_is_told_the_same_in_any_order(
    timeline: list[SampleFile], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(timeline))
    cuts = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    at_once = asyncio.run(_rounds_of([timeline], [], files=timeline))
    assert asyncio.run(_rounds_of(_batches(order, cuts), [], files=timeline)) == at_once


def _batches(order: Sequence[SampleFile], cuts: Sequence[int]) -> list[Sequence[SampleFile]]:
    batches, start = [], 0
    for length in cuts:
        batches.append(order[start : start + length])
        start += length
    return [*batches, order[start:]]


async def _rounds_of(
    batches: Sequence[Sequence[SampleFile]], crashes: list[tuple[str, int]], *, files: Sequence[SampleFile] = EVENING
) -> list[dict[str, Any]]:
    """What the export says after these imports; a batch in which the process ends is repeated after a restart."""
    left = list(crashes)
    with TemporaryDirectory() as folder:
        for batch in batches:
            while not await _survives(Path(folder), batch, left):
                pass
        async with a_world(Path(folder)) as world:
            for file in files:
                assert await world.state(file.name) in (FileState.IMPORTED, FileState.REJECTED)
            rounds: list[dict[str, Any]] = (await world.export())["rounds"]
            return rounds


async def _survives(folder: Path, batch: Sequence[SampleFile], crashes: list[tuple[str, int]]) -> bool:
    async with a_world(folder) as world:
        world.on_step = _crash_at(world, *crashes.pop()) if crashes else world.on_step
        try:
            await world.app.importer.add([Arrival(a_name(file.name), file.data, time_of(file.name)) for file in batch])
        except Crash:
            return False
        return True


def _crash_at(world: World, step: str, nth: int) -> Any:
    def reached(now: str) -> None:
        if now == step and world.steps.count(step) == nth:
            raise Crash

    return reached
