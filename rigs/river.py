"""The whole river in processes that may be killed: a folder as game server, files as Discord, the real App between.

`python -m rigs.river` reads one JSON order per line, forks a child for it (what is imported is imported once),
and answers with one JSON line: how the child ended, and every step that it reached.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.app import App, open_app
from bot.deliver.publisher import Lack
from bot.ingest import settling
from bot.ingest.service import settle_first_run
from bot.ingest.source.folder import FolderSource
from bot.present.card import Card
from bot.present.words.rounds.sheets import in_words
from bot.store.questions.rounds import export
from rigs.world import NIGHT, a_settings, time_of

ARCHIVE, TONIGHT, SERVER = "archive", "tonight", "server"
"""Below a run's folder: what the server has from the start, what is played during the run, and what it shows."""


class FilePublisher:
    """A Discord that outlives the bot: every message is a line of a file, on disk before the answer is given."""

    def __init__(self, path: Path, reached: Callable[[str], None]) -> None:
        self._path = path
        self._reached = reached

    async def send(self, card: Card, *, channel: int, nonce: str) -> int:
        self._reached("posting")
        for message in self._sent():
            if message["nonce"] == nonce:
                return int(message["id"])
        number = sum(1 for _ in self._sent()) + 1
        self._write(
            {
                "id": number,
                "nonce": nonce,
                "markers": [marker for _, marker in card.buttons],
                "text": str(replace(card, pictures=())),
            }
        )
        self._reached("posted, unanswered")
        return number

    async def edit(self, card: Card, *, channel: int, message: int) -> None:
        self._write({"edit": message, "text": str(card)})
        self._reached("edited, unanswered")

    async def delete(self, *, channel: int, message: int) -> None:
        self._reached("deleting")
        self._write({"delete": message})
        self._reached("deleted, unanswered")

    async def find(self, markers: Collection[str], *, channel: int, since: int) -> dict[str, int]:
        there = self._there()
        return {marker: int(message["id"]) for message in there for marker in {*markers} & {*message["markers"]}}

    def now(self) -> float:
        return time.time()

    def lacks(self, channel: int) -> Lack | None:
        return Lack("stats")

    def link(self, *, channel: int, message: int) -> str:
        return f"message {message}"

    def _sent(self) -> Iterator[dict[str, Any]]:
        yield from (line for line in self._lines() if "id" in line)

    def _there(self) -> Iterator[dict[str, Any]]:
        gone = {line["delete"] for line in self._lines() if "delete" in line}
        yield from (line for line in self._sent() if line["id"] not in gone)

    def _lines(self) -> list[dict[str, Any]]:
        if not self._path.exists():
            return []
        return [json.loads(line) for line in self._path.read_text(encoding="utf-8").splitlines()]

    def _write(self, line: dict[str, Any]) -> None:
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(file, json.dumps(line).encode() + b"\n")
        os.fsync(file)
        os.close(file)


class QuickFolder(FolderSource):
    """To the hasty clock a second is hours: the folder's own time is told to the nanosecond."""

    async def folder_mtime(self) -> int:
        """Nanoseconds since the epoch of the folder's last change."""
        return self.path.stat().st_mtime_ns


class HastyClock:
    """The night goes on with the machine's clock, and ten seconds of every pause pass in a millisecond."""

    def __init__(self, began: float) -> None:
        self._began = began

    def now(self) -> float:
        """UTC epoch seconds of the night."""
        return NIGHT + time.time() - self._began

    def monotonic(self) -> float:
        """Seconds, in a hurry."""
        return 10_000 * time.monotonic()


async def flow(folder: Path, reached: Callable[[str], None]) -> None:
    """One evening: the archive silently, then tonight's rounds as they are played; at last the export."""
    async with open_app(
        a_settings(folder, full_listing_seconds=10),
        source=QuickFolder(folder / SERVER),
        publisher=FilePublisher(folder / "discord.jsonl", reached),
        reached=reached,
        clock=HastyClock(_began(folder)),
        program="the river",
    ) as app:
        await app.sync_local()
        play(folder, ARCHIVE)
        await _rest(app)
        for name in sorted(path.name for path in (folder / TONIGHT).iterdir()):
            play(folder, TONIGHT, name)
            await _rest(app)
        files, rounds = await export.files(app.db), await export.rounds(app.db)
    exported = {"files": [in_words(file) for file in files], "rounds": [in_words(round) for round in rounds]}
    (folder / "export.json").write_text(json.dumps(exported, indent=1), encoding="utf-8")


def _began(folder: Path) -> float:
    """When the first process began: the clock goes on while one is killed and the next one starts."""
    mark = folder / "began"
    if not mark.exists():
        mark.write_text(repr(time.time()), encoding="utf-8")
    return float(mark.read_text(encoding="utf-8") or time.time())


def play(folder: Path, act: str, order: str = "") -> None:
    """The game server writes files: whole at once, with the time of their names."""
    for source in sorted((folder / act).rglob(f"{order or '*'}/*.txt")):
        target = folder / SERVER / source.name
        if not target.exists():
            part = folder / f"{source.name}.being-written"
            part.write_bytes(source.read_bytes())
            os.utime(part, (time_of(source.name), time_of(source.name)))
            part.replace(target)


async def _rest(app: App) -> None:
    """Poll and post until nothing is left to do."""
    assert app.live is not None
    assert app.posting is not None
    for _ in range(4):
        report = await app.live.poller.poll()
        await settle_first_run(app.db, app.importer, report)
        await app.posting.dispatcher.step()
        await asyncio.sleep(0.002)


def _child(order: dict[str, Any]) -> None:
    settling.RESTLESS = math.inf  # to the hasty clock a busy machine's pause is hours: no file is given up here
    steps: list[str] = []
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def reached(step: str) -> None:
        steps.append(step)
        os.write(log, step.encode() + b"\n")
        if step == order.get("step") and steps.count(step) == order["nth"]:
            os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(flow(Path(order["folder"]), reached))


def main() -> None:
    """Obey orders until stdin ends."""
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            try:
                _child(order)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        if "after" in order:
            time.sleep(order["after"])
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
