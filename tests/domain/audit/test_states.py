"""What the ledger says of a file, in its state's words; and what a stored round says of its file."""

from __future__ import annotations

import pytest

from bot.domain.audit.states import FileState, KnownRound, LedgerRow
from bot.domain.game.model import Aside, Reason, State

NAME = "2026-03-01-210000-supply-round-1.txt"
ROW = LedgerRow(NAME, FileState.IMPORTED)


@pytest.mark.parametrize(
    ("row", "standing"),
    [
        (ROW, "imported"),
        (ROW._replace(state=FileState.REJECTED, reason="line 1"), "rejected: line 1"),
        (ROW._replace(changed_to="9 bytes, mtime 1"), "imported; the server's file differs now (9 bytes, mtime 1)"),
    ],
)
def test_a_row_stands_by_its_state_its_reason_and_what_the_server_has_now(row: LedgerRow, standing: str) -> None:
    assert row.standing == standing


def test_a_stored_round_knows_the_row_that_its_file_should_have() -> None:
    row = KnownRound(7, "ab", 5, 9, State.SET_ASIDE, Reason(Aside.ABORTED)).ledger_row(NAME)
    assert row == ROW._replace(size=9, mtime=5, sha256="ab", round_id=7)
