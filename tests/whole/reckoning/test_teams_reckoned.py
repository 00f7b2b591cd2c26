"""Sessions, teams, their names and scores against a second reckoning: over whole folders, and over drawn line-ups."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.stats.teams import MatchLineUps, Member, team_names, team_pairs
from bot.store.questions.rounds import export
from rigs.builders import RoundFile, a_player, an_r1, an_r2, later, swapped
from rigs.world import World, a_world
from tests.whole import played
from tests.whole.archive import Archive, archives
from tests.whole.reckoning.lines import is_person
from tests.whole.reckoning.rounds import reckon
from tests.whole.reckoning.teams import Match, Side, matches_of, names, pairs, sessions
from tools.demo.session import SampleFile


def reckoned(files: Sequence[SampleFile]) -> list[list[dict[str, Any]]]:
    """The pairs of teams of every session in which a round counts."""
    verdicts = reckon({file.name: file.data for file in files})
    matches = matches_of(verdicts)
    found = []
    for session in sessions(verdicts):
        inside = [match for match in matches if match.file in session]
        told = []
        for pair in pairs(inside):
            opening = pair.matches[0][0]
            teams = zip(names(opening), pair.rosters(), strict=True)
            told.append(
                {
                    "teams": [{"name": name, "guids": [*filter(is_person, roster)]} for name, roster in teams],
                    "score": [*pair.score()],
                    "draws": pair.draws(),
                    "matches": [match.file for match, _ in pair.matches],
                }
            )
        if told:
            found.append(told)
    return found


@archives
async def test_sessions_and_teams_of_an_archive_are_what_the_raw_files_say(world: World, archive: Archive) -> None:
    await world.add(*archive.samples)
    exported = await export.sessions(world.app.db, zone=UTC)
    assert [session["pairs"] for session in exported] == reckoned(archive.samples)
    assert sum(len(session["pairs"]) for session in exported) > 1


async def test_made_sessions_and_a_long_match_beside_an_idle_player_are_told_the_same(world: World) -> None:
    first = an_r1(at="2026-03-10-200000", map="radar")
    files = [
        *played.made().files, first.sample, an_r2(first, at="2026-03-10-205930").sample,
        an_r1(at="2026-03-10-214500", map="oasis", players=[a_player("anna", kills=1)]).sample,
        an_r1(at="2026-03-10-223000", map="oasis").sample,
    ]  # fmt: skip
    await world.add(*files)
    exported = await export.sessions(world.app.db, zone=UTC)
    assert [session["pairs"] for session in exported] == reckoned(files)
    assert len(exported) == 4


def without_guids(files: Sequence[RoundFile], nobody: Mapping[str, str]) -> list[SampleFile]:
    """The files as a server writes them that knows no GUID of these players: name → what stands in its place."""
    return [
        replace(file, report=replace(file.report, players=tuple(
            replace(player, guid=nobody[player.name]) if player.name in nobody else player
            for player in file.report.players
        ))).sample
        for file in files
    ]  # fmt: skip


def a_map(number: int, one: str, two: str, *, tag: str = "") -> list[RoundFile]:
    """`one` attacks first and wins."""
    sides = ((2, one, tag), (1, two, ""))
    lines = [a_player(f"{worn}{who}", team=team, kills=4) for team, names, worn in sides for who in names]
    first = an_r1(map=f"map{number}", at=later("2026-03-01-180000", 1800 * number), players=lines)
    return [first, an_r2(first, players=swapped(lines), winner=1)]


@pytest.mark.parametrize("line_ups", [[("abc", "xyz")] * 3, [("abc", "xyz")] * 2 + [("ghi", "abc")] * 2])
async def test_a_session_without_guids_has_the_teams_that_it_has_with_them(
    world: World, line_ups: list[tuple[str, str]]
) -> None:
    files = [file for number, (one, two) in enumerate(line_ups) for file in a_map(number, one, two, tag="///Q.")]
    plain = without_guids(files, dict.fromkeys((p.name for f in files for p in f.report.players), "UNKNOWN"))
    await world.add(*plain)
    [session] = await export.sessions(world.app.db, zone=UTC)
    assert [session["pairs"]] == reckoned(plain)
    [opening, *_] = with_guids = reckoned([file.sample for file in files])[0]
    assert [pair["score"] for pair in session["pairs"]] == [pair["score"] for pair in with_guids]
    assert opening["teams"][0]["name"] == session["pairs"][0]["teams"][0]["name"] == "///Q."
    assert all(team["guids"] == [] for pair in session["pairs"] for team in pair["teams"])


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_who_has_a_guid_and_who_has_none_makes_no_other_pairs_and_scores(data: st.DataObject) -> None:
    """Within one evening in which nobody changes his name, the name is as good as the GUID."""
    line_ups = data.draw(st.lists(st.permutations("abcxyz"), min_size=1, max_size=4))
    files = [file for n, who in enumerate(line_ups) for file in a_map(n, "".join(who[:3]), "".join(who[3:]))]
    nobody = {
        who: data.draw(st.sampled_from(["", "UNKNOWN", "NO_GUID", "0123456Z"]))
        for who in data.draw(st.sets(st.sampled_from("abcxyz")))
    }
    plain = without_guids(files, nobody)

    async def told() -> list[list[dict[str, Any]]]:
        with TemporaryDirectory() as folder:
            async with a_world(Path(folder)) as world:
                await world.add(*plain)
                return [session["pairs"] for session in await export.sessions(world.app.db, zone=UTC)]

    made = asyncio.run(told())
    assert made == reckoned(plain)
    [whole] = reckoned([file.sample for file in files])
    assert [(pair["score"], pair["draws"], pair["matches"]) for pair in made[0]] == [
        (pair["score"], pair["draws"], pair["matches"]) for pair in whole
    ]


LETTERS = "abcdefghij"
TAGS = ["", "", ".xy.", "///Q.", "TEAM ", "ab"]


@st.composite
def some_sessions(draw: st.DrawFn) -> list[tuple[Side, Side]]:
    """Line-ups that follow each other: the same, mixed anew, with a substitute, or strangers."""
    found: list[tuple[Side, Side]] = []
    people = list(LETTERS)
    size = draw(st.integers(1, 5))
    for _ in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(["same", "swapped", "shuffled", "substitute", "late"]))
        if kind == "shuffled" or not found:
            people = draw(st.permutations(LETTERS))
        elif kind == "swapped":
            people[: 2 * size] = [*people[size : 2 * size], *people[:size]]
        elif kind == "substitute":
            at, other = draw(st.integers(0, 2 * size - 1)), draw(st.integers(0, len(people) - 1))
            people[at], people[other] = people[other], people[at]
        fewer = draw(st.integers(0, 1)) if kind == "late" else 0
        sides = people[: size - fewer], people[size : 2 * size]
        found.append(tuple({who: draw(members(who)) for who in side} for side in sides))  # type: ignore[arg-type]
    return found


def members(letter: str) -> st.SearchStrategy[tuple[str, int]]:
    tags = st.sampled_from(TAGS)
    worn = st.one_of(
        tags.map(lambda tag: f"{tag}{letter}"), tags.map(lambda tag: f"{letter}{tag}".strip()), st.just(letter.upper())
    )
    return st.tuples(worn, st.integers(0, 3))


@given(some_sessions(), st.lists(st.sampled_from([None, 0, 1, -1]), min_size=7, max_size=7))
def test_of_any_session_the_pairs_the_scores_and_the_names_are_the_same(
    session: list[tuple[Side, Side]], results: list[int | None]
) -> None:
    line_ups = [
        MatchLineUps(at, _members(first), _members(second), None if won is None else won + 1 if won >= 0 else 0)
        for at, ((first, second), won) in enumerate(zip(session, results, strict=False))
    ]
    matches = [
        Match(str(at), at, sides, won if won in (0, 1) else None, won is not None)
        for at, (sides, won) in enumerate(zip(session, results, strict=False))
    ]
    told = [
        ([*map(list, pair.teams)], pair.names, pair.wins, pair.draws, [(m.id, m.first) for m in pair.matches])
        for pair in team_pairs(line_ups)
    ]
    assert told == [
        ([*pair.rosters()], tuple(names(pair.matches[0][0])), pair.score(), pair.draws(),
         [(int(match.file), first) for match, first in pair.matches])
        for pair in pairs(matches)
    ]  # fmt: skip


def _members(side: Side) -> dict[str, Member]:
    return {who: Member(*member) for who, member in side.items()}


@pytest.mark.parametrize(
    ("worn", "name"),
    [
        (["anna.xy.", "ben.XY.", "cleo"], ".xy."), (["///Q.a", "///q.b"], "///Q."), (["ab1", "ab2", "ab3"], "c's team"),
        (["anna", "ben", "cleo"], "cleo's team"), (["anna"], "anna"), ([], "nobody"),
    ],
)  # fmt: skip
def test_a_name_is_a_tag_that_two_thirds_share_or_the_best_player_s(worn: list[str], name: str) -> None:
    side = {letter: (text, at) for at, (letter, text) in enumerate(zip("abc", worn, strict=False))}
    name = worn[-1] + "'s team" if name == "c's team" else name
    assert names(Match("", 0, (side, {})))[0] == name == team_names(_members(side), {})[0]
