"""Worlds that cannot be true: in whatever order their files come they say the same, and no audit calls them healthy."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bot.domain.audit.audit import Audit, AuditVerdict, DatabaseState
from bot.domain.audit.checks import audit
from bot.domain.game.file import columns
from bot.domain.game.file.report import Cells
from bot.domain.game.model import Aside
from bot.store.questions.rounds import export
from bot.watch.survey import gather
from rigs.builders import (
    RoundFile,
    a_player,
    a_session,
    an_r1,
    an_r2,
    later,
    of_our_script,
    swapped,
    two_teams,
    with_fields,
)
from rigs.world import NIGHT, World, a_world, time_of

WORLDS = 12


class Lying(NamedTuple):
    """A file in the folder; `mtime`: where it is not that of its name."""

    name: str
    data: bytes
    mtime: int | None = None


def lying(*files: RoundFile, **mtimes: int) -> list[Lying]:
    return [Lying(file.name, file.data) for file in files]


def overlap(at: str) -> list[Lying]:
    return lying(an_r1(at=at, map="radar"), an_r1(at=later(at, 180), map="braundorf"))


def saved_twice(at: str) -> list[Lying]:
    again = [*two_teams(2), a_player("late", team=2)]
    return lying(an_r1(at=at, map="radar"), an_r1(at=later(at, 12), map="radar", players=again))


def of_strangers(at: str) -> list[Lying]:
    first = an_r1(at=at, map="radar")
    others = [a_player(name, team=team) for name, team in (("x", 1), ("y", 1), ("z", 2), ("w", 2))]
    elsewhere = an_r1(at=at, map="radar", players=others)
    return lying(first, an_r2(elsewhere, at=later(at, 2400)))


def stamped_ahead(at: str) -> list[Lying]:
    file = an_r1(at=f"2036{at[4:]}", map="radar")
    return [Lying(file.name, file.data, time_of(f"{at}-radar-round-1.txt"))]


def stepped_back(at: str) -> list[Lying]:
    first = an_r1(at=later(at, 600), map="radar")
    second = an_r2(first, at=at)
    end = time_of(second.name)
    return [Lying(first.name, first.data, end), Lying(second.name, second.data, end + 600)]


def with_a_wrong_clock(off: int, of: int = 2) -> Callable[[str], list[Lying]]:
    """A match; its round `of` was stamped so many seconds too late, the files' own times are right."""

    def made(at: str) -> list[Lying]:
        first = an_r1(at=at, map="radar")
        files = {1: first, 2: an_r2(first)}
        shown = {n: replace(file, at=later(file.at, off if n == of else 0)) for n, file in files.items()}
        return [Lying(shown[n].name, shown[n].data, time_of(files[n].name) + 2) for n in (1, 2)]

    return made


def stamped_and_written_in(year: int) -> Callable[[str], list[Lying]]:
    """The clock of the whole server was reset: stamp and file time are of that year."""

    def made(at: str) -> list[Lying]:
        file = an_r1(at=f"{year}{at[4:]}", map="radar")
        return lying(file)

    return made


def reset_to(year: int) -> Callable[[str], list[Lying]]:
    """The file's time is right, its stamp is of that year."""

    def made(at: str) -> list[Lying]:
        file = an_r1(at=f"{year}{at[4:]}", map="radar")
        return [Lying(file.name, file.data, time_of(f"{at}-radar-round-1.txt"))]

    return made


def overtime(at: str) -> list[Lying]:
    first = an_r1(at=at, map="radar")
    return lying(first, an_r2(first, players=swapped(two_teams(2, minutes=9.0)), winner=1))


def two_servers(at: str) -> list[Lying]:
    return lying(*(
        an_r1(at=later(at, 900 * n), map=map, host=host)
        for n, (map, host) in enumerate((("radar", "one"), ("ice", "two"), ("supply", "one")))
    ))  # fmt: skip


def two_servers_at_once(at: str) -> list[Lying]:
    """The same people on both; the one's rounds first and then the other's, by their ends."""
    return lying(an_r1(at=at, map="radar", host="one"), an_r1(at=later(at, 120), map="ice", host="two"))


def other_kills(at: str) -> list[Lying]:
    """Our own script's file: who killed whom is not what the lines say."""
    players = [a_player("anna", kills=3, deaths=1), a_player("ben", team=2, kills=1, deaths=3)]
    plain = an_r1(at=at, map="radar", players=players)
    return lying(of_our_script(plain, {("anna", "ben"): 1, ("ben", "anna"): 3}))


def untrue(name: str, **changed: Any) -> Callable[[str], list[Lying]]:
    """A round 1 with something in its header, or in everybody's line, that no round has."""

    def made(at: str) -> list[Lying]:
        file = an_r1(at=at, map="radar", players=two_teams(3))
        fields = {key: value for key, value in changed.items() if key in columns.POSITION}
        line = {key: value for key, value in changed.items() if key in ("weapons", "team")}
        header = {key: value for key, value in changed.items() if key not in {*fields, *line}}
        lines = tuple(replace(with_fields(player, fields), **line) for player in file.report.players)
        return lying(replace(file, report=replace(file.report, players=lines, **header)))

    made.__name__ = name
    return made


