"""One life of the bot: an archive, an evening of two matches, some kills in between, and then peace."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.store import facts
from rigs.builders import RoundFile, a_player, an_archive, an_r1, an_r2, two_teams
from rigs.crash.forks import Lane
from rigs.crash.history import History, Verdict, judge
from rigs.crash.steps import AFTER_A_KILL, OF_BACKUPS, OF_EDITS, OF_FILES, OF_POSTS, OF_RULES
from rigs.discord_standin import STATS_CHANNEL, DiscordStandin, Fault, creates, edits, lists
from rigs.discord_standin.faults import When, closed, hang, rate_limited, reset, server_error, truncated
from rigs.process import ROOT, TOKEN, House, minutes_ago
from rigs.servers.relay import Relay, relaying
from rigs.servers.sshd import Sshd

ARCHIVE = 6
LONGEST = 4.0
"""Seconds after which a bot that is to die by the clock is killed, at most: by then it has posted, or waits."""
STEP = 20.0
"""Seconds after which a bot is killed that did not come to the step at which it was to die."""
CALM = 2.0
"""Seconds after which the game server fails no more, at most, where the bot is to come to a step."""
INSTANT, FIRST_RUN = "any instant", "the first run complete"
"""What is counted beside the named steps."""
SHORTEST = 3.0
"""Seconds that the last bot runs, at least."""
REST = 150.0
"""Seconds that an evening has to come to rest in."""
_DONE = "SELECT value FROM facts WHERE key = 'first_run'"
_AT_REST = """
    SELECT count(*) FROM outbox WHERE round_id IS NOT NULL
       AND (state = 'replaced' OR (state = 'sent' AND sent_revision = revision)
            OR (state = 'gathered' AND digest_id IN (SELECT id FROM outbox AS digest WHERE state = 'sent')))"""
_POSTED = f"{_AT_REST} AND round_id = (SELECT id FROM rounds WHERE filename = ?)"
_TAKEN = "SELECT count(*) FROM rounds WHERE filename = ? AND sha256 = ?"
_SETTLED = "SELECT count(*) FROM processed_files WHERE state IN ('imported', 'rejected', 'ignored')"


@dataclass
class Life:
    """What happened.

    `kills`: those that hit a living bot, by step, or by the clock; `missed`: steps to which a bot did not come in time
    and was killed all the same.
    """

    number: int
    kills: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    verdict: Verdict = field(default_factory=Verdict)
    healed: float = 0.0
    """Seconds from the last start to rest."""


def discord_faults(rng: random.Random, *, remembers: bool) -> tuple[Fault, When]:
    """Something of Discord's side; late effects only where the nonce is remembered, as Discord says it is."""
    accept = rng.random() < 0.5
    late = rng.uniform(0.2, 1.0) if remembers and not accept and rng.random() < 0.3 else 0.0
    status = rng.choice([500, 502, 503, 504])
    chosen = [
        server_error(status, accept=accept, late=late),
        reset(accept=accept, late=late),
        closed(accept=accept, late=late),
        truncated(),
        hang(rng.uniform(0.5, 3.0), accept=accept),
        rate_limited(rng.uniform(0.1, 1.0)),
    ]
    when = rng.choice([creates, creates, edits, lists])
    return rng.choice(chosen), when


