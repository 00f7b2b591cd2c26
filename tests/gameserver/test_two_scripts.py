"""Both our script and another one on a server: whatever was played counts once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bot.domain.game.file.files import RoundName, local_time, round_name
from bot.domain.game.file.parser import parse
from bot.domain.game.file.writer import write
from rigs.gameserver.engine import GameServer
from rigs.gameserver.importing import differences
from rigs.gameserver.machine import LUAS
from rigs.gameserver.session import play_session
from rigs.world import a_world
from tools.demo.session import SampleFile


def of_another_script(name: str, data: bytes, *, seconds: int) -> SampleFile:
    """The same round in today's grammar, saved so many seconds after ours."""
    read = round_name(name)
    assert isinstance(read, RoundName)
    report = replace(parse(data, read), ended_at=None, writer=None, tallies=None, kills_version=None)
    stamp = (local_time(read.stamp) + timedelta(seconds=seconds)).strftime("%Y-%m-%d-%H%M%S")
    return SampleFile(name.replace(read.stamp, stamp), write(report))


@pytest.mark.parametrize("seed", range(200, 210))
async def test_a_session_that_two_scripts_wrote_counts_once(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    server = GameServer(tmp_path / "home", lua=LUAS[seed % 2], release=(2, 84))
    played = play_session(server, random)
    ours = server.disk.files()
    files = [SampleFile(name, data) for name, data in ours.items()]
    files += [of_another_script(one.name, one.data, seconds=random.choice((-2, 1, 2, 5))) for one in files]
    random.shuffle(files)
    async with a_world(tmp_path / "bot") as world:
        for one in files:  # in any order, one after the other
            await world.add(one)
        export = await world.export()
    rows = [row for row in export["rounds"] if row["file"] in ours]
    wrong = [
        (row["file"], found)
        for one, row in zip(played, rows, strict=True)
        if (found := differences(one, row, ours[row["file"]]))
    ]
    assert wrong == []
    copies = {row["reason"] for row in export["rounds"] if row["file"] not in ours}
    assert copies <= {
        "saved twice: the same round is here a second time, and that one counts",
        "aborted: the round was broken off in mid-play",
    }
    assert len(export["rounds"]) == 2 * len(played)
    assert {row["first_round"] for row in rows if row["round"] == 2 and row["state"] == "counted"} <= ours.keys()
