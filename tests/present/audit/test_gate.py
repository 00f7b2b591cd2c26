"""The gate's answer in words: every layer's, and what follows from them."""

from __future__ import annotations

import pytest

from bot.domain.audit.states import (
    Action,
    FileState,
    GateReason,
    GateReasonCode,
    GateVerdict,
    KnownFile,
    KnownRound,
    Layer,
    LedgerRow,
    LocalCopy,
    ServerVersion,
    Settled,
)
from bot.domain.game.file.files import NotARound
from bot.domain.game.file.reasons import FileReason, FileReasonCode
from bot.domain.game.model import State
from bot.present.audit.gate import answers
from rigs.builders import a_file_reason, an_r1

R1 = an_r1()
NOW = 1_772_400_000
NOTHING = KnownFile(R1.round_name, None, None, None, None)
ROW = LedgerRow(R1.name, FileState.IMPORTED)


def told(known: KnownFile, *, memory: str = "") -> dict[str, str]:
    return dict(
        answers(GateVerdict(Action.SKIP, Layer.LEDGER, GateReason(GateReasonCode.NEW), known), now=NOW, memory=memory)
    )


def test_every_layer_answers_and_the_last_line_is_what_follows() -> None:
    assert told(NOTHING) == {
        "name and kind": "a round file by its name",
        "memory": "not settled: the other layers decide",
        "local_stats": "not on disk",
        "processed_files": "no row",
        "rounds": "no round",
        "when listed": "nothing to do (processed_files: new; not on disk)",
    }


def test_what_the_layers_know_is_told() -> None:
    stored = KnownRound(7, "sha", None, 9, State.COUNTED, None)
    settled = Settled(9, 1, Layer.LEDGER, GateReason(GateReasonCode.SETTLED, ROW.standing))
    shown = told(KnownFile(R1.round_name, settled, LocalCopy(9, 1), ROW, stored), memory="(so it was) ")
    assert [*shown.values()][1:5] == [
        "(so it was) settled: imported",
        "on disk, 9 bytes: no download needed",
        "imported",
        "round 7 was made from it",
    ]
    assert (
        told(NOTHING._replace(name=NotARound(FileReason(FileReasonCode.UNSAFE_NAME))))["name and kind"] == "unsafe name"
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ROW._replace(state=FileState.REJECTED, reason=a_file_reason("torn")), "rejected: torn"),
        (
            ROW._replace(changed_to=ServerVersion(9, 1, "link")),
            "imported; the server's file differs now (9 bytes, mtime 1, a link)",
        ),
        (
            ROW._replace(state=FileState.RETRYING, reason=a_file_reason("denied"), attempts=3, retry_at=NOW + 40),
            "retrying: denied; 3 attempts, next one in 40 s",
        ),
        (
            ROW._replace(state=FileState.RETRYING, reason=a_file_reason("denied"), attempts=3, retry_at=NOW - 40),
            "retrying: denied; 3 attempts, next one in 0 s",
        ),
    ],
)
def test_the_ledger_tells_state_reason_change_and_the_next_attempt(row: LedgerRow, words: str) -> None:
    assert told(NOTHING._replace(row=row))["processed_files"] == words
