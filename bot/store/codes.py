"""Codes and their parameters, as columns keep them."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from bot.domain.audit.states import ServerVersion
from bot.domain.game.file.reasons import FileReason, FileReasonCode
from bot.domain.game.model import Aside, Note, NoteCode, Reason, State
from bot.domain.posts import Correction, CorrectionCode, PostReason, PostReasonCode
from bot.store.file.database import Row, taken_apart

_ASIDES = {code.value: code for code in Aside}
_NOTES = {code.value: code for code in NoteCode}
_FILE_REASONS = {code.value: code for code in FileReasonCode}
_POST_REASONS = {code.value: code for code in PostReasonCode}
# as SQLite's own functions write it
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def reason_of(code: str | None, words: str | None) -> Reason | None:
    """Of the columns `reason` and `reason_words`; None where the round counts.

    What somebody wrote there by hand stays readable.
    """
    if code is None:
        return None
    return Reason(_ASIDES[code], words or "") if code in _ASIDES else Reason(Aside.OLDER, words or code)


def reason_columns(reason: Reason | None) -> dict[str, str | None]:
    """`reason` and `reason_words`."""
    code, words = (None, None) if reason is None else (reason.code.value, reason.words or None)
    return {"reason": code, "reason_words": words}


def typed(row: Row) -> dict[str, Any]:
    """A row of rounds by its columns: `state` as `State`, and one `reason` for its two columns, as `Reason` or None."""
    columns = dict(row)
    words = columns.pop("reason_words")
    with taken_apart():
        return columns | {"state": State(row["state"]), "reason": reason_of(row["reason"], words)}


def note_of(row: Row) -> Note:
    """Of a row with `code`, `guid` and `parameters`; what somebody wrote there by hand stays readable."""
    code = _NOTES.get(row["code"])
    if code is None:
        return Note(NoteCode.OLDER, row["guid"], words=row["code"])
    with taken_apart():
        return Note(code, row["guid"], **json.loads(row["parameters"]))


def note_columns(note: Note) -> dict[str, str]:
    """`code`, `guid` and `parameters`; a parameter that the note does not have is left out."""
    parameters = {name: value for name, value in note._asdict().items() if value and name not in ("code", "guid")}
    return {"code": note.code.value, "guid": note.guid, "parameters": _COMPACT.encode(parameters)}


@lru_cache(maxsize=256)
def file_reason_of(code: str | None, parameters: str | None) -> FileReason | None:
    """Of the ledger's columns `reason` and `reason_parameters`; what somebody wrote there by hand stays readable.

    A ledger has few different ones, and very many of some: each is kept once.
    """
    if code is None:
        return None
    if code not in _FILE_REASONS:
        return FileReason(FileReasonCode.SAID, words=code)
    with taken_apart():
        return FileReason(_FILE_REASONS[code], **json.loads(parameters or "{}"))


def file_reason_columns(reason: FileReason | None) -> dict[str, str | None]:
    """`reason` and `reason_parameters`; a parameter that the reason does not have is left out."""
    if reason is None:
        return {"reason": None, "reason_parameters": None}
    parameters = {name: value for name, value in reason._asdict().items() if value and name != "code"}
    return {"reason": reason.code.value, "reason_parameters": _COMPACT.encode(parameters) if parameters else None}


def version_of(column: str | None) -> ServerVersion | None:
    """Of the ledger's column `changed_to`: an object with `size`, `mtime` and `kind`."""
    if column is None:
        return None
    with taken_apart():
        return ServerVersion(**json.loads(column))


def version_column(version: ServerVersion | None) -> str | None:
    """`changed_to`."""
    return None if version is None else _COMPACT.encode(version._asdict())


def post_reason_of(code: str | None, words: str | None) -> PostReason | None:
    """Of the outbox' columns `reason` and `reason_words`; what somebody wrote there by hand stays readable."""
    if code is None:
        return None
    if code not in _POST_REASONS:
        return PostReason(PostReasonCode.SAID, words or code)
    return PostReason(_POST_REASONS[code], words or "")


def post_reason_columns(reason: PostReason | str | None) -> dict[str, str | None]:
    """`reason` and `reason_words`; a text that is no code is what whatever stopped it said."""
    match reason:
        case None:
            return {"reason": None, "reason_words": None}
        case PostReasonCode():
            return {"reason": reason.value, "reason_words": None}
        case str():
            return {"reason": PostReasonCode.SAID.value, "reason_words": reason}
        case PostReason(code, words):
            return {"reason": code.value, "reason_words": words or None}


def correction_of(column: str | None) -> Correction | None:
    """Of the outbox' column `corrected`: an object with `code`, and where a reason belongs to it `reason`, `words`."""
    if column is None:
        return None
    with taken_apart():
        stored = json.loads(column)
        return Correction(CorrectionCode(stored["code"]), reason_of(stored.get("reason"), stored.get("words")))


def correction_column(correction: Correction) -> str:
    """`corrected`."""
    parameters: dict[str, str] = {"code": correction.code.value}
    if correction.reason is not None:
        parameters["reason"] = correction.reason.code.value
        if correction.reason.words:
            parameters["words"] = correction.reason.words
    return _COMPACT.encode(parameters)
