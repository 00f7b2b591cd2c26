"""Weapons, reckoned a second time line by line."""

from __future__ import annotations

from collections import defaultdict

import pytest

from bot.domain.stats.people.arms import ArmLine
from bot.domain.stats.scope import Scope
from bot.store.questions.people import weapons
from bot.store.questions.scopes import ChosenRounds, choose
from rigs.builders import MP40, a_guid, a_player, an_archive, an_r1
from rigs.world import NIGHT, World, a_rules
from tests.store.questions.people.test_duels import session_of

SCOPES = [
    Scope(),
    Scope(maps=("supply",)),
    Scope(number=2),
    Scope(role="attack"),
    Scope(role="defence", maps=("supply",)),
    Scope(period="2025-01-02"),
    Scope(size=3),
]


async def chosen(world: World, scope: Scope) -> ChosenRounds:
    return await choose(world.app.db, scope, now=NIGHT, rules=a_rules())


async def reckoned(world: World, scope: Scope) -> dict[tuple[str, int], list[int]]:
    """(GUID, weapon) → hits, shots, kills, deaths, headshots."""
    sums: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0] * 5)
    for row in await world.rows(
        "SELECT w.*, p.guid AS who, p.team, r.defender, r.map, r.number, r.ended_at, r.team_size"
        " FROM weapon_rounds AS w JOIN player_rounds AS p USING (round_id, line) JOIN rounds AS r ON r.id = w.round_id"
        " WHERE r.state = 'counted' AND p.guid NOT LIKE 'OMNIBOT%'"
    ):
        attacks = row["team"] in (1, 2) and row["team"] != row["defender"]
        defends = row["team"] in (1, 2) and row["team"] == row["defender"]
        is_meant = (
            (not scope.maps or row["map"] in scope.maps)
            and (scope.number is None or row["number"] == scope.number)
            and (scope.size is None or row["team_size"] >= scope.size)
            and (scope.period == "all" or session_of(row["ended_at"]) == scope.period)
            and (scope.role is None or (attacks if scope.role == "attack" else defends))
        )
        if is_meant:
            for place, name in enumerate(("hits", "shots", "kills", "deaths", "headshots")):
                sums[row["who"], row["weapon"]][place] += row[name]
    return sums


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.text)
async def test_arms_and_boards_are_a_reckoning_over_every_line(world: World, scope: Scope) -> None:
    await world.add(*an_archive(48))
    truth, over = await reckoned(world, scope), await chosen(world, scope)
    assert truth
    for guid in sorted({guid for guid, _ in truth})[:4]:
        found = await weapons.arms(world.app.db, over, guid)
        assert {line.weapon: [*line[1:]] for line in found.lines} == {w: s for (g, w), s in truth.items() if g == guid}
        kills = [line.kills for line in found.lines]
        assert kills == sorted(kills, reverse=True)
    for weapon in {weapon for _, weapon in truth}:
        board = await weapons.armoury(world.app.db, over, weapon)
        assert {one.guid: [*one.line[1:]] for one in board.shooters} == {
            guid: its for (guid, its_weapon), its in truth.items() if its_weapon == weapon and its[2] > 0
        }
        assert [*board.shooters] == sorted(board.shooters, key=lambda one: (-one.line.kills, one.guid))


async def test_a_share_of_the_rounds_small_or_large_gives_the_same_board(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.add(*an_archive(40))
    over = await chosen(world, Scope(number=1))
    boards = []
    for many in (0, 1000):
        monkeypatch.setattr(weapons, "MANY", many)
        boards.append(await weapons.armoury(world.app.db, over, MP40))
    assert boards[0] == boards[1]
    assert boards[0].shooters


async def test_bots_are_on_no_board_and_their_weapons_are_nobody_s(world: World) -> None:
    bots = [a_player(f"bot {place}", guid="OMNIBOT0", team=1 + place % 2, kills=9) for place in range(2)]
    people = [a_player(name, team=1 + place % 2, kills=1) for place, name in enumerate(["anna", "ben", "cleo", "dan"])]
    await world.add(an_r1(players=[*people, *bots]))
    board = await weapons.armoury(world.app.db, await chosen(world, Scope()), MP40)
    assert {one.guid for one in board.shooters} == {a_guid(name) for name in ("anna", "ben", "cleo", "dan")}


async def test_who_never_played_has_no_weapons(world: World) -> None:
    found = await weapons.arms(world.app.db, await chosen(world, Scope()), "nobody")
    assert (found.lines, found.name) == ((), "")
    assert (await weapons.armoury(world.app.db, await chosen(world, Scope()), MP40)).shooters == ()


def test_accuracy_is_only_told_of_bullets() -> None:
    assert ArmLine(MP40, 60, 200, 5, 1, 12).accuracy == 30
    assert ArmLine(0, 60, 200, 5, 1, 12).accuracy is None
    assert ArmLine(MP40, 0, 0, 0, 1, 0).head_share is None
