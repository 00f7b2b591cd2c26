"""The table of tab fields against FORMAT, "Tab fields", row by row."""

from __future__ import annotations

import pytest

from bot.domain.game import columns
from bot.domain.game.columns import COLUMNS, Counting, FieldUnit, known

RUNNING, ROUND, PEAK, DERIVED = Counting.RUNNING, Counting.ROUND, Counting.PEAK, Counting.DERIVED

TABLE = [
    (0, "damage_given", RUNNING, 33),
    (1, "damage_received", RUNNING, 33),
    (2, "team_damage_given", RUNNING, 33),
    (3, "team_damage_received", RUNNING, 33),
    (4, "gibs", RUNNING, 33),
    (5, "selfkills", RUNNING, 33),
    (6, "teamkills", RUNNING, 33),
    (7, "teamgibs", RUNNING, 33),
    (8, "time_played_pct", DERIVED, 33),
    (9, "xp", ROUND, 33),
    (10, "killing_spree", PEAK, 33),
    (11, "death_spree", PEAK, 33),
    (12, "kill_assists", ROUND, 33),
    (13, "kill_steals", ROUND, 33),
    (14, "headshot_kills", ROUND, 33),
    (15, "objectives_stolen", ROUND, 33),
    (16, "objectives_returned", ROUND, 33),
    (17, "dynamites_planted", ROUND, 33),
    (18, "dynamites_defused", ROUND, 33),
    (19, "times_revived", ROUND, 33),
    (20, "bullets_fired", DERIVED, 33),
    (21, "dpm", DERIVED, 33),
    (22, "time_min", RUNNING, 33),
    (23, "tank", DERIVED, 33),
    (24, "time_dead_ratio", DERIVED, 33),
    (25, "time_dead_min", DERIVED, 33),
    (26, "kd", DERIVED, 33),
    (27, "useful_kills", ROUND, 33),
    (28, "denied_playtime", ROUND, 33),
    (29, "multikills_2", ROUND, 33),
    (30, "multikills_3", ROUND, 33),
    (31, "multikills_4", ROUND, 33),
    (32, "multikills_5", ROUND, 33),
    (33, "multikills_6", ROUND, 34),
    (34, "useless_kills", ROUND, 36),
    (35, "full_selfkills", ROUND, 36),
    (36, "repairs", ROUND, 37),
    (37, "revives_given", ROUND, 38),
]
TENTHS = {
    "time_played_pct", "dpm", "time_min", "tank", "time_dead_ratio", "time_dead_min", "kd",
}  # fmt: skip


@pytest.mark.parametrize(("position", "name", "counting", "since"), TABLE)
def test_a_column_counts_as_the_format_says(position: int, name: str, counting: Counting, since: int) -> None:
    column = COLUMNS[position]
    assert (column.position, column.name, column.counting, column.since) == (position, name, counting, since)
    assert column.unit is (FieldUnit.TENTHS if name in TENTHS else FieldUnit.WHOLE)
    assert columns.POSITION[name] == position


def test_the_table_is_complete() -> None:
    assert len(COLUMNS) == columns.MOST == len(TABLE)


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
