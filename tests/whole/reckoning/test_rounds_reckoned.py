"""Which rounds count, and what each player did in them, against a second reckoning over the raw text of the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from bot.domain.game.file.files import NotARound, round_name
from bot.domain.game.file.parser import parse
from bot.domain.game.file.reasons import BadFile
from bot.domain.game.file.report import PlayerReport
from bot.domain.game.model import Aside, FiledReport, Round, shown_guid
from bot.domain.game.rounds import derive
from rigs.builders import SYRINGE, WIDTHS, RoundFile, a_player, an_r1, an_r2, later, of_our_script, swapped
from tests.whole.archive import FOLDER, Archive, archives
from tests.whole.reckoning.boards import revives
from tests.whole.reckoning.lines import Line, is_bot, is_person
from tests.whole.reckoning.rounds import Verdict, reckon
from tests.whole.test_samples import outcomes

WHY = {
    Aside.ABORTED: "aborted", Aside.CARRIED_OVER: "carried over", Aside.SAVED_TWICE: "saved twice",
    Aside.OVERTIME: "longer than possible", Aside.NEGATIVE_TIME: "negative time", Aside.AMBIGUOUS: "one GUID twice",
    Aside.FEW_HUMANS: "fewer than two humans", Aside.MOSTLY_BOTS: "mostly bots",
}  # fmt: skip
COUNTERS = ("damage_given", "damage_received", "gibs", "selfkills", "xp", "revives_given")
HOUR = 3600


def told(one: Round) -> dict[str, Any]:
    """What the program made of a round, in the reckoning's words."""
    why = "" if one.reason is None else WHY.get(one.reason.code, "unpaired")
    return {
        "outcome": one.state.value,
        "why": why,
        "first": one.first,
        "end": one.filed.ended_at,
        "lines": sorted(((
                shown_guid(p.guid) if not p.guid.startswith("OMNIBOT") else "bot",
                p.raw_name, p.team, p.kills, p.deaths, p.hits, p.shots, p.headshots, p.time_seconds, p.alive_seconds,
                *(p.counters[name] for name in COUNTERS),
            )
            for p in one.players
        ), key=repr),
    }  # fmt: skip


def reckoned(one: Verdict) -> dict[str, Any]:
    return {
        "outcome": one.outcome,
        "why": one.why,
        "first": one.first,
        "end": one.end,
        "lines": sorted(map(figures, one.lines), key=repr),
    }


def figures(line: Line) -> tuple[Any, ...]:
    who = "bot" if is_bot(line) else line.guid if is_person(line.guid) else None
    sums = [line.sum(place) for place in (2, 3, 0, 1, 4)]
    return (
        who, line.name, line.team, *sums, line.on_team, line.alive_seconds,
        *(line.of(at) for at in (0, 1, 4, 5, 9)), revives(line),
    )  # fmt: skip


@archives
def test_every_round_of_an_archive_is_what_the_raw_files_say(archive: Archive) -> None:
    verdicts = reckon(archive.files)
    for name, outcome in outcomes(archive).items():
        match outcome:
            case NotARound():
                assert verdicts[name].outcome == "ignored", name
            case BadFile():
                assert verdicts[name].outcome == "rejected", name
            case Round():
                assert reckoned(verdicts[name]) == told(outcome), name
    assert {name: verdict.outcome for name, verdict in verdicts.items()} == {
        name: expected.outcome for name, expected in archive.expected.items()
    }


CASES = FOLDER.parent / "cases"


@pytest.mark.skipif(not CASES.is_dir(), reason="the small cases are not beside the project")
def test_the_small_cases_are_what_their_raw_files_say() -> None:
    for folder in filter(Path.is_dir, CASES.iterdir()):
        files = {file.name: file.read_bytes() for file in folder.iterdir() if file.suffix == ".txt"}
        verdicts = reckon(files)
        for name, outcome in outcomes(Archive(files, {}, {})).items():
            have = reckoned(verdicts[name]) if verdicts[name].played else verdicts[name].outcome
            match outcome:
                case Round():
                    assert have == told(outcome), f"{folder.name}: {name}"
                case BadFile():
                    assert have == "rejected", f"{folder.name}: {name}"
                case NotARound():
                    assert have == "ignored", f"{folder.name}: {name}"


def agree(files: Iterable[RoundFile], *, mtimes: Mapping[str, int] | None = None, now: int | None = None) -> set[str]:
    """The program and the reckoning say the same of a folder; the reasons that came up."""
    every = {file.name: file for file in files}
    verdicts = reckon({name: file.data for name, file in every.items()}, mtimes=mtimes, now=now)
    by_map: dict[str, list[FiledReport]] = {}
    for name, file in every.items():
        by_map.setdefault(file.report.map, []).append(file.filed(mtime=(mtimes or {}).get(name), now=now))
    made = {one.filed.name.text: one for filed in by_map.values() for one in derive(filed)}
    for name, one in made.items():
        assert reckoned(verdicts[name]) == told(one), name
    return {verdict.why for verdict in verdicts.values()}


