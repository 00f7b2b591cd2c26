"""The comparison with real files, as their owner runs it: through the tools, into scratch databases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT.parent / "shared" / "gamestats" / "check_samples.py"


@pytest.mark.skipif(not SCRIPT.is_file(), reason="no reference files beside the project")
def test_the_program_agrees_with_the_reference_figures() -> None:
    done = subprocess.run([sys.executable, SCRIPT], cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
