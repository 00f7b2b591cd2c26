"""`tools.explain`: why a number is what it is, on the command line, beside the running bot."""

from __future__ import annotations

import json

import pytest

from rigs.builders import a_guid, a_player, an_r1, an_r2
from tests.tools.conftest import Tools

FIRST = an_r1(players=[a_player("anna", kills=9, deaths=3), a_player("ben", team=2, kills=3, deaths=9)])
SECOND = an_r2(FIRST, players=[a_player("anna", team=2, kills=4, deaths=1), a_player("ben", kills=1, deaths=4)])


def test_a_figure_is_told_with_its_rounds_and_nothing_is_written(tools: Tools) -> None:
    tools.fill(FIRST, SECOND)
    before = tools.trace()
    done = tools("explain", "anna", "kills")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "Kills 13 = the sum over 2 rounds" in done.stdout
    assert f"{SECOND.name}  (round 1: {FIRST.name})" in done.stdout
    assert "kills: file 13, round 1 says 9, counts 4: minus round 1" in done.stdout
    assert "page 1 of 1; 2 rounds in the scope" in done.stdout
    assert tools.trace() == before


def test_without_a_figure_it_is_an_overview(tools: Tools) -> None:
    tools.fill(FIRST, SECOND)
    done = tools("explain", a_guid("anna").lower())
    assert done.exit_code == 0
    for words in ("Shots 158 =", "Accuracy", "K/D 3.25 = 13 kills / 4 deaths", "The game takes a shot back"):
        assert words in done.stdout


def test_a_scope_narrows_it(tools: Tools) -> None:
    tools.fill(FIRST, SECOND)
    assert "Kills 4 = the sum over 1 round" in tools("explain", "anna", "kills", "--scope", "supply r2").stdout


def test_a_round_has_its_story(tools: Tools) -> None:
    tools.fill(FIRST, SECOND)
    done = tools("explain", "--round", "2")
    assert done.exit_code == 0
    assert "damage_given: file 0, round 1 says 0, counts 0" in done.stdout
    assert f"round 1: {FIRST.name}" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "key"), [(("anna", "kd"), "steps"), (("anna",), "sums"), (("--round", "1"), "players")]
)
def test_each_of_them_is_there_as_json(tools: Tools, arguments: tuple[str, ...], key: str) -> None:
    tools.fill(FIRST, SECOND)
    done = tools("explain", *arguments, "--json")
    assert done.exit_code == 0
    assert len(json.loads(done.stdout)[key]) > 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nobody",), 1, "no player is called 'nobody'"),
        (("anna", "nonsense"), 2, "no figure is called nonsense"),
        (("anna", "kd", "--scope", "xyzzy"), 2, "xyzzy"),
        (("--round", "99"), 1, "there is no round 99"),
    ],
)
def test_what_is_not_there_ends_with_a_sentence(tools: Tools, arguments: tuple[str, ...], code: int, said: str) -> None:
    tools.fill(FIRST, SECOND)
    done = tools("explain", *arguments)
    assert (done.exit_code, done.stdout) == (code, "")
    assert said in done.stderr


def test_without_a_database_it_ends_with_3(tools: Tools) -> None:
    assert tools("explain", "anna").exit_code == 3
