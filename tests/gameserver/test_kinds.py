"""Each kind of round that FORMAT knows, played, imported, and compared with its sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rigs.gameserver.engine import GameServer
from rigs.gameserver.events import (
    ALLIES,
    AXIS,
    KNIFE,
    LANDMINE,
    MP40,
    SPECTATOR,
    Connect,
    Event,
    Hit,
    Join,
    Kill,
    Leave,
    Pause,
    Person,
    Rename,
    Shoot,
    Spawn,
)
from rigs.gameserver.extension import extension
from rigs.gameserver.importing import differences, imported
from rigs.gameserver.session import PlayedRound
from tests.gameserver.stage import (
    ANNA,
    BEN,
    CLEO,
    DORA,
    EMIL,
    SIDES,
    SWAPPED,
    a_fight,
    a_match,
    a_story,
    is_clean,
    line_of,
    played,
    report,
)


def back(person: Person, team: int) -> list[Event]:
    """He connects again, and fires."""
    return [
        Connect(50_000, person),
        Join(50_100, person, team),
        Spawn(60_000, person),
        Shoot(61_000, person, MP40, 5),
    ]


async def told(server: GameServer, rounds: list[PlayedRound], folder: Path) -> list[dict[str, Any]]:
    """The bot's rounds, which are as the sheets say."""
    files = server.disk.files()
    rows = await imported(folder, files)
    assert [differences(one, row, files[row["file"]]) for one, row in zip(rounds, rows, strict=True)] == [[]] * len(
        rows
    )
    assert is_clean(server)
    return rows


def notes(row: dict[str, Any]) -> str:
    return " ".join(row["notes"])


async def test_a_match(server: GameServer, tmp_path: Path) -> None:
    fights = [
        *a_fight(ANNA, CLEO, times=3),
        *a_fight(CLEO, BEN, times=5, since=7000),
        *a_fight(DORA, ANNA, since=60_000),
    ]
    second = a_story(*a_fight(BEN, DORA, times=4), *a_fight(CLEO, ANNA), number=2, sides=SWAPPED, length=100_000)
    rows = await told(server, a_match(server, a_story(*fights), second), tmp_path)
    assert rows[1]["first_round"] == rows[0]["file"]
    assert [line_of(server, ANNA, which).rounds for which in (0, 1)] == [0, 1]


@pytest.mark.parametrize("release", [(2, 82), (2, 83), (2, 84), (2, 85)])
async def test_matches_in_every_release(release: tuple[int, int], tmp_path: Path) -> None:
    server = GameServer(tmp_path / "home", release=release)
    rounds = [
        one
        for name in ("supply", "radar", "supply")
        for one in a_match(server, a_story(*a_fight(ANNA, CLEO), map=name))
    ]
    await told(server, rounds, tmp_path)
    assert [line_of(server, ANNA, which).rounds for which in range(6)] == [0, 1] * 3


async def test_the_same_map_again_after_a_reset(server: GameServer, tmp_path: Path) -> None:
    rounds = a_match(server, a_story(*a_fight(ANNA, CLEO)))
    server.match_reset()
    again = played(server, a_story(*a_fight(ANNA, CLEO, times=2)))
    server.intermission()
    server.map_restart()
    rounds += [again, played(server, a_story(number=2, sides=SWAPPED, length=90_000), before=again)]
    server.end_level(restart=0)
    await told(server, rounds, tmp_path)
    assert [line_of(server, ANNA, which).rounds for which in (2, 3)] == [1, 2]


async def test_a_held_round_that_was_given_up(server: GameServer, tmp_path: Path) -> None:
    rows = await told(server, a_match(server, a_story(end="surrender", length=70_000)), tmp_path)
    assert rows[0]["duration"] == 70
    assert report(server, 0).next_time_limit == 720