NAMES = ["anna", "ben", "cleo", "dan", "eve", "finn"]
GAPS = st.sampled_from([1, 12, 60, 300, 500, 900, 1800, 3000, 3590, 3700])


@st.composite
def line_ups(draw: st.DrawFn, *, rounds: int = 0) -> list[PlayerReport]:
    """A round's lines by themselves: people, now and then bots, nobody's GUID, or one GUID twice."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True))
    minutes = draw(st.sampled_from([1.2, 5.0, 8.0, 8.4, 9.8, 13.0, 8.0, 8.0, -5.0]))
    shares = st.integers(0, 1000)
    players = [
        a_player(
            name, team=1 + place % 2, rounds=rounds, kills=draw(st.integers(0, 3)), deaths=draw(st.integers(0, 3)),
            minutes=draw(st.sampled_from([minutes, minutes, minutes / 2])), alive=draw(shares) / 10,
            damage_given=draw(st.integers(0, 900)), selfkills=draw(st.integers(0, 2)), xp=draw(st.integers(-3, 40)),
        )
        for place, name in enumerate(names)
    ]  # fmt: skip
    if draw(st.integers(0, 9)) == 0:
        players.append(a_player("medic", team=1, weapons={SYRINGE: (3, 4, 0, 0, 0)}, minutes=minutes))
    if draw(st.integers(0, 9)) == 0:
        players += [
            a_player("[BOT]", guid=f"OMNIBOT{bot}", team=1 + bot % 2, minutes=20.0)
            for bot in range(draw(st.integers(1, 4)))
        ]
    if draw(st.integers(0, 9)) == 0:
        players += [
            a_player("nobody", guid=guid, team=1, minutes=minutes)
            for guid in draw(st.sampled_from([["UNKNOWN"], ["", ""]]))
        ]
    if draw(st.integers(0, 9)) == 0:
        players += [
            replace(player, guid="", name="ETPlayer", team=draw(st.sampled_from([1, 2]))) for player in players[:3]
        ]
    if draw(st.integers(0, 9)) == 0:
        players[0] = replace(players[0], guid="")
    if draw(st.integers(0, 19)) == 0:
        players.append(replace(players[0], name="twin"))
    return players


@st.composite
def a_second(draw: st.DrawFn, first: RoundFile, at: str) -> RoundFile:
    """A round 2 of a round 1, mostly an honest one; the sides, the people, the limits may be somebody else's."""
    alone = [*swapped(first.report.players)]
    kind = draw(
        st.sampled_from(
            ["honest", "honest", "others", "kept", "limit", "host", "fresh", "watching", "joined", "skipped", "long"]
        )
    )
    if kind == "others":
        alone = draw(line_ups(rounds=1))
    if kind == "kept":
        alone = [*first.report.players]
    if kind == "watching":
        alone[0] = a_player(alone[0].name, guid=alone[0].guid, team=3, minutes=0.0, alive=0.0, weapons={})
    if kind == "long":
        longest = first.report.next_time_limit / 60 + draw(st.sampled_from([0.1, 0.2, 0.5]))
        alone[0] = a_player(alone[0].name, guid=alone[0].guid, team=alone[0].team, minutes=round(longest, 1))
    if kind == "joined":
        alone.append(
            a_player("late", team=2, rounds=1, kills=1, minutes=draw(st.sampled_from([3.0, 8.0, 16.1])), alive=77.3)
        )
    fresh = {player.name for player in alone[:3]} if kind == "fresh" else set()
    second = an_r2(
        first, players=alone, at=at, fresh=fresh, winner=draw(st.sampled_from([1, 2, None])),
        limit=draw(st.sampled_from(["8:00", "9:30", "0:00"])) if kind == "limit" else None,
        playtime=draw(st.sampled_from([None, None, 300_000, -5000])) if first.report.playtime is not None else None,
    )  # fmt: skip
    if kind == "host":
        second = replace(second, report=replace(second.report, host="another"))
    if kind in ("honest", "fresh"):  # in any order, and some with their GUIDs found or lost
        lines = draw(st.permutations(second.report.players))
        guids = st.sampled_from([None, None, None, None, "", "0A1B2C3D"])
        lines = [replace(line, guid=line.guid if (guid := draw(guids)) is None else guid) for line in lines]
        second = replace(second, report=replace(second.report, players=tuple(lines)))
    if kind == "skipped":
        up = tuple(replace(player, rounds=player.rounds + 1) for player in second.report.players)
        second = replace(second, report=replace(second.report, players=up))
    return second


