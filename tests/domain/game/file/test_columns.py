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


def test_whoever_writes_a_field_knows_it() -> None:
    for column in COLUMNS:
        if column.until is None and column.name != "denied_playtime":
            assert [width for width in range(33, columns.MOST + 3) if known(column, width)] == [
                *range(column.since, columns.MOST + 3)
            ]


@pytest.mark.parametrize(
    ("name", "unknown"),
    [
        ("objectives_stolen", [34, 36, 37, 38, 40]),
        ("objectives_returned", [34, 36, 37, 38, 40]),
        ("denied_playtime", [36]),
        ("multikills_6", [33]),
        ("repairs", [33, 34, 36]),
        ("revives_given", [33, 34, 36, 37]),
    ],
)
def test_not_each_writer_knows_each_field(name: str, unknown: list[int]) -> None:
    column = COLUMNS[columns.POSITION[name]]
    assert [width for width in (33, 34, 36, 37, 38, 40) if not known(column, width)] == unknown
