"""The table of guards names what is there: each text once, each test by its name; the command runs them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rigs import mutations
from rigs.guards import MUTATIONS, Mutation
from rigs.mutations import ROOT

GUARDED = (
    "def half(number: int) -> int:\n    if number % 2:\n        raise ValueError(number)\n    return number // 2\n"
)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.guard)
def test_each_guard_and_its_test_are_there(mutation: Mutation) -> None:
    assert (ROOT / mutation.file).read_text(encoding="utf-8").count(mutation.text) == 1
    file, _, name = mutation.test.partition("::")
    assert re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)


def a_project(folder: Path, test: str) -> Path:
    (folder / "halves.py").write_text(GUARDED)
    (folder / "test_halves.py").write_text(f"import pytest\nfrom halves import half\n\n\ndef test_half():\n{test}")
    (folder / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    return folder


ODD = Mutation("odd numbers", "halves.py", "if number % 2:", "if False:", "test_halves.py::test_half")


def test_a_guard_that_a_test_needs_is_noticed(tmp_path: Path) -> None:
    project = a_project(tmp_path, "    with pytest.raises(ValueError):\n        half(3)\n")
    assert mutations.survives(project, ODD) is None
    assert (project / "halves.py").read_text() == GUARDED


def test_a_guard_that_no_test_needs_is_told(tmp_path: Path) -> None:
    project = a_project(tmp_path, "    assert half(4) == 2\n")
    assert "pytest ended with 0" in (mutations.survives(project, ODD) or "")
    assert "stands 0 times" in (mutations.survives(project, ODD._replace(text="nowhere")) or "")
    lost = ODD._replace(test="test_halves.py::test_nothing")
    assert "pytest ended with 4" in (mutations.survives(project, lost) or "")
