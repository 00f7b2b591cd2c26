"""The sample that the tests of the parser read, and how a file is read or refused."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from bot.domain.game.file.parser import parse
from bot.domain.game.file.reasons import BadFile
from bot.domain.game.file.report import RoundReport
from bot.present.words.reasons import file_reason_text
from rigs.builders import a_name, an_r1

FIRST = an_r1()
NAME = FIRST.round_name


def read(data: bytes, name: str = FIRST.name) -> RoundReport:
    """The report of a file; the parser's error where it is none."""
    return parse(data, a_name(name))


class Refused(NamedTuple):
    """The line that is wrong, 0 for the whole file, and why, without naming it."""

    line: int
    reason: str


def refused(data: bytes, name: str = FIRST.name) -> Refused:
    """Where and why a file is refused; fails where it is taken."""
    with pytest.raises(BadFile) as caught:
        parse(data, a_name(name))
    reason = caught.value.reason
    line = f"line {reason.line}: " if reason.line else ""
    return Refused(reason.line, file_reason_text(reason).removeprefix(line))
