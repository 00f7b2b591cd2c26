"""`make demo` as a newcomer runs it: no token, no server, and an account that adds up."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_demo_posts_each_round_once_and_its_account_adds_up(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.demo"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "SYSTEMROOT": ""},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "every file is in one state, and nothing was imported or posted twice" in done.stdout
    assert "1 connection dropped" in done.stderr
    assert len(list((tmp_path / "demo_out").glob("*.md"))) == 4
    assert re.search(r"rounds +12, imported twice: 0", done.stdout)
    assert "8 for tonight's 8 rounds, 4 of them replaced by their match's" in done.stdout
