"""What is installed is said twice, by version and by hash, and both say the same."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCKED_FOR = {"python_version": "3.11", "python_full_version": "3.11.2", "sys_platform": "linux", "os_name": "posix"}
"""What `make lock` is run on; elsewhere a library may need one more."""


def pins(text: str) -> dict[str, str]:
    """Version by library, of every line that is a pin."""
    found = re.findall(r"^([\w.-]+)==([^\s\\]+)", text, re.MULTILINE)
    return {canonicalize_name(library): version for library, version in found}


def needed(requirement: Requirement, seen: set[str]) -> set[str]:
    """The library and all that it needs, by what the installed ones say of themselves."""
    library = canonicalize_name(requirement.name)
    if f"{library}{sorted(requirement.extras)}" in seen:
        return set()
    seen.add(f"{library}{sorted(requirement.extras)}")
    libraries = {str(library)}
    for line in metadata.requires(library) or []:
        further = Requirement(line)
        extras = ["", *requirement.extras]
        if further.marker is None or any(further.marker.evaluate({**LOCKED_FOR, "extra": one}) for one in extras):
            libraries |= needed(further, seen)
    return libraries


def test_the_lock_is_every_library_that_the_bot_runs_on_and_no_other() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    seen: set[str] = set()
    libraries = set().union(*(needed(Requirement(line), seen) for line in project["dependencies"]))
    assert set(pins(LOCK)) == libraries


def test_the_lock_and_the_constraints_name_the_same_versions() -> None:
    constraints = pins(CONSTRAINTS)
    assert {library: constraints.get(library) for library in pins(LOCK)} == pins(LOCK)


def test_every_locked_library_has_a_hash_and_no_constraint_has_one() -> None:
    unhashed = [
        entry.split()[0] for entry in re.split(r"^(?=\w)", LOCK, flags=re.MULTILINE)[1:] if "sha256" not in entry
    ]
    assert unhashed == []
    lines = [line for line in CONSTRAINTS.splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


@pytest.mark.parametrize("text", [CONSTRAINTS, LOCK], ids=["constraints", "lock"])
def test_nothing_says_where_to_install_from(text: str) -> None:
    assert re.findall(r"://|^-|@", text, re.MULTILINE) == []
