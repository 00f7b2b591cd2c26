"""What the script counts itself, told by hand: neither the sheet nor the engine's counters have a say here."""

from __future__ import annotations

from pathlib import Path

import pytest

from rigs.gameserver.engine import GameServer
from rigs.gameserver.events import (
    ALLIES,
    AXIS,
    LUGER,
    MP40,
    SPECTATOR,
    THOMPSON,
    TICK,
    Deed,
    Event,
    Hit,
    Join,
    Kill,
    Leave,
    Pause,
    Revive,
    SelfKill,
    Spawn,
)
from rigs.gameserver.extension import extension
from tests.gameserver.stage import (
    ANNA,
    BEN,
    CLEO,
    DORA,
    EMIL,
    SIDES,
    a_fight,
    a_story,
    field_of,
    fields_of,
    is_clean,
    kills,
    play,
    report,
)

MULTIKILLS = tuple(f"multikills_{size}" for size in range(2, 7))


def test_the_longest_run_of_kills_is_a_spree_and_the_victims_a_death_spree(server: GameServer) -> None:
    play(server, *a_fight(ANNA, CLEO, times=4), *a_fight(CLEO, ANNA, since=50_000), *a_fight(ANNA, CLEO, since=60_000))
    assert fields_of(server, ANNA, ("killing_spree", "death_spree")) == {"killing_spree": 4, "death_spree": 0}
    assert fields_of(server, CLEO, ("killing_spree", "death_spree")) == {"killing_spree": 0, "death_spree": 4}


def test_two_in_a_row_are_no_spree(server: GameServer) -> None:
    play(server, *a_fight(ANNA, CLEO, times=2))
    assert field_of(server, ANNA, "killing_spree") == 0
    assert field_of(server, CLEO, "death_spree") == 0


@pytest.mark.parametrize(
    "end", [SelfKill(20_000, ANNA), SelfKill(20_000, ANNA, "fall"), Kill(20_000, BEN, ANNA, MP40, 100)]
)
def test_any_death_ends_a_run_of_kills_and_those_without_an_enemy_make_no_run_of_deaths(
    server: GameServer, end: Event
) -> None:
    play(server, *kills(5000, 10_000), end, Spawn(25_000, ANNA), *kills(30_000, 35_000))
    assert field_of(server, ANNA, "killing_spree") == 0
    assert field_of(server, ANNA, "death_spree") == 0


def test_a_team_change_is_no_death(server: GameServer) -> None:
    play(server, *kills(5000, 10_000), Join(15_000, ANNA, SPECTATOR), Join(16_000, ANNA, AXIS), Spawn(20_000, ANNA),
         *kills(30_000))  # fmt: skip
    assert field_of(server, ANNA, "killing_spree") == 3
    assert field_of(server, ANNA, "selfkills") == 0


def test_who_hurt_the_victim_shortly_before_anothers_kill_helped(server: GameServer) -> None:
    play(server, Hit(5000, BEN, CLEO, MP40, 20), Kill(6500, ANNA, CLEO, MP40, 100))
    assert field_of(server, BEN, "kill_assists") == 1
    assert field_of(server, ANNA, "kill_assists") == 0


@pytest.mark.parametrize(
    "hit",
    [
        Hit(4950, BEN, CLEO, MP40, 20),  # longer ago
        Hit(5000, DORA, CLEO, MP40, 20),  # a team mate's
        Hit(5000, BEN, DORA, MP40, 20),  # to somebody else
        Hit(5000, BEN, CLEO, MP40, 0),  # without damage
    ],
)
def test_others_did_not_help(server: GameServer, hit: Hit) -> None:
    play(server, hit, Kill(6500, ANNA, CLEO, MP40, 100))
    assert [field_of(server, person, "kill_assists") for person in (ANNA, BEN, DORA)] == [0, 0, 0]


def test_damage_to_an_earlier_life_helps_nobody(server: GameServer) -> None:
    play(
        server,
        Hit(5000, BEN, CLEO, MP40, 20),
        SelfKill(5100, CLEO),
        Spawn(5200, CLEO),
        Kill(5300, ANNA, CLEO, MP40, 100),
    )
    assert field_of(server, BEN, "kill_assists") == 0


