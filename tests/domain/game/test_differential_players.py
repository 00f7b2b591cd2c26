"""Whose line runs on from round 1, whose began again, and who watched (FORMAT, "Whose line runs on")."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.game.differential import second_round
from bot.domain.game.file.report import PlayerReport
from bot.domain.game.model import State
from rigs.builders import a_guid, a_player, a_round, an_r1, an_r2, derived, figures, notes, swapped, two_teams

ANNA = a_player("anna", kills=9, damage_given=900)
BEN = a_player("ben", team=2, deaths=9, damage_received=900)
ANNA_2 = a_player("anna", team=2, kills=2, damage_given=200, minutes=6.0)
BEN_2 = a_player("ben", team=1, deaths=2, damage_received=200, minutes=6.0)
FIRST = an_r1(players=[ANNA, BEN])


def test_a_late_joiners_line_counts_this_round_alone() -> None:
    late = a_player("late", team=1, rounds=1, kills=3, minutes=2.5)
    one = a_round(FIRST, an_r2(FIRST, players=[ANNA_2, BEN_2, late]))
    assert figures(one, "kills")["late"] == 3
    assert figures(one, "time_seconds")["late"] == 150
    assert notes(one)["joined"] == [a_guid("late")]
    assert "time" not in notes(one)


@pytest.mark.parametrize(("minutes", "time"), [(6.1, 366), (6.2, 360), (14.0, 360)])
def test_one_who_idled_through_round_1_has_played_no_longer_than_round_2(minutes: float, time: int) -> None:
    idle = a_player("idle", team=1, rounds=1, kills=3, minutes=minutes, alive=50.0)
    one = a_round(FIRST, an_r2(FIRST, players=[ANNA_2, BEN_2, idle], next_limit="6:00"))
    assert figures(one, "time_seconds")["idle"] == time
    assert figures(one, "alive_seconds")["idle"] == time / 2
    assert figures(one, "kills")["idle"] == 3
    assert one.duration == 360
    assert notes(one).get("time") == ([a_guid("idle")] if time == 360 else None)


def test_a_round_2_of_strangers_alone_lasted_as_long_as_they_played() -> None:
    strangers = [a_player("carl", rounds=1, minutes=6.0), a_player("dora", team=2, rounds=1, minutes=5.0)]
    played = second_round(FIRST.report, an_r2(FIRST, players=strangers, winner=1).report)
    assert played.duration == 360
    assert [share.time for share in played.shares] == [360, 300]


def test_one_who_left_and_came_back_in_round_1_has_only_what_came_after() -> None:
    short = replace(two_teams()[0], rounds=0)
    first = an_r1(players=[a_player("axis0", kills=1, minutes=3.0), *two_teams()[1:]])
    one, two = derived(first, an_r2(first, players=[replace(short, team=2), *swapped(two_teams()[1:])]))
    assert notes(one) == {"unbalanced": [""]}
    assert figures(two, "kills")["axis0"] == short.weapons[4].kills
    assert two.state is State.COUNTED


def test_a_reconnect_in_the_warm_up_shows_in_counters_that_fell_though_others_rose() -> None:
    before = a_player("anna", kills=3, damage_given=1116, damage_received=3266, selfkills=4, minutes=12.0)
    now = a_player(
        "anna", team=2, rounds=1, kills=5, damage_given=1449, damage_received=2350, selfkills=1, minutes=11.1
    )
    first = an_r1(players=[before, BEN])
    one = a_round(first, an_r2(first, players=[replace(now, rounds=1), BEN_2], fresh=["anna"]))
    assert notes(one)["reset"] == [a_guid("anna")]
    assert figures(one, "damage_given")["anna"] == 1449
    assert figures(one, "kills")["anna"] == 5
    assert figures(one, "time_seconds")["anna"] == 666
    assert one.duration == 666


def test_the_same_reconnect_on_a_replayed_map_shows_in_the_rounds_too() -> None:
    first = an_r1(players=[replace(ANNA, rounds=1), replace(BEN, rounds=1)])
    now = a_player("anna", team=2, rounds=1, kills=20, damage_given=2000, minutes=9.0)
    one = a_round(first, an_r2(first, players=[now, BEN_2], fresh=["anna"]))
    assert notes(one)["reset"] == [a_guid("anna")]
    assert figures(one, "kills")["anna"] == 20


def test_a_reconnect_in_round_2_keeps_the_line_and_says_that_a_part_is_missing() -> None:
    now = a_player("anna", team=2, rounds=0, kills=1, minutes=2.0)
    one = a_round(FIRST, an_r2(FIRST, players=[now, BEN_2], fresh=["anna"]))
    assert notes(one)["reconnected"] == [a_guid("anna")]
    assert figures(one, "kills")["anna"] == 1
    assert one.state is State.COUNTED


def test_a_reconnector_without_figures_afterwards_keeps_his_old_running_line() -> None:
    left_early = replace(ANNA_2, fields=a_player(damage_given=200, minutes=2.0).fields)
    one = a_round(FIRST, an_r2(FIRST, players=[left_early, BEN_2]))
    assert figures(one, "damage_given")["anna"] == 200
    assert figures(one, "time_seconds")["anna"] == 120
    assert notes(one) == {}


def test_when_everybodys_counters_began_again_every_line_counts_alone() -> None:
    alone = [replace(player, rounds=1) for player in swapped(two_teams(minutes=5.0))]
    first = an_r1()
    one = a_round(first, an_r2(first, players=alone, fresh=[player.name for player in alone]))
    assert figures(one, "kills") == {"axis0": 5, "axis1": 6, "allies0": 4, "allies1": 5}
    assert one.duration == 300
    assert len(notes(one)["reset"]) == 4
    assert one.state is State.COUNTED


def test_a_reset_that_only_the_weapons_show_is_seen() -> None:
    before = a_player("anna", weapons={4: (20, 60, 5, 0, 2)}, damage_given=700, minutes=5.0)
    now = a_player("anna", team=2, rounds=1, weapons={5: (30, 80, 6, 0, 4)}, damage_given=900, minutes=6.0)
    first = an_r1(players=[before, BEN])
    one = a_round(first, an_r2(first, players=[now, BEN_2], fresh=["anna"]))
    assert figures(one, "kills")["anna"] == 6
    assert notes(one)["reset"] == [a_guid("anna")]


def test_one_who_is_no_longer_in_the_round_2_file_is_not_in_the_round() -> None:
    one = a_round(FIRST, an_r2(FIRST, players=[ANNA_2, a_player("carl", rounds=1)]))
    assert set(figures(one, "kills")) == {"anna", "carl"}


@pytest.mark.parametrize("team", [3, 0])
def test_a_spectator_who_did_nothing_is_not_in_the_round(team: int) -> None:
    watching = a_player("anna", team=team, weapons={}, minutes=0)
    one = a_round(FIRST, an_r2(FIRST, players=[watching, BEN_2, a_player("carl", rounds=1)]))
    assert set(figures(one, "kills")) == {"ben", "carl"}
    assert notes(one)["watched"] == [a_guid("anna")]


@pytest.mark.parametrize(
    "did",
    [
        a_player("anna", team=3, kills=1, minutes=0),
        a_player("anna", team=3, weapons={}, minutes=1.0),
        a_player("anna", team=3, weapons={}, minutes=0, selfkills=1),
        a_player("anna", team=3, weapons={}, minutes=0, revives_given=1),
    ],
)
def test_a_spectator_who_did_something_had_the_other_side_of_round_1(did: PlayerReport) -> None:
    one = a_round(FIRST, an_r2(FIRST, players=[did, BEN_2]))
    assert figures(one, "team") == {"anna": 2, "ben": 1}
    assert notes(one)["left"] == [a_guid("anna")]


def test_a_spectator_in_an_old_writers_file_is_seen_without_the_newer_columns() -> None:
    first = an_r1(players=[ANNA, BEN], tab_fields=33)
    watching = a_player("anna", team=3, weapons={}, minutes=0)
    assert "watched" in notes(a_round(first, an_r2(first, players=[watching, BEN_2])))


def test_a_spectator_whose_counters_began_again_had_the_other_side_too() -> None:
    now = a_player("anna", team=3, rounds=0, kills=1, minutes=2.0)
    stranger = a_player("carl", team=3, rounds=1, kills=1, minutes=2.0)
    one = a_round(FIRST, an_r2(FIRST, players=[now, stranger, BEN_2], fresh=["anna"]))
    assert figures(one, "team") == {"anna": 2, "carl": 3, "ben": 1}
