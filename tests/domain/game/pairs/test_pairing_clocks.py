"""What a wrong clock does to ends and pairs, and which files' times put it right (FORMAT, "Time" and "Pairing")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.file.files import Dating
from bot.domain.game.model import Aside, FiledReport, State
from bot.domain.game.pairing import dated, pair
from bot.domain.game.rounds import derive
from rigs.builders import RoundFile, an_r1, an_r2, later, of_our_script, swapped, two_teams, with_fields

LJUBLJANA, NEW_YORK = ZoneInfo("Europe/Ljubljana"), ZoneInfo("America/New_York")


def _by_name(filed: Iterable[FiledReport]) -> dict[str, str]:
    return {second: first.name.text for second, first in pair(dated(filed)).first.items()}


def test_a_round_2_stamped_before_a_round_1_that_it_continues_goes_by_the_mtimes() -> None:
    first = an_r1(at="2026-03-01-210800")
    second = an_r2(first, at="2026-03-01-210300")
    early = first.filed(mtime=1_000_000)
    for gap, paired in ((541, True), (474, True), (473, False), (0, False), (-5, False), (3600, True), (3601, False)):
        rounds = dated([second.filed(mtime=1_000_000 + gap), early])
        assert bool(pair(rounds).first) is paired, gap
        if paired:
            [late] = [filed for filed in rounds if filed.name.number == 2]
            assert (late.ended_at - early.ended_at, late.dating) == (gap, Dating.MTIME_ORDER)
        else:
            assert pair(rounds).failed[second.name] is Aside.UNPAIRED_ORDER


MINUTE, HOUR, DAY = 60, 3600, 86_400
WRONG = [40 * MINUTE, 55 * MINUTE, 70 * MINUTE, 2 * HOUR, 7 * HOUR, 3 * DAY, 500 * DAY,
         -5 * MINUTE - 540, -70 * MINUTE, -DAY, -500 * DAY]  # fmt: skip
END = an_r1().filed().ended_at


def wrong_clock(off: int, *, of: int, **changed: Any) -> list[FiledReport]:
    """A match of which the round `of` was stamped so many seconds too late; the files' times are right."""
    first = an_r1()
    second = an_r2(first, **changed)
    right = [file.filed().ended_at for file in (first, second)]
    shown = [replace(file, at=later(file.at, off if n == of else 0)) for n, file in ((1, first), (2, second))]
    return [file.filed(mtime=end + 2) for file, end in zip(shown, right, strict=True)]


@pytest.mark.parametrize("of", [1, 2])
@pytest.mark.parametrize("off", WRONG)
def test_a_stamp_that_the_servers_clock_put_wrong_is_outvoted_by_the_files_times(off: int, of: int) -> None:
    rounds = dated(wrong_clock(off, of=of))
    ends = {filed.name.number: filed.ended_at for filed in rounds}
    assert len(pair(rounds).first) == 1
    if of == 1 and -HOUR < off < 0:  # the stamps can be true, and a file may have been touched later
        assert {filed.dating for filed in rounds} == {Dating.STAMP}
        return
    assert (ends[1], ends[2] - ends[1]) == (END, 529)
    assert {filed.name.number: filed.dating for filed in rounds} == {of: Dating.MTIME_ORDER, 3 - of: Dating.STAMP}


EARLY = st.integers(-55 * MINUTE, -11 * MINUTE)


def an_evening_of_one_map(limits: Iterable[float]) -> list[tuple[RoundFile, RoundFile]]:
    """Matches one after the other, of the same people; each round 1 takes so many minutes."""
    at, played = "2026-03-01-200000", list[tuple[RoundFile, RoundFile]]()
    for number, minutes in enumerate(limits):
        first = an_r1(at=at, players=two_teams(2, minutes=minutes, rounds=int(number > 0)))
        alone = [with_fields(player, {"gibs": number}) for player in swapped(two_teams(2, minutes=4.0))]
        second = an_r2(first, players=alone)
        played.append((first, second))
        at = later(second.at, 300 + int(60 * minutes))
    return played


@given(st.lists(st.sampled_from([5.0, 6.0]), min_size=2, max_size=6), st.data())
def test_a_stamp_that_is_early_pairs_nothing_wrongly_where_the_files_times_are_right(
    limits: list[float], data: st.DataObject
) -> None:
    """Whatever else lies at that time: a sound round 1 is no twin of it, and each round 2 has its own round 1."""
    played = an_evening_of_one_map(limits)
    wrong, off = data.draw(st.sampled_from(played))[0], data.draw(EARLY)
    early = replace(wrong, at=later(wrong.at, off))
    pairs = [(early if first is wrong else first, second) for first, second in played]
    ends = {id(early): wrong.filed().ended_at}
    files = [file for match in pairs for file in match]
    if len({file.name for file in files}) < len(files):
        return
    filed = [file.filed(mtime=ends.get(id(file), file.filed().ended_at) + 2) for file in files]
    rounds = derive(data.draw(st.permutations(filed)))
    assert {one.state for one in rounds} == {State.COUNTED}
    firsts = {one.filed.name.text: one.first for one in rounds if one.first}
    assert firsts == {second.name: first.name for first, second in pairs}


