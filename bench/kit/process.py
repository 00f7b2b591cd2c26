"""Other programs, run to their end: what they took, and how much memory they had at most."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.kit.figure import Cost

ROOT = Path(__file__).parents[2]
PYTHON = sys.executable
LONGEST = 600.0
"""Seconds after which a program is stopped."""


class FinishedRun(NamedTuple):
    """A finished program: its cost, its peak memory in MB, and what it wrote to stdout."""

    cost: Cost
    peak: float
    said: str


def ran(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> FinishedRun:
    """Run a program to its end; raises `CalledProcessError` where it fails."""
    env = {**os.environ, **(environment or {}), "PYTHONDONTWRITEBYTECODE": ""}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        process = subprocess.Popen(command, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        stop = threading.Timer(LONGEST, process.kill)
        stop.start()
        peaks = [0.0]
        watcher = threading.Thread(target=_watch, args=(process.pid, peaks))
        watcher.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        stop.cancel()
        watcher.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        output = out.read().decode()
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command, output, err.read().decode())
    return FinishedRun(Cost(wall, used.ru_utime + used.ru_stime), max(peaks), output)


def peak(pid: int) -> float:
    """The most memory in MB that a running process had in RAM so far; 0 where it is gone."""
    # not ru_maxrss, which begins with what the parent had
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _watch(pid: int, peaks: list[float]) -> None:
    while now := peak(pid):
        peaks.append(now)
        time.sleep(0.02)
