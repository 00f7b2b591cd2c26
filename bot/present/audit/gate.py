"""The gate's answer about one file, layer by layer: what `why` shows."""

from __future__ import annotations

from bot.domain.audit.states import GateVerdict, Layer, LedgerRow
from bot.domain.game.file.files import NotARound
from bot.present.words.reasons import file_reason_text, gate_reason_text, standing_text


def answers(verdict: GateVerdict, *, now: int, memory: str = "") -> list[tuple[str, str]]:
    """(layer, what it knows) of every layer, and what follows from it; `now`: UTC seconds, `memory`: whose it is."""
    name, settled, local, row, stored = verdict.known
    remembered = (
        "not settled: the other layers decide" if settled is None else f"settled: {gate_reason_text(settled.reason)}"
    )
    return [
        (Layer.NAME, file_reason_text(name.reason) if isinstance(name, NotARound) else "a round file by its name"),
        (Layer.MEMORY, f"{memory}{remembered}"),
        (Layer.LOCAL, "not on disk" if local is None else f"on disk, {local.size} bytes: no download needed"),
        (Layer.LEDGER, "no row" if row is None else _standing(row, now)),
        (Layer.ROUNDS, "no round" if stored is None else f"round {stored.id} was made from it"),
        ("when listed", f"{verdict.action.value} ({verdict.layer}: {gate_reason_text(verdict.reason)})"),
    ]


def _standing(row: LedgerRow, now: int) -> str:
    if row.retry_at is None:
        return standing_text(row.standing)
    return f"{standing_text(row.standing)}; {row.attempts} attempts, next one in {max(0, row.retry_at - now)} s"
