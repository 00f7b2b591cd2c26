"""Archives of round files with what has to come of each: one that is made here, and the real one where it is at hand.

The real files are a folder `shared/gamestats` beside the project; it is not part of it. The figures of the made ones
are reckoned over their raw text by `tests.whole.reckoning.lines`, without any of our own code.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest

from rigs.builders import RoundFile, a_player, an_r1, an_r2, swapped, two_teams
from tests.whole.reckoning.boards import revives
from tests.whole.reckoning.lines import Line, all_lines
from tools.demo.session import SampleFile, session_files

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "gamestats"
Pair = tuple[SampleFile, ...]
Outcome = Literal["counted", "set_aside", "rejected", "ignored"]
FIGURES: Mapping[str, Callable[[Line], int | None]] = {
    "kills": lambda line: line.sum(2),
    "deaths": lambda line: line.sum(3),
    "damage_given": lambda line: line.of(0),
    "damage_received": lambda line: line.of(1),
    "team_damage_given": lambda line: line.of(2),
    "team_damage_received": lambda line: line.of(3),
    "gibs": lambda line: line.of(4),
    "selfkills": lambda line: line.of(5),
    "teamkills": lambda line: line.of(6),
    "teamgibs": lambda line: line.of(7),
    "hits": lambda line: line.sum(0),
    "shots": lambda line: line.sum(1),
    "headshots": lambda line: line.sum(4),
    "time_seconds": lambda line: line.time,
    "alive_seconds": lambda line: line.alive,
    "xp": lambda line: line.of(9),
    "kill_assists": lambda line: line.of(12),
    "headshot_kills": lambda line: line.of(14),
    "times_revived": lambda line: line.of(19),
    "useful_kills": lambda line: line.of(27),
    "revives_given": revives,
}


@dataclass(frozen=True)
class Expected:
    """What has to come of one file; the figures by GUID, of what counts."""

    outcome: Outcome
    map: str | None = None
    round: int | None = None
    first_round: str | None = None
    players: Mapping[str, Mapping[str, int | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Archive:
    """Files by name, what has to come of each, and the sums over all that count."""

    files: Mapping[str, bytes]
    expected: Mapping[str, Expected]
    totals: Mapping[str, int]

    @property
    def samples(self) -> list[SampleFile]:
        """The files that are named like rounds, by their stamps."""
        return [
            SampleFile(name, self.files[name])
            for name, expected in sorted(self.expected.items())
            if expected.outcome != "ignored"
        ]

    @property
    def matches(self) -> list[tuple[bytes, bytes | None]]:
        """Round 1 and round 2, as far as they count."""
        second = {its.first_round: name for name, its in self._counted() if its.round == 2}
        return [
            (self.files[name], self.files[second[name]] if name in second else None)
            for name, its in self._counted()
            if its.round == 1
        ]

    def _counted(self) -> Iterable[tuple[str, Expected]]:
        return [(name, its) for name, its in self.expected.items() if its.outcome == "counted"]


archives = pytest.mark.parametrize(
    "archive",
    [
        pytest.param("made"),
        pytest.param(
            "real", marks=pytest.mark.skipif(not FOLDER.is_dir(), reason="the real files are not beside the project")
        ),
    ],
    indirect=True,
)
"""Runs a test over the archive that is made, and over the real one where it is at hand."""


@cache
def real() -> Archive:
    """The real files with the figures that came with them."""
    told: dict[str, Any] = json.loads((FOLDER / "expected_strict.json").read_text(encoding="utf-8"))
    totals = told.pop("totals")
    return Archive(
        {name: (FOLDER / name).read_bytes() for name in told},
        {name: Expected(**entry) for name, entry in told.items()},
        totals,
    )


@cache
def made() -> Archive:
    """Two evenings, rounds of every older writer, and one of everything that does not count."""
    counted = [*_sessions(), *_older(), *_lonely()]
    files = {file.name: file.data for pair in counted for file in pair}
    expected: dict[str, Expected] = {}
    for first, *more in counted:
        halves = all_lines([(first.data, more[0].data if more else None)])
        for number, file in enumerate((first, *more), start=1):
            its = {line.guid: _figures(line) for line in halves if line.number == number}
            map_name = file.name[18:].rpartition("-round-")[0]
            expected[file.name] = Expected("counted", map_name, number, first.name if number == 2 else None, its)
    for file, outcome in _apart():
        files[file.name] = file.data
        map_name, _, rest = file.name[18:].rpartition("-round-")
        is_round = outcome == "set_aside"
        expected[file.name] = Expected(outcome, map_name, int(rest[0])) if is_round else Expected(outcome)
    totals: Counter[str] = Counter()
    for entry in expected.values():
        totals["player_rounds"] += len(entry.players)
        for figures in entry.players.values():
            totals.update({name: value or 0 for name, value in figures.items()})
    return Archive(files, expected, totals)


def _figures(line: Line) -> dict[str, int | None]:
    return {name: figure(line) for name, figure in FIGURES.items()}


def _sessions() -> list[Pair]:
    """As the writers of two years wrote them: eight header fields, and nine; one of them on Windows."""
    one = session_files(datetime(2026, 3, 1, 21), maps=7, seed=3, players=6)  # noqa: DTZ001  (a wall clock)
    other = session_files(datetime(2026, 3, 2, 21), maps=6, seed=5, players=8, nine_fields=True)  # noqa: DTZ001
    windows = [SampleFile(file.name, file.data.replace(b"\n", b"\r\n")) for file in other]
    return [pair for files in (one, windows) for pair in zip(files[::2], files[1::2], strict=True)]


def _older() -> list[Pair]:
    """Shorter lines; somebody joins in round 2, somebody reconnects before it, and somebody goes."""
    pairs: list[Pair] = []
    for day, tab_fields in enumerate((33, 36, 37), start=3):
        anna = a_player("anna", kills=3, deaths=2, xp=9, revives_given=2, kill_assists=1, useful_kills=2)
        first = an_r1(
            at=f"2026-03-{day:02}-210000", map="braundorf", players=[*two_teams(), anna], tab_fields=tab_fields
        )
        again = [*swapped(two_teams())[:3], a_player("anna", team=2, kills=1, deaths=1), a_player("late", kills=2)]
        pairs.append((first.sample, an_r2(first, players=again, fresh=["anna"], winner=1).sample))
    return pairs


def _lonely() -> list[Pair]:
    return [(an_r1(at="2026-03-06-210000", map="radar").sample,)]


def _apart() -> list[tuple[SampleFile, Outcome]]:
    """One of everything that is no round that counts."""
    nowhere = an_r1(at="2026-03-07-205000", map="oasis", players=[replace(p, rounds=1) for p in two_teams()])
    whole = an_r1(at="2026-03-07-230000", map="oasis").sample
    bots = [a_player(f"bot{n}", guid=f"OMNIBOT{n % 2}", team=1 + n % 2) for n in range(6)]
    twins = [*two_teams(), a_player("twin", guid="0000AAAA"), a_player("twin2", team=2, guid="0000AAAA")]

    def named(name: str, file: RoundFile | SampleFile) -> SampleFile:
        return SampleFile(name, file.data)

    return [
        (an_r2(nowhere, at="2026-03-07-210000").sample, "set_aside"),
        (an_r1(at="2026-03-07-211000", map="aborted", playtime=-5000).sample, "set_aside"),
        (an_r1(at="2026-03-07-212000", map="carried", players=two_teams(minutes=30)).sample, "set_aside"),
        (an_r1(at="2026-03-07-213000", map="twins", players=twins).sample, "set_aside"),
        (an_r1(at="2026-03-07-214000", map="bots", players=[*two_teams(1), *bots]).sample, "set_aside"),
        (an_r1(at="2026-03-07-215000", map="alone", players=[a_player("anna", kills=1)]).sample, "set_aside"),
        (named("2026-03-07-220000-oasis-round-1.txt", SampleFile("", whole.data[: len(whole.data) // 2])), "rejected"),
        (named("2026-03-07-221000-oasis-round-1.txt", SampleFile("", b"no stats at all\n")), "rejected"),
        (named("2026-03-07-222000-oasis-round-1.txt", SampleFile("", b"")), "rejected"),
        (named("2026-03-07-223000-oasis-round-2-endstats.txt", whole), "ignored"),
        (named("2026-03-07-224000-oasis.txt", whole), "ignored"),
    ]
