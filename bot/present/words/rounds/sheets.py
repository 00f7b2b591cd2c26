"""Rows as files for other programs: CSV that no spreadsheet takes for formulas, and JSON."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.domain.audit.states import FileState
from bot.domain.game.file.reasons import FileReason
from bot.domain.game.model import Aside, Reason
from bot.present.words.reasons import exported_note_text, file_reason_text, left_out_words, reason_text

BOM = "\ufeff"
"""By this mark spreadsheets know that it is UTF-8."""
# at a text's beginning, or where a spreadsheet that is set to semicolons, or ignores quotes, would begin another cell
_FORMULA = re.compile(r"(^|[;\r\n])(?=[=+\-@\t\r＝＋－＠])")
_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
WAITING: Mapping[str, str] = {
    FileState.SEEN: "waits to be downloaded",
    FileState.DOWNLOADED: "waits to be imported",
    FileState.IMPORTED: "its round is missing",
}
"""Why a file that is neither here nor there has no round."""
ROWS_END = "\n ]\n}\n"


def cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe; numbers stay numbers.

    Controls that a terminal would obey are written out: `\\u001b`.
    """
    return _written_out(_FORMULA.sub(r"\1'", value)) if isinstance(value, str) else value


def _written_out(text: str) -> str:
    return _UNSAFE.sub(lambda control: f"\\u{ord(control[0]):04x}", text)


def _json(value: object) -> str:
    return _written_out(json.dumps(value, ensure_ascii=False))


def in_words(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the store as other programs get it: its `reason`, and its `notes` where it has any, as sentences."""
    worded, reason = dict(row), row["reason"]
    if isinstance(reason, Reason):
        worded["reason"] = reason_text(reason)
    elif isinstance(reason, FileReason):
        worded["reason"] = file_reason_text(reason)
    elif reason is None:
        worded["reason"] = WAITING.get(row["state"])
    if "notes" in row:
        worded["notes"] = [exported_note_text(note) for note in row["notes"]]
    return worded


def export_facts(what: str, *, label: str, rounds: int, left_out: Iterable[tuple[Aside, int]]) -> dict[str, Any]:
    """What a file says of itself; `rounds`: how many are in it."""
    return {"what": what, "label": label, "rounds": rounds, "left_out": dict(left_out_words(left_out))}


class _Lines(list[str]):
    """What the writer writes, a row at a time: with this line end it quotes carriage returns too, without it not."""

    END = "\r\n"

    def write(self, row: str) -> None:
        self.append(row.removesuffix(self.END) + "\n")


def csv_rows(rows: Iterable[Iterable[object]]) -> str:
    """Lines of CSV; what is unknown is empty."""
    lines = _Lines()
    csv.writer(lines, lineterminator=_Lines.END).writerows([cell(value) for value in row] for row in rows)
    return "".join(lines)


def csv_head(names: Sequence[str]) -> str:
    """The beginning of a CSV file."""
    return BOM + csv_rows([names])


def json_head(facts: Mapping[str, Any]) -> str:
    """The beginning of one object: the facts, and `rows`, which `json_rows` fills and `ROWS_END` closes."""
    fact_lines = (f" {json.dumps(name)}: {_json(value)}" for name, value in facts.items())
    return "{\n" + "".join(f"{fact},\n" for fact in fact_lines) + ' "rows": ['


def json_rows(rows: Iterable[Mapping[str, Any]], *, first: bool) -> str:
    """More of `rows`, one a line; `first`: nothing stands before them. What is unknown is null."""
    row_lines = ",\n".join(f"  {_json(dict(row))}" for row in rows)
    return row_lines and ("\n" if first else ",\n") + row_lines


class ExportFile:
    """A CSV or JSON file in the making: `head`, any number of `rows`, `end`; each is text to be written in turn."""

    def __init__(self, kind: str, facts: Mapping[str, Any], names: Sequence[str]) -> None:
        self._is_csv = kind == "csv"
        self._begun = False
        self.head = csv_head(names) if self._is_csv else json_head(facts)
        self.end = "" if self._is_csv else ROWS_END

    def rows(self, rows: Sequence[Mapping[str, Any]]) -> str:
        """Some more rows; all have the same keys."""
        first, self._begun = not self._begun, self._begun or bool(rows)
        return csv_rows(row.values() for row in rows) if self._is_csv else json_rows(rows, first=first)
