"""Evenings at random: script, files, import, and every figure is the sheet's."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from rigs.gameserver.engine import GameServer
from rigs.gameserver.events import Connect, Leave
from rigs.gameserver.expected import identity
from rigs.gameserver.importing import differences, imported
from rigs.gameserver.machine import LUAS
from rigs.gameserver.session import play_session

EXPLAINS = ("who killed whom does not add up", "reconnected", "counters began again")
"""Notes on those whose line does not hold all that they did."""
RELEASES = ((2, 82), (2, 83), (2, 84), (2, 85))


@pytest.mark.parametrize("seed", range(100))
async def test_a_session_is_imported_as_it_was_played(seed: int, tmp_path: Path) -> None:
    server = GameServer(tmp_path / "home", lua=LUAS[seed % 2], release=RELEASES[seed // 2 % 4])
    played = play_session(server, Random(seed))
    files = server.disk.files()
    rounds = await imported(tmp_path, files)
    wrong = {
        row["file"]: found
        for one, row in zip(played, rounds, strict=True)
        if (found := differences(one, row, files[row["file"]]))
    }
    assert wrong == {}
    assert (server.journal.errors, server.journal.fatal, server.journal.returned) == ([], [], [])
    assert server.disk.poller.torn == []
    assert server.disk.poller.seen == files
    for one, row in zip(played, rounds, strict=True):
        moved = {identity(event.who) for event in one.story.events if isinstance(event, Leave | Connect)}
        wrong_sums = set()
        for player in row["players"]:
            kills, deaths = (
                sum(tally["times"] for tally in row["who_killed_whom"] if tally[side] == player["guid"])
                for side in ("killer", "victim")
            )
            if (kills, deaths) != (player["kills"], player["deaths"]):
                wrong_sums.add(player["name"])
                assert player["guid"] in moved
        noted = [note for note in row["notes"] if any(said in note for said in EXPLAINS)]
        assert [name for name in wrong_sums if not any(name in note for note in noted)] == []
        differ = [note for note in noted if note.startswith(EXPLAINS[0])]
        assert [note for note in differ if not any(name in note for name in wrong_sums)] == []