def test_a_hail_of_hits_hides_nobodys_help(server: GameServer) -> None:
    hail = [Hit(5000 + TICK * n, BEN, CLEO, MP40, 1) for n in range(49)]
    help_ = [Hit(7450, EMIL, CLEO, MP40, 20), Hit(7500, BEN, CLEO, MP40, 1)]
    play(server, *hail, *help_, Kill(8000, ANNA, CLEO, MP40, 100), sides={**SIDES, EMIL: AXIS})
    assert field_of(server, EMIL, "kill_assists") == 1
    assert field_of(server, BEN, "kill_assists") == 1


def test_who_did_less_than_another_stole_the_kill(server: GameServer) -> None:
    play(server, Hit(5000, BEN, CLEO, MP40, 60), Kill(5500, ANNA, CLEO, MP40, 120))
    assert field_of(server, ANNA, "kill_steals") == 1


def test_the_final_blow_counts_with_the_health_that_was_left(server: GameServer) -> None:
    play(server, Hit(5000, BEN, CLEO, MP40, 50), Kill(5500, ANNA, CLEO, MP40, 120))
    assert field_of(server, ANNA, "kill_steals") == 0


def test_a_headshot_kill_is_a_final_blow_to_the_head(server: GameServer) -> None:
    play(
        server,
        Kill(5000, ANNA, CLEO, MP40, 120, head=True),
        Hit(5050, ANNA, DORA, MP40, 50, head=True),
        Kill(5100, ANNA, DORA, MP40, 50),
        Spawn(9000, CLEO),
        Kill(20_000, ANNA, CLEO, MP40, 120),
    )
    assert field_of(server, ANNA, "headshot_kills") == 1


@pytest.mark.parametrize(
    ("moments", "sizes"),
    [
        ((5000, 8000), {2: 1}),
        ((5000, 8050), {}),
        ((5000, 8000, 11_000, 20_000, 21_000), {3: 1, 2: 1}),
        (tuple(range(5000, 5000 + 6 * 1000, 1000)), {6: 1}),
        (tuple(range(5000, 5000 + 9 * 1000, 1000)), {6: 1}),
        ((118_000, 119_000), {2: 1}),
    ],
)
def test_a_row_of_kills_counts_once_at_its_final_size(
    server: GameServer, moments: tuple[int, ...], sizes: dict[int, int]
) -> None:
    play(server, *kills(*moments))
    assert fields_of(server, ANNA, MULTIKILLS) == {f"multikills_{size}": sizes.get(size, 0) for size in range(2, 7)}


def test_a_death_ends_a_row_of_kills(server: GameServer) -> None:
    play(server, *kills(5000), SelfKill(6000, ANNA), *kills(7000))
    assert sum(fields_of(server, ANNA, MULTIKILLS).values()) == 0


def test_a_pause_ends_no_row_and_no_assist(server: GameServer) -> None:
    play(server, *kills(5000), Hit(5050, BEN, CLEO, MP40, 20), Pause(5500, 20_000), Kill(6000, ANNA, CLEO, MP40, 100))
    assert field_of(server, ANNA, "multikills_2") == 1
    assert field_of(server, BEN, "kill_assists") == 1


@pytest.mark.parametrize(
    ("release", "lua"), [((2, 82), "lua54"), ((2, 83), "luajit21"), ((2, 84), "lua54"), ((2, 85), "luajit21")]
)
def test_revives_are_counted_once_in_every_release(tmp_path: Path, release: tuple[int, int], lua: str) -> None:
    server = GameServer(tmp_path, release=release, lua=lua)
    play(server, *(e for at in (5000, 9000) for e in (Kill(at, ANNA, CLEO, MP40, 100), Revive(at + 1000, DORA, CLEO))))
    assert field_of(server, DORA, "revives_given") == 2
    assert field_of(server, CLEO, "times_revived") == 2


def test_the_consoles_revive_is_nobodys(server: GameServer) -> None:
    server.map("supply")
    server.begin(a_story())
    server.print("Medic_Revive: 0 0\n")
    server.call("et_Revive", 0, 0, 0)
    server.run(a_story().events, until=60_000)
    server.finish(a_story(length=60_000))
    server.intermission()
    assert field_of(server, ANNA, "revives_given") == 0


