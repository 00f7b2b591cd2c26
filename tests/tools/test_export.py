"""`tools.export`: data on stdout and nothing else, as JSON or as a table that a spreadsheet takes."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.domain.game.model import STORED
from bot.store.questions.rounds.export import COLUMNS
from rigs.builders import RoundFile, a_guid, a_player, a_session, an_r1, an_r2
from tests.tools.conftest import Tools


def test_json_holds_every_file_and_every_round(tools: Tools) -> None:
    files = a_session(1)
    tools.fill(*files)
    done = tools("export", "rounds", "--format", "json")
    assert (done.exit_code, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert list(found) == ["files", "rounds"]
    assert [one["file"] for one in found["files"]] == [file.name for file in files]


def test_exporting_writes_nothing(tools: Tools) -> None:
    tools.fill(*a_session(1))
    before = tools.trace()
    tools("export", "rounds")
    assert tools.trace() == before


def test_csv_is_one_line_per_player_and_round(tools: Tools) -> None:
    tools.fill(*a_session(1))
    done = tools("export", "rounds", "--format", "csv")
    assert done.exit_code == 0
    assert done.stdout.startswith("\ufeff")
    lines = list(csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff"))))
    rounds = tools.export()["rounds"]
    assert len(lines) == sum(len(one["players"]) for one in rounds)
    assert list(lines[0])[-len(STORED) :] == list(STORED)
    assert lines[0]["kills"] == str(rounds[0]["players"][0]["kills"])


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@sum", "＝1", "\t=1"])
def test_no_player_can_smuggle_a_formula_into_a_spreadsheet(tools: Tools, name: str) -> None:
    players = [a_player(name, guid="AAAAAAAA", kills=1), a_player("ben", team=2, deaths=1)]
    tools.fill(an_r1(players=players))
    text = tools("export", "rounds", "--format", "csv").stdout.removeprefix("\ufeff")
    cells = [cell for line in csv.DictReader(io.StringIO(text)) for cell in (line["name"], line["raw_name"])]
    assert len(cells) == 4
    assert not any(cell.startswith(tuple("=+-@\t\r＝＋－＠")) for cell in cells)


R1 = an_r1(players=[a_player("anna", kills=9), a_player("ben", team=2, deaths=9)])
R2 = an_r2(R1, players=[a_player("anna", team=2, kills=4), a_player("ben", deaths=4)])


@pytest.mark.parametrize(
    ("arguments", "label", "rows"),
    [
        (("session",), "session 2026-03-01", 4),
        (("session", "2026-03-01"), "session 2026-03-01", 4),
        (("match",), "match #1 on supply", 4),
        (("match", "2"), "match #1 on supply", 4),
        (("player", "anna"), "anna, all time", 2),
        (("scope",), "all time", 4),
        (("scope", "supply r2"), "all time, Supply, round 2; results of whole matches", 2),
    ],
)
def test_a_row_per_player_and_round_as_json_and_as_csv(
    tools: Tools, arguments: tuple[str, ...], label: str, rows: int
) -> None:
    tools.fill(R1, R2)
    done = tools("export", *arguments)
    assert (done.exit_code, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert [*found] == ["what", "label", "rounds", "left_out", "rows"]
    assert (found["what"], found["label"], len(found["rows"])) == (arguments[0], label, rows)
    text = tools("export", *arguments, "--format", "csv").stdout.removeprefix("\ufeff")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [*lines[0]] == [*found["rows"][0]] == [*COLUMNS]
    assert [line["kills"] for line in lines] == [str(row["kills"]) for row in found["rows"]]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("session", "1999-01-01"), 1), (("match", "99"), 1), (("player", "nobody"), 1), (("scope", "xyzzy"), 2)],
)
def test_what_is_not_there_ends_with_a_sentence(tools: Tools, arguments: tuple[str, ...], code: int) -> None:
    tools.fill(R1, R2)
    done = tools("export", *arguments)
    assert (done.exit_code, done.stdout) == (code, "")
    assert arguments[1] in done.stderr


def test_without_a_database_it_says_how_to_make_one(tools: Tools) -> None:
    done = tools("export", "rounds")
    assert (done.exit_code, done.stdout) == (3, "")
    assert "tools.sync_stats" in done.stderr
    assert list(tools.home.iterdir()) == []


def a_match_of(number: int, one: str, two: str, *, won: int = 2) -> tuple[RoundFile, RoundFile]:
    """Three against three on a map of its own, by the letters of their names; `won`: the line-up that did, 0 nobody."""
    at = f"2026-03-01-{20 + number // 2}{30 * (number % 2):02d}00"
    players = [a_player(f"{n}{n}", team=team, kills=1) for team, line_up in ((2, one), (1, two)) for n in line_up]
    first = an_r1(map=f"map{number}", at=at, players=players, winner=None if won else 1)
    return first, an_r2(first, winner=None if won == 2 else 1)


def test_sessions_hold_their_pairs_of_teams_in_order_of_play(tools: Tools) -> None:
    played = [a_match_of(0, "abc", "def"), a_match_of(1, "def", "abc", won=1), a_match_of(2, "ghi", "abc", won=0)]
    tools.fill(*(file for match in played for file in match))
    done = tools("export", "sessions")
    assert (done.exit_code, done.stderr) == (0, "")
    (session,) = json.loads(done.stdout)["sessions"]
    assert [*session] == ["session", "started_at", "ended_at", "pairs"]
    assert (session["session"], session["started_at"]) == ("2026-03-01", "2026-03-01T20:00:00Z")
    before, after = session["pairs"]
    assert [*before] == ["teams", "score", "draws", "matches"]
    assert before["matches"] == [first.name for first, _ in played[:2]]
    assert after["matches"] == [played[2][0].name]
    abc, def_ = ({a_guid(2 * letter) for letter in team} for team in ("abc", "def"))
    assert [{*team["guids"]} for team in before["teams"]] == [abc, def_]
    assert (before["score"], before["draws"]) == ([0, 2], 0)
    assert (after["score"], after["draws"]) == ([0, 0], 1)
    assert after["teams"][0]["name"] in {"gg's team", "hh's team", "ii's team"}


def test_sessions_are_no_table(tools: Tools) -> None:
    tools.fill(R1, R2)
    done = tools("export", "sessions", "--format", "csv")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "leave --format csv out" in done.stderr


def test_something_else_cannot_be_exported(tools: Tools) -> None:
    assert tools("export", "secrets").exit_code == 2


@pytest.mark.parametrize("kind", ["csv", "json"])
@pytest.mark.parametrize("what", ["rounds", "scope"])
def test_no_name_commands_a_terminal(tools: Tools, kind: str, what: str) -> None:
    hostile = "a\x1b]0;x\x07b\x9b31mc\x7f"
    tools.fill(an_r1(players=[a_player(hostile, guid="AAAAAAAA", kills=1), a_player("ben", team=2, deaths=1)]))
    text = tools("export", what, "--format", kind).stdout
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text)
    assert r"\u001b" in text or r"\u009b" in text, "what was there is told"


def _process(*arguments: str, folder: Path, beside: Path | None = None) -> subprocess.Popen[bytes]:
    places = [str(place) for place in (Path(__file__).parents[2], beside) if place]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
    command = [sys.executable, "-m", *arguments]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_reader_that_has_seen_enough_ends_it_quietly(tools: Tools, tmp_path: Path) -> None:
    tools.fill(*a_session(4))
    with _process("tools.export", "rounds", folder=Path.cwd()) as export:
        assert export.stdout is not None
        assert export.stderr is not None
        export.stdout.close()
        said = export.stderr.read()
    assert (said, export.returncode) == (b"", 3)


def test_ctrl_c_while_it_loads_ends_it_quietly(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "import tools, os, signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "os.kill(os.getpid(), signal.SIGINT)\nimport tools.export\n",
        encoding="utf-8",
    )
    with _process("slow", folder=tmp_path) as slow:
        _, said = slow.communicate()
    assert (said, slow.returncode) == (b"", 130)


@pytest.mark.skipif(os.name != "posix", reason="modes")
@pytest.mark.parametrize("tool", ["backup", "trust", "sync_stats", "why"])
def test_what_is_odd_in_the_settings_is_said_once_by_every_tool_and_nothing_of_it_is_told(
    tmp_path: Path, tool: str
) -> None:
    (tmp_path / ".env").write_text("SSH_PASSWORD=#canary #canary\nSSH_PROT=1\na canary line\n", encoding="utf-8")
    (tmp_path / ".env").chmod(0o644)
    with _process(f"tools.{tool}", *(["all"] if tool == "why" else []), folder=tmp_path) as process:
        said = process.communicate()[1].decode()
    for words in (
        "can be read by other users; chmod 600 .env",
        "what follows ' #' in the value of SSH_PASSWORD is taken for a comment",
        "unknown setting SSH_PROT: did you mean SSH_PORT?; ",
        ".env, line 3 is no NAME=value",
    ):
        assert said.count(words) == 1, said
    assert "canary" not in said


@pytest.mark.parametrize("tool", ["backup", "trust", "sync_stats", "doctor", "demo"])
def test_ctrl_c_at_work_ends_every_tool_with_one_code(tmp_path: Path, tool: str) -> None:
    """A module beside the tool presses it as soon as the tool works."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "def pressed(event, values):\n"
        "    if event == 'open' and str(values[0]).endswith(('.env', 'demo_out')) or event == 'socket.bind':\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background job ignores it
        "sys.addaudithook(pressed)\n",
        encoding="utf-8",
    )
    (tmp_path / ".env").touch(mode=0o600)
    with _process(f"tools.{tool}", folder=tmp_path, beside=tmp_path) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert b"Traceback" not in said
