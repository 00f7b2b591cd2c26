"""Files for spreadsheets and programs: nothing in them is a formula, and they read back as they were."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.present.words.rounds.sheets import ExportFile, cell

FORMULA = tuple("=+-@\t\r＝＋－＠")
VALUES = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.text(st.characters(exclude_categories=["Cs"])))
ROWS = st.lists(st.lists(st.fixed_dictionaries({"name": VALUES, "figure": VALUES}), max_size=4), max_size=4)


def written(kind: str, pieces: list[list[dict[str, object]]]) -> str:
    sheet = ExportFile(kind, {"what": "test", "left_out": {"unpaired": 1}}, ("name", "figure"))
    return sheet.head + "".join(sheet.rows(rows) for rows in pieces) + sheet.end


@given(ROWS)
def test_json_in_pieces_is_one_object_with_every_row(pieces: list[list[dict[str, object]]]) -> None:
    found = json.loads(written("json", pieces))
    assert found == {"what": "test", "left_out": {"unpaired": 1}, "rows": [row for rows in pieces for row in rows]}


@given(ROWS)
def test_csv_in_pieces_has_every_row_and_no_formula(pieces: list[list[dict[str, object]]]) -> None:
    text = written("csv", pieces)
    assert text.startswith("\ufeffname,figure\n")
    head, *lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    rows = [row for some in pieces for row in some]
    assert len(lines) == len(rows)
    assert head == ["name", "figure"]
    for line, row in zip(lines, rows, strict=True):
        for shown, value in zip(line, row.values(), strict=True):
            if not isinstance(value, str):
                assert shown == ("" if value is None else str(value))
                continue
            assert not any(part.startswith(FORMULA) for part in shown.split(";"))
            assert shown.replace("'", "") == printable(value).replace("'", "")


def printable(text: str) -> str:
    """Controls written out, as a terminal may read what is printed; a line's end and a tab are none."""
    return "".join(
        f"\\u{ord(c):04x}" if (ord(c) < 0x20 and c not in "\t\n\r") or 0x7F <= ord(c) <= 0x9F else c for c in text
    )


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_no_name_commands_the_terminal_that_shows_the_file(kind: str) -> None:
    text = written(kind, [[{"name": "\x1b[31mred \x9b2J\x7f", "figure": 1}]])
    assert "\\u001b[31mred \\u009b2J\\u007f" in text
    assert not {*"\x1b\x9b\x7f"}.intersection(text)


def test_a_carriage_return_in_a_name_begins_no_line() -> None:
    text = written("csv", [[{"name": "x\ry", "figure": 1}]])
    assert text.endswith('"x\ry",1\n')


@pytest.mark.parametrize("value", [-5, -0.5, 0, 3])
def test_numbers_stay_numbers(value: float) -> None:
    assert cell(value) == value


@pytest.mark.parametrize(
    ("text", "shown"),
    [("-5", "'-5"), ("a-5", "a-5"), ("x;=1", "x;'=1"), ("x\r=1", "x\r'=1"), ("", ""), ("anna", "anna")],
)
def test_texts_get_an_apostrophe_only_where_a_formula_could_begin(text: str, shown: str) -> None:
    assert cell(text) == shown
