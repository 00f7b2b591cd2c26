"""What can go wrong with a request, and the script that says which request it happens to.

    discord.faults.add(server_error(503), when=creates)                    the next POST of a message
    discord.faults.add(reset(accept=True), when=creates, times=3)          the next three
    discord.faults.add(UNKNOWN_CHANNEL, when=creates, times=None)          until the rule is cancelled
    for fault in (PASS, hang(), PASS): discord.faults.add(fault, when=creates)

Rules are asked in the order they were added; the first that matches is used, and used up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Literal

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file of a multipart request."""

    field: str
    filename: str
    data: bytes


@dataclass(slots=True, kw_only=True)
class Request:
    """One REST request: what came, and what became of it."""

    method: str
    path: str
    """Without /api/v10 and without the query."""
    query: Mapping[str, str]
    body: Any
    """The parsed JSON (of a multipart request: its payload_json), or None."""
    files: tuple[Upload, ...] = ()
    authorization: str = ""
    at: float = 0.0
    """The stand-in's clock."""
    status: int | None = None
    """What was answered; None as long as nothing was."""
    fault: Fault | None = None
    message_id: int | None = None
    """The message that was created, found again by its nonce, or edited."""
    deduplicated: bool = False


class ConnectionFate(Enum):
    """What happens to the connection."""

    ANSWER = auto()
    HANG = auto()
    RESET = auto()
    """A TCP reset."""
    CLOSE = auto()
    """An orderly close without an answer."""
    TRUNCATE = auto()
    """The head and half of the body, then a close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to treat a request; the plain `Fault()` is to treat it well."""

    name: str = "pass"
    accept: bool = True
    """The request takes effect."""
    late: float = 0.0
    """It takes effect this many seconds after the answer, or the lack of one."""
    then: ConnectionFate = ConnectionFate.ANSWER
    status: int | None = None
    """Answered instead of the true status."""
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float | None = None
    """How long a hang lasts; None until it is released or the client goes away."""


PASS = Fault()


def refused(status: int, code: int, message: str = "refused") -> Fault:
    """Discord says no, with one of its own error codes."""
    body = json.dumps({"message": message, "code": code})
    return Fault(name=f"{status}/{code}", accept=False, status=status, body=body)


UNAUTHORIZED = refused(401, 0, "401: Unauthorized")
FORBIDDEN = refused(403, 50013, "Missing Permissions")
NO_ACCESS = refused(403, 50001, "Missing Access")
UNKNOWN_CHANNEL = refused(404, 10003, "Unknown Channel")
UNKNOWN_MESSAGE = refused(404, 10008, "Unknown Message")
THREAD_ARCHIVED = refused(400, 50083, "Thread is archived")


def server_error(status: int = 503, *, accept: bool = False, late: float = 0.0) -> Fault:
    """A 5xx in the shape that a proxy gives it; with `accept` the message is there all the same."""
    name = f"{status}{' after accept' * accept}"
    headers = {"Content-Type": "text/html"}
    return Fault(name=name, accept=accept, late=late, status=status, body="upstream connect error", headers=headers)


def rate_limited(retry_after: float, *, scope: Literal["user", "shared", "global"] = "user", code: int = 0) -> Fault:
    """A 429 of Discord itself; an edit of an old message has code 30046."""
    everywhere = scope == "global"
    body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": everywhere, "code": code}
    headers = {"Retry-After": f"{retry_after:.0f}", "X-RateLimit-Scope": scope}
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    else:
        headers |= {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "0"}
        headers |= {"X-RateLimit-Reset-After": f"{retry_after:.3f}"}
    return Fault(name=f"429 {scope}", accept=False, status=429, body=json.dumps(body), headers=headers)


def banned_by_cloudflare(retry_after: int = 600) -> Fault:
    """A 429 that never reached Discord: no Via header, no JSON."""
    headers = {"Content-Type": "text/html", "Retry-After": str(retry_after), "Via": ""}
    return Fault(name="429 Cloudflare", accept=False, status=429, body="error code: 1015", headers=headers)


def hang(seconds: float | None = None, *, accept: bool = False) -> Fault:
    """No answer until released; without `accept` the request takes effect only then, if the client is still there."""
    return Fault(name=f"hang{' after accept' * accept}", accept=accept, then=ConnectionFate.HANG, seconds=seconds)


def reset(*, accept: bool = False, late: float = 0.0) -> Fault:
    """The connection is reset, before or after the request took effect."""
    return Fault(name=f"reset{' after accept' * accept}", accept=accept, late=late, then=ConnectionFate.RESET)


def closed(*, accept: bool = False, late: float = 0.0) -> Fault:
    """The connection is closed in good order, but without an answer."""
    return Fault(name=f"closed{' after accept' * accept}", accept=accept, late=late, then=ConnectionFate.CLOSE)


def truncated() -> Fault:
    """Accepted, and the answer breaks off in its middle."""
    return Fault(name="truncated", then=ConnectionFate.TRUNCATE)


When = Callable[[Request], bool]


def anything(request: Request) -> bool:
    """Every request."""
    return True


def creates(request: Request) -> bool:
    """A message is posted to a channel."""
    return request.method == "POST" and request.path.startswith("/channels/") and request.path.endswith("/messages")


def edits(request: Request) -> bool:
    """A message of a channel is edited."""
    return request.method == "PATCH" and request.path.startswith("/channels/")


def lists(request: Request) -> bool:
    """A channel's history is read."""
    return request.method == "GET" and request.path.startswith("/channels/") and request.path.endswith("/messages")


@dataclass(slots=True, kw_only=True)
class Rule:
    """A fault, the requests it is meant for, and how many of them are left (None: no end)."""

    fault: Fault
    when: When
    left: int | None
    hits: int = 0

    def cancel(self) -> None:
        """Use this rule no more."""
        self.left = 0


class Faults:
    """The script."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def add(self, fault: Fault, *, when: When = anything, times: int | None = 1) -> Rule:
        """Treat the next `times` requests that match with `fault`; None means until cancelled."""
        rule = Rule(fault=fault, when=when, left=times)
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Be well again."""
        for rule in self.rules:
            rule.cancel()
        self.rules.clear()

    def pick(self, request: Request) -> Fault:
        """The fault for this request, or `PASS`."""
        for rule in self.rules:
            if rule.left != 0 and rule.when(request):
                rule.hits += 1
                if rule.left is not None:
                    rule.left -= 1
                return rule.fault
        return PASS
