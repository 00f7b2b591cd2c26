"""Which round 1 a round 2 belongs to (FORMAT, "Pairing" and "Aborted")."""

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
from bot.domain.game.pairing import REACH, clusters, dated, pair, reach
from bot.domain.game.rounds import derive
from rigs.builders import RoundFile, a_player, an_r1, an_r2, later, of_our_script, swapped, two_teams, with_fields

LJUBLJANA, NEW_YORK = ZoneInfo("Europe/Ljubljana"), ZoneInfo("America/New_York")


def _pairs(*files: RoundFile) -> dict[str, str]:
    return _by_name(file.filed() for file in files)


def _by_name(filed: Iterable[FiledReport]) -> dict[str, str]:
    return {second: first.name.text for second, first in pair(dated(filed)).first.items()}


def _why(*files: RoundFile) -> Aside:
    """Why the last of these files has no round 1."""
    pairing = pair(dated(file.filed() for file in files))
    return pairing.failed[files[-1].name]


def test_a_round_2_belongs_to_the_round_1_whose_time_it_has_to_beat() -> None:
    first = an_r1()
    second = an_r2(first)
    assert _pairs(first, second) == {second.name: first.name}


@pytest.mark.parametrize(("limit", "found"), [("7:58", 0), ("7:59", 1), ("8:00", 1), ("8:01", 1), ("8:02", 0)])
def test_the_limits_may_differ_by_a_second_of_rounding(limit: str, found: int) -> None:
    first = an_r1(next_limit="8:00")
    assert len(_pairs(first, an_r2(first, limit=limit))) == found


@pytest.mark.parametrize(("gap", "found"), [(3600, 1), (3601, 0)])
def test_an_hour_from_stamp_to_stamp_is_the_longest_gap(gap: int, found: int) -> None:
    first = an_r1()
    assert len(_pairs(first, an_r2(first, at=later(first.at, gap)))) == found


def test_a_round_2_before_its_round_1_is_no_pair() -> None:
    first = an_r1(at="2026-03-01-210000")
    assert _pairs(first, an_r2(first, at="2026-03-01-205900")) == {}


def test_of_two_rounds_1_in_a_row_the_later_one_is_taken() -> None:
    given_up = an_r1(at="2026-03-01-210000", next_limit="12:00", winner=1)
    again = an_r1(at="2026-03-01-211500", next_limit="12:00", winner=1)
    second = an_r2(again)
    assert _pairs(given_up, again, second) == {second.name: again.name}


def test_a_later_round_1_with_another_time_to_beat_is_passed_over() -> None:
    first = an_r1(at="2026-03-01-210000", next_limit="8:00")
    other = an_r1(at="2026-03-01-210500", next_limit="4:00")
    second = an_r2(first, at="2026-03-01-211000")
    assert _pairs(first, other, second) == {second.name: first.name}


def test_each_round_1_is_used_once() -> None:
    first = an_r1()
    second, third = an_r2(first, at="2026-03-01-211000"), an_r2(first, at="2026-03-01-212000")
    assert _pairs(first, second, third) == {second.name: first.name}


def test_a_map_played_again_minutes_later_is_another_match() -> None:
    first = an_r1(at="2026-03-01-210000", players=two_teams(minutes=2.0))
    second = an_r2(first, at="2026-03-01-210200")
    again = an_r1(at="2026-03-01-210400", players=two_teams(minutes=2.0, rounds=1))
    last = an_r2(again, at="2026-03-01-210600")
    assert _pairs(first, second, again, last) == {second.name: first.name, last.name: again.name}


def test_three_times_the_same_map_with_a_round_1_broken_off_between() -> None:
    first = an_r1(at="2026-03-01-210000", next_limit="8:00")
    second = an_r2(first, at="2026-03-01-210900")
    broken = an_r1(at="2026-03-01-211200", next_limit="8:00", playtime=-5)
    again = an_r1(at="2026-03-01-212000", next_limit="8:00", players=two_teams(rounds=1))
    last = an_r2(again, at="2026-03-01-212900")
    assert _pairs(first, second, broken, again, last) == {second.name: first.name, last.name: again.name}


def test_a_pair_goes_over_midnight() -> None:
    first = an_r1(at="2025-10-19-235307")
    second = an_r2(first, at="2025-10-20-000043")
    assert _pairs(first, second) == {second.name: first.name}


