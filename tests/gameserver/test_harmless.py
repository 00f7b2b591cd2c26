"""Whatever fails, the game goes on, the console hears of it once, and the next round is right."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rigs.gameserver.engine import GameServer
from rigs.gameserver.events import (
    AXIS,
    MP40,
    SPECTATOR,
    Connect,
    Deed,
    Hit,
    Join,
    Leave,
    Rename,
    Revive,
    SelfKill,
    Shoot,
)
from rigs.gameserver.machine import LUAS
from tests.gameserver.stage import ANNA, BEN, CLEO, DORA, EMIL, a_fight, a_story, is_clean, line_of, played, report

LEVELS = 4
CALLBACKS = (
    "et_InitGame", "et_RunFrame", "et_ShutdownGame", "et_Quit", "et_ClientConnect", "et_ClientBegin",
    "et_ClientUserinfoChanged", "et_ClientDisconnect", "et_ClientSpawn", "et_Damage", "et_Obituary", "et_Revive",
    "et_Print", "et_ConsoleCommand",
)  # fmt: skip
FUNCTIONS = (
    "gentity_get", "trap_Cvar_Get", "trap_GetConfigstring", "trap_GetUserinfo", "Info_ValueForKey",
    "trap_FS_FOpenFile", "trap_FS_Write", "trap_FS_FCloseFile", "trap_FS_Rename", "RegisterModname", "G_Print",
)  # fmt: skip
BUSY = a_story(
    *a_fight(ANNA, CLEO, times=3), Hit(5500, ANNA, DORA, MP40, 20), *a_fight(DORA, BEN, since=40_000)[:1],
    Revive(41_000, CLEO, BEN), SelfKill(42_000, ANNA), Deed(43_000, DORA, "plant"), Connect(50_000, EMIL),
    Join(51_000, EMIL, AXIS), Leave(60_000, EMIL), Join(61_000, ANNA, SPECTATOR), Join(62_000, ANNA, AXIS),
    Rename(63_000, BEN, "other"), Shoot(64_000, BEN, MP40, 1),
)  # fmt: skip


def a_session(server: GameServer) -> None:
    """Two rounds 1, with all that makes callbacks."""
    for name in ("supply", "radar"):
        server.map(name)
        played(server, BUSY)
        server.console("etstats_status")
        server.intermission()
    server.end_level(restart=0)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("callback", CALLBACKS)
def test_what_fails_in_a_callback_never_reaches_the_engine(callback: str, function: str, tmp_path: Path) -> None:
    broken = True

    def fails(now: str, called: str, _: Any) -> bool:
        return broken and now == callback and called == function

    server = GameServer(tmp_path, lua=LUAS[len(callback + function) % 2], release=(2, 84), fault=fails)
    a_session(server)
    if function == "trap_FS_FCloseFile":
        server.disk.close_all()
    assert is_clean(server)
    told = Counter(text for text in server.journal.console if f"{function} fails" in text and "etstats: " in text)
    assert max(told.values(), default=0) <= LEVELS
    broken = False
    before = len(server.disk.files())
    server.map("oasis")
    played(server, BUSY)
    server.intermission()
    assert len(server.disk.files()) == before + 1
    assert sum(cells.kills for cells in line_of(server, ANNA).weapons.values()) == 3


def test_a_failure_is_told_once_however_often_it_happens(tmp_path: Path) -> None:
    server = GameServer(tmp_path, fault=lambda now, called, _: (now, called) == ("et_Damage", "gentity_get"))
    server.map("supply")
    played(server, a_story(*(Hit(5000 + 50 * n, ANNA, CLEO, MP40, 1) for n in range(40))))
    server.intermission()
    told = [text for text in server.journal.console if "gentity_get fails" in text]
    assert len(told) == 1
    assert told[0].startswith("etstats: et_Damage: ")
    server_again = "".join(server.console("etstats_status"))
    assert "failed 40 times in this level: et_Damage" in server_again
    assert "last failure: 2026-03-01 21:00:05 et_Damage" in server_again


def test_what_fails_inside_et_print_is_printed_outside_of_it(tmp_path: Path) -> None:
    server = GameServer(tmp_path, fault=lambda now, called, _: (now, called) == ("et_Print", "gentity_get"))
    server.map("supply")
    played(server, a_story(Deed(5000, ANNA, "red")))
    server.intermission()
    assert is_clean(server)
    assert len([text for text in server.journal.console if "et_Print: " in text]) == 1


def test_one_bad_slot_costs_one_line(tmp_path: Path) -> None:
    def fails(_: str, called: str, arguments: tuple[Any, ...]) -> bool:
        return called == "gentity_get" and arguments[:2] == (1, "sess.damage_given")

    server = GameServer(tmp_path, fault=fails)
    server.map("supply")
    played(server, a_story(*a_fight(ANNA, CLEO)))
    server.intermission()
    assert len(report(server).players) == 3


def test_who_leaves_while_the_script_stumbles_has_the_line_of_his_change_of_team(tmp_path: Path) -> None:
    server = GameServer(tmp_path, fault=lambda now, _, __: now == "et_ClientDisconnect")
    server.map("supply")
    played(server, a_story(Shoot(50_000, ANNA, MP40, 7), Join(50_050, ANNA, SPECTATOR), Leave(50_100, ANNA)))
    server.intermission()
    assert line_of(server, ANNA).weapons[MP40].shots == 17
    assert line_of(server, ANNA).team == SPECTATOR


def test_a_slot_that_is_taken_over_without_a_goodbye_is_somebody_elses(server: GameServer) -> None:
    server.map("supply")
    story = a_story()
    server.begin(story)
    server.run(story.events, until=30_000)
    client = server.client_of(ANNA)
    client.connected = 0
    assert server.connect(EMIL, team=AXIS).slot == client.slot
    server.run([Shoot(31_000, EMIL, MP40, 3)], until=story.length)
    server.finish(story)
    server.intermission()
    assert line_of(server, EMIL).weapons[MP40].shots == 3
    assert line_of(server, ANNA).weapons[MP40].shots == 10


def test_nothing_is_read_of_slots_that_do_not_exist(tmp_path: Path) -> None:
    server = GameServer(tmp_path, slots=4)
    server.map("supply")
    server.begin(a_story())
    for callback, arguments in (
        ("et_Damage", (500, 1022, 10, 0, 3)),
        ("et_Damage", (0, 63, 10, 0, 3)),
        ("et_Obituary", (0, 1022, 30)),
        ("et_Obituary", (63, 5, 30)),
        ("et_ClientSpawn", (63, 0, 0, 0)),
        ("et_Print", ("Repair: 63\n",)),
    ):
        server.call(callback, *arguments)
    server.run([], until=30_000)
    assert is_clean(server)


def test_a_full_disk_leaves_no_file_and_is_tried_again(server: GameServer) -> None:
    server.disk.full = 100
    server.map("supply")
    played(server, a_story(*a_fight(ANNA, CLEO)))
    for _ in range(90):
        server.frame()
    assert server.disk.files() == {}
    assert any("cannot write all of" in text for text in server.journal.console)
    server.disk.full = None
    server.intermission()
    assert len(server.disk.files()) == 1
    assert is_clean(server)


def test_a_disk_that_stays_full_is_not_tried_for_ever(server: GameServer) -> None:
    server.disk.full = 0
    server.map("supply")
    played(server, a_story(*a_fight(ANNA, CLEO)))
    server.intermission(60_000)
    server.end_level(restart=1)
    halves = list((server.disk.root / "gamestats").glob("*.part"))
    assert len(halves) == 5  # three in the intermission, two calls at the end of the level
    assert is_clean(server)


def test_a_rename_that_comes_to_nothing_is_noticed(server: GameServer) -> None:
    server.disk.stuck = True
    server.map("supply")
    played(server, a_story(*a_fight(ANNA, CLEO)))
    server.frame(3000)
    assert any("cannot rename" in text for text in server.journal.console)
    server.disk.stuck = False
    server.intermission()
    assert len(server.disk.files()) == 1


def test_no_folder_is_asked_for_that_cannot_be_made(tmp_path: Path) -> None:
    refused = """
        local open = io.open
        io.open = function(path, mode)
            if string.sub(path, -2) == "/." then return nil, "No such file or directory", 2 end
            return nil, "Permission denied", 13
        end
    """
    server = GameServer(tmp_path, prelude=refused)
    server.map("supply")
    played(server, a_story(*a_fight(ANNA, CLEO)))
    server.intermission()
    assert not (tmp_path / "legacy" / "gamestats").exists()
    said = "there is no folder gamestats and none can be made: Permission denied"
    assert said in "".join(server.console("etstats_status"))
    assert is_clean(server)


def test_where_folders_cannot_be_opened_that_says_they_are_there(tmp_path: Path) -> None:
    windows = "io.open = function() return nil, 'Permission denied', 13 end"
    server = GameServer(tmp_path, prelude=windows)
    server.map("supply")
    played(server, a_story(*a_fight(ANNA, CLEO)))
    server.intermission()
    assert len(server.disk.files()) == 1


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_home_that_may_not_be_written_ends_no_server(tmp_path: Path) -> None:
    server = GameServer(tmp_path)
    (tmp_path / "legacy").chmod(0o500)
    server.map("supply")
    played(server, a_story(*a_fight(ANNA, CLEO)))
    server.intermission()
    assert is_clean(server)


def test_a_file_in_the_folders_place_ends_no_server(server: GameServer) -> None:
    (server.disk.root / "gamestats").write_text("not a folder")
    server.map("supply")
    played(server, a_story(*a_fight(ANNA, CLEO)))
    server.intermission()
    assert is_clean(server)
    assert any("cannot open gamestats/" in text for text in server.journal.console)


def test_the_status_says_what_was_written_last_also_after_the_level(server: GameServer) -> None:
    server.map("supply")
    assert "last file: nothing yet\n" in server.console("etstats_status")
    played(server, a_story(*a_fight(ANNA, CLEO)))
    assert "round 1 of supply waits to be saved" in server.console("etstats_status")[0]
    server.intermission()
    server.map_restart()
    name, data = next(iter(server.disk.files().items()))
    assert server.console("etstats_status") == [
        "etstats 1.0.0: no round is played\n",
        f"last file: {name}, {len(data)} bytes, 4 players\n",
        "last failure: none\n",
        "folder gamestats: is there, or can be made\n",
    ]
    assert server.journal.returned == [("et_ConsoleCommand", 1)] * 3


def test_other_commands_are_left_to_others(server: GameServer) -> None:
    server.map("supply")
    assert server.console("status") == []
    assert server.journal.returned == []


def test_the_rig_notices_what_would_kill_a_server(tmp_path: Path) -> None:
    server = GameServer(tmp_path)
    server.map("supply")
    assert server.machine is not None
    for lua in (
        "et.gentity_get(2000, 'health')",
        "et.trap_GetUserinfo(12)",
        "et.trap_FS_FCloseFile(0)",
        "et.trap_FS_FOpenFile('x', 7)",
        "et.trap_GetConfigstring(-1)",
    ):
        server.machine.runtime.execute(f"pcall(function() {lua} end)")
    assert len(server.journal.fatal) == 5
    server.machine.runtime.execute("function et_Print(text) error('inside') end")
    server.print("x\n")
    assert "inside et_Print" in server.journal.fatal[-1]
    server.machine.runtime.execute("function et_Print(text) et.G_LogPrint('y') end")
    server.print("x\n")
    assert "prints inside et_Print" in server.journal.fatal[-1]
