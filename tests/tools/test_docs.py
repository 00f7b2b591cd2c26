"""The generated parts of the documents: what the code says, written where the marks are."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bot.invocation import VERBS
from bot.settings import Settings
from tools.docs.__main__ import PARTS, ROOT, GeneratedPart, write
from tools.docs.tables import commands_table, settings_table, tools_table


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """A copy of the documents that have generated parts."""
    for part in PARTS:
        (tmp_path / part.file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / part.file, tmp_path / part.file)
    return tmp_path


def test_the_documents_say_what_the_code_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert write(ROOT, check=True) == 0, capsys.readouterr().err


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.file} {part.mark}")
def test_a_stale_part_is_named_and_written_anew(
    documents: Path, part: GeneratedPart, capsys: pytest.CaptureFixture[str]
) -> None:
    place = documents / part.file
    right = place.read_text(encoding="utf-8")
    some_line = part.text().splitlines(keepends=True)[2]
    place.write_text(right.replace(some_line, "", 1), encoding="utf-8")
    stale = place.read_text(encoding="utf-8")
    assert write(documents, check=True) == 1
    assert part.file in capsys.readouterr().err
    assert place.read_text(encoding="utf-8") == stale, "a check writes nothing"
    assert write(documents, check=False) == 0
    assert place.read_text(encoding="utf-8") == right
    assert write(documents, check=True) == 0


@pytest.mark.parametrize("line", ["<!-- tools: begin -->\n", "<!-- tools: end -->\n"])
def test_a_mark_that_is_gone_is_an_error(documents: Path, line: str) -> None:
    listed = documents / "docs" / "COMMANDS.md"
    listed.write_text(listed.read_text(encoding="utf-8").replace(line, ""), encoding="utf-8")
    with pytest.raises(ValueError, match="needs the lines <!-- tools: begin --> and <!-- tools: end -->"):
        write(documents, check=True)


def test_every_tool_that_the_admin_runs_is_in_the_table() -> None:
    listed = [line.split("`")[1].split()[1] for line in tools_table().splitlines() if "`etstats " in line]
    assert listed == [*VERBS]
    assert "`… --adopt`" in tools_table()


def test_every_setting_is_in_the_table_and_what_is_needed_says_so() -> None:
    lines = settings_table().splitlines()[2:]
    assert [line.split("`")[1] for line in lines] == [name.upper() for name in Settings.model_fields]
    assert "| `SSH_HOST` | required |" in lines[5]
    assert "| `SSH_PORT` | `22` |" in lines[6]


def test_commands_stand_in_the_order_of_the_help_and_those_of_admins_after_them() -> None:
    names = [line.split("`")[1].split()[0] for line in commands_table().splitlines()[2:]]
    assert names[:2] == ["/help", "/session"]
    assert names.index("/sync") > names.index("/unlink")


def test_no_cell_ends_its_row() -> None:
    for table, columns in ((commands_table(), 2), (tools_table(), 2), (settings_table(), 3)):
        assert {line.replace("\\|", "").count("|") for line in table.splitlines()} == {columns + 1}


FOR_ADMINS = ("README", "docs/OPERATION", "docs/SERVER", "docs/TROUBLESHOOTING", "docs/DIAGNOSIS", "docs/GROWING")
_CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"(?:^|[\s`/\\])etstats (?:--dir \S+ )?([a-z]\w+)")


@pytest.mark.parametrize("name", FOR_ADMINS)
def test_what_an_admin_is_told_to_type_is_the_program_and_a_verb_of_it(name: str) -> None:
    text = (ROOT / f"{name}.md").read_text(encoding="utf-8")
    code = " ".join(_CODE.findall(text))
    verbs = _COMMAND.findall(code)
    assert verbs
    assert [verb for verb in verbs if verb not in VERBS] == []
    assert re.findall(r"(?<![\\/])\bpython -m tools\.\w+", code) == [], "the program's own name can be pasted"
