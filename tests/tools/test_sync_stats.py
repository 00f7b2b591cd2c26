"""`tools.sync_stats`: one sync, its account on stdout, and an exit code that a script can trust."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from rigs.builders import a_session, an_r1, an_r2
from tests.tools.conftest import Tools

ROOT = Path(__file__).resolve().parents[2]
R1 = an_r1()
R2 = an_r2(R1)


def test_a_folder_is_imported_and_the_account_is_one_line_on_stdout(tools: Tools) -> None:
    files = a_session(2)
    done = tools("sync_stats", "--folder", tools.serve(*files))
    assert (done.exit_code, done.stdout) == (0, f"{len(files)} counted\n")
    assert [one["file"] for one in tools.export()["rounds"]] == [file.name for file in files]
    assert sorted(path.name for path in (tools.home / "local_stats").iterdir()) == [file.name for file in files]


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_all_that_a_tool_writes_is_for_its_owner_alone_whatever_the_umask_is(tools: Tools) -> None:
    before = os.umask(0o022)
    try:
        assert tools("sync_stats", "--folder", tools.serve(R1)).exit_code == 0
    finally:
        os.umask(before)
    made = [path for path in tools.home.rglob("*") if path.name != ".env"]
    assert {"stats.db", R1.name} <= {path.name for path in made}
    assert {path.name: oct(path.stat().st_mode) for path in made if path.stat().st_mode & 0o077} == {}


@pytest.mark.parametrize("name", ["sync_stats", "rebuild"])
def test_a_tool_that_posts_nothing_loads_neither_discord_nor_the_drawing(name: str) -> None:
    code = f"import sys, tools.{name}; sys.exit(bool(sys.modules.keys() & {{'discord', 'PIL'}}))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_a_second_run_finds_nothing_new(tools: Tools) -> None:
    folder = tools.serve(R1, R2)
    tools("sync_stats", "--folder", folder)
    before = tools.export()
    done = tools("sync_stats", "--folder", folder)
    assert (done.exit_code, done.stdout) == (0, "nothing new\n")
    assert tools.export() == before


def test_what_needs_attention_ends_with_1_the_first_time_and_with_0_afterwards(tools: Tools) -> None:
    folder = tools.serve(R1, R2.sample._replace(data=b"no round\n"))
    done = tools("sync_stats", "--folder", folder)
    assert (done.exit_code, done.stdout) == (1, "1 counted, 1 rejected\n")
    assert f"rejected: {R2.name}: line 1" in done.stderr
    assert tools("sync_stats", "--folder", folder).exit_code == 0


def test_a_file_that_changed_on_the_server_needs_attention_once(tools: Tools) -> None:
    folder = tools.serve(R1)
    tools("sync_stats", "--folder", folder)
    (folder / R1.name).write_bytes(b"other")
    done = tools("sync_stats", "--folder", folder)
    assert (done.exit_code, done.stdout) == (1, "1 changed on the server\n")
    assert tools("sync_stats", "--folder", folder).exit_code == 0


def test_a_bad_copy_in_local_stats_needs_attention_once(tools: Tools) -> None:
    folder = tools.serve(R1)
    (tools.home / "local_stats").mkdir()
    (tools.home / "local_stats" / R2.name).write_bytes(b"torn")
    assert tools("sync_stats", "--folder", folder).exit_code == 1
    assert tools("sync_stats", "--folder", folder).exit_code == 0


def test_a_round_that_is_set_aside_is_told_with_its_reason_and_needs_nobody(tools: Tools) -> None:
    done = tools("sync_stats", "--folder", tools.serve(R2))
    assert (done.exit_code, done.stdout) == (0, "1 set aside\n")
    assert "unpaired" in done.stderr


def test_a_dry_run_without_a_database_names_everything_and_writes_nothing(tools: Tools) -> None:
    folder = tools.serve(R1, R2)
    (folder / "notes.txt").write_bytes(b"")
    before = tools.trace()
    done = tools("sync_stats", "--folder", folder, "--dry-run")
    assert done.exit_code == 0
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [R1.name, R2.name, "notes.txt"]
    assert "2 files would be brought in" in done.stderr
    assert tools.trace() == before


def test_a_dry_run_beside_a_database_names_what_is_new_and_writes_nothing(tools: Tools) -> None:
    folder = tools.serve(R1)
    tools("sync_stats", "--folder", folder)
    tools.serve(R2)
    before = tools.trace()
    done = tools("sync_stats", "--folder", folder, "--dry-run")
    assert done.exit_code == 0
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [R2.name]
    assert tools.trace() == before


def test_without_a_folder_every_missing_setting_is_named(tools: Tools) -> None:
    before = tools.trace()
    done = tools("sync_stats")
    assert (done.exit_code, done.stdout) == (2, "")
    for name in ("SSH_HOST", "SSH_USER", "SSH_KEY_PATH", "REMOTE_STATS_PATH"):
        assert name in done.stderr
    assert tools.trace() == before


def test_a_folder_that_is_not_there_ends_with_3_and_its_name(tools: Tools) -> None:
    done = tools("sync_stats", "--folder", tools.home / "nowhere")
    assert (done.exit_code, done.stdout) == (3, "")
    assert "nowhere" in done.stderr


def test_a_server_that_is_away_ends_with_3_and_one_line(
    tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, known = tmp_path / "key", tmp_path / "known_hosts"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    known.write_text(f"[127.0.0.1]:1 {(tmp_path / 'key.pub').read_text()}")
    for name, value in {
        "SSH_HOST": "127.0.0.1", "SSH_PORT": "1", "SSH_USER": "u", "SSH_KEY_PATH": key, "SSH_KNOWN_HOSTS": known,
        "REMOTE_STATS_PATH": "/x",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, str(value))
    done = tools("sync_stats")
    assert (done.exit_code, done.stdout) == (3, "")
    assert "Traceback" not in done.stderr


def test_a_mistyped_option_ends_with_2(tools: Tools) -> None:
    assert tools("sync_stats", "--foldr", "x").exit_code == 2


@pytest.mark.parametrize("tool", [("sync_stats", "--folder", "."), ("rebuild",), ("export", "rounds"), ("why", "x")])
def test_a_foreign_database_ends_with_2_and_stays_as_it_is(tools: Tools, tool: tuple[str, ...]) -> None:
    con = sqlite3.connect(tools.home / "stats.db")
    con.execute("CREATE TABLE theirs (a)")
    con.commit()
    con.close()
    before = (tools.home / "stats.db").read_bytes()
    done = tools(*tool)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "belongs to another program" in done.stderr
    assert (tools.home / "stats.db").read_bytes() == before
    assert not (tools.home / "local_stats").exists()


@pytest.mark.parametrize("tool", [("sync_stats", "--folder", "."), ("rebuild",)])
def test_a_tool_that_writes_says_who_has_the_database(tools: Tools, tool: tuple[str, ...]) -> None:
    tools("sync_stats", "--folder", tools.serve(R1))
    hold = (
        "import sys; from pathlib import Path; from bot.lock import instance_lock\n"
        "with instance_lock(Path(sys.argv[1]), program='the bot'):\n    print('held', flush=True); sys.stdin.read()"
    )
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", hold, tools.home / "stats.db"],
        cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        done = tools(*tool)
        assert (done.exit_code, done.stdout) == (3, "")
        assert f"the bot, process {holder.pid}" in done.stderr
        assert tools.export()["files"], "reading tools work beside it"
        holder.stdin.close()


def test_an_unknown_setting_is_named_with_the_likeliest_one(tools: Tools) -> None:
    (tools.home / ".env").write_text("SERVER_TIMEZON=UTC\n")
    done = tools("sync_stats", "--folder", tools.serve(R1))
    assert done.exit_code == 0
    assert "SERVER_TIMEZON: did you mean SERVER_TIMEZONE?" in done.stderr


def test_a_round_2_that_is_healed_in_the_same_run_is_told_as_counted(tools: Tools) -> None:
    first, second = a_session(1, seed=4)
    folder = tools.serve(first, second)
    os.utime(folder / second.name, (1, 1))  # old: it is read at the first look, its round 1 at the second
    done = tools("sync_stats", "--folder", folder)
    assert done.stdout == "2 counted\n"
    assert "set aside" not in done.stderr


def test_a_folder_in_place_of_the_database_is_one_sentence(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PATH", str(tools.server))
    done = tools("sync_stats", "--folder", tools.server)
    assert (done.exit_code, "Traceback" in done.stderr) == (3, False)
    assert str(tools.server) in done.stderr
