"""The requests that the bot makes, in a table: what each body, query and file may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from rigs.discord_rules.commands import CHOICES, commands
from rigs.discord_rules.messages import ANSWER, CREATED, EDITED, EPHEMERAL, MODAL, SUPPRESS_NOTIFICATIONS, message
from rigs.discord_rules.shapes import Shape, bits, fields, snowflake, text

FILES, FILE_BYTES = 10, 10 * 1024 * 1024
"""Files of one request, and the bytes of each in a server that nobody has boosted."""
MESSAGE, THINKING, SILENT, UPDATE, OFFER, WINDOW = 4, 5, 6, 7, 8, 9
"""Types of a callback: a message, "is thinking", no visible change, a changed message, choices, a window."""


class File(Protocol):
    """A file of a multipart request; `field` is its part's name, `files[0]` and so on."""

    @property
    def field(self) -> str: ...
    @property
    def filename(self) -> str: ...
    @property
    def data(self) -> bytes: ...


def no_body(body: Any) -> list[str]:
    """There is none."""
    return [] if body is None else ["body: there should be none"]


def created(body: Any) -> list[str]:
    """Create Message."""
    wrong = message(body, CREATED)
    if not wrong and body.get("enforce_nonce") and body.get("nonce") is None:
        wrong = ["enforce_nonce: without a nonce"]
    return wrong


def edited(body: Any) -> list[str]:
    """Edit Message, which forgets the mentions that were switched off."""
    return message(body, EDITED, new=False)


def changed_answer(body: Any) -> list[str]:
    """Edit what answers an interaction."""
    return message(body, ANSWER, new=False)


_thinking = fields(flags=bits(EPHEMERAL | SUPPRESS_NOTIFICATIONS))


def anything(value: Any, place: str) -> Iterator[str]:
    """What is looked at elsewhere."""
    yield from ()


_FRAME = fields({"type": anything}, data=anything)
CALLBACKS: Mapping[int, Callable[[Any], list[str]]] = {
    MESSAGE: message,
    THINKING: lambda data: list(_thinking(data, "data")),
    SILENT: lambda data: ["data: there should be none"] if data else [],
    UPDATE: changed_answer,
    OFFER: lambda data: list(CHOICES(data, "data")),
    WINDOW: lambda data: list(MODAL(data, "data")),
}


def callback(body: Any) -> list[str]:
    """The first answer to an interaction."""
    if wrong := list(_FRAME(body, "")):
        return wrong
    of_type = CALLBACKS.get(body["type"])
    return [f"type: {body['type']!r} is not known"] if of_type is None else of_type(body.get("data") or {})


def _yes_or_no(value: Any, place: str) -> Iterator[str]:
    if str(value).lower() not in ("true", "false", "1", "0"):
        yield f"{place}: {value!r}, true or false is wanted"


_limit = text(3, pattern=r"[1-9]\d?|100")
_page = fields(
    limit=lambda value, place: _limit(str(value), place), around=snowflake, before=snowflake, after=snowflake
)


def history(query: Mapping[str, Any]) -> list[str]:
    """One page of a channel's messages, from one side."""
    wrong = list(_page(query, ""))
    if len(sides := sorted(query.keys() & {"around", "before", "after"})) > 1:
        wrong.append(f"{' and '.join(sides)} exclude each other")
    return wrong


def my_guilds(query: Mapping[str, Any]) -> list[str]:
    """A page of up to two hundred."""
    limit = text(3, pattern=r"[1-9]\d?|1\d\d|200")
    shape = fields(
        limit=lambda value, place: limit(str(value), place),
        before=snowflake,
        after=snowflake,
        with_counts=_yes_or_no,
    )
    return list(shape(query, ""))


def any_query(shape: Shape) -> Callable[[Mapping[str, Any]], list[str]]:
    """The query as a shape."""
    return lambda query: list(shape(query, ""))


no_query = any_query(fields())


