"""Evenings as they were played, by hand: sessions, pairs, line-ups and results, in whatever order the files come."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.domain.game.matches import Winner
from bot.domain.stats.answers import MatchAnswer
from bot.store.questions.rounds import sessions
from bot.store.questions.rounds.matches import match_answer
from rigs.world import World, a_world
from tests.whole import played
from tests.whole.archive import FOLDER
from tests.whole.played import PlayedSessions
from tools.demo.session import SampleFile


class Told(NamedTuple):
    """What the product says of the evenings, as the tables say it."""

    matches: set[str]
    lonely: set[str]
    sessions: set[str]


def rows(table: str) -> set[str]:
    return {" ".join(line.split()) for line in table.strip().splitlines()}


class Letters(dict[str, str]):
    """GUID → letter."""

    def of(self, guids: Iterable[str]) -> str:
        """The letters of a line-up, in order."""
        return "".join(sorted(self[guid] for guid in guids))


def clock(seconds: int | None) -> str:
    assert seconds is not None
    return f"{seconds // 60}:{seconds % 60:02}"


def line_up(match: MatchAnswer, team: int, *, letters: Letters) -> str:
    return letters.of(player.guid for player in match.players if player.team == team)


def as_a_row(match: MatchAnswer, letters: Letters) -> str:
    first, second, result = match.first, match.second, match.result
    assert first is not None
    attackers, defenders = line_up(match, 1, letters=letters), line_up(match, 2, letters=letters)
    if second is None:
        assert result is None
        return f"{first.file[:17]} {match.map} {attackers} {defenders}"
    assert result is not None
    won = {Winner.FIRST_ATTACKERS: attackers, Winner.FIRST_DEFENDERS: defenders, Winner.DRAW: "draw"}[result.winner]
    in_first = clock(first.half.duration) if first.half.attackers_won else "held"
    in_second = "held" if result.second_time is None else clock(result.second_time)
    stamps = f"{first.file[:17]} {second.file[:17]}"
    return f"{stamps} {match.map} {attackers} {defenders} {won} {in_first} {clock(result.target)} {in_second}"


async def told(world: World, letters: Letters) -> Told:
    found = Told(set(), set(), set())
    db = world.app.db
    for start in await sessions.starts(db, limit=100):
        session = await sessions.session_answer(db, start, zone=UTC)
        for line in session.matches:
            match = await match_answer(db, line.id)
            assert match is not None
            line_ups = line_up(match, 1, letters=letters), line_up(match, 2, letters=letters)
            assert line_ups == (letters.of(line.attackers), letters.of(line.defenders))
            assert match.result == line.result
            (found.matches if match.second else found.lonely).add(as_a_row(match, letters))
        scores = []
        for pair in session.pairs:
            (one, its), (other, theirs) = sorted(zip(map(letters.of, pair.teams), pair.wins, strict=True))
            scores.append(f"{one} {its} : {theirs} {other} {pair.draws}")
        found.sessions.add(f"{session.name} {session.rounds} {len(session.matches)} {', '.join(scores)}")
    return found


def batches(played_sessions: PlayedSessions, order: str) -> list[list[SampleFile]]:
    every = list(played_sessions.files)
    if order == "reversed":
        return [every[::-1]]
    if order == "shuffled":
        random.Random(4).shuffle(every)
        quarter, few = len(every) // 4, 5
        return [every[:quarter], every[quarter : quarter + few], every[quarter + few :]]
    if order == "one by one, some of the round 1s last":
        return [[file] for file in sorted(every, key=lambda file: file.name in played_sessions.late)]
    return [every]


@pytest.mark.parametrize(
    "which",
    [
        "made",
        pytest.param(
            "real", marks=pytest.mark.skipif(not FOLDER.is_dir(), reason="the real files are not beside the project")
        ),
    ],
)
@pytest.mark.parametrize(
    "order", ["as they were played", "reversed", "shuffled", "one by one, some of the round 1s last"]
)
async def test_sessions_are_what_was_played_in_whatever_order_the_files_come(
    tmp_path: Path, order: str, which: str
) -> None:
    played_sessions = played.real() if which == "real" else played.made()
    async with a_world(tmp_path) as world:
        for batch in batches(played_sessions, order):
            await world.add(*batch)
        found = await told(world, Letters(played_sessions.letters()))
    assert found.matches == rows(played_sessions.matches)
    assert found.lonely == played_sessions.lonely
    assert found.sessions == rows(played_sessions.sessions)
