from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.game.file.report import PlayerReport
from bot.domain.stats.metrics import BY_NAME, METRICS
from bot.domain.stats.scope import Scope
from bot.store.questions.people import players, standings
from bot.store.questions.rounds import explain
from bot.store.questions.scopes import ChosenRounds, choose
from rigs.builders import a_guid, a_player, a_session, an_r1, an_r2
from rigs.world import NIGHT, World, a_rules


async def everything(world: World, scope: Scope | None = None) -> ChosenRounds:
    return await choose(world.app.db, scope or Scope(), now=NIGHT, rules=a_rules())


async def values(world: World, metric: str, scope: Scope | None = None) -> dict[str, tuple[int, float]]:
    """Name → place and figure."""
    board = await standings.board(world.app.db, await everything(world, scope), BY_NAME[metric])
    return {one.name: (one.place, round(one.value, 3)) for one in board.places}


async def test_a_board_sums_first_and_divides_last(world: World) -> None:
    one = [a_player("anna", kills=9, deaths=1), a_player("ben", team=2, kills=1, deaths=9)]
    two = [a_player("anna", kills=1, deaths=9), a_player("ben", team=2, kills=9, deaths=1)]
    await world.add(an_r1(players=one), an_r1(at="2026-03-01-213000", map="b", players=two))
    assert await values(world, "kd") == {"anna": (1, 1.0), "ben": (1, 1.0)}
    assert await values(world, "kills") == {"anna": (1, 10), "ben": (1, 10)}


async def test_what_a_writer_did_not_know_is_left_out_of_its_ratio_too(world: World) -> None:
    old = an_r1(tab_fields=36, players=[a_player("anna", denied_playtime=999), a_player("ben", team=2)])
    new = an_r1(
        at="2026-03-01-213000", map="b", players=[a_player("anna", denied_playtime=80), a_player("ben", team=2)]
    )
    await world.add(old, new)
    found = await standings.by_player(world.app.db, await everything(world), [BY_NAME["denied_rate"]])
    anna = found[a_guid("anna")]
    assert (anna.rounds, anna.known["denied_rate"], anna.values["denied_rate"]) == (2, 1, 10)
    board = await standings.board(world.app.db, await everything(world), BY_NAME["denied"])
    assert board.unknown == 2


async def test_a_board_shows_the_name_worn_last_and_no_bots(world: World) -> None:
    bots = [a_player(f"bot {team}", guid="OMNIBOT0", team=team, kills=50) for team in (1, 2)]
    people = [a_player("anna", kills=2), a_player("ben", team=2), a_player("cid")]
    renamed = [a_player("bella", guid=a_guid("anna"), kills=3), a_player("ben", team=2)]
    await world.add(an_r1(players=[*people, *bots]), an_r1(at="2026-03-01-213000", map="b", players=renamed))
    assert await values(world, "kills") == {"bella": (1, 5), "ben": (2, 0), "cid": (2, 0)}


async def test_a_match_counts_once_and_only_when_it_was_played_to_its_end(world: World) -> None:
    first = an_r1(players=[a_player("anna", team=2), a_player("ben")], winner=2)
    held = an_r2(first, winner=1, players=[a_player("anna"), a_player("ben", team=2)])
    alone = an_r1(at="2026-03-02-210000", map="b", players=[a_player("anna"), a_player("cid", team=2)])
    await world.add(first, held, alone)
    assert await values(world, "matches") == {"anna": (1, 1), "ben": (1, 1)}
    assert await values(world, "wins") == {"anna": (1, 1), "ben": (2, 0)}
    assert await values(world, "win_rate") == {"anna": (1, 100), "ben": (2, 0)}
    for half in (Scope(number=1), Scope(number=2), Scope(role="attack"), Scope(number=2, role="defence")):
        assert await values(world, "wins", half) == {"anna": (1, 1), "ben": (2, 0)}
        assert await values(world, "win_rate", half) == {"anna": (1, 100), "ben": (2, 0)}