def test_an_aborted_file_is_no_half_of_a_pair() -> None:
    broken = an_r1(playtime=0)
    assert _pairs(broken, an_r2(broken)) == {}
    first = an_r1()
    assert _pairs(first, an_r2(first, playtime=-200)) == {}


def test_an_unknown_time_to_beat_pairs_with_nothing() -> None:
    first = an_r1(next_limit="0:00")
    assert _pairs(first, an_r2(first, limit="0:00")) == {}


def test_a_round_1_under_the_label_of_a_round_2_kept_its_sides() -> None:
    first = an_r1(winner=1)
    mislabelled = an_r1(number=2, at=later(first.at, 300), winner=1)
    assert mislabelled.report.time_limit == first.report.next_time_limit
    assert _pairs(first, mislabelled) == {}


def test_one_who_changed_his_team_between_the_rounds_does_not_undo_a_pair() -> None:
    first = an_r1(players=two_teams(2))
    alone = swapped(two_teams(2))
    alone[0] = two_teams(2)[0]
    assert len(_pairs(first, an_r2(first, players=alone))) == 1


def test_players_who_have_another_round_behind_them_make_no_pair() -> None:
    first = an_r1(winner=1)
    alone = swapped(two_teams(rounds=2))
    after_an_aborted_round_2 = an_r2(first, players=alone, fresh=[player.name for player in alone])
    assert _pairs(first, after_an_aborted_round_2) == {}


@pytest.mark.parametrize(("known", "paired"), [(0, False), (1, False), (2, True), (4, True)])
def test_of_those_who_run_on_from_something_half_must_be_known(known: int, paired: bool) -> None:
    first = an_r1(players=two_teams(2))
    strangers = [a_player(f"stranger{number}", team=1 + number % 2, rounds=1) for number in range(4 - known)]
    second = an_r2(first, players=[*swapped(two_teams(2))[:known], *strangers])
    assert bool(_pairs(first, second)) is paired
    if not paired:
        assert _why(first, second) is Aside.UNPAIRED_STRANGERS


def test_newcomers_are_no_strangers_as_long_as_somebody_is_known() -> None:
    first = an_r1(players=two_teams(2))
    newcomers = [a_player(f"new{number}", team=1 + number % 2) for number in range(6)]
    assert _pairs(first, an_r2(first, players=[swapped(two_teams(2))[0], *newcomers]))
    assert _why(first, an_r2(first, players=newcomers)) is Aside.UNPAIRED_STRANGERS


def test_another_host_forbids_a_pair_unless_everybody_runs_on() -> None:
    first = an_r1()
    second = an_r2(first)
    elsewhere = replace(second, report=replace(second.report, host="another"))
    assert _pairs(first, elsewhere)
    reset = an_r2(first, fresh=["axis0"])
    elsewhere = replace(reset, report=replace(reset.report, host="another"))
    assert _why(first, elsewhere) is Aside.UNPAIRED_HOST


def test_of_another_host_each_running_line_runs_on_and_not_only_those_that_are_known() -> None:
    first = an_r1()
    for rounds, known in ((0, True), (1, False)):
        second = an_r2(first, players=[*swapped(two_teams()), a_player("new", rounds=rounds)])
        elsewhere = replace(second, report=replace(second.report, host="another"))
        assert bool(_pairs(first, elsewhere)) is known
        stayed = an_r2(first, players=[*two_teams(), a_player("new", rounds=rounds)])
        assert bool(_pairs(first, stayed)) is known


def test_a_round_1_of_its_own_host_goes_before_a_nearer_one_of_another() -> None:
    first = an_r1()
    second = an_r2(first)
    nearer = an_r1(at=later(first.at, 12), host="another")
    assert _pairs(first, nearer, second) == {second.name: first.name}


def test_a_round_1_that_an_admin_took_out_is_the_last_to_be_taken() -> None:
    first, copy = an_r1(), an_r1(at="2026-03-01-210012")
    second = an_r2(first)
    rounds = [file.filed() for file in (first, copy, second)]
    for out, taken in (({copy.name}, first), ({first.name, copy.name}, copy)):
        assert pair(rounds, ruled_out=out).first[second.name].name.text == taken.name