async def test_rounds_that_the_clock_ends(server: GameServer, tmp_path: Path) -> None:
    first = a_story(*a_fight(ANNA, CLEO), limit="2", length=120_000, end="timelimit")
    second = a_story(number=2, sides=SWAPPED, limit="2", length=120_000, end="timelimit")
    rows = await told(server, a_match(server, first, second), tmp_path)
    assert [row["duration"] for row in rows] == [120, 120]


async def test_pauses_count_nowhere(server: GameServer, tmp_path: Path) -> None:
    rounds = a_match(server, a_story(*a_fight(ANNA, CLEO), Pause(30_000, 60_000)))
    rounds[0] = rounds[0]._replace(ended=rounds[0].ended + 60)
    rows = await told(server, rounds, tmp_path)
    assert rows[0]["duration"] == 120


async def test_who_leaves_keeps_his_line_and_his_side(server: GameServer, tmp_path: Path) -> None:
    first = a_story(*a_fight(CLEO, ANNA), Leave(40_000, CLEO), sides={**SIDES, EMIL: ALLIES})
    others = {ANNA: ALLIES, BEN: ALLIES, DORA: AXIS, EMIL: AXIS}
    rounds = a_match(server, first, a_story(number=2, sides=others, length=90_000))
    await told(server, rounds, tmp_path)
    assert line_of(server, CLEO, 0).team == ALLIES
    assert "CCCCCCCC" not in [line.guid for line in report(server, 1).players]


async def test_who_reconnects_in_round_1_has_what_came_after(server: GameServer, tmp_path: Path) -> None:
    rounds = a_match(server, a_story(*a_fight(CLEO, ANNA, times=2), Leave(40_000, CLEO), *back(CLEO, ALLIES)))
    await told(server, rounds, tmp_path)
    assert line_of(server, CLEO, 0).weapons == {MP40: (0, 5, 0, 0, 0)}
    assert (line_of(server, CLEO, 0).rounds, line_of(server, CLEO, 1).rounds) == (0, 1)


async def test_who_reconnects_in_round_2_has_what_came_after(server: GameServer, tmp_path: Path) -> None:
    fights = [*a_fight(CLEO, ANNA, times=2), Leave(40_000, CLEO), *back(CLEO, AXIS)]
    second = a_story(*fights, number=2, sides=SWAPPED, length=100_000)
    rows = await told(server, a_match(server, a_story(*a_fight(CLEO, BEN)), second), tmp_path)
    assert line_of(server, CLEO).rounds == 0
    assert "cleo reconnected: part of the round is missing from his line" in notes(rows[1])


async def test_who_reconnects_and_never_fires_keeps_his_old_line(server: GameServer, tmp_path: Path) -> None:
    fights = [*a_fight(CLEO, ANNA, times=2), Leave(40_000, CLEO), *back(CLEO, AXIS)[:2]]
    second = a_story(*fights, number=2, sides=SWAPPED, length=100_000)
    await told(server, a_match(server, a_story(*a_fight(CLEO, BEN)), second), tmp_path)
    assert line_of(server, CLEO).rounds == 1


async def test_who_joins_late_counts_this_round_alone(server: GameServer, tmp_path: Path) -> None:
    late = [Connect(30_000, EMIL), Join(30_100, EMIL, ALLIES), Spawn(35_000, EMIL), *a_fight(EMIL, CLEO, since=40_000)]
    second = a_story(*late, *a_fight(ANNA, CLEO), number=2, sides=SWAPPED, length=100_000)
    rows = await told(server, a_match(server, a_story(*a_fight(ANNA, CLEO)), second), tmp_path)
    assert "emil is not in round 1" in notes(rows[1])


async def test_who_came_in_the_warm_up_of_round_2_was_restored_once(server: GameServer, tmp_path: Path) -> None:
    second = a_story(*a_fight(EMIL, ANNA), number=2, sides={**SWAPPED, EMIL: AXIS}, length=100_000)
    rows = await told(server, a_match(server, a_story(*a_fight(ANNA, CLEO)), second), tmp_path)
    assert line_of(server, EMIL).rounds == 1
    assert "emil is not in round 1" in notes(rows[1])


