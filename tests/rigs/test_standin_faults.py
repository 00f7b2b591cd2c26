"""Every fault of the stand-in, and what discord.py 2.7.1 makes of it: the table the publisher is written from.

`send`, `edit` and `history` raise the same, measured with `max_ratelimit_timeout=60`:

    fault                                   raised                                    requests   after
    429 (bucket, shared, global) once       nothing: waits inside, sends again        2          retry_after
    429 each time, retry_after <= 60        HTTPException 429                         5          5 x retry_after
    429 with retry_after > 60               RateLimited(retry_after)                  1          0 s
    429 of an old message (code 30046)      HTTPException 429, code 30046             5          5 x retry_after
    429 of Cloudflare (no Via, no JSON)     HTTPException 429, code 0                 1          0 s
    500, 502, 504 (524) each time           DiscordServerError                        5          25 s (1+3+5+7+9)
    500, 502, 504 once                      nothing: sends again, with the same nonce 2          1 s
    503                                     DiscordServerError 503                    1          0 s
    401                                     HTTPException 401 (login: LoginFailure)   1          0 s
    403/50013, 403/50001                    Forbidden                                 1          0 s
    404/10003, 404/10008                    NotFound                                  1          0 s
    400/50083 (archived thread)             HTTPException 400                         1          0 s
    TCP reset, before or after accept       aiohttp.ClientOSError, errno 104          1 (GET: 2) 0 s
    closed without an answer                aiohttp.ServerDisconnectedError           1 (GET: 2) 0 s
    answer cut short                        aiohttp.ClientPayloadError                1          0 s
    nobody listens                          aiohttp.ClientConnectorError, errno 111   0          0 s
    ... on a kept connection that just died aiohttp.ClientOSError, errno None         0          0 s
    silence                                 TimeoutError of the caller's time-out; without one aiohttp's, 300 s

`ServerDisconnectedError` and `ClientPayloadError` are no OSError: only `aiohttp.ClientError` covers all of them.
A GET has two requests because aiohttp repeats an idempotent request once when a kept connection breaks.
Not one of them tells whether the message is there, except 4xx, 429, RateLimited and ClientConnectorError (it is not).
"""

from __future__ import annotations

import asyncio
import dataclasses
import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import discord
import pytest

from rigs.client import Client
from rigs.discord_standin import PASS, STATS_CHANNEL, DiscordStandin, Fault, creates, edits, eventually, lists
from rigs.discord_standin.faults import (
    FORBIDDEN,
    NO_ACCESS,
    THREAD_ARCHIVED,
    UNAUTHORIZED,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    banned_by_cloudflare,
    closed,
    hang,
    rate_limited,
    reset,
    server_error,
    truncated,
)


class Hurried:
    """asyncio as discord.py's HTTP client sees it, with a sleep that only notes how long it would have been."""

    def __init__(self) -> None:
        self.slept = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds


@dataclasses.dataclass(slots=True)
class Rig:
    """A client that is logged in, a channel and a message of its own."""

    standin: DiscordStandin
    channel: discord.TextChannel
    message: discord.Message
    hurried: Hurried

    async def send(self) -> None:
        await self.channel.send("round 8", nonce="n8")

    async def edit(self) -> None:
        await self.message.edit(content="round 8")

    async def history(self) -> None:
        _ = [message async for message in self.channel.history(limit=5)]


