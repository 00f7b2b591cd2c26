"""Rows as files for other programs: CSV that no spreadsheet takes for formulas, and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_FORMULA = tuple("=+-@\t\r＝＋－＠")


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """With a byte order mark, by which spreadsheets know that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return "\ufeff" + out.getvalue()


def cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe; numbers stay numbers."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value


def json_text(facts: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """One object: the facts, and `rows`."""
    return json.dumps({**facts, "rows": rows}, ensure_ascii=False, indent=1) + "\n"


def table_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows that all have the same keys, as CSV; without rows there is no head to write."""
    head = [*rows[0]] if rows else []
    return csv_text(head, [[*row.values()] for row in rows])
