"""The repairs of `tools.sync_stats`: dry, unasked, interrupted, beside the bot, and done."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from rigs.builders import a_session
from tests.tools.conftest import Tools

ROOT = Path(__file__).resolve().parents[3]
FILES = a_session(3)
GONE, BROKEN, LOST = FILES[0].name, FILES[2].name, FILES[4].name
REPAIRS = {
    "--restore-missing": (("--restore-missing",), "/sync restore"),
    "--redownload-all": (("--redownload-all",), ""),
    "--reimport": (("--reimport", LOST), ""),
    "--retry": (("--retry", "--failed"), "/sync retry"),
    "--ignore": (("--ignore", "--reason", "torn", BROKEN), "/sync ignore"),
    "--unignore": (("--unignore", FILES[3].name), "/sync ignore undo"),
    "--adopt": (("--adopt",), "/sync diagnose"),
}


@pytest.fixture
def folder(tools: Tools) -> Path:
    """A server whose files met every misfortune: one gone from disk, one broken, one ignored, one without a round,
    one without its ledger row; the last two worlds our own constraints forbid."""
    files = [file._replace(data=b"torn\n") if file.name == BROKEN else file for file in FILES]
    served = tools.serve(*files)
    tools("sync_stats", "--folder", served)
    (served / BROKEN).write_bytes(FILES[2].data)
    tools("sync_stats", "--yes", "--ignore", "--reason", "mine", FILES[3].name, "--folder", served)
    (tools.home / "local_stats" / GONE).unlink()
    with closing(sqlite3.connect(tools.home / "stats.db")) as con:
        con.execute("PRAGMA foreign_keys = OFF")
        con.execute("DELETE FROM rounds WHERE filename = ?", (LOST,))
        con.execute("DELETE FROM processed_files WHERE filename = ?", (FILES[5].name,))
        con.commit()
    return served


def _content(tools: Tools) -> tuple[list[str], dict[str, bytes], list[str]]:
    with closing(sqlite3.connect(tools.home / "stats.db")) as con:
        dump = [line for line in con.iterdump() if "sqlite_stat" not in line]
    local = {path.name: path.read_bytes() for path in (tools.home / "local_stats").iterdir()}
    return dump, local, [path.name for path in tools.home.glob("*.zip")]


def _classes(tools: Tools, folder: Path) -> dict[str, int]:
    found: dict[str, int] = json.loads(tools("diagnose_file_sync", "--json", "--folder", folder).stdout)["classes"]
    return found


@contextmanager
def _the_bot(tools: Tools) -> Iterator[None]:
    hold = (
        "import sys; from pathlib import Path; from bot.lock import instance_lock\n"
        "with instance_lock(Path(sys.argv[1]), program='the bot'):\n    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, tools.home / "stats.db"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        yield
        holder.stdin.close()


@pytest.mark.parametrize("repair", REPAIRS)
def test_a_dry_run_says_what_would_change_and_changes_nothing(tools: Tools, folder: Path, repair: str) -> None:
    before = _content(tools)
    done = tools("sync_stats", *REPAIRS[repair][0], "--dry-run", "--folder", folder)
    assert (done.exit_code, done.stdout) == (0, "nothing was changed: this was a dry run\n"), done.stderr
    assert " will " in done.stderr or " are downloaded " in done.stderr
    assert _content(tools) == before


@pytest.mark.parametrize("repair", REPAIRS)
def test_without_a_person_and_without_yes_nothing_changes(tools: Tools, folder: Path, repair: str) -> None:
    before = _content(tools)
    done = tools("sync_stats", *REPAIRS[repair][0], "--folder", folder)
    assert (done.exit_code, done.stdout) == (2, "nothing was changed\n")
    assert "--yes" in done.stderr
    assert _content(tools) == before


def test_while_the_bot_runs_each_repair_names_what_the_bot_can_do(tools: Tools, folder: Path) -> None:
    before = _content(tools)
    with _the_bot(tools):
        for options, on_discord in [*REPAIRS.values(), ((), "/sync run")]:
            done = tools("sync_stats", *options, "--yes", "--folder", folder)
            assert (done.exit_code, done.stdout) == (3, "")
            assert "the bot, process" in done.stderr
            assert on_discord in done.stderr
        assert _classes(tools, folder), "the diagnosis works beside it"
    assert _content(tools) == before


def test_each_repair_does_what_it_says_and_the_last_diagnosis_is_spotless(tools: Tools, folder: Path) -> None:
    assert _classes(tools, folder) == {"archive_gap": 1, "complete": 2, "lost": 1, "rejected": 1, "unledgered": 1}
    for repair, said in (
        ("--restore-missing", "1 file restored\n"),
        ("--reimport", "1 file imported again\n"),
        ("--adopt", "1 file adopted\n"),
        ("--retry", "1 counted\n"),
        ("--unignore", "1 file no longer ignored\n"),
        ("--ignore", "1 file ignored\n"),
        ("--redownload-all", "6 files downloaded\n"),
    ):
        done = tools("sync_stats", *REPAIRS[repair][0], "--yes", "--folder", folder)
        assert (done.exit_code, done.stdout) == (0, said), (repair, done.stderr)
    assert _classes(tools, folder) == {"complete": 6}
    (backup,) = tools.home.glob("local_stats-*.zip")
    assert len(zipfile.ZipFile(backup).namelist()) == 6
    reasons = {one["file"]: one["reason"] for one in tools.export()["rounds"] if one["reason"]}
    assert reasons[BROKEN] == "ignored by an admin: torn"
    again = tools("sync_stats", "--restore-missing", "--yes", "--folder", folder)
    assert (again.exit_code, "nothing is missing" in again.stdout) == (0, True)


def test_a_lost_round_comes_back_from_the_database_alone(tools: Tools, folder: Path) -> None:
    for where in (folder, tools.home / "local_stats"):
        (where / LOST).unlink()
    done = tools("sync_stats", "--reimport", LOST, "--yes", "--folder", folder)
    assert (done.exit_code, done.stdout) == (0, "1 file imported again\n"), done.stderr
    assert (tools.home / "local_stats" / LOST).read_bytes() == FILES[4].data


def test_a_database_of_another_program_ends_with_2(tools: Tools) -> None:
    with closing(sqlite3.connect(tools.home / "stats.db")) as con:
        con.execute("CREATE TABLE theirs (a)")
        con.commit()
    before = (tools.home / "stats.db").read_bytes()
    for options, _ in REPAIRS.values():
        done = tools("sync_stats", *options, "--yes", "--folder", tools.server)
        assert (done.exit_code, "another program" in done.stderr) == (2, True)
    assert (tools.home / "stats.db").read_bytes() == before


@pytest.mark.parametrize(
    "wrong",
    [
        ("--adopt", "--retry", "--failed"), ("--retry",), ("--reimport",), ("--ignore", "x"), ("x",), ("--failed",),
        ("--adopt", "x"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(tools: Tools, wrong: tuple[str, ...]) -> None:
    assert tools("sync_stats", *wrong, "--folder", tools.server).exit_code == 2


def test_names_that_a_repair_cannot_help_are_told(tools: Tools, folder: Path) -> None:
    for option in ("--retry", "--unignore", "--reimport"):
        done = tools("sync_stats", option, "nobody.txt", "--yes", "--folder", folder)
        assert done.exit_code == 1, (option, done.stdout, done.stderr)
        assert "nobody.txt" in done.stderr


def test_without_a_database_there_is_nothing_to_repair(tools: Tools) -> None:
    done = tools("sync_stats", "--adopt", "--yes", "--folder", tools.server)
    assert (done.exit_code, "nothing to repair" in done.stderr) == (3, True)
    assert not (tools.home / "stats.db").exists()