@st.composite
def worlds(draw: st.DrawFn) -> list[RoundFile]:
    """Rounds of one map, honest and impossible ones: attempts broken off, wrong labels, strangers, second copies."""
    at, files = "2026-03-01-200000", list[RoundFile]()
    for _ in range(draw(st.integers(1, 6))):
        at = later(at, draw(GAPS))
        kind = draw(st.sampled_from(["first", "second", "second", "second", "again", "mislabelled"]))
        firsts = [file for file in files if file.report.number == 1]
        if kind == "again" and files:
            copy = draw(st.sampled_from(files))
            lines = copy.report.players[: draw(st.sampled_from([1, 2, 3, 64]))]
            changed: dict[str, Any] = draw(st.sampled_from([{}, {}, {"next_time_limit": 0}, {"host": "another"}]))
            file = replace(copy, at=at, report=replace(copy.report, players=lines, **changed))
        elif kind == "mislabelled" and firsts:
            file = an_r2(firsts[-1], at=at, number=1)
        elif kind == "second" and firsts:
            file = draw(a_second(draw(st.sampled_from([firsts[-1], firsts[-1], draw(st.sampled_from(firsts))])), at))
        else:
            file = an_r1(
                at=at, players=draw(line_ups(rounds=draw(st.sampled_from([0, 0, 1])))),
                winner=draw(st.sampled_from([1, 2, 2, 0])), limit=draw(st.sampled_from(["12:00", "10:00"])),
                playtime=draw(st.sampled_from([None, None, None, 480_000, 80_000, 0])),
                tab_fields=draw(st.sampled_from([*WIDTHS, WIDTHS[-1]])),
            )  # fmt: skip
        if file.name not in {other.name for other in files}:
            files.append(file)
    kills = st.sampled_from([None, {("anna", "ben"): 1}])
    return [file if draw(st.integers(0, 5)) else of_our_script(file, draw(kills)) for file in files]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_of_any_world_the_same_rounds_count_for_the_same_reasons(files: list[RoundFile]) -> None:
    agree(files)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), st.data())
def test_of_any_world_with_a_wrong_clock_ends_are_the_same(files: list[RoundFile], data: st.DataObject) -> None:
    """The clock of the stamps was put back, or forth, now and then; the files' own times are right but for a few.

    Or the folder was copied, and they say nothing.
    """
    true = {file.name: end_of_stamp(file) for file in files}
    now = max(true.values()) + HOUR
    moved, mtimes = [], dict[str, int]()
    copied = data.draw(st.sampled_from([None, None, None, now - 50, min(true.values()) + HOUR]))
    for file in files:
        off = data.draw(st.sampled_from([0, 0, 0, *WRONG]))
        shown = replace(file, at=later(file.at, off))
        moved.append(shown)
        if data.draw(st.integers(0, 5)):
            mtimes[shown.name] = true[file.name] + 3 if copied is None else copied + data.draw(st.integers(0, 3))
        if off == 10 * YEAR and data.draw(st.booleans()):
            mtimes[shown.name] = true[file.name] + off
    agree({file.name: file for file in moved}.values(), mtimes=mtimes, now=now)


YEAR = 365 * 24 * HOUR
WRONG = (-300, -900, -1200, -2100, 2400, 4200, 2 * HOUR, -24 * HOUR, YEAR, -3 * YEAR, -26 * YEAR, -56 * YEAR, 10 * YEAR)


def end_of_stamp(file: RoundFile) -> int:
    return file.filed().ended_at


def test_the_worlds_are_of_every_kind() -> None:
    """The reckoning would agree with anything that sets nothing aside: each reason comes up in what is drawn here."""
    met: set[str] = set()

    @settings(max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(worlds())
    def look(files: list[RoundFile]) -> None:
        verdicts = reckon({file.name: file.data for file in files})
        met.update(verdict.why for verdict in verdicts.values())

    every = {"", "unpaired", *WHY.values()}
    for number in range(10):  # a rare reason may need more than one series
        if met != every:
            seed(number)(look)()
    assert met == every


@pytest.mark.parametrize("text", ["2026-03-01-210000-supply-round-1.txt"])
@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        (b"\t5\t", b"\t5.0\t", "counted"), (b"\t5\t", b"\t5.5\t", "rejected"), (b"\t5\t", b"\t10000001\t", "rejected"),
        (b"\t5\t", b"\tnan\t", "rejected"), (b" \t", b"\t", "counted"), (b"\n", b"", "rejected"),
        (b"\\supply\\", b"\\other\\", "rejected"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_rejected_by_both(text: str, old: bytes, new: bytes, outcome: str) -> None:
    players = [a_player("anna", gibs=5, kills=1), a_player("ben", team=2, deaths=1)]
    data = an_r1(players=players).data.replace(old, new, 1 if old != b"\n" else -1)
    if old == b"\n":
        data = an_r1(players=players).data.removesuffix(b"\n")
    assert reckon({text: data})[text].outcome == outcome
    name = round_name(text)
    assert not isinstance(name, NotARound)
    if outcome == "rejected":
        with pytest.raises(BadFile):
            parse(data, name)
    else:
        assert parse(data, name)
