"""Takes the guards away, one at a time, and sees that a test notices.

    python -m rigs.mutations [WORD…]      those whose guard or file has one of the words; without any, all

Each is done in a copy of the project: the text is replaced, its test is run, and has to fail. Exit code 1 where one
passes. Whoever adds a guard against something that happens once a year adds it to `guards.py`, with its test.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rigs.guards import MUTATIONS, Mutation

ROOT: Final = Path(__file__).resolve().parents[1]
PARTS: Final = ("bot", "cogs", "tools", "rigs", "tests", "bench", "docs", "pyproject.toml")
FAILED: Final = 1
"""pytest's exit code where a test failed; any other says that it was not run as it should be."""


def chosen(words: Sequence[str]) -> list[Mutation]:
    """Those with one of the words; all, where there are none."""
    return [
        mutation
        for mutation in MUTATIONS
        if not words or any(word in f"{mutation.guard} {mutation.file}" for word in words)
    ]


def survives(project: Path, mutation: Mutation) -> str | None:
    """Why the guard's absence goes unnoticed; None where its test fails as it should."""
    path = project / mutation.file
    whole = path.read_text(encoding="utf-8")
    if whole.count(mutation.text) != 1:
        return f"its text stands {whole.count(mutation.text)} times in {mutation.file}"
    path.write_text(whole.replace(mutation.text, mutation.without), encoding="utf-8")
    try:
        code, output = tested(project, [mutation.test])
    finally:
        path.write_text(whole, encoding="utf-8")
    if code == FAILED:
        return None
    return f"pytest ended with {code}:\n{output[-1500:]}"


def tested(project: Path, tests: Sequence[str]) -> tuple[int, str]:
    """pytest's exit code and what it said."""
    # without bytecode: a file that is changed twice in a second would be taken for the same
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=600, check=False)
    return done.returncode, done.stdout + done.stderr


def main(words: Sequence[str]) -> int:
    """Say of each whether it is noticed."""
    mutations = chosen(words)
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        project.mkdir()
        for part in PARTS:
            here = ROOT / part
            if here.is_dir():
                shutil.copytree(here, project / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(here, project)
        code, output = tested(project, sorted({mutation.test for mutation in mutations}))
        if code:
            print(f"the tests fail already:\n{output[-3000:]}")
            return 1
        failures = 0
        for mutation in mutations:
            began = time.monotonic()
            why = survives(project, mutation)
            failures += why is not None
            took = time.monotonic() - began
            print(f"{'noticed ' if why is None else 'UNNOTICED'} {took:5.1f} s  {mutation.guard}")
            if why is not None:
                print(f"  {mutation.file}: {why}")
    print(f"{len(mutations)} guards, {failures} that could be removed unnoticed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
