"""How rounds end, and that each end makes one whole file at most."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rigs.gameserver.disk import Onlooker
from rigs.gameserver.engine import EVENING, GameServer
from rigs.gameserver.events import ALLIES, AXIS, MP40, Connect, Event, Join, Kill, Leave, Person, ScoreChange, Shoot
from rigs.gameserver.extension import extension
from rigs.gameserver.importing import imported
from tests.gameserver.stage import (
    ANNA,
    CLEO,
    DORA,
    SWAPPED,
    a_fight,
    a_match,
    a_story,
    field_of,
    is_clean,
    line_of,
    played,
    report,
)

ABORTED = "aborted: the round was broken off in mid-play"
FIGHT = a_fight(ANNA, CLEO, times=2)


async def states(server: GameServer, folder: Path) -> list[tuple[int, str, str | None]]:
    """(number, state, reason) of every file, once imported."""
    assert is_clean(server)
    return [(row["round"], row["state"], row["reason"]) for row in await imported(folder, server.disk.files())]


def end(server: GameServer, how: str) -> None:
    """The level, by one of the ways there are."""
    match how:
        case "map":
            server.map("radar")
        case "match_reset":
            server.match_reset()
        case "stop":
            server.end_level(restart=0)
        case _:
            server.map_restart()


def test_the_file_comes_three_seconds_after_the_end_and_is_stamped_then(server: GameServer) -> None:
    server.map("supply")
    began = server.play(a_story(length=120_000))
    for _ in range(59):
        server.frame()
    assert server.disk.files() == {}
    server.frame()
    assert list(server.disk.files()) == ["2026-03-01-210203-supply-round-1.txt"]
    assert extension(next(iter(server.disk.files().values()))).end == (began + 120_000) // 1000 == EVENING + 120
    server.intermission()
    assert len(server.disk.files()) == 1
    assert is_clean(server)


def test_the_stamp_is_local_and_the_end_is_not(tmp_path: Path) -> None:
    server = GameServer(tmp_path, zone=ZoneInfo("Europe/Berlin"))
    a_match(server, a_story(*FIGHT))
    name, data = next(iter(server.disk.files().items()))
    assert name.startswith("2026-03-01-220203-")
    assert extension(data).end == EVENING + 120


@pytest.mark.parametrize("ending", ["map", "map_restart", "stop"])
async def test_a_level_that_ends_at_once_leaves_the_file_whole(server: GameServer, ending: str, tmp_path: Path) -> None:
    server.map("supply")
    played(server, a_story(*FIGHT, ScoreChange(5000, ANNA, 7)))
    server.intermission(0)
    end(server, ending)
    assert (await states(server, tmp_path)) == [(1, "counted", None)]
    assert field_of(server, ANNA, "xp") == 7


def test_what_happens_after_the_end_changes_nothing(server: GameServer) -> None:
    server.map("supply")
    played(server, a_story(*FIGHT))
    server.frame(events=[ScoreChange(0, ANNA, 50), Join(0, ANNA, ALLIES), Leave(0, CLEO), Shoot(0, ANNA, MP40, 500)])
    server.intermission()
    assert (field_of(server, ANNA, "xp"), field_of(server, ANNA, "bullets_fired")) == (0, 10)
    assert line_of(server, ANNA).team == AXIS
    assert line_of(server, CLEO).team == ALLIES


def test_an_emptied_team_in_the_intermission_costs_nothing(server: GameServer) -> None:
    server.map("supply")
    played(server, a_story(*FIGHT))
    server.frame(events=[Leave(0, CLEO), Leave(0, DORA)])
    server.cvars |= {"g_currentRound": "0", "g_nextTimeLimit": "0"}
    server.map_restart()
    assert (report(server).number, report(server).next_time_limit) == (1, 120)
    assert len(report(server).players) == 4


def test_the_clock_ended_the_round_and_the_level_went_before_the_next_frame(server: GameServer) -> None:
    server.map("supply")
    story = a_story(*FIGHT, end="surrender", length=100_000)
    server.begin(story)
    server.run(story.events, until=story.length)
    server.announce_end(story)
    server.map("radar")
    said = report(server)
    assert (said.number, said.winner, said.playtime, said.next_time_limit) == (1, AXIS, 99_950, 720)
    assert is_clean(server)


@pytest.mark.parametrize("ending", ["map", "match_reset", "config vote", "stop"])
async def test_a_round_1_that_is_broken_off_is_set_aside_as_that(
    server: GameServer, ending: str, tmp_path: Path
) -> None:
    server.map("supply")
    played(server, a_story(*FIGHT, end="aborted"))
    end(server, ending)
    assert await states(server, tmp_path) == [(1, "set_aside", ABORTED)]
    said = report(server)
    assert said.playtime is not None
    assert (said.playtime < 0, said.winner, said.next_time_limit) == (True, 0, 0)
    assert extension(next(iter(server.disk.files().values()))).end == EVENING + 120


@pytest.mark.parametrize("ending", ["map", "match_reset", "config vote", "stop"])
async def test_a_round_2_that_is_broken_off_keeps_its_number(server: GameServer, ending: str, tmp_path: Path) -> None:
    server.map("supply")
    first = played(server, a_story(*FIGHT))
    server.intermission()
    server.map_restart()
    played(server, a_story(*FIGHT, number=2, sides=SWAPPED, length=90_000, end="aborted"), before=first)
    end(server, ending)
    assert await states(server, tmp_path) == [(1, "counted", None), (2, "set_aside", ABORTED)]


async def test_a_match_after_a_broken_off_round_is_sound(server: GameServer, tmp_path: Path) -> None:
    server.map("supply")
    played(server, a_story(*FIGHT, *a_fight(ANNA, CLEO, since=40_000), end="aborted", length=60_000))
    server.match_reset()
    first = played(server, a_story(*FIGHT))
    server.intermission()
    server.map_restart()
    played(server, a_story(number=2, sides=SWAPPED, length=90_000), before=first)
    server.end_level(restart=0)
    assert [state for _, state, _ in await states(server, tmp_path)] == ["set_aside", "counted", "counted"]


async def test_a_restart_in_mid_play_carries_the_engines_counters_over(server: GameServer, tmp_path: Path) -> None:
    server.map("supply")
    played(server, a_story(*FIGHT, end="aborted", length=60_000))
    sessions = {client.slot: client.session.stored() for client in server.clients}
    server.map_restart(0)
    for client in server.clients:
        client.session = sessions[client.slot]  # 2.83 keeps them
    server.run([], until=60_000)
    server.finish(a_story(length=60_000))
    server.intermission()
    assert (await states(server, tmp_path))[0] == (1, "set_aside", ABORTED)
    assert (await states(server, tmp_path))[1][1] == "set_aside"
    assert field_of(server, ANNA, "killing_spree") == 0


def test_countdowns_and_warm_ups_that_end_write_nothing(server: GameServer) -> None:
    server.map("supply")
    for person, side in ((ANNA, AXIS), (CLEO, ALLIES)):
        server.connect(person, team=side)
    server.frame(events=[Shoot(0, ANNA, MP40, 5), Kill(0, ANNA, CLEO, MP40, 100)])
    server.map_restart()
    server.map("radar")
    server.end_level(restart=0)
    assert server.disk.files() == {}


def test_a_round_in_which_nobody_did_anything_makes_no_file(server: GameServer) -> None:
    server.map("supply")
    server.begin(a_story())
    server.finish(a_story())
    server.intermission()
    assert server.disk.files() == {}
    assert is_clean(server)


def test_outside_stopwatch_nothing_is_written(tmp_path: Path) -> None:
    server = GameServer(tmp_path, g_gametype="2")
    a_match(server, a_story(*FIGHT))
    assert server.disk.files() == {}
    server.map("supply")
    assert "no stopwatch, so nothing is written" in server.console("etstats_status")[0]


def test_a_name_that_exists_is_never_used_again(server: GameServer) -> None:
    folder = server.disk.root / "gamestats"
    folder.mkdir()
    there = [folder / f"2026-03-01-21020{second}-supply-round-1.txt" for second in (3, 4)]
    for path in there:
        path.write_text("somebody else's\n")
    (folder / "2026-03-01-210205-supply-round-1.txt.part").write_text("half of\n")
    server.map("supply")
    played(server, a_story(*FIGHT))
    server.intermission()
    assert [path.read_text() for path in there] == ["somebody else's\n"] * 2
    assert list(server.disk.files())[2:] == ["2026-03-01-210206-supply-round-1.txt"]


def test_scripts_reloaded_in_mid_round_lose_what_only_they_knew(server: GameServer) -> None:
    server.map("supply")
    story = a_story(*FIGHT, *a_fight(ANNA, CLEO, since=70_000))
    server.begin(story)
    server.run([event for event in story.events if event.at < 60_000], until=60_000)
    server.reload_scripts()
    server.run([event for event in story.events if event.at >= 60_000], until=story.length)
    server.finish(story)
    server.intermission()
    assert extension(next(iter(server.disk.files().values()))).pairs is None
    line = line_of(server, ANNA)
    assert sum(cells.kills for cells in line.weapons.values()) == 3
    assert (report(server).playtime, report(server).number) == (120_000, 1)
    assert is_clean(server)


def test_scripts_reloaded_in_the_intermission_write_the_round_once(server: GameServer) -> None:
    server.map("supply")
    played(server, a_story(*FIGHT))
    server.reload_scripts()
    server.intermission()
    assert len(server.disk.files()) == 1
    assert extension(next(iter(server.disk.files().values()))).pairs


def test_sixty_four_slots(tmp_path: Path) -> None:
    big = GameServer(tmp_path, slots=64)
    people = {Person(f"p{n}", f"{n:08x}" * 4): AXIS + n % 2 for n in range(64)}
    big.map("supply")
    played(big, a_story(sides=people))
    big.intermission()
    assert len(report(big).players) == 64
    assert is_clean(big)


def test_a_joiner_in_the_last_moment_has_his_line(server: GameServer) -> None:
    server.map("supply")
    late: list[Event] = [Connect(118_000, CLEO), Join(118_050, CLEO, ALLIES), Shoot(118_100, CLEO, MP40, 3)]
    played(server, a_story(*late, sides={ANNA: AXIS, DORA: ALLIES}))
    server.intermission()
    assert line_of(server, CLEO).weapons[MP40].shots == 3


def test_map_names_that_are_no_file_names_are_made_one(server: GameServer) -> None:
    server.map("we/ird map")
    played(server, a_story(*FIGHT))
    server.intermission()
    assert list(server.disk.files()) == ["2026-03-01-210203-we_ird_map-round-1.txt"]


def test_a_poller_that_looks_at_every_step_would_see_a_half_file(tmp_path: Path) -> None:
    poller = Onlooker(tmp_path)
    (tmp_path / "2026-03-01-210203-supply-round-1.txt").write_bytes(b"half")
    poller.look()
    (tmp_path / "2026-03-01-210204-supply-round-1.txt").write_bytes(b"half\n")
    poller.look()
    (tmp_path / "2026-03-01-210204-supply-round-1.txt").write_bytes(b"half\nand more\n")
    poller.look()
    assert len(poller.torn) == 4
