"""From running totals to round 2 alone (FORMAT, "Round 2 alone"): every column and weapon figure, times and lengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.differential import second_round
from bot.domain.game.file import columns
from bot.domain.game.file.columns import Counting
from bot.domain.game.file.report import Cells, PlayerReport
from bot.domain.game.lines import runs_on
from bot.domain.game.model import PlayerRound
from rigs.builders import (
    KNIFE,
    MP40,
    SYRINGE,
    WIDTHS,
    a_player,
    a_round,
    an_r1,
    an_r2,
    derived,
    figures,
    notes,
    swapped,
    two_teams,
    with_fields,
)

RUNNING = [c.name for c in columns.RUNNING]
ALONE = [c.name for c in columns.PER_ROUND]
BEN = a_player("ben", team=2)


def _anna_in_round_2(before: PlayerReport, now: PlayerReport, *, tab_fields: int = columns.MOST) -> PlayerRound:
    """Anna's round 2, where `now` is what she did in it."""
    first = an_r1(players=[before, BEN], tab_fields=tab_fields)
    second = an_r2(first, players=[now, replace(BEN, team=1)])
    return next(player for player in a_round(first, second).players if player.name == "anna")


@pytest.mark.parametrize("name", RUNNING)
def test_a_running_column_is_the_difference(name: str) -> None:
    before, now = with_fields(a_player(team=1), {name: 7}), with_fields(a_player(team=2), {name: 5})
    first = an_r1(players=[before, BEN])
    second = an_r2(first, players=[now, replace(BEN, team=1)])
    assert second.report.players[0].fields[columns.POSITION[name]] == 12
    assert figures(a_round(first), name)["anna"] == 7
    assert figures(a_round(first, second), name)["anna"] == 5


@pytest.mark.parametrize("name", ALONE)
def test_a_column_that_the_script_counts_is_this_round_alone(name: str) -> None:
    width = 33 if name.startswith("objectives") else columns.MOST
    before, now = with_fields(a_player(team=1), {name: 7}), with_fields(a_player(team=2), {name: 5})
    assert _anna_in_round_2(before, now, tab_fields=width).counters[name] == 5


@pytest.mark.parametrize("column", columns.COLUMNS, ids=lambda column: column.name)
def test_a_ratio_is_never_stored_and_everything_else_is(column: columns.Column) -> None:
    stored = column.name in columns.COUNTERS
    assert stored == (column.counting is not Counting.DERIVED and column.name != "time_min")


@pytest.mark.parametrize("width", [*WIDTHS, WIDTHS[-1] + 2])
def test_what_a_writer_does_not_know_is_none_and_not_zero(width: int) -> None:
    anna = _anna_in_round_2(a_player(), a_player(team=2), tab_fields=width)
    unknown = {c.name for c in columns.COLUMNS if not columns.known(c, width)} - {"revives_given"}
    unknown |= {"time_dead_seconds"}
    assert {name for name, value in anna.by_name.items() if value is None} == unknown


@pytest.mark.parametrize("width", WIDTHS)
def test_revives_are_known_in_every_version(width: int) -> None:
    """Later writers have a field; the syringe's hits are the same count, and run on like every weapon's."""
    before = a_player(weapons={SYRINGE: (3, 4, 0, 0, 0)}, revives_given=3)
    now = a_player(team=2, weapons={SYRINGE: (2, 2, 0, 0, 0)}, revives_given=2)
    first = an_r1(players=[before, BEN], tab_fields=width)
    one, two = derived(first, an_r2(first, players=[now, replace(BEN, team=1)]))
    assert (figures(one, "revives_given"), figures(two, "revives_given")) == (
        {"anna": 3, "ben": 0},
        {"anna": 2, "ben": 0},
    )


def test_the_time_dead_is_known_where_the_header_has_nine_fields() -> None:
    dead = [a_player(minutes=8, time_dead_min=9.5), BEN]
    assert figures(a_round(an_r1(players=dead, playtime=480_000)), "time_dead_seconds")["anna"] == 570
    assert figures(a_round(an_r1(players=dead)), "time_dead_seconds")["anna"] is None


def test_the_time_dead_of_round_2_is_this_round_alone() -> None:
    first = an_r1(players=[a_player(time_dead_min=2.0), BEN], playtime=480_000)
    now = [a_player(team=2, time_dead_min=1.5), replace(BEN, team=1)]
    assert figures(a_round(first, an_r2(first, players=now, playtime=480_000)), "time_dead_seconds")["anna"] == 90


