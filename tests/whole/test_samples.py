"""The reference figures of real files, where they are at hand: derived in process, without a database."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bot.domain.game.files import NotARound, RoundName, ended_at, round_name
from bot.domain.game.model import FiledReport, Round
from bot.domain.game.parser import parse
from bot.domain.game.rounds import derive
from bot.domain.game.writer import write
from bot.errors import BadFile

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "gamestats"
EXPECTED = FOLDER / "expected.json"

pytestmark = pytest.mark.skipif(not EXPECTED.is_file(), reason="no reference files beside the project")


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(EXPECTED.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def outcomes(expected: dict[str, Any]) -> dict[str, Round | BadFile | NotARound]:
    """What becomes of each file: a round, or why it is none."""
    answers: dict[str, Round | BadFile | NotARound] = {}
    maps: dict[str, list[FiledReport]] = defaultdict(list)
    for text in expected:
        if text == "totals":
            continue
        name = round_name(text)
        if isinstance(name, NotARound):
            answers[text] = name
            continue
        try:
            maps[name.map].append(_filed(name))
        except BadFile as error:
            answers[text] = error
    return answers | {one.filed.name.text: one for filed in maps.values() for one in derive(filed)}


def _filed(name: RoundName) -> FiledReport:
    data = (FOLDER / name.text).read_bytes()
    return FiledReport(
        server="main",
        name=name,
        ended_at=ended_at(name.stamp, zone=UTC, mtime=None),
        sha256=sha256(data).hexdigest(),
        report=parse(data, name),
    )


def _word(outcome: Round | BadFile | NotARound) -> str:
    match outcome:
        case NotARound():
            return "ignored"
        case BadFile():
            return "rejected"
    return outcome.state.value


def test_every_file_has_the_expected_outcome(
    expected: dict[str, Any], outcomes: dict[str, Round | BadFile | NotARound]
) -> None:
    assert {name: _word(outcome) for name, outcome in outcomes.items()} == {
        name: entry["outcome"] for name, entry in expected.items() if name != "totals"
    }


def test_every_round_2_has_the_expected_round_1(
    expected: dict[str, Any], outcomes: dict[str, Round | BadFile | NotARound]
) -> None:
    for name, outcome in outcomes.items():
        if isinstance(outcome, Round):
            assert outcome.first == expected[name]["first_round"], name


def test_every_player_has_the_expected_figures(
    expected: dict[str, Any], outcomes: dict[str, Round | BadFile | NotARound]
) -> None:
    for name, outcome in outcomes.items():
        if not isinstance(outcome, Round) or _word(outcome) != "counted":
            continue
        wanted = expected[name]["players"]
        players = {player.guid: player.by_name for player in outcome.players}
        assert players.keys() == wanted.keys(), name
        for guid, figures in wanted.items():
            have = {key: players[guid][key] for key in figures}
            alive, wanted_alive = have.pop("alive_seconds"), figures["alive_seconds"]
            assert abs(alive - wanted_alive) <= 1, f"{name} {guid}: half a second may be rounded either way"
            assert have == {key: value for key, value in figures.items() if key != "alive_seconds"}, f"{name} {guid}"


def test_the_totals_agree(expected: dict[str, Any], outcomes: dict[str, Round | BadFile | NotARound]) -> None:
    players = [
        player
        for outcome in outcomes.values()
        if isinstance(outcome, Round) and _word(outcome) == "counted"
        for player in outcome.players
    ]
    totals = dict(expected["totals"])
    assert len(players) == totals.pop("player_rounds")
    alive = totals.pop("alive_seconds")
    assert abs(sum(player.alive_seconds for player in players) - alive) <= len(players) // 2
    assert {key: sum(player.by_name[key] or 0 for player in players) for key in totals} == totals


def test_the_writer_writes_what_the_game_wrote(outcomes: dict[str, Round | BadFile | NotARound]) -> None:
    for name, outcome in outcomes.items():
        if isinstance(outcome, Round):
            data = (FOLDER / name).read_bytes()
            newline = "\r\n" if b"\r\n" in data else "\n"
            assert write(outcome.filed.report, newline=newline) == data, name