async def test_who_reconnects_in_the_warm_up_begins_again(server: GameServer, tmp_path: Path) -> None:
    server.map("supply")
    first = played(server, a_story(*a_fight(CLEO, ANNA, times=3)))
    server.intermission()
    server.map_restart()
    server.disconnect(CLEO)
    server.connect(CLEO, team=AXIS)
    came = first._replace(sheet=first.sheet)
    del came.sheet.carried[CLEO]
    second = played(server, a_story(*a_fight(CLEO, ANNA), number=2, sides=SWAPPED, length=100_000), before=came)
    server.end_level(restart=0)
    rows = await imported(tmp_path, server.disk.files())
    cleo = {row["file"]: p for row in rows for p in row["players"] if p["guid"] == CLEO.guid8}[rows[1]["file"]]
    assert (cleo["kills"], cleo["time_seconds"]) == (1, 102)
    assert "cleo's counters began again after round 1" in notes(rows[1])
    assert second.sheet.figures[CLEO]["denied_playtime"] == cleo["denied_playtime"]


async def test_who_only_watches_round_2_is_not_in_it(server: GameServer, tmp_path: Path) -> None:
    second = a_story(number=2, sides={**SWAPPED, EMIL: SPECTATOR}, length=100_000)
    rows = await told(
        server, a_match(server, a_story(*a_fight(EMIL, CLEO), sides={**SIDES, EMIL: AXIS}), second), tmp_path
    )
    assert line_of(server, EMIL).team == SPECTATOR
    assert "emil watched this round" in notes(rows[1])


async def test_who_leaves_his_team_for_good_in_round_2_keeps_his_figures(server: GameServer, tmp_path: Path) -> None:
    sides = {**SWAPPED, EMIL: ALLIES}
    second = a_story(*a_fight(EMIL, DORA), Join(50_000, EMIL, SPECTATOR), number=2, sides=sides, length=100_000)
    rows = await told(
        server, a_match(server, a_story(*a_fight(EMIL, CLEO), sides={**SIDES, EMIL: AXIS}), second), tmp_path
    )
    assert "emil left his team before the end" in notes(rows[1])


async def test_who_changes_sides_in_mid_round_stands_where_he_was_last(server: GameServer, tmp_path: Path) -> None:
    changes = [Join(40_000, ANNA, ALLIES), Spawn(50_000, ANNA), *a_fight(ANNA, BEN, since=60_000)]
    rounds = a_match(server, a_story(*a_fight(ANNA, CLEO), *changes, sides={**SIDES, EMIL: AXIS}),
                     a_story(number=2, sides={**SWAPPED, EMIL: ALLIES, ANNA: AXIS}, length=100_000))  # fmt: skip
    await told(server, rounds, tmp_path)
    assert line_of(server, ANNA, 0).team == ALLIES


async def test_bots_share_a_guid_and_are_told_apart_by_name(server: GameServer, tmp_path: Path) -> None:
    bots = [Person(name, f"OMNIBOT0{number}{' ' * 23}", bot=True) for number, name in enumerate(("^1Kurt", "Hans"))]
    sides = {**SIDES, bots[0]: AXIS, bots[1]: ALLIES}
    fights = [*a_fight(bots[0], CLEO, times=2), *a_fight(bots[1], ANNA), *a_fight(bots[0], bots[1], since=60_000)]
    second = a_story(
        *a_fight(bots[0], ANNA), number=2, sides={p: 3 - side for p, side in sides.items()}, length=100_000
    )
    rows = await told(server, a_match(server, a_story(*fights, sides=sides), second), tmp_path)
    assert {p["guid"] for p in rows[0]["players"]} >= {"OMNIBOT:Kurt", "OMNIBOT:Hans"}


