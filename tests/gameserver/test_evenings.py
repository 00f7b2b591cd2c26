"""Evenings at random: script, files, import, and every figure is the sheet's."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from rigs.gameserver.engine import GameServer
from rigs.gameserver.evening import play_evening
from rigs.gameserver.events import Connect, Leave
from rigs.gameserver.extension import extension
from rigs.gameserver.importing import differences, imported
from rigs.gameserver.machine import LUAS

RELEASES = ((2, 82), (2, 83), (2, 84), (2, 85))


@pytest.mark.parametrize("seed", range(100))
async def test_an_evening_is_imported_as_it_was_played(seed: int, tmp_path: Path) -> None:
    server = GameServer(tmp_path / "home", lua=LUAS[seed % 2], release=RELEASES[seed // 2 % 4])
    played = play_evening(server, Random(seed))
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
        pairs = extension(files[row["file"]]).pairs
        assert pairs is not None
        moved = {event.who.guid8 for event in one.story.events if isinstance(event, Leave | Connect)}
        for player in row["players"]:
            if one.story.end != "aborted" and player["guid"] not in moved and "OMNIBOT" not in player["guid"]:
                kills = sum(times for (killer, _), times in pairs.items() if killer == player["guid"])
                assert kills == player["kills"]
