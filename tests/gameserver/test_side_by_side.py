"""An evening of another script's files and one of ours in one database: every board and every explanation is right."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from pathlib import Path
from random import Random

import pytest

from bot.domain.stats.metrics import METRICS
from bot.domain.stats.people.awards import Nemesis
from bot.domain.stats.rounds.explanations import figure
from bot.domain.stats.scope import Scope
from bot.store.questions.people import awards, duels, standings
from bot.store.questions.rounds import explain
from bot.store.questions.scopes import choose
from rigs.builders import a_session
from rigs.gameserver.engine import EVENING, GameServer
from rigs.gameserver.machine import LUAS
from rigs.gameserver.session import play_session
from rigs.world import NIGHT, World, a_rules, a_world
from tests.whole.reckoning.lines import all_lines
from tests.whole.reckoning.test_boards_reckoned import agree
from tools.demo.session import SampleFile

EXPLAINED = ("kills", "deaths", "damage", "time", "revives", "objectives", "wins", "spree")


@pytest.mark.parametrize("seed", range(300, 304))
async def test_two_sessions_of_two_scripts_lie_side_by_side(seed: int, tmp_path: Path) -> None:
    server = GameServer(tmp_path / "home", lua=LUAS[seed % 2], release=(2, 84), now=EVENING - 86_400)
    played = play_session(server, Random(seed))
    ours = [SampleFile(name, data) for name, data in server.disk.files().items()]
    theirs = a_session(4, seed=seed, players=8)
    whole = [file for one, file in zip(played, ours, strict=True) if one.story.end != "aborted"]
    kills: Counter[tuple[str, str]] = Counter()
    for one in played:
        kills.update(one.sheet.pairs if one.story.end != "aborted" else {})
    async with a_world(tmp_path / "bot") as world:
        await world.add(*theirs, *ours)
        lines = all_lines(
            (first.data, second.data)
            for files in (theirs, whole)
            for first, second in zip(files[::2], files[1::2], strict=True)
        )
        await agree(world, [line for line in lines if not line.guid.startswith("OMNIBOT")])
        await every_explanation_is_the_board_s(world)
        await every_duel_is_the_sheets(world, kills, rounds=len(whole))
        assert await nemesis_of(world, "2026-03-01") is None
        best = await nemesis_of(world, "2026-02-28")
        people = [times for (killer, victim), times in kills.items() if "OMNIBOT" not in killer + victim]
        assert best is None or (best.times, best.told) == (max(people), len(whole))


async def nemesis_of(world: World, session: str) -> Nemesis | None:
    chosen = await choose(world.app.db, Scope(period=session), now=NIGHT, rules=a_rules())
    assert chosen.coverage.rounds > 0
    return (await awards.of_session(world.app.db, chosen)).nemesis


async def every_explanation_is_the_board_s(world: World) -> None:
    chosen = await choose(world.app.db, Scope(), now=NIGHT, rules=a_rules())
    for guid, figures in (await standings.by_player(world.app.db, chosen, METRICS)).items():
        for name in EXPLAINED:
            asked = figure(name)
            assert asked is not None
            why = await explain.explain(world.app.db, chosen, asked, guid=guid)
            assert why.sum.value == figures.values[name], (guid, name)
            assert why.rounds == figures.rounds


async def every_duel_is_the_sheets(world: World, kills: Counter[tuple[str, str]], *, rounds: int) -> None:
    chosen = await choose(world.app.db, Scope(), now=NIGHT, rules=a_rules())
    for one, other in permutations(sorted({guid for pair in kills for guid in pair if "OMNIBOT" not in guid}), 2):
        duel = (await duels.compare(world.app.db, chosen, one, other)).duel
        assert duel.kills == (kills[one, other], kills[other, one])
        assert 0 < duel.told <= rounds