def test_each_weapon_is_the_difference_over_both_rounds_weapons() -> None:
    before = a_player(weapons={MP40: (10, 30, 2, 1, 3), 11: (1, 2, 1, 0, 0)})
    now = a_player(team=2, weapons={MP40: (5, 9, 1, 2, 0), 5: (8, 20, 2, 0, 1)})
    first = an_r1(players=[before, BEN])
    one = a_round(first, an_r2(first, players=[now, replace(BEN, team=1)]))
    assert one.weapons[0] == {MP40: Cells(5, 9, 1, 2, 0), 5: Cells(8, 20, 2, 0, 1)}
    assert figures(one, "kills")["anna"] == 3
    assert figures(one, "deaths")["anna"] == 2
    assert figures(one, "shots")["anna"] == 29


def test_a_weapon_that_vanished_from_the_mask_keeps_its_sign() -> None:
    before = a_player(weapons={MP40: (0, 30, 0, 0, 0), KNIFE: (0, 4, 0, 0, 0)})
    now = a_player(team=2, weapons={MP40: (0, 10, 0, 0, 0), KNIFE: (0, -4, 0, 0, 0)})
    first = an_r1(players=[before, BEN])
    second = an_r2(first, players=[now, replace(BEN, team=1)])
    assert KNIFE not in second.report.players[0].weapons
    one = a_round(first, second)
    assert one.weapons[0][KNIFE].shots == -4
    assert figures(one, "shots")["anna"] == 6
    assert "reset" not in notes(one)


def test_shots_may_be_negative_in_all() -> None:
    before = a_player(weapons={KNIFE: (0, 4, 0, 0, 0), MP40: (1, 1, 0, 0, 0)})
    now = a_player(team=2, weapons={KNIFE: (0, -3, 0, 0, 0)})
    assert _anna_in_round_2(before, now).shots == -3


def test_times_are_counted_in_tenths_of_a_minute() -> None:
    anna = _anna_in_round_2(a_player(minutes=8.7), a_player(team=2, minutes=4.6))
    assert anna.time_seconds == 276  # (13.3 - 8.7) * 60 is 275.99… in floats


def test_the_time_alive_is_the_difference_of_shares() -> None:
    before, now = a_player(minutes=10.0, alive=90.0), a_player(team=2, minutes=5.0, alive=60.0)
    anna = _anna_in_round_2(before, now)
    assert (anna.time_seconds, anna.alive_seconds) == (300, 180)


@pytest.mark.parametrize(("share", "alive"), [(150.0, 480), (-3.0, 0), (0.0, 0), (100.0, 480)])
def test_nobody_is_alive_longer_than_he_played_or_less_than_never(share: float, alive: int) -> None:
    assert figures(a_round(an_r1(players=[a_player(alive=share), BEN])), "alive_seconds")["anna"] == alive


@pytest.mark.parametrize("share", [0.0, 100.0])
def test_a_share_that_jumps_between_the_rounds_stays_within_the_time(share: float) -> None:
    first = an_r1(players=[a_player(minutes=8.0, alive=50.0), BEN])
    second = an_r2(first, players=[a_player(team=2, minutes=1.0), replace(BEN, team=1)])
    players = (with_fields(player, {"time_played_pct": share}) for player in second.report.players)
    odd = replace(second, report=replace(second.report, players=tuple(players)))
    assert figures(a_round(first, odd), "alive_seconds")["anna"] == (60 if share else 0)


def test_zero_seconds_zero_shots_and_zero_deaths_divide_nothing() -> None:
    nobody = [a_player(minutes=0, weapons={}), replace(BEN, weapons={}, fields=(0,) * columns.MOST)]
    first = an_r1(players=nobody, next_limit="12:00")
    second = an_r2(first, players=swapped(nobody), at="2026-03-01-211500")
    for one in (a_round(first), a_round(first, second)):
        assert one.duration is None
        assert figures(one, "time_seconds") == {"anna": 0, "ben": 0}


def test_negative_xp_is_kept() -> None:
    assert _anna_in_round_2(a_player(xp=30), a_player(team=2, xp=-12)).counters["xp"] == -12


@pytest.mark.parametrize(
    ("limit", "next_limit", "winner", "playtime", "length"),
    [
        ("12:00", "8:00", 2, None, 480),
        ("12:00", "8:06", 2, None, 486),
        ("12:00", "8:07", 2, None, 480),
        ("12:00", "7:54", 2, None, 474),
        ("12:00", "12:10", 2, None, 480),
        ("12:00", "58:12", 2, None, 480),
        ("12:00", "73:01", 2, None, 480),
        ("12:00", "0:00", 2, None, 480),
        ("12:00", "12:00", 1, None, 480),
        ("12:00", "8:03", 1, None, 480),
        ("7:59", "8:00", 2, None, 479),
        ("8:03", "8:03", 2, None, 483),
        ("8:02", "8:03", 2, None, 480),
        ("12:00", "8:03", 2, 479_400, 479),
        ("12:00", "8:03", 2, 479, 479),
        ("12:00", "8:03", 2, 900_000, 483),
        ("12:00", "12:00", 1, 482_000, 482),
    ],
)
def test_a_rounds_length_is_the_header_s_only_where_that_can_be_true(
    limit: str, next_limit: str, winner: int, playtime: int | None, length: int
) -> None:
    first = an_r1(limit=limit, next_limit=next_limit, winner=winner, playtime=playtime)
    assert a_round(first).duration == length