def test_an_early_stamp_at_which_its_people_played_another_round_is_put_right() -> None:
    (first, second), (later_first, later_second) = an_evening_of_one_map([6.0, 6.0])
    early = replace(later_first, at=later(first.at, 30))
    right = later_first.filed().ended_at
    filed = [first.filed(mtime=first.filed().ended_at), second.filed(mtime=second.filed().ended_at),
             early.filed(mtime=right), later_second.filed(mtime=later_second.filed().ended_at)]  # fmt: skip
    (moved,) = [one for one in dated(filed) if one.dating is Dating.MTIME_ORDER]
    assert (moved.name.text, moved.ended_at) == (early.name, right)
    elsewhere = [replace(one, report=replace(one.report, host="b")) if n < 2 else one for n, one in enumerate(filed)]
    assert dated(elsewhere) == elsewhere


def test_no_round_2_belongs_to_a_round_1_that_was_written_after_it_while_another_fits() -> None:
    """The round 2 of the one that is stamped early is not here yet: nothing puts that right."""
    (first, second), (later_first, _) = an_evening_of_one_map([6.0, 6.0])
    early = replace(later_first, at=later(first.at, 30))
    right = {first.name: 0, second.name: 300, early.name: later_first.filed().ended_at - first.filed().ended_at}
    filed = [file.filed(mtime=first.filed().ended_at + right[file.name]) for file in (first, second, early)]
    assert _firsts(dated(filed)) == {second.name: first.name}
    copied = [replace(one, mtime=END + 400 * DAY + right[one.name.text]) for one in filed]
    assert _firsts(dated(copied)) == {second.name: early.name}


@pytest.mark.parametrize("off", WRONG)
def test_where_a_stamp_is_outvoted_every_counter_must_fit(off: int) -> None:
    for changed in ({"fresh": ["axis0", "allies1"]}, {"limit": "9:59"}):
        rounds = wrong_clock(off, of=2, **changed)
        assert dated(rounds) == rounds


@pytest.mark.parametrize("off", WRONG)
@pytest.mark.parametrize("restored", [0, 1])
def test_who_came_anew_to_a_round_does_not_contradict_its_files_time(off: int, restored: int) -> None:
    first, second = wrong_clock(off, of=2, fresh=["axis0"])
    lines = [replace(p, rounds=restored) if p.name == "axis0" else p for p in second.report.players]
    second = replace(second, report=replace(second.report, players=tuple(lines)))
    assert _firsts(dated([first, second])) == {second.name.text: first.name.text}


@pytest.mark.parametrize("off", [off for off in WRONG if not -540 < off < HOUR])
@given(st.integers(0, 90), st.integers(0, 90), st.sampled_from([END - 400 * DAY, END + 40 * DAY, 0]))
def test_times_of_copied_files_pair_nothing_wrongly(off: int, one: int, other: int, copied: int) -> None:
    rounds = [replace(filed, mtime=copied + n) for filed, n in zip(wrong_clock(off, of=2), (one, other), strict=True)]
    assert dated(rounds) == rounds
    assert not pair(rounds).first


def test_a_copy_that_lies_beside_a_round_1_stays_where_its_stamp_says() -> None:
    """Its own round 1 is here, and it continues that in every counter as well."""
    first, again = an_r1(), an_r1(at="2026-03-04-210000")
    second = an_r2(first)
    ends = {file.name: file.filed().ended_at for file in (first, second, again)}
    copied = second.filed(mtime=ends[again.name] + 600)
    rounds = [first.filed(mtime=ends[first.name]), again.filed(mtime=ends[again.name]), copied]
    assert dated(rounds) == rounds
    assert pair(rounds).first[second.name].name.text == first.name


def test_a_day_back_among_the_same_people_it_is_not_yesterdays_round_2() -> None:
    """Two held round 1s, a day apart: the round 2 of today is stamped yesterday, and runs on from today's alone."""
    held = {"winner": 1, "next_limit": "12:00"}
    gibbed = [with_fields(player, {"gibs": 9}) for player in two_teams(2)]
    yesterday = an_r1(at="2026-03-01-210000", players=gibbed, **held)  # type: ignore[arg-type]
    own = an_r2(yesterday, at="2026-03-01-213000", fresh=["axis0"])
    today = an_r1(at="2026-03-02-210000", players=two_teams(2), **held)  # type: ignore[arg-type]
    second = an_r2(today, at="2026-03-01-211500")
    right = END + DAY + 900
    rounds = dated([yesterday.filed(mtime=END), own.filed(mtime=END + 1800), today.filed(mtime=END + DAY),
                    second.filed(mtime=right)])  # fmt: skip
    assert _firsts(rounds) == {own.name: yesterday.name, second.name: today.name}
    assert {filed.name.text: filed.ended_at for filed in rounds}[second.name] == right


def _firsts(rounds: Iterable[FiledReport]) -> dict[str, str]:
    return {second: first.name.text for second, first in pair(rounds).first.items()}


