"""The gate's answer about one file, layer by layer: what `why` shows."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.audit.states import Action, FileState, GateVerdict, Layer, LedgerRow, ServerVersion
from bot.domain.game.file.files import NotARound
from bot.present.words.reasons import file_reason_text, gate_reason_text, standing_text
from bot.present.words.text import counted, safe_name, when


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


_NOW: Mapping[Action, str] = {
    Action.SKIP: "Nothing is done about it when it is listed again",
    Action.WAIT: "It is tried again by itself, and it is not its time yet",
    Action.TAKE: "At the next poll it is read from local_stats",
    Action.FETCH: "If the game server lists it, it is downloaded at the next poll",
    Action.VERIFY: "At the next poll it is downloaded and compared with what was imported",
    Action.MEND: "Its round is here: at the next poll its ledger row is written",
    Action.IGNORE: "It is no round file: it is never opened",
    Action.CHANGED: "The server's file is not the imported one any more: what was imported stays",
}


def sentences(verdict: GateVerdict) -> list[str]:
    """Where a file stands, for Discord: what happens to it now and why, then what each layer knows."""
    name, settled, local, row, stored = verdict.known
    lines = [_what_now(verdict)]
    if isinstance(name, NotARound):
        lines.append(f"Its name is none of a round's: {safe_name(file_reason_text(name.reason), limit=200)}.")
    if local is not None:
        lines.append(f"A copy of {local.size:,} bytes lies in local\\_stats, so no download is needed.")
    else:
        lines.append("No copy of it lies in local\\_stats.")
    if row is None:
        lines.append("The ledger (processed\\_files) has no row of it.")
    elif row.retry_at is not None:
        lines.append(f"It was tried {counted(row.attempts, 'time')}; the next try is {when(row.retry_at, 'R')}.")
    if row is not None and row.changed_to:
        lines.append(f"The server's file is another one now: {_version(row.changed_to)}.")
    if stored is None and row is not None and row.state is FileState.IMPORTED:
        lines.append("Its round is gone: `/sync diagnose` brings it back.")
    if settled is None:
        lines.append("Nothing is remembered of it since this start, so a listing with it asks the layers above.")
    return lines


def _what_now(verdict: GateVerdict) -> str:
    """What happens to it, and why where that is not said already."""
    row = verdict.known.row
    if verdict.action is not Action.SKIP:
        why = gate_reason_text(verdict.reason)
    else:
        why = "" if row is None or row.reason is None else file_reason_text(row.reason)
    return f"**{_NOW[verdict.action]}**" + (f": {safe_name(why, limit=300)}." if why else ".")


def _version(now: ServerVersion) -> str:
    """How the server's file is, in the reader's own time."""
    size = "of unknown size" if now.size is None else f"{now.size:,} bytes"
    since = "" if now.mtime is None else f", of {when(now.mtime)}"
    return f"{size}{since}" + ("" if now.kind == "file" else f", a {now.kind}")


def _standing(row: LedgerRow, now: int) -> str:
    if row.retry_at is None:
        return standing_text(row.standing)
    return f"{standing_text(row.standing)}; {row.attempts} attempts, next one in {max(0, row.retry_at - now)} s"
