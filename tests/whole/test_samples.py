"""Whole archives with what has to come of each file: derived in process, without a database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC
from functools import cache
from hashlib import sha256

from bot.domain.game.file.files import NotARound, RoundName, end_of, round_name
from bot.domain.game.file.parser import parse
from bot.domain.game.file.reasons import BadFile
from bot.domain.game.file.writer import write
from bot.domain.game.model import FiledReport, Round
from bot.domain.game.rounds import derive
from tests.whole.archive import Archive, archives

Outcomes = Mapping[str, Round | BadFile | NotARound]


def outcomes(archive: Archive) -> Outcomes:
    """What becomes of each file: a round, or why it is none."""
    return _outcomes(tuple(archive.files.items()))


@cache
def _outcomes(files: tuple[tuple[str, bytes], ...]) -> Outcomes:
    answers: dict[str, Round | BadFile | NotARound] = {}
    maps: dict[str, list[FiledReport]] = defaultdict(list)
    for text, data in files:
        name = round_name(text)
        if isinstance(name, NotARound):
            answers[text] = name
            continue
        try:
            maps[name.map].append(_filed(name, data))
        except BadFile as error:
            answers[text] = error
    return answers | {round.filed.name.text: round for filed in maps.values() for round in derive(filed)}


def _filed(name: RoundName, data: bytes) -> FiledReport:
    return FiledReport(
        server="main",
        name=name,
        ended_at=end_of(name.stamp, zone=UTC, mtime=None, now=None).at,
        sha256=sha256(data).hexdigest(),
        report=parse(data, name),
    )


def _word(outcome: Round | BadFile | NotARound) -> str:
    match outcome:
        case NotARound():
            return "ignored"
        case BadFile():
            return "rejected"
        case Round():
            return outcome.state.value


@archives
def test_every_file_has_the_expected_outcome(archive: Archive) -> None:
    words = {name: _word(outcome) for name, outcome in outcomes(archive).items()}
    assert words == {name: expected.outcome for name, expected in archive.expected.items()}
    assert {*words.values()} == {"counted", "set_aside", "rejected", "ignored"}


@archives
def test_every_round_2_has_the_expected_round_1(archive: Archive) -> None:
    for name, outcome in outcomes(archive).items():
        if isinstance(outcome, Round):
            assert outcome.first == archive.expected[name].first_round, name


@archives
def test_every_player_has_the_expected_figures(archive: Archive) -> None:
    for name, outcome in outcomes(archive).items():
        if not isinstance(outcome, Round) or _word(outcome) != "counted":
            continue
        wanted = archive.expected[name].players
        players = {player.guid: player.by_name for player in outcome.players}
        assert players.keys() == wanted.keys(), name
        for guid, figures in wanted.items():
            have = {key: players[guid][key] for key in figures}
            alive, wanted_alive = have.pop("alive_seconds"), figures["alive_seconds"]
            assert wanted_alive is not None
            assert abs(alive - wanted_alive) <= 1, f"{name} {guid}: half a second may be rounded either way"
            assert have == {key: value for key, value in figures.items() if key != "alive_seconds"}, f"{name} {guid}"


@archives
def test_the_totals_agree(archive: Archive) -> None:
    players = [
        player
        for outcome in outcomes(archive).values()
        if isinstance(outcome, Round) and _word(outcome) == "counted"
        for player in outcome.players
    ]
    totals = dict(archive.totals)
    assert len(players) == totals.pop("player_rounds")
    alive = totals.pop("alive_seconds")
    assert abs(sum(player.alive_seconds for player in players) - alive) <= len(players) // 2
    assert {key: sum(player.by_name[key] or 0 for player in players) for key in totals} == totals


@archives
def test_the_writer_writes_what_the_game_wrote(archive: Archive) -> None:
    for name, outcome in outcomes(archive).items():
        if isinstance(outcome, Round):
            data = archive.files[name]
            newline = "\r\n" if b"\r\n" in data else "\n"
            assert write(outcome.filed.report, newline=newline) == data, name
