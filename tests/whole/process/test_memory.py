"""What the process lets go of is the machine's again."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_HELD = """
import sys
from pathlib import Path
from bot.process import give_back

def resident():
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024

if sys.argv[1] == "give back":
    give_back()
before = resident()
piece = b"x" * (24 << 20)
del piece  # from here on pieces of this size are kept
pieces = [b"x" * (1 << 20) for _ in range(20)]
del pieces
print(resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's malloc is told")
@pytest.mark.parametrize(("told", "least", "most"), [("give back", 0, 5), ("nothing", 15, 25)])
def test_large_pieces_go_back_to_the_machine_when_they_are_let_go_of(told: str, least: float, most: float) -> None:
    run = subprocess.run([sys.executable, "-c", _HELD, told], capture_output=True, text=True, check=True)
    assert least <= float(run.stdout) <= most