@pytest.mark.parametrize("seen", [(0, 0), (0, 540), (540, 0)])
def test_rounds_of_which_only_is_known_when_they_were_seen_pair_by_their_own_clock(seen: tuple[int, int]) -> None:
    first = an_r1(at="2036-03-01-210000")
    second = an_r2(first)
    rounds = [file.filed(mtime=2_100_000_000, now=END + late) for file, late in zip((first, second), seen, strict=True)]
    assert _firsts(dated(rounds)) == {second.name: first.name}
    assert not pair([rounds[0], replace(rounds[1], stamped_at=(rounds[0].stamped_at or 0) + 3601)]).first


@given(st.lists(st.integers(-60, 60), min_size=6, max_size=6), st.integers(0, 1), st.sampled_from([1970, 2036]))
def test_copied_files_whose_stamps_cannot_be_true_pair_by_their_own_clock(
    copied: list[int], held: int, year: int
) -> None:
    at, files = f"{year}-03-01-210000", list[RoundFile]()
    for number in range(3):  # one map three times
        first = an_r1(at=at, players=two_teams(2, minutes=5.0, rounds=number), limit="5:00", winner=1 if held else 2)
        files += [first, an_r2(first)]
        at = later(files[-1].at, 400)
    rounds = [file.filed(mtime=END + off // 2, now=END + DAY) for file, off in zip(files, copied, strict=True)]
    found = derive(rounds)
    assert {one.state for one in found} == {State.COUNTED}
    assert {one.filed.name.text: one.first for one in found if one.first} == {
        second.name: first.name for first, second in zip(files[::2], files[1::2], strict=True)
    }


def test_files_that_were_written_apart_go_by_their_times_where_a_clock_begins_anew_each_evening() -> None:
    first = an_r1(at="1970-01-01-001000", winner=1)
    for apart, pairs in ((529, 1), (3600, 1), (DAY, 0)):
        second = an_r2(first, at="1970-01-01-002000", winner=1)
        assert (
            len(pair([first.filed(mtime=END, now=END), second.filed(mtime=END + apart, now=END + DAY)]).first) == pairs
        )


def test_a_round_1_whose_stamp_cannot_be_true_is_not_said_to_be_missing() -> None:
    first = an_r1(at="2036-03-01-210000")
    rounds = [first.filed(mtime=END + 7200, now=END + 7200), an_r2(an_r1()).filed(mtime=END + 7200, now=END + 7200)]
    assert [*pair(rounds).failed.values()] == [Aside.UNPAIRED_ORDER]


def test_no_mtime_puts_right_what_a_file_says_itself() -> None:
    first = an_r1(at="2026-03-01-210800")
    second = of_our_script(an_r2(first, at="2026-03-01-210300"), {})
    for early in (first, of_our_script(first, {})):
        rounds = dated([second.filed(mtime=1_000_541), early.filed(mtime=1_000_000)])
        assert pair(rounds).failed[second.name] is Aside.UNPAIRED_ORDER
        assert rounds[0].dating is Dating.FILE


def test_what_a_file_says_itself_pairs_whatever_its_stamp_and_its_zone() -> None:
    first, second = (of_our_script(file, {}) for file in (an_r1(), an_r2(an_r1())))
    wild = replace(second, at="2026-03-01-180000")
    assert pair(dated([first.filed(zone=NEW_YORK), wild.filed(zone=LJUBLJANA)])).first[wild.name].report == first.report


@pytest.mark.parametrize(
    ("zone", "date"), [(LJUBLJANA, "2025-10-26-02"), (NEW_YORK, "2025-11-02-01")], ids=["Ljubljana", "New York"]
)
def test_on_the_night_the_clock_goes_back_a_round_2_follows_its_round_1(zone: ZoneInfo, date: str) -> None:
    first = an_r1(at=f"{date}5500")
    second = an_r2(first, at=f"{date}0400")  # nine minutes later, and the clock went back between
    early = first.filed(zone=zone)
    by_mtime = second.filed(zone=zone, mtime=early.ended_at + 541)
    assert by_mtime.ended_at - early.ended_at == 540
    assert _by_name([by_mtime, early]) == {second.name: first.name}
    for mtime in (None, 0):  # no mtime, or none that can be trusted: the other reading of the stamp fits
        rounds = dated([second.filed(zone=zone, mtime=mtime), early])
        [late] = [filed for filed in rounds if filed.name.number == 2]
        assert (late.ended_at - early.ended_at, late.dating) == (540, Dating.SECOND_READING)
        assert pair(rounds).first == {second.name: early}


def test_both_rounds_may_lie_in_the_second_hour() -> None:
    first = an_r1(at="2025-10-26-025500")
    second = an_r2(first, at="2025-10-26-030400")
    rounds = dated([first.filed(zone=LJUBLJANA), second.filed(zone=LJUBLJANA)])
    assert [filed.dating for filed in rounds] == [Dating.SECOND_READING, Dating.STAMP]
    assert len(pair(rounds).first) == 1