class SessionLife:
    """The two servers of one life, and what they do to the bot."""

    def __init__(self, house: House, relay: Relay, rng: random.Random, life: Life, archive: int) -> None:
        self.house, self.relay, self.rng, self.life = house, relay, rng, life
        self.starts = 0
        self._to_play: list[tuple[str, bytes]] = []
        self._paused: dict[str, bytes] = {}
        self.corrected: list[str] = []
        self.news: list[str] = []
        self.files = 0
        self.add(*_matches())
        if rng.random() < 0.2:  # it is waited for, in case that it still grows: no life is short that has one
            self._to_play.insert(rng.randint(0, 4), (f"{minutes_ago(15)}-supply-round-1.txt", b"no round\n"))
            self.files += 1
        self.files += _before(house.remote, archive)

    def add(self, *files: RoundFile) -> None:
        """These are to be played, and are news then."""
        self._to_play += [(file.name, file.data) for file in files]
        self.news += [file.name for file in files]
        self.files += len(files)

    def add_paused(self, map_name: str) -> None:
        """A round whose writer pauses before the last line, until its post is there: what there is looks whole."""
        file = an_r1(map=map_name, players=[*two_teams(), a_player("eve")], at=minutes_ago(0))
        begin = b"".join(file.data.splitlines(keepends=True)[:-1])
        self._to_play.append((file.name, begin))
        self._paused[file.name] = file.data
        self.corrected.append(file.name)
        self.news.append(file.name)
        self.files += 1

    def prepare(self, step: str, nth: int) -> None:
        """Bring about what leads to this step; the bot is dead."""
        name = f"step{self.starts}"
        match step:
            case _ if step in OF_EDITS:
                self.add_paused(name)
            case _ if step in OF_BACKUPS:
                for backup in (self.house.home / "backups").glob("*.db"):
                    backup.unlink()
            case _ if step in OF_RULES:
                with closing(sqlite3.connect(self.house.database)) as con, con:
                    con.execute("UPDATE facts SET value = '0' WHERE key = ?", (facts.DERIVATION,))
                    con.execute("DELETE FROM facts WHERE key = ?", (facts.REDERIVED,))
            case _:  # young rounds: more than five old ones are a digest
                for number in range(nth):
                    self.add(*_match(f"{name}n{number}", ended=nth - number - 1, apart=4))

    async def trouble(self, lane: Lane, remembers: bool, *, calm: float) -> None:
        """Faults of both sides, `calm` seconds of the game server's, and files that grow, as long as this bot lives."""
        rng, began = self.rng, time.monotonic()
        for _ in range(rng.randint(0, 2)):
            fault, when = discord_faults(rng, remembers=remembers)
            self.house.standin.faults.add(fault, when=when)
        kind = rng.choice(["none", "none", "cut", "trickle", "silent", "dropped", "gateway"])
        self.life.faults[f"SSH {kind}" if kind not in ("none", "gateway") else kind] += 1
        match kind:
            case "cut":
                self.relay.reset_after = rng.randint(0, 12_000)
            case "trickle":
                self.relay.trickle_after = rng.randint(0, 6_000)
            case "silent":
                self.relay.silent_after = rng.randint(0, 6_000)
            case _:
                pass
        while lane.is_running:
            await asyncio.sleep(rng.uniform(0.1, 0.8))
            if time.monotonic() - began > calm and kind != "none":
                self.relay.heal()
                if kind == "silent":
                    await self.relay.drop()
                kind = "none"
            if kind == "dropped":
                await self.relay.drop()
            elif kind == "gateway":
                await self.house.standin.gateway.drop()
            await self.play()

    async def play(self) -> None:
        """The next round ends, if the archive is in: its file is written in two pieces."""
        self._go_on()
        if not self._to_play or self.house.ask(_DONE) != "done":
            return
        name, data = self._to_play.pop(0)
        cut = self.rng.randint(0, len(data))
        with (self.house.remote / name).open("wb") as growing:
            growing.write(data[:cut])
            growing.flush()
            await asyncio.sleep(self.rng.uniform(0, 0.4))
            growing.write(data[cut:])

    def _go_on(self) -> None:
        """The paused writers write their rest, where that is due; the folder is looked at until it is taken."""
        for name, whole in list(self._paused.items()):
            path = self.house.remote / name
            if path.exists() and path.stat().st_size == len(whole):
                if self.house.ask(_TAKEN, name, hashlib.sha256(whole).hexdigest()):
                    del self._paused[name]
                else:
                    os.utime(self.house.remote)
            elif self.house.ask(_POSTED, name):
                path.write_bytes(whole)

    async def begin(self, lane: Lane, **changed: str) -> None:
        """A bot on this evening."""
        self.starts += 1
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        rig = {**self.house.standin.environment, "STANDIN_READY_SECONDS": "0.02", "PYTHONPATH": str(ROOT)}
        environment = {**inherited, **self.house.settings, **rig, **changed}
        await lane.start(environment, self.house.home / f"output-{self.starts}.log")

    async def first_run(self, lane: Lane) -> None:
        """The archive is in, whatever the kills before left of it; then this bot dies as well."""
        await self.begin(lane)
        began = time.monotonic()
        while self.house.ask(_DONE) != "done" and lane.is_running and time.monotonic() - began < REST:
            await asyncio.sleep(0.05)
        self.life.kills[FIRST_RUN] += await lane.kill() == -9

    async def one_kill(self, lane: Lane, step: str | None, *, remembers: bool) -> None:
        """A start, and the end that comes at a step, or at any instant."""
        if step and step in AFTER_A_KILL:
            await self.one_kill(lane, self.rng.choice(AFTER_A_KILL[step]), remembers=remembers)
        nth = self.rng.choice([1, 1, 2]) if step in (*OF_FILES, *OF_POSTS) else 1
        if step and step not in AFTER_A_KILL:
            self.prepare(step, nth)
        await self.begin(lane, **({"STANDIN_KILL_AT": f"{step} {nth}"} if step else {}))
        calm = self.rng.uniform(0, CALM) if step else LONGEST
        trouble = asyncio.create_task(self.trouble(lane, remembers, calm=calm))
        code = await lane.ended(timeout=STEP if step else self.rng.uniform(0.05, LONGEST))
        if code is None:
            code = await lane.kill()
            (self.life.missed if step else self.life.kills)[step or INSTANT] += code == -9
        elif code == -9:
            self.life.kills[step or INSTANT] += 1
        await trouble  # it sees by itself that the bot is dead, and finishes the file in its hand
        self.relay.heal()
        if code not in (-9, 0):
            self.life.verdict.broken.append(f"ended with {code}, see output-{self.starts}.log")

    async def peace(self, lane: Lane) -> None:
        """The last bot: nothing more goes wrong than what is still in the air."""
        await self.begin(lane)
        await self.rest(lane)

    async def rest(self, lane: Lane) -> None:
        """Until all is imported and posted; then the bot is told to stop."""
        began = time.monotonic()
        while time.monotonic() - began < REST and lane.is_running:
            await asyncio.sleep(0.2)
            await self.play()
            if time.monotonic() - began < SHORTEST:  # whatever this start would double has its time
                continue
            if self._is_at_rest():
                break
        else:
            self.life.verdict.broken.append("did not come to rest")
        self.life.healed = time.monotonic() - began
        if lane.is_running:
            code = await lane.stop()
            if code:
                self.life.verdict.broken.append(f"SIGTERM ended with {code}")

    def _is_at_rest(self) -> bool:
        is_played = not self._to_play and not self._paused
        ask = self.house.ask
        return is_played and ask(_AT_REST) == len(self.news) and ask(_SETTLED) == self.files

    def judge(self) -> None:
        """The history against the database."""
        house = self.house
        outputs = [path.read_text(encoding="utf-8") for path in sorted(house.home.glob("output-*.log"))]
        channel = [message for message in house.standin.messages.all.values() if message.channel_id == STATS_CHANNEL]
        for request in house.standin.requests:
            if request.fault is not None and request.fault.name != "pass":
                self.life.faults[f"Discord {request.fault.name}"] += 1
        history = History(house.home, house.database, house.remote, self.news, channel, outputs, self.corrected)
        judge(history, self.life.verdict)


