"""The shape of the program: who may import whom, how long a file may be, and what every part says of itself."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from typer.main import get_command

ROOT = Path(__file__).resolve().parent.parent
CODE = sorted(path for top in ("bot", "cogs", "tools", "rigs", "tests", "bench") for path in (ROOT / top).rglob("*.py"))
SOURCES = [path for path in CODE if path.relative_to(ROOT).parts[0] in ("bot", "cogs", "tools")]
TOOLS = sorted(
    path.stem for path in (ROOT / "tools").glob("[!_]*.py") if "__main__" in path.read_text(encoding="utf-8")
)
TOOLS += ["docs.__main__", "demo.__main__", "setup.__main__", "service.__main__", "kit.run"]


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_river_flows_one_way() -> None:
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", CODE, ids=_named)
def test_a_file_is_shorter_than_four_hundred_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 400


def test_a_room_has_no_more_than_fourteen_files() -> None:
    rooms = Counter(_named(path.parent) for path in CODE)
    assert [room for room, files in rooms.items() if files > 14] == [], "make a room by purpose in it"


@pytest.mark.parametrize("path", SOURCES, ids=_named)
def test_what_is_inserted_says_into_which_columns(path: Path) -> None:
    assert re.findall(r"INSERT INTO \S+\s+VALUES", path.read_text(encoding="utf-8")) == []


def test_each_migration_has_a_number_of_its_own() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "bot/store/migrations").glob("*.sql"))
    assert numbers == [*range(1, len(numbers) + 1)]


def test_every_module_is_named_after_what_it_is() -> None:
    vague = {"utils", "util", "helpers", "helper", "misc", "manager"}
    assert [_named(path) for path in CODE if path.stem in vague] == []


_READS_THE_TIME = re.compile(
    r"\btime\.(time|time_ns|monotonic|monotonic_ns|perf_counter|gmtime|localtime)\b|\bdatetime\.now\b|\bdate\.today\b"
    r"|\butcnow\b|\bfrom time import|loop\(?\)?\.time\(\)|\bSystemClock\b"
)
_HANDED_DOWN = {
    "clock", "now", "monotonic", "rules", "zone", "gap", "session_gap", "seasons", "win_points", "max_age",
    "post_max_age", "silence", "thresholds",
}  # fmt: skip


def test_only_the_clock_reads_the_time_and_only_the_two_roots_make_one() -> None:
    readers = {_named(path) for path in SOURCES if _READS_THE_TIME.search(path.read_text(encoding="utf-8"))}
    assert readers == {"bot/clock.py", "bot/app.py", "tools/kit/shell.py"}


@pytest.mark.parametrize("path", SOURCES, ids=_named)
def test_clock_and_rules_are_handed_down_and_no_function_has_its_own(path: Path) -> None:
    """Only `open_app` may do without: it is the root."""
    own = [
        f"{node.name}({argument.arg}=…)"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != "open_app"
        for argument in _with_default(node.args)
        if argument.arg in _HANDED_DOWN
    ]
    assert own == []


def _with_default(arguments: ast.arguments) -> list[ast.arg]:
    positional = [*arguments.posonlyargs, *arguments.args]
    optional = positional[len(positional) - len(arguments.defaults) :]
    return [*optional, *(a for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None)]


@pytest.mark.parametrize("path", SOURCES, ids=_named)
def test_a_module_says_what_it_is_in_its_first_sentence(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert said is not None
    assert said.strip()


@pytest.mark.parametrize("path", SOURCES, ids=_named)
def test_what_others_may_use_has_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
    ]
    assert [node.name for node in public if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_explains_itself_and_each_of_its_options(name: str) -> None:
    command = get_command(importlib.import_module(f"tools.{name}").cli)
    assert command.help
    commands = getattr(command, "commands", {"": command})
    for one in commands.values():
        assert one.help
        for parameter in one.params:
            assert getattr(parameter, "help", None), f"{one.name} {parameter.name}"
