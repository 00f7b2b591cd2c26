"""`tools.diagnose_file_sync`: every file accounted for, read-only, and an exit code that a script can trust."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.domain.audit.audit import FileClass
from rigs.builders import a_session, an_r1, an_r2
from rigs.servers.sshd import running
from tests.tools.conftest import Tools

R1 = an_r1()
R2 = an_r2(R1)
ROOT = Path(__file__).resolve().parents[2]


def _imported(tools: Tools) -> Path:
    folder = tools.serve(R1, R2)
    assert tools("sync_stats", "--folder", folder).exit_code == 0
    return folder


def _json(tools: Tools, *more: str | Path, code: int = 0) -> dict[str, Any]:
    done = tools("diagnose_file_sync", "--json", *more)
    assert done.exit_code == code, done.stderr + done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_json_has_the_promised_shape_and_nothing_is_written(tools: Tools) -> None:
    folder = _imported(tools)
    (tools.home / "local_stats" / R1.name).write_bytes(b"edited")
    before = tools.trace()
    found = _json(tools, "--folder", folder, code=1)
    assert set(found) == {"verdict", "counts", "classes", "findings"}
    assert found["verdict"] == "attention"
    assert found["counts"] == {"server": 2, "local": 2, "processed": 2, "rounds": 2}
    assert found["classes"] == {"complete": 1, "local_differs": 1}
    assert set(found["classes"]) <= {one.name.lower() for one in FileClass}
    (finding,) = found["findings"]
    assert set(finding) == {"code", "severity", "count", "files", "why", "meaning", "repair", "title"}
    assert (finding["code"], finding["count"], finding["files"]) == ("local_differs", 1, [R1.name])
    assert tools.trace() == before


def test_offline_the_server_is_not_looked_at(tools: Tools) -> None:
    _imported(tools)
    assert _json(tools, "--offline")["counts"]["server"] is None
    assert "not looked at" in tools("diagnose_file_sync", "--offline").stdout


def test_only_deep_reads_what_kept_its_size(tools: Tools) -> None:
    folder = _imported(tools)
    copy = tools.home / "local_stats" / R1.name
    copy.write_bytes(b"x" * copy.stat().st_size)
    assert _json(tools, "--folder", folder)["verdict"] == "healthy"
    assert _json(tools, "--folder", folder, "--deep", code=1)["classes"] == {"complete": 1, "local_differs": 1}


def test_ten_files_are_listed_and_all_on_request(tools: Tools) -> None:
    folder = tools.serve(*a_session(6))
    tools("sync_stats", "--folder", folder)
    for path in (tools.home / "local_stats").iterdir():
        path.unlink()
    short = tools("diagnose_file_sync", "--folder", folder)
    assert (short.exit_code, "… and 2 more" in short.stdout) == (0, True), short.stdout
    everything = tools("diagnose_file_sync", "--folder", folder, "--all").stdout
    assert all(path.name in everything for path in folder.iterdir())


def test_the_names_of_a_finding_feed_the_repair(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tools.serve(*(file._replace(data=b"torn") for file in a_session(3)))
    tools("sync_stats", "--folder", folder)
    (finding,) = _json(tools, "--folder", folder, code=1)["findings"]
    assert finding["repair"] == "python -m tools.sync_stats --retry --failed"  # one command, as it can be run
    page = tools("diagnose_file_sync", "--folder", folder).stdout
    assert "--names rejected | python -m tools.sync_stats --yes --ignore" in page
    names = tools("diagnose_file_sync", "--folder", folder, "--names", "rejected").stdout
    assert names.splitlines() == sorted(path.name for path in folder.iterdir())
    command = [sys.executable, "-m", "tools.sync_stats", "--yes", "--ignore", "--reason", "broken", "-"]
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    done = subprocess.run(command, input=names, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, "6 files ignored\n"), done.stderr
    assert _json(tools, "--folder", folder)["findings"] == []


def test_the_report_to_keep_is_markdown_with_every_section(tools: Tools) -> None:
    folder = _imported(tools)
    (tools.home / "local_stats" / R1.name).unlink()
    done = tools("diagnose_file_sync", "--folder", folder, "--markdown", "report.md")
    page = (tools.home / "report.md").read_text(encoding="utf-8")
    assert done.exit_code in (0, 1)
    headings = [line for line in page.splitlines() if line.startswith("## ")]
    assert headings == [
        "## What it means", "## Where every file stands", "## Findings", "## Recommendations", "## What to monitor"
    ]  # fmt: skip
    assert f"```text\n{R1.name}\n```" in page
    assert "1 files" not in page


def test_a_report_that_cannot_be_written_ends_with_3(tools: Tools) -> None:
    folder = _imported(tools)
    done = tools("diagnose_file_sync", "--folder", folder, "--markdown", tools.home / "nowhere" / "report.md")
    assert (done.exit_code, "cannot be written" in done.stderr) == (3, True)


@pytest.mark.parametrize("wrong", [("--foldr", "x"), ("--json", "--names", "stuck"), ()])
def test_mistaken_usage_ends_with_2(tools: Tools, wrong: tuple[str, ...]) -> None:
    assert tools("diagnose_file_sync", *wrong).exit_code == 2  # without arguments, the server's settings are missing


@pytest.mark.parametrize("options", [("--offline",), ("--folder", "nowhere")])
def test_what_cannot_be_looked_at_ends_with_3_and_says_what(tools: Tools, options: tuple[str, ...]) -> None:
    if options != ("--offline",):
        _imported(tools)
    done = tools("diagnose_file_sync", *options)
    assert (done.exit_code, done.stdout) == (3, "")
    assert "there is no database" in done.stderr or "nowhere" in done.stderr


def test_a_real_server_is_looked_at_and_one_that_is_away_ends_with_3(
    tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path / "sshd") as sshd:
        for name, value in {
            "SSH_HOST": sshd.host, "SSH_PORT": sshd.port, "SSH_USER": sshd.user, "SSH_KEY_PATH": sshd.key,
            "SSH_KNOWN_HOSTS": sshd.known_hosts, "REMOTE_STATS_PATH": sshd.folder,
        }.items():  # fmt: skip
            monkeypatch.setenv(name, str(value))
        for file in (R1, R2):
            (sshd.folder / file.name).write_bytes(file.data)
        assert tools("sync_stats").exit_code == 0
        assert _json(tools)["counts"]["server"] == 2
        (tools.home / "local_stats" / R1.name).unlink()
        assert tools("sync_stats", "--restore-missing", "--yes").stdout == "1 file restored\n"
        assert tools("sync_stats", "--redownload-all", "--yes").stdout == "2 files downloaded\n"
        assert len(list(tools.home.glob("local_stats-*.zip"))) == 1
        (tools.home / "local_stats-kept").mkdir()
        assert _json(tools)["classes"] == {"complete": 2}
    done = tools("diagnose_file_sync")
    assert (done.exit_code, done.stdout) == (3, "")
    assert "Traceback" not in done.stderr


def test_another_programs_database_ends_with_2_and_is_not_touched(tools: Tools) -> None:
    theirs = tools.home / "theirs.db"
    with closing(sqlite3.connect(theirs)) as con:
        con.execute("PRAGMA journal_mode = WAL")
        con.execute("CREATE TABLE theirs (a)")
        con.commit()
    before = tools.trace()
    done = tools("diagnose_file_sync", "--offline", "--database", theirs)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "set DATABASE_PATH to a new file" in done.stderr
    assert tools.trace() == before


def _older(path: Path, rows: list[tuple[str, str, object]], *files: tuple[str, int]) -> None:
    with closing(sqlite3.connect(path)) as con:
        con.execute("CREATE TABLE processed_files (filename, success)")
        con.execute("CREATE TABLE sessions (session_date, map_name, round_number)")
        con.executemany("INSERT INTO processed_files (filename, success) VALUES (?, ?)", files)
        con.executemany("INSERT INTO sessions (session_date, map_name, round_number) VALUES (?, ?, ?)", rows)
        con.commit()


def test_in_the_older_design_each_repair_is_the_way_on_to_this_one(tools: Tools) -> None:
    old = tools.home / "old.db"
    row = ("2026-03-01", R1.report.map, 1)
    _older(
        old, [row, row, ("2020-01-01", "oasis", 2)], (R1.name, 1), (R2.name, 1), ("2020-01-01-200000-x-round-1.txt", 0)
    )
    before = tools.trace()
    found = _json(tools, "--offline", "--database", old, code=1)
    assert tools.trace() == before
    codes = {finding["code"]: finding for finding in found["findings"]}
    assert {"duplicate_round", "lost_round", "round_without_ledger_row", "retry_overdue"} <= set(codes)
    assert {f["repair"] for f in codes.values()} - {""} == {
        "set DATABASE_PATH in .env to a new file, then run: python -m tools.sync_stats"
    }


def test_tables_of_that_name_with_other_columns_end_with_2(tools: Tools) -> None:
    with closing(sqlite3.connect(tools.home / "old.db")) as con:
        con.executescript("CREATE TABLE processed_files (a); CREATE TABLE sessions (b);")
    assert tools("diagnose_file_sync", "--offline", "--database", "old.db").exit_code == 2
    _older(tools.home / "odd.db", [("2026-03-01", "supply", None)])
    assert tools("diagnose_file_sync", "--offline", "--database", "odd.db").exit_code == 2


def test_what_changed_since_the_last_stored_audit_is_told(tools: Tools) -> None:
    folder = _imported(tools)
    counts = json.dumps({"server": 1, "local": 2, "processed": 2, "rounds": 2})
    with closing(sqlite3.connect(tools.home / "stats.db")) as con:
        con.execute(
            "INSERT INTO audits (at, verdict, counts, classes, findings) VALUES (1772406000, 'healthy', ?, '{}', '[]')",
            (counts,),
        )
        con.commit()
    assert (
        "since the audit of 2026-03-01T23:00:00Z: server 1 → 2\n"
        in tools("diagnose_file_sync", "--folder", folder).stdout
    )


def test_a_hundred_thousand_files_are_accounted_for(tools: Tools) -> None:
    folder = _imported(tools)
    (day, stamp) = ("2020-01-01", 1577836800)
    with closing(sqlite3.connect(tools.home / "stats.db")) as con:
        server, sha = con.execute("SELECT server_id, sha256 FROM rounds LIMIT 1").fetchone()
        names = [
            f"{day}-{n // 3600 % 24:02}{n // 60 % 60:02}{n % 60:02}-m{n // 86400}-round-1.txt" for n in range(100_000)
        ]
        con.executemany(
            "INSERT INTO rounds (server_id, filename, sha256, map, number, ended_at, host, config, defender, winner,"
            " time_limit, next_limit, tab_fields, state, reason, digest, imported_at)"
            " VALUES (?, ?, ?, 'm', 1, ?, '', '', 1, 1, 1, 1, 1, 'set_aside', 'by hand', '', 1)",
            [(server, name, sha, stamp) for name in names],
        )
        con.execute(
            "INSERT INTO processed_files (server_id, filename, state, round_id, first_seen_at, updated_at)"
            " SELECT server_id, filename, 'imported', id, 1, 1 FROM rounds WHERE map = 'm'"
        )
        con.commit()
    found = _json(tools, "--folder", folder, code=1)
    assert found["counts"]["rounds"] == 100_002