async def live(number: int, home: Path, lane: Lane, sshd: tuple[Sshd, Path], steps: list[str | None]) -> Life:
    """One life with a kill for each of `steps` (None: by the clock); the same number makes the same faults."""
    rng, life = random.Random(number), Life(number)
    remembers = rng.random() < 0.7
    async with a_session(home, sshd, rng, life, nonce_window=300.0 if remembers else 0.0) as session:
        before, is_first_run_over = rng.randint(0, 2), False
        for number_of_kill, step in enumerate(steps):
            may_come_before = number_of_kill < before and (step is None or step in OF_FILES)
            if not (is_first_run_over or may_come_before):
                await session.first_run(lane)
                is_first_run_over = True
            await session.one_kill(lane, step, remembers=remembers)
        await session.peace(lane)
        session.judge()
    return life


@asynccontextmanager
async def a_session(
    home: Path,
    server: tuple[Sshd, Path],
    rng: random.Random,
    life: Life,
    *,
    nonce_window: float,
    archive: int = ARCHIVE,
) -> AsyncIterator[SessionLife]:
    """Both servers, with a relay before the one for files; `archive`: how many files are there before the bot."""
    sshd, key = server
    standin = DiscordStandin(token=TOKEN, nonce_window=nonce_window, check=None)
    await standin.plug_in()  # not entered: many of them live side by side in this process, which runs no client
    try:
        async with relaying(sshd.port) as relay:
            house = House(home, sshd, key, standin)
            known = home / "known_hosts"
            known.write_text(sshd.known_hosts.read_text().replace(f":{sshd.port} ", f":{relay.port} "))
            house.settings |= {"SSH_PORT": str(relay.port), "SSH_KNOWN_HOSTS": str(known)}
            yield SessionLife(house, relay, rng, life, archive)
    finally:
        await standin.pull_out()


def _matches() -> list[RoundFile]:
    """Two matches that were just played, in their order."""
    files: list[RoundFile] = []
    for map_name, ago in (("supply", 40), ("oasis", 20)):
        files += _match(map_name, ended=ago - 10, apart=10)
    return files


def _match(map_name: str, *, ended: int, apart: int) -> list[RoundFile]:
    """Both rounds; `ended`: minutes ago, `apart`: minutes from the end of round 1 to that of round 2."""
    first = an_r1(map=map_name, at=minutes_ago(ended + apart))
    return [first, an_r2(first, at=minutes_ago(ended))]


def _before(remote: Path, archive: int) -> int:
    """Put there what the server's folder has from the start, an archive and something else; how many files."""
    files = dict(an_archive(archive))
    files["notes.txt"] = b"junk\n"
    old = datetime(2025, 1, 2, tzinfo=UTC).timestamp()
    for name, data in files.items():
        (remote / name).write_bytes(data)
        os.utime(remote / name, (old, old))
    return len(files)