def told_again(name: str, later_by: int, **changed: Any) -> Callable[[str], list[Lying]]:
    """A whole match, and the same once more under later stamps."""

    def made(at: str) -> list[Lying]:
        first = an_r1(at=at, map="radar", players=two_teams(3))
        files = [first, an_r2(first)]
        header = {key: value for key, value in changed.items() if key != "newline"}
        again = [
            replace(
                file, at=later(file.at, later_by), newline=changed.get("newline", "\n"),
                report=replace(file.report, **header),
            )
            for file in files
        ]  # fmt: skip
        return lying(*files, *again)

    made.__name__ = name
    return made


AGAIN: Mapping[str, Callable[[str], list[Lying]]] = {
    "other line ends": told_again("other_line_ends", -3 * 86400, newline="\r\n"),
    "another zone and script": told_again("another_zone", 3600, config="other"),
    "another host": told_again("another_host", 12, host="another"),
}


def capital(at: str) -> list[Lying]:
    return [Lying(f"{at}-radar-ROUND-1.txt", an_r1(at=at, map="radar").data)]


def misnamed(at: str) -> list[Lying]:
    return [Lying(f"{at}-radar-round-1.TXT", an_r1(at=at, map="radar").data)]


UNTRUE: Mapping[str, Mapping[str, Any]] = {
    "much_damage": {"damage_given": 9_000_000, "damage_received": 9_000_000},
    "negative_damage": {"damage_given": -5000, "damage_received": -5000},
    "many_kills": {"weapons": {4: Cells(200_000, 300_000, 100_000, 100_000, 0)}},
    "negative_kills": {"weapons": {4: Cells(5, 9, -5, -5, 0)}},
    "many_headshots": {"weapons": {4: Cells(5, 9, 3, 3, 6)}},
    "many_hits": {"weapons": {4: Cells(10, 9, 3, 3, 0)}},
    "always_alive": {"time_played_pct": 900.0},
    "negative_time": {"time_min": -5.0},
    "no_time": {"time_min": 0.0},
    "seventh_team": {"team": 7},
    "one_side": {"team": 1},
    "no_limit": {"time_limit": 0},
    "negative_limit": {"time_limit": -720, "next_time_limit": -720},
    "next_limit": {"next_time_limit": 5940},
    "third_defender": {"defender": 9, "winner": 8},
}

KINDS: dict[Callable[[str], list[Lying]], str] = {
    overlap: "rounds_overlap",
    saved_twice: "saved_twice",
    of_strangers: "strangers",
    stamped_ahead: "server_clock",
    stepped_back: "server_clock",
    **{
        with_a_wrong_clock(off): "server_clock"
        for off in (2400, 4200, 7200, 5 * 86400, 700 * 86400, -4200, -86400, -700 * 86400)
    },
    **{with_a_wrong_clock(off, of=1): "server_clock" for off in (4200, 86400, -86400, -700 * 86400)},
    **{stamped_and_written_in(year): "server_clock" for year in (1970, 2000, 2036)},
    **{reset_to(year): "server_clock" for year in (1970, 2000, 2036)},
    overtime: "implausible_figures",
    **{untrue(name, **changed): "implausible_figures" for name, changed in UNTRUE.items()},
    AGAIN["other line ends"]: "same_figures",
    AGAIN["another zone and script"]: "same_figures",
    AGAIN["another host"]: "same_figures",
    two_servers: "two_servers",
    two_servers_at_once: "two_servers",
    other_kills: "kills_differ",
    misnamed: "looks_like_a_round",
    capital: "looks_like_a_round",
}
kinds = pytest.mark.parametrize(("kind", "code"), KINDS.items(), ids=lambda value: getattr(value, "__name__", ""))


async def come(world: World, files: Sequence[Lying]) -> None:
    """One file after the other, each looked at until it is in."""
    for file in files:
        world.put(file.name, file.data, file.mtime)
        await world.poll(times=2)


async def looked_at(world: World) -> Audit:
    seen = await gather(
        world.app.db, server=world.app.server, mirror=world.app.mirror, source=world.remote,
        thresholds=world.app.rules.thresholds, now=int(world.clock.now()), database=DatabaseState(), deep=True,
    )  # fmt: skip
    return audit(seen)


