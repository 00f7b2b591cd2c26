"""One process writes a database; the second one is told at once who has it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import DatabaseClosed, InstanceRunning
from bot.lock import instance_lock

ROOT = Path(__file__).resolve().parent.parent
HOLD = (
    "import sys; from pathlib import Path; from bot.lock import instance_lock\n"
    "with instance_lock(Path(sys.argv[1]), program='the bot'):\n    print('held', flush=True); sys.stdin.read()"
)


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "stats.db"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_process_is_refused_at_once_and_told_who_has_it(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    began = time.monotonic()
    lock = instance_lock(tmp_path / "stats.db", program="a tool")
    with pytest.raises(InstanceRunning, match=f"the bot, process {holder.pid}"), lock:
        pass
    assert time.monotonic() - began < 5  # it does not wait for the other one


def test_another_database_is_free(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with instance_lock(tmp_path / "other.db", program="a tool"):
        assert holder.poll() is None


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9")
def test_a_process_that_was_killed_holds_nothing(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with instance_lock(tmp_path / "stats.db", program="a tool"):
        assert f"a tool, process {os.getpid()}" in (tmp_path / "stats.db.holder").read_text()


def test_a_process_that_ended_leaves_no_name_behind(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    assert holder.stdin is not None
    holder.stdin.close()
    holder.wait()
    assert not (tmp_path / "stats.db.holder").exists()


def test_the_same_process_may_take_it_again_and_holds_it_until_the_last_one_lets_go(tmp_path: Path) -> None:
    database = tmp_path / "stats.db"
    with instance_lock(database, program="the bot"):
        with instance_lock(database, program="its app"):
            pass
        assert "the bot" in (tmp_path / "stats.db.holder").read_text()
        assert _refused(database)
    assert not _refused(database)


def test_an_error_inside_frees_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), instance_lock(tmp_path / "stats.db", program="a tool"):
        raise ValueError("inside")
    assert not _refused(tmp_path / "stats.db")


def test_a_relative_path_is_the_same_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with instance_lock(Path("stats.db"), program="the bot"):
        assert _refused(tmp_path / "stats.db")


def test_every_symbolic_link_to_a_database_is_the_same_database(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    (tmp_path / "elsewhere").mkdir()
    for link, target in (("elsewhere/link.db", tmp_path / "stats.db"), ("second.db", "elsewhere/link.db")):
        (tmp_path / link).symlink_to(target)
        lock = instance_lock(tmp_path / link, program="a tool")
        with pytest.raises(InstanceRunning, match=f"process {holder.pid}"), lock:
            pass
    (tmp_path / "folder").symlink_to(tmp_path)
    assert _refused(tmp_path / "folder" / "stats.db")


def test_links_in_a_circle_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.db").symlink_to("b.db")
    (tmp_path / "b.db").symlink_to("a.db")
    lock = instance_lock(tmp_path / "a.db", program="a tool")
    with pytest.raises(DatabaseClosed, match=r"a\.db is a link that leads in a circle: set DATABASE_PATH"), lock:
        pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    lock = instance_lock(tmp_path / "file" / "stats.db", program="a tool")
    with pytest.raises(DatabaseClosed, match="file is a file, so there can be no database in it"), lock:
        pass


def _refused(database: Path) -> bool:
    done = subprocess.run(
        [sys.executable, "-c", HOLD, database],
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) == (done.stdout == "held\n")
    return "InstanceRunning" in done.stderr
