"""How the program was started: commands that can be pasted, the folder of `.env`, and a package that is missing."""

from __future__ import annotations

import ast
import importlib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import invocation
from bot.errors import SettingsError
from bot.settings import Settings, load
from tests.test_architecture import ROOT, SOURCES, TOOLS


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in (*Settings.model_fields, invocation.FOLDER):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    yield
    invocation.choose(None)


def started(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    """As if the process had begun with these words."""
    monkeypatch.setattr(sys, "orig_argv", [*words])
    monkeypatch.setattr(sys, "argv", [words[1] if words[1] != "-m" else "bot/__main__.py"])


@pytest.mark.parametrize("python", ["python", ".venv/bin/python", "/opt/bot/.venv/bin/python3.11", "py"])
def test_a_module_names_modules_by_the_python_that_ran_it(monkeypatch: pytest.MonkeyPatch, python: str) -> None:
    started(monkeypatch, python, "-m", "bot")
    assert invocation.command("sync_stats", "--adopt") == f"{python} -m tools.sync_stats --adopt"


@pytest.mark.skipif(os.name != "posix", reason="a program with a shebang")
def test_the_program_names_itself_as_the_shell_finds_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "bin" / "etstats"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    started(monkeypatch, "/usr/bin/python", str(program), "run")
    monkeypatch.setenv("PATH", "/usr/bin")
    assert invocation.command("sync_stats") == f"{program} sync"
    monkeypatch.setenv("PATH", str(program.parent))
    assert invocation.command("diagnose_file_sync", "--offline") == "etstats diagnose --offline"
    monkeypatch.setattr(sys, "argv", ["bin/etstats"])
    monkeypatch.setenv("PATH", "/usr/bin")
    assert invocation.command("trust") == "bin/etstats trust"


@pytest.mark.skipif(os.name != "posix", reason="quotes of a POSIX shell")
@pytest.mark.parametrize("word", ["two words", "it's", "$HOME", "a;b", "#x", "", "ä.db", "plain.db", "~/x"])
def test_a_word_reaches_the_program_as_it_is(word: str) -> None:
    assert shlex.split(invocation.quoted(word)) == [word]


def test_another_folder_than_this_one_is_in_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started(monkeypatch, "python", "-m", "bot")
    there = tmp_path / "my bot"
    there.mkdir()
    monkeypatch.setenv(invocation.FOLDER, str(there))
    assert shlex.split(invocation.command("trust"))[3:] == ["--dir", str(there)]


def test_env_is_read_here_else_where_the_variable_says_and_always_where_the_option_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("named", "chosen"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".env").write_text(f"DATABASE_PATH=data/{name}.db\nSSH_KEY_PATH=/keys/{name}\n")
    monkeypatch.setenv(invocation.FOLDER, str(tmp_path / "named"))
    settings = load()
    assert (settings.database_path, settings.ssh_key_path) == (tmp_path / "named/data/named.db", Path("/keys/named"))
    assert settings.local_stats_dir == tmp_path / "named/local_stats", "a default is relative to it too"
    assert settings.known_hosts == tmp_path / "named/known_hosts"
    Path(".env").write_text("DATABASE_PATH=here.db\n")
    assert load().database_path == Path("here.db")
    invocation.choose(tmp_path / "chosen")
    assert load().database_path == tmp_path / "chosen/data/chosen.db"


def test_without_an_env_file_both_ways_to_name_one_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=re.escape(f"there is no .env in {Path.cwd()}: ")) as caught:
        load("ssh_host")
    assert "--dir DIR or ETSTATS_DIR=DIR" in str(caught.value)
    monkeypatch.setenv(invocation.FOLDER, str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match=rf"nor in .*nowhere \({invocation.FOLDER}\)"):
        load("ssh_host")


def test_every_tool_but_that_of_the_documents_is_a_verb_of_the_program() -> None:
    assert {*invocation.VERBS.values()} == {name.removesuffix(".__main__") for name in TOOLS} - {"docs"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_message_spells_a_command_itself(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    texts = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
    spelled = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in texts
        if re.search(r"python3? -m (bot|tools)\b|\betstats (sync|run|trust|restore|backup|diagnose|why)\b", node.value)
    ]
    assert [text for text in spelled if "tools.docs" not in text] == []


_HIDES = """
import sys
class Hider:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {package!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hider())
"""


@pytest.mark.parametrize(
    ("module", "package"), [("bot", "discord"), ("tools", "typer"), ("tools", "aiosqlite"), ("bot", "aiosqlite")]
)
def test_a_missing_package_is_one_line_with_its_command_and_no_reason_to_start_again(
    tmp_path: Path, module: str, package: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(_HIDES.format(package=package))
    words = [sys.executable, "-m", module, *(["sync"] if module == "tools" else [])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (78, 1), done.stderr
    assert f"package {package} is missing" in done.stderr
    assert "-m pip install -c " in done.stderr


def test_a_module_of_ours_that_is_missing_is_a_bug() -> None:
    with pytest.raises(ModuleNotFoundError) as caught:
        importlib.import_module("bot.nowhere")
    with pytest.raises(ModuleNotFoundError):
        invocation.package_missing(caught.value)
