"""`python -m rigs.crash`: so many kills, so many lives; what was lost or doubled, and how long it took to heal."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from rigs.crash.forks import Lane
from rigs.crash.life import STEPS, Life, live
from rigs.process import a_key
from rigs.servers.sshd import running

KILLS_PER_LIFE = 7


def plan(kills: int, each: int) -> list[list[str | None]]:
    """The lives: first the kills at each step, mixed with the others, so many a life."""
    steps: list[str | None] = [step for _ in range(each) for step in STEPS]
    instants: list[str | None] = [None] * kills
    mixed: list[str | None] = []
    for step, instant in itertools.zip_longest(steps, instants, fillvalue=""):
        mixed += [moment for moment in (step, instant) if moment != ""]
    return [mixed[at : at + KILLS_PER_LIFE] for at in range(0, len(mixed), KILLS_PER_LIFE)]


async def crash(
    lives: list[list[str | None]], *, seed: int, lanes: int, minutes: float, keep: Path | None
) -> list[Life]:
    """All lives, or as many as begin within so many minutes."""
    until = time.monotonic() + 60 * minutes
    numbered = iter(enumerate(lives, start=seed))
    over: list[Life] = []

    async def work(root: Path, server: tuple[object, Path]) -> None:
        lane = await Lane.opened()
        try:
            for number, steps in numbered:
                if time.monotonic() > until:
                    return
                home = root / f"life-{number}"
                home.mkdir()
                life = await live(number, home, lane, server, steps)  # type: ignore[arg-type]
                over.append(life)
                if not life.verdict.is_whole:
                    print(f"life {number}: {life.verdict}", flush=True)
                    if keep is not None:
                        shutil.copytree(home, keep / home.name)
                if len(over) % 10 == 0:
                    print(told(over), flush=True)
                shutil.rmtree(home)
        finally:
            await lane.close()

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        # more than one bot logs in at once, and each of them often
        with running(root / "sshd", extra="MaxStartups 100") as sshd:
            key = a_key(sshd)
            async with asyncio.TaskGroup() as group:
                for _ in range(lanes):
                    group.create_task(work(root, (sshd, key)))
    return over


def told(lives: list[Life]) -> str:
    """The figures in one line."""
    kills = sum((life.kills for life in lives), Counter[str]())
    instants = kills.pop("any instant", 0)
    lost, doubled, broken = (
        sum(len(getattr(life.verdict, part)) for life in lives) for part in ("lost", "doubled", "broken")
    )
    healed = sorted(life.healed for life in lives)
    return (
        f"{len(lives)} lives, {instants} kills at random instants, {kills.total()} at {len(kills)} named steps: "
        f"lost {lost}, doubled {doubled}, otherwise broken {broken}; from the last start to rest "
        f"{statistics.median(healed):.1f} s in the middle, {healed[-1]:.1f} s at most"
    )


def main() -> int:
    """0 where every life is whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="at random instants")
    parser.add_argument("--each", type=int, default=5, help="at each named step")
    parser.add_argument("--minutes", type=float, default=600, help="begin no life later than this")
    parser.add_argument("--lanes", type=int, default=4, help="lives side by side")
    parser.add_argument("--seed", type=int, default=0, help="the number of the first life")
    parser.add_argument("--keep", type=Path, help="a folder for the lives that are not whole")
    options = parser.parse_args()
    lives = asyncio.run(
        crash(
            plan(options.kills, options.each),
            seed=options.seed,
            lanes=options.lanes,
            minutes=options.minutes,
            keep=options.keep,
        )
    )
    print(told(lives))
    for title, counts in (
        ("kills", sum((life.kills for life in lives), Counter[str]())),
        ("faults", sum((life.faults for life in lives), Counter[str]())),
    ):
        print(f"{title}: " + ", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
    return 0 if all(life.verdict.is_whole for life in lives) else 1


if __name__ == "__main__":
    sys.exit(main())
