"""A round that was saved twice counts once (FORMAT, "Set aside")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.model import Aside, Round, State
from bot.domain.game.rounds import derive
from rigs.builders import AT, RoundFile, a_player, an_r1, an_r2, derived, later, of_our_script, swapped, two_teams


def _told(rounds: Sequence[Round]) -> dict[str, Aside | None]:
    """File name → why its round does not count."""
    return {one.filed.name.text: one.reason.code if one.reason else None for one in rounds}


def _again(file: RoundFile, seconds: int, **changed: object) -> RoundFile:
    return replace(file, at=later(file.at, seconds), report=replace(file.report, **changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(("gap", "twins"), [(1, True), (12, True), (479, True), (480, False), (900, False)])
def test_two_ends_closer_than_the_round_was_long_are_one_round(gap: int, twins: bool) -> None:
    first = an_r1()
    again = _again(first, gap)
    assert _told(derived(first, again)) == {first.name: Aside.SAVED_TWICE if twins else None, again.name: None}


def test_the_one_with_more_lines_counts_then_the_one_with_more_damage_then_the_later_one() -> None:
    whole = an_r1(players=two_teams(3))
    fewer = _again(whole, 12, players=whole.report.players[:5])
    assert _told(derived(whole, fewer))[fewer.name] is Aside.SAVED_TWICE
    weaker = _again(whole, 12, players=tuple(two_teams(3, minutes=8.0)))
    stronger = replace(
        whole, report=replace(whole.report, players=(a_player("axis0", damage_given=5000), *whole.report.players[1:]))
    )
    assert _told(derived(stronger, weaker))[weaker.name] is Aside.SAVED_TWICE


@pytest.mark.parametrize("gap", [-5, 0, 3, 5, 60])
def test_of_two_scripts_files_that_are_level_our_own_counts_in_both_rounds(gap: int) -> None:
    first = an_r1(players=two_teams(3))
    second = an_r2(first)
    theirs = [_again(first, gap), _again(second, gap + 2)]
    ours = [of_our_script(replace(file, at=later(file.at, 1)), {("axis0", "allies0"): 1}) for file in (first, second)]
    for order in permutations([*theirs, *ours]):
        rounds = derived(*order)
        assert _told(rounds) == {
            ours[0].name: None, ours[1].name: None,
            theirs[0].name: Aside.SAVED_TWICE, theirs[1].name: Aside.SAVED_TWICE,
        }  # fmt: skip
        assert next(one.first for one in rounds if one.filed.name.text == ours[1].name) == ours[0].name


@pytest.mark.parametrize("of_number", [1, 2])
def test_of_two_scripts_files_the_whole_one_counts_and_pairs_across(of_number: int) -> None:
    first = an_r1(players=two_teams(3))
    second = an_r2(first)
    ours = [of_our_script(file, {}) for file in (first, second)]
    cut = ours[of_number - 1]
    ours[of_number - 1] = replace(cut, report=replace(cut.report, players=cut.report.players[:5]))
    theirs = [_again(first, 2), _again(second, 2)]
    rounds = derived(*ours, *theirs)
    counting = {one.filed.name.text for one in rounds if one.state is State.COUNTED}
    assert counting == {(theirs if number == of_number else ours)[number - 1].name for number in (1, 2)}
    assert next(one.first for one in rounds if one.first and one.state is State.COUNTED) in counting


def test_who_tells_whom_he_killed_counts_before_who_only_tells_when() -> None:
    first = an_r1()
    whole, reloaded = of_our_script(first, {}), of_our_script(_again(first, 5))
    assert _told(derived(whole, reloaded)) == {whole.name: None, reloaded.name: Aside.SAVED_TWICE}


def test_its_round_2_belongs_to_the_copy_that_counts() -> None:
    whole = an_r1(players=two_teams(3))
    fewer = _again(whole, 12, players=whole.report.players[:5])
    second = an_r2(whole)
    rounds = derived(whole, fewer, second)
    assert _told(rounds) == {whole.name: None, fewer.name: Aside.SAVED_TWICE, second.name: None}
    assert next(one.first for one in rounds if one.filed.name.text == second.name) == whole.name


@pytest.mark.parametrize("better", [0, 1])
def test_a_round_2_saved_twice_counts_once_and_keeps_its_round_1(better: int) -> None:
    first = an_r1(players=two_teams(3))
    second = an_r2(first)
    pair = [second, _again(second, 7)]
    worse = 1 - better
    pair[worse] = _again(pair[worse], 0, players=pair[worse].report.players[:5])
    told = _told(derived(first, *pair))
    assert told == {first.name: None, pair[better].name: None, pair[worse].name: Aside.SAVED_TWICE}


@pytest.mark.parametrize("changed", [{"next_time_limit": 0}, {"next_time_limit": 4265}, {"time_limit": 719}])
@pytest.mark.parametrize("gap", [12, 470])
def test_its_round_2_has_the_counting_copy_for_its_round_1_whatever_that_one_says(
    gap: int, changed: dict[str, int]
) -> None:
    """A script saved at the intermission and at the stop: the second has no time to beat any more."""
    first = an_r1(players=two_teams(3))
    again, second = _again(first, gap, **changed), an_r2(first)
    for order in permutations([first, again, second]):
        rounds = derived(*order)
        assert _told(rounds) == {first.name: Aside.SAVED_TWICE, again.name: None, second.name: None}
        assert {one.first for one in rounds if one.filed.name.text == second.name} == {again.name}


def test_of_a_round_that_was_saved_three_times_the_one_that_counts_has_the_round_2() -> None:
    first = an_r1(players=two_teams(3))
    copies = [first, _again(first, 5, next_time_limit=0), _again(first, 9, next_time_limit=4000)]
    second = an_r2(first)
    rounds = derived(*copies, second)
    assert [one.filed.name.text for one in rounds if one.state is State.COUNTED] == [copies[2].name, second.name]
    assert rounds[-1].first == copies[2].name


@pytest.mark.parametrize("drift", [0, 2500])
def test_files_that_were_written_further_apart_than_the_round_was_long_are_no_copies(drift: int) -> None:
    """One of the two stamps is wrong; but what says the same of everybody was copied."""
    first = an_r1(players=two_teams(3))
    other = _again(first, 12, players=tuple(two_teams(3, minutes=7.9)))
    end = first.filed().ended_at
    for again, is_twin in ((other, False), (_again(first, 12), True)):
        rounds = derive([first.filed(mtime=end + drift), again.filed(mtime=end + drift + 1200)])
        assert (Aside.SAVED_TWICE in _told(rounds).values()) is is_twin
    copied = derive([first.filed(mtime=end + 9000), other.filed(mtime=end + 9999)])
    assert Aside.SAVED_TWICE in _told(copied).values()


@pytest.mark.parametrize(
    "other",
    [
        {"host": "another server"},
        {"players": tuple(a_player(name, team=1 + place % 2) for place, name in enumerate("uvwx"))},
    ],
    ids=["another host", "other people"],
)
def test_rounds_of_another_host_or_of_other_people_are_no_copies(other: dict[str, object]) -> None:
    first = an_r1()
    assert set(_told(derived(first, _again(first, 12, **other))).values()) == {None}


@pytest.mark.parametrize(("common", "twins"), [(3, False), (4, True)])
def test_two_thirds_of_the_people_are_in_both(common: int, twins: bool) -> None:
    first = an_r1(players=two_teams(3))
    strangers = [a_player(f"new{n}", team=1 + n % 2) for n in range(6 - common)]
    again = _again(first, 12, players=(*first.report.players[:common], *strangers))
    assert (Aside.SAVED_TWICE in _told(derived(first, again)).values()) is twins


def test_a_round_that_is_set_aside_for_another_reason_is_never_compared() -> None:
    first = an_r1()
    broken = _again(first, -12, playtime=-5)
    assert _told(derived(broken, first)) == {broken.name: Aside.ABORTED, first.name: None}


def test_what_an_admin_took_out_is_never_compared() -> None:
    first = an_r1()
    again = _again(first, 12)
    rounds = derive([first.filed(), again.filed()], ruled_out={again.name})
    assert _told(rounds) == {first.name: None, again.name: None}


BERLIN = ZoneInfo("Europe/Berlin")


def _in_october(*files: RoundFile) -> dict[str, Aside | None]:
    """Files that were copied a day later, in the hour that the clock repeats: nothing tells which of the two it was."""
    filed = [file.filed(zone=BERLIN) for file in files]
    return _told(derive([replace(one, mtime=one.ended_at + 30 * 3600) for one in filed]))


def test_in_the_hour_that_the_clock_repeats_two_matches_a_minute_apart_are_two() -> None:
    first = an_r1(at="2025-10-26-021000", players=[a_player(f"p{n}", team=1 + n % 2, kills=9) for n in range(6)])
    second = an_r2(first, at="2025-10-26-021849")
    other = an_r1(
        at="2025-10-26-021100", players=[a_player(f"p{n}", team=1 + n % 2, kills=3, minutes=2.0) for n in range(6)]
    )
    files = [first, second, other]
    for order in permutations(files):
        assert _in_october(*order) == dict.fromkeys((file.name for file in files), None)


@pytest.mark.parametrize(("other_figures", "twins"), [(0, True), (3, True), (4, False), (6, False)])
def test_in_that_hour_a_copy_has_the_figures_of_every_other_player(other_figures: int, twins: bool) -> None:
    people = [a_player(f"p{n}", team=1 + n % 2, kills=9) for n in range(6)]
    changed = [a_player(f"p{n}", team=1 + n % 2, kills=7) for n in range(other_figures)]
    first = an_r1(at="2025-10-26-021000", players=people)
    again = an_r1(at="2025-10-26-021100", players=[*changed, *people[other_figures:]])
    assert (Aside.SAVED_TWICE in _in_october(first, again).values()) is twins


def test_saved_three_times_counts_once_in_every_order() -> None:
    first = an_r1()
    copies = [first, _again(first, 5), _again(first, 12)]
    for order in permutations(copies):
        told = _told(derived(*order))
        assert [told[file.name] for file in copies] == [Aside.SAVED_TWICE, Aside.SAVED_TWICE, None]


@given(st.lists(st.integers(0, 1500), min_size=1, max_size=5), st.integers(0, 5))
def test_no_two_rounds_that_count_are_one_and_the_same(offsets: list[int], missing: int) -> None:
    """However often and with however few lines a round was saved: what counts lies a whole round apart."""
    first = an_r1(players=two_teams(3))
    files = {later(AT, offset): _again(first, offset) for offset in offsets}
    files[AT] = _again(first, 0, players=first.report.players[: 6 - missing // 3])
    ends = sorted(one.filed.ended_at for one in derived(*files.values()) if one.state is State.COUNTED)
    assert all(later_end - end >= 480 for end, later_end in pairwise(ends))
    assert ends


def test_maps_played_again_are_no_copies() -> None:
    files: list[RoundFile] = []
    at = AT
    for number in range(4):
        first = an_r1(at=at, players=two_teams(rounds=0 if number == 0 else 1))
        second = an_r2(first, players=swapped(two_teams()))
        files += [first, second]
        at = later(second.at, 540)
    assert set(_told(derived(*files)).values()) == {None}


def test_a_second_round_2_long_after_the_first_is_no_twin_of_it() -> None:
    first = an_r1()
    second = an_r2(first)
    third = an_r2(first, at=later(second.at, 1800))
    assert _told(derived(first, second, third)) == {
        first.name: None,
        second.name: None,
        third.name: Aside.UNPAIRED_TAKEN,
    }
