"""Every command that a report prints is one that the tools understand, for few files and for many."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
import typer.main

from bot.domain.audit.audit import Finding, Severity
from bot.domain.audit.repairs import ByHand, FindingCode, RepairKind, found_by, offers, repair_of
from bot.present.audit.commands import NAMED, command, commands
from rigs.builders import a_session
from tests.tools.conftest import Tools
from tools import diagnose_file_sync, sync_stats
from tools.kit.shell import DONE, FAILED

FILES = tuple(file.name for file in a_session(3))
TOOLS = {"tools.sync_stats": sync_stats.cli, "tools.diagnose_file_sync": diagnose_file_sync.cli}


def finding(code: FindingCode, *files: str) -> Finding:
    return Finding(code=code, severity=Severity.WARNING, files=files, title="t", why="w", meaning="m")


def arguments(line: str) -> list[list[str]]:
    """The words of each command of a pipe, which begins with `python -m`."""
    parts = [shlex.split(part) for part in line.split("|")]
    assert all(part[1] == "-m" for part in parts), line
    return [part[2:] for part in parts]


@pytest.mark.parametrize("files", [FILES[:1], FILES[:NAMED], FILES[: NAMED + 1]], ids=["one", "few", "many"])
@pytest.mark.parametrize("kind", RepairKind)
def test_every_command_is_understood_by_the_tools(kind: RepairKind, files: tuple[str, ...]) -> None:
    for code in found_by(kind):
        for tool, *words in arguments(command(repair_of(kind), finding(code, *files))):
            parsed = typer.main.get_command(TOOLS[tool]).make_context(tool, words)
            assert not parsed.args


@pytest.mark.parametrize("kind", RepairKind)
def test_every_command_is_a_repair_and_no_mistaken_usage(tools: Tools, kind: RepairKind, tmp_path: Path) -> None:
    ((_, *words),) = arguments(command(repair_of(kind), finding(FindingCode.LOST_ROUND, *FILES[:1])))
    folder = tools.serve()
    done = tools("sync_stats", *words, "--folder", folder, "--dry-run")
    there_is_no_database = FAILED if repair_of(kind).asks else DONE
    assert done.exit_code == there_is_no_database, done.stderr


def test_a_repair_that_asks_changes_nothing_where_nobody_says_yes(tools: Tools) -> None:
    files = a_session(1)
    folder = tools.serve(*files)
    tools("sync_stats", "--folder", folder)
    (tools.home / "local_stats" / files[0].name).unlink()
    (found,) = json.loads(tools("diagnose_file_sync", "--folder", folder, "--json").stdout)["findings"]
    assert found["repair"] == command(repair_of(RepairKind.RESTORE), finding(FindingCode.ARCHIVE_GAP, files[0].name))
    done = tools("sync_stats", *arguments(found["repair"])[0][1:])
    assert (done.stdout, (tools.home / "local_stats" / files[0].name).exists()) == ("nothing was changed\n", False)


@pytest.mark.parametrize("code", FindingCode)
def test_advice_is_a_sentence_and_no_command(code: FindingCode) -> None:
    for offer in offers(code, older=False):
        if isinstance(offer.repair, ByHand):
            told = command(offer.repair, finding(code))
            assert told.startswith(offer.repair.advice)
            assert "-m" not in offer.repair.advice.split()
            assert (told != offer.repair.advice) == bool(offer.repair.then_tool)
    assert commands(finding(code)) == [], "a finding that no audit made offers nothing"
