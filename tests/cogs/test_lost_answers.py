"""Answers that fail while they are given: the real client says so in one line, and no task of it ends unseen."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.domain.allowance import Allowance
from bot.domain.buttons import RoundPlayers
from rigs.builders import a_player, an_r1
from rigs.discord_standin import ADMIN, DiscordStandin, Interaction, eventually
from rigs.discord_standin.faults import Fault, Request, closed, refused, reset, server_error
from rigs.online import online

TOO_OLD = refused(404, 10062, "Unknown interaction")
TWICE = refused(400, 40060, "Interaction has already been acknowledged.")
NO_WEBHOOK = refused(404, 10015, "Unknown Webhook")
NO_TOKEN = refused(401, 50027, "Invalid Webhook Token")


def first_answer(request: Request) -> bool:
    return request.path.endswith("/callback")


def later_answer(request: Request) -> bool:
    return request.path.startswith("/webhooks/")


FAULTS = [
    *((fault, first_answer) for fault in (TOO_OLD, TWICE, NO_WEBHOOK, reset(), closed())),
    *((fault, later_answer) for fault in (NO_WEBHOOK, NO_TOKEN, reset(), closed(), server_error(503))),
]


@pytest.fixture(autouse=True)
def no_time_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """What discord.py waits before it repeats an answer takes no time."""

    class Hurried:
        """asyncio as discord.py's webhooks see it."""

        def __getattr__(self, name: str) -> Any:
            return getattr(asyncio, name)

        async def sleep(self, _seconds: float) -> None:
            await asyncio.sleep(0)

    monkeypatch.setattr(discord.webhook.async_, "asyncio", Hurried())


def command(standin: DiscordStandin) -> Interaction:
    return standin.interactions.slash("stats", {"player": "anna"})


def refused_command(standin: DiscordStandin) -> Interaction:
    return standin.interactions.slash("sync status")


def failed_command(standin: DiscordStandin) -> Interaction:
    return standin.interactions.slash("stats", {"player": "nobody at all"})


def typing(standin: DiscordStandin) -> Interaction:
    return standin.interactions.complete("stats", {"player": "an"}, focused="player")


def press(standin: DiscordStandin) -> Interaction:
    custom_id = str(RoundPlayers(round="1", kind="round"))
    button = {"type": 2, "style": 2, "label": "Players", "custom_id": custom_id}
    card = standin.post("a card", components=[{"type": 1, "components": [button]}])
    return standin.interactions.press(custom_id, message=card)


async def test_an_answer_that_is_lost_is_one_line_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "local_stats").mkdir()
    first = an_r1(players=[a_player("anna")])
    (tmp_path / "local_stats" / first.name).write_bytes(first.data)
    kinds: list[Callable[[DiscordStandin], Interaction]] = [command, refused_command, failed_command, typing, press]
    async with online(tmp_path) as (bot, standin):
        bot.allowance = Allowance(burst=1000)
        for fault, when in FAULTS:
            for kind in kinds:
                if when is later_answer and kind in (typing, refused_command):
                    continue  # they have no second answer
                await _is_one_line(standin, kind, fault, when, caplog)


async def _is_one_line(
    standin: DiscordStandin,
    kind: Callable[[DiscordStandin], Interaction],
    fault: Fault,
    when: Callable[[Request], bool],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.clear()
    rule = standin.faults.add(fault, when=when, times=None)
    kind(standin)

    def told() -> list[logging.LogRecord]:
        return [record for record in caplog.records if not record.name.startswith("bot.watch.")]

    with caplog.at_level(logging.INFO):
        await eventually(told, timeout=10)
        hits = rule.hits
        await asyncio.sleep(0.05)
    gc.collect()
    rule.cancel()
    where = f"{kind.__name__}, {fault.name}: {told()}"
    assert len(told()) == 1, where
    record = told()[0]
    assert (record.levelname, record.exc_info) == ("INFO", None), where
    assert record.getMessage().startswith("an answer did not arrive"), where
    assert rule.hits == hits, "a lost answer is not answered again"


async def test_who_may_not_is_offered_nothing_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "local_stats").mkdir()
    first = an_r1()
    (tmp_path / "local_stats" / first.name).write_bytes(first.data)
    async with online(tmp_path) as (_, standin):
        denied = standin.interactions.complete("sync why", {"file": "2"}, focused="file")
        assert (await denied.until(lambda it: it.answered)).choices == []
        allowed = standin.interactions.complete("sync why", {"file": "2"}, focused="file", user=ADMIN)
        assert first.name in str((await allowed.until(lambda it: it.answered)).choices)
    assert not any(record.exc_info for record in caplog.records)