@kinds
async def test_what_cannot_be_true_is_named_in_every_order(
    tmp_path: Path, kind: Callable[[str], list[Lying]], code: str
) -> None:
    told: list[Any] = []
    for number, order in enumerate(permutations(kind("2026-03-01-200000"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with a_world(folder) as world:
            await come(world, order)
            found = await looked_at(world)
            assert code in {one.code for one in found.findings}
            assert found.verdict is not AuditVerdict.HEALTHY
            told.append(await world.export())
    assert all(one == told[0] for one in told)


@pytest.mark.parametrize("seed", range(WORLDS))
async def test_random_impossible_worlds_are_never_healthy(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    files = [Lying(file.name, file.data) for file in a_session(2, seed=seed)]
    chosen = dice.sample([*KINDS], dice.randint(1, 3))
    for day, kind in enumerate(chosen):
        files += kind(f"2026-02-{10 + day}-{dice.randrange(18, 22)}{dice.randrange(60):02d}00")
    dice.shuffle(files)
    async with a_world(tmp_path) as world:
        for file in files:
            world.put(file.name, file.data, file.mtime)
        await world.poll(times=3)
        found = await looked_at(world)
    assert {KINDS[kind] for kind in chosen} <= {one.code for one in found.findings}
    assert found.verdict is not AuditVerdict.HEALTHY


@pytest.mark.parametrize("seed", range(4))
async def test_honest_worlds_are_healthy(tmp_path: Path, seed: int) -> None:
    broken_off = an_r1(map="ice", at="2026-02-10-200000", playtime=-5000)
    alone = an_r2(an_r1(map="radar", at="2026-02-11-200000"))
    reconnected = an_r1(map="frostbite", at="2026-02-12-200000", players=[*two_teams(2), a_player("back", kills=3)])
    players = [a_player(f"p{n}", team=1 + n % 2, kills=4, deaths=4, kd=9.9) for n in range(6)]
    contradicted = an_r1(map="et_beach", at="2026-02-13-200000", players=players)
    fought = [a_player("anna", kills=3, deaths=1), a_player("ben", team=2, kills=1, deaths=3)]
    kills = {("anna", "ben"): 3, ("ben", "anna"): 1}
    told = of_our_script(an_r1(map="oasis", at="2026-02-14-200000", players=fought), kills)
    again = an_r1(map="oasis", at="2026-02-14-210000", players=[a_player("anna", kills=1), fought[1]])
    lost = of_our_script(again, kills)  # anna reconnected in the middle
    async with a_world(tmp_path) as world:
        world.put_all([told, lost])
        world.put_all([*a_session(3, seed=seed), broken_off, alone, reconnected, contradicted])
        world.put("2026-02-10-200000-ice.txt", b"a console report")
        world.put("2026-02-10-200000-ice-round-1_ws.txt", b"weapons")
        world.put("2026-02-10-200000-ice-round-2-endstats.txt", b"awards")
        await world.poll(times=3)
        found = await looked_at(world)
    assert found.verdict is AuditVerdict.HEALTHY, found.findings
    assert {"unbalanced", "contradicted_figures", "kills_differ"} <= {one.code for one in found.findings}


async def test_what_is_set_aside_says_why(tmp_path: Path) -> None:
    """Each kind that does not count, by the reason that is stored with its round."""
    wanted = {saved_twice: Aside.SAVED_TWICE, of_strangers: Aside.UNPAIRED_STRANGERS, overtime: Aside.OVERTIME}
    async with a_world(tmp_path) as world:
        for day, kind in enumerate(wanted):
            await come(world, kind(f"2026-02-{10 + day}-200000"))
        rows = await world.rows("SELECT reason FROM rounds WHERE state = 'set_aside' ORDER BY ended_at")
    assert [row["reason"] for row in rows] == [*wanted.values()]


def a_map(number: int, one: str, two: str) -> list[RoundFile]:
    """`one` attacks first and wins: two letters of a name each, on a map of its own."""
    lines = [a_player(2 * n, team=team, kills=4) for team, names in ((2, one), (1, two)) for n in names]
    first = an_r1(map=f"map{number}", at=later("2026-03-01-180000", 1800 * number), players=lines)
    return [first, an_r2(first, players=swapped(lines), winner=1)]


@pytest.mark.parametrize(
    ("line_ups", "scores"),
    [
        ([("abc", "def")] * 3 + [("ghi", "abc")] * 3, [[3, 0], [3, 0]]),
        ([("abc", "def")] * 2 + [("ghi", "jkl")] * 2, [[2, 0], [2, 0]]),
        ([("abc", "def")] * 2 + [("abd", "cef")] * 3, [[2, 0], [3, 0]]),
    ],
)
async def test_teams_follow_the_people_in_every_order(
    tmp_path: Path, line_ups: list[tuple[str, str]], scores: list[list[int]]
) -> None:
    files = [file for number, (one, two) in enumerate(line_ups) for file in a_map(number, one, two)]
    for seed in range(3):
        random.Random(seed).shuffle(files)
        folder = tmp_path / str(seed)
        folder.mkdir()
        async with a_world(folder) as world:
            for file in files:
                await world.add(file)
            (session,) = await export.sessions(world.app.db, zone=UTC)
        assert [pair["score"] for pair in session["pairs"]] == scores
        named = [file for pair in session["pairs"] for file in pair["matches"]]
        assert named == sorted(file.name for file in files if file.report.number == 1)


def test_the_worlds_are_before_the_night() -> None:
    assert time_of(a_map(5, "abc", "def")[1].name) < NIGHT
