"""Which round 1 a round 2 belongs to (FORMAT, "Pairing" and "Aborted")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.model import Aside, FiledReport
from bot.domain.game.pairing import REACH, clusters, dated, pair, reach
from rigs.builders import RoundFile, a_guid, a_player, an_r1, an_r2, later, swapped, two_teams

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


BOTS = [a_player(f"[BOT]{n}", guid=f"OMNIBOT{n}", team=1 + n % 2, kills=1, deaths=1) for n in range(6)]


def test_bots_make_no_pair_of_strangers_and_undo_none() -> None:
    first = an_r1(players=[*two_teams(2), *BOTS])
    others = an_r1(players=[*(replace(p, name=f"x{p.name}", guid=a_guid(f"x{p.name}")) for p in two_teams(2)), *BOTS])
    assert _why(first, an_r2(others)) is Aside.UNPAIRED_STRANGERS
    again = [replace(bot, rounds=1, weapons={}) for bot in BOTS]
    kept = an_r2(first, players=[*two_teams(2), *again], fresh=[bot.name for bot in BOTS])  # people keep their sides
    assert _pairs(first, kept) == {kept.name: first.name}
    elsewhere = replace(kept, report=replace(kept.report, host="another"))
    assert _pairs(first, elsewhere) == {elsewhere.name: first.name}


def test_where_only_bots_play_they_tell_which_rounds_belong_together() -> None:
    first = an_r1(players=BOTS)
    assert _pairs(first, an_r2(first)) == {an_r2(first).name: first.name}


@pytest.mark.parametrize(
    ("people", "fresh", "paired"), [(6, 0, False), (7, 1, False), (6, 1, True), (4, 0, True), (8, 8, True)]
)
def test_where_many_sessions_were_restored_somebody_must_run_on(people: int, fresh: int, paired: bool) -> None:
    """The round 1 between the two is missing: the same people, map and limits, and nobody's line goes on.

    A few may all have reconnected; where everybody came anew to round 2 nothing has to go on.
    """
    first = an_r1(players=[a_player(f"p{number}", team=1 + number % 2, kills=9) for number in range(people)])
    less = [
        a_player(f"p{number}", team=2 - number % 2, kills=4, rounds=int(number >= fresh)) for number in range(people)
    ]
    second = an_r2(first, players=less, fresh=[player.name for player in less])
    second = replace(second, report=replace(second.report, players=tuple(less)))
    assert bool(_pairs(first, second)) is paired
    if not paired:
        assert _why(first, second) is Aside.UNPAIRED_ANEW


def test_a_copy_that_counts_and_from_which_nobody_runs_on_is_the_reason() -> None:
    """The round 1 that fits has a twin; its own reason, that nothing is here, would not be true."""
    first, twin = (
        an_r1(at=at, players=[a_player(f"p{number}", team=1 + number % 2, kills=kills) for number in range(6)])
        for at, kills in (("2026-03-01-210000", 9), ("2026-03-01-211100", 50))
    )
    second = an_r2(first, at="2026-03-01-211000")
    files = [file.filed() for file in (first, second, twin)]
    assert pair(files).first[second.name].name.text == first.name
    assert pair(files, twins={first.name: twin.name}).failed == {second.name: Aside.UNPAIRED_ANEW}


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
    for earlier, later_one in ((first, other), (replace(other, at=first.at), replace(first, at=other.at))):
        second = an_r2(earlier, at="2026-03-01-212000", limit="9:00")
        assert (
            _why(earlier, later_one, second) is Aside.UNPAIRED_NO_TARGET
        )  # the other limit proves the other is not it


def test_a_round_1_that_has_its_round_2_is_taken() -> None:
    first = an_r1()
    assert _why(first, an_r2(first), an_r2(first, at=later(first.at, 900))) is Aside.UNPAIRED_TAKEN


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
