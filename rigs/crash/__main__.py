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
from collections import Counter, deque
from pathlib import Path

from rigs.crash.forks import Lane
from rigs.crash.life import FIRST_RUN, INSTANT, Life, live
from rigs.crash.steps import STEPS
from rigs.process import a_key
from rigs.servers.sshd import running

KILLS_PER_LIFE = 7
TRIES = 3
"""Starts for each kill at a step, at most: to some a bot does not come in time."""


class Plan:
    """Which kills are due: first all of them, steps and instants mixed; then those at steps that were not reached."""

    def __init__(self, kills: int, each: int) -> None:
        steps: list[str | None] = [step for _ in range(each) for step in STEPS]
        instants: list[str | None] = [None] * kills
        pairs = itertools.zip_longest(steps, instants, fillvalue="")
        self._due = deque(moment for pair in pairs for moment in pair if moment != "")
        self._again = Counter(dict.fromkeys(STEPS, (TRIES - 1) * each))
        self.each = each

    def life(self) -> list[str | None]:
        """What one life is to go through; nothing where none is due."""
        return [self._due.popleft() for _ in range(min(KILLS_PER_LIFE, len(self._due)))]

    def note(self, missed: Counter[str]) -> None:
        """These steps were not reached: they are due again, as long as that makes sense."""
        for step in missed.elements():
            if self._again[step] > 0:
                self._again[step] -= 1
                self._due.append(step)

    @property
    def left(self) -> int:
        """Kills that are due."""
        return len(self._due)


async def crash(plan: Plan, *, seed: int, lanes: int, minutes: float, keep: Path | None) -> list[Life]:
    """All lives, or as many as begin within so many minutes."""
    until = time.monotonic() + 60 * minutes
    numbers = itertools.count(seed)
    over: list[Life] = []

    async def work(root: Path, server: tuple[object, Path]) -> None:
        lane = await Lane.opened()
        try:
            while time.monotonic() < until and (moments := plan.life()):
                number = next(numbers)
                home = root / f"life-{number}"
                home.mkdir()
                life = await live(number, home, lane, server, moments)  # type: ignore[arg-type]
                over.append(life)
                plan.note(life.missed)
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
    kills, missed = counted(lives)
    instants, first_runs = kills.pop(INSTANT, 0), kills.pop(FIRST_RUN, 0)
    lost, doubled, broken = (
        sum(len(getattr(life.verdict, part)) for life in lives) for part in ("lost", "doubled", "broken")
    )
    healed = sorted(life.healed for life in lives)
    return (
        f"{len(lives)} lives, {instants} kills at random instants, {kills.total()} at {len(kills)} named steps, "
        f"{first_runs} after the first run, {missed.total()} short of a step: "
        f"lost {lost}, doubled {doubled}, otherwise broken {broken}; from the last start to rest "
        f"{statistics.median(healed):.1f} s in the middle, {healed[-1]:.1f} s at most"
    )


def counted(lives: list[Life]) -> tuple[Counter[str], Counter[str]]:
    """Kills by step, and those of bots that did not come to their step."""
    return (
        sum((life.kills for life in lives), Counter[str]()),
        sum((life.missed for life in lives), Counter[str]()),
    )


def steps_told(lives: list[Life], each: int) -> tuple[list[str], bool]:
    """A line for each step, and whether each was reached so often."""
    kills, missed = counted(lives)
    lines = [
        f"{step:16}{kills[step]:4} of {each}"
        + (f", NOT REACHED {each - kills[step]} times" if kills[step] < each else "")
        + (f" ({missed[step]} more starts did not come to it)" if missed[step] else "")
        for step in STEPS
    ]
    return lines, all(kills[step] >= each for step in STEPS)


def main() -> int:
    """0 where every life is whole, and every step was reached as often as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="at random instants")
    parser.add_argument("--each", type=int, default=5, help="at each named step")
    parser.add_argument("--minutes", type=float, default=600, help="begin no life later than this")
    parser.add_argument("--lanes", type=int, default=8, help="lives side by side")
    parser.add_argument("--seed", type=int, default=0, help="the number of the first life")
    parser.add_argument("--keep", type=Path, help="a folder for the lives that are not whole")
    options = parser.parse_args()
    plan = Plan(options.kills, options.each)
    lives = asyncio.run(crash(plan, seed=options.seed, lanes=options.lanes, minutes=options.minutes, keep=options.keep))
    print(told(lives))
    faults = sum((life.faults for life in lives), Counter[str]())
    print("faults: " + ", ".join(f"{name} {count}" for name, count in sorted(faults.items())))
    lines, are_reached = steps_told(lives, options.each)
    print("\n".join(lines))
    if plan.left:
        print(f"the time was over before {plan.left} kills that were due")
    return 0 if are_reached and not plan.left and all(life.verdict.is_whole for life in lives) else 1


if __name__ == "__main__":
    sys.exit(main())
