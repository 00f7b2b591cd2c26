"""The program `etstats`: each verb is the tool, `--dir` goes before and behind it, and the wheel has all of it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from typer.main import get_command
from typer.testing import CliRunner, Result

import bot
from bot.invocation import FOLDER, VERBS, choose
from bot.store.file.migrate import scripts
from rigs.builders import an_r1
from tests.test_architecture import ROOT
from tests.tools.conftest import Tools
from tools.kit.etstats import cli, tool


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(FOLDER, raising=False)
    yield
    choose(None)


def etstats(*words: str) -> Result:
    return CliRunner().invoke(cli, [*words])


def test_it_says_its_version() -> None:
    done = etstats("--version")
    assert (done.exit_code, done.stdout) == (0, f"etstats {bot.__version__}\n")


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_the_tool_itself(verb: str) -> None:
    done = etstats(verb, "--help")
    assert done.exit_code == 0, done.stderr
    first_line = (get_command(tool(verb)).help or "").split("\n")[0][:40]
    assert first_line in done.stdout
    assert "--dir" in done.stdout


def test_a_word_that_is_no_verb_is_usage() -> None:
    assert etstats("sink").exit_code == 2


@pytest.mark.parametrize("words", [("--dir", "DIR", "export", "rounds"), ("export", "rounds", "--dir", "DIR")])
def test_the_folder_may_be_named_before_and_behind_the_verb(
    tools: Tools, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    tools.fill(an_r1())
    rounds = tools("export", "rounds").stdout
    (tools.home / ".env").write_text("DATABASE_PATH=stats.db\n")
    monkeypatch.delenv("DATABASE_PATH")
    monkeypatch.chdir(tools.server)
    assert etstats("export", "rounds").exit_code == 3, "nothing is here"
    done = etstats(*(str(tools.home) if word == "DIR" else word for word in words))
    assert (done.exit_code, done.stdout) == (0, rounds), done.stderr


def test_the_wheel_has_all_that_runs_and_nothing_that_does_not(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (entry,) = (name for name in names if name.endswith("/entry_points.txt"))
        assert "etstats = tools.__main__:main" in archive.read(entry).decode()
    assert Path(wheel).name.startswith(f"etlegacy_stats_bot-{bot.__version__}-")
    inside = {name for name in names if name.startswith(("bot/", "cogs/", "tools/"))}
    here = {
        path.relative_to(ROOT).as_posix()
        for top in ("bot", "cogs", "tools")
        for path in (ROOT / top).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert inside == here
    assert len([name for name in inside if name.endswith(".sql")]) == len(scripts())
    assert any(name.endswith(".ttf") for name in inside)
    assert {name.split("/")[0] for name in names if name not in inside} == {
        f"etlegacy_stats_bot-{bot.__version__}.dist-info"
    }
