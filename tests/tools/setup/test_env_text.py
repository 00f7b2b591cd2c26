"""What is written into `.env` is what is read from it, and what was there stays."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SettingsError
from tools.kit.env_text import values_in, with_values, write

MEANINGS = {"SSH_HOST": "the machine", "SSH_PASSWORD": "the secret", "SSH_USER": "the account"}
# what somebody may paste: printable, without line breaks
_VALUES = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1).map(str.strip).filter(bool)
_LINES = st.sampled_from(
    [
        "", "# a remark", "SSH_HOST=old.example", "export SSH_HOST = 'x' # why", 'OTHER="a # b"', "nonsense", "LONELY",
        "SSH_PASSWORD='it\\'s'", "ssh_user=anna", "  INDENTED=1", "EMPTY=", "TAIL=c:\\temp\\",
    ]
)  # fmt: skip


@given(
    lines=st.lists(_LINES, max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
    values=st.dictionaries(st.sampled_from(sorted(MEANINGS)), _VALUES, min_size=1),
)
def test_what_is_written_is_read_and_nothing_else_changes(lines: list[str], end: str, values: dict[str, str]) -> None:
    before = end.join(lines)
    after = with_values(before, values, MEANINGS)
    said = {name.upper(): value for name, value in values_in(after).items()}
    assert {name: said[name] for name in values} == values
    others = [
        line for line in lines if line.lstrip().removeprefix("export ").split("=")[0].strip().upper() not in MEANINGS
    ]
    assert [line for line in others if line not in after] == []
    assert with_values(after, values, MEANINGS) == after, "a second time changes nothing"


def test_a_changed_line_keeps_its_place_and_its_remark() -> None:
    before = "# mine\r\nSSH_HOST=old.example  # the old one\r\n\r\nOTHER=1"
    after = with_values(before, {"SSH_HOST": "new.example", "SSH_USER": "anna"}, MEANINGS)
    assert after == ("# mine\r\nSSH_HOST=new.example  # the old one\r\n\r\nOTHER=1\n\n# the account\nSSH_USER=anna\n")


def test_a_name_that_stands_there_twice_is_changed_where_it_counts() -> None:
    assert with_values("SSH_HOST=a\nSSH_HOST=b\n", {"SSH_HOST": "c"}, MEANINGS) == "SSH_HOST=a\nSSH_HOST=c\n"


def test_a_value_that_the_lines_before_would_swallow_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="SSH_HOST cannot be written"):
        with_values("OTHER='without an end\nSSH_HOST=a\n", {"SSH_HOST": "#b"}, MEANINGS)


def test_the_file_is_for_its_owner_alone_and_is_replaced_at_once(tmp_path: Path) -> None:
    kept = tmp_path / "elsewhere"
    kept.write_text("OLD=1\n")
    kept.chmod(0o644)
    link = tmp_path / ".env"
    link.symlink_to(kept)
    write(link, "NEW=1\n")
    assert (link.is_symlink(), kept.read_text(), stat.S_IMODE(kept.stat().st_mode)) == (True, "NEW=1\n", 0o600)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "elsewhere"]
