"""The writer is the parser's inverse."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from bot.domain.game.file.parser import parse
from bot.domain.game.file.report import RoundReport
from bot.domain.game.file.writer import write
from rigs.builders import a_name, a_player, an_r1, an_r2
from tests.domain.game.file.strategies import any_report

NAME = a_name("2026-03-01-210000-supply-round-1.txt")


@settings(max_examples=60)
@given(any_report)
def test_whatever_a_file_can_say_is_read_as_it_was_written(report: RoundReport) -> None:
    assert parse(write(report), NAME) == report


@settings(max_examples=20)
@given(any_report)
def test_carriage_returns_change_nothing(report: RoundReport) -> None:
    assert parse(write(report, newline="\r\n"), NAME) == report


def test_a_line_looks_as_the_game_writes_it() -> None:
    weapons = {27: (1, 2, 0, 0, 0), 4: (20, 60, 5, 0, 3)}
    anna = a_player("^1anna", guid="0A1B2C3D", team=2, rounds=1, weapons=weapons, damage_given=700, minutes=7.4)
    file = an_r1(players=[anna], host="^1h", tab_fields=33, newline="\r\n")
    assert file.data == (
        b"^1h\\supply\\legacy3\\1\\1\\2\\12:00\\7:24\r\n"
        b"0A1B2C3D\\^1anna\\1\\2\\134217744 20 60 5 0 3 1 2 0 0 0 \t700\t0\t0\t0\t0\t0\t0\t0\t80.0"
        b"\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0.0\t7.4\t0.0\t0.0\t0.0\t0.0\t0\t0\t0\t0\t0\t0\r\n"
    )


@pytest.mark.parametrize(
    ("limit", "text"), [(0, b"0:00"), (59, b"0:59"), (4265, b"71:05"), (-115, b"-1:55"), (60_000, b"1000:00")]
)
def test_minutes_are_neither_padded_nor_limited(limit: int, text: bytes) -> None:
    file = an_r1(next_limit=f"{limit // 60}:{limit % 60:02d}")
    assert file.report.next_time_limit == limit
    assert file.data.split(b"\n")[0].endswith(b"\\12:00\\" + text)


@pytest.mark.parametrize(("value", "text"), [(-0.5, b"-0.5"), (-12.3, b"-12.3"), (0.0, b"0.0"), (1150.3, b"1150.3")])
def test_a_decimal_keeps_its_sign_and_one_digit(value: float, text: bytes) -> None:
    file = an_r1(players=[a_player(time_dead_ratio=value)])
    assert b"\t" + text + b"\t" in file.data


def test_both_rounds_of_the_builders_are_files_that_the_parser_reads() -> None:
    first = an_r1(tab_fields=40, playtime=480_000)
    for file in (first, an_r2(first, playtime=480_100)):
        assert parse(file.data, file.round_name) == file.report
