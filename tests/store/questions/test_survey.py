"""What an audit asks the database of its rounds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from bot.domain.audit.audit import Alike
from bot.store.questions import survey
from rigs.builders import RoundFile, an_r1, later, two_teams
from rigs.world import World


def _again(file: RoundFile, days: int, lines: int = 6) -> RoundFile:
    report = replace(file.report, players=file.report.players[-lines:], config=f"config {days}")
    return replace(file, at=later(file.at, days * 86400), report=report)


async def _alike(world: World, *files: RoundFile) -> list[Alike]:
    for file in files:
        await world.add(file)
    return await survey.alike(world.app.db, world.app.server)


async def test_lines_of_the_same_figures_are_counted_for_each_two_rounds(world: World) -> None:
    first = an_r1(players=two_teams(3))
    cut, whole = _again(first, 1, lines=5), _again(first, 2)
    assert await _alike(world, whole, first, cut) == [
        Alike(first.name, cut.name, 5, 6), Alike(first.name, whole.name, 6, 6), Alike(cut.name, whole.name, 5, 6),
    ]  # fmt: skip


async def test_another_map_and_what_does_not_count_are_no_copies(world: World) -> None:
    first = an_r1(players=two_teams(3))
    elsewhere = replace(first, at=later(first.at, 86400), report=replace(first.report, map="radar"))
    broken = _again(first, 2)
    aborted = replace(broken, report=replace(broken.report, playtime=-5))
    assert await _alike(world, first, elsewhere, aborted) == []


async def test_of_very_many_copies_each_is_compared_with_the_next(world: World) -> None:
    first = an_r1(players=two_teams(3))
    files = [first, *(_again(first, days) for days in range(1, survey.MOST_COMPARED + 2))]
    found = await _alike(world, *files)
    assert [(pair.file, pair.again) for pair in found] == [(one.name, other.name) for one, other in pairwise(files)]
