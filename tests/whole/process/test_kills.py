"""The river is killed at every step and at random instants: nothing is lost or doubled."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

import pytest

from bot.app import SERVER as NAME
from bot.domain.game.file.files import round_key
from rigs.builders import a_session
from rigs.river import ARCHIVE, SERVER, TONIGHT
from tools.demo.session import session_files

ROOT = Path(__file__).resolve().parents[3]
TIMES_EACH = int(os.environ.get("KILLS_EACH", "3"))
RANDOM_KILLS = int(os.environ.get("KILLS_RANDOM", "50"))
"""More of both: `make crashtest`."""
STEPS = {
    "listed", "seen", "downloaded", "part written", "part renamed", "kept", "parsed", "begun", "rounds stored",
    "ledger stored", "committing", "imported", "recalled", "claimed", "posting", "posted, unanswered", "accepted",
    "recorded", "deleting", "deleted, unanswered", "removed",
}  # fmt: skip
"""Every place that the undisturbed run passes; "looked for" is reached only after a kill."""

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="no fork, and no kill -9"),
    pytest.mark.timeout(60 + 10 * (TIMES_EACH * len(STEPS) + RANDOM_KILLS)),
]


class Rivers:
    """Two processes that run the river on demand, each in a child that may die."""

    def __init__(self, root: Path, count: int = 2) -> None:
        self.root = root
        self._free: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()
        self._all = [
            subprocess.Popen(
                [sys.executable, "-m", "rigs.river"],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for _ in range(count)
        ]  # fmt: skip
        for process in self._all:
            self._free.put(process)

    def run(self, folder: Path, **order: Any) -> int:
        """The exit code of one run in `folder`: 0, or -9 where it was killed."""
        process = self._free.get()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps({"folder": str(folder), "log": str(folder / "steps.log"), **order}) + "\n")
            process.stdin.flush()
            return int(process.stdout.readline())
        finally:
            self._free.put(process)

    def new_folder(self, name: str) -> Path:
        """A server with an empty folder, and an evening that is about to be played."""
        folder = self.root / name
        (folder / SERVER).mkdir(parents=True)
        for act in (ARCHIVE, TONIGHT):
            (folder / act).symlink_to(self.root / act)
        return folder

    def close(self) -> None:
        """End them."""
        for process in self._all:
            process.communicate()


class Undisturbed(NamedTuple):
    """What a run that nobody kills leaves: the export, how often each step was passed, and how long it took."""

    export: str
    steps: Counter[str]
    seconds: float


@pytest.fixture(scope="module")
def rivers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rivers]:
    root = tmp_path_factory.mktemp("rivers")
    archive = session_files(datetime(2026, 3, 1, 20, 20, 0), maps=1, seed=4)  # noqa: DTZ001  (a wall clock)
    acts = {f"{ARCHIVE}/1": archive}
    r1, r2, third, *rest = a_session(3, seed=2)
    acts |= {f"{TONIGHT}/1": [r2], f"{TONIGHT}/2": [r1], f"{TONIGHT}/3": [third], f"{TONIGHT}/4": rest}
    for act, files in acts.items():
        (root / act).mkdir(parents=True)
        for file in files:
            (root / act / file.name).write_bytes(file.data)
    (root / ARCHIVE / "1" / "2026-03-01-203000-supply-round-1.txt").write_bytes(b"no round\n")
    (root / ARCHIVE / "1" / "notes.txt").write_bytes(b"junk\n")
    opened = Rivers(root)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def undisturbed(rivers: Rivers) -> Undisturbed:
    rivers.run(rivers.new_folder("warm-up-1"))
    rivers.run(rivers.new_folder("warm-up-2"))
    folder = rivers.new_folder("undisturbed")
    began = time.monotonic()
    assert rivers.run(folder) == 0
    seconds = time.monotonic() - began
    said = (folder / "export.json").read_text(encoding="utf-8")
    _is_whole(folder, said)
    return Undisturbed(said, Counter((folder / "steps.log").read_text().splitlines()), seconds)


def test_the_undisturbed_run_passes_every_known_step(undisturbed: Undisturbed) -> None:
    assert set(undisturbed.steps) == STEPS


def test_a_kill_at_any_step_loses_nothing_and_doubles_nothing(rivers: Rivers, undisturbed: Undisturbed) -> None:
    orders = [
        {"step": step, "nth": max(1, round(count * place / (TIMES_EACH - 1)))}
        for step, count in undisturbed.steps.items()
        for place in range(TIMES_EACH)
    ]

    def one(number: int, order: dict[str, Any]) -> None:
        folder = rivers.new_folder(f"step-{number}")
        assert rivers.run(folder, **order) == -9, order
        if number % 2:  # and once more in the same place, while the first kill is being mended
            rivers.run(folder, **order)
        assert rivers.run(folder) == 0, order
        _is_whole(folder, undisturbed.export)
        shutil.rmtree(folder)

    _all(one, orders)


def test_a_kill_at_any_instant_loses_nothing_and_doubles_nothing(rivers: Rivers, undisturbed: Undisturbed) -> None:
    rng = random.Random(20260301)
    orders = [{"after": rng.uniform(0, undisturbed.seconds)} for _ in range(RANDOM_KILLS)]

    killed = []

    def one(number: int, order: dict[str, Any]) -> None:
        folder = rivers.new_folder(f"random-{number}")
        killed.append(rivers.run(folder, **order) == -9)
        assert rivers.run(folder) == 0, order
        _is_whole(folder, undisturbed.export)
        shutil.rmtree(folder)

    _all(one, orders)
    assert sum(killed) > RANDOM_KILLS // 2, "most kills came after the end"


def _all(work: Any, orders: list[dict[str, Any]]) -> None:
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work, number, order) for number, order in enumerate(orders)]:
            done.result()


def _is_whole(folder: Path, expected: str) -> None:
    """0 lost, 0 doubled: the export, the ledger, the posts and the files all say the same."""
    assert (folder / "export.json").read_text(encoding="utf-8") == expected
    con = sqlite3.connect(folder / "stats.db")
    con.row_factory = sqlite3.Row
    try:
        _database_is_whole(con, folder)
        _posts_are_single(con, folder)
    finally:
        con.close()
    assert list((folder / "local_stats").glob("*.part")) == []


def _database_is_whole(con: sqlite3.Connection, folder: Path) -> None:
    assert [row[0] for row in con.execute("PRAGMA integrity_check")] == ["ok"]
    assert list(con.execute("PRAGMA foreign_key_check")) == []
    ledger = {row["filename"]: row for row in con.execute("SELECT * FROM processed_files")}
    rounds = {row["filename"]: row for row in con.execute("SELECT * FROM rounds")}
    assert sorted(ledger) == sorted(path.name for path in (folder / SERVER).iterdir())
    imported = {name: row for name, row in ledger.items() if row["state"] == "imported"}
    assert {row["state"] for row in ledger.values()} == {"imported", "rejected", "ignored"}
    assert {name: (row["round_id"], row["sha256"]) for name, row in imported.items()} == {
        name: (row["id"], row["sha256"]) for name, row in rounds.items()
    }


_POSTS = """
    SELECT outbox.*, rounds.filename, first.key AS first_key FROM outbox JOIN rounds ON rounds.id = round_id
      LEFT JOIN rounds AS first ON first.id = rounds.first_round_id"""


def _posts_are_single(con: sqlite3.Connection, folder: Path) -> None:
    """Each of tonight's matches has one message and its rounds 1 none any more, the archive has none."""
    lines = [json.loads(line) for line in (folder / "discord.jsonl").read_text(encoding="utf-8").splitlines()]
    sent = {line["id"]: line for line in lines if "id" in line}
    posts = list(con.execute(_POSTS))
    tonight = sorted(path.name for path in (folder / TONIGHT).rglob("*.txt"))
    assert sorted(post["filename"] for post in posts) == tonight
    assert {(post["kind"], post["state"]) for post in posts} == {("match", "sent"), ("round", "replaced")}
    gone = {line["delete"] for line in lines if "delete" in line}
    matches = [post for post in posts if post["kind"] == "match"]
    assert sorted(post["message_id"] for post in matches) == sorted(sent.keys() - gone)
    for post in matches:
        assert f"round:{round_key(NAME, post['filename'])}:match" in sent[post["message_id"]]["markers"]
    for number in gone:
        before = lines[: next(n for n, line in enumerate(lines) if line.get("delete") == number)]
        key = sent[number]["markers"][0]
        assert key.endswith(":round")
        second = next(post for post in matches if post["first_key"] == key.split(":")[1])
        assert second["message_id"] in {line.get("id") for line in before}, "its match was there first"
