"""The checks of what is sent: silent about what discord.py sends well, loud about every limit."""

from __future__ import annotations

from typing import Any

import pytest

from rigs import openapi
from rigs.openapi import limits, schema_errors, violations

MESSAGES = "/channels/1/messages"
QUIET: dict[str, Any] = {"allowed_mentions": {"parse": []}}
needs_document = pytest.mark.skipif(openapi.document() is None, reason=openapi.MISSING)


def button(**more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Details", "custom_id": "round:7:card", **more}


def rows(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"components": [{"type": 1, "components": list(buttons)}]}


def embed(**parts: Any) -> dict[str, Any]:
    return {"embeds": [parts]}


GOOD = {
    "content": "x" * 2000,
    **embed(title="t" * 256, description="d" * 3000, fields=[{"name": "n" * 256, "value": "v" * 1024}]),
    **rows(*(button(custom_id=str(n)) for n in range(5))),
    **QUIET,
    "nonce": "n" * 25,
    "enforce_nonce": True,
}


def test_a_full_message_breaks_no_limit() -> None:
    assert limits(GOOD) == []
    assert violations("POST", MESSAGES, GOOD) == []


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"content": "x" * 2001}, "content: 2001 characters"),
        ({"nonce": "n" * 26}, "nonce: 26"),
        ({"embeds": [{}] * 11}, "embeds: 11 items"),
        (embed(title="t" * 257), "embeds[0].title: 257"),
        (embed(description="d" * 4097), "embeds[0].description: 4097"),
        (embed(fields=[{"name": "n", "value": "v"}] * 26), "embeds[0].fields: 26 items"),
        (embed(fields=[{"name": "n" * 257, "value": "v"}]), "embeds[0].fields[0].name: 257"),
        (embed(fields=[{"name": "n", "value": "v" * 1025}]), "embeds[0].fields[0].value: 1025"),
        (embed(fields=[{"name": "n", "value": " "}]), "embeds[0].fields[0].value: empty"),
        (embed(footer={"text": "f" * 2049}), "embeds[0].footer.text: 2049"),
        (embed(author={"name": "a" * 257}), "embeds[0].author.name: 257"),
        ({"embeds": [{"description": "d" * 3001}] * 2}, "embeds: 6002 characters in sum"),
        ({"components": [{"type": 1, "components": []}] * 6}, "components: 6 items"),
        (rows(*(button(custom_id=str(n)) for n in range(6))), "components[0].components: 6 items"),
        (rows(button(custom_id="c" * 101)), "components[0].components[0].custom_id: 101"),
        (rows(button(label="l" * 81)), "components[0].components[0].label: 81"),
        (rows(button(), button()), "components: custom_id 'round:7:card' twice"),
    ],
)
def test_every_limit_is_guarded(body: dict[str, Any], place: str) -> None:
    assert [line.startswith(place) for line in limits({**QUIET, **body})] == [True]
    callback = {"type": 4, "data": {**QUIET, **body}}
    assert limits(callback) == limits({**QUIET, **body})


@pytest.mark.parametrize("allowed", [None, {"parse": ["users"]}, {"parse": [], "roles": ["1"]}, {"replied_user": True}])
def test_mentions_are_never_allowed(allowed: dict[str, Any] | None) -> None:
    body = {"content": "hi"} if allowed is None else {"content": "hi", "allowed_mentions": allowed}
    assert len(limits(body)) == 1
    assert len(limits({"type": 7, "data": body})) == 1


def test_what_is_silent_mentions_nobody() -> None:
    assert limits({"type": 5}) == []
    assert limits({"type": 5, "data": {"flags": 64}}) == []
    assert limits({"type": 8, "data": {"choices": [{"name": "MP40", "value": "mp40"}]}}) == []


def test_choices_and_commands_have_limits() -> None:
    assert len(limits({"type": 8, "data": {"choices": [{"name": "n", "value": 1}] * 26}})) == 1
    assert len(limits({"type": 8, "data": {"choices": [{"name": "n" * 101, "value": "v" * 101}]}})) == 2
    command = {"name": "top", "description": "The best", "options": [{"name": "o" * 33, "description": "d" * 101}]}
    assert limits([command]) == [
        "/top options[0].name: 33 characters, 32 allowed",
        "/top options[0].description: 101 characters, 100 allowed",
    ]
    assert limits([{"name": "c", "description": "d"}] * 101) == ["101 commands, 100 allowed"]


@needs_document
@pytest.mark.parametrize(
    ("method", "path", "good", "bad"),
    [
        ("POST", MESSAGES, GOOD, {"content": 7}),
        ("PATCH", f"{MESSAGES}/2", {"content": None, **QUIET}, {"embeds": [{"color": "red"}]}),
        ("PUT", "/applications/1/commands", [{"name": "top", "description": "d"}], [{"description": "nameless"}]),
        ("PUT", "/applications/1/guilds/2/commands", [], [{"name": "top", "options": [{"type": 99}]}]),
        ("POST", "/interactions/1/t/callback", {"type": 5}, {"type": 99}),
        ("PATCH", "/webhooks/1/t/messages/@original", {"content": "done"}, {"content": 7}),
        ("POST", "/webhooks/1/t", {"content": "done"}, {"content": 7}),
    ],
)
def test_the_description_is_asked(method: str, path: str, good: Any, bad: Any) -> None:
    assert schema_errors(method, path, good) == []
    assert schema_errors(method, path, bad)


@needs_document
def test_numbers_are_taken_for_snowflakes() -> None:
    assert schema_errors("POST", MESSAGES, {"attachments": [{"id": 0, "filename": "card.png"}]}) == []
    with pytest.raises(LookupError):
        schema_errors("POST", "/nowhere", {})


def test_without_the_description_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openapi, "document", lambda: None)
    assert schema_errors("POST", MESSAGES, {"content": 7}) is None
    assert violations("POST", MESSAGES, {"content": "x", **QUIET}) == []
