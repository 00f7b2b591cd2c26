"""`tools.export`: data on stdout and nothing else, as JSON or as a table that a spreadsheet takes."""

from __future__ import annotations

import csv
import io
import json

import pytest

from bot.domain.model import PlayerRound
from tests.builders import a_player, an_evening, an_r1
from tests.tools.conftest import Tools


def test_json_holds_every_file_and_every_round(tools: Tools) -> None:
    files = an_evening(1)
    tools.fill(*files)
    done = tools("export", "rounds", "--format", "json")
    assert (done.exit_code, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert list(found) == ["files", "rounds"]
    assert [one["file"] for one in found["files"]] == [file.name for file in files]


def test_exporting_writes_nothing(tools: Tools) -> None:
    tools.fill(*an_evening(1))
    before = tools.trace()
    tools("export", "rounds")
    assert tools.trace() == before


def test_csv_is_one_line_per_player_and_round(tools: Tools) -> None:
    tools.fill(*an_evening(1))
    done = tools("export", "rounds", "--format", "csv")
    assert done.exit_code == 0
    assert done.stdout.startswith("\ufeff")
    lines = list(csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff"))))
    rounds = tools.export()["rounds"]
    assert len(lines) == sum(len(one["players"]) for one in rounds)
    assert list(lines[0])[-len(PlayerRound._fields) :] == list(PlayerRound._fields)
    assert lines[0]["kills"] == str(rounds[0]["players"][0]["kills"])


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@sum", "＝1", "\t=1"])
def test_no_player_can_smuggle_a_formula_into_a_spreadsheet(tools: Tools, name: str) -> None:
    players = [a_player(name, guid="AAAAAAAA", kills=1), a_player("ben", team=2, deaths=1)]
    tools.fill(an_r1(players=players))
    text = tools("export", "rounds", "--format", "csv").stdout.removeprefix("\ufeff")
    cells = [cell for line in csv.DictReader(io.StringIO(text)) for cell in (line["name"], line["raw_name"])]
    assert len(cells) == 4
    assert not any(cell.startswith(tuple("=+-@\t\r＝＋－＠")) for cell in cells)


def test_without_a_database_it_says_how_to_make_one(tools: Tools) -> None:
    done = tools("export", "rounds")
    assert (done.exit_code, done.stdout) == (3, "")
    assert "tools.sync_stats" in done.stderr
    assert list(tools.home.iterdir()) == []


def test_something_else_cannot_be_exported(tools: Tools) -> None:
    assert tools("export", "secrets").exit_code == 2
