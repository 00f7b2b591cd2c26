"""What a single report proves about itself (FORMAT, "Set aside")."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.game.file import columns
from bot.domain.game.judgement import (
    aborted,
    carried_over,
    contradicted,
    fresh,
    played_seconds,
    player_key,
    population,
    sound,
    twice,
)
from bot.domain.game.lines import keyed
from bot.domain.game.model import Aside, is_bot, is_person
from rigs.builders import a_player, an_r1, an_r2, two_teams, with_fields


@pytest.mark.parametrize(
    ("playtime", "length"),
    [
        (None, None),
        (-73_000, None),
        (0, None),
        (480_499, 480),
        (480_501, 481),
        (480, 480),
        (10_000, None),
        (10_001, 10),
        (726_000, 726),
        (727_000, None),
    ],
)
def test_the_ninth_field_is_milliseconds_or_an_older_scripts_seconds(playtime: int | None, length: int | None) -> None:
    assert played_seconds(an_r1(limit="12:00", playtime=playtime).report) == length


def test_where_the_limit_is_unknown_the_ninth_field_is_believed() -> None:
    assert played_seconds(an_r1(limit="0:00", playtime=900_000).report) == 900


@pytest.mark.parametrize(("playtime", "answer"), [(None, False), (1, False), (480_000, False), (0, True), (-1, True)])
def test_a_round_is_aborted_where_the_ninth_field_is_not_positive(playtime: int | None, answer: object) -> None:
    assert aborted(an_r1(playtime=playtime).report) is answer


@pytest.mark.parametrize(
    ("minutes", "playtime", "answer"),
    [
        (12.0, None, False),
        (12.1, None, True),
        (8.1, 480_000, False),
        (8.2, 480_000, True),
        (12.1, 720_000, False),
        (12.1, 900_000, True),
        (12.0, 900_000, False),
        (12.1, -5, True),
    ],
)
def test_a_round_1_longer_than_itself_is_carried_over(minutes: float, playtime: int | None, answer: object) -> None:
    players = two_teams(minutes=minutes)
    assert carried_over(an_r1(players=players, limit="12:00", playtime=playtime).report) is answer


def test_a_round_1_without_a_known_limit_cannot_be_too_long() -> None:
    assert not carried_over(an_r1(players=two_teams(minutes=30), limit="0:00").report)


def test_a_round_2_is_never_carried_over() -> None:
    assert not carried_over(an_r1(players=two_teams(minutes=20), limit="12:00", number=2).report)


def test_a_round_2_file_in_which_nobody_has_a_round_behind_him_is_a_round_1() -> None:
    assert fresh(an_r1(number=2, players=two_teams(minutes=1.2)).report)
    assert not fresh(an_r1(number=1, players=two_teams(minutes=1.2)).report)
    assert not fresh(an_r1(number=2, players=two_teams(minutes=12.1), limit="12:00").report)
    assert not fresh(an_r1(number=2, players=[*two_teams(), a_player("late", rounds=1)]).report)


def test_a_bots_key_is_its_clean_name_and_a_players_is_his_guid() -> None:
    assert player_key(a_player("^1El^7la", guid="OMNIBOT0")) == "OMNIBOT:Ella"
    assert player_key(a_player("^1El^7la", guid="0A1B2C3D")) == "0A1B2C3D"
    assert is_bot("OMNIBOT:Ella")
    assert not is_bot("0A1B2C3D")


def test_one_guid_on_two_lines_is_seen() -> None:
    pair = [a_player("anna", guid="AAAA0000"), a_player("otto", guid="AAAA0000"), a_player("ben")]
    assert twice(an_r1(players=pair).report) == {"AAAA0000"}


def test_bots_that_share_a_guid_are_told_apart_by_name() -> None:
    bots = [a_player("Ella", guid="OMNIBOT0"), a_player("Fritz", guid="OMNIBOT0")]
    assert [key for key, _ in keyed(an_r1(players=bots).report)] == ["OMNIBOT:Ella", "OMNIBOT:Fritz"]


@pytest.mark.parametrize("guid", ["OMNIBOT0", "", "UNKNOWN", "NO_GUID", "0000000G"])
def test_bots_and_the_unidentified_are_nobody_and_never_twice_in_a_file(guid: str) -> None:
    namesakes = an_r1(players=[a_player("Ella", guid=guid), a_player("^2Ella", guid=guid)]).report
    assert twice(namesakes) == frozenset()
    keys = sorted(key for key, _ in keyed(namesakes))
    assert keys[1] == f"{keys[0]} (2)"
    assert not any(map(is_person, keys))


@pytest.mark.parametrize(
    ("ratios", "answer"),
    [
        ([9.0, 9.0, 9.0, 9.0], True),
        ([9.0, 9.0, 9.0, None], False),  # three lines may differ honestly
        ([0.0, 0.0, 0.0, 0.0], False),  # a writer that leaves the field out
        ([None, None, None, None], False),
    ],
)
def test_most_lines_of_a_round_1_contradict_their_weapons(ratios: list[float | None], answer: bool) -> None:
    players = []
    for player, ratio in zip(two_teams(2), ratios, strict=True):
        kills, deaths = (sum(getattr(cells, name) for cells in player.weapons.values()) for name in ("kills", "deaths"))
        players.append(with_fields(player, {"kd": round(kills / deaths, 1) if ratio is None else ratio}))
    assert contradicted(an_r1(players=players).report) is answer
    assert contradicted(an_r2(an_r1(players=players)).report) is False


def test_a_ratio_that_is_no_number_says_nothing() -> None:
    players = [replace(with_fields(p, {"kd": 9.0}), unreadable=frozenset({columns.KD})) for p in two_teams(4)]
    assert not contradicted(an_r1(players=players).report)


def test_without_deaths_the_ratio_is_one_more_than_the_kills() -> None:
    players = [a_player(f"p{n}", kills=3, kd=4.0) for n in range(4)]
    assert not contradicted(an_r1(players=players).report)
    assert contradicted(an_r1(players=[with_fields(p, {"kd": 3.0}) for p in players]).report)


def test_a_round_1_as_long_as_its_header_says_is_sound() -> None:
    assert sound(an_r1(players=two_teams(minutes=8.0)).report)
    assert sound(an_r1(players=two_teams(minutes=8.1), next_limit="8:00").report)
    assert not sound(an_r1(players=two_teams(minutes=8.2), next_limit="8:00").report)
    assert not sound(an_r1(winner=1).report)  # held: eight fields do not tell how long
    assert sound(an_r1(winner=1, playtime=480_000).report)


@pytest.mark.parametrize(
    ("minutes", "changed", "answer"),
    [
        (12.0, {"winner": 1}, True),
        (11.9, {"winner": 0}, True),
        (11.8, {"winner": 1}, False),  # given up: how long it was nobody tells
        (12.0, {"winner": 1, "playtime": 480_000}, False),
        (12.0, {"winner": 2, "next_limit": "0:00"}, False),
        (0.0, {"winner": 1, "limit": "0:00"}, False),
    ],
)
def test_a_round_1_that_was_held_to_its_end_is_sound(minutes: float, changed: dict[str, Any], answer: object) -> None:
    assert sound(an_r1(players=two_teams(minutes=minutes), **changed).report) is answer


@pytest.mark.parametrize(("minutes", "answer"), [(8.1, False), (8.2, True), (11.9, True)])
def test_longer_than_the_attackers_needed_is_carried_over(minutes: float, answer: bool) -> None:
    assert carried_over(an_r1(players=two_teams(minutes=minutes), next_limit="8:00").report) is answer


@pytest.mark.parametrize(
    ("humans", "bots", "reason"),
    [
        (0, 0, Aside.FEW_HUMANS),
        (1, 0, Aside.FEW_HUMANS),
        (1, 5, Aside.FEW_HUMANS),
        (0, 6, Aside.FEW_HUMANS),
        (2, 0, None),
        (2, 2, None),
        (2, 3, Aside.MOSTLY_BOTS),
        (16, 16, None),
    ],
)
def test_two_humans_and_no_majority_of_bots_make_a_round_that_counts(humans: int, bots: int, reason: object) -> None:
    keys = [f"{number:08X}" for number in range(humans)] + [f"OMNIBOT:{number}" for number in range(bots)]
    assert population(keys) is reason
