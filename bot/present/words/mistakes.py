"""What is wrong with the value of a setting, in words: `what: what to do`."""

from __future__ import annotations

import re

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails


def bare_id(value: str) -> str:
    """The number of a mention or a link, as Discord copies them; else what was written, or `ValueError` for a name."""
    text = value.strip()
    if match := re.fullmatch(r"<[#@]&?(\d+)>|https?://\S*discord\S*/channels/\d+/(\d+)\S*", text):
        return match[1] or match[2]
    if text.isdecimal() and 0 < int(text) < 1 << 63:
        return text
    if len(re.findall(r"\d{15,}", text)) > 1:
        raise ValueError("this is no number: only one id can stand here")
    kind = "id of Discord" if text.isdecimal() else "number"
    raise ValueError(f"this is no {kind}: switch on Discord's Developer Mode, right-click it there, and copy its id")


def bare_host(value: str) -> str:
    """The host, if it is nothing but that; else `ValueError` says which settings it belongs to, without a password."""
    scheme, is_address, rest = value.partition("://")
    authority, _, path = (rest if is_address else value).partition("/")
    user, _, host = authority.rpartition("@")
    port = ""
    if host.startswith("["):
        host, _, port = host[1:].partition("]")
        port = port.removeprefix(":")
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    if host == value and not any(map(str.isspace, value)):
        try:
            value.encode("idna")
        except UnicodeError:
            raise ValueError(
                "this can be no host's name: write it with single dots, and at most 63 characters between two"
            ) from None
        return value
    settings = {
        "SSH_HOST": "" if any(map(str.isspace, host)) else host,
        "SSH_PORT": port,
        "SSH_USER": user.partition(":")[0],
        "REMOTE_STATS_PATH": f"/{path}" if path and scheme == "sftp" else "",
    }
    fix = ", ".join(f"{name}={part}" for name, part in settings.items() if part)
    raise ValueError(f"this is more than a host: write {fix or 'its name or address alone'}")


def in_words(error: ErrorDetails, field: FieldInfo) -> str:
    """The library's error about a setting."""
    kind = error["type"]
    if kind.startswith("bool"):
        return "this is neither yes nor no: write true or false"
    if kind.startswith(("int", "float")) or kind == "finite_number":
        return f"this is no number: write {span(field)}"
    if kind.startswith(("greater_than", "less_than")):
        return f"this is out of range: write {span(field)}"
    return error["msg"].removeprefix("Value error, ")


def span(field: FieldInfo) -> str:
    """The numbers that a setting may be; empty where it is none."""
    if field.annotation not in (int, float):
        return ""
    least = next((rule.ge for rule in field.metadata if hasattr(rule, "ge")), None)
    most = next((rule.le for rule in field.metadata if hasattr(rule, "le")), None)
    number = "a whole number" if field.annotation is int else "a number"
    return f"{number} from {least} to {most}" if most is not None else f"{number}, {least} or more"
