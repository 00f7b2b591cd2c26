"""Our rules of Discord: silent about what it takes, loud about each thing that it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from rigs import discord_rules
from rigs.discord_rules import openapi
from rigs.discord_rules.requests import RULES, broken
from rigs.discord_standin.rest import ROUTES
from tests.rigs.requests import BAD, GOOD, MESSAGES, MUTE, Sent


@pytest.fixture(autouse=True)
def _without_the_description(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openapi, "document", lambda: None)


def judged(sent: Sent) -> list[str]:
    return broken(sent.method, sent.path, sent.body, query=sent.query, files=sent.files)


@pytest.mark.parametrize("sent", GOOD, ids=str)
def test_what_discord_takes_breaks_no_rule(sent: Sent) -> None:
    assert judged(sent) == []


@pytest.mark.parametrize(("sent", "line"), BAD, ids=[line for _, line in BAD])
def test_what_discord_refuses_is_told_with_its_place(sent: Sent, line: str) -> None:
    told = judged(sent)
    assert told
    assert told[0].startswith(line), told


def test_every_request_of_the_rules_is_made_by_these_tests() -> None:
    for rule in RULES:
        assert any(rule.method == sent.method and rule.path.fullmatch(sent.path) for sent in GOOD), rule.path.pattern


def test_every_request_that_the_stand_in_answers_has_its_rule() -> None:
    known = {(rule.method, rule.path) for rule in RULES}
    for method, pattern, endpoint in ROUTES:
        path = pattern.pattern
        for name, value in {"token": "t", "part": "roles"}.items():
            path = path.replace(f"(?P<{name}>[^/]+)", value)
        path = path.replace("(?P<message>[^/]+)", "7")
        while "(?P<" in path:
            path = path[: path.index("(?P<")] + "1" + path[path.index(")") + 1 :]
        assert any(rule == method and fits.fullmatch(path) for rule, fits in known), (endpoint, path)


def test_an_answer_is_a_message_like_any_other() -> None:
    for sent, line in BAD:
        if sent.method == "POST" and sent.path == MESSAGES and line.startswith("embeds"):
            callback = broken("POST", "/interactions/1/t/callback", {"type": 4, "data": sent.body}, query={}, files=())
            assert callback == judged(sent)


def test_each_line_names_its_request() -> None:
    assert discord_rules.violations("POST", MESSAGES, {"content": "x", **MUTE}) == []
    (line,) = discord_rules.violations("POST", MESSAGES, {"content": "x" * 2001, **MUTE})
    assert line == "POST /channels/1/messages: content: 2001 characters, 2000 allowed"


def test_the_description_is_asked_as_well_where_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(method: str, path: str, body: Any) -> list[str]:
        return ["$.content: no"]

    monkeypatch.setattr(openapi, "schema_errors", refuses)
    assert discord_rules.violations("POST", MESSAGES, {"content": "x", **MUTE}) == [f"POST {MESSAGES}: $.content: no"]