@pytest.mark.parametrize(
    "name", ["t\tab", "\xc3\xa9mile", "\xff\xfe", "100%d%s", "^", "^^1x", "1\\0", "a\x0bb\x85", "  x  "]
)
async def test_names_of_any_bytes(name: str, tmp_path: Path) -> None:
    server = GameServer(tmp_path / "home")
    odd = Person(name.replace("\\", ""), "9" * 32)
    sides = {**SIDES, odd: AXIS, EMIL: ALLIES}
    second = a_story(number=2, sides={person: 3 - side for person, side in sides.items()}, length=100_000)
    await told(server, a_match(server, a_story(*a_fight(odd, CLEO, times=2), sides=sides), second), tmp_path)


async def test_a_line_feed_or_backslash_in_a_name_breaks_no_line(server: GameServer, tmp_path: Path) -> None:
    rounds = a_match(server, a_story(*a_fight(ANNA, CLEO), Rename(50_000, ANNA, "a\nb\\c\rd")))
    rows = await imported(tmp_path, server.disk.files())
    assert [row["state"] for row in rows] == ["counted"] * len(rounds)
    assert line_of(server, ANNA, 0).name == "a b/c d"


async def test_the_last_name_of_a_guid_is_on_his_line(server: GameServer, tmp_path: Path) -> None:
    await told(server, a_match(server, a_story(*a_fight(ANNA, CLEO), Rename(50_000, ANNA, "^3queen"))), tmp_path)
    assert line_of(server, ANNA, 0).name == "^3queen"


@pytest.mark.parametrize("guid", ["", "unknown", "NO_GUID"])
def test_people_without_a_guid_have_lines_of_their_own(server: GameServer, guid: str) -> None:
    nobodies = [Person(name, guid) for name in ("one", "two")]
    server.map("supply")
    played(server, a_story(*a_fight(nobodies[0], CLEO), sides={**SIDES, nobodies[0]: AXIS, nobodies[1]: AXIS}))
    server.intermission()
    lines = next(iter(server.disk.files().values())).decode().splitlines()[1:7]
    assert sorted(line.split("\\")[0] for line in lines)[-2:] == [guid.upper()] * 2 or guid == ""
    assert {line.split("\\")[1] for line in lines} == {"anna", "ben", "cleo", "dora", "one", "two"}
    assert is_clean(server)


def test_counters_that_fell_below_zero_are_written_as_that(server: GameServer) -> None:
    server.map("supply")
    played(server, a_story(Shoot(2000, ANNA, LANDMINE, -2), Shoot(2000, BEN, KNIFE, 1), Shoot(3000, BEN, KNIFE, -1)))
    server.intermission()
    assert line_of(server, ANNA).weapons == {MP40: (0, 10, 0, 0, 0), LANDMINE: (0, -2, 0, 0, 0)}
    assert line_of(server, BEN).weapons == {MP40: (0, 10, 0, 0, 0)}


def test_kills_without_a_weapon_are_in_the_ratio_alone(server: GameServer) -> None:
    server.map("supply")
    played(server, a_story(Kill(5000, ANNA, CLEO, None, 100), Spawn(9000, CLEO), Hit(10_000, ANNA, CLEO, MP40, 5)))
    server.intermission()
    line = line_of(server, ANNA)
    assert (line.weapons[MP40].kills, line.fields[26]) == (0, 20)
    assert extension(next(iter(server.disk.files().values()))).pairs == {}


async def test_who_never_fires_has_no_line(server: GameServer, tmp_path: Path) -> None:
    quiet = a_story(sides={**SIDES, EMIL: SPECTATOR})
    rounds = a_match(server, quiet, a_story(number=2, sides={**SWAPPED, EMIL: SPECTATOR}, length=90_000))
    await told(server, rounds, tmp_path)
    assert len(report(server, 0).players) == 4