class Rule(NamedTuple):
    """What one request may carry; `files`: its body may come with some."""

    method: str
    path: re.Pattern[str]
    body: Callable[[Any], list[str]]
    query: Callable[[Mapping[str, Any]], list[str]]
    files: bool


def _rule(
    request: str,
    body: Callable[[Any], list[str]] = no_body,
    *,
    query: Callable[[Mapping[str, Any]], list[str]] = no_query,
    files: bool = False,
) -> Rule:
    method, path = request.split()
    path = path.replace("ID", r"\d{1,20}").replace("TOKEN", r"[^/]+").replace("WHICH", r"(?:@original|\d{1,20})")
    return Rule(method, re.compile(path), body, query, files)


_localizations = any_query(fields(with_localizations=_yes_or_no))
_response = any_query(fields(with_response=_yes_or_no))
_components = any_query(fields(wait=_yes_or_no, with_components=_yes_or_no))
RULES = [
    _rule("GET /users/@me"),
    _rule("GET /users/@me/guilds", query=my_guilds),
    _rule("GET /oauth2/applications/@me"),
    _rule("GET /applications/@me"),
    _rule("GET /gateway"),
    _rule("GET /gateway/bot"),
    _rule("GET /guilds/ID", query=any_query(fields(with_counts=_yes_or_no))),
    _rule("GET /guilds/ID/channels"),
    _rule("GET /guilds/ID/roles"),
    _rule("GET /guilds/ID/members/ID"),
    _rule("GET /channels/ID"),
    _rule("POST /channels/ID/typing"),
    _rule("GET /channels/ID/messages", query=history),
    _rule("GET /channels/ID/messages/ID"),
    _rule("POST /channels/ID/messages", created, files=True),
    _rule("PATCH /channels/ID/messages/ID", edited, files=True),
    _rule("DELETE /channels/ID/messages/ID"),
    _rule("GET /applications/ID/commands", query=_localizations),
    _rule("PUT /applications/ID/commands", commands),
    _rule("GET /applications/ID/guilds/ID/commands", query=_localizations),
    _rule("PUT /applications/ID/guilds/ID/commands", commands),
    _rule("POST /interactions/ID/TOKEN/callback", callback, query=_response, files=True),
    _rule(
        "POST /webhooks/ID/TOKEN",
        message,
        query=any_query(fields(wait=_yes_or_no, with_components=_yes_or_no)),
        files=True,
    ),
    _rule("GET /webhooks/ID/TOKEN/messages/WHICH"),
    _rule(
        "PATCH /webhooks/ID/TOKEN/messages/WHICH",
        changed_answer,
        query=any_query(fields(with_components=_yes_or_no)),
        files=True,
    ),
    _rule("DELETE /webhooks/ID/TOKEN/messages/WHICH"),
]


def broken(method: str, path: str, body: Any, *, query: Mapping[str, Any], files: Sequence[File]) -> list[str]:
    """What is wrong with a request."""
    for rule in RULES:
        if rule.method == method and rule.path.fullmatch(path):
            return [*rule.body(body), *rule.query(query), *(_files(body, files) if rule.files else _none(files))]
    return ["a request that the rules do not know: write down in rigs/discord_rules what it may carry"]


def _none(files: Sequence[File]) -> Iterator[str]:
    if files:
        yield "files: there should be none"


def _files(body: Any, files: Sequence[File]) -> Iterator[str]:
    if len(files) > FILES:
        yield f"files: {len(files)}, {FILES} allowed"
    told = body if isinstance(body, Mapping) else {}
    told = told if "attachments" in told else told.get("data") or {}
    listed = {str(each.get("id")): each for each in told.get("attachments") or []}
    for file in files:
        if len(file.data) > FILE_BYTES:
            yield f"{file.field}: {len(file.data)} bytes, {FILE_BYTES} allowed"
        described = listed.get(file.field.removeprefix("files[").removesuffix("]"))
        if described is None or described.get("filename") != file.filename:
            yield f"{file.field}: {file.filename} is not in attachments"
