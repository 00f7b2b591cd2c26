"""The export tells everything, in an order that no arrival changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.domain.game.model import STORED, Aside, Reason
from bot.domain.stats.metrics import METRICS
from bot.domain.stats.scope import Scope
from bot.store.questions.people import standings
from bot.store.questions.rounds import export
from bot.store.questions.scopes import ChosenRounds, choose
from rigs.builders import a_guid, a_player, a_session, an_r1, an_r2
from rigs.world import NIGHT, World, a_rules, a_world

R1 = an_r1()
R2 = an_r2(R1)
ROUND_KEYS = [
    "server", "file", "map", "round", "state", "reason", "first_round", "ended_at", "duration", "defender", "winner",
    "time_limit", "config", "notes", "players",
]  # fmt: skip


async def test_a_round_has_all_its_keys_and_each_player_all_of_his(world: World) -> None:
    await world.add(R1, R2)
    first, second = (await world.export())["rounds"]
    assert list(first) == ROUND_KEYS
    assert all(list(player) == list(STORED) for player in first["players"])
    assert (first["file"], first["first_round"], second["first_round"]) == (R1.name, None, R1.name)
    assert first["ended_at"] == "2026-03-01T21:00:00Z"


async def test_rounds_come_in_the_order_of_their_files_and_players_in_that_of_their_guids(tmp_path: Path) -> None:
    files = a_session(2)
    exports = []
    for number, order in enumerate((files, files[::-1])):
        async with a_world(tmp_path / str(number)) as world:
            for file in order:
                await world.add(file)
            exports.append(await world.export())
    assert json.dumps(exports[0]) == json.dumps(exports[1])
    assert [one["file"] for one in exports[0]["rounds"]] == sorted(file.name for file in files)
    for one in exports[0]["rounds"]:
        guids = [player["guid"] for player in one["players"]]
        assert guids == sorted(guids)


async def test_unknown_is_null(world: World) -> None:
    await world.add(an_r1(tab_fields=36))
    [one] = (await world.export())["rounds"]
    assert one["players"][0]["time_dead_seconds"] is None
    assert one["players"][0]["kills"] is not None


async def test_every_file_has_one_state_and_every_other_state_a_reason(world: World) -> None:
    orphan = an_r2(an_r1(map="te_escape2"))
    world.put_all([R1, orphan])
    world.put("2026-03-01-220000-supply-round-1.txt", b"no round\n")
    world.put("notes.txt", b"")
    await world.poll(times=2)
    world.put("2026-03-01-225900-supply-round-1.txt", b"growing")
    await world.poll()
    found = (await world.export())["files"]
    assert [one["file"] for one in found] == sorted(one["file"] for one in found)
    assert {one["file"]: one["state"] for one in found} == {
        R1.name: "counted",
        orphan.name: "set_aside",
        "2026-03-01-220000-supply-round-1.txt": "rejected",
        "2026-03-01-225900-supply-round-1.txt": "seen",
        "notes.txt": "ignored",
    }
    assert all((one["reason"] is None) == (one["state"] == "counted") for one in found)


async def test_a_round_without_its_ledger_row_is_still_told(world: World) -> None:
    await world.add(R1)
    await world.app.db.write(lambda tx: tx.execute("DELETE FROM processed_files"))
    assert [one["file"] for one in await export.files(world.app.db)] == [R1.name]


async def test_files_can_be_asked_for_by_their_states(world: World) -> None:
    await world.add(R1, R2.sample._replace(data=b"bad\n"))
    assert [one["file"] for one in await export.files(world.app.db, state=["rejected"])] == [R2.name]


async def test_an_empty_database_is_an_empty_export(world: World) -> None:
    assert await world.export() == {"files": [], "rounds": []}


async def chosen(world: World, scope: Scope) -> ChosenRounds:
    return await choose(world.app.db, scope, now=NIGHT, rules=a_rules())


async def rows(world: World, selection: export.Selection) -> list[dict[str, Any]]:
    return [row async for some in export.rows(world.app.db, selection) for row in some]


async def test_rows_of_a_scope_add_up_to_what_the_bot_says(world: World) -> None:
    await world.add(*a_session(5))
    over = await chosen(world, Scope(number=2))
    found = await rows(world, await export.of_scope(world.app.db, over))
    figures = await standings.by_player(world.app.db, over, METRICS)
    for name, column in (("kills", "kills"), ("damage", "damage_given"), ("time", "time_seconds")):
        for guid, his in figures.items():
            assert his.values[name] == sum(row[column] for row in found if row["guid"] == guid)
    assert {row["round"] for row in found} == {2}


@pytest.mark.parametrize(
    "scope", [Scope(), Scope(number=1), Scope(number=2), Scope(role="attack"), Scope(role="defence")]
)
async def test_results_of_rows_add_up_to_whole_matches_whatever_half_or_side_is_left(
    world: World, scope: Scope
) -> None:
    files = a_session(5)
    left = an_r1(at="2026-03-03-210000", players=[a_player("anna"), a_player("gone"), a_player("ben", team=2)])
    stays = an_r2(left, players=[a_player("anna", team=2), a_player("ben", team=2)])  # ben changes his team
    await world.add(*files, left, stays)
    over = await chosen(world, scope)
    selection = await export.of_scope(world.app.db, over)
    found = await rows(world, selection)
    assert len({(row["match_id"], row["guid"]) for row in found if row["result"] is not None}) == sum(
        row["result"] is not None for row in found
    ), "each match once"
    assert ("results of whole matches" in selection.label) == (scope != Scope())
    figures = await standings.by_player(world.app.db, over, METRICS)
    for guid, his in figures.items():
        results = [row["result"] for row in found if row["guid"] == guid and row["result"] is not None]
        played = {row["match_id"] for row in found if row["guid"] == guid}
        assert len(results) == len(played)
        if len(played) == his.values["matches"]:  # a match in which he has no line that is left is in no row
            assert sum(result > 0 for result in results) == his.values["wins"]
    assert (
        sum(
            len({row["match_id"] for row in found if row["guid"] == guid}) == his.values["matches"]
            for guid, his in figures.items()
        )
        >= 6
    )


async def test_rows_are_read_in_pieces_and_come_in_order(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.add(*a_session(4))
    selection = await export.of_scope(world.app.db, await chosen(world, Scope()))
    whole = await rows(world, selection)
    monkeypatch.setattr(export, "AT_ONCE", 3)
    assert await rows(world, selection) == whole
    assert [row["ended_at"] for row in whole] == sorted(row["ended_at"] for row in whole)
    assert all(tuple(row) == export.COLUMNS for row in whole)


async def test_rows_of_a_player_are_his_alone(world: World) -> None:
    await world.add(R1, R2)
    guid = a_guid("axis0")
    selection = await export.of_player(world.app.db, await chosen(world, Scope()), guid=guid, name="axis0")
    assert [(row["guid"], row["file"]) for row in await rows(world, selection)] == [(guid, R1.name), (guid, R2.name)]


async def test_a_match_has_the_rounds_that_do_not_count_too_with_their_reason(world: World) -> None:
    orphan = an_r2(an_r1(map="te_escape2"))
    await world.add(orphan)
    selection = await export.of_match(world.app.db, 1)
    assert selection is not None
    assert {(row["state"], row["reason"]) for row in await rows(world, selection)} == {
        ("set_aside", Reason(Aside.UNPAIRED))
    }
    assert await export.of_match(world.app.db, 99) is None


async def test_an_empty_scope_has_no_row(world: World) -> None:
    await world.add(R1, R2)
    assert await rows(world, await export.of_scope(world.app.db, await chosen(world, Scope(maps=("radar",))))) == []
