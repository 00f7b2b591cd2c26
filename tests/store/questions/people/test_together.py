"""A second reckoning of who wins with whom, when people play, and best rounds: over the lines, in plain Python."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.game.map_names import map_title
from bot.domain.stats.people.together import FEWEST, Score
from bot.domain.stats.scope import Scope
from bot.store.questions.people import together
from bot.store.questions.scopes import ChosenRounds, choose
from rigs.builders import a_guid, a_player, a_session, an_r1, an_r2
from rigs.world import NIGHT, World, a_rules

BERLIN = ZoneInfo("Europe/Berlin")


async def chosen(world: World, scope: Scope | None = None) -> ChosenRounds:
    return await choose(world.app.db, scope or Scope(), now=NIGHT, rules=a_rules())


def outcome(first: Any, second: Any) -> int:
    """The line-up that won by the stopwatch: 1 attacked first, 2 attacked second, 0 nobody."""
    if second["winner"] != second["defender"]:
        return 2
    return 1 if first["winner"] != first["defender"] else 0


async def reckoned(world: World, guid: str) -> tuple[Counter[str], dict[str, Counter[str]], dict[str, Counter[str]]]:
    """(results by map and word, mates, opponents) from rounds and lines alone."""
    rounds = {row["id"]: row for row in await world.rows("SELECT * FROM rounds WHERE state = 'counted'")}
    lines = await world.rows("SELECT * FROM player_rounds")
    maps: Counter[str] = Counter()
    mates: dict[str, Counter[str]] = {}
    opponents: dict[str, Counter[str]] = {}
    for second in rounds.values():
        first = rounds.get(second["first_round_id"])
        if first is None:
            continue
        line_up: dict[str, int] = {}
        for half in (first, second):  # who changed teams stands where the last line is
            attackers = 3 - half["defender"]
            for line in lines:
                if line["round_id"] == half["id"] and line["team"] in (1, 2):
                    attacks = line["team"] == attackers
                    line_up[line["guid"]] = (1 if attacks else 2) if half is first else (2 if attacks else 1)
        if guid not in line_up:
            continue
        won = outcome(first, second)
        word = "drawn" if won == 0 else "won" if won == line_up[guid] else "lost"
        maps[f"{map_title(second['map'])} {word}"] += 1
        for other, place in line_up.items():
            if other != guid:
                found = mates if place == line_up[guid] else opponents
                found.setdefault(other, Counter())[word] += 1
    return maps, mates, opponents


def as_counts(score: Score) -> Counter[str]:
    return +Counter({"won": score.won, "drawn": score.drawn, "lost": score.lost})


async def test_a_team_record_is_what_the_rounds_say(world: World) -> None:
    held = an_r1(at="2026-03-09-210000", map="te_escape2", winner=1, players=[a_player("p1"), a_player("p2", team=2)])
    await world.add(*a_session(8, seed=3), held, an_r2(held, winner=1))
    guids = [row["guid"] for row in await world.rows("SELECT DISTINCT guid FROM player_rounds WHERE counted = 1")]
    for guid in guids:
        found = await together.record(world.app.db, await chosen(world), guid)
        maps, mates, opponents = await reckoned(world, guid)
        told: Counter[str] = Counter()
        for name, score in found.maps:
            told.update({f"{map_title(name)} {word}": times for word, times in as_counts(score).items()})
        assert told == maps
        for people, reckoning in ((found.mates, mates), (found.opponents, opponents)):
            wanted = {other: +one for other, one in reckoning.items() if one.total() >= FEWEST}
            assert {other: as_counts(score) for other, score in people} == wanted
            assert [score.won for _, score in people] == sorted((score.won for _, score in people), reverse=True)
        assert found.score.played == sum(maps.values())


async def test_hours_and_regulars_are_what_the_rounds_say(world: World) -> None:
    await world.add(*a_session(6, seed=3), an_r1(at="2026-03-28-233000"), an_r1(at="2026-03-29-053000", map="radar"))
    found = await together.activity(world.app.db, await chosen(world), zone=BERLIN)
    rounds = await world.rows("SELECT * FROM rounds WHERE state = 'counted'")
    hours = Counter(
        (at.weekday(), at.hour) for at in (datetime.fromtimestamp(row["ended_at"], BERLIN) for row in rounds)
    )
    assert found.hours == dict(hours)
    assert found.sessions == len({row["session"] for row in rounds})
    lines = await world.rows("SELECT guid, session FROM player_rounds WHERE counted = 1")
    sessions = Counter(guid for guid, _ in {(line["guid"], line["session"]) for line in lines})
    assert {guid: times for guid, _, times in found.regulars}.items() <= sessions.items()
    assert [times for *_, times in found.regulars] == sorted(sessions.values(), reverse=True)[: together.MOST]


async def test_moments_are_the_best_rounds_with_their_maps(world: World) -> None:
    await world.add(
        an_r1(players=[a_player("anna", kills=9, revives_given=1), a_player("ben", team=2)]),
        an_r1(
            at="2026-03-02-210000", map="te_escape2",
            players=[a_player("anna", kills=7, revives_given=4), a_player("ben", team=2)],
        ),
        an_r1(at="2026-03-03-210000", players=[a_player("anna", kills=9), a_player("ben", team=2)]),
    )  # fmt: skip
    found = await together.moments(world.app.db, await chosen(world), a_guid("anna"))
    told: dict[str, tuple[Any, ...]] = {one.metric.name: (one.value, one.map, one.round_id) for one in found.moments}
    assert told["kills"] == (9, "supply", 1)  # the first of two that are equal
    assert told["revives"] == (4, "te_escape2", 2)
    lines = await world.rows("SELECT * FROM player_rounds WHERE guid = '" + a_guid("anna") + "'")
    best = max(60 * line["damage_given"] / line["time_seconds"] for line in lines)
    assert told.get("dpm", (best,))[0] == best