def test_what_a_leaver_left_behind_kills_as_the_world_does(server: GameServer) -> None:
    server.map("supply")
    story = a_story(Leave(20_000, ANNA))
    server.begin(story)
    slot = server.client_of(ANNA).slot
    server.run(story.events, until=30_000)
    server.call("et_Damage", server.client_of(CLEO).slot, slot, 100, 0, 18)
    server.call("et_Obituary", server.client_of(CLEO).slot, slot, 18)
    server.run([], until=story.length)
    server.finish(story)
    server.intermission()
    assert extension(next(iter(server.disk.files().values()))).pairs == {}
    assert field_of(server, ANNA, "denied_playtime") == 0


def test_deeds_come_from_the_log(server: GameServer) -> None:
    deeds = ("plant", "plant", "defuse", "repair", "red", "blue", "blue")
    play(server, *(Deed(5000 + 1000 * number, ANNA, what) for number, what in enumerate(deeds)))
    assert fields_of(
        server, ANNA, ("dynamites_planted", "dynamites_defused", "repairs", "objectives_stolen", "objectives_returned")
    ) == {
        "dynamites_planted": 2,
        "dynamites_defused": 1,
        "repairs": 1,
        "objectives_stolen": 2,
        "objectives_returned": 1,
    }


def test_what_players_say_is_no_log_line(server: GameServer) -> None:
    server.map("supply")
    server.begin(a_story())
    for text in (
        "say: Dynamite_Plant: 0\n",
        "Dynamite_Plant: 99\n",
        "Dynamite_Plant: -1\n",
        "Repair: x\n",
        "Item: 0\n",
    ):
        server.print(text)
    server.run(a_story().events, until=60_000)
    server.finish(a_story(length=60_000))
    server.intermission()
    assert is_clean(server)
    assert field_of(server, ANNA, "dynamites_planted") == 0


def test_nothing_of_the_warm_up_counts(server: GameServer) -> None:
    server.map("supply")
    for person, side in ((ANNA, AXIS), (CLEO, ALLIES)):
        server.connect(person, team=side)
    for event in (*kills(0, 1000, 2000), Deed(3000, ANNA, "plant")):
        server.frame(events=[event])
    server.reset()
    server.play(a_story())
    server.intermission()
    assert field_of(server, ANNA, "killing_spree") == 0
    assert field_of(server, ANNA, "dynamites_planted") == 0


def test_the_derived_fields_are_what_they_are_called(server: GameServer) -> None:
    hits = [Hit(5000 + 100 * n, CLEO, ANNA, LUGER, 5) for n in range(10)]
    play(server, *hits, Kill(7000, CLEO, ANNA, LUGER, 120), Spawn(67_600, ANNA), *kills(80_000, 90_000, 100_000))
    fields = fields_of(server, ANNA, ("time_min", "time_played_pct", "time_dead_min", "time_dead_ratio", "dpm", "kd"))
    assert fields == {
        "time_min": 2.0,
        "time_played_pct": 49.2,  # 58.8 of 119.4 s
        "time_dead_min": 1.0,
        "time_dead_ratio": 50.8,
        "dpm": 150.8,
        "kd": 3.0,
    }
    assert field_of(server, CLEO, "tank") == 0.0
    assert field_of(server, ANNA, "bullets_fired") == 10


@pytest.mark.parametrize(("damage", "tank"), [(90, 4.2), (81, 3.9), (79, 0.0)])
def test_tank_is_lives_of_damage_a_death_from_a_thousand_points_on(
    server: GameServer, damage: int, tank: float
) -> None:
    rounds = [
        event
        for at in range(5000, 105_000, 10_000)
        for event in (Hit(at, ANNA, CLEO, THOMPSON, damage), SelfKill(at + 100, CLEO), Spawn(at + 200, CLEO))
    ]
    play(server, *rounds, *kills(110_000, 115_000))
    assert field_of(server, CLEO, "tank") == tank  # ten times the damage and two lives, over two deaths and 130


def test_a_round_has_its_number_limit_and_length(server: GameServer) -> None:
    play(server, Pause(30_000, 30_000), end="surrender", limit="12.5", length=90_000)
    said = report(server)
    assert (said.number, said.time_limit, said.next_time_limit, said.playtime) == (1, 750, 750, 90_000)
    assert (said.defender, said.winner, said.config, said.host) == (1, 1, "legacy6", "^2test ^7server")
