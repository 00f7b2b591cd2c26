"""What Discord takes and what it refuses: our own rules, written from its documentation, for every request of the bot.

    violations("POST", "/channels/1/messages", {"content": "x" * 2001})
    → ["POST /channels/1/messages: content: 2001 characters, 2000 allowed", …]

`shapes` the little language, `messages` and `commands` what is said in it, `requests` the table of what the bot asks.
A request or a field that the rules do not know is a violation as well: whoever sends it first writes its rule here.

Sources: the pages *Message*, *Component Reference*, *Application Commands*, *Receiving and Responding* and *Webhook* of
Discord's developer documentation. Where Discord's machine-readable description is at hand (see `openapi`), that is
asked too.

Here belongs what a request may look like. Not here: what it leads to, which is the stand-in's (`rigs.discord_standin`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rigs.discord_rules import openapi
from rigs.discord_rules.messages import message
from rigs.discord_rules.requests import File, broken

__all__ = ["File", "message", "violations"]


def violations(
    method: str, path: str, body: Any, *, query: Mapping[str, Any] | None = None, files: Sequence[File] = ()
) -> list[str]:
    """What is wrong with a request, a line each; `path` without /api/v10 and without the query."""
    errors = broken(method, path, body, query=query or {}, files=files)
    if body is not None and not errors:
        errors = openapi.schema_errors(method, path, body) or []
    return [f"{method} {path}: {line}" for line in errors]
