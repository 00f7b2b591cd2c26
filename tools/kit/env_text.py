"""The text of `.env`: some settings get another value, everything else stays as somebody wrote it."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

from bot.errors import SettingsError

_PLAIN = re.compile(r"[\w@%+=:,./~-]+", re.ASCII)
_REMARK = re.compile(r"[^\S\r\n]+#[^\r\n'\"]*$")


def with_values(text: str, values: Mapping[str, str], meanings: Mapping[str, str]) -> str:
    """The text with these values by name, each with its meaning as a comment where it is new.

    Of a name that stands there twice the last one counts, and is changed. Raises `SettingsError` for a value that no
    such file can hold.
    """
    bindings = [*parse_stream(io.StringIO(text))]
    last = {(binding.key or "").upper(): index for index, binding in enumerate(bindings) if binding.key}
    lines = [binding.original.string for binding in bindings]
    added = []
    for name, value in values.items():
        if name in last:
            lines[last[name]] = _changed(bindings[last[name]], name, value)
        else:
            added.append(f"# {meanings[name]}\n{name}={_quoted(value)}\n")
    before = "".join(lines)
    if added and before:
        before += "\n" * (2 - (before[-2:].count("\n") if before.endswith("\n") else 0))
    after = before + "\n".join(added)
    _prove(text, after, values)
    return after


def values_in(text: str) -> dict[str, str]:
    """Every name that has a value in it, as the settings read it: a `${…}` in a password is a part of it."""
    read = dotenv_values(stream=io.StringIO(text), interpolate=False)
    return {name: value for name, value in read.items() if value}


def write(path: Path, text: str) -> None:
    """Put the text in the file's place at once, for its owner alone; a file that root changes keeps its owner."""
    path = path.resolve()  # a link stays one
    owner = path.stat() if path.exists() else None
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8", newline="") as file:
        if owner is not None and os.name == "posix" and os.geteuid() == 0:
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _changed(binding: Binding, name: str, value: str) -> str:
    """The line with another value: what stands around it stays, a remark behind the value too."""
    line = binding.original.string
    body = line.strip("\r\n")
    begin = line[: len(line) - len(line.lstrip())]
    end = line[len(line.rstrip("\r\n")) :]
    remark = _REMARK.search(body)
    kept = remark[0] if remark and not (binding.value or "").endswith(remark[0].strip()) else ""
    return f"{begin}{name}={_quoted(value)}{kept}{end}"


def _quoted(value: str) -> str:
    if not value or _PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _prove(before: str, after: str, values: Mapping[str, str]) -> None:
    """That the file says what it should, whatever else stands in it."""
    was, says = values_in(before), values_in(after)
    wanted = {name: value for name, value in was.items() if name.upper() not in values}
    kept = {name: value for name, value in says.items() if name.upper() not in values}
    written = {name.upper(): value for name, value in says.items()}
    wrong = [name for name, value in values.items() if written.get(name, "") != value]
    if wrong or wanted != kept:
        names = ", ".join(wrong) or "other settings"
        raise SettingsError(f"{names} cannot be written into .env as it stands: write it there by hand")
