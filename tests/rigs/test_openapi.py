"""Discord's own description, where it is at hand: silent about what our rules call good, loud about what is bad."""

from __future__ import annotations

from typing import Any

import pytest

from rigs.discord_rules import openapi
from rigs.discord_rules.openapi import schema_errors
from tests.rigs.requests import GOOD, Sent

pytestmark = pytest.mark.skipif(openapi.document() is None, reason=openapi.MISSING)
MESSAGES = "/channels/1/messages"


@pytest.mark.parametrize("sent", [sent for sent in GOOD if sent.body is not None], ids=str)
def test_what_our_rules_call_good_is_good(sent: Sent) -> None:
    assert schema_errors(sent.method, sent.path, sent.body) == []


@pytest.mark.parametrize(
    ("method", "path", "bad"),
    [
        ("POST", MESSAGES, {"content": 7}),
        ("PATCH", f"{MESSAGES}/2", {"embeds": [{"color": "red"}]}),
        ("PUT", "/applications/1/commands", [{"description": "nameless"}]),
        ("PUT", "/applications/1/guilds/2/commands", [{"name": "top", "options": [{"type": 99}]}]),
        ("POST", "/interactions/1/t/callback", {"type": 99}),
        ("PATCH", "/webhooks/1/t/messages/@original", {"content": 7}),
        ("POST", "/webhooks/1/t", {"content": 7}),
    ],
)
def test_the_description_is_asked(method: str, path: str, bad: Any) -> None:
    assert schema_errors(method, path, bad)


def test_numbers_are_taken_for_snowflakes() -> None:
    assert schema_errors("POST", MESSAGES, {"attachments": [{"id": 0, "filename": "card.png"}]}) == []
    with pytest.raises(LookupError):
        schema_errors("POST", "/nowhere", {})
