"""What the ledger says of a file, in its state's words; and what a stored round says of its file."""

from __future__ import annotations

import pytest

from bot.domain.audit.states import FileState, KnownRound, LedgerRow, ServerVersion
from bot.domain.game.file.reasons import FileReason, FileReasonCode
from bot.domain.game.model import Aside, Reason, State
from bot.present.words.reasons import standing_text

NAME = "2026-03-01-210000-supply-round-1.txt"
ROW = LedgerRow(NAME, FileState.IMPORTED)


@pytest.mark.parametrize(
    ("row", "standing"),
    [
        (ROW, "imported"),
        (
            ROW._replace(state=FileState.REJECTED, reason=FileReason(FileReasonCode.NO_PLAYER_LINE, 1)),
            "rejected: line 1: not a player line: GUID\\name\\rounds\\team\\mask, weapon figures, tab fields",
        ),
        (
            ROW._replace(changed_to=ServerVersion(9, 1, "file")),
            "imported; the server's file differs now (9 bytes, mtime 1)",
        ),
    ],
)
def test_a_row_stands_by_its_state_its_reason_and_what_the_server_has_now(row: LedgerRow, standing: str) -> None:
    assert standing_text(row.standing) == standing


def test_a_stored_round_knows_the_row_that_its_file_should_have() -> None:
    row = KnownRound(7, "ab", 5, 9, State.SET_ASIDE, Reason(Aside.ABORTED)).ledger_row(NAME)
    assert row == ROW._replace(size=9, mtime=5, sha256="ab", round_id=7)