def test_nobody_plays_longer_than_both_limits_allow() -> None:
    first = an_r1(limit="10:00", players=two_teams(minutes=5.0))
    assert _pairs(first, an_r2(first, players=swapped(two_teams(minutes=10.1))))
    assert _why(first, an_r2(first, players=swapped(two_teams(minutes=10.2)))) is Aside.UNPAIRED_TIME


def test_counters_outvote_sides() -> None:
    first = an_r1()
    stayed = an_r2(first, players=two_teams())
    assert _pairs(first, stayed)
    assert _why(first, an_r2(first, players=two_teams(), fresh=["axis0"])) is Aside.UNPAIRED_SIDES


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ({"next_limit": "0:00"}, {"limit": "12:00"}, Aside.UNPAIRED_NO_TARGET),
        ({"next_limit": "8:00"}, {"limit": "12:00"}, Aside.UNPAIRED_LIMIT),
        ({"playtime": -5}, {}, Aside.UNPAIRED_BROKEN),
    ],
)
def test_where_a_round_1_is_here_the_test_that_failed_is_told(
    first: dict[str, Any], second: dict[str, Any], why: Aside
) -> None:
    before = an_r1(**first)
    assert _why(before, an_r2(before, **second)) is why


def test_only_where_no_round_1_is_near_it_is_said_to_be_missing() -> None:
    first = an_r1()
    assert _why(an_r2(first)) is Aside.UNPAIRED
    assert _why(first, an_r2(first, at=later(first.at, 3601))) is Aside.UNPAIRED


def test_of_several_round_1s_the_likeliest_one_tells() -> None:
    first, other = an_r1(at="2026-03-01-210000", next_limit="0:00"), an_r1(at="2026-03-01-211000", next_limit="3:00")
    assert _why(first, other, an_r2(first, at="2026-03-01-212000", limit="9:00")) is Aside.UNPAIRED_LIMIT


def test_a_round_1_that_has_its_round_2_is_taken() -> None:
    first = an_r1()
    assert _why(first, an_r2(first), an_r2(first, at=later(first.at, 900))) is Aside.UNPAIRED_TAKEN


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
    for changed in ({"fresh": ["axis0"]}, {"limit": "9:59"}):
        rounds = wrong_clock(off, of=2, **changed)
        assert dated(rounds) == rounds


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


def test_a_round_1_of_the_next_match_is_never_said_to_belong_to_a_round_2_before_it() -> None:
    lost = an_r1(at="2026-03-01-205000", winner=1)
    orphan = an_r2(lost, at="2026-03-01-210300", winner=1)
    assert pair([orphan.filed(), an_r1(at="2026-03-01-211100", winner=1).filed()]).failed == {
        orphan.name: Aside.UNPAIRED
    }


def test_swapped_labels_pair_only_what_fits() -> None:
    first = an_r1(number=2, at="2026-03-01-210000")
    second = an_r2(first, number=1, at="2026-03-01-210849")
    assert _pairs(first, second) == {}


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


@given(st.permutations(range(6)))
def test_the_order_of_arrival_changes_no_pair(order: list[int]) -> None:
    a, b, c = (an_r1(at=f"2026-03-01-21{minute}00", winner=1) for minute in ("00", "15", "20"))
    files = [a, b, c, *(an_r2(b, at=f"2026-03-01-21{minute}00") for minute in ("14", "29", "34"))]
    wanted = {files[3].name: a.name, files[4].name: c.name, files[5].name: b.name}
    assert _pairs(*(files[number] for number in order)) == wanted


def test_rounds_further_apart_than_the_window_are_different_clusters() -> None:
    assert clusters([14_401, 0, 7200, 14_400, 21_602]) == [(0, 14_401), (21_602, 21_602)]
    assert clusters([]) == []


def test_the_reach_of_rounds_is_a_window_around_each_cluster_of_their_map() -> None:
    assert reach([("oasis", 10_000), ("oasis", 10_000 + REACH), ("supply", 0), ("oasis", 90_000)]) == [
        ("oasis", 10_000 - REACH, 10_000 + 2 * REACH),
        ("oasis", 90_000 - REACH, 90_000 + REACH),
        ("supply", -REACH, REACH),
    ]
