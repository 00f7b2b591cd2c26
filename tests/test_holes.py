"""Each hole that was closed names tests, and each of them is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_TEXT = (ROOT / "docs/dev/HOLES.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (?!hole \|)(.+?) \| (.+) \|$", _TEXT, re.MULTILINE)


def test_every_kind_of_hole_has_its_table() -> None:
    assert [int(number) for number in re.findall(r"^## (\d+)\.", _TEXT, re.MULTILINE)] == [*range(1, 14)]
    assert all(re.search(r"^\| ", part, re.MULTILINE) for part in re.split(r"^## ", _TEXT, flags=re.MULTILINE)[1:])


@pytest.mark.parametrize(("hole", "tests"), ROWS, ids=[hole for hole, _ in ROWS])
def test_each_hole_has_tests_which_are_there(hole: str, tests: str) -> None:
    named = re.findall(r"`([^`]+)`", tests)
    assert named, hole
    for file, _, test in (name.partition("::") for name in named):
        there = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {test}\(", there, re.MULTILINE), f"{file}: {test}"