@pytest.mark.parametrize(
    ("next_limit", "winner", "length"),
    [("12:10", 2, 300), ("5:03", 2, 303), ("4:10", 2, 300), ("8:00", 1, 300), ("0:00", 1, 300)],
)
def test_round_2_is_as_long_as_its_players_own_time_says(next_limit: str, winner: int, length: int) -> None:
    first = an_r1()
    second = an_r2(first, players=swapped(two_teams(minutes=5.0)), next_limit=next_limit, winner=winner)
    assert a_round(first, second).duration == length


def test_a_surrendered_hold_is_as_long_as_it_was_played() -> None:
    first = an_r1(winner=1, limit="12:00", players=two_teams(minutes=4.0))
    assert first.report.next_time_limit == 720
    assert a_round(first).duration == 240
    second = an_r2(first, winner=1, players=swapped(two_teams(minutes=5.0)))
    assert a_round(first, second).duration == 300


@pytest.mark.parametrize("name", [*RUNNING, "time_min"])
def test_a_single_counter_that_fell_shows_that_a_line_began_again(name: str) -> None:
    before = with_fields(a_player(rounds=0), {name: 9})
    total = with_fields(a_player(rounds=1), {name: 8})
    assert not runs_on(before, total)
    assert runs_on(before, with_fields(a_player(rounds=1), {name: 9}))


@pytest.mark.parametrize(
    ("figure", "still"), [("hits", False), ("shots", True), ("kills", False), ("deaths", False), ("headshots", False)]
)
def test_a_single_weapon_figure_that_fell_shows_it_too_unless_it_is_shots(figure: str, still: object) -> None:
    full = Cells(3, 3, 3, 3, 3)
    before = a_player(rounds=0, weapons={MP40: full})
    assert runs_on(before, a_player(rounds=1, weapons={MP40: full._replace(**{figure: 2})})) is still


def test_a_weapon_with_hits_does_not_vanish() -> None:
    before = a_player(rounds=0, weapons={MP40: (1, 1, 0, 0, 0)})
    assert not runs_on(before, a_player(rounds=1, weapons={}))


@pytest.mark.parametrize(
    ("was", "now", "answer"), [(0, 1, True), (1, 2, True), (1, 1, False), (0, 0, False), (0, 2, False)]
)
def test_a_session_that_runs_on_was_restored_exactly_once(was: int, now: int, answer: object) -> None:
    assert runs_on(a_player(rounds=was), a_player(rounds=now)) is answer


counter = st.integers(0, 1 << 30)


@given(st.sampled_from(RUNNING), counter, counter)
def test_what_was_added_to_a_running_column_comes_out_again(name: str, before: int, now: int) -> None:
    anna = _anna_in_round_2(with_fields(a_player(), {name: before}), with_fields(a_player(team=2), {name: now}))
    assert anna.counters[name] == now


cells = st.builds(Cells, counter, counter, counter, counter, counter)
arsenal = st.dictionaries(st.integers(0, 27), cells, max_size=5)


@given(arsenal, arsenal)
def test_what_was_added_to_the_weapons_comes_out_again(
    before: Mapping[int, Sequence[int]], now: Mapping[int, Sequence[int]]
) -> None:
    first = an_r1(players=[a_player(weapons=before), BEN])
    second = an_r2(first, players=[a_player(team=2, weapons=now), replace(BEN, team=1)])
    assert a_round(first, second).weapons[0] == {bit: figures for bit, figures in now.items() if any(figures)}


@given(st.integers(1, 3000), st.integers(1, 3000), st.integers(0, 1000), st.integers(0, 1000))
def test_the_time_alive_is_right_to_the_rounding_of_the_share(t1: int, t2: int, share1: int, share2: int) -> None:
    before = a_player(minutes=t1 / 10, alive=share1 / 10)
    now = a_player(team=2, minutes=t2 / 10, alive=share2 / 10)
    first = an_r1(players=[before])
    (share,) = second_round(first.report, an_r2(first, players=[now]).report).shares
    assert share.time == 6 * t2
    assert abs(share.alive - 6 * t2 * share2 / 1000) <= 0.003 * (t1 + t2) + 1