@pytest.fixture
async def rig(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    hurried = Hurried()
    monkeypatch.setattr(discord.http, "asyncio", hurried)
    async with DiscordStandin() as standin, Client() as client:
        await client.login(standin.token)
        channel = await client.fetch_channel(STATS_CHANNEL)
        assert isinstance(channel, discord.TextChannel)
        yield Rig(standin, channel, await channel.send("round 7", nonce="n7"), hurried)


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """A fault that goes on, and what comes of it."""

    fault: Fault
    raised: type[BaseException]
    facts: dict[str, object] = dataclasses.field(default_factory=dict)
    requests: int = 1
    repeated_by_aiohttp: bool = False
    slept: float = 0.0


DISCONNECTED = aiohttp.ServerDisconnectedError
CASES = [
    Case(rate_limited(2.0), discord.HTTPException, {"status": 429}, requests=5, slept=10.0),
    Case(rate_limited(600.0), discord.RateLimited, {"retry_after": 600.0}),
    Case(rate_limited(2.0, code=30046), discord.HTTPException, {"status": 429, "code": 30046}, requests=5, slept=10.0),
    Case(banned_by_cloudflare(), discord.HTTPException, {"status": 429, "code": 0}),
    Case(server_error(500), discord.DiscordServerError, {"status": 500}, requests=5, slept=25.0),
    Case(server_error(502), discord.DiscordServerError, {"status": 502}, requests=5, slept=25.0),
    Case(server_error(503), discord.DiscordServerError, {"status": 503}),
    Case(server_error(504), discord.DiscordServerError, {"status": 504}, requests=5, slept=25.0),
    Case(server_error(503, accept=True), discord.DiscordServerError, {"status": 503}),
    Case(UNAUTHORIZED, discord.HTTPException, {"status": 401, "code": 0}),
    Case(FORBIDDEN, discord.Forbidden, {"code": 50013}),
    Case(NO_ACCESS, discord.Forbidden, {"code": 50001}),
    Case(UNKNOWN_CHANNEL, discord.NotFound, {"code": 10003}),
    Case(UNKNOWN_MESSAGE, discord.NotFound, {"code": 10008}),
    Case(THREAD_ARCHIVED, discord.HTTPException, {"status": 400, "code": 50083}),
    Case(reset(), aiohttp.ClientOSError, {"errno": errno.ECONNRESET}, repeated_by_aiohttp=True),
    Case(reset(accept=True), aiohttp.ClientOSError, {"errno": errno.ECONNRESET}, repeated_by_aiohttp=True),
    Case(closed(), DISCONNECTED, repeated_by_aiohttp=True),
    Case(closed(accept=True), DISCONNECTED, repeated_by_aiohttp=True),
    Case(truncated(), aiohttp.ClientPayloadError),
    Case(hang(), TimeoutError),
    Case(hang(accept=True), TimeoutError),
]


@pytest.mark.parametrize("action", ["send", "edit", "history"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fault.name.replace(" ", "-"))
async def test_what_is_raised(rig: Rig, case: Case, action: str) -> None:
    when = {"send": creates, "edit": edits, "history": lists}[action]
    do: Callable[[], Awaitable[None]] = getattr(rig, action)
    rule = rig.standin.faults.add(case.fault, when=when, times=None)
    with pytest.raises(case.raised) as error:
        async with asyncio.timeout(0.15 if case.raised is TimeoutError else 5):
            await do()
    assert type(error.value) is case.raised
    assert {name: getattr(error.value, name) for name in case.facts} == case.facts
    assert rule.hits == case.requests + (case.repeated_by_aiohttp and action == "history")
    assert rig.hurried.slept == case.slept
    seen = rig.standin.posts()
    assert len(seen) == 1 + (case.fault.accept and action == "send")
    assert seen[0].edits == (case.fault.accept and action == "edit")


@pytest.mark.parametrize(
    "fault",
    [
        rate_limited(2.0),
        rate_limited(2.0, scope="shared"),
        rate_limited(2.0, scope="global"),
        server_error(500),
        server_error(502, accept=True),
    ],
    ids=lambda fault: fault.name.replace(" ", "-"),
)
async def test_what_passes_unnoticed(rig: Rig, fault: Fault) -> None:
    rule = rig.standin.faults.add(fault, when=creates)
    await rig.send()
    assert rule.hits == 1
    assert rig.hurried.slept == (2.0 if fault.status == 429 else 1.0)
    assert [message.content for message in rig.standin.posts()] == ["round 7", "round 8"]


async def test_nobody_listens(rig: Rig) -> None:
    await rig.standin.pull_out()
    await asyncio.sleep(0.05)  # until the client sees that its idle connection is gone
    with pytest.raises(aiohttp.ClientConnectorError) as error:
        await rig.send()
    assert error.value.errno == errno.ECONNREFUSED


async def test_the_session_gives_up_after_300_seconds(rig: Rig) -> None:
    session: aiohttp.ClientSession = rig.channel._state.http._HTTPClient__session  # type: ignore[attr-defined]
    assert session.timeout.total == 300


async def test_a_script_is_followed_in_order(rig: Rig) -> None:
    for fault in (PASS, reset(accept=True), PASS, UNKNOWN_CHANNEL):
        rig.standin.faults.add(fault, when=creates)
    await rig.channel.send("a")
    with pytest.raises(aiohttp.ClientOSError):
        await rig.channel.send("b")
    await rig.channel.send("c")
    with pytest.raises(discord.NotFound):
        await rig.channel.send("d")
    await rig.channel.send("e")
    assert "".join(message.content for message in rig.standin.posts()[1:]) == "abce"


async def test_a_hang_ends_when_it_is_released_or_its_time_is_up(rig: Rig) -> None:
    rule = rig.standin.faults.add(hang(), when=creates)
    sending = asyncio.create_task(rig.send())
    await eventually(lambda: rule.hits)
    assert len(rig.standin.posts()) == 1
    rig.standin.release()
    await sending
    assert len(rig.standin.posts()) == 2
    rig.standin.faults.add(hang(0.05, accept=True), when=creates)
    await rig.channel.send("round 9")


async def test_a_hang_without_accept_ends_with_the_client(rig: Rig) -> None:
    rig.standin.faults.add(hang(), when=creates)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await rig.send()
    await asyncio.sleep(0.05)
    rig.standin.release()
    await asyncio.sleep(0.05)
    assert len(rig.standin.posts()) == 1


async def test_a_message_may_come_late(rig: Rig) -> None:
    rig.standin.faults.add(server_error(503, late=0.1), when=creates)
    with pytest.raises(discord.DiscordServerError):
        await rig.send()
    assert len(rig.standin.posts()) == 1
    await eventually(lambda: len(rig.standin.posts()) == 2)
