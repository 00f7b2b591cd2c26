"""Which round 1 a round 2 belongs to (FORMAT, "Pairing" and "Aborted")."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.pairing import WINDOW, clusters, pair, reach
from rigs.builders import RoundFile, a_player, an_r1, an_r2, later, swapped, two_teams

LJUBLJANA, NEW_YORK = ZoneInfo("Europe/Ljubljana"), ZoneInfo("America/New_York")


def _pairs(*files: RoundFile) -> dict[str, str]:
    return {second: first.name.text for second, first in pair(file.filed() for file in files).items()}


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


def test_other_people_altogether_are_judged_by_the_limits_alone() -> None:
    first = an_r1()
    strangers = [a_player("carl", team=1), a_player("dora", team=2)]
    assert len(_pairs(first, an_r2(first, players=strangers))) == 1


def test_swapped_labels_pair_only_what_fits() -> None:
    first = an_r1(number=2, at="2026-03-01-210000")
    second = an_r2(first, number=1, at="2026-03-01-210849")
    assert _pairs(first, second) == {}


@pytest.mark.parametrize(
    ("zone", "date"), [(LJUBLJANA, "2025-10-26-02"), (NEW_YORK, "2025-11-02-01")], ids=["Ljubljana", "New York"]
)
def test_on_the_night_the_clock_goes_back_the_mtime_orders(zone: ZoneInfo, date: str) -> None:
    first = an_r1(at=f"{date}5500")
    second = an_r2(first, at=f"{date}0400")  # nine minutes later, and the clock went back between
    early = first.filed(zone=zone)
    assert pair([early, second.filed(zone=zone)]) == {}
    told = second.filed(zone=zone, mtime=early.ended_at + 541)
    assert told.ended_at - early.ended_at == 540
    assert pair([told, early]) == {second.name: early}


@given(st.permutations(range(6)))
def test_the_order_of_arrival_changes_no_pair(order: list[int]) -> None:
    a, b, c = (an_r1(at=f"2026-03-01-21{minute}00", winner=1) for minute in ("00", "15", "20"))
    files = [a, b, c, *(an_r2(b, at=f"2026-03-01-21{minute}00") for minute in ("14", "29", "34"))]
    wanted = {files[3].name: a.name, files[4].name: c.name, files[5].name: b.name}
    assert _pairs(*(files[number] for number in order)) == wanted


def test_rounds_further_apart_than_the_window_are_different_clusters() -> None:
    assert clusters([7201, 0, 3600, 7200, 10_802]) == [(0, 7201), (10_802, 10_802)]
    assert clusters([]) == []


def test_the_reach_of_rounds_is_a_window_around_each_cluster_of_their_map() -> None:
    assert reach([("oasis", 10_000), ("oasis", 10_000 + WINDOW), ("supply", 0), ("oasis", 90_000)]) == [
        ("oasis", 10_000 - WINDOW, 10_000 + 2 * WINDOW),
        ("oasis", 90_000 - WINDOW, 90_000 + WINDOW),
        ("supply", -WINDOW, WINDOW),
    ]
