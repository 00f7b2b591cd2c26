"""The table of tab fields; `tests/test_references.py` holds its names and what each counts to FORMAT, "Tab fields"."""

from __future__ import annotations

import pytest

from bot.domain.game.file import columns
from bot.domain.game.file.columns import COLUMNS, FieldUnit, known

TENTHS = {"time_played_pct", "dpm", "time_min", "tank", "time_dead_ratio", "time_dead_min", "kd"}


def test_the_columns_stand_in_the_order_of_the_line() -> None:
    assert [column.position for column in COLUMNS] == list(range(columns.MOST))
    assert len({column.name for column in COLUMNS}) == columns.MOST


def test_a_column_is_written_whole_or_in_tenths() -> None:
    assert {column.name for column in COLUMNS if column.unit is FieldUnit.TENTHS} == TENTHS


def test_no_writer_has_a_column_before_those_that_stand_before_it() -> None:
    known_since = [column.since for column in COLUMNS]
    assert known_since == sorted(known_since)
    assert all(column.position < column.since for column in COLUMNS)


@pytest.mark.parametrize(
    ("name", "widths"),
    [
        ("damage_given", [33, 34, 36, 37, 38, 40]),
        ("objectives_stolen", [33]),
        ("objectives_returned", [33]),
        ("denied_playtime", [33, 34, 37, 38, 40]),
        ("multikills_6", [34, 36, 37, 38, 40]),
        ("useless_kills", [36, 37, 38, 40]),
        ("full_selfkills", [36, 37, 38, 40]),
        ("repairs", [37, 38, 40]),
        ("revives_given", [38, 40]),
    ],
)
def test_each_writer_knows_what_it_knows(name: str, widths: list[int]) -> None:
    column = COLUMNS[columns.POSITION[name]]
    assert [width for width in (33, 34, 36, 37, 38, 40) if known(column, width)] == widths
