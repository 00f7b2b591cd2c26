"""`python -m rigs.crash.soak [MINUTES]`: one bot, a round every few seconds, a fault every few seconds; nothing grows.

Thirty minutes without a number; 1440 is a day. Exit code 1 where an invariant breaks, or memory, descriptors or threads
grow between the second quarter and the last one.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from rigs.builders import STAMP, RoundFile, an_r1, an_r2
from rigs.crash.forks import Lane
from rigs.crash.life import Life, SessionLife, a_session, discord_faults
from rigs.process import a_key
from rigs.servers.sshd import running

EVERY = 3.0
"""Seconds from one round or fault to the next, in the middle."""
MAY_GROW = 5.0
"""MB, from the second quarter to the last one."""
ARCHIVE = 600
"""Files that are there before the bot: what it keeps of the last ones (400 reports, pages of the database) is full."""
MAY_VARY = 8
"""Descriptors and threads: connections and readers that happen to be open."""


class Sample(NamedTuple):
    """The process at one moment; memory in MB."""

    memory: float
    descriptors: int
    threads: int


def sampled(pid: int) -> Sample:
    """As the kernel tells it."""
    process = Path(f"/proc/{pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text(encoding="ascii").splitlines())
    return Sample(int(status["VmRSS"].split()[0]) / 1024, len(list((process / "fd").iterdir())), int(status["Threads"]))


def grown(samples: Sequence[Sample]) -> list[str]:
    """What became more from the second quarter, when all is warm, to the last one."""
    quarter = len(samples) // 4
    early, late = samples[quarter : 2 * quarter], samples[3 * quarter :]
    told = []
    for figure, allowed in (("memory", MAY_GROW), ("descriptors", MAY_VARY), ("threads", MAY_VARY)):
        before, after = (statistics.median(getattr(sample, figure) for sample in part) for part in (early, late))
        if after - before > allowed:
            told.append(f"I5 {figure}: {before:.0f} grew to {after:.0f}")
    return told


def a_match(number: int) -> tuple[RoundFile, RoundFile]:
    """Over just now, on a map of its own."""
    now = datetime.now(UTC)
    first = an_r1(map=f"soak{number}", at=(now - timedelta(minutes=10)).strftime(STAMP))
    return first, an_r2(first, at=now.strftime(STAMP))


async def worry(session: SessionLife, lane: Lane, until: float) -> list[Sample]:
    """Rounds and faults, until it is time; what the process was like meanwhile."""
    samples, number, rng = [], 0, session.rng
    while time.monotonic() < until and lane.is_running:
        await asyncio.sleep(rng.uniform(0, 2 * EVERY))
        match rng.randint(0, 9):
            case 0 | 1 | 2:
                fault, when = discord_faults(rng, remembers=True)
                session.house.standin.faults.add(fault, when=when)
            case 3:
                session.relay.reset_after = rng.randint(0, 12_000)
            case 4:
                session.relay.trickle_after = rng.randint(0, 6_000)
            case 5:
                await session.relay.drop()
            case 6:
                await session.house.standin.gateway.drop()
            case _:
                session.relay.heal()
                number += 1
                session.add(*a_match(number))
        await session.play()
        samples.append(sampled(lane.pid))
    return samples


async def soak(minutes: float, seed: int) -> tuple[Life, list[Sample]]:
    """One life without a kill."""
    life, rng = Life(seed), random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "home").mkdir()
        with running(root / "sshd") as sshd:
            lane = await Lane.opened()
            server = (sshd, a_key(sshd))
            try:
                async with a_session(root / "home", server, rng, life, nonce_window=300.0, archive=ARCHIVE) as session:
                    await session.begin(lane)
                    samples = await worry(session, lane, time.monotonic() + 60 * minutes)
                    session.relay.heal()
                    await session.rest(lane)
                    session.judge()
                    print(f"{len(session.news)} rounds, {life.faults.total()} requests to Discord went wrong")
            finally:
                await lane.close()
    life.verdict.broken += grown(samples)
    return life, samples


def main(arguments: Sequence[str]) -> int:
    """0 where nothing grew and every invariant holds."""
    life, samples = asyncio.run(soak(float(arguments[0]) if arguments else 30.0, seed=int(time.time())))
    for part in range(4):
        some = samples[part * len(samples) // 4 : (part + 1) * len(samples) // 4]
        if some:
            memory, descriptors, threads = (statistics.median(figures) for figures in zip(*some, strict=True))
            print(f"quarter {part + 1}: {memory:.0f} MB, {descriptors:.0f} descriptors, {threads:.0f} threads")
    print("whole" if life.verdict.is_whole else life.verdict)
    return 0 if life.verdict.is_whole else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