HALVES = [Scope(number=1), Scope(number=2), Scope(role="attack"), Scope(role="defence"), Scope(number=1, role="attack")]


@pytest.mark.parametrize("half", HALVES, ids=lambda scope: scope.text)
@pytest.mark.parametrize("maps", [(), ("supply",)])
async def test_neither_half_nor_side_applies_to_matches_and_the_answer_says_so(
    world: World, half: Scope, maps: tuple[str, ...]
) -> None:
    await world.add(*a_session(5, seed=4))
    scope = replace(half, maps=maps)
    narrow, whole = await everything(world, scope), await everything(world, Scope(maps=maps))
    matches = [metric for metric in METRICS if metric.of_matches]
    boards = await standings.boards(world.app.db, narrow, METRICS)
    assert {board.coverage.not_of_matches for board in boards} == {half.half_and_side}
    for metric, board in zip(METRICS, boards, strict=True):
        if metric.of_matches:
            wanted = await standings.board(world.app.db, whole, metric)
            assert (board.places, board.needed, board.coverage.rounds) == (
                wanted.places, wanted.needed, wanted.coverage.rounds,
            )  # fmt: skip
    every = await standings.by_player(world.app.db, whole, matches)
    for guid, figures in (await standings.by_player(world.app.db, narrow, METRICS)).items():
        assert {name: figures.values[name] for name in every[guid].values} == every[guid].values
        assert figures.rounds < every[guid].rounds
        career = await players.career(world.app.db, narrow, guid)
        assert career is not None
        assert career.figures == figures
        by_map = {line.map: line.figures.values["win_rate"] for line in career.maps}
        of_whole = await players.career(world.app.db, whole, guid)
        assert of_whole is not None
        assert by_map == {line.map: line.figures.values["win_rate"] for line in of_whole.maps if line.map in by_map}
        told = await explain.explain(world.app.db, narrow, BY_NAME["wins"], guid=guid)
        assert told.sum.value == figures.values["wins"]


async def test_few_shots_lead_no_board_however_well_aimed(world: World) -> None:
    def players(at: int) -> list[PlayerReport]:
        lucky = a_player("lucky", weapons={4: (1, 1, 1, 0, 1)})
        gunner = a_player("gunner", team=2, weapons={4: (30, 100, 2, 1, 3)})
        return [lucky, gunner, a_player(f"other{at}")]

    await world.add(*(an_r1(at=f"2026-03-0{at}-210000", players=players(at)) for at in range(1, 10)))
    chosen = await everything(world)
    accuracy, heads, kd = await standings.boards(
        world.app.db, chosen, [BY_NAME[name] for name in ("accuracy", "headshots", "kd")]
    )
    assert [(one.name, one.value) for one in accuracy.places] == [("gunner", 30)]
    assert [(one.name, one.value) for one in heads.places] == [("gunner", 10)]
    assert [(one.name, one.value) for one in kd.places] == [("lucky", 9), ("gunner", 2)]
    assert (accuracy.needed, heads.needed, kd.needed) == ((3, 60), (3, 24), (3, 9))


async def test_several_boards_in_one_pass_are_the_boards_one_by_one(world: World) -> None:
    await world.add(*a_session(4))
    chosen = await everything(world)
    together = await standings.boards(world.app.db, chosen, METRICS)
    for metric, board in zip(METRICS, together, strict=True):
        assert board == await standings.board(world.app.db, chosen, metric)
    short = await standings.boards(world.app.db, chosen, METRICS, best=2)
    assert [board.places[:2] for board in together] == [board.places for board in short]


async def test_nobody_played_is_an_empty_board(world: World) -> None:
    board = await standings.board(world.app.db, await everything(world), BY_NAME["kills"])
    assert (board.places, board.needed, board.unknown) == ((), (1, 0), 0)
    assert await standings.current_names(world.app.db, ["nobody"]) == {"nobody": ""}
