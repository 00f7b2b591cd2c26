"""Figures about waiting for the next wave: useful, useless, denied, and full self kills, told by hand."""

from __future__ import annotations

import pytest

from rigs.gameserver.engine import GameServer
from rigs.gameserver.events import (
    AXIS,
    MP40,
    SPECTATOR,
    Event,
    Join,
    Kill,
    Leave,
    Pause,
    Revive,
    SelfKill,
    Spawn,
)
from tests.gameserver.stage import (
    ANNA,
    BEN,
    CLEO,
    DORA,
    field_of,
    fields_of,
    play,
)

# Allies' wave: every 20 s; theirs is seed 2 (13), 26/13 = 2 s early. Axis': every 30 s, seed 1 (3), 9/3 = 3 s early.
WAVES = {"seeds": (16, 4, 0, 9, 26, 0, 0, 0, 0, 0), "cycles": (30_000, 20_000)}


@pytest.mark.parametrize(
    ("at", "useful", "useless"),
    [
        (18_000, 1, 0),  # a wave has just gone: 20 s to wait
        (28_000, 1, 0),  # 10 s, just half of it
        (28_050, 0, 0),
        (33_000, 0, 0),  # 5 s
        (33_050, 0, 1),
        (37_950, 0, 1),
    ],
)
def test_a_kill_is_useful_or_useless_by_the_victims_wait(
    server: GameServer, at: int, useful: int, useless: int
) -> None:
    play(server, Kill(at, ANNA, CLEO, MP40, 100), **WAVES)
    assert fields_of(server, ANNA, ("useful_kills", "useless_kills")) == {
        "useful_kills": useful,
        "useless_kills": useless,
    }


def test_no_respawn_time_makes_no_kill_useful(server: GameServer) -> None:
    play(server, Kill(18_000, ANNA, CLEO, MP40, 100), SelfKill(20_000, BEN), cycles=(0, 0))
    assert fields_of(server, ANNA, ("useful_kills", "useless_kills")) == {"useful_kills": 0, "useless_kills": 0}


@pytest.mark.parametrize(("at", "full"), [(27_000, 1), (30_000, 1), (30_050, 0), (26_950, 0)])
def test_a_full_selfkill_has_nearly_all_of_the_wait_ahead(server: GameServer, at: int, full: int) -> None:
    play(server, SelfKill(at, ANNA), **WAVES)
    assert field_of(server, ANNA, "full_selfkills") == full


@pytest.mark.parametrize(
    ("after", "seconds"),
    [
        ([Spawn(12_000, CLEO)], 7),
        ([Spawn(12_500, CLEO)], 8),  # to the nearest
        ([Pause(6000, 10_000), Spawn(12_000, CLEO)], 7),
        ([Revive(9000, DORA, CLEO)], 4),
        ([Leave(15_000, CLEO)], 10),
        ([Join(15_000, CLEO, SPECTATOR)], 10),
        ([Join(15_000, CLEO, AXIS), Spawn(25_000, CLEO)], 20),
        ([Leave(7000, ANNA), Spawn(12_000, CLEO)], 7),
        ([], 115),
    ],
)
def test_playing_time_is_denied_until_the_victim_is_back(server: GameServer, after: list[Event], seconds: int) -> None:
    play(server, Kill(5000, ANNA, CLEO, MP40, 100), *after)
    assert field_of(server, ANNA, "denied_playtime") == seconds


def test_the_rounds_end_is_the_last_moment_that_can_be_denied(server: GameServer) -> None:
    play(server, Kill(5550, ANNA, CLEO, MP40, 100), length=120_000)
    assert field_of(server, ANNA, "denied_playtime") == 114  # 114.45 s
