"""The way of the script's files into the bot, and the differences to what the sheets say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.domain.game.file.files import iso_utc
from rigs.gameserver.expected import rows, who_killed_whom
from rigs.gameserver.extension import extension
from rigs.gameserver.session import PlayedRound
from rigs.world import a_world
from tools.demo.session import SampleFile


async def imported(folder: Path, files: dict[str, bytes]) -> list[dict[str, Any]]:
    """The bot's export of all rounds of a server, in the order of the files' names."""
    async with a_world(folder) as world:
        await world.add(*(SampleFile(name, data) for name, data in files.items()))
        export = await world.export()
    rounds: list[dict[str, Any]] = export["rounds"]
    assert [round["file"] for round in rounds] == sorted(files), export["files"]
    return rounds


def differences(played: PlayedRound, row: dict[str, Any], data: bytes) -> list[str]:
    """What the bot and the file say otherwise than the sheet; empty where all is the same."""
    sheet, story = played.sheet, played.story
    aborted = story.end == "aborted"
    extras = extension(data)
    lengths = row["duration"], None if aborted else round(sheet.played / 1000)
    expected: dict[str, tuple[Any, Any]] = {
        "end": (extras.end, played.ended),
        "ended_at": (row["ended_at"], iso_utc(played.ended)),
        "pairs": (extras.pairs, sheet.pairs),
        "who_killed_whom": (row["who_killed_whom"], who_killed_whom(sheet)),
        "map": (row["map"], story.map),
        "number": (row["round"], story.number),
        "state": (row["state"], "set_aside" if aborted else "counted"),
        "winner": (row["winner"], 0 if aborted else story.winner),
        "defender": (row["defender"], story.defender),
    }
    if not aborted:
        expected["duration"] = lengths
    wrong = [f"{name}: {got} instead of {want}" for name, (got, want) in expected.items() if got != want]
    if aborted:
        return wrong
    got_rows, want_rows = {p["guid"]: p for p in row["players"]}, rows(sheet, played.first)
    if got_rows.keys() != want_rows.keys():
        return [*wrong, f"players: {sorted(got_rows)} instead of {sorted(want_rows)}"]
    return wrong + [
        f"{guid} {name}: {got_rows[guid][name]} instead of {want[name]}"
        for guid, want in want_rows.items()
        for name in want
        if got_rows[guid][name] != want[name]
    ]
