"""`tools.parse`: what one file says, with no database and no settings."""

from __future__ import annotations

import json
from dataclasses import asdict

from rigs.builders import an_r1
from tests.tools.conftest import Tools

R1 = an_r1()


def test_a_round_file_is_printed_as_json(tools: Tools) -> None:
    done = tools("parse", tools.serve(R1) / R1.name)
    assert (done.exit_code, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    header = asdict(R1.report)
    header.pop("players")
    assert {key: said[key] for key in header} == header
    assert [player["guid"] for player in said["players"]] == [player.guid for player in R1.report.players]
    assert said["players"][0]["fields"]["time_min"] == 8.0
    assert list(tools.home.iterdir()) == []


def test_a_file_against_the_grammar_ends_with_1_and_its_line(tools: Tools) -> None:
    tools.serve(R1.sample._replace(data=b"no round\n"))
    done = tools("parse", tools.server / R1.name)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "line 1" in done.stderr


def test_a_name_that_is_no_round_files_ends_with_1_and_the_reason(tools: Tools) -> None:
    (tools.server / "notes.txt").write_bytes(R1.data)
    done = tools("parse", tools.server / "notes.txt")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "not a round file by its name" in done.stderr


def test_a_file_that_is_not_there_ends_with_2(tools: Tools) -> None:
    assert tools("parse", "nowhere.txt").exit_code == 2
